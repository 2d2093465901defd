"""Answers as XML, for calls whose method name ends in `.xml` (custom-methods.md)."""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# Without ":", which needs a declared namespace; names that begin with "xml" are reserved by XML.
_RESERVED = re.compile(r"xml", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CARRIAGE_RETURN = {"\r": "&#13;"}
_LINE_BREAKS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def to_xml(mapping: Mapping[str, Any]) -> bytes:
    """Return an answer as an XML document with the root `<response>`.

    Members become elements, and members of lists become `<item>` elements. A key that cannot name an element, such as a
    number, becomes the attribute `key` of an `<item>`. Booleans are `1` and `0`, null is an empty element, and
    characters that are invalid in XML are removed.
    """
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _element(parts, "response", "", mapping)
    return "".join(parts).encode()


def _element(parts: list[str], name: str, attributes: str, value: Any) -> None:
    if value is None or value == "":
        parts.append(f"<{name}{attributes}/>")
        return
    parts.append(f"<{name}{attributes}>")
    if isinstance(value, Mapping):
        for key, member in value.items():
            _element(parts, *_tag(str(key)), member)
    elif isinstance(value, list | tuple):
        for member in value:
            _element(parts, "item", "", member)
    else:
        parts.append(_text(value))
    parts.append(f"</{name}>")


def _tag(key: str) -> tuple[str, str]:
    """Return the element name and the attributes for a member."""
    if _NAME.fullmatch(key) and not _RESERVED.match(key):
        return key, ""
    return "item", f" key={quoteattr(_NOT_XML.sub('', key), _LINE_BREAKS)}"


def _text(value: Any) -> str:
    if value is True:
        return "1"
    if value is False:
        return "0"
    return escape(_NOT_XML.sub("", str(value)), _CARRIAGE_RETURN)
