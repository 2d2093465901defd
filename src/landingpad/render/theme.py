"""Colours of a site, chosen by its author or taken from a theme, and the icon in these colours."""

import re
from collections.abc import Mapping
from html import escape

THEME_COLORS = {
    "1construction": "#e0a100",
    "2business": "#33559b",
    "3corporate": "#1f6aa5",
    "accounting": "#567f29",
    "agency": "#cb4259",
    "app": "#0f817d",
    "architecture": "#a9533b",
    "charity": "#c98a00",
    "consulting": "#15786f",
    "courses": "#29814e",
    "event": "#b8326f",
    "gym": "#5463c7",
    "lawyer": "#8a3b32",
    "music": "#9b3fa0",
    "photography": "#3a3f45",
    "real-estate": "#c4492f",
    "restaurant": "#a8324a",
    "shipping": "#c2410c",
    "spa": "#5d7c1e",
    "travel": "#0d7baa",
    "twentyFourth": "#b83a4b",
    "twentyThird": "#4a6fa5",
    "wedding": "#a85d72",
    "wiki-dark": "#8fc3ae",
}
"""Accent colours by documented theme code (landing/page/color-themes.md); the colours are our own choice."""

DARK_THEMES = frozenset({"wiki-dark"})
"""Themes with light text on a dark background."""

DARK_TOKENS = {
    "surface": "#15191b",
    "tint": "#1d2326",
    "dark": "#0c0f10",
    "ink": "#e9edeb",
    "muted": "#aab5af",
    "line": "#353d40",
    "field": "#0f1214",
    "field-ink": "#e9edeb",
    "accent": "#8fc3ae",
    "on-accent": "#10211b",
    "accent-text": "#a5d6c2",
    "shadow": "0 12px 32px -12px rgb(0 0 0 / 60%)",
}
"""Custom properties of the shared style sheet for dark themes."""

_COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def color(text: str) -> str | None:
    """Return a colour such as #34bcf2 or abc as #rrggbb, or None if it is invalid."""
    found = _COLOR.fullmatch(text.strip())
    if found is None:
        return None
    digits = found.group(1).lower()
    return f"#{digits}" if len(digits) == len("rrggbb") else "#" + "".join(digit * 2 for digit in digits)


def accent_color(fields: Mapping[str, str]) -> str | None:
    """Return the author's accent colour of a site or page as #rrggbb, or None for the default."""
    own = color(fields.get("THEME_COLOR", "")) if fields.get("THEME_USE") != "N" else None
    return own or THEME_COLORS.get(fields.get("THEME_CODE", ""))


def ink_on(background: str) -> str:
    """Return the text colour with the best contrast on #rrggbb."""
    light = _luminance(background)
    contrasts = {ink: (max(light, own) + 0.05) / (min(light, own) + 0.05) for ink, own in _INKS.items()}
    return max(contrasts, key=lambda ink: contrasts[ink])


def favicon(title: str, fields: Mapping[str, str]) -> str:
    """Return the icon of a site as SVG: its first letter on its accent colour."""
    letter = escape(next((c.upper() for c in title if c.isalnum()), "•"))
    background = accent_color(fields) or "#1f5f8b"
    ink = ink_on(background)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="14" fill="{background}"/>'
        f'<text x="32" y="45" font-family="system-ui,sans-serif" font-size="38" font-weight="700" fill="{ink}" '
        f'text-anchor="middle">{letter}</text></svg>'
    )


def _luminance(rgb: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1 (WCAG 2)."""
    red, green, blue = (_linear(int(rgb[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB


_INKS = {ink: _luminance(ink) for ink in ("#ffffff", "#1b1f24")}
