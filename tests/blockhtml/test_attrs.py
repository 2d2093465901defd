"""landing.block.updateattrs: which attributes may change, where, and how values are encoded."""

from typing import Any

import pytest

from landingpad.blockhtml import update_attrs, wrap
from landingpad.blockhtml.attrs import allowed_attributes

TWO = '<p class="n" data-a="0">1</p><p class="n">2</p>'
MANIFEST: dict[str, Any] = {"attrs": {".n": [{"attribute": "data-a"}, {"attribute": "title"}]}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({".n": {"data-a": "1"}}, '<p class="n" data-a="1">1</p><p class="n" data-a="1">2</p>'),
        ({".n@1": {"data-a": "1"}}, '<p class="n" data-a="0">1</p><p class="n" data-a="1">2</p>'),
        ({".n@0": {"DATA-A": 2.5}}, '<p class="n" data-a="2.5">1</p><p class="n">2</p>'),
        ({".n@0": {"data-a": True}}, '<p class="n" data-a="1">1</p><p class="n">2</p>'),
        ({".n@0": {"data-a": False}}, '<p class="n" data-a="">1</p><p class="n">2</p>'),
        ({".n@0": {"data-a": [1, 2, 3]}}, '<p class="n" data-a="[1,2,3]">1</p><p class="n">2</p>'),
        ({".n@0": {"data-a": {"b": 1}}}, '<p class="n" data-a="{&quot;b&quot;:1}">1</p><p class="n">2</p>'),
        ({".n@0": {"title": "t", "data-b": "1"}}, '<p class="n" data-a="0" title="t">1</p><p class="n">2</p>'),
        ({".n@7": {"data-a": "1"}}, TWO),
        ({".m": {"data-a": "1"}, "p": {"data-a": "1"}}, TWO),
        ({".n": "1", ".n@0": ["data-a"]}, TWO),
        ({"#wrapper": {"data-a": "1"}, "#block7": {"data-a": "1"}}, TWO),
        ({}, TWO),
    ],
)  # fmt: skip
def test_listed_attributes_change(data: dict[str, Any], expected: str) -> None:
    assert update_attrs(TWO, MANIFEST, data, block_id=7) == (expected, {})


@pytest.mark.parametrize(
    "manifest",
    [
        {"attrs": {".n": {"attribute": "data-a"}}},
        {"attrs": {".n": [{"name": "group", "attrs": [{"attribute": "data-a"}]}]}},
        {"attrs": {"": [{"attrs": [{"attribute": "data-a", "selector": ".n"}]}]}},
        {"attrs": {".other": [{"attribute": "data-a", "selector": ".n"}]}},
        {"style": {"nodes": {".n": {"additional": {"attrs": [{"attribute": "data-a"}]}}}}},
        {"style": {"nodes": {".n": {"additional": [{"attrs": [{"attribute": "data-a"}]}]}}}},
        {"cards": {".n": {"additional": {"attrs": [{"attribute": "data-a"}]}}}},
    ],
)
def test_every_section_of_the_manifest_that_lists_attributes_counts(manifest: dict[str, Any]) -> None:
    content, _ = update_attrs(TWO, manifest, {".n@0": {"data-a": "1"}}, block_id=7)
    assert content == TWO.replace('"0"', '"1"')


def test_attributes_of_nodes_are_left_to_updatenodes() -> None:
    manifest = {"nodes": {".n": {"type": "text", "attribute": "data-a"}}}
    assert update_attrs(TWO, manifest, {".n": {"data-a": "1"}}, block_id=7) == (TWO, {})


@pytest.mark.parametrize(
    "manifest",
    [{}, {"attrs": []}, {"attrs": {".n": None}}, {"style": [], "cards": [1]}, {"style": {"nodes": {".n": 5}}}],
)
def test_manifests_without_attributes_allow_no_change(manifest: dict[str, Any]) -> None:
    assert update_attrs(TWO, manifest, {".n": {"data-a": "1"}}, block_id=7) == (TWO, {})
    assert not any(allowed_attributes(manifest).values())


def test_attributes_of_the_wrapper_are_returned_for_wrap() -> None:
    manifest = {"style": {"block": {"additional": {"attrs": [{"attribute": "data-a"}, {"attribute": "onclick"}]}}}}
    data = {"#block7": {"data-a": {"b": 1}, "data-c": "2", "onclick": "alert(1)"}}
    content, wrapper = update_attrs(TWO, manifest, data, block_id=7)
    assert (content, wrapper) == (TWO, {"data-a": '{"b":1}'})
    assert wrap("x", block_id=7, anchor=None, code="a", edit_mode=False, attributes=wrapper) == (
        '<div id="b7" class="block-wrapper block-a" data-a="{&quot;b&quot;:1}">x</div>'
    )


def test_the_button_of_the_documentation() -> None:
    manifest = {"attrs": {".button": [{"attribute": "href"}, {"attribute": "target"}]}}
    html = '<a class="button" href="/old/" target="_self">Buy</a>'
    data = {".button": {"href": "/catalog/", "target": "_blank"}}
    assert (
        update_attrs(html, manifest, data, block_id=1)[0]
        == '<a class="button" href="/catalog/" target="_blank">Buy</a>'
    )
    assert update_attrs(html, manifest, {".button": {"href": "javascript:alert(1)"}}, block_id=1)[0] == html
