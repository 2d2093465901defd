"""Forms of blocks: where published ones send, which fields they have, and what is shown when they were sent."""

from collections.abc import Iterator
from typing import NamedTuple

from landingpad.blockhtml.document import Document, Edit, Element, apply
from landingpad.blockhtml.source import escape_text, with_attributes

TRAP = "lp_website"
"""Name of a field that people do not see; what fills it is a program."""
FORM_PARAMETER = "form"
"""Names the form in the address that it sends to."""

_THANKS = "landing-block-node-form-thanks"
_NO_VALUE = frozenset({"button", "file", "image", "password", "reset", "submit"})
_TRAP_HTML = (
    f'<span class="lp-trap" aria-hidden="true"><input name="{TRAP}" tabindex="-1" autocomplete="off" value=""></span>'
)


class Form(NamedTuple):
    """A form that sends to this server."""

    place: int
    """Which of the forms in its block it is, from 0; those that send elsewhere count."""
    element: Element


def forms(document: Document) -> Iterator[Form]:
    """Yield the forms that send to this server: without an address of their own, and not by GET, as searches do."""
    for place, element in enumerate(document.select("form")):
        address = element.attributes.get("action", "").strip()
        if address in {"", "#"} and element.attributes.get("method", "post").lower() == "post":
            yield Form(place, element)


def with_targets(content: str, *, block_id: int, path: str, thanks: str) -> str:
    """Return the HTML of a block whose forms send to the page that they stand on.

    Args:
        content: of the block.
        block_id: of the public block.
        path: of the page.
        thanks: text for forms that have none of their own (`.landing-block-node-form-thanks`).

    """
    if "<form" not in content.lower():
        return content
    document = Document(content)
    edits: list[Edit] = []
    for place, form in forms(document):
        attributes = {
            "method": "post",
            "action": f"{path}?{FORM_PARAMETER}={block_id}-{place}",
            "enctype": None,
            "target": None,
        }
        tag = with_attributes(content[form.start : form.inner], attributes)
        edits.append(Edit(form.start, form.inner, tag + _TRAP_HTML))
        own = document.descendants(form, f".{_THANKS}")[:1]
        if own:
            start = own[0]
            shown = {
                "id": sent_anchor(block_id, place),
                "class": f"{start.attributes.get('class', '')} lp-thanks",
                "role": "status",
            }
            edits.append(Edit(start.start, start.inner, with_attributes(content[start.start : start.inner], shown)))
        else:
            text = f'<p id="{sent_anchor(block_id, place)}" class="lp-thanks" role="status">{escape_text(thanks)}</p>'
            edits.append(Edit(form.inner_end, form.inner_end, text))
    return apply(content, edits)


def sent_anchor(block_id: int, place: int) -> str:
    """Return the anchor of what is shown when a form was sent."""
    return f"sent-{block_id}-{place}"


def field_names(content: str, place: int) -> list[str] | None:
    """Return the names of the fields of a form, in order; None if there is no such form that sends to this server."""
    document = Document(content)
    form = next((form.element for form in forms(document) if form.place == place), None)
    if form is None:
        return None
    fields = document.descendants(form, "input[name], textarea[name], select[name]")
    named = [field.attributes["name"] for field in fields if field.attributes.get("type", "").lower() not in _NO_VALUE]
    return list(dict.fromkeys(name for name in named if name))
