"""Every block of the standard library is complete, editable, accessible and loads nothing from other hosts."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from landingpad.blocks.library import (
    BlockDesign,
    asset,
    base_css,
    base_version,
    fingerprint,
    picture,
    sections,
    standard_library,
    wrapper_class,
)
from landingpad.blocks.site_designs import site_designs

LIBRARY = standard_library()
NODE_TYPES = {"text", "img", "link", "icon", "embed", "map", "component", "styleimg"}
SITE_TYPES = {"page", "store", "smn", "knowledge", "group", "mainpage"}
ASSETS = sorted(file.name for file in files("landingpad.blocks").joinpath("assets").iterdir())
KILOBYTE = 1024


@pytest.fixture(params=LIBRARY)
def design(request: pytest.FixtureRequest) -> BlockDesign:
    return LIBRARY[request.param]


def parsed(design: BlockDesign) -> LexborNode:
    body = LexborHTMLParser(f"<body>{design.content}</body>").body
    assert body is not None
    return body


def elements(parent: LexborNode) -> list[LexborNode]:
    return [child for child in parent.iter(include_text=False) if child.tag != "-comment"]


def selectors(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part, found in (
        ("nodes", manifest.get("nodes", {})),
        ("cards", manifest.get("cards", {})),
        ("style.nodes", manifest.get("style", {}).get("nodes", {})),
        ("attrs", manifest.get("attrs", {})),
    ):
        yield from ((part, selector) for selector in found)


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield (selector list, enclosing at-rule) of each rule."""
    stack: list[str] = []
    text = ""
    for character in re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", css, flags=re.DOTALL):
        if character == "{":
            head = text.rsplit(";", 1)[-1].strip()
            if not head.startswith("@"):
                yield head, stack[-1] if stack else ""
            stack.append(head)
            text = ""
        elif character == "}":
            stack.pop()
            text = ""
        else:
            text += character
    assert not stack, f"{len(stack)} rules are not closed: {stack}"


def test_the_library_has_all_documented_blocks() -> None:
    named = {
        "0.menu_02",
        "01.big_with_text",
        "02.three_cols_big_1",
        "03.1.three_cols_big_with_text_and_titles",
        "04.1.one_col_fix_with_title",
        "19.2.features_with_img",
        "31.3.two_cols_text_img_fix",
        "33.13.form_2_light_no_text",
    }
    assert named <= set(LIBRARY)


def test_codes_are_looked_up_exactly() -> None:
    assert "01.BIG_with_text" not in LIBRARY
    assert "assets" not in LIBRARY


def test_manifests_are_as_documented(design: BlockDesign) -> None:
    block = design.manifest["block"]
    assert block["name"]
    assert block["description"].endswith(".")
    assert set(block["section"]) <= set(sections()), f"unknown section in {block['section']}"
    assert {name.lower() for name in design.types} <= SITE_TYPES
    for selector, node in design.manifest.get("nodes", {}).items():
        assert node["name"], selector
        assert node["type"] in NODE_TYPES, selector
        assert ("dimensions" in node) is (node["type"] == "img"), f"{selector}: pictures need dimensions, others none"
    for selector, card in design.manifest.get("cards", {}).items():
        assert card["name"], selector
        assert set(card["label"]) <= set(design.manifest["nodes"]), f"{selector}: a label is not a node"
    for selector, style in design.manifest["style"].get("nodes", {}).items():
        # landing.repo.register refuses nodes that are also a background of the style panel.
        if selector in design.manifest.get("nodes", {}):
            assert not {"background", "block-default", "block-border"} & set(style["type"]), selector


def test_every_selector_matches(design: BlockDesign) -> None:
    body = parsed(design)
    missing = [f"{part} {selector}" for part, selector in selectors(design.manifest) if not body.css(selector)]
    assert not missing, f"{design.code}: content.html has no match for {missing}"


def test_all_cards_hold_the_same_nodes(design: BlockDesign) -> None:
    """Every card has the same editable nodes."""
    body = parsed(design)
    for card in design.manifest.get("cards", {}):
        found = body.css(card)
        for node in design.manifest["nodes"]:
            if node == card:
                continue
            counts = [len(element.css(node)) for element in found]
            assert all(counts) or not any(counts), f"{design.code}: {node} is not in every {card}: {counts}"


def test_the_content_is_one_landmark_or_section(design: BlockDesign) -> None:
    roots = elements(parsed(design))
    assert len(roots) == 1
    assert "landing-block" in (roots[0].attributes["class"] or "").split()
    expected = {"menu": "header", "footer": "footer"}.get(design.sections[0], "section")
    assert roots[0].tag == expected


def test_the_content_has_no_scripts_and_no_ids(design: BlockDesign) -> None:
    body = parsed(design)
    assert not body.css("script, style, link, iframe, object, embed, base, meta")
    for element in body.css("*"):
        names = set(element.attributes)
        assert not {name for name in names if name.startswith("on")}
        assert "id" not in names, "ids would repeat if a page has the block twice"


def test_nothing_is_loaded_from_other_hosts(design: BlockDesign) -> None:
    for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", design.style + design.content):
        assert address.startswith(("/_assets/", "data:")), address
    for element in parsed(design).css("[src], [srcset], [poster], [action]"):
        for name in ("src", "srcset", "poster", "action"):
            address = element.attributes.get(name)
            assert address is None or address.startswith(("/_assets/", "mailto:")), address
    assert "@import" not in design.style


def test_the_shared_style_loads_nothing() -> None:
    assert not re.search(r"url\((?!\"data:image/svg)", base_css())
    assert "@import" not in base_css()
    assert "@font-face" not in base_css()


def test_the_style_affects_only_its_own_block(design: BlockDesign) -> None:
    wrapper = "." + wrapper_class(design.code)
    for selector_list, around in rules(design.style):
        if around.startswith("@keyframes"):
            assert around.split()[1].startswith("lp-")
            continue
        for selector in selector_list.split(","):
            start = re.match(r"\s*(\.[\w-]+)", selector)
            assert start is not None, selector
            assert start[1] == wrapper, f"{design.code}: {selector.strip()} reaches outside"


def test_styles_are_small() -> None:
    assert len(base_css().encode()) < 17 * KILOBYTE
    for design in LIBRARY.values():
        assert len(design.style.encode()) < 2.5 * KILOBYTE, design.code


def test_styles_are_sent_without_comments(design: BlockDesign) -> None:
    assert "/*" not in base_css() + design.style


def test_pictures_have_alternative_texts_and_correct_dimensions(design: BlockDesign) -> None:
    for image in parsed(design).css("img"):
        name = (image.attributes["src"] or "").removeprefix("/_assets/")
        assert (image.attributes.get("alt") or "").strip(), f"{design.code}: {name} has no alt text"
        size = (int(image.attributes["width"] or 0), int(image.attributes["height"] or 0))
        assert size == picture_size(name), f"{design.code}: {name} reserves the wrong space"
    for element in parsed(design).css("[style*='background-image']"):
        if element.attributes.get("role") == "img":
            assert element.attributes.get("aria-label")


def picture_size(name: str) -> tuple[int, int]:
    found = asset(name)
    assert found is not None, f"{name} is not among the assets"
    data, content_type = found
    if content_type == "image/svg+xml":
        numbers = re.search(rb'width="(\d+)" height="(\d+)"', data)
        assert numbers is not None
        return int(numbers[1]), int(numbers[2])
    with Image.open(BytesIO(data)) as image:
        return image.size


def test_headings_skip_no_level(design: BlockDesign) -> None:
    levels = [int((heading.tag or "")[1]) for heading in parsed(design).css("h1, h2, h3, h4, h5, h6")]
    assert levels.count(1) == (1 if "cover" in design.sections else 0)
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), f"{design.code}: {levels} skips a level"


def test_fields_links_and_buttons_have_names(design: BlockDesign) -> None:
    body = parsed(design)
    for element in body.css("a, button, summary"):
        assert element.text(strip=True), f"{design.code}: {element.html}"
    for field in body.css("input, textarea, select"):
        label = field.parent
        assert label is not None
        assert label.tag == "label"
        assert label.text(strip=True)
    for icon in body.css(".fa"):
        assert icon.attributes.get("aria-hidden") == "true"


def test_every_asset_exists_and_is_used() -> None:
    text = "".join(design.content + design.style for design in LIBRARY.values())
    text += "".join(json.dumps(site.data()) for site in site_designs().values())
    used = set(re.findall(r"/_assets/([\w.-]+)", text))
    assert sorted(used) == ASSETS


def test_assets_are_small_and_typed() -> None:
    kinds = {"svg": "image/svg+xml", "webp": "image/webp"}
    total = 0
    for name in ASSETS:
        found = asset(name)
        assert found is not None
        assert found[1] == kinds[name.rsplit(".", 1)[1]]
        total += len(found[0])
    assert total < 1.5 * KILOBYTE * KILOBYTE


def test_the_shared_style_is_an_asset() -> None:
    assert asset("base.css") == (base_css().encode(), "text/css; charset=utf-8")
    assert re.fullmatch(r"[0-9a-f]{12}", base_version())


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../library.py",
        "..%2flibrary.py",
        "/etc/passwd",
        "sub/map.svg",
        "..\\library.py",
        "map.svg/",
        "map.svg\n",
        "map.svg\0.webp",
        "MAP.SVG",
        "library.py",
        "nothing.webp",
    ],
)
def test_other_names_than_those_of_assets_are_unknown(name: str) -> None:
    assert asset(name) is None


def test_sections_are_in_order_and_all_in_use() -> None:
    used = {section for design in LIBRARY.values() for section in design.sections}
    assert used == set(sections())
    order = list(sections())
    first = [order.index(design.sections[0]) for design in LIBRARY.values()]
    assert first == sorted(first)


def test_a_block_fits_the_types_it_names() -> None:
    anywhere = LIBRARY["01.big_with_text"]
    assert anywhere.fits("PAGE")
    assert anywhere.fits("KNOWLEDGE")
    store = BlockDesign(
        code="x",
        manifest={"block": {"name": "X", "section": ["other"], "type": ["store", "smn"]}},
        content="",
        style="",
    )
    assert store.types == ("STORE", "SMN")
    assert store.fits("STORE")
    assert not store.fits("PAGE")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("01.big_with_text", "block-01-big-with-text"), ("0.menu_02", "block-0-menu-02"), ("html", "block-html")],
)
def test_the_wrapper_class_is_made_from_the_code(code: str, expected: str) -> None:
    assert wrapper_class(code) == expected


def test_importing_the_library_reads_nothing() -> None:
    """A server that only answers getPreview does not load the blocks."""
    program = "import sys, landingpad.blocks.library; sys.exit('tomllib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("ground", ["--lp-surface", "--lp-tint"])
@pytest.mark.parametrize("ink", ["--lp-ink", "--lp-muted", "--lp-accent"])
def test_text_colours_have_enough_contrast(ink: str, ground: str) -> None:
    """Enough for WCAG 2.2 AA at normal text size."""
    assert contrast(token(ink), token(ground)) >= 4.5


@pytest.mark.parametrize(("ink", "ground"), [("--lp-on-accent", "--lp-accent"), ("--lp-on-dark", "--lp-dark")])
def test_text_on_coloured_backgrounds_has_enough_contrast(ink: str, ground: str) -> None:
    assert contrast(token(ink), token(ground)) >= 4.5


def token(name: str) -> str:
    found = re.search(rf"{name}: (#[0-9a-f]{{3,6}});", base_css())
    assert found is not None, name
    digits = found[1][1:]
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


def contrast(first: str, second: str) -> float:
    def luminance(color: str) -> float:
        channels = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_block_has_a_current_picture() -> None:
    shown = json.loads(files("landingpad.blocks").joinpath("pictures.json").read_text("utf-8"))
    present = {code: fingerprint(design) for code, design in LIBRARY.items()}
    outdated = sorted({code for code, _ in present.items() ^ shown.items()})
    assert not outdated, f"run `make block-pictures` for {', '.join(outdated)}"
    sizes = [len(picture(code) or b"") for code in LIBRARY]
    assert min(sizes) > 0
    assert sum(sizes) < KILOBYTE * KILOBYTE
    assert picture("nonsense") is None
