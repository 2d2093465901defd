"""Dangerous HTML is found and marked inside the dangerous word."""

import pytest
from hypothesis import given

from blockhtml import hostile
from blockhtml.html_strategies import BLOCKS, UNHURRIED
from landingpad.blockhtml import check, clean_html
from landingpad.blocks.library import standard_library


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ('<p onclick="x()">', '<p oncl|ick="x()">'),
        ("<P ONLOAD=x()>", "<P ONL|OAD=x()>"),
        ("<script>x()</script>", "<scr|ipt>x()</script>"),
        ('<a href="javascript:x()">', '<a href="javas|cript:x()">'),
        ("<a href='vbscript:x'>", "<a href='vbscr|ipt:x'>"),
        ('<a href="data:text/html,x">', '<a href="data:|text/html,x">'),
        ('<iframe src="//evil.example"></iframe>', '<ifr|ame src="//evil.example"></iframe>'),
        ("<iframe></iframe>", "<ifr|ame></iframe>"),
        ('<iframe srcdoc="x"></iframe>', '<ifr|ame src|doc="x"></iframe>'),
        ('<p style="color:red;behavior:url(x)">', '<p style="color|:red;behavior:url(x)">'),
        ('<form action="https://evil.example">', '<form action="https|://evil.example">'),
        ('<button formaction="javascript:x()">', '<button forma|ction="javascript:x()">'),
        ("<link rel=stylesheet href=//x>", "<li|nk rel=stylesheet href=//x>"),
        ("<meta http-equiv=refresh>", "<me|ta http-equiv=refresh>"),
        ("<object data=x></object>", "<obj|ect data=x></object>"),
        ('<p onclick="a"><p onfocus="b">', '<p oncl|ick="a"><p onfo|cus="b">'),
    ],
)
def test_dangerous_words_are_marked(html: str, marked: str) -> None:
    assert check(html, "|") == (True, marked)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain text with < and onclick=",
        '<p class="a" data-x="1" style="color: red">x</p>',
        '<iframe src="https://www.youtube.com/embed/x"></iframe>',
        '<form action="/search/"><input name="q"></form>',
        "<my-element foo=bar>left out, but harmless</my-element>",
        "<!-- <script>x()</script> -->",
        '<img src="data:image/png;base64,AA==">',
        '<a href="#landing5">x</a>',
    ],
)
def test_harmless_html_is_returned_unchanged(html: str) -> None:
    assert check(html) == (False, html)


@pytest.mark.parametrize("html", hostile.HTML)
def test_every_attack_is_reported_or_removed(html: str) -> None:
    """An attack that the check does not report is removed by cleaning."""
    is_bad, marked = check(html, "|")
    assert marked.replace("|", "") == html
    assert is_bad or clean_html(html) != html


@pytest.mark.parametrize("code", standard_library())
def test_the_standard_blocks_pass_the_check(code: str) -> None:
    assert check(standard_library()[code].content)[0] is False


@UNHURRIED
@given(BLOCKS)
def test_only_the_splitter_is_inserted(html: str) -> None:
    is_bad, marked = check(html, "\0")
    assert marked.replace("\0", "") == html
    assert is_bad is (marked != html)
