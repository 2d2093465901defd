"""Rendering of blocks to a whole page, as it is stored at publication and shown to visitors and the camera."""

import re
from collections.abc import Mapping, Sequence
from html import escape

import msgspec

from landingpad.blockhtml import with_form_targets, with_map_places, wrap
from landingpad.blocks.library import base_version, page_css, page_script, standard_library
from landingpad.render.fields import body_end, head_end, head_lines, page_style

ORIGIN = "http://origin.landingpad.invalid"
"""Placeholder for scheme, host and port in stored pages; they are known only when a page is served."""

SCRIPT = "<!--landingpad: page script-->"
"""Placeholder for the script of sliders, galleries and countdowns, so that old stored pages get the current one."""

SEARCH = "search"
"""Path of a site where the server shows search results."""
PICTURE = f"{ORIGIN}/_picture"
"""Placeholder for the address of the page's picture, which is taken after the page is stored (see `with_picture`)."""

PAGE_LINK = re.compile(r'(?:href|action)="#landing(\d+)"')
_OWN_LINK = re.compile(r'\b(href|action)="#(?:(landing|block)(\d+)|system_([a-z]+))"')
_SEARCH_FORM = re.compile(
    r'<form(?=[^>]*\srole="search")(?=[^>]*\smethod="get")(?![^>]*\saction="[^"#])', re.IGNORECASE
)
_EMPTY_ACTION = re.compile(r'(<form[^>]*?)\saction="#?"', re.IGNORECASE)
_EAGER_PICTURE = re.compile(r"<img(?=[\s>])(?![^>]*\sloading=)")
_EAGER_BLOCKS = 2  # blocks at the top of the page whose pictures are not lazy
_THANKS = {
    "de": "Vielen Dank. Ihre Nachricht ist bei uns angekommen.",
    "en": "Thank you. Your message has reached us.",
    "es": "Gracias. Hemos recibido su mensaje.",
    "fr": "Merci. Votre message nous est bien parvenu.",
    "it": "Grazie. Abbiamo ricevuto il suo messaggio.",
    "pl": "Dziękujemy. Otrzymaliśmy Państwa wiadomość.",
    "pt": "Obrigado. Recebemos a sua mensagem.",
    "ru": "Спасибо. Ваше сообщение получено.",
    "uk": "Дякуємо. Ваше повідомлення отримано.",
}
_ARRANGED = "lp-arranged"
"""Id of the element behind the page script. Browsers with `rel=expect` paint nothing before it: slides that the script
arranges after the first paint make the page jump."""
_MOVES = re.compile(r"""class=["'][^"']*\bjs-(?:carousel|gallery-cards|countdown|embed)\b""")
_PICTURE_TAG = re.compile(rf'<meta [^>]*content="{re.escape(PICTURE)}">\n')
_SLOT = re.compile(r"#CONTENT#|#AREA_(\d+)#")


def with_picture(html: str, address: str | None) -> str:
    """Insert the current picture's address into stored HTML, or remove the tags if it is None.

    Sites that show links to the page cache its picture by address and would keep a placeholder for ever.
    """
    return _PICTURE_TAG.sub("", html) if address is None else html.replace(PICTURE, address)


class RenderedBlock(msgspec.Struct, frozen=True):
    """A block as the page shows it."""

    id: int
    code: str
    content: str
    anchor: str | None
    wrapper: Mapping[str, str] = {}
    """Attributes of the wrapper, as set by landing.block.updateattrs."""


class PageParts(msgspec.Struct, frozen=True, kw_only=True):
    """All parts of a page."""

    language: str
    title: str
    description: str
    site_title: str
    path: str
    base: str  # path of the site on its host; "" except for sites below a path of the portal
    fields: Mapping[str, str]  # additional fields of the site, overridden by those of the page
    layout: str  # of the view template, with "#CONTENT#" and areas such as "#AREA_1#"
    blocks: Sequence[RenderedBlock]
    areas: Mapping[int, Sequence[RenderedBlock]]  # blocks by number of the area in the layout
    page_paths: Mapping[int, str]  # of pages, by the id in links such as "#landing12"
    special_paths: Mapping[str, str]  # of special pages, by the name in links such as "#system_cart"
    block_anchors: Mapping[int, str]  # of blocks, by the id in links such as "#block34"


def render_page(parts: PageParts) -> str:
    """Return the HTML document of a page."""
    library = standard_library()
    shown = [*parts.blocks, *(block for members in parts.areas.values() for block in members)]
    codes = dict.fromkeys(block.code for block in shown)
    styles = "".join(library[code].style for code in codes if code in library)
    before, main, after = _landmarks(parts.blocks)
    lazy = parts.fields.get("SPEED_USE_LAZY") == "Y"
    content = "\n".join(
        [
            *(_wrapped(block, parts) for block in before),
            '<main id="main">',
            *(_wrapped(block, parts, lazy=lazy and position >= _EAGER_BLOCKS) for position, block in enumerate(main)),
            "</main>",
            *(_wrapped(block, parts) for block in after),
        ]
    )

    def slot(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return content
        return "\n".join(_wrapped(block, parts) for block in parts.areas.get(int(match.group(1)), ()))

    moves = any(_MOVES.search(block.content) for block in shown)
    script = [SCRIPT, f'<span id="{_ARRANGED}" hidden></span>'] if moves else []
    waits = f'<link rel="expect" href="#{_ARRANGED}" blocking="render">\n' if moves else ""
    body = "\n".join([_SLOT.sub(slot, parts.layout), *body_end(parts.fields), *script])
    style = f"{page_css() if moves else ''}{styles}{page_style(parts.fields, has_layout=parts.layout != '#CONTENT#')}"
    return (
        f'<!doctype html>\n<html lang="{escape(parts.language)}">\n<head>\n{_head(parts)}\n{waits}'
        f"<style>{style}</style>\n"
        + "".join(f"{line}\n" for line in head_end(parts.fields))
        + f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def with_script(page: str) -> str:
    """Replace the script placeholder of a stored page by the script."""
    return page.replace(SCRIPT, f"<script>{page_script()}</script>")


def _landmarks(
    blocks: Sequence[RenderedBlock],
) -> tuple[Sequence[RenderedBlock], Sequence[RenderedBlock], Sequence[RenderedBlock]]:
    """Split off menus at the top and footers at the bottom, which are landmarks outside of <main>."""
    first, last = 0, len(blocks)
    while first < last and _is_in(blocks[first].code, "menu"):
        first += 1
    while last > first and _is_in(blocks[last - 1].code, "footer"):
        last -= 1
    return blocks[:first], blocks[first:last], blocks[last:]


def _is_in(code: str, section: str) -> bool:
    design = standard_library().get(code)
    return design is not None and section in design.sections


def _wrapped(block: RenderedBlock, parts: PageParts, *, lazy: bool = False) -> str:
    def address(match: re.Match[str]) -> str:
        name, kind, number, special = match.groups()
        if kind == "block":
            return f'{name}="#{escape(parts.block_anchors.get(int(number), f"b{number}"))}"'
        path = parts.special_paths.get(special) if special else parts.page_paths.get(int(number))
        return match.group(0) if path is None else f'{name}="{escape(parts.base + path)}"'

    content = _OWN_LINK.sub(address, _with_markers(block.content, parts))
    content = with_map_places(_with_search(content, parts.base))
    thanks = _THANKS.get(parts.language.partition("-")[0], _THANKS["en"])
    content = with_form_targets(content, block_id=block.id, path=f"{parts.base}{parts.path}", thanks=thanks)
    if lazy:
        content = _EAGER_PICTURE.sub('<img loading="lazy"', content)
    return wrap(
        content,
        block_id=block.id,
        anchor=block.anchor,
        code=block.code,
        edit_mode=False,
        attributes=block.wrapper,
    )


def _with_markers(content: str, parts: PageParts) -> str:
    """Replace `#title#` by the page's title and `#breadcrumb#` by its path (landing/block/special/navigation.md)."""
    if "#title#" in content:
        content = content.replace("#title#", escape(parts.title))
    if "#breadcrumb#" in content:
        home = f'<li><a href="{escape(parts.base)}/">{escape(parts.site_title)}</a></li>' if parts.path != "/" else ""
        here = f'<li aria-current="page">{escape(parts.title)}</li>'
        content = content.replace(
            "#breadcrumb#", f'<nav aria-label="Breadcrumb"><ol class="lp-crumbs">{home}{here}</ol></nav>'
        )
    return content


def _with_search(content: str, base: str) -> str:
    """Send search forms without an address to the server's search results (special/search-forms.md)."""
    if 'role="search"' not in content:
        return content
    content = _EMPTY_ACTION.sub(r"\1", content)
    return _SEARCH_FORM.sub(f'<form action="{escape(base)}/{SEARCH}/"', content)


def _head(parts: PageParts) -> str:
    fields = parts.fields
    named = fields if fields.get("METAMAIN_USE", "Y") != "N" else {}
    title = named.get("METAMAIN_TITLE") or parts.title
    description = named.get("METAMAIN_DESCRIPTION") or parts.description
    url = f"{ORIGIN}{parts.base}{parts.path}"
    image = fields.get("METAOG_IMAGE") or PICTURE
    if image.startswith("/") and not image.startswith("//"):
        image = f"{ORIGIN}{image}"  # a file of this server; readers of og:image need an absolute address
    lines = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        _meta("name", "description", description),
        _meta("name", "keywords", named.get("METAMAIN_KEYWORDS") or fields.get("METAKEYWORDS_KEYWORDS", "")),
        _meta("name", "robots", "noindex" if fields.get("METAROBOTS_INDEX") == "N" else ""),
        f'<link rel="canonical" href="{escape(url)}">',
        _meta("property", "og:type", "website"),
        _meta("property", "og:site_name", parts.site_title),
        _meta("property", "og:title", fields.get("METAOG_TITLE") or title),
        _meta("property", "og:description", fields.get("METAOG_DESCRIPTION") or description),
        _meta("property", "og:url", url),
        _meta("property", "og:image", image),
        _meta("name", "twitter:card", "summary_large_image"),
        _meta("name", "twitter:image", image),
        *head_lines(fields, parts.base),
        f'<link rel="stylesheet" href="/_assets/base.css?v={base_version()}">',
    ]
    return "\n".join(line for line in lines if line)


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}">' if value else ""
