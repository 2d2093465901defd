"""Forms of blocks: their address on published pages, their fields, and the text shown after sending."""

from collections.abc import Iterator
from typing import NamedTuple

from landingpad.blockhtml.document import Document, Edit, Element, apply
from landingpad.blockhtml.source import escape_text, with_attributes

TRAP = "lp_website"
"""Name of a field that is hidden from people; only programs fill it."""
MOMENT = "lp_moment"
"""Name of a hidden field with the time before which only programs send the form."""
FORM_PARAMETER = "form"
"""Query parameter that names the form in the address that it sends to."""

_THANKS = "landing-block-node-form-thanks"
_NO_VALUE = frozenset({"button", "file", "image", "password", "reset", "submit"})
_TRAP_HTML = (
    f'<span class="lp-trap" aria-hidden="true"><input name="{TRAP}" tabindex="-1" autocomplete="off" value=""></span>'
)
_TRAP_BYTES = _TRAP_HTML.encode()


class Form(NamedTuple):
    """A form that sends to this server."""

    number: int
    """Position among all forms of the block, from 0, including those that send elsewhere."""
    element: Element


def forms(document: Document) -> Iterator[Form]:
    """Yield the forms that send to this server: those without an address whose method is POST (searches use GET)."""
    for number, element in enumerate(document.select("form")):
        address = element.attributes.get("action", "").strip()
        if address in {"", "#"} and element.attributes.get("method", "post").lower() == "post":
            yield Form(number, element)


def with_form_targets(content: str, *, block_id: int, path: str, thanks: str) -> str:
    """Return the HTML of a block whose forms send to their own page.

    Args:
        content: of the block.
        block_id: of the public block.
        path: of the page.
        thanks: text shown after sending, unless the form has its own (`.landing-block-node-form-thanks`).

    """
    if "<form" not in content.lower():
        return content
    document = Document(content)
    edits: list[Edit] = []
    for number, form in forms(document):
        attributes = {
            "method": "post",
            "action": f"{path}?{FORM_PARAMETER}={block_id}-{number}",
            "enctype": None,
            "target": None,
        }
        tag = with_attributes(content[form.start : form.inner], attributes)
        edits.append(Edit(form.start, form.inner, tag + _TRAP_HTML))
        own = document.descendants(form, f".{_THANKS}")[:1]
        if own:
            start = own[0]
            shown = {
                "id": sent_anchor(block_id, number),
                "class": f"{start.attributes.get('class', '')} lp-thanks",
                "role": "status",
            }
            edits.append(Edit(start.start, start.inner, with_attributes(content[start.start : start.inner], shown)))
        else:
            text = f'<p id="{sent_anchor(block_id, number)}" class="lp-thanks" role="status">{escape_text(thanks)}</p>'
            edits.append(Edit(form.inner_end, form.inner_end, text))
    return apply(content, edits)


def with_moment(page: bytes, moment: str) -> bytes:
    """Return a published page whose forms carry a moment. It is filled in for each visit."""
    field = f'<input type="hidden" name="{MOMENT}" value="{moment}">'
    return page.replace(_TRAP_BYTES, _TRAP_BYTES + field.encode())


def has_forms(page: bytes) -> bool:
    """Say whether a published page has forms that send to this server."""
    return _TRAP_BYTES in page


def sent_anchor(block_id: int, number: int) -> str:
    """Return the anchor of the text shown after sending a form."""
    return f"sent-{block_id}-{number}"


def field_names(content: str, number: int) -> list[str] | None:
    """Return the field names of a form, in order, or None if no form with this number sends to this server."""
    document = Document(content)
    form = next((form.element for form in forms(document) if form.number == number), None)
    if form is None:
        return None
    fields = document.descendants(form, "input[name], textarea[name], select[name]")
    named = [field.attributes["name"] for field in fields if field.attributes.get("type", "").lower() not in _NO_VALUE]
    return list(dict.fromkeys(name for name in named if name))
