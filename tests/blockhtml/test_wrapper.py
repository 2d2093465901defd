"""The element around a block and its anchor."""

import pytest

from landingpad.blockhtml import default_anchor, is_valid_anchor, wrap


def test_on_the_page_the_wrapper_has_the_anchor() -> None:
    code = "18.2.two_cols_fix_img"
    assert wrap("<p>x</p>", block_id=5, anchor="about", code=code, edit_mode=False) == (
        '<div id="about" class="block-wrapper block-18-2-two-cols-fix-img"><p>x</p></div>'
    )
    assert wrap("", block_id=5, anchor=None, code=code, edit_mode=False).startswith('<div id="b5" ')
    assert wrap("", block_id=5, anchor="", code=code, edit_mode=False).startswith('<div id="b5" ')
    assert default_anchor(5) == "b5"


def test_in_the_editor_the_wrapper_has_the_block_number() -> None:
    assert wrap("<p>x</p>", block_id=5, anchor="about", code="repo_5@7", edit_mode=True) == (
        '<div id="block5" data-id="5" class="block-wrapper block-repo-5-7"><p>x</p></div>'
    )


def test_attributes_cannot_replace_those_of_the_wrapper_or_run_code() -> None:
    given = {"data-a": 'x"y', "id": "z", "class": "z", "onclick": "alert(1)", "style": "color: red"}
    assert wrap("", block_id=5, anchor=None, code="a", edit_mode=False, attributes=given) == (
        '<div id="b5" class="block-wrapper block-a" data-a="x&quot;y" style="color: red"></div>'
    )


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("about-us", True), ("Section_A", True), ("faq.v2", True), ("Tab:1", True), ("ab", True), ("a1", True),
        ("a", False), ("", False), ("1st", False), ("_ab", False), ("two words", False), ("ab#", False),
        ("ab\n", False), ("äb", False), ("aж", False), ('a"b', False), ("a٣", False),
    ],
)  # fmt: skip
def test_valid_anchors(text: str, valid: bool) -> None:
    assert is_valid_anchor(text) is valid
