"""The ready-made sites are complete and have no dead links."""

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
def design_page(request: pytest.FixtureRequest) -> tuple[SiteDesign, int]:
    found: tuple[SiteDesign, int] = request.param
    return found


def page_of(design_page: tuple[SiteDesign, int]) -> PageDesign:
    return design_page[0].pages[design_page[1] - 1]


def blocks_of(design_page: tuple[SiteDesign, int]) -> list[dict[str, Any]]:
    site, _ = design_page
    return list(site.data()["items"][f"{site.code}/{page_of(design_page).code}"]["items"].values())


@cache
def _rendered(code: str, block: str) -> str:
    design = LIBRARY[code]
    return put_together(design.content, design.manifest, json.loads(block))


def rendered(block: dict[str, Any]) -> str:
    return _rendered(block["code"], json.dumps(block))


def html(design_page: tuple[SiteDesign, int]) -> str:
    return "".join(rendered(block) for block in blocks_of(design_page))


def values(block: dict[str, Any]) -> Iterator[tuple[str, int, Any]]:
    for selector, given in block["nodes"].items():
        yield from ((selector, position, value) for position, value in enumerate(given))


def test_six_designs_exist() -> None:
    assert list(site_designs()) == ["agency", "event", "handbook", "product", "restaurant", "shop"]


def test_every_value_is_on_the_page(design_page: tuple[SiteDesign, int]) -> None:
    for block in blocks_of(design_page):
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


def test_every_text_of_the_library_is_replaced(design_page: tuple[SiteDesign, int]) -> None:
    """The default texts of blocks are about furniture; only partners and field labels may stay."""
    for block in blocks_of(design_page):
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


def test_links_have_targets(design_page: tuple[SiteDesign, int]) -> None:
    site, _ = design_page
    anchors = {f"#{block['anchor']}" for block in blocks_of(design_page) if "anchor" in block}
    pages = {f"#landing{number}" for number in range(1, len(site.pages) + 1)}
    for link in LexborHTMLParser(html(design_page)).css("a"):
        href = link.attributes["href"] or ""
        known = href in anchors | pages or re.fullmatch(r"mailto:[\w.]+@[\w.]+\.example(\?subject=\w+)?", href)
        assert known or href.startswith("tel:+44163296"), f"{link.text()!r} leads to {href!r}"


def test_anchors_are_valid_and_unique(design_page: tuple[SiteDesign, int]) -> None:
    anchors = [block["anchor"] for block in blocks_of(design_page) if "anchor" in block]
    assert all(is_valid_anchor(anchor) for anchor in anchors)
    assert len(set(anchors)) == len(anchors)


def test_a_page_has_one_h1_between_menu_and_footer(design_page: tuple[SiteDesign, int]) -> None:
    tree = LexborHTMLParser(html(design_page))
    assert len(tree.css("h1")) == 1
    codes = [block["code"] for block in blocks_of(design_page) if block["code"] != "lp.notice"]
    assert LIBRARY[codes[0]].sections[0] == "menu"
    assert LIBRARY[codes[-1]].sections[0] == "footer"
    level = 0
    for heading in tree.css("h1, h2, h3, h4"):
        found = int((heading.tag or "")[1])
        assert found <= level + 1, f"{heading.text()!r} follows a heading of level {level}"
        level = found


def test_search_engines_get_a_title_and_a_description(design_page: tuple[SiteDesign, int]) -> None:
    page = page_of(design_page)
    assert 20 <= len(page.headline) <= 60
    assert 70 <= len(page.description) <= 160


def test_pictures_exist(design_page: tuple[SiteDesign, int]) -> None:
    for name in re.findall(r"/_assets/([\w.-]+)", html(design_page)):
        assert asset(name) is not None, name


def test_every_site_has_a_small_picture() -> None:
    for code in site_designs():
        found = picture(code) or b""
        assert found[8:12] == b"WEBP"
        assert len(found) < 40_000
    assert picture("nothing") is None
