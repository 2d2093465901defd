"""Cleaning of untrusted HTML: blocks are written by third-party integrations and seen by everybody.

nh3 drops elements and attributes that `allowed.py` does not list; this module checks the values of attributes. Scripts,
event handlers, frames of unknown hosts and forms that send elsewhere are removed.
"""

import re
from collections.abc import Callable

import nh3

from landingpad.blockhtml.allowed import ATTRIBUTES, DROPPED_WITH_CONTENT, PAGE, PAINT, PHRASING, PREFIXES, TEXT
from landingpad.blockhtml.css import clean_style
from landingpad.blockhtml.limits import check_limits
from landingpad.blockhtml.source import escape_text, tags, with_attribute_name

LINK_SCHEMES = frozenset(
    {"callto", "http", "https", "mailto", "page", "skype", "sms", "tel", "tg", "viber", "whatsapp"}
)
"""Schemes of links; the editor writes links to pages of the same site with `page`."""
_MEDIA_SCHEMES = frozenset({"http", "https"})

FRAMES = (
    "www.youtube.com/embed/", "youtube.com/embed/", "www.youtube-nocookie.com/embed/", "player.vimeo.com/video/",
    "rutube.ru/play/embed/", "vk.com/video_ext.php", "vkvideo.ru/video_ext.php", "ok.ru/videoembed/",
    "www.dailymotion.com/embed/", "geo.dailymotion.com/player", "fast.wistia.net/embed/", "www.loom.com/embed/",
    "www.google.com/maps/", "maps.google.com/maps", "yandex.ru/map-widget/", "yandex.com/map-widget/",
    "www.openstreetmap.org/export/embed.html", "www.facebook.com/plugins/video.php", "w.soundcloud.com/player/",
    "open.spotify.com/embed/",
)  # fmt: skip
"""Video and map services that a block may frame: host and beginning of the path."""

_NOISE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
_HOSTILE = re.compile(r"(?:^|[\"'=(,])(?:(?:java|vb|live)script:|data:(?:text|application)/)", re.IGNORECASE)
_HOSTILE_CSS = re.compile(r"url\((?!#)|\\", re.IGNORECASE)
_PERMISSIONS = frozenset(
    {
        "", "accelerometer", "autoplay", "clipboard-write", "encrypted-media", "fullscreen", "gyroscope",
        "picture-in-picture", "web-share",
    }
)  # fmt: skip
_TARGETS = frozenset({"_blank", "_parent", "_popup", "_self", "_top"})


def clean_html(html: str) -> str:
    """Return the HTML of a block without anything that could harm visitors.

    Raises:
        TypeProblem: raised by `check_limits`, as in the other functions that clean HTML.

    """
    check_limits(html)
    if "bxstyle" in html.lower():
        html = _with_styles(html)
    return _PAGE_CLEANER.clean(html)


def clean_text(html: str) -> str:
    """Return HTML reduced to what a text node allows: markup, lists and tables, but no sections, forms or frames."""
    return _clean_markup(_TEXT_CLEANER, html)


def clean_inline(html: str) -> str:
    """Return HTML reduced to inline markup, which is valid wherever text is."""
    return _clean_markup(_INLINE_CLEANER, html)


def plain_text(html: str) -> str:
    """Return the text of HTML without markup, escaped."""
    return _clean_markup(_PLAIN_CLEANER, html)


def safe_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the cleaned value of an attribute, or None if the attribute is not allowed."""
    listed = name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())
    if not listed and not re.fullmatch(r"(?:aria|data)-[a-z0-9_.:-]*", name):
        return None
    return _filter(tag, name, value)


def safe_link(address: str) -> str | None:
    """Return the address of a link, or None if it could run code."""
    return _safe_address(address, LINK_SCHEMES)


def safe_picture(address: str) -> str | None:
    """Return the address of a picture or video, or None if its scheme is not allowed."""
    if _PICTURE_DATA.match(_NOISE.sub("", address)):
        return address
    return _safe_address(address, _MEDIA_SCHEMES)


def safe_frame(address: str) -> str | None:
    """Return the address of a frame, or None if `FRAMES` does not list its service."""
    location = re.fullmatch(r"(?:https?:)?//([^\\\s]*)", address.strip(), re.IGNORECASE)
    return address.strip() if location and location[1].lower().startswith(FRAMES) else None


def _safe_address(address: str, schemes: frozenset[str]) -> str | None:
    found = _SCHEME.match(_NOISE.sub("", address))  # browsers ignore such characters when they look for a scheme
    return address if found is None or found[1].lower() in schemes else None


def _safe_sources(value: str) -> str | None:
    return value if all(_safe_address(address, _MEDIA_SCHEMES) is not None for address in value.split(",")) else None


def _safe_action(value: str) -> str | None:
    """Return the action of a form if it stays on its host or opens the mail program, else None."""
    return value if re.fullmatch(r"(?:[#?].*|mailto:.*|/(?![/\\]).*)?", _NOISE.sub("", value)) else None


def _safe_target(value: str) -> str | None:
    return value if value in _TARGETS else None


def _safe_permissions(value: str) -> str | None:
    return value if {part.strip() for part in value.split(";")} <= _PERMISSIONS else None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "action": _safe_action,
    "allow": _safe_permissions,
    "cite": safe_link,
    "href": safe_link,
    "itemid": safe_link,
    "itemtype": safe_link,
    "poster": safe_picture,
    "src": safe_picture,
    "srcset": _safe_sources,
    "style": lambda value: clean_style(value) or None,
    "target": _safe_target,
    "usemap": lambda value: value if value.startswith("#") else None,
}


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "iframe" and name == "src":
        return safe_frame(value)
    if name in _CHECKS:
        return _CHECKS[name](value)
    if name.startswith("data-"):
        return None if _HOSTILE.search(_NOISE.sub("", value)) else value
    if name in PAINT:
        return None if _HOSTILE_CSS.search(_NOISE.sub("", value)) else value
    return value


def _clean_markup(cleaner: nh3.Cleaner, html: str) -> str:
    check_limits(html)
    return cleaner.clean(html) if "<" in html or "&" in html else escape_text(html)


def _with_styles(html: str) -> str:
    """Rename `bxstyle` to `style`; clients send it where a filter in front of the server would remove `style`."""
    parts: list[str] = []
    position = 0
    for tag in tags(html):
        if not tag.closing and "bxstyle" in html[tag.start : tag.end].lower():
            parts += [html[position : tag.start], with_attribute_name(html[tag.start : tag.end], "bxstyle", "style")]
            position = tag.end
    return "".join([*parts, html[position:]])


def _cleaner(allowed: frozenset[str]) -> nh3.Cleaner:
    attributes = {tag: names for tag, names in ATTRIBUTES.items() if tag in allowed or tag == "*"}
    return nh3.Cleaner(
        tags=set(allowed),
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes=attributes,
        attribute_filter=_filter,
        generic_attribute_prefixes=PREFIXES,
        link_rel=None,
        url_schemes={*LINK_SCHEMES, "data"},
    )


_PAGE_CLEANER = _cleaner(PAGE)
_TEXT_CLEANER = _cleaner(TEXT)
_INLINE_CLEANER = _cleaner(PHRASING)
_PLAIN_CLEANER = _cleaner(frozenset())
