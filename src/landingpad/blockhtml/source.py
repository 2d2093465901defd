"""Positions of tags and attributes in the source of a block.

Parsers give a tree without positions, and serialising the tree would change bytes that a change does not concern. So
this module locates tags by the tokenisation rules of the HTML standard (section 13.2.5); their meaning is left to the
parser (`document.py`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

RAW_TEXT = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is text, even where it looks like tags."""

_ENDLESS = "plaintext"  # its content extends to the end of the source

_SPACE = " \t\n\f\r"
_TAG_NAME = re.compile(rf"</?([A-Za-z][^{_SPACE}/>]*)")
# Matches nearly every tag in one step; the others are scanned attribute by attribute.
_PLAIN_TAG = re.compile(
    rf"</?([A-Za-z][^{_SPACE}/>]*+)(?>[{_SPACE}]++[^{_SPACE}/>=\"'<]++(?>=(?>\"[^\"]*+\"|'[^']*+'))?+)*+[{_SPACE}]*+/?+>"
)
_GAP = re.compile(rf"[{_SPACE}/]*")
_NAME = re.compile(rf"[^>][^{_SPACE}/>=]*", re.DOTALL)
_EQUALS = re.compile(rf"[{_SPACE}]*=[{_SPACE}]*")
_BARE_VALUE = re.compile(rf"[^{_SPACE}>]*")
_COMMENT_END = re.compile(r"--!?>")


class Tag(NamedTuple):
    """A start tag or an end tag: source[start:end]."""

    name: str
    """In lower case."""
    closing: bool
    start: int
    end: int


class Attribute(NamedTuple):
    """An attribute with the space before it: tag[start:end]."""

    name: str
    """In lower case."""
    start: int
    end: int


def tags(source: str) -> Iterator[Tag]:
    """Yield the tags of the source, except those in comments and in raw text such as `<textarea>`."""
    position = source.find("<")
    while position >= 0:
        named = _PLAIN_TAG.match(source, position)
        end = named.end() if named else None
        if named is None:
            named = _TAG_NAME.match(source, position)
            if named is None:
                position = source.find("<", _after_other(source, position))
                continue
            _, end = _scan_attributes(source, named.end())
        if end is None:
            return  # the source ends inside a tag; parsers drop such a tag
        name, closing = named[1].lower(), source[position + 1] == "/"
        yield Tag(name, closing, position, end)
        if not closing and name == _ENDLESS:
            return
        if not closing and name in RAW_TEXT:
            end = _raw_text_end(source, name, end)
        position = source.find("<", end)


def attributes(tag: str) -> list[Attribute]:
    """Return the attributes of a start tag, in order."""
    return _scan_attributes(tag, _name_end(tag))[0]


def with_attributes(tag: str, changes: Mapping[str, str | None]) -> str:
    """Return a start tag with attributes set, or removed where the value is None; others keep their bytes and order."""
    missing = dict(changes)
    parts: list[str] = []
    position = _name_end(tag)
    parts.append(tag[:position])
    for attribute in attributes(tag):
        if attribute.name not in changes:
            parts.append(tag[position : attribute.end])
        else:
            value = missing.pop(attribute.name, None)  # only the first of repeated attributes counts
            if value is not None:
                parts.append(_attribute_source(attribute.name, value))
            elif tag[attribute.end] not in f"{_SPACE}/>":
                parts.append(" ")  # no space separated it from the next attribute
        position = attribute.end
    parts += [_attribute_source(name, value) for name, value in missing.items() if value is not None]
    parts.append(tag[position:])
    return "".join(parts)


def with_name(tag: str, name: str) -> str:
    """Return a start or end tag with another element name."""
    end = _name_end(tag)
    return f"{'</' if tag.startswith('</') else '<'}{name}{tag[end:]}"


def with_attribute_name(tag: str, old: str, new: str) -> str:
    """Return a start tag with an attribute renamed; its value keeps its bytes."""
    for attribute in attributes(tag):
        if attribute.name == old:
            start = attribute.end - len(tag[attribute.start : attribute.end].lstrip(f"{_SPACE}/"))
            return f"{tag[:start]}{new}{tag[start + len(old) :]}"
    return tag


def escape_text(text: str) -> str:
    """Return text escaped for use between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute_source(name: str, value: str) -> str:
    return f' {name}="{escape_text(value).replace(chr(34), "&quot;")}"'


def _name_end(tag: str) -> int:
    named = _TAG_NAME.match(tag)
    if named is None:
        raise ValueError(f"{tag[:40]!r} is not a tag.")
    return named.end()


def _scan_attributes(source: str, position: int) -> tuple[list[Attribute], int | None]:
    """Return the attributes after a tag name and the end of the tag, or None if the source ends inside the tag."""
    found: list[Attribute] = []
    while True:
        start = position
        position = _end_of(_GAP, source, position)
        if source.startswith(">", position):
            return found, position + 1
        named = _NAME.match(source, position)
        if named is None:
            return found, None
        position = named.end()
        equals = _EQUALS.match(source, position)
        if equals:
            position = equals.end()
            quote = source[position : position + 1]
            if quote in ('"', "'"):
                position = source.find(quote, position + 1) + 1
                if not position:
                    return found, None
            else:
                position = _end_of(_BARE_VALUE, source, position)
        found.append(Attribute(named[0].lower(), start, position))


def _end_of(pattern: re.Pattern[str], source: str, position: int) -> int:
    found = pattern.match(source, position)
    return found.end() if found else position


def _after_other(source: str, position: int) -> int:
    """Return the position where scanning continues after a `<` that starts no tag."""
    if source.startswith("<!--", position):
        if source.startswith((">", "->"), position + 4):
            return source.index(">", position) + 1
        found = _COMMENT_END.search(source, position + 4)
        return found.end() if found else len(source)
    if source.startswith(("<!", "<?", "</"), position):
        end = source.find(">", position + 2)
        return end + 1 if end >= 0 else len(source)
    return position + 1


def _raw_text_end(source: str, name: str, position: int) -> int:
    found = re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE).search(source, position)
    return found.start() if found else len(source)
