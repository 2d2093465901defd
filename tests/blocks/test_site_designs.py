"""The ready-made sites are complete, and nothing in them leads nowhere."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from landingpad.blockhtml import is_valid_anchor
from landingpad.blockhtml.exchange import put_together
from landingpad.blocks.library import asset, standard_library
from landingpad.blocks.site_designs import PageDesign, SiteDesign, picture, site_designs

LIBRARY = standard_library()
PAGES = [(site, number) for site in site_designs().values() for number in range(1, len(site.pages) + 1)]


@pytest.fixture(params=PAGES, ids=lambda found: f"{found[0].code} {found[1]}")
def place(request: pytest.FixtureRequest) -> tuple[SiteDesign, int]:
    found: tuple[SiteDesign, int] = request.param
    return found


def page_of(place: tuple[SiteDesign, int]) -> PageDesign:
    return place[0].pages[place[1] - 1]


def blocks_of(place: tuple[SiteDesign, int]) -> list[dict[str, Any]]:
    site, _ = place
    return list(site.data()["items"][f"{site.code}/{page_of(place).code}"]["items"].values())


@cache
def _rendered(code: str, block: str) -> str:
    design = LIBRARY[code]
    return put_together(design.content, design.manifest, json.loads(block))


def rendered(block: dict[str, Any]) -> str:
    return _rendered(block["code"], json.dumps(block))


def html(place: tuple[SiteDesign, int]) -> str:
    return "".join(rendered(block) for block in blocks_of(place))


def values(block: dict[str, Any]) -> Iterator[tuple[str, int, Any]]:
    for selector, given in block["nodes"].items():
        yield from ((selector, position, value) for position, value in enumerate(given))


def test_there_are_the_six_that_people_begin_with() -> None:
    assert list(site_designs()) == ["agency", "event", "handbook", "product", "restaurant", "shop"]


def test_every_value_arrives(place: tuple[SiteDesign, int]) -> None:
    for block in blocks_of(place):
        tree = LexborHTMLParser(rendered(block))
        for selector, position, value in values(block):
            found = tree.css(selector)
            assert position < len(found), f"{block['code']}: there are {len(found)} of {selector}"
            element = found[position]
            if isinstance(value, str):
                assert element.text(strip=True) == LexborHTMLParser(f"<p>{value}</p>").text(strip=True)
            elif "href" in value:
                assert (element.attributes["href"], element.text(strip=True)) == (value["href"], value["text"])
            elif "src" in value:
                shown = element.attributes.get("src") or element.attributes["style"] or ""
                assert value["src"] in shown
                assert value["alt"], f"{block['code']}: {value['src']} has no text"
            else:
                assert (element.attributes["class"] or "").split() == value["classList"]


def test_every_text_of_the_library_is_replaced(place: tuple[SiteDesign, int]) -> None:
    """What a block came with speaks of furniture; partners and the labels of fields may stay."""
    for block in blocks_of(place):
        if block["code"] == "lp.partners":
            continue
        design = LIBRARY[block["code"]]
        tree = LexborHTMLParser(rendered(block))
        for selector, node in design.manifest.get("nodes", {}).items():
            if (
                node["type"] in {"text", "link", "img"}
                and "form-thanks" not in selector
                and "number-text" not in selector
            ):
                given = len(block["nodes"].get(selector, []))
                assert given == len(tree.css(selector)), f"{block['code']}: {selector} is written {given} times"


def test_links_lead_somewhere(place: tuple[SiteDesign, int]) -> None:
    site, _ = place
    anchors = {f"#{block['anchor']}" for block in blocks_of(place) if "anchor" in block}
    pages = {f"#landing{number}" for number in range(1, len(site.pages) + 1)}
    for link in LexborHTMLParser(html(place)).css("a"):
        href = link.attributes["href"] or ""
        known = href in anchors | pages or re.fullmatch(r"mailto:[\w.]+@[\w.]+\.example(\?subject=\w+)?", href)
        assert known or href.startswith("tel:+44163296"), f"{link.text()!r} leads to {href!r}"


def test_anchors_are_good_and_met_once(place: tuple[SiteDesign, int]) -> None:
    anchors = [block["anchor"] for block in blocks_of(place) if "anchor" in block]
    assert all(is_valid_anchor(anchor) for anchor in anchors)
    assert len(set(anchors)) == len(anchors)


def test_a_page_has_one_first_heading_between_menu_and_footer(place: tuple[SiteDesign, int]) -> None:
    tree = LexborHTMLParser(html(place))
    assert len(tree.css("h1")) == 1
    codes = [block["code"] for block in blocks_of(place) if block["code"] != "lp.notice"]
    assert LIBRARY[codes[0]].sections[0] == "menu"
    assert LIBRARY[codes[-1]].sections[0] == "footer"
    level = 0
    for heading in tree.css("h1, h2, h3, h4"):
        found = int((heading.tag or "")[1])
        assert found <= level + 1, f"{heading.text()!r} follows a heading of level {level}"
        level = found


def test_search_engines_get_a_title_and_a_description(place: tuple[SiteDesign, int]) -> None:
    page = page_of(place)
    assert 20 <= len(page.headline) <= 60
    assert 70 <= len(page.description) <= 160


def test_pictures_exist(place: tuple[SiteDesign, int]) -> None:
    for name in re.findall(r"/_assets/([\w.-]+)", html(place)):
        assert asset(name) is not None, name


def test_every_site_has_a_small_picture() -> None:
    for code in site_designs():
        found = picture(code) or b""
        assert found[8:12] == b"WEBP"
        assert len(found) < 40_000
    assert picture("nothing") is None
