"""Marking of dangerous HTML, so that authors can check it before they register it (landing-repo-check-content.md)."""

import re
from collections.abc import Iterator
from html import unescape

from landingpad.blockhtml.allowed import ATTRIBUTES, DROPPED_WITH_CONTENT
from landingpad.blockhtml.clean import safe_attribute
from landingpad.blockhtml.source import Attribute, Tag, attributes, tags

SPLITTER = "#SANITIZE#"

_DANGEROUS_TAGS = DROPPED_WITH_CONTENT | {"base", "frame", "link", "meta", "param", "portal", "set", "animate"}
_DANGEROUS_ATTRIBUTES = re.compile(r"on.*|srcdoc|formaction|xlink:href")
_VALUE = re.compile(r"[\s/]*[^\s/>=]+\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*))", re.DOTALL)


def check(html: str, splitter: str = SPLITTER) -> tuple[bool, str]:
    """Return whether HTML is dangerous, and the HTML with the splitter inside each dangerous word.

    `<p onclick="x()">` becomes `<p oncl#SANITIZE#ick="x()">`. Harmless HTML is returned unchanged. Stored HTML is
    always cleaned; this check only informs the author.
    """
    splits = sorted(split for tag in tags(html) for split in _dangers(html, tag))
    parts: list[str] = []
    position = 0
    for split in splits:
        parts += [html[position:split], splitter]
        position = split
    return bool(splits), "".join([*parts, html[position:]])


def _dangers(html: str, tag: Tag) -> Iterator[int]:
    """Yield the positions where the splitter goes into a start tag."""
    if tag.closing:
        return
    source = html[tag.start : tag.end]
    found = attributes(source)
    frames_foreign = tag.name == "iframe" and not any(a.name == "src" and _is_safe(tag.name, a, source) for a in found)
    if tag.name in _DANGEROUS_TAGS or frames_foreign:
        yield tag.start + 1 + (len(tag.name) + 1) // 2
    for attribute in found:
        named = source[attribute.start : attribute.end].lstrip(" \t\n\f\r/")
        start = tag.start + attribute.end - len(named)
        if _DANGEROUS_ATTRIBUTES.fullmatch(attribute.name):
            yield start + (len(attribute.name) + 1) // 2
        elif not (frames_foreign and attribute.name == "src") and not _is_safe(tag.name, attribute, source):
            value = _value(attribute, source)
            offset = named.find(value, len(attribute.name)) if value else 0
            yield start + offset + min(5, (len(value) + 1) // 2)


def _is_safe(tag: str, attribute: Attribute, source: str) -> bool:
    """Return whether an attribute is harmless; unknown ones are, because cleaning removes them."""
    known = attribute.name in ATTRIBUTES["*"] or attribute.name in ATTRIBUTES.get(tag, ())
    if not known and not attribute.name.startswith(("data-", "aria-")):
        return True
    value = unescape(_value(attribute, source))
    return safe_attribute(tag, attribute.name, value) == value or not value


def _value(attribute: Attribute, source: str) -> str:
    found = _VALUE.match(source[attribute.start : attribute.end])
    return next((group for group in found.groups() if group is not None), "") if found else ""
