"""The parsed HTML of a block, with the position of every element in the source.

Before parsing, every tag gets a marker: a comment in front of it and, in start tags, an attribute. The markers in the
tree tell which source tag an element came from and where it ends, even without an end tag. Selectors are matched by the
parser.
"""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from landingpad.blockhtml.limits import DEEPEST
from landingpad.blockhtml.source import RAW_TEXT, Tag, tags

_MARKERS = re.compile(r"lp-place(x*)", re.IGNORECASE)
_LONGEST_SELECTOR = 500
_MOST_FUNCTIONS = 10
_HIGHEST_COST = 100_000_000
_ANCESTOR = re.compile(r"(?<=[^\s>+~,(])\s+(?=[^\s>+~,)])")
_SIBLINGS = re.compile(r"~(?!=)")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Element(NamedTuple):
    """An element and its position: start tag [start:inner], content [inner:inner_end], all of it [start:end]."""

    name: str
    attributes: dict[str, str]
    number: int
    """Index of its start tag among the tags of the source; edits behind the tag do not change it."""
    start: int
    inner: int
    inner_end: int
    end: int


class Edit(NamedTuple):
    """Replace source[start:end] by text."""

    start: int
    end: int
    text: str


class Document:
    """The parsed source of a block. Immutable: an edit gives a new source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._tags = list(tags(source))
        self._mark = _unused_word(source)
        self._tree = LexborHTMLParser(self._marked(), is_fragment=True)

    def select(self, selector: str, only: int | None = None) -> list[Element]:
        """Return the elements that a CSS selector matches, in order, or [] if the selector is invalid or too costly.

        `only` limits the result to the match at that position, which is cheaper than locating all matches.
        """
        if _cost(selector, len(self._tags)) > _HIGHEST_COST:
            return []
        try:
            nodes = self._tree.css(selector)
        except SelectolaxError:
            return []
        return self._elements(nodes, only)

    def roots(self) -> list[Element]:
        """Return the outermost elements."""
        root = self._tree.root
        return self._elements(root.iter(include_text=False) if root else [])

    def descendants(self, element: Element, selector: str) -> list[Element]:
        """Return the matches of a CSS selector inside an element."""
        return [found for found in self.select(selector) if element.inner <= found.start < element.inner_end]

    def inside(self, outer: Iterable[Element], selector: str) -> list[Element]:
        """Return the matches of a CSS selector inside any of some elements, given in order."""
        found = []
        ends = 0
        spans = iter(sorted((element.inner, element.inner_end) for element in outer))
        span = next(spans, None)
        for element in self.select(selector):
            while span is not None and span[0] <= element.start:
                ends = max(ends, span[1])
                span = next(spans, None)
            if element.start < ends:
                found.append(element)
        return found

    def parent(self, element: Element) -> Element | None:
        """Return the parent of an element, or None for an outermost one."""
        node = self._tree.css_first(f'[{self._mark}="{element.number}"]')
        found = self._elements([node.parent]) if node and node.parent else []
        return found[0] if found else None

    def outline(self) -> list[tuple[str, str | None, str | None]]:
        """Return name, number and parent's number of each element, in order."""
        return [
            (node.tag or "", node.attributes.get(self._mark), parent.attributes.get(self._mark) if parent else None)
            for node in self._tree.css("*")
            for parent in [node.parent]
        ]

    def by_number(self, number: int) -> Element | None:
        """Return the element of a start tag, or None if the parser dropped the tag."""
        return next(iter(self.select(f'[{self._mark}="{number}"]')), None)

    def _marked(self) -> str:
        parts: list[str] = []
        position = 0
        for index, tag in enumerate(self._tags):
            name_end = tag.start + 1 + len(tag.name)
            parts.append(self.source[position : tag.start])
            if not (tag.closing and tag.name in RAW_TEXT):  # there a comment would be text
                parts.append(f"<!--{self._mark}{index}-->")
            position = tag.start
            if not tag.closing:
                parts.append(f'{self.source[tag.start : name_end]} {self._mark}="{index}"')
                position = name_end
        parts.append(self.source[position:])
        return "".join(parts)

    def _elements(self, nodes: Iterable[LexborNode], only: int | None = None) -> list[Element]:
        """Locate nodes, except those that the parser added or duplicated: they have no position in the source."""
        found: dict[int, LexborNode] = {}
        for node in nodes:
            mark = node.attributes.get(self._mark) if node.is_element_node else None
            if mark:
                found.setdefault(int(mark), node)
        wanted = sorted(found)
        if only is not None:
            wanted = wanted[only : only + 1]
        return [self._locate(found[index], index) for index in wanted]

    def _locate(self, node: LexborNode, index: int) -> Element:
        tag = self._tags[index]
        attributes = {name: value or "" for name, value in node.attributes.items() if name != self._mark}
        inner_end, end = self._end(node, index)
        return Element(tag.name, attributes, index, tag.start, tag.end, inner_end, end)

    def _end(self, node: LexborNode, index: int) -> tuple[int, int]:
        """Return the end of an element's content and the end of the element."""
        if self._tags[index].name in RAW_TEXT:
            closing = self._tags[index + 1] if index + 1 < len(self._tags) else None
            return (closing.start, closing.end) if closing else (len(self.source), len(self.source))
        last = self._last_comment(node)
        if last is None:  # no tag inside: the element is void, or only text follows
            end = len(self.source) if node.child is not None else self._tags[index].end
            return end, end
        comment, number = last
        tag = self._tags[number]
        if tag.closing:
            closed = _closed_by(tag, comment, node)
            if closed is node:
                return tag.start, tag.end
            open_to_the_end = closed is not None
        else:
            inside = node.css(f'[{self._mark}="{number}"]')
            open_to_the_end = bool(inside)
        end = len(self.source) if open_to_the_end else tag.start
        return end, end

    def _last_comment(self, top: LexborNode) -> tuple[LexborNode, int] | None:
        """Return the last marker inside an element, nearly always the first node visited."""
        node: LexborNode | None = top.last_child
        while node is not None:
            if node.is_comment_node and (content := node.comment_content or "").startswith(self._mark):
                return node, int(content.removeprefix(self._mark))
            node = node.last_child or _before(node, top)
        return None


def _cost(selector: str, elements: int) -> float:
    """Return the most comparisons that a parser may need for a selector, as it tries every way through a document."""
    if len(selector) > _LONGEST_SELECTOR or selector.count("(") > _MOST_FUNCTIONS:
        return math.inf
    steps = min(elements, DEEPEST) ** len(_ANCESTOR.findall(selector))
    wide = elements ** (len(_SIBLINGS.findall(selector)) + selector.count(":nth") + selector.count(":has"))
    return float(elements * (1 + selector.count(",")) * steps * wide)


def _before(node: LexborNode, top: LexborNode) -> LexborNode | None:
    """Return the previous sibling of a node or of its nearest ancestor below `top` that has one."""
    while node.prev is None:
        parent = node.parent
        if parent is None or parent.mem_id == top.mem_id:
            return None
        node = parent
    return node.prev


def apply(source: str, edits: Iterable[Edit]) -> str:
    """Return the source with the edits applied; they must not overlap."""
    parts: list[str] = []
    position = 0
    for edit in sorted(edits):
        parts += [source[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, source[position:]])


def _closed_by(tag: Tag, comment: LexborNode, top: LexborNode) -> LexborNode | None:
    """Return the element up to `top` that an end tag closes, or None if it closes one outside of `top`."""
    node = comment.parent
    while node is not None:
        name = (node.tag or "").lower()
        if name == tag.name or (name in _HEADINGS and tag.name in _HEADINGS):
            return top if node.mem_id == top.mem_id else node
        if node.mem_id == top.mem_id:
            return None
        node = node.parent
    return None


def _unused_word(source: str) -> str:
    """Return a marker name that does not occur in the source."""
    longest = max((len(found[1]) for found in _MARKERS.finditer(source)), default=-1)
    return "lp-place" + "x" * (longest + 1)
