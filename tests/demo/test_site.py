"""The demo site is complete and looks like a real one."""

import re
from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from landingpad.blockhtml import is_valid_anchor, update_nodes
from landingpad.blocks.library import asset, base_css, standard_library
from landingpad.demo.site import DEMO, DemoBlock, DemoPage

LIBRARY = standard_library()
BLOCKS = [pytest.param(block, id=f"{page.path} {block.code}") for page in DEMO.pages for block in page.blocks]
META = {"METAMAIN_USE", "METAMAIN_TITLE", "METAMAIN_DESCRIPTION", "METAOG_TITLE", "METAOG_DESCRIPTION"}


@pytest.fixture(params=DEMO.pages, ids=lambda page: page.path)
def page(request: pytest.FixtureRequest) -> DemoPage:
    found: DemoPage = request.param
    return found


def rendered(page: DemoPage) -> str:
    return "".join(content(block) for block in page.blocks)


def content(block: DemoBlock) -> str:
    design = LIBRARY[block.code]
    return update_nodes(design.content, design.manifest, block.nodes) if block.nodes else design.content


@pytest.mark.parametrize("block", BLOCKS)
def test_every_node_exists_in_its_block(block: DemoBlock) -> None:
    design = LIBRARY[block.code]
    tree = LexborHTMLParser(design.content)
    for key in block.nodes:
        selector, _, number = key.partition("@")
        assert selector in design.manifest["nodes"], f"{block.code} has no node {selector}"
        matches = len(tree.css(selector))
        assert int(number or 0) < matches, f"{block.code}: {key}, but there are {matches} of {selector}"


@pytest.mark.parametrize("block", BLOCKS)
def test_every_value_is_on_the_page(block: DemoBlock) -> None:
    tree = LexborHTMLParser(content(block))
    for key, value in block.nodes.items():
        selector, _, number = key.partition("@")
        element = tree.css(selector)[int(number or 0)]
        if isinstance(value, list):
            assert (element.attributes["class"] or "").split() == value
        elif isinstance(value, str):
            assert element.text(strip=True) == LexborHTMLParser(f"<p>{value}</p>").text(strip=True)
        elif "href" in value:
            assert (element.attributes["href"], element.text(strip=True)) == (value["href"], value["text"])
        else:
            assert (element.attributes["src"], element.attributes["alt"]) == (value["src"], value["alt"])


def test_exactly_one_page_is_the_index() -> None:
    assert [page.path for page in DEMO.pages if page.is_index] == ["/"]
    assert DEMO.index.fields["TITLE"] == "Home"


def test_paths_are_different() -> None:
    assert max(Counter(page.path for page in DEMO.pages).values()) == 1


def test_search_engines_get_a_title_and_a_description(page: DemoPage) -> None:
    """No METAOG_IMAGE: it would replace the picture of the page in landing.site.getPreview."""
    assert set(page.additional_fields) == META
    assert 20 <= len(page.additional_fields["METAMAIN_TITLE"]) <= 60
    assert 70 <= len(page.additional_fields["METAMAIN_DESCRIPTION"]) <= 160


def test_a_page_has_one_h1_between_menu_and_footer(page: DemoPage) -> None:
    assert len(LexborHTMLParser(rendered(page)).css("h1")) == 1
    assert LIBRARY[page.blocks[0].code].sections[0] == "menu"
    assert LIBRARY[page.blocks[-1].code].sections[0] == "footer"


def test_headings_never_skip_a_level(page: DemoPage) -> None:
    level = 0
    for heading in LexborHTMLParser(rendered(page)).css("h1, h2, h3, h4"):
        found = int((heading.tag or "")[1])
        assert found <= level + 1, f"{page.path}: {heading.text()!r} follows a heading of level {level}"
        level = found


def test_every_link_has_a_target(page: DemoPage) -> None:
    paths = {other.path for other in DEMO.pages}
    anchors = {f"#{block.anchor}" for block in page.blocks if block.anchor}
    for anchor in LexborHTMLParser(rendered(page)).css("a"):
        href = anchor.attributes["href"] or ""
        assert href in paths | anchors or href.startswith(("mailto:hello@lindmoor.example", "tel:+44163296")), (
            f"{page.path}: {anchor.text()!r} leads to {href!r}"
        )


def test_anchors_are_valid() -> None:
    for page in DEMO.pages:
        anchors = [block.anchor for block in page.blocks if block.anchor is not None]
        assert all(is_valid_anchor(anchor) for anchor in anchors)
        assert len(set(anchors)) == len(anchors)


def test_no_default_texts_of_the_library_are_left(page: DemoPage) -> None:
    assert not re.search(r"\bCompany\b(?! details)(?! number)|company\.example", rendered(page))


def test_pictures_exist(page: DemoPage) -> None:
    for name in re.findall(r"/_assets/([\w.-]+)", rendered(page)):
        assert asset(name) is not None, name


def test_a_page_needs_little_style(page: DemoPage) -> None:
    styles = {LIBRARY[block.code].style for block in page.blocks}
    assert len(base_css().encode()) + sum(len(style.encode()) for style in styles) < 30 * 1024


def test_links_can_be_replaced_by_ids() -> None:
    """Links by id stay valid on a site below a path."""
    block = DemoBlock(
        code="0.menu_02",
        nodes={
            ".landing-block-node-logo": {"text": "Lindmoor", "href": "/"},
            ".landing-block-node-menu-list-item-link@0": {"text": "About", "href": "/about/"},
            ".landing-block-node-menu-list-item-link@1": {"text": "Map", "href": "#map"},
            ".landing-block-node-button": {"text": "Write", "href": "mailto:hello@lindmoor.example"},
        },
    )
    assert block.data({"/": "#landing7", "/about/": "#landing9", "#map": "#block34"}) == {
        ".landing-block-node-logo": {"text": "Lindmoor", "href": "#landing7"},
        ".landing-block-node-menu-list-item-link@0": {"text": "About", "href": "#landing9"},
        ".landing-block-node-menu-list-item-link@1": {"text": "Map", "href": "#block34"},
        ".landing-block-node-button": {"text": "Write", "href": "mailto:hello@lindmoor.example"},
    }
