"""Changes of classes, inline styles and element names of nodes.

See landing-block-update-styles.md and landing-block-change-node-name.md.
"""

from collections.abc import Mapping
from typing import Any

from landingpad.blockhtml import css
from landingpad.blockhtml.document import Document, Edit, Element, apply
from landingpad.blockhtml.selection import Selection, all_or_nth, first_or_nth, parse_selection, section
from landingpad.blockhtml.source import with_name
from landingpad.blockhtml.values import attribute_edit, attribute_text
from landingpad.errors.block import NodesNotFound
from landingpad.errors.calls import TypeProblem

_WRAPPER = "#wrapper"
_NAMES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "div", "p", "a", "span"})
_OTHER_NAME = "div"


def update_styles(content: str, manifest: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Return the HTML of a block with classes and inline styles changed.

    `data` maps `selector` (all matches), `selector@N` (from 0) or `#wrapper` (the outermost element of the block, which
    carries the block's own design) to a class, a list of classes or `{classList, affect, style}`. `classList` replaces
    the classes, `style` is merged into the style of the element, `affect` lists properties to remove from the elements
    inside. Without `style`, an element with a background picture loses all its other inline styles.

    Raises:
        TypeProblem: a value has none of these shapes.

    """
    known = _known_selectors(manifest)
    for key, value in data.items():
        selection = parse_selection(key)
        if selection.selector != _WRAPPER and selection.selector not in known:
            continue
        changes = _changes(key, value)
        # Inner elements first: this keeps the positions of the outer ones.
        content = _without_properties(content, selection, _names(key, changes, "affect"))
        document = Document(content)
        edits = [_styled(document, element, key, changes) for element in _elements(document, selection)]
        content = apply(content, edits)
    return content


def change_node_name(content: str, manifest: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Return the HTML of a block with elements renamed: `{".title@1": "h3"}`; without position the first match.

    Names are trimmed and lower-cased; all but headings, `div`, `p`, `a` and `span` become `div`. Where the new name
    would be invalid (a paragraph around a list), `div` is used too.

    Raises:
        NodesNotFound: `data` is empty.
        TypeProblem: a name is not a string.

    """
    if not data:
        raise NodesNotFound
    nodes = section(manifest, "nodes")
    for key, name in data.items():
        if not isinstance(name, str):
            raise TypeProblem(f"The new name for {key!r} must be a text such as 'h2', not {type(name).__name__}.")
        selection = parse_selection(key)
        if selection.selector in nodes:
            wanted = name.strip().lower()
            content = _renamed(content, selection, wanted if wanted in _NAMES else _OTHER_NAME)
    return content


def _renamed(content: str, selection: Selection, name: str) -> str:
    document = Document(content)
    for element in first_or_nth(document, selection):
        if element.name == name or element.inner_end == element.end:  # it has no end tag that could be renamed
            continue
        for possible in (name, _OTHER_NAME):
            start = with_name(content[element.start : element.inner], possible)
            end = with_name(content[element.inner_end : element.end], possible)
            edits = [Edit(element.start, element.inner, start), Edit(element.inner_end, element.end, end)]
            new = apply(content, edits)
            if _is_same_but_for_name(document, Document(new), element):
                return new
    return content


def _is_same_but_for_name(old: Document, new: Document, element: Element) -> bool:
    """Return whether every element still has the same parent after an element was renamed."""
    outlines = [
        [(number != str(element.number) and name, number, parent) for name, number, parent in document.outline()]
        for document in (old, new)
    ]
    return outlines[0] == outlines[1]


def _elements(document: Document, selection: Selection) -> list[Element]:
    return document.roots()[:1] if selection.selector == _WRAPPER else all_or_nth(document, selection)


def _known_selectors(manifest: Mapping[str, Any]) -> set[str]:
    style = section(manifest, "style")
    # Older manifests list the selectors in `style` itself.
    nodes = section(style, "nodes") if "nodes" in style or "block" in style else style
    return {*nodes, *section(manifest, "nodes"), *section(manifest, "cards")}


def _changes(key: str, value: Any) -> Mapping[str, Any]:
    if isinstance(value, str | list):
        return {"classList": value}
    if isinstance(value, Mapping):
        return value
    raise TypeProblem(f"The value for {key!r} must be a class, a list of classes or {{classList, affect, style}}.")


def _names(key: str, changes: Mapping[str, Any], member: str) -> list[str]:
    """Return a member given as a list of words or as one string of words."""
    value = changes.get(member) or []
    if isinstance(value, str):
        value = [value]
    if isinstance(value, Mapping):  # a list with gaps in its indexes, as forms can send it
        value = list(value.values())
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeProblem(f"The member {member} of {key!r} must be a list of texts.")
    return [word for name in value for word in name.split()]


def _styled(document: Document, element: Element, key: str, changes: Mapping[str, Any]) -> Edit:
    attributes: dict[str, str | None] = {}
    if "classList" in changes:
        attributes["class"] = " ".join(_names(key, changes, "classList")) or None
    now = element.attributes.get("style", "")
    style = _new_style(key, now, changes.get("style"))
    if style != now:
        attributes["style"] = style or None
    return attribute_edit(document, element, attributes)


def _new_style(key: str, now: str, wanted: Any) -> str:
    if wanted is None:
        found = css.declarations(now)
        pictures = [declaration for declaration in found if declaration.name == "background-image"]
        return css.write(pictures) if pictures and len(pictures) < len(found) else now
    if wanted == []:
        return now
    if not isinstance(wanted, Mapping):
        raise TypeProblem(f"The member style of {key!r} must be an object of CSS properties.")
    return css.merge(now, {name: attribute_text(value) for name, value in wanted.items()})


def _without_properties(content: str, selection: Selection, affect: list[str]) -> str:
    if not affect:
        return content
    document = Document(content)
    names = {name.lower() for name in affect}
    edits = []
    for element in document.inside(_elements(document, selection), "[style]"):
        found = css.declarations(element.attributes["style"])
        kept = [declaration for declaration in found if declaration.name not in names]
        if len(kept) < len(found):
            edits.append(attribute_edit(document, element, {"style": css.write(kept) or None}))
    return apply(content, edits)
