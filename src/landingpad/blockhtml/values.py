"""Changes of nodes: texts, pictures, links, icons, frames, maps (node-types.md, landing-block-update-nodes.md)."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from landingpad.blockhtml import css
from landingpad.blockhtml.clean import (
    clean_inline,
    clean_text,
    plain_text,
    safe_attribute,
    safe_frame,
    safe_link,
    safe_picture,
)
from landingpad.blockhtml.document import Document, Edit, Element, apply
from landingpad.blockhtml.selection import all_or_nth, first_or_nth, parse_selection, section
from landingpad.blockhtml.source import with_attributes
from landingpad.errors.block import IncorrectAffected, NodesNotFound

_TARGETS = frozenset({"_blank", "_parent", "_popup", "_self", "_top"})
_RATIO = re.compile(r"embed-responsive-[0-9]+by[0-9]+")
_CLASS_IN_SELECTOR = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


class Context(NamedTuple):
    """Everything besides the element that a node's new value depends on."""

    selector: str
    node: Mapping[str, Any]
    """The node's entry in the manifest."""
    kept_classes: frozenset[str]
    """Classes by which the manifest finds its nodes and cards."""
    own_hosts: Collection[str]


class Change(NamedTuple):
    """The change of an element: attributes to set (None removes), and new content (HTML) unless None."""

    attributes: Mapping[str, str | None] = {}
    content: str | None = None
    ratio: str = ""
    """New aspect ratio of the parent element, such as `16by9`."""


def update_nodes(
    content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], *, own_hosts: Collection[str] = ()
) -> str:
    """Return the HTML of a block with nodes changed; everything else keeps its bytes.

    `data` maps `selector` (the first match) or `selector@N` (from 0) to a value that fits the node's type. Selectors
    that the manifest does not know and positions that the block does not have are ignored. `own_hosts` are names of
    this server; pictures from there keep `http://`.

    Raises:
        NodesNotFound: `data` is empty.
        IncorrectAffected: a value does not fit its node.

    See landing-block-update-nodes.md.

    """
    if not data:
        raise NodesNotFound
    document = Document(content)
    for key, value in data.items():
        document = with_node(document, manifest, key, value, own_hosts=own_hosts)
    return document.source


def set_node(content: str, manifest: Mapping[str, Any], key: str, value: Any, *, own_hosts: Collection[str]) -> str:
    """Return the HTML of a block with one node changed."""
    return with_node(Document(content), manifest, key, value, own_hosts=own_hosts).source


def with_node(
    document: Document, manifest: Mapping[str, Any], key: str, value: Any, *, own_hosts: Collection[str]
) -> Document:
    """Return a parsed block with one node changed; a series of changes parses the block once."""
    selection = parse_selection(key)
    nodes = section(manifest, "nodes")
    node = nodes.get(selection.selector)
    if isinstance(value, Mapping) and set(value) == {"attrs"} and isinstance(value["attrs"], Mapping):
        return _with_attributes(document, key, value["attrs"]) if _is_known(manifest, selection.selector) else document
    if not isinstance(node, Mapping):
        return document
    change = _CHANGES.get(str(node.get("type", "text")))
    found = first_or_nth(document, selection)
    if change is None or not found:
        return document
    context = Context(selection.selector, node, _selector_classes(manifest), own_hosts)
    return _with_change(document, found[0], change(found[0], value, context))


def _with_change(document: Document, element: Element, change: Change) -> Document:
    # Attributes are cleaned here, independent of the node types.
    attributes = {
        name: None if value is None else safe_attribute(element.name, name, value)
        for name, value in change.attributes.items()
    }
    edits = [attribute_edit(document, element, attributes)]
    if change.ratio and (parent := document.parent(element)):
        classes = [name for name in parent.attributes.get("class", "").split() if not _RATIO.fullmatch(name)]
        new = " ".join([*classes, f"embed-responsive-{change.ratio}"])
        edits.append(attribute_edit(document, parent, {"class": new}))
    changed = _edited(document, edits)
    return changed if change.content is None else _with_content(changed, element.number, change.content)


def attribute_edit(document: Document, element: Element, changes: Mapping[str, str | None]) -> Edit:
    """Return the edit of a start tag; attributes that already have their new value keep their bytes."""
    real = {name: value for name, value in changes.items() if element.attributes.get(name) != value}
    tag = document.source[element.start : element.inner]
    return Edit(element.start, element.inner, with_attributes(tag, real) if real else tag)


def set_content(content: str, number: int, html: str) -> str:
    """Return the HTML of a block with the content of an element replaced by clean HTML.

    Some content is invalid in some elements: a list ends the paragraph around it. Such content is reduced, first to
    inline markup, then to plain text, until it stays inside the element.
    """
    return _with_content(Document(content), number, html).source


def _with_content(document: Document, number: int, html: str) -> Document:
    element = document.by_number(number)
    if element is None or element.inner == element.end:  # void elements have no content
        return document
    for reduced in _reductions(html):
        new = _edited(document, [Edit(element.inner, element.inner_end, reduced)])
        inside = new.by_number(number)
        if inside is not None and inside.inner_end == element.inner + len(reduced):
            return new
    return document


def _edited(document: Document, edits: Sequence[Edit]) -> Document:
    source = apply(document.source, edits)
    return document if source == document.source else Document(source)


def _reductions(html: str) -> Iterator[str]:
    yield html
    yield (inline := clean_inline(html))
    yield re.sub(r"</?a(?:\s[^>]*)?>", "", inline)  # links cannot be nested
    yield plain_text(html)


def _with_attributes(document: Document, key: str, attributes: Mapping[str, Any]) -> Document:
    """Set attributes of all matches, or of the one at the position (the form `{attrs: {...}}`)."""
    edits = []
    for element in all_or_nth(document, parse_selection(key)):
        wanted = {name.lower(): attribute_text(value) for name, value in attributes.items()}
        safe = {name: safe_attribute(element.name, name, value) for name, value in wanted.items()}
        changes = {name: value for name, value in safe.items() if value is not None and name not in {"class", "style"}}
        edits.append(attribute_edit(document, element, changes))
    return _edited(document, edits)


def attribute_text(value: Any) -> str:
    """Return the text of a value for an attribute: objects and lists as JSON, booleans and null as PHP prints them."""
    if isinstance(value, Mapping | list):
        return msgspec.json.encode(value).decode()
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _is_known(manifest: Mapping[str, Any], selector: str) -> bool:
    sections = (("nodes",), ("cards",), ("attrs",), ("style", "nodes"))
    return any(selector in section(manifest, *path) for path in sections)


def _selector_classes(manifest: Mapping[str, Any]) -> frozenset[str]:
    sections = (("nodes",), ("cards",), ("attrs",), ("style", "nodes"))
    selectors = (selector for path in sections for selector in section(manifest, *path))
    return frozenset(name for selector in selectors for name in _CLASS_IN_SELECTOR.findall(selector))


# --- the types of nodes ---


def _text(_: Element, value: Any, context: Context) -> Change:
    if isinstance(value, Mapping):
        value = value.get("text")
    return Change(content=clean_text(_string(value, context, "a text, or {text: ...}")))


def _image(element: Element, value: Any, context: Context) -> Change:
    fields = _fields(value, context, "{src, alt, src2x}", short="src")
    lazy = fields.get("isLazy") == "Y"
    source = _picture(fields, "src", context)
    source2x = _picture(fields, "src2x", context)
    changes: dict[str, str | None] = {
        "data-fileid": _file_id(fields.get("id")),
        "data-fileid2x": _file_id(fields.get("id2x")),
        "data-lazy-img": "Y" if lazy else None,
    }
    # Browsers lazy-load by themselves; these attributes are kept for the lazy loading of the editor.
    late = {
        "data-src": _picture(fields, "lazyOrigSrc", context),
        "data-src2x": _picture(fields, "lazyOrigSrc2x", context),
        "data-srcset": str(fields.get("lazyOrigSrcset") or ""),
    }
    changes |= {name: value or None if lazy else None for name, value in late.items()}
    if "alt" in fields:
        changes["alt"] = _string(fields["alt"], context, "a text as alt")
    if lazy:
        source, source2x = changes["data-src"] or source, changes["data-src2x"] or source2x
    if element.name == "img":
        changes |= {"src": source, "srcset": f"{css.encoded(source2x)} 2x" if source2x else None}
        changes["loading"] = "lazy" if lazy else None
    else:
        changes["style"] = _background(element.attributes.get("style", ""), source, source2x) or None
    return Change(changes)


def _background(style: str, source: str, source2x: str) -> str:
    """Return a style with a background picture; a style that already shows it keeps its bytes."""
    image = css.css_url(source) if source else None
    if image and source2x:
        image = f"image-set({image} 1x, {css.css_url(source2x)} 2x)"
    now = [declaration.value for declaration in css.declarations(style) if declaration.name == "background-image"]
    return style if now == ([image] if image else []) else css.merge(style, {"background-image": image})


def _link(element: Element, value: Any, context: Context) -> Change:
    fields = _fields(value, context, "{text, href, target}")
    attributes = _fields(fields.get("attrs", {}), context, "{data-embed, data-url} as attrs")
    target = fields.get("target")
    changes: dict[str, str | None] = {"target": target if isinstance(target, str) and target in _TARGETS else None}
    for name in ("data-embed", "data-url"):
        given = attributes.get(name)
        changes[name] = None if given is None else attribute_text(given)
    if "href" in fields:
        href = _string(fields["href"], context, "an address as href").strip()
        query = _string(fields.get("query", ""), context, "a text as query").lstrip("?&")
        changes["href"] = safe_link(_with_query(href, query)) or "#"
    if element.name not in {"a", "area"}:
        changes = {name: given for name, given in changes.items() if name not in {"href", "target"}}
    skip = fields.get("skipContent") or context.node.get("skipContent")
    if skip in (True, "true", "Y", "1", 1) or "text" not in fields:
        return Change(changes)
    return Change(changes, clean_inline(_string(fields["text"], context, "a text")))


def _with_query(href: str, query: str) -> str:
    if not query:
        return href
    address, hash_sign, fragment = href.partition("#")
    if not address:
        return href  # an anchor or the number of a page: the fragment is not sent to the server
    return f"{address}{'&' if '?' in address else '?'}{query}{hash_sign}{fragment}"


def _icon(element: Element, value: Any, context: Context) -> Change:
    if isinstance(value, Mapping):
        value = value.get("classList")
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _misfit(context, "a list of CSS classes", value)
    # The manifest finds the node by these classes.
    kept = [name for name in element.attributes.get("class", "").split() if name in context.kept_classes]
    classes = [part for name in value for part in name.split()]
    return Change({"class": " ".join(dict.fromkeys([*kept, *classes]))})


def _embed(element: Element, value: Any, context: Context) -> Change:
    fields = _fields(value, context, "{src, source}", short="src")
    changes: dict[str, str | None] = {"data-preview": _picture(fields, "preview", context) or None}
    if "source" in fields:
        changes["data-source"] = safe_link(_string(fields["source"], context, "an address as source")) or None
    attribute = "src" if element.name == "iframe" else "data-src"
    ratio = ""
    if fields.get("src"):
        address = _string(fields["src"], context, "an address as src")
        if safe_frame(address) is None:
            raise IncorrectAffected(
                f"The address {address[:200]!r} of {context.selector} is not one of a known video or map service. "
                "Use the address that the service gives for embedding, such as https://www.youtube.com/embed/ID."
            )
        changes[attribute] = safe_frame(address)
        given = str(fields.get("ratio") or "").removeprefix("embed-responsive-")
        is_new = changes[attribute] != element.attributes.get(attribute)
        ratio = given if is_new and _RATIO.fullmatch(f"embed-responsive-{given}") else ""
    return Change(changes, ratio=ratio)


def _map(_: Element, value: Any, context: Context) -> Change:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise _misfit(context, "{center, zoom, markers}", value) from None
    fields = _fields(value, context, "{center, zoom, markers}")
    return Change({"data-map": attribute_text(fields)})


_CHANGES: dict[str, Callable[[Element, Any, Context], Change]] = {
    "embed": _embed,
    "icon": _icon,
    "img": _image,
    "link": _link,
    "map": _map,
    "styleimg": _image,
    "text": _text,
}
"""Change functions by node type. Components are ignored: the original renders them by programs not available here."""


def _fields(value: Any, context: Context, wanted: str, *, short: str = "") -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    if value == []:  # an empty object of a PHP client
        return {}
    if short and isinstance(value, str):
        return {short: value}
    raise _misfit(context, wanted, value)


def _string(value: Any, context: Context, wanted: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _misfit(context, wanted, value)


def _misfit(context: Context, wanted: str, value: Any) -> IncorrectAffected:
    kind = context.node.get("type", "text")
    shown = msgspec.json.encode(value).decode()[:80]
    return IncorrectAffected(
        f"The node {context.selector} has the type {kind} and takes {wanted}; it was given {shown}."
    )


def _picture(fields: Mapping[str, Any], name: str, context: Context) -> str:
    """Return the address of a picture, or ""; `http://` becomes `https://` unless the host is our own."""
    address = _string(fields.get(name) or "", context, f"an address as {name}").strip()
    safe = safe_picture(address) or ""
    if safe.lower().startswith("http://") and not _is_own(safe, context.own_hosts):
        return "https://" + safe[len("http://") :]
    return safe


def _is_own(address: str, own_hosts: Collection[str]) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    if host in own_hosts or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _file_id(value: Any) -> str | None:
    text = str(value)
    return text if re.fullmatch(r"0*[1-9][0-9]{0,17}", text) else None
