"""Forms of published blocks: their address, and the text shown after sending."""

import pytest

from landingpad.blockhtml.forms import TRAP, field_names, with_form_targets


def targeted(html: str) -> str:
    return with_form_targets(html, block_id=7, path="/ask/", thanks="Danke <3")


TRAP_HTML = (
    f'<span class="lp-trap" aria-hidden="true"><input name="{TRAP}" tabindex="-1" autocomplete="off" value=""></span>'
)


def test_a_form_sends_to_its_own_page() -> None:
    assert targeted('<div><form class="f"><input name="a"></form> rest</div>') == (
        f'<div><form class="f" method="post" action="/ask/?form=7-0">{TRAP_HTML}<input name="a">'
        '<p id="sent-7-0" class="lp-thanks" role="status">Danke &lt;3</p></form> rest</div>'
    )


def test_a_form_can_have_its_own_thanks() -> None:
    html = '<form method="POST" action="#"><p class="landing-block-node-form-thanks big">Ta</p></form>'
    assert targeted(html) == (
        f'<form method="post" action="/ask/?form=7-0">{TRAP_HTML}'
        '<p class="landing-block-node-form-thanks big lp-thanks" id="sent-7-0" role="status">Ta</p></form>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>no form</p>",
        '<form action="/search/"></form>',
        '<form action="mailto:a@b.example" method="post"></form>',
        '<form method="get"></form>',
        "a &lt;form&gt; in words",
        "<!-- <form> -->",
    ],
)
def test_other_forms_stay_unchanged(html: str) -> None:
    assert targeted(html) == html


def test_several_forms_have_different_numbers() -> None:
    html = (
        '<form action="/s/"><input name="q"></form><form><input name="a"></form>'
        '<form><textarea name="b"></textarea></form>'
    )
    assert 'action="/ask/?form=7-1"' in targeted(html)
    assert 'action="/ask/?form=7-2"' in targeted(html)
    assert [field_names(html, index) for index in range(4)] == [None, ["a"], ["b"], None]


def test_field_names_skip_fields_without_a_value() -> None:
    html = (
        '<form><input name="a"><input name="b" type="checkbox"><input type="submit" name="c"><input name=""><input>'
        '<input type="FILE" name="d"><select name="e"></select><textarea name="a"></textarea>'
        '<input type="hidden" name="f"><input type="password" name="g"></form><input name="outside">'
    )
    assert field_names(html, 0) == ["a", "b", "e", "f"]
