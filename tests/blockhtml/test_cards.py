"""Cards are added, copied, removed and rearranged as documented, and nothing around them changes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockhtml.html_strategies import BLOCKS, UNHURRIED
from landingpad.blockhtml import add_card, clone_card, remove_card, update_cards
from landingpad.blockhtml.document import Document
from landingpad.errors.block import CardNotFound, IncorrectAffected

PRESET = {
    "html": '<div class="c"><h3 class="t">Preset</h3><i class="i"></i></div>',
    "values": {".t": "Hello", ".i": {"type": "icon", "classList": ["i", "fa"]}, ".unknown": "x"},
}
MANIFEST: dict[str, Any] = {
    "cards": {".c": {"name": "Card", "presets": {"p": PRESET, "empty": {"html": "<script></script>"}}}, ".none": {}},
    "nodes": {".t": {"type": "text"}, ".i": {"type": "icon"}},
}


def card(title: str) -> str:
    return f'<div class="c"><h3 class="t">{title}</h3></div>'


ROW = (
    f'<section>\n <div class="row">\n  {card("One")}\n  {card("Two")} <!-- x -->\n'
    f"  {card('Three')}\n </div>&nbsp;</section>"
)


def titles(html: str) -> list[str]:
    return re.findall(r'<h3 class="t">(.*?)</h3>', html)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".c@0", ["One", "New", "Two", "Three"]),
        (".c@2", ["One", "Two", "Three", "New"]),
        (".c@x", ["One", "New", "Two", "Three"]),
        (".c", ["New", "One", "Two", "Three"]),
    ],
)
def test_a_card_is_added_behind_the_named_one(selector: str, expected: list[str]) -> None:
    new = add_card(ROW, MANIFEST, selector, card("New"))
    assert titles(new) == expected
    assert new.replace(card("New"), "") == ROW


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".c@0", ["One", "One", "Two", "Three"]),
        (".c@2", ["One", "Two", "Three", "Three"]),
        (".c", ["One", "One", "Two", "Three"]),
    ],
)
def test_a_clone_follows_its_original(selector: str, expected: list[str]) -> None:
    assert titles(clone_card(ROW, MANIFEST, selector)) == expected


def test_without_position_the_new_card_is_the_first_of_its_container() -> None:
    html = f'<section><h2>Head</h2><div class="row"><p>Intro</p>{card("One")}</div></section>'
    assert clone_card(html, MANIFEST, ".c") == html.replace("<p>Intro</p>", f"{card('One')}<p>Intro</p>")
    assert clone_card(card("One"), MANIFEST, ".c") == card("One") * 2


@pytest.mark.parametrize("content", ["", "  ", "<script>alert(1)</script>"])
def test_a_card_that_is_empty_after_cleaning_is_a_copy(content: str) -> None:
    assert titles(add_card(ROW, MANIFEST, ".c@1", content)) == ["One", "Two", "Two", "Three"]


def test_added_cards_are_cleaned() -> None:
    new = add_card(ROW, MANIFEST, ".c@0", '<div class="c" onclick="x"><h3 class="t">New</h3><script>x</script></div>')
    assert card("New") in new


@pytest.mark.parametrize(
    ("html", "new"),
    [
        ('<table><tbody><tr class="c"><td>1</td></tr></tbody></table>', '<tr class="c"><td>2</td></tr>'),
        ('<table><tbody><tr><td class="c">1</td></tr></tbody></table>', '<td class="c">2</td>'),
        ('<ul><li class="c">1</li></ul>', '<li class="c">2</li>'),
    ],
)
def test_cards_that_are_parts_of_tables_and_lists(html: str, new: str) -> None:
    assert len(Document(add_card(html, MANIFEST, ".c@0", new)).select(".c")) == 2
    assert new in add_card(html, MANIFEST, ".c@0", new)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [(".c@0", ["Two", "Three"]), (".c@1", ["One", "Three"]), (".c@abc", ["Two", "Three"]), (".c@", ["Two", "Three"])],
)
def test_the_named_card_is_removed(selector: str, expected: list[str]) -> None:
    assert titles(remove_card(ROW, MANIFEST, selector)) == expected


def test_removing_keeps_everything_around_the_card() -> None:
    assert remove_card(ROW, MANIFEST, ".c@1") == ROW.replace(card("Two"), "")


def test_removing_needs_a_position() -> None:
    with pytest.raises(CardNotFound, match=r"Add the position of the card to remove: \.c@0"):
        remove_card(ROW, MANIFEST, ".c")


@pytest.mark.parametrize("selector", [".c@3", ".c@99", ".none@0", ".t@0", "div@0", ""])
def test_unknown_cards_are_refused(selector: str) -> None:
    for change in (clone_card, remove_card):
        with pytest.raises(CardNotFound):
            change(ROW, MANIFEST, selector)
    with pytest.raises(CardNotFound):
        add_card(ROW, MANIFEST, selector, card("New"))


# --- updateCards ---


def arranged(source: Any, values: Any = None, html: str = ROW) -> str:
    return update_cards(html, MANIFEST, {".c": {"source": source, "values": values}})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ([{"type": "card", "value": 2}, {"type": "card", "value": 0}], ["Three", "One"]),
        ([{"value": "1"}], ["Two"]),
        ([{}], ["One"]),
        ([{"type": "card"}] * 5, ["One"] * 5),
        ([{"type": "preset", "value": "p"}, {"value": 1}], ["Hello", "Two"]),
        ({"0": {"value": 1}, "5": {"value": 0}}, ["Two", "One"]),
        ([], ["One", "Two", "Three"]),
        (None, ["One", "Two", "Three"]),
    ],
)
def test_source_is_the_final_list_of_cards(source: Any, expected: list[str]) -> None:
    assert titles(arranged(source)) == expected


def test_text_between_the_cards_stays() -> None:
    assert arranged([{"value": 2}, {"value": 1}, {"value": 0}]) == (
        ROW.replace("One", "X").replace("Three", "One").replace("X", "Three")
    )
    assert arranged([{"value": 0}]) == ROW.replace(card("Two"), "").replace(card("Three"), "")


def test_a_card_from_a_preset_is_marked_and_has_its_values() -> None:
    new = arranged([{"type": "preset", "value": "p"}])
    assert '<div class="c" data-card-preset="p"><h3 class="t">Hello</h3><i class="i fa"></i></div>' in new


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([{".t@0": "A", ".t@2": "B"}], ["A", "Two", "B"]),
        ([{".t@0": "A"}, {".t@1": "B"}], ["A", "B", "Three"]),
        ([{".t": "A"}], ["A", "Two", "Three"]),
        (["x", 5, None, {".t@1": "B"}], ["One", "B", "Three"]),
        ({"0": {".t@1": "B"}}, ["One", "B", "Three"]),
        ([{".t@9": "A", ".unknown@0": "B", ".i@0": ["fa"]}], ["One", "Two", "Three"]),
    ],
)
def test_values_change_the_nodes_of_one_card(values: Any, expected: list[str]) -> None:
    assert titles(arranged(None, values)) == expected


def test_values_apply_to_the_final_list() -> None:
    assert titles(arranged([{"value": 2}, {"value": 0}], [{".t@0": "Drei"}])) == ["Drei", "One"]


def test_the_position_of_a_value_counts_cards_not_nodes() -> None:
    html = '<h3 class="t">Head</h3><div class="c"><h3 class="t">1</h3><h3 class="t">2</h3></div>' + card("3")
    assert titles(arranged(None, [{".t@1": "X"}], html)) == ["Head", "1", "2", "X"]


@pytest.mark.parametrize("data", [{}, {".other": {"source": [{}]}}, {".c": None}, {".c": []}, {".c": {"source": "x"}}])
def test_changes_without_known_cards_are_ignored(data: dict[str, Any]) -> None:
    assert update_cards(ROW, MANIFEST, data) == ROW


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ([{"value": 3}], "it has 3, counted from 0"),
        ([{"type": "preset", "value": "nope"}], "have no preset 'nope'"),
        ([{"type": "preset", "value": "empty"}], "contains no HTML"),
    ],
)
def test_unknown_sources_are_refused(source: Any, text: str) -> None:
    with pytest.raises(IncorrectAffected, match=text):
        arranged(source)


def test_a_block_without_cards_refuses_new_ones() -> None:
    with pytest.raises(IncorrectAffected, match=r"has no card '\.c'"):
        arranged([{"type": "preset", "value": "p"}], html="<p>x</p>")


@UNHURRIED
@given(BLOCKS, st.integers(0, 2))
def test_removing_a_clone_restores_the_block(source: str, position: int) -> None:
    """Except for nested cards, where a copy changes the positions of the inner ones."""
    manifest: dict[str, Any] = {"cards": {".n-card": {}}}
    found = Document(source).select(".n-card")
    if position >= len(found):
        return
    chosen = found[position]
    inside = Document(source).descendants(chosen, ".n-card")
    cloned = clone_card(source, manifest, f".n-card@{position}")
    assert cloned == source[: chosen.end] + source[chosen.start : chosen.end] + source[chosen.end :]
    if chosen.inner_end < chosen.end:
        assert remove_card(cloned, manifest, f".n-card@{position + 1 + len(inside)}") == source
