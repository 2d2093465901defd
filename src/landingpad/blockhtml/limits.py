"""Limits of block HTML, found by one scan of its source before any parser sees it.

Parsers need quadratic time for some HTML: deep nesting, formatting elements that outlive their parents, texts that a
table puts before itself, very many attributes or entities. Each of these is limited, so that time grows with the size.
"""

from collections.abc import Mapping
from typing import Any

from landingpad.blockhtml.source import Tag, attributes, tags
from landingpad.errors.calls import TypeProblem

MOST_BYTES = 1024 * 1024
DEEPEST = 200
MOST_MARKS = 40_000
"""Largest number of `<`, and of `&`."""
_MOST_ATTRIBUTES = 500
_LONG_TAG = 4096
_MOST_OPTIONS = 2000
_MOST_MISPLACED = 1000
"""Texts and elements directly inside a table, which parsers move before it."""
_MOST_REPEATED = 1_000_000
"""Formatting elements that parsers open again, summed over all tags."""

_VOID = frozenset(
    {
        *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input"),
        *("keygen", "link", "meta", "param", "source", "track", "wbr"),
    }
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_TABLE = frozenset({"table", "tbody", "tfoot", "thead", "tr"})
_INSIDE_TABLE = _TABLE | {"caption", "col", "colgroup", "form", "input", "script", "style", "td", "template", "th"}
_CELLS = frozenset({"td", "th"})
_CLOSED_BY: dict[str, frozenset[str]] = {
    "p": frozenset({"p"}),
    "li": frozenset({"li"}),
    "dd": frozenset({"dd", "dt"}),
    "dt": frozenset({"dd", "dt"}),
    "option": frozenset({"option"}),
    "td": _CELLS,
    "th": _CELLS,
}
"""Elements that end where this one begins, as their end tags may be left out."""
_ROWS = frozenset({"tr"})
_GROUPS = frozenset({"tbody", "tfoot", "thead"})
_BARRIERS = frozenset(
    {
        *("button", "caption", "desc", "dl", "foreignobject", "marquee", "math", "object", "ol", "select", "svg"),
        *("table", "td", "template", "th", "ul"),
    }
)
_FOREIGN = frozenset({"math", "svg"})
_HTML_INSIDE = frozenset({"desc", "foreignobject", "title"})


def check_limits(html: str) -> None:
    """Check that HTML can be parsed in linear time.

    Raises:
        TypeProblem: it is too large, too deep or too irregular; the text says which limit it exceeds.

    """
    problem = problem_of(html)
    if problem:
        raise TypeProblem(problem)


def checked(html: str) -> str:
    """Return HTML that `check_limits` accepts.

    Raises:
        TypeProblem: raised by `check_limits`.

    """
    check_limits(html)
    return html


def text_size(value: Any) -> int:
    """Return the number of characters in all texts of a value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(text_size(name) + text_size(member) for name, member in value.items())
    return sum(map(text_size, value)) if isinstance(value, list | tuple) else 0


def problem_of(html: str) -> str:
    """Return which limit HTML exceeds, or ""."""
    size = len(html.encode("utf-8", "replace")) if len(html) * 4 > MOST_BYTES else 0
    if size > MOST_BYTES:
        return f"The HTML has {size} bytes; a block may have {MOST_BYTES}."
    for mark in ("<", "&"):
        if html.count(mark) > MOST_MARKS:
            return f"The HTML has {html.count(mark)} times the character {mark}; a block may have {MOST_MARKS}."
    if html.count("<") <= DEEPEST and len(html) <= MOST_BYTES // 16:
        return ""  # nearly every block
    return _Scan(html).problem()


class _Scan:
    """The open elements while the tags of some HTML are read, much as parsers keep them."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._open: list[str] = []
        self._surviving = 0  # formatting elements whose parent ended before them: parsers open them again
        self._repeated = 0
        self._options = 0
        self._misplaced = 0

    def problem(self) -> str:
        """Return which limit is exceeded first, or ""."""
        position = 0
        for tag in tags(self._html):
            if self._open and self._open[-1] in _TABLE and self._html[position : tag.start].strip():
                self._misplaced += 1
            position = tag.end
            if tag.closing:
                self._end(tag.name)
            else:
                self._start(tag)
            found = self._exceeded(tag)
            if found:
                return found
        return ""

    def _exceeded(self, tag: Tag) -> str:
        if len(self._open) + self._surviving > DEEPEST:
            return f"The HTML is nested deeper than {DEEPEST} elements."
        self._repeated += self._surviving
        if self._repeated > _MOST_REPEATED:
            return "The HTML has formatting elements without end tags that would be repeated too often."
        if self._options > _MOST_OPTIONS:
            return f"The HTML has more than {_MOST_OPTIONS} options."
        if self._misplaced > _MOST_MISPLACED:
            return f"The HTML has more than {_MOST_MISPLACED} texts or elements outside of the cells of a table."
        if tag.end - tag.start > _LONG_TAG and not tag.closing:
            count = len(attributes(self._html[tag.start : tag.end]))
            if count > _MOST_ATTRIBUTES:
                return f"An element of the HTML has {count} attributes; it may have {_MOST_ATTRIBUTES}."
        return ""

    def _start(self, tag: Tag) -> None:
        name = tag.name
        if self._open and self._open[-1] in _TABLE and name not in _INSIDE_TABLE:
            self._misplaced += 1
        self._options += name == "option"
        if name in _VOID or (self._html.endswith("/>", tag.start, tag.end) and self._is_foreign()):
            return
        ended = _CLOSED_BY.get(name)
        if ended is not None:
            self._end_before(ended)
        elif name in _ROWS or name in _GROUPS:
            self._end_before(_CELLS)
            self._end_before(_ROWS)
            if name in _GROUPS:
                self._end_before(_GROUPS)
        self._open.append(name)

    def _end(self, name: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                self._close(index)
                return
        if name in _FORMATTING and self._surviving:
            self._surviving -= 1

    def _end_before(self, ended: frozenset[str]) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            name = self._open[index]
            if name in ended:
                self._close(index)
                return
            if name in _BARRIERS:
                return

    def _close(self, index: int) -> None:
        """Close the element at an index with all inside; formatting elements inside survive it."""
        self._surviving += sum(name in _FORMATTING for name in self._open[index + 1 :])
        del self._open[index:]

    def _is_foreign(self) -> bool:
        near = next((name for name in reversed(self._open) if name in _FOREIGN or name in _HTML_INSIDE), "")
        return near in _FOREIGN
