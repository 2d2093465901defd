"""Elements are selected by the parser and located in the source, exact to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from blockhtml.html_strategies import BLOCKS, CLASSES, UNHURRIED
from landingpad.blockhtml.document import Document, Edit, apply
from landingpad.blockhtml.source import attributes, tags, with_attribute_name, with_attributes, with_name


def spans(source: str, selector: str = ".c") -> list[tuple[str, str, str]]:
    """Return start tag, content and end tag of each match."""
    return [
        (source[found.start : found.inner], source[found.inner : found.inner_end], source[found.inner_end : found.end])
        for found in Document(source).select(selector)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p class=c>a</p>", [("<p class=c>", "a", "</p>")]),
        ("<P CLASS='c' >a</P\n>", [("<P CLASS='c' >", "a", "</P\n>")]),
        ("<p class=c>a<p>b", [("<p class=c>", "a", "")]),
        ("<p class=c>a", [("<p class=c>", "a", "")]),
        ("<div class=c>a<br>b", [("<div class=c>", "a<br>b", "")]),
        ("<div class=c>a<b>b</b>", [("<div class=c>", "a<b>b</b>", "")]),
        ("<div><p class=c>a<br></div>b", [("<p class=c>", "a<br>", "")]),
        ("<ul><li class=c>1<li class=c>2</ul>", [("<li class=c>", "1", ""), ("<li class=c>", "2", "")]),
        ("<div class=c><div></div></div>x", [("<div class=c>", "<div></div>", "</div>")]),
        ("<div class=c><div></div>x", [("<div class=c>", "<div></div>x", "")]),
        ("<h1 class=c>a</h2>b", [("<h1 class=c>", "a", "</h2>")]),
        ("<img class=c>text", [("<img class=c>", "", "")]),
        ("<img class=c src=a/>", [("<img class=c src=a/>", "", "")]),
        ("<svg><path class=c d='M0'/></svg>", [("<path class=c d='M0'/>", "", "")]),
        ("<svg><g class=c></g></svg>", [("<g class=c>", "", "</g>")]),
        ("<table><tr class=c><td>1<tr><td>2</table>", [("<tr class=c>", "<td>1", "")]),
        ("<textarea class=c><p class=c></textarea>", [("<textarea class=c>", "<p class=c>", "</textarea>")]),
        ("<iframe class=c><p></iframe>", [("<iframe class=c>", "<p>", "</iframe>")]),
        ("<!-- <p class=c> --><p class=c>a</p>", [("<p class=c>", "a", "</p>")]),
        ("<!--><p class=c>a</p>-->", [("<p class=c>", "a", "</p>")]),
        ("<? <p class=c>?><p class=c>a</p>", [("<p class=c>", "a", "</p>")]),
        ("<p title='<p class=c>'><p class=c>a</p>", [("<p class=c>", "a", "</p>")]),
        ("a < b <p class=c>a</p>", [("<p class=c>", "a", "</p>")]),
        ("<p class=c data-a = '>' data-b=>x</p>", [("<p class=c data-a = '>' data-b=>", "x", "</p>")]),
        ("<p class=c>x</p", [("<p class=c>", "x</p", "")]),
        ("<a class=c>1<a class=c>2</a>", [("<a class=c>", "1", ""), ("<a class=c>", "2", "</a>")]),
        ("<title class=c>a</title>", [("<title class=c>", "a", "</title>")]),
    ],
)  # fmt: skip
def test_elements_end_where_the_standard_says(source: str, expected: list[tuple[str, str, str]]) -> None:
    assert spans(source) == expected


def test_elements_added_by_the_parser_are_not_found() -> None:
    """The standard adds a tbody around the row; the source does not contain it."""
    assert Document("<table><tr><td>1</table>").select("tbody") == []


@pytest.mark.parametrize("selector", ["", " ", "a[", ".a..b", ":nope(", "a{}"])
def test_an_invalid_selector_matches_nothing(selector: str) -> None:
    assert Document("<a class=a></a>").select(selector) == []


def test_a_source_that_contains_the_marker() -> None:
    source = "<!--lp-place0--><p lp-place=7 class=c>lp-placex</p>"
    assert spans(source) == [("<p lp-place=7 class=c>", "lp-placex", "</p>")]


def test_attributes_are_decoded() -> None:
    (found,) = Document('<a class=c href="/?a=1&amp;b=2" hidden title=\'"\'>').select(".c")
    assert found.attributes == {"class": "c", "href": "/?a=1&b=2", "hidden": "", "title": '"'}


def test_parents_and_roots_of_elements() -> None:
    document = Document("x<section><div><p class=c>1</p></div></section><p>2</p>")
    (found,) = document.select(".c")
    parent = document.parent(found)
    assert parent is not None
    assert parent.name == "div"
    assert [root.name for root in document.roots()] == ["section", "p"]
    assert document.parent(document.roots()[0]) is None


@UNHURRIED
@given(BLOCKS)
def test_the_tokeniser_agrees_with_the_parser(source: str) -> None:
    """Every start tag that the tokeniser finds becomes one element of its name, in order, and no element is missing."""
    nodes = LexborHTMLParser(source, is_fragment=True).css("*")
    made_up = {"tbody"}
    names = [tag.name for tag in tags(source) if not tag.closing]
    assert names == [node.tag for node in nodes if node.tag not in made_up]
    assert names == [element.name for element in Document(source).select("*")]


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES))
def test_the_located_bytes_of_an_element_parse_to_that_element(source: str, name: str) -> None:
    """The bytes from start to end, parsed alone, give the node that the selector matched."""
    nodes = LexborHTMLParser(source, is_fragment=True).css(f".{name}")
    located = Document(source).select(f".{name}")
    assert len(nodes) == len(located)
    for node, element in zip(nodes, located, strict=True):
        if element.name in {"tr", "td", "path", "g"}:
            continue  # these elements parse only inside their table or drawing
        alone = LexborHTMLParser(source[element.start : element.end], is_fragment=True).css(f".{name}")
        assert alone[0].html == node.html


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), st.integers(0, 3))
def test_replacing_an_element_by_itself_changes_no_byte(source: str, name: str, position: int) -> None:
    for element in Document(source).select(f".{name}")[position : position + 1]:
        tag = source[element.start : element.inner]
        edits = [
            Edit(element.start, element.inner, with_attributes(tag, {})),
            Edit(element.inner_end, element.end, source[element.inner_end : element.end]),
        ]
        assert apply(source, edits) == source


@UNHURRIED
@given(st.text(st.sampled_from("<>/!-?= \"'abP\n&;"), max_size=40) | st.text(max_size=30))
def test_any_text_can_be_parsed(source: str) -> None:
    document = Document(source)
    for element in document.select("*"):
        assert 0 <= element.start < element.inner <= element.inner_end <= element.end <= len(source)


# --- start tags ---


@pytest.mark.parametrize(
    ("tag", "changes", "expected"),
    [
        ("<a>", {"x": "1"}, '<a x="1">'),
        ("<a >", {"x": "1"}, '<a x="1" >'),
        ("<a/>", {"x": "1"}, '<a x="1"/>'),
        ("<a href=x/>", {"y": "1"}, '<a href=x/ y="1">'),
        ("<a x=1 y='2'  z>", {"y": "3"}, '<a x=1 y="3"  z>'),
        ("<a x=1 Y='2'  z>", {"y": None}, "<a x=1  z>"),
        ("<a x='1'y='2'>", {"x": None}, "<a y='2'>"),
        ("<a x='1'x='2'>", {"x": "3"}, '<a x="3">'),
        ("<a x = '1' x>", {"x": None}, "<a>"),
        ("<a =x=1>", {"=x": None}, "<a>"),
        ("<a\nx>", {"x": ""}, '<a x="">'),
        ("<a>", {"x": None}, "<a>"),
        ("<a>", {"x": "\"<&>'"}, "<a x=\"&quot;&lt;&amp;&gt;'\">"),
        ("<a x=1>", {}, "<a x=1>"),
    ],
)  # fmt: skip
def test_setting_attributes(tag: str, changes: dict[str, str | None], expected: str) -> None:
    assert with_attributes(tag, changes) == expected


@UNHURRIED
@given(
    BLOCKS,
    st.dictionaries(
        st.sampled_from(["id", "data-x", "title", "new"]),
        st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")),
    ),
)
def test_set_attributes_are_read_back(source: str, changes: dict[str, str | None]) -> None:
    for tag in tags(source):
        if tag.closing:
            continue
        before = source[tag.start : tag.end]
        after = with_attributes(before, changes)
        (element,) = Document(f"<x{after[1 + len(tag.name) :]}").select("x")
        old = Document(f"<x{before[1 + len(tag.name) :]}").select("x")[0].attributes
        assert element.attributes == {
            **{name: value for name, value in old.items() if name not in changes},
            **{name: value for name, value in changes.items() if value is not None},
        }
        kept = [before[a.start : a.end].strip() for a in attributes(before) if a.name not in changes]
        assert [after[a.start : a.end].strip() for a in attributes(after) if a.name not in changes] == kept


def test_renaming_tags_and_attributes_keeps_their_other_bytes() -> None:
    assert with_name("<H2 class=a>", "p") == "<p class=a>"
    assert with_name("</H2 >", "p") == "</p >"
    assert with_attribute_name("<p  BXSTYLE = 'a'>", "bxstyle", "style") == "<p  style = 'a'>"
    assert with_attribute_name("<p x>", "bxstyle", "style") == "<p x>"
    with pytest.raises(ValueError, match="is not a tag"):
        with_name("p", "q")
