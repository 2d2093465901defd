"""Inline styles: parsing, cleaning, merging."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_PROPERTY = re.compile(r"-?[a-z][a-z0-9-]*|--[\w-]+", re.IGNORECASE)
_MOST_DECLARATIONS = 5000
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_NOISE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]+")
# Constructs that ran code in some browser, and data: URLs other than pictures.
_HOSTILE = re.compile(
    r"(?:java|vb|live)script:|mocha:|expression\(|@import|@charset|-moz-binding|behaviou?r:"
    r"|data:(?!image/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,])",
    re.IGNORECASE,
)
_URL = re.compile(r"""(?:url|src)\(["']?([^"')]*)""", re.IGNORECASE)
_URL_SCHEME = re.compile(r"(?!https?:|data:image/)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Declaration(NamedTuple):
    """One `property: value` of a style; `source` is its original text."""

    name: str
    value: str
    source: str


def declarations(style: str) -> list[Declaration]:
    """Return the declarations of a style attribute, skipping parts without a property name."""
    found = []
    for source in _split(style):
        name, colon, value = _COMMENT.sub(" ", source).partition(":")
        if colon and name.strip():
            found.append(Declaration(name.strip().lower(), value.strip(), source.strip()))
    return found


def clean_style(style: str) -> str:
    """Return a style without declarations that could run code or load other things than web addresses and pictures.

    A safe style is returned unchanged; of one with thousands of declarations nothing is kept.
    """
    if style.count(";") > _MOST_DECLARATIONS:
        return ""
    found = declarations(style)
    kept = [declaration for declaration in found if is_safe(declaration)]
    unread = _NOISE.sub("", _COMMENT.sub("", style)).strip(";")
    if len(kept) == len(found) and (found or not unread) and not _HOSTILE.search(unread):
        return style
    return write(kept)


def is_safe(declaration: Declaration) -> bool:
    """Return whether a declaration is safe in a page."""
    if not _PROPERTY.fullmatch(declaration.name):
        return False
    # Escapes can disguise any word, braces and open quotes can end the style early; honest styles need none of them.
    if re.search(r"[\\{}<]", declaration.source) or not _is_closed(declaration.value):
        return False
    plain = _NOISE.sub("", _COMMENT.sub("", f"{declaration.name}:{declaration.value}"))
    if _HOSTILE.search(plain):
        return False
    return not any(_URL_SCHEME.match(address) for address in _URL.findall(plain))


def merge(style: str, changes: Mapping[str, str | None]) -> str:
    """Return a style with properties set, or removed where the value is None or ""; unsafe new values are skipped."""
    missing = {name.strip().lower(): value for name, value in changes.items()}
    found = declarations(style)
    kept = [declaration for declaration in found if declaration.name not in missing]
    given = [Declaration(name, value.strip(), f"{name}: {value.strip()}") for name, value in missing.items() if value]
    added = [declaration for declaration in given if is_safe(declaration)]
    return write([*kept, *added]) if added or len(kept) < len(found) else style


def write(found: Iterable[Declaration]) -> str:
    """Return declarations as a style."""
    return "".join(f"{declaration.source}; " for declaration in found).rstrip()


def css_url(address: str) -> str:
    """Return an address as a CSS value."""
    return f"url('{encoded(address)}')"


def encoded(address: str) -> str:
    """Return an address with the characters percent-encoded that could end it in CSS or in a `srcset`."""
    return re.sub(r"[\\'\"()<>\s]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)


def _split(style: str) -> list[str]:
    """Split at semicolons outside of quotes, brackets and comments."""
    parts: list[list[str]] = [[]]
    depth = 0
    for piece in re.findall(r"/\*.*?(?:\*/|$)|\"[^\"]*\"?|'[^']*'?|\\.|[();]|[^\"'\\();/]+|.", style, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == ";" and depth <= 0:
            parts.append([])
        else:
            parts[-1].append(piece)
    return ["".join(part) for part in parts]


def _is_closed(value: str) -> bool:
    rest = re.sub(r"\"[^\"\n\r\f]*\"|'[^'\n\r\f]*'", "", value)
    return '"' not in rest and "'" not in rest and rest.count("(") == rest.count(")")
