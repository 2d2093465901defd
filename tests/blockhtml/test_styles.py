"""landing.block.updateStyles and landing.block.changeNodeName, rule by rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockhtml.html_strategies import BLOCKS, CLASSES, UNHURRIED
from landingpad.blockhtml import change_node_name, update_styles
from landingpad.blockhtml.document import Document
from landingpad.errors.block import NodesNotFound
from landingpad.errors.calls import TypeProblem

TWO = '<section class="b g-pt-10"><p class="n x" style="color: red">1</p><p class="n">2</p></section>'
MANIFEST: dict[str, Any] = {"style": {"block": {"type": ["block-default"]}, "nodes": {".n": {"type": "typo"}}}}


def styled(value: Any, key: str = ".n@0", html: str = TWO) -> str:
    return update_styles(html, MANIFEST, {key: value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"classList": ["n", "g-color-white"]}, '<p class="n g-color-white" style="color: red">'),
        (["n", "y"], '<p class="n y" style="color: red">'),
        ("n", '<p class="n" style="color: red">'),
        ({"classList": "n y"}, '<p class="n y" style="color: red">'),
        ({"classList": {"1": "n", "4": "y"}}, '<p class="n y" style="color: red">'),
        ({"classList": []}, '<p style="color: red">'),
        ({"style": {"font-weight": "700"}}, '<p class="n x" style="color: red; font-weight: 700;">'),
        ({"style": {"color": "blue"}}, '<p class="n x" style="color: blue;">'),
        ({"style": {"Color": ""}}, '<p class="n x">'),
        ({"style": {"color": None, "opacity": 0.5}}, '<p class="n x" style="opacity: 0.5;">'),
        ({"style": []}, '<p class="n x" style="color: red">'),
        ({"style": {}}, '<p class="n x" style="color: red">'),
        ({"style": {"width": "expression(1)"}}, '<p class="n x" style="color: red">'),
        ({}, '<p class="n x" style="color: red">'),
    ],
)
def test_classes_are_replaced_and_styles_merged(value: Any, expected: str) -> None:
    assert styled(value) == TWO.replace('<p class="n x" style="color: red">', expected)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (".n", '<section class="b g-pt-10"><p class="y" style="color: red">1</p><p class="y">2</p></section>'),
        (".n@1", '<section class="b g-pt-10"><p class="n x" style="color: red">1</p><p class="y">2</p></section>'),
        ("#wrapper", '<section class="y"><p class="n x" style="color: red">1</p><p class="n">2</p></section>'),
        (".n@2", TWO),
        (".unknown", TWO),
        ("section", TWO),
    ],
)
def test_the_key_selects_the_elements_that_change(key: str, expected: str) -> None:
    """Without a position all matches change; the block's own design is on its outermost element."""
    assert styled(["y"], key) == expected


@pytest.mark.parametrize("manifest", [{"style": {".n": {}}}, {"nodes": {".n": {}}}, {"cards": {".n": {}}}])
def test_selectors_of_all_sections_of_the_manifest_are_known(manifest: dict[str, Any]) -> None:
    assert update_styles('<p class="n">', manifest, {".n": ["y"]}) == '<p class="y">'


def test_without_style_only_a_background_picture_stays() -> None:
    html = '<p class="n" style="color: red; background-image: url(/a.png); margin: 0">'
    assert styled({"classList": ["n"]}, html=html) == '<p class="n" style="background-image: url(/a.png);">'
    assert styled(["n"], html=html) == '<p class="n" style="background-image: url(/a.png);">'
    assert styled({"style": {"margin": "1px"}}, html=html) == (
        '<p class="n" style="color: red; background-image: url(/a.png); margin: 1px;">'
    )
    alone = '<p class="n" style="background-image:url(/a.png)">'
    assert styled(["n"], html=alone) == alone


def test_affected_properties_are_removed_from_the_elements_inside() -> None:
    html = (
        '<div class="n" style="color: red"><b style="color: red; margin: 0">1</b>'
        '<i style="COLOR:red"><u style="top:0">2</u></i></div>'
        '<b style="color: red">3</b>'
    )
    assert styled({"affect": ["color", "text-align"]}, html=html) == (
        '<div class="n" style="color: red"><b style="margin: 0;">1</b><i><u style="top:0">2</u></i></div>'
        '<b style="color: red">3</b>'
    )


def test_affected_properties_are_removed_in_nested_matches() -> None:
    html = '<div class="n"><div class="n"><b style="color: red">1</b></div></div>'
    assert styled({"affect": ["color"]}, ".n", html) == html.replace(' style="color: red"', "")


@pytest.mark.parametrize(
    "value", [5, None, True, {"classList": 5}, {"classList": [1]}, {"style": "color: red"}, {"affect": 5}]
)
def test_values_of_another_shape_are_refused(value: Any) -> None:
    with pytest.raises(TypeProblem, match=r"\.n@0"):
        styled(value)


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), st.lists(st.sampled_from(["n-title", "y", "z"]), max_size=2))
def test_only_start_tags_change(source: str, name: str, classes: list[str]) -> None:
    manifest: dict[str, Any] = {"style": {"nodes": {f".{name}": {}}}}
    new = update_styles(source, manifest, {f".{name}": classes})
    before, after = Document(source).select("*"), Document(new).select("*")
    assert [element.name for element in before] == [element.name for element in after]
    for old, now in zip(before, after, strict=True):
        if name in old.attributes.get("class", "").split():
            assert now.attributes.get("class", "") == " ".join(classes)
        else:
            assert new[now.start : now.inner] == source[old.start : old.inner]


# --- names of elements ---


def renamed(html: str, name: Any, key: str = ".n") -> str:
    return change_node_name(html, {"nodes": {".n": {"type": "text"}}}, {key: name})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("h1", '<h1 CLASS="n"  >a &amp; b</h1 ><h2 class=n>c</h2>'),
        (" H3 ", '<h3 CLASS="n"  >a &amp; b</h3 ><h2 class=n>c</h2>'),
        ("span", '<span CLASS="n"  >a &amp; b</span ><h2 class=n>c</h2>'),
        ("marquee", '<div CLASS="n"  >a &amp; b</div ><h2 class=n>c</h2>'),
        ("script", '<div CLASS="n"  >a &amp; b</div ><h2 class=n>c</h2>'),
        ("", '<div CLASS="n"  >a &amp; b</div ><h2 class=n>c</h2>'),
        ("h2", '<H2 CLASS="n"  >a &amp; b</H2 ><h2 class=n>c</h2>'),
    ],
)
def test_the_first_match_is_renamed(name: str, expected: str) -> None:
    assert renamed('<H2 CLASS="n"  >a &amp; b</H2 ><h2 class=n>c</h2>', name) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (".n@0", '<p class="n">1</p><h2 class="n">2</h2>'),
        (".n@1", '<h2 class="n">1</h2><p class="n">2</p>'),
        (".n@2", '<h2 class="n">1</h2><h2 class="n">2</h2>'),
        (".other", '<h2 class="n">1</h2><h2 class="n">2</h2>'),
    ],
)
def test_a_position_selects_the_renamed_element(key: str, expected: str) -> None:
    assert renamed('<h2 class="n">1</h2><h2 class="n">2</h2>', "p", key) == expected


@pytest.mark.parametrize(
    ("html", "name", "expected"),
    [
        ('<div class="n"><ul></ul></div>', "p", '<div class="n"><ul></ul></div>'),
        ('<h2 class="n"><ul></ul></h2>', "p", '<div class="n"><ul></ul></div>'),
        ('<p><span class="n">x</span></p>', "h2", '<p><span class="n">x</span></p>'),
        ('<a><span class="n">x</span></a>', "a", '<a><div class="n">x</div></a>'),
        ('<img class="n">x', "p", '<img class="n">x'),
        ('<p class="n">x', "h2", '<p class="n">x'),
    ],
)
def test_a_name_that_would_break_the_block_becomes_div(html: str, name: str, expected: str) -> None:
    assert renamed(html, name) == expected


def test_invalid_changes_of_names_are_refused() -> None:
    with pytest.raises(NodesNotFound):
        change_node_name("", {}, {})
    with pytest.raises(TypeProblem, match="must be a text such as 'h2', not int"):
        renamed("", 5)


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), st.sampled_from(["h1", "h4", "p", "a", "span", "div"]))
def test_renaming_changes_at_most_two_tags(source: str, name: str, to: str) -> None:
    manifest = {"nodes": {f".{name}": {"type": "text"}}}
    new = change_node_name(source, manifest, {f".{name}": to})
    before, after = Document(source).select("*"), Document(new).select("*")
    assert len(before) == len(after)
    differing = [(old, now) for old, now in zip(before, after, strict=True) if old.name != now.name]
    assert len(differing) <= 1
    for old, now in differing:
        assert new[: now.start] == source[: old.start]
        assert new[now.inner : now.inner_end] == source[old.inner : old.inner_end]
        assert new[now.end :] == source[old.end :]
        assert now.attributes == old.attributes
