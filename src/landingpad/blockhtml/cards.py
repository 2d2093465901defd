"""Cards, the repeated parts of a block: add, copy, remove, arrange.

See extended-description.md and landing-block-*-card.md.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from landingpad.blockhtml.clean import clean_html, safe_attribute
from landingpad.blockhtml.document import Document, Edit, Element, apply
from landingpad.blockhtml.limits import MOST_BYTES
from landingpad.blockhtml.selection import parse_selection, section
from landingpad.blockhtml.source import with_attributes
from landingpad.blockhtml.values import set_node
from landingpad.errors.block import CardNotFound, IncorrectAffected
from landingpad.errors.calls import TypeProblem

# Parsers drop rows and cells outside of a table.
_NUMBER = re.compile(r"[0-9]{1,18}")
_TABLE_AROUND = {
    "tr": ("<table><tbody>", "</tbody></table>"),
    "td": ("<table><tbody><tr>", "</tr></tbody></table>"),
    "th": ("<table><tbody><tr>", "</tr></tbody></table>"),
}


def add_card(content: str, manifest: Mapping[str, Any], selector: str, card: str) -> str:
    """Return the HTML of a block with a new card (HTML).

    `selector@N` inserts it after that card, `selector` at the beginning of the first card's container. A card that is
    empty after cleaning becomes a copy of the chosen one.

    Raises:
        CardNotFound: the manifest does not declare such cards, or the block has no card at this position.

    """
    document = Document(content)
    chosen, after = _choose(document, manifest, selector)
    new = _clean_card(card, chosen.name).strip() or content[chosen.start : chosen.end]
    if after:
        return apply(content, [Edit(chosen.end, chosen.end, new)])
    container = document.parent(chosen)
    start = container.inner if container else 0
    return apply(content, [Edit(start, start, new)])


def clone_card(content: str, manifest: Mapping[str, Any], selector: str) -> str:
    """Return the HTML of a block with a copy of a card, inserted where `add_card` inserts a new one.

    Raises:
        CardNotFound: the manifest does not declare such cards, or the block has no card at this position.

    """
    return add_card(content, manifest, selector, "")


def remove_card(content: str, manifest: Mapping[str, Any], selector: str) -> str:
    """Return the HTML of a block without the card `selector@N`.

    Raises:
        CardNotFound: the selector has no position, the manifest does not declare such cards, or the block has no card
            at this position.

    """
    if parse_selection(selector).position is None:
        raise CardNotFound(
            f"{selector!r} does not name one card. Add the position of the card to remove: {selector}@0."
        )
    chosen, _ = _choose(Document(content), manifest, selector)
    return apply(content, [Edit(chosen.start, chosen.end, "")])


def update_cards(
    content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], *, own_hosts: Collection[str] = ()
) -> str:
    """Return the HTML of a block with its cards rearranged and their nodes changed.

    `data` maps the selector of cards to `{source, values}`. `source` is the final list of cards, each
    `{type: "card", value: index}` or `{type: "preset", value: code}`; without it the cards stay. `values` are objects
    `{"node selector@N": value}` where N is the card and the value is one of `update_nodes`. Unknown selectors are
    ignored.

    Raises:
        IncorrectAffected: `source` names a card or preset that does not exist, or a value does not fit its node.

    """
    for selector, change in data.items():
        selection = parse_selection(selector)
        if selection.selector not in section(manifest, "cards") or not isinstance(change, Mapping):
            continue
        source = _members(change.get("source"))
        if source:
            content = _arranged(content, manifest, selection.selector, source, own_hosts)
        for values in _members(change.get("values")):
            if isinstance(values, Mapping):
                for key, value in values.items():
                    content = _set_in_card(content, manifest, selection.selector, key, value, own_hosts)
    return content


def _choose(document: Document, manifest: Mapping[str, Any], selector: str) -> tuple[Element, bool]:
    """Return a card and whether the selector has a position."""
    selection = parse_selection(selector)
    if selection.selector not in section(manifest, "cards"):
        raise CardNotFound(f"The manifest of the block has no cards {selection.selector!r}.")
    found = document.select(selection.selector)
    position = selection.position or 0
    if position >= len(found):
        raise CardNotFound(f"Card not found in the block: {selector!r}; it has {len(found)} of them, counted from 0.")
    return found[position], selection.position is not None


def _clean_card(card: str, name: str) -> str:
    before, after = _TABLE_AROUND.get(name, ("", ""))
    cleaned = clean_html(f"{before}{card}{after}")
    return cleaned.removeprefix(before).removesuffix(after)


def _members(value: Any) -> list[Any]:
    if isinstance(value, Mapping):  # a list with gaps in its indexes, as forms can send it
        return list(value.values())
    return value if isinstance(value, list) else []


def _arranged(
    content: str, manifest: Mapping[str, Any], selector: str, source: list[Any], own_hosts: Collection[str]
) -> str:
    """Replace the present cards by the wanted ones; additional ones follow the last."""
    cards = Document(content).select(selector)
    if not cards:
        raise IncorrectAffected(f"The block has no card {selector!r} that new ones could replace.")
    wanted: list[str] = []
    room = MOST_BYTES
    for entry in source:
        wanted.append(_card_source(content, manifest, selector, cards, entry, own_hosts))
        room -= len(wanted[-1])
        if room < 0:
            raise TypeProblem(
                f"The {len(source)} cards {selector!r} are larger than a block may be: {MOST_BYTES} bytes."
            )
    edits = [
        Edit(card.start, card.end, wanted[position] if position < len(wanted) else "")
        for position, card in enumerate(cards)
    ]
    last = edits[-1]
    edits[-1] = last._replace(text=last.text + "".join(wanted[len(cards) :]))
    return apply(content, edits)


def _card_source(
    content: str,
    manifest: Mapping[str, Any],
    selector: str,
    cards: list[Element],
    entry: Any,
    own_hosts: Collection[str],
) -> str:
    fields = entry if isinstance(entry, Mapping) else {}
    value = str(fields.get("value", 0))
    if fields.get("type", "card") == "preset":
        return _preset(manifest, selector, value, cards[0].name, own_hosts)
    position = int(value) if _NUMBER.fullmatch(value) else 0
    if position >= len(cards):
        raise IncorrectAffected(
            f"Card not found in the block: {selector}@{position}; it has {len(cards)}, counted from 0."
        )
    return content[cards[position].start : cards[position].end]


def _preset(manifest: Mapping[str, Any], selector: str, code: str, name: str, own_hosts: Collection[str]) -> str:
    """Return a new card made from a preset of the manifest."""
    preset = section(manifest, "cards", selector, "presets").get(code)
    if not isinstance(preset, Mapping):
        raise IncorrectAffected(f"The cards {selector!r} have no preset {code!r} in the manifest of the block.")
    card = _clean_card(str(preset.get("html", "")), name).strip()
    root = re.match(r"<[^>]+>", card)
    if root is None:
        raise IncorrectAffected(f"The preset {code!r} of the cards {selector!r} contains no HTML.")
    if "data-card-preset" not in root[0]:
        card = (
            with_attributes(root[0], {"data-card-preset": safe_attribute("div", "data-card-preset", code)})
            + card[root.end() :]
        )
    for key, value in section(preset, "values").items():
        card = set_node(card, manifest, key, value, own_hosts=own_hosts)
    return card


def _set_in_card(
    content: str,
    manifest: Mapping[str, Any],
    selector: str,
    key: str,
    value: Any,
    own_hosts: Collection[str],
) -> str:
    """Change the first node of a selector inside the card at the position in `key`."""
    selection = parse_selection(key)
    document = Document(content)
    cards = document.select(selector)
    position = selection.position or 0
    if position >= len(cards):
        return content
    card = cards[position]
    present = document.select(selection.selector)
    inside = [number for number, element in enumerate(present) if card.start <= element.start < card.end]
    if not inside:
        return content
    return set_node(content, manifest, f"{selection.selector}@{inside[0]}", value, own_hosts=own_hosts)
