"""From blocks to a whole page: what is stored at publication and what visitors and the camera get."""

import re
from collections.abc import Mapping, Sequence
from html import escape

import msgspec

from landingpad.blocks.library import base_version, standard_library
from landingpad.domain.nodes import wrap

ORIGIN = "http://origin.landingpad.invalid"
"""Stands for scheme, host and port in stored pages: they are known when a page is served, not when it is published."""

THEME_COLORS = {
    "1construction": "#e0a100",
    "2business": "#33559b",
    "3corporate": "#1f6aa5",
    "accounting": "#5f8d2f",
    "agency": "#d9485f",
    "app": "#12908a",
    "architecture": "#a9533b",
    "charity": "#c98a00",
    "consulting": "#15786f",
    "courses": "#2f8f57",
    "event": "#b8326f",
    "gym": "#5463c7",
    "lawyer": "#8a3b32",
    "music": "#9b3fa0",
    "photography": "#3a3f45",
    "real-estate": "#c4492f",
    "restaurant": "#a8324a",
    "shipping": "#c2410c",
    "spa": "#6b8e23",
    "travel": "#0e7fb0",
    "twentyFourth": "#b83a4b",
    "twentyThird": "#4a6fa5",
    "wedding": "#b4637a",
    "wiki-dark": "#2b3440",
}
"""Accent colours under the documented theme codes (landing/page/color-themes.md); the colours are our own."""

_COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
PAGE_LINK = re.compile(r'href="#landing(\d+)"')
_OWN_LINK = re.compile(r'href="#(landing|block)(\d+)"')
_DARK = 0.6


class RenderedBlock(msgspec.Struct, frozen=True):
    """A block as the page shows it."""

    id: int
    code: str
    content: str
    anchor: str | None


class PageParts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a page is made of."""

    language: str
    title: str
    description: str
    site_title: str
    path: str
    base: str  # path of the site on its host: "" but for sites below a path of the portal
    fields: Mapping[str, str]  # additional fields of the site, overridden by those of the page
    blocks: Sequence[RenderedBlock]
    page_paths: Mapping[int, str]  # of the pages that links may mean by "#landing12"
    block_anchors: Mapping[int, str]  # of the blocks that links may mean by "#block34"


def render_page(parts: PageParts) -> str:
    """Return the HTML document of a page."""
    library = standard_library()
    styles = "".join(
        library[code].style for code in dict.fromkeys(block.code for block in parts.blocks) if code in library
    )
    before, main, after = _landmarks(parts.blocks)
    body = "\n".join(
        [
            *(_wrapped(block, parts) for block in before),
            '<main id="main">',
            *(_wrapped(block, parts) for block in main),
            "</main>",
            *(_wrapped(block, parts) for block in after),
        ]
    )
    return (
        f'<!doctype html>\n<html lang="{escape(parts.language)}">\n<head>\n{_head(parts)}\n'
        f"<style>{_theme(parts.fields)}{styles}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def accent_color(fields: Mapping[str, str]) -> str | None:
    """Return the accent colour that the author chose for a site or page, as #rrggbb; None for our own."""
    if fields.get("THEME_USE") == "N":
        return None
    found = _COLOR.fullmatch(fields.get("THEME_COLOR", "").strip())
    if found is None:
        return THEME_COLORS.get(fields.get("THEME_CODE", ""))
    digits = found.group(1)
    return f"#{digits if len(digits) == 6 else ''.join(c * 2 for c in digits)}".lower()  # rrggbb  # noqa: PLR2004  # rrggbb


def favicon(title: str, fields: Mapping[str, str]) -> str:
    """Draw the icon of a site: its first letter on its accent colour, as SVG."""
    letter = escape(next((c.upper() for c in title if c.isalnum()), "•"))
    color = accent_color(fields) or "#1f5f8b"
    ink = "#ffffff" if _luminance(color) < _DARK else "#1b1f24"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{color}"/>'
        f'<text x="32" y="45" font-family="system-ui,sans-serif" font-size="38" font-weight="700" fill="{ink}" '
        f'text-anchor="middle">{letter}</text></svg>'
    )


def _landmarks(
    blocks: Sequence[RenderedBlock],
) -> tuple[Sequence[RenderedBlock], Sequence[RenderedBlock], Sequence[RenderedBlock]]:
    """Menus at the top and footers at the bottom stand outside <main>, so that they are landmarks of their own."""
    first, last = 0, len(blocks)
    while first < last and _is_in(blocks[first].code, "menu"):
        first += 1
    while last > first and _is_in(blocks[last - 1].code, "footer"):
        last -= 1
    return blocks[:first], blocks[first:last], blocks[last:]


def _is_in(code: str, section: str) -> bool:
    design = standard_library().get(code)
    return design is not None and section in design.sections


def _wrapped(block: RenderedBlock, parts: PageParts) -> str:
    def address(match: re.Match[str]) -> str:
        kind, number = match.group(1), int(match.group(2))
        if kind == "block":
            return f'href="#{escape(parts.block_anchors.get(number, f"b{number}"))}"'
        path = parts.page_paths.get(number)
        return match.group(0) if path is None else f'href="{escape(parts.base + path)}"'

    content = _OWN_LINK.sub(address, block.content)
    return wrap(content, block_id=block.id, anchor=block.anchor, code=block.code, edit_mode=False)


def _head(parts: PageParts) -> str:
    fields = parts.fields
    named = fields if fields.get("METAMAIN_USE", "Y") != "N" else {}
    title = named.get("METAMAIN_TITLE") or parts.title
    description = named.get("METAMAIN_DESCRIPTION") or parts.description
    url = f"{ORIGIN}{parts.base}{parts.path}"
    image = fields.get("METAOG_IMAGE") or f"{url}preview.jpg"
    lines = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        _meta("name", "description", description),
        _meta("name", "keywords", named.get("METAMAIN_KEYWORDS", "")),
        _meta("name", "robots", "noindex" if fields.get("METAROBOTS_INDEX") == "N" else ""),
        f'<link rel="canonical" href="{escape(url)}">',
        _meta("property", "og:type", "website"),
        _meta("property", "og:site_name", parts.site_title),
        _meta("property", "og:title", fields.get("METAOG_TITLE") or title),
        _meta("property", "og:description", fields.get("METAOG_DESCRIPTION") or description),
        _meta("property", "og:url", url),
        _meta("property", "og:image", image),
        _meta("name", "twitter:card", "summary_large_image"),
        f'<link rel="icon" href="{escape(parts.base)}/favicon.svg" type="image/svg+xml">',
        f'<link rel="stylesheet" href="/_assets/base.css?v={base_version()}">',
    ]
    return "\n".join(line for line in lines if line)


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}">' if value else ""


def _theme(fields: Mapping[str, str]) -> str:
    """Set the design tokens that the author chose."""
    rules = []
    color = accent_color(fields)
    if color is not None:
        ink = "#ffffff" if _luminance(color) < _DARK else "#1b1f24"
        rules.append(f":root{{--lp-accent:{color};--lp-on-accent:{ink}}}")
    background = _COLOR.fullmatch(fields.get("BACKGROUND_COLOR", "").strip())
    if background is not None and fields.get("BACKGROUND_USE") == "Y":
        rules.append(f"body{{background-color:#{background.group(1)}}}")
    return "".join(rules)


def _luminance(color: str) -> float:
    """Perceived brightness of #rrggbb, 0 to 1."""
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
