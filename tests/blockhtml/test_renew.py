"""A new design keeps what people wrote into blocks of the old one."""

from typing import Any

import pytest

from landingpad.blockhtml import Design, renew

OLD = (
    '<section><h2 class="t">Title</h2><a class="l" href="/a/">Go</a><img class="i" src="/a.png" alt="">'
    '<i class="ic fa"></i><div class="c"><p class="ct">One</p></div>'
    '<div class="c"><p class="ct">Two</p></div></section>'
)
NEW = (
    '<section class="wide"><img class="i" src="/b.png" alt=""><h1 class="t">Better title</h1>'
    '<a class="l btn" href="/b/">Start</a><i class="ic fa"></i><ul>'
    '<li class="c"><b class="ct">First</b></li></ul></section>'
)
MANIFEST: dict[str, Any] = {
    "nodes": {
        ".t": {"type": "text"},
        ".l": {"type": "link"},
        ".i": {"type": "img"},
        ".ic": {"type": "icon"},
        ".ct": {"type": "text"},
    },
    "cards": {".c": {"name": "Card"}},
}


def renewed(content: str, *, new: str = NEW, manifest: dict[str, Any] = MANIFEST) -> str:
    return renew(content, Design(OLD, MANIFEST), Design(new, manifest))


def test_an_untouched_block_becomes_the_new_design() -> None:
    assert renewed(OLD) == NEW


@pytest.mark.parametrize(
    ("old", "changed", "new"),
    [
        (">Title<", ">Sale <b>now</b><", ">Better title<"),
        ('href="/a/">Go', 'href="/shop/">Buy', 'href="/b/">Start'),
        ('src="/a.png" alt=""', 'src="/c.png" alt="Mine"', 'src="/b.png" alt=""'),
        ('"ic fa"', '"ic fa-star"', '"ic fa"'),
    ],
)
def test_values_that_people_changed_stay(old: str, changed: str, new: str) -> None:
    assert renewed(OLD.replace(old, changed)) == NEW.replace(new, changed)


def test_cards_that_people_added_stay() -> None:
    card = '<div class="c"><p class="ct">{}</p></div>'
    content = OLD.replace(card.format("Two"), card.format("Two") + card.format("Three"))
    new_card = '<li class="c"><b class="ct">{}</b></li>'
    cards = new_card.format("First") * 2 + new_card.format("Three")
    assert renewed(content) == NEW.replace(new_card.format("First"), cards)


def test_cards_that_people_removed_do_not_return() -> None:
    content = OLD.replace('<div class="c"><p class="ct">Two</p></div>', "")
    two = NEW.replace("</li>", '</li><li class="c"><b class="ct">Second</b></li>')
    assert renewed(content, new=two) == NEW


def test_nodes_that_are_gone_or_of_another_type_are_dropped() -> None:
    nodes = {**MANIFEST["nodes"], ".t": {"type": "link"}}
    del nodes[".ct"]
    content = OLD.replace(">Title<", ">Sale<").replace(">One<", ">Uno<")
    assert renewed(content, manifest={**MANIFEST, "nodes": nodes}) == NEW


def test_a_node_that_matches_more_often_in_the_new_design() -> None:
    twice = NEW.replace("</h1>", '</h1><p class="t">Another</p>')
    assert renewed(OLD.replace(">Title<", ">Sale<"), new=twice) == twice.replace("Better title", "Sale")
