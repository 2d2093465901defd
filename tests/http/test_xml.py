"""XML answers have the members of JSON answers, and any parser reads them."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landingpad.http.xml import to_xml


def body(mapping: dict[str, Any]) -> str:
    document = to_xml(mapping).decode()
    declaration, _, rest = document.partition("\n")
    assert declaration == '<?xml version="1.0" encoding="utf-8"?>'
    return rest


@pytest.mark.parametrize(
    ("result", "xml"),
    [
        ("2026-03-26", "<result>2026-03-26</result>"),
        ("a<b & c>d", "<result>a&lt;b &amp; c&gt;d</result>"),
        ({}, "<result></result>"),
        ({"ID": "1", "NAME": "Анна"}, "<result><ID>1</ID><NAME>Анна</NAME></result>"),
        ([], "<result></result>"),
        ([1, 2.5, "x"], "<result><item>1</item><item>2.5</item><item>x</item></result>"),
        ([[1], {"a": {}}], "<result><item><item>1</item></item><item><a></a></item></result>"),
        ({"1": 614, "7": 5}, '<result><item key="1">614</item><item key="7">5</item></result>'),
        (True, "<result>1</result>"),
        (False, "<result>0</result>"),
        (None, "<result/>"),
        ("", "<result/>"),
        (0, "<result>0</result>"),
        ({"=A": 1, "b c": 2}, '<result><item key="=A">1</item><item key="b c">2</item></result>'),
        (
            {"": 1, "a:b": 2, "xmlish": 3},
            '<result><item key="">1</item><item key="a:b">2</item><item key="xmlish">3</item></result>',
        ),
        ({"\"<&>'\n": 1}, '<result><item key="&quot;&lt;&amp;&gt;\'&#10;">1</item></result>'),
        ("x\x00\x08\x1f\ufffe\ud800y\tz", "<result>xy\tz</result>"),
    ],
)
def test_members_become_elements(result: Any, xml: str) -> None:
    assert body({"result": result}) == f"<response>{xml}</response>"


def test_an_error() -> None:
    xml = "<response><error>X</error><error_description>why</error_description></response>"
    assert body({"error": "X", "error_description": "why"}) == xml


def parse(mapping: dict[str, Any]) -> ET.Element:
    return ET.fromstring(to_xml(mapping))  # noqa: S314  # output of this server


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=4))
def test_any_answer_is_well_formed_with_every_member(mapping: dict[str, Any]) -> None:
    root = parse(mapping)
    assert root.tag == "response"
    assert len(root) == len(mapping)


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32, exclude_characters="\ufffe\uffff"), min_size=1)
)
def test_text_comes_back(text: str) -> None:
    assert parse({"result": text}).findtext("result") == text


def test_line_breaks_come_back() -> None:
    assert parse({"result": "a\r\nb\rc"}).findtext("result") == "a\r\nb\rc"
