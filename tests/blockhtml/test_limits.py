"""Limits of block HTML: what parsers need quadratic time for is refused, what people write is not."""

import pytest

from landingpad.blockhtml import clean_html, problem_of, text_size
from landingpad.blockhtml.document import Document
from landingpad.blockhtml.limits import DEEPEST, MOST_BYTES, MOST_MARKS, check_limits
from landingpad.blocks.library import standard_library
from landingpad.errors.calls import TypeProblem


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("x" * (MOST_BYTES + 1), f"has {MOST_BYTES + 1} bytes"),
        ("ы" * (MOST_BYTES // 2 + 1), f"has {MOST_BYTES + 2} bytes"),
        ("<" * (MOST_MARKS + 1), "times the character <"),
        ("<p>" + "&" * (MOST_MARKS + 1), "times the character &"),
        ("<div>" * (DEEPEST + 1), "nested deeper"),
        ("<b>" * (DEEPEST + 1), "nested deeper"),
        ("<svg>" + "<g>" * (DEEPEST + 1), "nested deeper"),
        ("<i/>" * (DEEPEST + 1), "nested deeper"),
        ("".join(f"<p><b id={n}></p>" for n in range(DEEPEST + 1)), "nested deeper"),
        ("<div><span>" * DEEPEST, "nested deeper"),
        ("".join(f"<p><font color=c{n}></p>" for n in range(100)) + "<p>x</p>" * 10_000, "repeated too often"),
        ("<select>" + "<option>" * 2001, "options"),
        ("<table>" + "x<tr>" * 1001, "outside of the cells"),
        ("<table>" + "<tr><span></span>" * 1001, "outside of the cells"),
        ("<p " + " ".join(f"data-a{n}" for n in range(501)) + ">" + "<br>" * DEEPEST, "501 attributes"),
    ],
    ids=[
        *("bytes", "bytes of UTF-8", "<", "&", "div", "b", "g", "self-closing", "surviving", "span"),
        *("repeated", "options", "text in table", "element in table", "attributes"),
    ],
)
def test_html_that_costs_too_much_is_refused_before_it_is_parsed(html: str, text: str) -> None:
    with pytest.raises(TypeProblem, match=text):
        check_limits(html)
    with pytest.raises(TypeProblem, match=text):
        clean_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * DEEPEST + "</div>" * DEEPEST,
        "<ul>" + "<li>one<li><p><span>two" * 5000 + "</ul>",
        "<dl>" + "<dt>a<dd>b" * 5000 + "</dl>",
        "<p>one" * 10_000,
        "<table>" + "<tr><td>1<td>2" * 5000 + "</table>",
        "<table><thead><tr><th>a<tbody>" + "\n<tr>\n<td>1</td>\n</tr>" * 5000 + "</tbody></table>",
        "<svg>" + '<path d="M0 0"/>' * 5000 + "</svg>",
        "<p>" + "one<br>two<img src=a>" * 5000,
        "<select>" + "<option>a</option>" * 300 + "</select>",
        "<p>" + "&nbsp;" * 20_000,
        "<p>" + "<b>one</b> <i>two</i>" * 5000,
        "x" * MOST_BYTES,
    ],
    ids=["deep", "li", "dl", "p", "cells", "rows", "svg", "void", "options", "entities", "inline", "text"],
)
def test_html_that_people_write_is_accepted(html: str) -> None:
    assert problem_of(html) == ""


def test_standard_blocks_are_far_from_the_limits() -> None:
    for design in standard_library().values():
        assert problem_of(design.content * 10) == ""


def test_the_size_of_texts_counts_names_and_members() -> None:
    assert text_size({"ab": ["c", {"d": "ef"}, 5, None]}) == len("abcdef")


@pytest.mark.parametrize(
    "selector",
    [
        *(" ~ ".join([".a"] * 5), " ".join([".a"] * 8), ":not(" * 11 + ".a" + ")" * 11, "." + "a" * 500),
        *(".a:nth-child(2n):nth-child(3n)", ":has(.a):has(.b) > .a"),
    ],
)
def test_selectors_that_cost_too_much_match_nothing(selector: str) -> None:
    """Parsers try every way through a document; five siblings in a row took hours."""
    document = Document("<div>" + "<p class=a>x</p>" * 2000 + "</div>")
    assert document.select(selector) == []


@pytest.mark.parametrize(
    "selector", [".a", "div > .a", "div .a", ".a + .a", "div .a, div .b", ".a:not(.b)", "[a~=b] .c"]
)
def test_selectors_of_manifests_are_cheap(selector: str) -> None:
    document = Document("<div a='b'>" + "<p class=a>x</p><p class=c></p>" * 200 + "<p class=a><p class=a></div>")
    assert document.select(selector)


def test_a_marker_is_found_in_linear_time() -> None:
    """A source full of our marker's name took minutes for 16 KB."""
    assert Document("<p>lp-place" + "x" * 100_000 + " LP-PLACEX</p>").select("p")
