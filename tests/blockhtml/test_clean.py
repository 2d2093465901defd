"""Cleaning removes everything that harms visitors and keeps everything that blocks need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockhtml import hostile
from blockhtml.html_strategies import BLOCKS, UNHURRIED
from landingpad.blockhtml import change_node_name, update_attrs, update_cards, update_nodes, update_styles
from landingpad.blockhtml.cards import add_card
from landingpad.blockhtml.clean import clean_html, clean_inline, clean_text, plain_text, safe_frame, safe_link
from landingpad.blockhtml.css import clean_style, css_url, declarations, merge
from support.payloads import every_payload

BLOCK = (
    '<section class="b"><h2 class="t">T</h2><p class="p" style="color: red">P</p><a class="a" href="/">A</a>'
    '<img class="i" src="/i.png"><div class="bg"></div><i class="ic"></i><iframe class="f"></iframe>'
    '<div class="fd"></div><div class="m"></div><div><div class="c"><b class="ct">C</b></div></div></section>'
)
TYPES = {".t": "text", ".p": "text", ".a": "link", ".i": "img", ".bg": "styleimg", ".ic": "icon", ".f": "embed",
         ".fd": "embed", ".m": "map", ".ct": "text"}  # fmt: skip
ATTRIBUTES = [
    "onclick", "href", "src", "srcdoc", "style", "action", "formaction", "data-url", "class", "title", "xlink:href",
    'onx"><script>alert(1)</script>', "target",
]  # fmt: skip
MANIFEST = {
    "nodes": {selector: {"type": kind} for selector, kind in TYPES.items()},
    "cards": {".c": {"presets": {"p": {"html": "<div class=c>x</div>"}}}},
    "style": {"nodes": {selector: {} for selector in TYPES}, "block": {}},
    "attrs": {selector: [{"attribute": name} for name in ATTRIBUTES] for selector in TYPES},
}
VECTORS = [
    *hostile.HTML,
    *hostile.CSS,
    "javascript:alert(1)",
    "\x01java\nscript:alert(1)",
    "data:text/html,x",
    '"><script>alert(1)</script>',
]


def is_harmless(html: str) -> bool:
    try:
        hostile.assert_harmless(html)
    except AssertionError:
        return False
    return True


def test_every_attack_of_the_corpus_is_hostile() -> None:
    """The check detects each attack in its raw form; otherwise the tests with it would prove nothing."""
    styles = [f'<p style="{style.replace(chr(34), "&quot;")}">x</p>' for style in hostile.CSS]
    assert [html for html in [*hostile.HTML, *styles] if is_harmless(f"<div>{html}</div>") and is_harmless(html)] == []
    assert len(hostile.HTML) > 60


@pytest.mark.long
def test_a_public_list_of_attacks_is_cleaned() -> None:
    """The whole list; `tests/browser/test_injection.py` tries a part, or on request all, in a real browser."""
    sources = every_payload()
    assert sum(not is_harmless(source) for source in sources) > len(sources) // 2
    for source in sources:
        for clean in (clean_html, clean_text, clean_inline, plain_text):
            hostile.assert_harmless(clean(source))
            hostile.assert_harmless(clean(f"<section><p>{source}</p></section>"))


@pytest.mark.parametrize("html", hostile.HTML)
def test_hostile_html_is_cleaned(html: str) -> None:
    for clean in (clean_html, clean_text, clean_inline, plain_text):
        for source in (html, f"<div>{html}</div>", f"<table><tr><td>{html}", f"<svg><g>{html}</g></svg>", f"<p>{html}"):
            cleaned = clean(source)
            hostile.assert_harmless(cleaned)
            assert clean(cleaned) == cleaned or clean is plain_text


@pytest.mark.parametrize("style", hostile.CSS)
def test_hostile_css_is_cleaned(style: str) -> None:
    for whole in (style, f"color: blue; {style}", f"{style}; color: blue"):
        attribute = f'style="{whole.replace("&", "&amp;").replace(chr(34), "&quot;")}"'
        hostile.assert_harmless(clean_html(f"<p {attribute}>x</p>"))
        hostile.assert_harmless(clean_html(f"<p bx{attribute}>x</p>"))


@pytest.mark.parametrize("vector", VECTORS)
def test_hostile_values_of_nodes_are_cleaned(vector: str) -> None:
    values = {
        ".t": vector,
        ".p": {"text": vector},
        ".a": {
            "text": vector,
            "href": vector,
            "target": vector,
            "query": vector,
            "attrs": {"data-url": vector, "data-embed": vector},
        },
        ".i": {
            "src": vector,
            "src2x": vector,
            "alt": vector,
            "id": vector,
            "isLazy": "Y",
            "lazyOrigSrc": vector,
            "lazyOrigSrcset": vector,
        },
        ".bg": {"src": vector, "src2x": vector},
        ".ic": [vector],
        ".f": {"source": vector, "preview": vector},
        ".fd": {"source": vector, "preview": vector},
        ".m": {"center": vector, vector: 1},
    }
    hostile.assert_harmless(update_nodes(BLOCK, MANIFEST, values))
    hostile.assert_harmless(
        update_nodes(BLOCK, MANIFEST, {key: {"attrs": dict.fromkeys(ATTRIBUTES, vector)} for key in TYPES})
    )
    hostile.assert_harmless(update_nodes(BLOCK, MANIFEST, {".a": {"text": "x", "href": f"/x?{vector}"}}))


@pytest.mark.parametrize("vector", VECTORS)
def test_hostile_attributes_styles_names_and_cards_are_cleaned(vector: str) -> None:
    attrs, wrapper = update_attrs(
        BLOCK, MANIFEST, {key: dict.fromkeys(ATTRIBUTES, vector) for key in TYPES}, block_id=1
    )
    hostile.assert_harmless(attrs)
    assert wrapper == {}
    changes = {
        "classList": [vector],
        "affect": [vector],
        "style": {"background": vector, vector: vector, "width": vector},
    }
    hostile.assert_harmless(update_styles(BLOCK, MANIFEST, dict.fromkeys([*TYPES, "#wrapper"], changes)))
    hostile.assert_harmless(change_node_name(BLOCK, MANIFEST, {".t": vector}))
    hostile.assert_harmless(add_card(BLOCK, MANIFEST, ".c@0", vector))
    hostile.assert_harmless(update_cards(BLOCK, MANIFEST, {".c": {"values": [{".ct@0": vector}]}}))
    preset = {**MANIFEST, "cards": {".c": {"presets": {vector: {"html": f"<div class=c>{vector}</div>"}}}}}
    source = [{"type": "preset", "value": vector}]
    hostile.assert_harmless(update_cards(BLOCK, preset, {".c": {"source": source}}))


@UNHURRIED
@given(
    st.lists(
        st.sampled_from([*hostile.HTML, "<div>", "</div>", "<table>", "<svg>", "</svg>", "<a>", "<p>", "x"]), max_size=5
    )
)
def test_hostile_html_is_cleaned_in_any_mixture(parts: list[str]) -> None:
    cleaned = clean_html("".join(parts))
    hostile.assert_harmless(cleaned)
    hostile.assert_harmless(update_nodes(BLOCK, MANIFEST, {".p": "".join(parts), ".t": cleaned}))


# --- kept ---


@pytest.mark.parametrize(
    "html",
    [
        '<section class="landing-block" id="about" data-x="1" aria-label="x" style="color: red"><p>a</p></section>',
        '<a href="https://x.test/?a=1&amp;b=2" target="_blank" rel="noopener">x</a>',
        '<a href="mailto:a@b.test">x</a><a href="tel:+1">x</a><a href="#b5">x</a><a href="/x">x</a>',
        '<a href="#landing12">x</a><a href="#block5">x</a><a href="page:#landing12">x</a><a href="../x?y#z">x</a>',
        '<img src="/i.png" srcset="/i2.png 2x" alt="i" loading="lazy" width="1" height="2">',
        '<img src="data:image/png;base64,AAAA" alt="">',
        "<div style=\"background-image: url('https://x.test/a.png'); background-size: cover\"></div>",
        '<div style="background: url(/a.png) no-repeat; --lp-accent: #fff; width: calc(100% - (2 * 1px))"></div>',
        '<iframe src="//www.youtube.com/embed/x?autoplay=1" allowfullscreen="" data-source="https://youtu.be/x"></iframe>',
        '<form method="post" action="/send"><input type="email" name="a" id="a" required="" placeholder="x"></form>',
        '<form action="mailto:a@b.test?subject=Hi" enctype="text/plain"><input name="x"></form>',
        '<label for="a">A</label><textarea name="t" rows="3">x &lt; y</textarea><button type="submit">Go</button>',
        '<select name="s"><optgroup label="x"><option value="1" selected="">1</option></optgroup></select>',
        '<iframe src="https://player.vimeo.com/video/1" allow="autoplay; fullscreen"></iframe>',
        '<video controls="" poster="/p.jpg" muted="" playsinline=""><source src="/v.mp4" type="video/mp4"></video>',
        '<svg viewBox="0 0 24 24" fill="none" aria-hidden="true"><path d="M0 0h24" stroke-width="2"></path></svg>',
        '<svg><linearGradient id="g" gradientUnits="x"><stop stop-color="red"></stop></linearGradient></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(#g)" width="1" height="1" rx="1"></rect></svg>',
        '<details open=""><summary>Q</summary><p>A</p></details>',
        '<table><caption>x</caption><tbody><tr><th scope="col">a</th><td colspan="2">b</td></tr></tbody></table>',
        '<ul><li>a</li></ul><ol start="2"><li>b</li></ol><dl><dt>c</dt><dd>d</dd></dl><hr><blockquote>x</blockquote>',
        '<i class="fa fa-check"></i><span data-map="{&quot;a&quot;:1}">x</span>',
        '<p title="JavaScript: the good parts">JavaScript: the good parts, a &lt; b</p>',
    ],
)  # fmt: skip
def test_html_that_blocks_need_keeps_its_bytes(html: str) -> None:
    assert clean_html(html) == html


def test_inline_and_text_cleaning_differ_in_lists() -> None:
    html = 'a <b class="x">b</b><br><a href="/">c</a><ul><li>d</li></ul><form><input></form><script>e</script>'
    assert clean_inline(html) == 'a <b class="x">b</b><br><a href="/">c</a>d'
    assert clean_text(html) == 'a <b class="x">b</b><br><a href="/">c</a><ul><li>d</li></ul>'
    assert plain_text(html) == "a bcd"


@pytest.mark.parametrize("text", ["plain", "5 > 3", "Tom & Jerry", "a < b", "&amp;", ""])
def test_plain_text_is_escaped_once(text: str) -> None:
    once = clean_inline(text)
    assert clean_inline(once) == once
    assert once == text.replace("&amp;", "&").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_bxstyle_becomes_style() -> None:
    """Clients send it where a filter in front of the server would remove `style`."""
    assert clean_html('<p BXstyle="color:#1d1d1d;" class="a">x</p>') == '<p style="color:#1d1d1d;" class="a">x</p>'


@UNHURRIED
@given(BLOCKS)
def test_cleaning_is_idempotent(source: str) -> None:
    once = clean_html(source)
    assert clean_html(once) == once


@UNHURRIED
@given(st.text() | st.text(st.sampled_from("<>/!-?= \"'absvgtylemh&;:"), max_size=60))
def test_any_text_is_harmless_after_cleaning(source: str) -> None:
    hostile.assert_harmless(clean_html(source))


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("//www.youtube.com/embed/x", True),
        ("https://www.youtube.com/embed/x", True),
        (" https://player.vimeo.com/video/1 ", True),
        ("https://www.google.com/maps/embed?pb=1", True),
        ("https://www.google.com/search", False),
        ("www.youtube.com/embed/x", False),
        ("https://user@www.youtube.com/embed/x", False),
        ("https://www.youtube.com:8080/embed/x", False),
        ("javascript://www.youtube.com/embed/x%0aalert(1)", False),
        ("/local", False),
    ],
)
def test_only_frames_of_known_services_are_kept(address: str, safe: bool) -> None:
    assert (safe_frame(address) is not None) is safe


def test_links_with_unknown_schemes_are_refused() -> None:
    assert safe_link("/a:b") == "/a:b"
    assert safe_link("a.html?x=y:z") == "a.html?x=y:z"
    assert safe_link("intent:x") is None


# --- styles ---


@pytest.mark.parametrize(
    "style",
    [
        "",
        "color:red",
        "color: red;",
        " color : red ; ",
        "a: url('a;b'); c: d",
        "/* x */ color: red",
        "font: 12px 'A B', \"C\"",
    ],
)
def test_safe_styles_keep_their_bytes(style: str) -> None:
    assert clean_style(style) == style


def test_only_the_unsafe_declaration_is_removed() -> None:
    assert clean_style("color: red; width: expression(1); margin: 0") == "color: red; margin: 0;"


def test_styles_are_merged() -> None:
    assert (
        merge("color: red; Margin: 0", {"color": "blue", "margin": None, "top": "1px", "x": ""})
        == "color: blue; top: 1px;"
    )
    assert merge("", {"width": "expression(1)"}) == ""


def test_declarations_are_split_outside_of_quotes_and_brackets() -> None:
    found = [(declaration.name, declaration.value) for declaration in declarations("A: url(a;b); b: ';' ; c; d:e:f")]
    assert found == [("a", "url(a;b)"), ("b", "';'"), ("d", "e:f")]


@pytest.mark.parametrize("address", ["/a.png", "https://x.test/a?b=c&d", "/a b'c\"(d)\\e\n<f>.png"])
def test_addresses_in_styles_cannot_end_the_value(address: str) -> None:
    style = f"background-image: {css_url(address)}"
    assert clean_style(style) == style
    assert len(declarations(style)) == 1
