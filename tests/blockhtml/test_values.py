"""landing.block.updatenodes: each documented rule, and that nothing else changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from blockhtml.html_strategies import BLOCKS, CLASSES, UNHURRIED
from landingpad.blockhtml import update_nodes
from landingpad.blockhtml.document import Document, Element
from landingpad.errors.block import IncorrectAffected, NodesNotFound


def changed(html: str, kind: str, value: Any, *, key: str = ".n", **node: Any) -> str:
    """Return HTML with the node `.n` of the given type changed."""
    return update_nodes(html, {"nodes": {".n": {"name": "N", "type": kind, **node}}}, {key: value})


# --- which node ---

TWO = '<p class="n">1</p><p class="n">2</p>'


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (".n", '<p class="n">X</p><p class="n">2</p>'),
        (".n@0", '<p class="n">X</p><p class="n">2</p>'),
        (".n@1", '<p class="n">1</p><p class="n">X</p>'),
        (" .n@1 ", '<p class="n">1</p><p class="n">X</p>'),
        (".n@2", TWO),
        (".n@abc", '<p class="n">X</p><p class="n">2</p>'),
        (".other", TWO),
        ("p", TWO),
        ("bitrix:catalog.section", TWO),
    ],
)
def test_a_position_selects_the_node_and_unknown_keys_are_ignored(key: str, expected: str) -> None:
    assert changed(TWO, "text", "X", key=key) == expected


@pytest.mark.parametrize("data", [{}, []])
def test_empty_data_is_refused(data: Any) -> None:
    with pytest.raises(NodesNotFound):
        update_nodes(TWO, {"nodes": {}}, data)


@pytest.mark.parametrize(
    "manifest", [{}, {"nodes": []}, {"nodes": None}, {"nodes": {".n": []}}, {"nodes": {".n": {"type": "nope"}}}]
)
def test_nodes_missing_in_the_manifest_are_ignored(manifest: dict[str, Any]) -> None:
    assert update_nodes(TWO, manifest, {".n": "X"}) == TWO


def test_components_are_ignored() -> None:
    assert changed(TWO, "component", {"a": 1}) == TWO


def test_changes_are_made_in_order() -> None:
    manifest = {"nodes": {".a": {"type": "text"}, ".b": {"type": "text"}}}
    data = {".a": 'x <b class="b">y</b>', ".b": "z"}
    assert update_nodes('<p class="a">1</p>', manifest, data) == '<p class="a">x <b class="b">z</b></p>'


# --- text ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("New", "New"),
        ({"text": "New"}, "New"),
        ("", ""),
        (5, "5"),
        ("Tom & <b>Jerry</b>", "Tom &amp; <b>Jerry</b>"),
        ("a<script>b</script>", "a"),
        ("<ul><li>a</li></ul>", "<ul><li>a</li></ul>"),
    ],
)
def test_text_is_cleaned(value: Any, expected: str) -> None:
    assert changed('<div class="n"> old <i>x</i></div>!', "text", value) == f'<div class="n">{expected}</div>!'


@pytest.mark.parametrize("value", [["a"], {"src": "/x"}, None, True, {"text": ["a"]}])
def test_invalid_texts_are_refused(value: Any) -> None:
    with pytest.raises(IncorrectAffected, match=r"node \.n has the type text and takes a text"):
        changed(TWO, "text", value)


@pytest.mark.parametrize(
    ("html", "value", "expected"),
    [
        ('<p class="n">x</p>!', "<ul><li>a</li></ul>b", '<p class="n">ab</p>!'),
        ('<h2 class="n">x</h2>!', "<h3>a</h3>", '<h2 class="n">a</h2>!'),
        ('<h2 class="n">x</h2>!', "<b>a</b><p>b</p>", '<h2 class="n"><b>a</b><p>b</p></h2>!'),
        ('<a class="n">x</a>!', 'q <a href="/">a</a>', '<a class="n">q a</a>!'),
        ('<p><span class="n">x</span>!</p>', "<div>a</div>", '<p><span class="n">a</span>!</p>'),
        ('<textarea class="n">x</textarea>!', "<b>a</b>", '<textarea class="n"><b>a</b></textarea>!'),
        ('<br class="n">!', "a", '<br class="n">!'),
        ('<p class="n">x', "a", '<p class="n">a'),
        ('<p class="n">x<p>!', "a<br>", '<p class="n">a<br><p>!'),
        ('<ul><li class="n">x<li>!</ul>', "<li>a</li>", '<ul><li class="n">a<li>!</ul>'),
    ],
)
def test_content_never_breaks_out_of_its_node(html: str, value: str, expected: str) -> None:
    """Content that is invalid in the element is reduced until it fits."""
    assert changed(html, "text", value) == expected


# --- pictures ---

IMG = '<img class="n" src="/old.png" alt="old" srcset="/old2.png 2x">'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"src": "/a.png", "alt": "A", "src2x": "/b.png"}, '<img class="n" src="/a.png" alt="A" srcset="/b.png 2x">'),
        ({"src": "/a.png"}, '<img class="n" src="/a.png" alt="old">'),
        ({"alt": ""}, '<img class="n" src="" alt="">'),
        ({}, '<img class="n" src="" alt="old">'),
        ([], '<img class="n" src="" alt="old">'),
        ("/a.png", '<img class="n" src="/a.png" alt="old">'),
        ({"src": "http://x.test/a.png"}, '<img class="n" src="https://x.test/a.png" alt="old">'),
        ({"src": "HTTP://x.test/a.png"}, '<img class="n" src="https://x.test/a.png" alt="old">'),
        ({"src": "http://a.localhost:8080/a.png"}, '<img class="n" src="http://a.localhost:8080/a.png" alt="old">'),
        ({"src": "http://127.0.0.1:8080/a.png"}, '<img class="n" src="http://127.0.0.1:8080/a.png" alt="old">'),
        ({"src": "//x.test/a.png"}, '<img class="n" src="//x.test/a.png" alt="old">'),
        ({"src": "javascript:alert(1)"}, '<img class="n" src="" alt="old">'),
        ({"src": "/a", "id": 7, "id2x": "8"}, '<img class="n" src="/a" alt="old" data-fileid="7" data-fileid2x="8">'),
        ({"src": "/a.png", "id": 0, "id2x": "x"}, '<img class="n" src="/a.png" alt="old">'),
        ({"src": "/a", "src2x": "http://x/b c"}, '<img class="n" src="/a" alt="old" srcset="https://x/b%20c 2x">'),
        ({"src": "/a.png", "isLazy": "y", "lazyOrigSrc": "/b.png"}, '<img class="n" src="/a.png" alt="old">'),
        ({"src": "/old.png", "src2x": "/old2.png"}, IMG),
    ],
)  # fmt: skip
def test_pictures_set_the_attributes_of_the_element(value: Any, expected: str) -> None:
    assert changed(IMG, "img", value) == expected


def test_own_pictures_keep_http() -> None:
    manifest = {"nodes": {".n": {"type": "img"}}}
    data = {".n": {"src": "http://portal.test/a.png"}}
    assert "http://portal.test/" in update_nodes(IMG, manifest, data, own_hosts={"portal.test"})
    assert "https://portal.test/" in update_nodes(IMG, manifest, data)


def test_lazy_pictures_are_loaded_by_the_browser() -> None:
    value = {"src": "data:image/gif;base64,R0", "isLazy": "Y", "lazyOrigSrc": "/a.png", "lazyOrigSrc2x": "/b.png"}
    assert changed('<img class="n">', "img", value) == (
        '<img class="n" data-lazy-img="Y" data-src="/a.png" data-src2x="/b.png" src="/a.png" srcset="/b.png 2x"'
        ' loading="lazy">'
    )


def test_a_picture_that_is_no_longer_lazy() -> None:
    html = '<img class="n" data-lazy-img="Y" data-src="/a.png" data-src2x="/b.png" src="/a.png" loading="lazy">'
    assert changed(html, "img", {"src": "/c.png"}) == '<img class="n" src="/c.png">'


@pytest.mark.parametrize("kind", ["img", "styleimg"])
@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        ("", {"src": "/a.png"}, " style=\"background-image: url('/a.png');\""),
        ("color: red", {"src": "http://x.test/a.png"}, " style=\"color: red; background-image: url('https://x.test/a.png');\""),
        ("background-image: url(/x); color: red", {"src": "/a"}, " style=\"color: red; background-image: url('/a');\""),
        ("background-image: url(/old.png); color: red", {}, ' style="color: red;"'),
        ("background-image: url(/old.png)", {}, ""),
        ("color:red", {}, ' style="color:red"'),
        ("background-image: url('/a.png')", {"src": "/a.png"}, " style=\"background-image: url('/a.png')\""),
        ("", {"src": "/a'b.png"}, " style=\"background-image: url('/a%27b.png');\""),
        ("", {"src": "/a", "src2x": "/b"}, " style=\"background-image: image-set(url('/a') 1x, url('/b') 2x);\""),
    ],
)  # fmt: skip
def test_background_pictures_are_written_into_the_style(kind: str, style: str, value: Any, expected: str) -> None:
    attribute = f' style="{style}"' if style else ""
    assert changed(f'<div class="n"{attribute}>x</div>', kind, value) == f'<div class="n"{expected}>x</div>'


@pytest.mark.parametrize("value", [5, ["/a.png"], None, {"src": ["/a.png"]}])
def test_invalid_pictures_are_refused(value: Any) -> None:
    with pytest.raises(IncorrectAffected, match="type img"):
        changed(IMG, "img", value)


# --- links ---

LINK_WITH_URL = '<a class="n" href="/old" data-url="u"></a>'
LINK = '<a class="n" href="/old" target="_blank" data-embed="1" data-url="2">Old <b>x</b></a>'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"text": "New", "href": "/new", "target": "_self"}, '<a class="n" href="/new" target="_self">New</a>'),
        ({"href": "/new"}, '<a class="n" href="/new">Old <b>x</b></a>'),
        ({"text": "New"}, '<a class="n" href="/old">New</a>'),
        ({}, '<a class="n" href="/old">Old <b>x</b></a>'),
        ({"target": "_popup"}, '<a class="n" href="/old" target="_popup">Old <b>x</b></a>'),
        ({"target": "frame7"}, '<a class="n" href="/old">Old <b>x</b></a>'),
        ({"attrs": {"data-url": "u", "onclick": "x", "title": "t"}, "text": ""}, LINK_WITH_URL),
        ({"attrs": {}, "text": "x"}, '<a class="n" href="/old">x</a>'),
        ({"attrs": [], "text": "x"}, '<a class="n" href="/old">x</a>'),
        ({"text": "x", "skipContent": True}, '<a class="n" href="/old">Old <b>x</b></a>'),
        ({"text": "a <i>b</i> <form>c</form>"}, '<a class="n" href="/old">a <i>b</i> c</a>'),
        ({"href": "/n", "query": "utm=1&a=2"}, '<a class="n" href="/n?utm=1&amp;a=2">Old <b>x</b></a>'),
        ({"href": "/n?x=1#y", "query": "?utm=1"}, '<a class="n" href="/n?x=1&amp;utm=1#y">Old <b>x</b></a>'),
        ({"href": "#landing12", "query": "utm=1"}, '<a class="n" href="#landing12">Old <b>x</b></a>'),
        ({"href": "javascript:alert(1)"}, '<a class="n" href="#">Old <b>x</b></a>'),
        ({"href": "tel:+1 2"}, '<a class="n" href="tel:+1 2">Old <b>x</b></a>'),
        ({"href": "mailto:a@b.test"}, '<a class="n" href="mailto:a@b.test">Old <b>x</b></a>'),
        ({"href": "page:#landing12"}, '<a class="n" href="page:#landing12">Old <b>x</b></a>'),
    ],
)  # fmt: skip
def test_links_set_text_and_attributes(value: Any, expected: str) -> None:
    assert changed(LINK, "link", value) == expected


def test_a_link_whose_manifest_protects_its_content() -> None:
    html = '<a class="n" href="/"><img src="/a.png"></a>'
    assert (
        changed(html, "link", {"text": "x", "href": "/b"}, skipContent=True)
        == '<a class="n" href="/b"><img src="/a.png"></a>'
    )


def test_a_link_node_that_is_no_anchor_only_gets_a_text() -> None:
    assert (
        changed('<button class="n">x</button>', "link", {"text": "y", "href": "/b"}) == '<button class="n">y</button>'
    )


@pytest.mark.parametrize("value", ["/x", ["/x"], {"href": ["/x"]}, {"text": {}}, {"attrs": "x"}])
def test_invalid_links_are_refused(value: Any) -> None:
    with pytest.raises(IncorrectAffected, match="type link"):
        changed(LINK, "link", value)


# --- icons, frames, maps ---


@pytest.mark.parametrize("value", [["fa", "fa-telegram"], {"classList": ["fa", "fa-telegram"]}, "fa fa-telegram"])
def test_icons_get_the_new_classes(value: Any) -> None:
    """The class by which the manifest finds the icon stays, so that it can be changed again."""
    assert changed('<i class="n fa fa-check"></i>', "icon", value) == '<i class="n fa fa-telegram"></i>'


@pytest.mark.parametrize("value", [5, {}, [1], None])
def test_invalid_icons_are_refused(value: Any) -> None:
    with pytest.raises(IncorrectAffected, match="type icon"):
        changed('<i class="n"></i>', "icon", value)


FRAME = (
    '<div class="embed-responsive embed-responsive-16by9">'
    '<iframe class="n" src="//youtube.com/embed/1" data-preview="/p.jpg"></iframe></div>'
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"src": "//youtube.com/embed/2", "source": "https://youtube.com/watch?v=2", "preview": "/q.jpg"},
            FRAME.replace("/1", "/2").replace('/p.jpg"', '/q.jpg" data-source="https://youtube.com/watch?v=2"'),
        ),
        ({"src": "//youtube.com/embed/2"}, FRAME.replace("/1", "/2").replace(' data-preview="/p.jpg"', "")),
        ("//youtube.com/embed/2", FRAME.replace("/1", "/2").replace(' data-preview="/p.jpg"', "")),
        (
            {"src": "//youtube.com/embed/2", "ratio": "4by3", "preview": "/p.jpg"},
            FRAME.replace("/1", "/2").replace("16by9", "4by3"),
        ),
        ({"src": "//youtube.com/embed/1", "ratio": "4by3", "preview": "/p.jpg"}, FRAME),
        ({"ratio": "4by3", "preview": "/p.jpg"}, FRAME),
    ],
)  # fmt: skip
def test_frames_set_address_preview_and_ratio(value: Any, expected: str) -> None:
    assert changed(FRAME, "embed", value) == expected


def test_embeds_other_than_iframes_get_the_address_as_data_src() -> None:
    value = {"src": "//youtube.com/embed/2"}
    assert changed('<div class="n"></div>', "embed", value) == '<div class="n" data-src="//youtube.com/embed/2"></div>'


def test_frames_of_unknown_hosts_are_refused_with_advice() -> None:
    with pytest.raises(
        IncorrectAffected, match=r"//evil\.test/x.* is not one of a known video or map service.*embed/ID"
    ):
        changed(FRAME, "embed", {"src": "//evil.test/x"})


@pytest.mark.parametrize("value", [{"zoom": 12, "markers": []}, '{"zoom": 12, "markers": []}'])
def test_maps_are_stored_as_json(value: Any) -> None:
    expected = '<div class="n" data-map="{&quot;zoom&quot;:12,&quot;markers&quot;:[]}"></div>'
    assert changed('<div class="n" data-map="{}"></div>', "map", value) == expected


@pytest.mark.parametrize("value", ["{", "[1]", 5])
def test_invalid_maps_are_refused(value: Any) -> None:
    with pytest.raises(IncorrectAffected, match="type map"):
        changed('<div class="n"></div>', "map", value)


# --- {attrs: ...} ---


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (".n", '<p class="n" data-a="1">1</p><p class="n" data-a="1">2</p>'),
        (".n@1", '<p class="n">1</p><p class="n" data-a="1">2</p>'),
        (".other", TWO),
    ],
)
def test_attributes_change_all_matches(key: str, expected: str) -> None:
    value = {"attrs": {"data-a": 1, "onclick": "x", "class": "y", "style": "color:red"}}
    assert changed(TWO, "text", value, key=key) == expected


# --- nothing else changes ---

MANIFEST = {"nodes": {f".{name}": {"type": "text"} for name in CLASSES}}
VALUE = st.sampled_from(
    ["", "new", "a & b", "<b>x</b>", "<ul><li>1</li></ul>", '<a href="/">y</a>', "<h2>z</h2>", "<tr><td>q"]
)


def outside(source: str, element: Element) -> list[tuple[str, str]]:
    """Return name and parent of every element outside of the given one."""
    document = Document(source)
    found = [other for other in document.select("*") if not element.inner <= other.start < element.inner_end]
    parents = [document.parent(other) for other in found]
    return [(other.name, parent.name if parent else "") for other, parent in zip(found, parents, strict=True)]


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), st.integers(0, 2), VALUE)
def test_only_the_content_of_the_node_changes(source: str, name: str, position: int, value: str) -> None:
    """Every byte before and after the node stays, and the parser still ends the node at the same tag."""
    found = Document(source).select(f".{name}")[position : position + 1]
    new = update_nodes(source, MANIFEST, {f".{name}@{position}": value})
    if not found:
        assert new == source
        return
    (old,) = found
    rest = len(source) - old.inner_end
    assert new[: old.inner] == source[: old.inner]
    assert new[len(new) - rest :] == source[old.inner_end :]
    after = Document(new).select(f".{name}")[position]
    assert (after.start, after.inner) == (old.start, old.inner)
    assert len(new) - after.inner_end == rest
    assert outside(new, after) == outside(source, old)


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), VALUE)
def test_setting_the_same_value_again_changes_nothing(source: str, name: str, value: str) -> None:
    once = update_nodes(source, MANIFEST, {f".{name}": value})
    assert update_nodes(once, MANIFEST, {f".{name}": value}) == once


@UNHURRIED
@given(BLOCKS, st.sampled_from(CLASSES), st.integers(0, 2))
def test_setting_the_present_value_keeps_every_byte_around_the_node(source: str, name: str, position: int) -> None:
    found = Document(source).select(f".{name}")[position : position + 1]
    for old in found:
        own = source[old.inner : old.inner_end]
        new = update_nodes(source, MANIFEST, {f".{name}@{position}": own})
        assert new[: old.inner] == source[: old.inner]
        assert new.endswith(source[old.inner_end :])


@UNHURRIED
@given(
    BLOCKS, st.sampled_from(CLASSES), st.dictionaries(st.sampled_from(["data-x", "title", "lang"]), VALUE, min_size=1)
)
def test_only_the_named_attributes_change(source: str, name: str, attrs: dict[str, str]) -> None:
    new = update_nodes(source, MANIFEST, {f".{name}": {"attrs": attrs}})
    before, after = (LexborHTMLParser(html, is_fragment=True).css("*") for html in (source, new))
    assert len(before) == len(after)
    for old, now in zip(before, after, strict=True):
        matches = name in (old.attributes.get("class") or "").split()
        expected = {**old.attributes, **(attrs if matches else {})}
        assert {key: value or "" for key, value in now.attributes.items()} == {
            key: value or "" for key, value in expected.items()
        }
