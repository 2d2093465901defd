"""landing.block.* through the wire."""

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from landingpad.media.picture import LARGEST_FILE
from landingpad.network.outgoing import OutgoingError
from landingpad.store.block import files
from support.portal import ApiFailure, Databases, Portal

CODE = "01.big_with_text"
TITLE = ".landing-block-node-title"
CARDS = "02.three_cols_big_1"


async def a_block(portal: Portal, code: str = CODE) -> tuple[int, int]:
    page_id = await portal.page(await portal.site())
    return page_id, await portal.block(page_id, code)


async def content(portal: Portal, page_id: int, block_id: int, **params: Any) -> str:
    given = {"wrapper_show": False, **params}
    found = await portal.call("landing.block.getcontent", lid=page_id, block=block_id, editMode=True, params=given)
    html: str = found["content"]
    return html


async def refused(portal: Portal, method: str, *, by: str = "admin", **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(f"landing.block.{method}", by=by, **params)
    assert failure.value.status == 400
    return failure.value.code


async def public(portal: Portal, page_id: int) -> str:
    await portal.call("landing.landing.publication", lid=page_id)
    return (await portal.get(await portal.call("landing.landing.getPublicUrl", lid=page_id))).text


EDITS: list[tuple[str, dict[str, Any]]] = [
    ("updatenodes", {"data": {TITLE: "x"}}),
    ("updateattrs", {"data": {TITLE: {"title": "x"}}}),
    ("updateStyles", {"data": {TITLE: "x"}}),
    ("updatecontent", {"content": "<p>x</p>"}),
    ("updateCards", {"data": {".card": {}}}),
    ("addcard", {"selector": ".card@0", "content": ""}),
    ("clonecard", {"selector": ".card@0"}),
    ("removecard", {"selector": ".card@0"}),
    ("changeAnchor", {"data": "start"}),
    ("changeNodeName", {"data": {TITLE: "h1"}}),
]


@pytest.mark.parametrize(("method", "params"), EDITS, ids=[method for method, _ in EDITS])
async def test_what_edits_refuse(portal: Portal, method: str, params: dict[str, Any]) -> None:
    page_id, block_id = await a_block(portal)
    before = await content(portal, page_id, block_id)
    await portal.call("landing.landing.publication", lid=page_id)
    (published,) = [row["id"] for row in await portal.call("landing.block.getlist", lid=page_id)]
    assert await refused(portal, method, lid=page_id, block=999999, **params) == "BLOCK_NOT_FOUND"
    assert await refused(portal, method, lid=page_id, block=published, **params) == "BLOCK_NOT_FOUND"
    assert await refused(portal, method, lid=999999, block=block_id, **params) == "LANDING_NOT_EXIST"
    assert await refused(portal, method, by="plain", lid=page_id, block=block_id, **params) == "ACCESS_DENIED"
    for name in params:
        others = {key: value for key, value in params.items() if key != name}
        assert await refused(portal, method, lid=page_id, block=block_id, **others) == "MISSING_PARAMS"
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=block_id)
    assert await refused(portal, method, lid=page_id, block=block_id, **params) == "BLOCK_NOT_FOUND"
    await portal.call("landing.landing.markundeletedblock", lid=page_id, block=block_id)
    assert await content(portal, page_id, block_id) == before


@pytest.mark.parametrize("method", ["updatenodes", "updateattrs", "updateStyles", "updateCards", "changeNodeName"])
async def test_data_must_be_an_object(portal: Portal, method: str) -> None:
    page_id, block_id = await a_block(portal)
    assert await refused(portal, method, lid=page_id, block=block_id, data="abc") == "TYPE_ERROR"


async def test_getlist_reads_the_public_page_or_the_draft(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    assert await portal.call("landing.block.getlist", lid=page_id) == []
    (row,) = await portal.call("landing.block.getlist", lid=[page_id], params={"edit_mode": 1})
    assert (row["id"], row["lid"], row["code"], row["active"]) == (block_id, page_id, CODE, True)
    assert set(row) == {"id", "lid", "code", "name", "active", "meta"}
    assert all(isinstance(value, str) for value in row["meta"].values())
    await portal.call("landing.landing.publication", lid=page_id)
    (row,) = await portal.call("landing.block.getlist", lid=page_id, params={"get_content": "true"})
    assert row["id"] != block_id
    assert f'id="b{row["id"]}"' in row["content"]
    assert await portal.call("landing.block.getlist", lid=page_id, params={"deleted": 1}) == []
    assert await refused(portal, "getlist", lid=[page_id, 999999]) == "LANDING_NOT_EXIST"
    assert await refused(portal, "getlist", lid="abc") == "TYPE_ERROR"


async def test_getbyid(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    assert await refused(portal, "getbyid", block=block_id) == "BLOCK_NOT_FOUND"
    draft = {"edit_mode": True}
    row = await portal.call("landing.block.getbyid", block=block_id, params={**draft, "get_content": 1})
    assert (row["id"], row["lid"]) == (block_id, page_id)
    assert row["content"].startswith(f'<div id="block{block_id}"')
    assert await refused(portal, "getbyid", block=block_id, params={**draft, "deleted": 1}) == "BLOCK_NOT_FOUND"
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=block_id)
    assert await refused(portal, "getbyid", block=block_id, params=draft) == "BLOCK_NOT_FOUND"
    found = await portal.call("landing.block.getbyid", block=block_id, params={**draft, "deleted": 1})
    assert found["id"] == block_id
    assert await refused(portal, "getbyid") == "MISSING_PARAMS"
    assert await refused(portal, "getbyid", block="abc") == "TYPE_ERROR"


async def test_getcontent_of_a_hidden_block(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    await portal.call("landing.landing.hideblock", lid=page_id, block=block_id)
    assert "landing-block" in await content(portal, page_id, block_id)
    await portal.call("landing.landing.publication", lid=page_id)
    (row,) = await portal.call("landing.block.getlist", lid=page_id)
    found = await portal.call("landing.block.getcontent", lid=page_id, block=row["id"])
    assert (found["active"], found["content"]) == (False, "")
    found = await portal.call("landing.block.getcontent", lid=page_id, block=row["id"], params={"force_unactive": "Y"})
    assert "landing-block" in found["content"]


async def test_manifests(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    raw = await portal.call("landing.block.getmanifestfile", code=CODE)
    assert raw["nodes"][TITLE] == {"name": "Title", "type": "text"}
    assert await portal.call("landing.block.getmanifestfile", code=f"bitrix:{CODE}") == raw
    for unknown in ("", "nonsense", "other:01.big_with_text", "../x", "repo_1"):
        assert await portal.call("landing.block.getmanifestfile", code=unknown) == []
    prepared = await portal.call("landing.block.getmanifest", lid=page_id, block=block_id, params={"edit_mode": 1})
    assert prepared["nodes"][TITLE] == {"name": "Title", "type": "text", "code": TITLE}
    assert (prepared["code"], prepared["namespace"]) == (CODE, "bitrix")
    assert await refused(portal, "getmanifest", lid=page_id, block=block_id) == "BLOCK_NOT_FOUND"


async def test_the_repository(portal: Portal) -> None:
    sections = await portal.call("landing.block.getrepository")
    assert next(iter(sections)) == "favourite"
    assert sections["favourite"]["items"] == []
    item = sections["cover"]["items"][CODE]
    assert (item["namespace"], item["section"], item["repo_id"]) == ("bitrix", ["cover"], False)
    assert item["preview"].startswith(f"//localhost:8080/_assets/blocks/{CODE}.webp?v=")
    picture = await portal.get(f"http:{item['preview']}")
    assert picture.headers["content-type"] == "image/webp"
    assert "immutable" in picture.headers["cache-control"]
    assert Image.open(io.BytesIO(picture.content)).width == 480
    assert await portal.call("landing.block.getrepository", section="cover") == sections["cover"]
    for unknown in ("", "nonsense"):
        assert await portal.call("landing.block.getrepository", section=unknown) is False
    html = await portal.call("landing.block.getContentFromRepository", code=CODE)
    page_id, block_id = await a_block(portal)
    assert await content(portal, page_id, block_id) == html
    for code in ("", "nonsense", f"bitrix:{CODE}", "repo_5", f"{CODE}@5"):
        assert await portal.call("landing.block.getContentFromRepository", code=code) is None


async def test_nodes_of_the_draft_only(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    assert "Tonight only" not in await public(portal, page_id)
    await portal.call(
        "landing.block.updatenodes", lid=page_id, block=block_id, data={TITLE: "Tonight only", ".unknown": "x"}
    )
    page = await portal.get(await portal.call("landing.landing.getPublicUrl", lid=page_id))
    assert "Tonight only" not in page.text
    assert "Tonight only" in await public(portal, page_id)
    assert await refused(portal, "updatenodes", lid=page_id, block=block_id, data={}) == "NODES_NOT_FOUND"
    wrong = {TITLE: {"no": "text"}}
    assert await refused(portal, "updatenodes", lid=page_id, block=block_id, data=wrong) == "INCORRECT_AFFECTED"


async def test_our_own_pictures_keep_their_address(portal: Portal) -> None:
    page_id, block_id = await a_block(portal, "32.2.img_one_big")
    for given, stored in (
        ("http://elsewhere.example/a.png", "https://elsewhere.example/a.png"),
        ("http://acme.localhost:8080/a.png", "http://acme.localhost:8080/a.png"),
        ("/_media/a.png", "/_media/a.png"),
    ):
        await portal.call(
            "landing.block.updatenodes", lid=page_id, block=block_id, data={".landing-block-node-img": {"src": given}}
        )
        assert stored in await content(portal, page_id, block_id)


async def test_attributes_of_the_element_around_a_block(portal: Portal) -> None:
    fields = {"NAME": "x", "CONTENT": '<p class="t">x</p>', "SECTIONS": "text", "PREVIEW": ""}
    attrs = [{"name": "x", "attribute": name, "type": "text"} for name in ("data-speed", "onclick", "class", "title")]
    manifest = {"block": {"name": "x"}, "style": {"block": {"additional": {"name": "x", "attrs": attrs}}}}
    repo_id = await portal.call("landing.repo.register", code="x", fields=fields, manifest=manifest)
    page_id, block_id = await a_block(portal, f"repo_{repo_id}")

    async def change(**values: Any) -> str:
        data = {f"#block{block_id}": values}
        await portal.call("landing.block.updateattrs", lid=page_id, block=block_id, data=data)
        return (await content(portal, page_id, block_id, wrapper_show=True)).partition(">")[0]

    around = f'<div id="block{block_id}" data-id="{block_id}" class="block-wrapper block-repo-{repo_id}"'
    assert await change(**{"data-speed": [1, 2], "onclick": "x()", "class": "evil", "data-other": 1}) == (
        f'{around} data-speed="[1,2]"'
    )
    assert await change(title='"quoted"') == f'{around} data-speed="[1,2]" title="&quot;quoted&quot;"'
    assert 'data-speed="[1,2]" title="&quot;quoted&quot;"' in await public(portal, page_id)
    copy = await portal.call("landing.landing.copyblock", lid=page_id, block=block_id)
    assert 'data-speed="[1,2]"' in await content(portal, page_id, copy, wrapper_show=True)


async def test_styles(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    data = {TITLE: {"classList": ["landing-block-node-title", "big"], "style": {"color": "red"}}, "#wrapper": "mine"}
    assert await portal.call("landing.block.updateStyles", lid=page_id, block=block_id, data=data) is True
    html = await content(portal, page_id, block_id)
    assert html.startswith('<section class="mine"')
    assert 'class="landing-block-node-title big" style="color: red;"' in html
    wrong = {TITLE: 5}
    assert await refused(portal, "updateStyles", lid=page_id, block=block_id, data=wrong) == "TYPE_ERROR"


async def test_cards(portal: Portal) -> None:
    page_id, block_id = await a_block(portal, CARDS)
    manifest = await portal.call("landing.block.getmanifestfile", code=CARDS)
    (selector,) = manifest["cards"]
    cards = (await content(portal, page_id, block_id)).count(selector[1:])

    async def change(method: str, **params: Any) -> int:
        await portal.call(method, lid=page_id, block=block_id, **params)
        return (await content(portal, page_id, block_id)).count(selector[1:])

    assert await change("landing.block.clonecard", selector=f"{selector}@1") == cards + 1
    new = f'<b class="{selector[1:]}">New</b>'
    assert await change("landing.block.addcard", selector=f"{selector}@0", content=new) == cards + 2
    assert await change("landing.block.removecard", selector=f"{selector}@1") == cards + 1
    only = {selector: {"source": [{"type": "card", "value": 0}]}}
    assert await change("landing.block.updateCards", data=only) == 1
    for method, params in (
        ("clonecard", {"selector": f"{selector}@9"}),
        ("addcard", {"selector": ".unknown", "content": ""}),
        ("removecard", {"selector": selector}),
    ):
        assert await refused(portal, method, lid=page_id, block=block_id, **params) == "CARD_NOT_FOUND"
    wrong = {selector: {"source": [{"type": "preset", "value": "none"}]}}
    assert await refused(portal, "updateCards", lid=page_id, block=block_id, data=wrong) == "INCORRECT_AFFECTED"


async def test_anchors(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    for anchor in ("about-us", "Section_A", "faq.v2", "Tab:1"):
        await portal.call("landing.block.changeAnchor", lid=page_id, block=block_id, data=anchor)
        assert f'id="{anchor}"' in await public(portal, page_id)
    for anchor in ("a", "1st", "two words", "-a", 'x"y', "ü1"):
        assert await refused(portal, "changeAnchor", lid=page_id, block=block_id, data=anchor) == "BAD_ANCHOR"
    await portal.call("landing.block.changeAnchor", lid=page_id, block=block_id, data="")
    assert 'id="Tab:1"' not in await public(portal, page_id)


async def test_element_names(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    await portal.call("landing.block.changeNodeName", lid=page_id, block=block_id, data={TITLE: " H1 "})
    assert '<h1 class="landing-block-node-title' in await content(portal, page_id, block_id)
    assert await refused(portal, "changeNodeName", lid=page_id, block=block_id, data={}) == "NODES_NOT_FOUND"
    assert await refused(portal, "changeNodeName", lid=page_id, block=block_id, data={TITLE: 1}) == "TYPE_ERROR"


# --- uploads ---


def png(width: int = 4, height: int = 2) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(out, "PNG")
    return out.getvalue()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def fetched(portal: Portal, src: str) -> Image.Image:
    response = await portal.get(src)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("image/")
    return Image.open(io.BytesIO(response.content))


async def test_an_uploaded_picture_has_an_address_on_every_host(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    before = await content(portal, page_id, block_id)
    found = await portal.call(
        "landing.block.uploadfile", block=block_id, picture=["Моя фотография (1).PNG", encoded(png())]
    )
    assert isinstance(found["id"], int)
    assert found["src"].endswith("/Moya_fotografiya_1.png")
    assert (await fetched(portal, found["src"])).size == (4, 2)
    site = await portal.call("landing.site.getPublicUrl", id=site_id)
    assert (await fetched(portal, f"{site}{found['src']}")).size == (4, 2)
    assert await content(portal, page_id, block_id) == before


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({}, (400, 200)),
        ({"width": 100}, (400, 200)),
        ({"width": 100, "height": 100}, (100, 50)),
        ({"width": "50", "height": "100"}, (100, 50)),  # width and height are swapped for a rotated picture
        ({"width": 50, "height": 100, "resize_type": 0}, (50, 25)),
        ({"width": 50, "height": 100, "resize_type": 2}, (50, 100)),
        ({"width": 4000, "height": 4000}, (400, 200)),  # pictures are never enlarged
    ],
)
async def test_sizes(portal: Portal, params: dict[str, Any], size: tuple[int, int]) -> None:
    _, block_id = await a_block(portal)
    picture = ["a.png", encoded(png(400, 200))]
    found = await portal.call("landing.block.uploadfile", block=block_id, picture=picture, params=params)
    assert (await fetched(portal, found["src"])).size == size


@pytest.mark.parametrize(
    "picture",
    [
        ["note.txt", encoded(b"hello world")],
        ["note.png", encoded(b"hello world")],
        ["a.svg", encoded(b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>')],
        ["a.png", encoded(png())[:-30]],
        ["a.png", "***"],
        ["a.png", ""],
        ["a.png"],
        {"a": 1},
        5,
        "",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f.1/",
        "no address",
        "http://",
        "http://" + "a" * 300 + ".example/",
    ],
)
async def test_invalid_uploads_are_refused(portal: Portal, picture: Any) -> None:
    _, block_id = await a_block(portal)
    assert await refused(portal, "uploadfile", block=block_id, picture=picture) == "FILE_ERROR"


@pytest.mark.parametrize("dev", [True, False])
async def test_only_developer_mode_fetches_from_this_machine(databases: Databases, tmp_path: Path, dev: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(png()) + png())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.png"
    with databases.parts(tmp_path, dev=dev) as parts:
        portal = Portal(parts)
        _, block_id = await a_block(portal)
        answer = (await portal.answer("landing.block.uploadfile", {"block": block_id, "picture": address})).json()
    server.close()
    assert ("result" in answer) is dev
    assert dev or "not on the public internet" in answer["error_description"]


async def test_uploads_for_blocks_that_cannot_be_edited(portal: Portal) -> None:
    _, block_id = await a_block(portal)
    picture = ["a.png", encoded(png())]
    assert await refused(portal, "uploadfile", block=999999, picture=picture) == "BLOCK_NOT_FOUND"
    assert await refused(portal, "uploadfile", by="plain", block=block_id, picture=picture) == "BLOCK_NOT_FOUND"
    assert await refused(portal, "uploadfile", block=block_id) == "MISSING_PARAMS"
    size = {"width": 20_000, "height": 5}
    assert await refused(portal, "uploadfile", block=block_id, picture=picture, params=size) == "FILE_ERROR"


async def test_an_upload_as_a_form(portal: Portal) -> None:
    _, block_id = await a_block(portal)
    path = f"{portal.webhooks['admin']}landing.block.uploadfile"
    async with portal.http() as http:
        for name in ("picture", "picture[]"):
            answer = await http.post(path, data={"block": str(block_id)}, files={name: ("a b.png", png(), "image/png")})
            assert answer.json()["result"]["src"].endswith("/a_b.png")
        form = {"block": str(block_id), "picture[0]": "x.png", "picture[1]": encoded(png())}
        assert (await http.post(path, data=form)).json()["result"]["src"].endswith("/x.png")


async def test_an_upload_by_address(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    _, block_id = await a_block(portal)
    asked = []

    async def get(url: str, *, most_bytes: int) -> bytes:
        assert most_bytes == LARGEST_FILE
        asked.append(url)
        if "missing" in url:
            raise OutgoingError("it answers with status 404")
        return png(3, 3)

    monkeypatch.setattr(portal.parts.services.outgoing, "get", get)
    found = await portal.call("landing.block.uploadfile", block=block_id, picture="https://a.example/p/house.jpg?v=2")
    assert found["src"].endswith("/house.png")  # the type is detected from the content
    assert (await fetched(portal, found["src"])).size == (3, 3)
    missing = "https://a.example/missing.png"
    assert await refused(portal, "uploadfile", block=block_id, picture=missing) == "FILE_ERROR"
    assert asked == ["https://a.example/p/house.jpg?v=2", missing]


async def test_a_saved_block_shows_the_uploaded_picture(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    file = await portal.call("landing.block.uploadfile", block=block_id, picture=["a.png", encoded(png())])
    meta = {"name": "Kept", "preview": file["id"]}
    saved = await portal.call("landing.landing.favoriteBlock", lid=page_id, block=block_id, meta=meta)
    listed = await portal.call("landing.block.getrepository", section="favourite")
    assert listed["items"][f"{CODE}@{saved}"]["preview"] == file["src"]


async def test_unknown_media_are_not_found(portal: Portal) -> None:
    for path in ("/_media/", "/_media/x.png", f"/_media/{'0' * 64}.png/a.png", "/_media/../landingpad.db"):
        assert (await portal.get(path)).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize(
    ("given", "marked"), [(True, True), ("true", True), (1, True), ("Y", False), (0, False), (None, False)]
)
async def test_a_block_changed_by_hand_is_marked(portal: Portal, given: Any, marked: bool) -> None:
    page_id, block_id = await a_block(portal)
    params = {"content": "<p>x</p>", "designed": given}
    assert await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, **params) is True
    found = await portal.call("landing.block.getcontent", lid=page_id, block=block_id, editMode=True)
    assert found["designed"] is marked


async def test_a_block_without_nodes_cannot_be_designed(portal: Portal) -> None:
    fields = {"NAME": "x", "CONTENT": "<p>before</p>", "SECTIONS": "text", "PREVIEW": ""}
    repo_id = await portal.call("landing.repo.register", code="x", fields=fields)
    page_id, block_id = await a_block(portal, f"repo_{repo_id}")
    params = {"lid": page_id, "block": block_id, "content": "<p>after</p>"}
    assert await portal.call("landing.block.updatecontent", **params, designed=True) is None
    assert await content(portal, page_id, block_id) == "<p>before</p>"
    assert await portal.call("landing.block.updatecontent", **params) is True
    assert await content(portal, page_id, block_id) == "<p>after</p>"


async def test_a_file_can_be_released(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    file = await portal.call("landing.block.uploadfile", block=block_id, picture=["a.png", encoded(png())])

    def owner() -> int | None:
        found = portal.parts.db.read_here(lambda tx: files.find(tx, portal.id, file["id"]))
        assert found is not None
        return found.block_id

    for images in (
        [{"block": 999999, "image": file["id"]}, {"block": block_id}, "x"],
        [{"block": block_id, "image": 0}],
    ):
        await portal.call("landing.landing.removeEntities", lid=page_id, data={"images": images})
        assert owner() == block_id
    last = [{"block": block_id, "image": str(file["id"])}]
    await portal.call("landing.landing.removeEntities", lid=page_id, data={"images": last})
    assert owner() is None


async def test_users_without_a_role_are_refused_by_every_method(portal: Portal) -> None:
    page_id, block_id = await a_block(portal)
    await portal.call("landing.role.enable", mode=1)
    here = {"lid": page_id, "block": block_id}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("block.getlist", {"lid": page_id}),
        ("block.getlist", {"lid": []}),
        ("block.getbyid", {"block": 999999}),
        ("block.getcontent", here),
        ("block.getmanifest", here),
        ("block.getmanifestfile", {"code": CODE}),
        ("block.getContentFromRepository", {"code": CODE}),
        ("block.getrepository", {}),
        ("block.uploadfile", {"block": block_id, "picture": ["a.png", encoded(png())]}),
        ("block.uploadfile", {"block": 999999, "picture": ["a.png", encoded(png())]}),
        *((f"block.{method}", {**here, **params}) for method, params in EDITS),
        *(
            (f"landing.{method}", here)
            for method in ("copyblock", "moveblock", "upblock", "deleteblock", "favoriteBlock")
        ),
        ("landing.unFavoriteBlock", {"blockId": 999999}),
        ("repo.getList", {}),
        ("repo.register", {"code": "x", "fields": {}}),
        ("repo.unregister", {"code": "x"}),
        ("repo.checkContent", {"content": "x"}),
    ]
    for method, params in calls:
        with pytest.raises(ApiFailure) as failure:
            await portal.call(f"landing.{method}", by="plain", **params)
        assert failure.value.code == "ACCESS_DENIED", method
