"""landing.repo.* through the wire."""

import re
import time
from typing import Any

import pytest

from landingpad.domain.app import apps
from landingpad.domain.people import oauth
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from support.portal import ApiFailure, Portal

MANIFEST: dict[str, Any] = {
    "block": {"name": "Named in the manifest", "section": ["text"]},
    "nodes": {".title": {"name": "Title", "type": "text"}, ".link": {"name": "Link", "type": "link"}},
    "cards": {".card": {"name": "Card", "label": [".title"]}},
    "style": {"block": {"type": ["block-default"]}, "nodes": {".title": {"name": "Title", "type": ["typo"]}}},
    "attrs": {".box": [{"name": "View", "type": "text", "attribute": "data-view"}]},
}
CONTENT = (
    '<section class="landing-block"><div class="box"><h2 class="title">First</h2><a class="link" href="/a/">Go</a>'
    '<p class="card">One</p><p class="card">Two</p></div></section>'
)
FIELDS = {"NAME": "Mine", "CONTENT": CONTENT, "SECTIONS": "text, about", "PREVIEW": "https://cdn.example/p.png"}


async def register(portal: Portal, code: str = "mine", manifest: Any = MANIFEST, **fields: Any) -> int:
    made: int = await portal.call("landing.repo.register", code=code, fields={**FIELDS, **fields}, manifest=manifest)
    return made


async def listed(portal: Portal, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await portal.call("landing.repo.getList", params=params)
    return rows


async def content(portal: Portal, page_id: int, block_id: int) -> str:
    found = await portal.call(
        "landing.block.getcontent", lid=page_id, block=block_id, editMode=True, params={"wrapper_show": False}
    )
    html: str = found["content"]
    return html


async def test_a_registered_block_is_listed_with_every_field(portal: Portal) -> None:
    repo_id = await register(portal, DESCRIPTION="For tests", SITE_TEMPLATE_ID="t1")
    (row,) = await listed(portal)
    assert row == row | {
        "ID": str(repo_id),
        "XML_ID": "mine",
        "APP_CODE": None,
        "ACTIVE": "Y",
        "NAME": "Mine",
        "DESCRIPTION": "For tests",
        "SECTIONS": "text,about",
        "SITE_TEMPLATE_ID": "t1",
        "PREVIEW": "https://cdn.example/p.png",
        "MANIFEST": MANIFEST,
        "CONTENT": CONTENT,
        "CREATED_BY_ID": str(portal.admin_id),
        "MODIFIED_BY_ID": str(portal.admin_id),
    }
    for name in ("DATE_CREATE", "DATE_MODIFY"):
        assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [ap]m", row[name]), "like in all lists"


async def test_registering_a_code_again_updates_the_block(portal: Portal) -> None:
    repo_id = await register(portal)
    assert await register(portal, NAME="Renamed", ACTIVE="N") == repo_id
    (row,) = await listed(portal)
    assert (row["NAME"], row["ACTIVE"]) == ("Renamed", "N")
    assert await register(portal, "other") != repo_id


async def test_select_filter_order_limit(portal: Portal) -> None:
    for code in ("a", "b", "c"):
        await register(portal, code, ACTIVE="N" if code == "b" else "Y")
    assert await listed(portal, select=["XML_ID", "x.y"], filter={"ACTIVE": "Y"}, order={"ID": "DESC"}) == [
        {"XML_ID": "c"},
        {"XML_ID": "a"},
    ]
    assert [row["XML_ID"] for row in await listed(portal, limit=1, offset=1)] == ["b"]
    assert len(await listed(portal, filter="nonsense")) == 3
    assert await listed(portal, filter={"=XML_ID": "nobody"}) == []


async def test_a_registered_block_works_on_pages(portal: Portal) -> None:
    repo_id = await register(portal)
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    found = await portal.call(
        "landing.landing.addblock", lid=page_id, fields={"CODE": f"repo_{repo_id}", "RETURN_CONTENT": "Y"}
    )
    assert (found["repoId"], found["sections"], found["js"]) == (repo_id, "text,about", [])
    assert found["manifest"]["nodes"][".title"] == {"name": "Title", "type": "text", "code": ".title"}
    assert (found["manifest"]["preview"], found["manifest"]["namespace"]) == ("", "")
    (row,) = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True})
    assert (row["code"], row["name"]) == (f"repo_{repo_id}", "Mine")
    block_id = found["id"]
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={".title": "Sale"})
    await portal.call("landing.block.clonecard", lid=page_id, block=block_id, selector=".card@1")
    assert await content(portal, page_id, block_id) == CONTENT.replace("First", "Sale").replace(
        '<p class="card">Two</p>', '<p class="card">Two</p>' * 2
    )
    await portal.call("landing.landing.publication", lid=page_id)
    address = await portal.call("landing.site.getPublicUrl", id=site_id)
    page = (await portal.get(f"{address}/")).text
    assert "Sale" in page
    assert f"block-repo-{repo_id}" in page


async def test_the_repository_shows_registered_blocks(portal: Portal) -> None:
    repo_id = await register(portal, SECTIONS="text,our_section")
    await register(portal, "hidden", ACTIVE="N")
    code = f"repo_{repo_id}"
    sections = await portal.call("landing.block.getrepository")
    assert sections["text"]["items"][code] == {
        "id": None,
        "new": False,
        "name": "Mine",
        "description": None,
        "namespace": "",
        "type": [],
        "section": ["text", "our_section"],
        "preview": "https://cdn.example/p.png",
        "restricted": False,
        "repo_id": str(repo_id),
        "app_code": False,
        "requires_updates": False,
    }
    assert list(sections["our_section"]["items"]) == [code]
    assert await portal.call("landing.block.getContentFromRepository", code=code) == CONTENT
    assert await portal.call("landing.block.getmanifestfile", code=code) == []


async def test_a_block_that_is_not_active_cannot_be_added(portal: Portal) -> None:
    repo_id = await register(portal, ACTIVE="N")
    page_id = await portal.page(await portal.site())
    with pytest.raises(ApiFailure) as failure:
        await portal.block(page_id, f"repo_{repo_id}")
    assert failure.value.code == "BLOCK_CANT_BE_ADDED"


async def test_a_block_for_one_type_of_site(portal: Portal) -> None:
    repo_id = await register(portal, manifest={**MANIFEST, "block": {"name": "x", "type": "store"}})
    page_id = await portal.page(await portal.site())
    with pytest.raises(ApiFailure) as failure:
        await portal.block(page_id, f"repo_{repo_id}")
    assert failure.value.code == "BLOCK_CANT_BE_ADDED"
    shop = await portal.page(await portal.site("shop", TYPE="STORE"))
    assert await portal.block(shop, f"repo_{repo_id}")
    knowledge = await portal.answer("landing.block.getrepository", {"scope": "KNOWLEDGE", "section": "text"})
    assert f"repo_{repo_id}" not in knowledge.json()["result"]["items"]


async def test_pages_keep_a_block_that_is_unregistered(portal: Portal) -> None:
    repo_id = await register(portal)
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, f"repo_{repo_id}")
    assert await portal.call("landing.repo.unregister", code="mine") is True
    assert await portal.call("landing.repo.unregister", code="mine") is False
    assert await listed(portal) == []
    assert await portal.call("landing.block.getContentFromRepository", code=f"repo_{repo_id}") is None
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={".title": "Still mine"})
    assert "Still mine" in await content(portal, page_id, block_id)
    with pytest.raises(ApiFailure) as failure:
        await portal.block(page_id, f"repo_{repo_id}")
    assert failure.value.code == "BLOCK_CANT_BE_ADDED"
    again = await register(portal)
    assert again != repo_id
    assert [row["ID"] for row in await listed(portal)] == [str(again)]


async def test_reset_updates_blocks_and_keeps_written_content(portal: Portal) -> None:
    repo_id = await register(portal)
    page_id = await portal.page(await portal.site())
    changed, untouched = [await portal.block(page_id, f"repo_{repo_id}") for _ in range(2)]
    await portal.call(
        "landing.block.updatenodes",
        lid=page_id,
        block=changed,
        data={".title": "Sale", ".link": {"text": "Buy", "href": "/shop/"}},
    )
    await portal.call("landing.block.clonecard", lid=page_id, block=changed, selector=".card@0")
    new = CONTENT.replace("box", "box wide").replace("First", "Better").replace("</div>", "<hr></div>")
    await register(portal, CONTENT=new)
    assert "wide" not in await content(portal, page_id, untouched)
    await register(portal, CONTENT=CONTENT)
    await register(portal, CONTENT=new, RESET="Y")
    assert await content(portal, page_id, untouched) == new
    assert await content(portal, page_id, changed) == new.replace("Better", "Sale").replace(
        'href="/a/">Go', 'href="/shop/">Buy'
    ).replace('<p class="card">Two</p>', '<p class="card">Two</p>' * 2)


@pytest.mark.parametrize("missing", ["NAME", "CONTENT", "SECTIONS", "PREVIEW"])
async def test_required_fields(portal: Portal, missing: str) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != missing}
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.repo.register", code="x", fields=fields)
    assert (failure.value.status, failure.value.code) == (400, "REQUIRED_FIELD_NO_EXISTS")
    assert missing in failure.value.text
    assert await listed(portal) == []


@pytest.mark.parametrize(
    ("fields", "manifest", "code"),
    [
        ({"CONTENT": '<p onclick="x()">x</p>'}, {}, "CONTENT_IS_BAD"),
        ({"CONTENT": '<a href="java&#115;cript:x()">x</a>'}, {}, "CONTENT_IS_BAD"),
        ({"CONTENT": '<iframe src="//evil.example"></iframe>'}, {}, "CONTENT_IS_BAD"),
        ({}, {"cards": {".c": {"presets": {"p": {"html": "<script>x()</script>"}}}}}, "PRESET_CONTENT_IS_BAD"),
        ({}, {"block": {"type": ["page", "MAINPAGE"]}}, "UNSUPPORTED_BLOCK_TYPE"),
        ({}, {"block": {"subtype": ["widget"]}}, "UNSUPPORTED_BLOCK_SUBTYPE"),
        ({}, {"nodes": {".t": {}}, "style": {"nodes": {".t": {"type": "block-border"}}}}, "MANIFEST_INTERSECT_IMG"),
        (
            {},
            {"nodes": {".t": {}}, "style": {"nodes": {".t": {"type": ["x", "background"]}}}},
            "MANIFEST_INTERSECT_IMG",
        ),
        ({}, "text", "ERROR_ARGUMENT"),
        ({"NAME": ["x"]}, {}, "TYPE_ERROR"),
        ({"NAME": " "}, {}, "REQUIRED_FIELD_NO_EXISTS"),
    ],
)
async def test_what_cannot_be_registered(portal: Portal, fields: dict[str, Any], manifest: Any, code: str) -> None:
    with pytest.raises(ApiFailure) as failure:
        await register(portal, manifest=manifest, **fields)
    assert (failure.value.status, failure.value.code) == (400, code)
    assert await listed(portal) == []


@pytest.mark.parametrize(
    ("method", "params", "argument"),
    [
        ("register", {"code": ["x"], "fields": FIELDS}, "code"),
        ("register", {"code": "x", "fields": "y"}, "fields"),
        ("unregister", {"code": {"a": 1}}, "code"),
        ("getList", {"params": "abc"}, "params"),
        ("checkContent", {"content": ["x"]}, "content"),
        ("checkContent", {"content": "x", "splitter": []}, "splitter"),
    ],
)
async def test_arguments_of_the_wrong_type_are_named(
    portal: Portal, method: str, params: dict[str, Any], argument: str
) -> None:
    answer = await portal.answer(f"landing.repo.{method}", params)
    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["argument"]) == ("ERROR_ARGUMENT", argument)


async def test_places_in_the_editor_are_for_applications(portal: Portal) -> None:
    fields = {"PLACEMENT": "LANDING_SETTINGS", "PLACEMENT_HANDLER": "https://app.example/", "TITLE": "Mine"}
    assert await portal.call("landing.repo.bind", fields=fields) is None
    assert await portal.call("landing.repo.unbind", code="LANDING_SETTINGS") is None
    for method in ("bind", "unbind"):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(f"landing.repo.{method}")
        assert failure.value.code == "MISSING_PARAMS"


async def test_missing_parameters(portal: Portal) -> None:
    for method, names in (("register", "code, fields"), ("unregister", "code"), ("checkContent", "content")):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(f"landing.repo.{method}")
        assert failure.value.code == "MISSING_PARAMS"
        assert failure.value.text.endswith(f"missing: {names}")


async def test_checking_content(portal: Portal) -> None:
    html = '<div style="color:red" onclick="alert(1)"><iframe src="//evil.com"></iframe></div>'
    found = await portal.call("landing.repo.checkContent", content=html, splitter="#AAA#")
    assert found == {
        "is_bad": True,
        "content": '<div style="color:red" oncl#AAA#ick="alert(1)"><ifr#AAA#ame src="//evil.com"></iframe></div>',
    }
    good = '<div class="a"><p>Plain</p></div>'
    assert await portal.call("landing.repo.checkContent", content=good) == {"is_bad": False, "content": good}
    marked = await portal.call("landing.repo.checkContent", content="<script>x()</script>")
    assert marked["content"] == "<scr#SANITIZE#ipt>x()</script>"


async def test_registered_content_that_passes_the_check_is_cleaned(portal: Portal) -> None:
    """The check refuses dangerous HTML; unknown HTML is removed without an error."""
    repo_id = await register(portal, CONTENT='<my-tag foo="1"><p class="x">Text</p></my-tag>', PREVIEW="javascript:x()")
    assert (
        await portal.call("landing.block.getContentFromRepository", code=f"repo_{repo_id}") == '<p class="x">Text</p>'
    )
    (row,) = await listed(portal)
    assert row["PREVIEW"] == ""


class Client:
    """An application that calls the API on behalf of the administrator."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        now_ms = int(time.time() * 1000)

        def work(tx: Tx) -> str:
            made = apps.add_app(
                tx, portal.id, title="App", scopes=["landing"], redirect_uri="https://app.example/", now_ms=now_ms
            )
            self.app = made.app
            return oauth.grant_directly(tx, made.app, portal.admin_id, now_ms).access_token

        self.token = portal.parts.db.write_here(work)

    async def call(self, method: str, **params: Any) -> Any:
        async with self.portal.http() as http:
            answer = await http.post(f"/rest/{method}", json={"auth": self.token, **params})
        body = answer.json()
        if "error" in body:
            raise ApiFailure(answer.status_code, body)
        return body["result"]


async def test_each_application_has_blocks_of_its_own(portal: Portal) -> None:
    one, other = Client(portal), Client(portal)
    by_one = await one.call("landing.repo.register", code="mine", fields=FIELDS, manifest=MANIFEST)
    by_other = await other.call("landing.repo.register", code="mine", fields=FIELDS, manifest=MANIFEST)
    by_webhook = await register(portal)
    assert len({by_one, by_other, by_webhook}) == 3
    (row,) = await one.call("landing.repo.getList")
    assert (row["ID"], row["APP_CODE"]) == (str(by_one), one.app.client_id)
    assert len(await listed(portal)) == 3
    assert await other.call("landing.repo.unregister", code="mine") is True
    assert [row["ID"] for row in await listed(portal)] == [str(by_one), str(by_webhook)]
    section = await portal.call("landing.block.getrepository", section="text")
    item = section["items"][f"repo_{by_one}"]
    assert (item["app_code"], item["namespace"]) == (one.app.client_id, one.app.client_id)


async def test_removing_an_application_removes_its_blocks_but_not_from_pages(portal: Portal) -> None:
    client = Client(portal)
    used, unused = [
        await client.call("landing.repo.register", code=code, fields=FIELDS, manifest=MANIFEST) for code in ("a", "b")
    ]
    kept = await register(portal)
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, f"repo_{used}")
    portal.parts.db.write_here(lambda tx: app_rows.delete(tx, client.app))
    assert [row["ID"] for row in await listed(portal)] == [str(kept)]
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={".title": "Still here"})
    assert "Still here" in await content(portal, page_id, block_id)
    for repo_id in (used, unused):
        with pytest.raises(ApiFailure) as failure:
            await portal.block(page_id, f"repo_{repo_id}")
        assert failure.value.code == "BLOCK_CANT_BE_ADDED"


async def test_an_application_is_shown_beside_blocks_until_it_is_unbound(portal: Portal) -> None:
    client = Client(portal)
    for handler in ("https://app.example/1", "https://app.example/2"):
        fields = {"PLACEMENT": "landing_block_Repo_7", "PLACEMENT_HANDLER": handler, "TITLE": "Mine"}
        for _ in range(2):
            assert await client.call("landing.repo.bind", fields=fields) is True
    assert (
        await client.call("landing.repo.unbind", code="LANDING_BLOCK_repo_7", handler="https://app.example/1") is True
    )
    for params in ({"handler": "https://app.example/1"}, {"handler": "https://other.example/"}):
        with pytest.raises(ApiFailure) as failure:
            await client.call("landing.repo.unbind", code="LANDING_BLOCK_repo_7", **params)
        assert failure.value.code == "PLACEMENT_NO_EXIST"
    assert await client.call("landing.repo.unbind", code="landing_block_repo_7") is True
    for params in ({"code": "landing_block_repo_7"}, {"code": "LANDING_SETTINGS"}):
        with pytest.raises(ApiFailure) as failure:
            await client.call("landing.repo.unbind", **params)
        assert failure.value.code == "PLACEMENT_NO_EXIST"


@pytest.mark.parametrize(
    ("place", "handler", "code"),
    [
        ("CRM_LEAD_LIST_MENU", "https://app.example/", "PLACEMENT_NO_EXIST"),
        ("", "https://app.example/", "PLACEMENT_NO_EXIST"),
        ("LANDING_BLOCK_*", "javascript:x()", "ERROR_ARGUMENT"),
        ("LANDING_SETTINGS", "", "ERROR_ARGUMENT"),
    ],
)
async def test_places_and_handlers_that_do_not_exist(portal: Portal, place: str, handler: str, code: str) -> None:
    with pytest.raises(ApiFailure) as failure:
        await Client(portal).call(
            "landing.repo.bind", fields={"PLACEMENT": place, "PLACEMENT_HANDLER": handler, "TITLE": "x"}
        )
    assert failure.value.code == code


STRANGE: list[Any] = [
    [],
    {"block": []},
    {"block": "x"},
    {"block": {"name": ["x"], "section": 5, "type": {"a": 1}, "description": {"a": 1}, "subtype": 7}},
    {"nodes": []},
    {"nodes": {".title": "text", "": {}, "a >": {"type": ["x"]}, ".link": {"type": None}, ".card": []}},
    {"nodes": {".title": {"type": {"a": 1}}}, "style": {"nodes": {".title": "x"}}},
    {"cards": {".card": [], "..": {"presets": "x"}, ".box": {"presets": {"p": 5, "q": {"html": ["x"], "values": 3}}}}},
    {"style": "x"},
    {"style": {"block": "x", "nodes": ["x"]}},
    {"style": {".title": {"type": ["background"]}}},
    {"attrs": {".box": "x", ".title": [5, None, {"attribute": ["x"]}, {"attrs": {"a": 1}}]}},
    {"attrs": [1, 2], "menu": 5, "assets": "x", "callbacks": [1], "namespace": 5, "code": [], "timestamp": "x"},
    {"callbacks": {"afterAdd": "function () {}"}},
]


@pytest.mark.parametrize("manifest", STRANGE)
async def test_strange_manifests_do_no_harm(portal: Portal, manifest: Any) -> None:
    """Manifests are not validated as a whole: unreadable parts have no effect."""
    repo_id = await register(portal, manifest=manifest)
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, f"repo_{repo_id}")
    here = {"lid": page_id, "block": block_id}
    keys = (".title@0", ".link", ".card@0", ".box", "#wrapper", "", "a >", "..")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("updatenodes", {"data": dict.fromkeys(keys, "x")}),
        ("updatenodes", {"data": {key: {"attrs": {"title": "x"}} for key in keys}}),
        ("updateattrs", {"data": {key: {"title": "x"} for key in (*keys, f"#block{block_id}")}}),
        ("updateStyles", {"data": {key: ["x"] for key in keys}}),
        ("changeNodeName", {"data": dict.fromkeys(keys, "h1")}),
        (
            "updateCards",
            {"data": {key: {"source": [{"type": "preset", "value": "q"}]} for key in (".card", ".box", "..")}},
        ),
        *((method, {"selector": key}) for method in ("clonecard", "removecard") for key in keys),
    ]
    for method, params in calls:
        answer = await portal.answer(f"landing.block.{method}", {**here, **params})
        assert answer.status_code in {200, 400}, (method, answer.text)
    for method in ("getcontent", "getmanifest"):
        params = {"editMode": True} if method == "getcontent" else {"params": {"edit_mode": True}}
        assert (await portal.answer(f"landing.block.{method}", {**here, **params})).status_code == 200
    assert (await portal.answer("landing.block.getrepository")).status_code == 200
    assert (
        await portal.answer("landing.block.getlist", {"lid": page_id, "params": {"edit_mode": 1}})
    ).status_code == 200
    again = {**FIELDS, "CONTENT": "<p class='title'>new</p>", "RESET": "Y"}
    await portal.call("landing.repo.register", code="mine", fields=again, manifest=manifest)
    assert await portal.call("landing.landing.publication", lid=page_id) is True
