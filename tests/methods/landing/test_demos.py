"""landing.demos.*, landing.site.fullExport and landing.landing.addByTemplate through the wire."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal


def exported(code: str = "shop", **fields: Any) -> dict[str, Any]:
    return {
        "charset": "UTF-8",
        "code": code,
        "name": "Shop",
        "description": None,
        "type": "page",
        "fields": {"TITLE": "Shop", "ADDITIONAL_FIELDS": {}},
        "items": {
            f"{code}/home": {
                "old_id": "16",
                "code": f"{code}/home",
                "name": "Home",
                "type": "page",
                "fields": {"TITLE": "Home", "ADDITIONAL_FIELDS": {"THEME_CODE": "wedding", "METAOG_TITLE": "Og"}},
                "layout": [],
                "items": {
                    "#block5": {
                        "old_id": 5,
                        "code": "01.big_with_text",
                        "access": "X",
                        "anchor": "top",
                        "nodes": {
                            ".landing-block-node-title": ["Our shop"],
                            ".landing-block-node-button": [{"text": "Go", "href": "#block6", "target": "_self"}],
                        },
                    },
                    "#block6": {"old_id": 6, "code": "27.6.one_col_fix_text"},
                    "#block7": {"old_id": 7, "code": "no.such.block"},
                },
            }
        },
        **fields,
    }


async def failure(portal: Portal, method: str, params: Any, *, by: str = "admin") -> dict[str, Any]:
    answer = await portal.answer(method, params, by=by)
    assert answer.status_code == 400
    body: dict[str, Any] = answer.json()
    return body


async def register(portal: Portal, data: Any, **params: Any) -> list[int]:
    made: list[int] = await portal.call("landing.demos.register", data=data, **params)
    return made


async def listed(portal: Portal, **conditions: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await portal.call("landing.demos.getList", params={"filter": conditions})
    return found


async def test_a_site_template_and_its_pages(portal: Portal) -> None:
    translations = {"lang_original": "en", "lang": {"de": {"Shop": "Laden"}}}
    ids = await register(portal, exported(), params=translations)
    rows = await listed(portal)
    assert [int(row["ID"]) for row in rows] == ids
    assert [(row["XML_ID"], row["TPL_TYPE"], row["TITLE"]) for row in rows] == [
        ("shop", "S", "Shop"),
        ("shop/home", "P", "Home"),
    ]
    assert rows[0]["MANIFEST"]["items"]["shop/home"]["old_id"] == "16"
    assert rows[0]["LANG"] == translations
    assert (rows[0]["ACTIVE"], rows[0]["SHOW_IN_LIST"], rows[0]["DESCRIPTION"]) == ("Y", "Y", None)
    again = await register(portal, exported(name="New name"))
    assert again == ids
    assert (await listed(portal, **{"=XML_ID": "shop"}))[0]["TITLE"] == "New name"
    selected = await portal.call("landing.demos.getList", params={"select": ["XML_ID", "LANG"], "limit": 1})
    assert selected == [{"XML_ID": "shop", "LANG": None}]
    assert await portal.call("landing.demos.unregister", code="shop") is True
    assert await listed(portal) == []
    assert await portal.call("landing.demos.unregister", code="shop") is False


async def test_single_pages(portal: Portal) -> None:
    page = exported()["items"]["shop/home"]
    assert len(await register(portal, [page, {**page, "code": "second"}])) == 2
    assert {row["TPL_TYPE"] for row in await listed(portal)} == {"P"}
    assert len(await register(portal, {**exported("only"), "tpl_type": "P"})) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("abc", "ERROR_ARGUMENT"),
        ([], "REGISTER_ERROR_DATA"),
        (["abc"], "REGISTER_ERROR_DATA"),
        ({**exported(), "code": ""}, "BX_EMPTY_REQUIRED"),
        (
            exported(items={"p": {"fields": {}, "code": "", "items": {}}}),
            "BX_EMPTY_REQUIRED",
        ),
        (
            exported(items={"p": {"fields": {}, "code": "p", "items": {"#block1": {"content": "<p onclick=x()>"}}}}),
            "CONTENT_IS_BAD",
        ),
    ],
)
async def test_what_cannot_be_registered(portal: Portal, data: Any, code: str) -> None:
    assert (await failure(portal, "landing.demos.register", {"data": data}))["error"] == code
    assert await listed(portal) == []


async def test_parameters(portal: Portal) -> None:
    body = await failure(portal, "landing.demos.register", {"data": "abc"})
    assert body["argument"] == "data"
    for method, params, argument in (
        ("getList", {"params": "abc"}, "params"),
        ("getPageList", {"type": "page", "filter": "abc"}, "filter"),
        ("unregister", {"code": ["x"]}, "code"),
    ):
        body = await failure(portal, f"landing.demos.{method}", params)
        assert (body["error"], body["argument"]) == ("ERROR_ARGUMENT", argument)
    assert (await failure(portal, "landing.demos.getSiteList", {}))["error"] == "MISSING_PARAMS"


async def test_the_lists_of_templates(portal: Portal) -> None:
    sites = await portal.call("landing.demos.getSiteList", type="page")
    assert sites["empty"]["DATA"]["items"] == []
    pages = await portal.call("landing.demos.getPageList", type="page")
    assert {"empty", "offer", "about", "contacts"} <= set(pages)
    assert pages["offer"]["PREVIEW"].startswith("//localhost:8080/_assets/blocks/")
    assert (await portal.get(f"http:{pages['offer']['PREVIEW']}")).headers["content-type"] == "image/webp"
    assert set(await portal.call("landing.demos.getPageList", type="mainpage")) == {"empty"}
    assert set(await portal.call("landing.demos.getPageList", type="page", filter={"TYPE": "KNOWLEDGE"})) == {
        "article",
        "empty",
        "handbook",
    }
    assert await portal.call("landing.demos.getPageList", type="nonsense") == []
    await register(portal, exported(), params={"lang_original": "de", "lang": {"en": {"Home": "Start"}}})
    pages = await portal.call("landing.demos.getPageList", type="page")
    assert (pages["shop/home"]["TITLE"], pages["shop/home"]["TYPE"]) == ("Start", "PAGE")
    assert (await portal.call("landing.demos.getSiteList", type="page"))["shop"]["REST"] > 0


@pytest.mark.parametrize("code", ["empty", "offer", "about", "contacts", "prices", "article", "not-found"])
async def test_every_template_makes_a_page(portal: Portal, code: str) -> None:
    site_id = await portal.site()
    page_id = await portal.call("landing.landing.addByTemplate", siteId=site_id, code=code)
    template = (await portal.call("landing.demos.getPageList", type="page"))[code]
    found = (await portal.call("landing.landing.getList", params={"filter": {"ID": page_id}}))[0]
    assert (found["TITLE"], found["CODE"], found["ACTIVE"]) == (template["TITLE"], code, "N")
    blocks = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True})
    items = template["DATA"]["items"]
    assert [block["code"] for block in blocks] == [item["code"] for item in (items.values() if items else [])]
    await portal.call("landing.landing.publication", lid=page_id)
    assert (await portal.get("http://acme.localhost/")).status_code == 200


async def test_a_page_of_a_registered_template(portal: Portal) -> None:
    await register(portal, exported())
    site_id = await portal.site()
    fields = {"TITLE": "Spring", "DESCRIPTION": "All about spring"}
    page_id = await portal.call("landing.landing.addByTemplate", siteId=site_id, code="shop/home", fields=fields)
    found = (await portal.call("landing.landing.getList", params={"filter": {"ID": page_id}}))[0]
    assert (found["TITLE"], found["CODE"], found["DESCRIPTION"]) == ("Spring", "home", None)
    assert await portal.call("landing.landing.getadditionalfields", lid=page_id) == {
        "METAMAIN_DESCRIPTION": "All about spring",
        "METAMAIN_TITLE": "Spring",
        "METAOG_DESCRIPTION": "All about spring",
        "METAOG_TITLE": "Spring",
        "THEME_CODE": "wedding",
    }
    blocks = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True, "get_content": True})
    assert [block["code"] for block in blocks] == ["01.big_with_text", "27.6.one_col_fix_text"]
    assert "Our shop" in blocks[0]["content"]
    assert f'href="#block{blocks[1]["id"]}"' in blocks[0]["content"]  # a link between blocks leads to the new one


async def test_the_place_of_a_page_made_from_a_template(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "News"})
    inside = await portal.page(site_id, "inside", FOLDER_ID=folder)
    other = await portal.site("other")

    async def made(**fields: Any) -> tuple[str | None, str]:
        new = await portal.call("landing.landing.addByTemplate", siteId=site_id, code="empty", fields=fields)
        found = (await portal.call("landing.landing.getList", params={"filter": {"ID": new}}))[0]
        return found["FOLDER_ID"], found["ACTIVE"]

    assert await made() == (None, "N")
    assert await made(FOLDER_ID=folder) == (str(folder), "N")
    assert await made(ID=inside) == (str(folder), "N")
    assert await made(ID=page_id) == (None, "Y")  # a page beside an active page is published
    assert await made(ID=page_id, FOLDER_ID=folder) == (str(folder), "Y")
    for params, code in (
        ({"siteId": 999999, "code": "empty"}, "SITE_ERROR"),
        ({"siteId": site_id, "code": "none"}, "WRONG_DATA"),
        ({"siteId": site_id, "code": "empty", "fields": {"FOLDER_ID": 999999}}, "FOLDER_NOT_FOUND"),
        ({"siteId": other, "code": "empty", "fields": {"FOLDER_ID": folder}}, "FOLDER_NOT_FOUND"),
        ({"siteId": site_id, "code": "empty", "fields": {"ID": 999999}}, "LANDING_ERROR"),
    ):
        assert (await failure(portal, "landing.landing.addByTemplate", params))["error"] == code
    refused = await failure(portal, "landing.landing.addByTemplate", {"siteId": site_id, "code": "empty"}, by="plain")
    assert refused["error"] == "ACCESS_DENIED"


@pytest.mark.parametrize(
    ("code", "error"), [("a_1_2", "WRONG_CODE_FORMAT"), ("/", "CANT_BE_EMPTY"), ("..", "WRONG_CODE_FORMAT")]
)
async def test_template_codes_that_are_invalid_as_page_codes(portal: Portal, code: str, error: str) -> None:
    await register(portal, [{"code": code, "name": "x", "fields": {}}])
    site_id = await portal.site()
    body = await failure(portal, "landing.landing.addByTemplate", {"siteId": site_id, "code": code})
    assert body["error"] == error


async def test_a_new_page_in_a_menu(portal: Portal) -> None:
    site_id = await portal.site()
    index = await portal.page(site_id)
    menu = await portal.block(index, "0.menu_02")

    async def items() -> list[str]:
        content = (await portal.call("landing.block.getcontent", lid=index, block=menu, editMode=True))["content"]
        return [part.split("<")[0] for part in content.split('class="landing-block-node-menu-list-item-link"')[1:]]

    before = len(await items())
    fields = {"TITLE": "Spring", "ADD_IN_MENU": "Y"}
    made = await portal.call("landing.landing.addByTemplate", siteId=site_id, code="empty", fields=fields)
    found = await items()
    assert len(found) == before + 1
    assert "Spring" in found[-1]
    assert f"#landing{made}" in found[-1]
    page: dict[str, Any] = {
        "TITLE": "Summer", "SITE_ID": site_id, "BLOCK_ID": menu, "MENU_CODE": ".landing-block-node-menu-list-item",
    }  # fmt: skip
    await portal.call("landing.landing.add", fields=page)
    assert "Summer" in (await items())[-1]
    await portal.call("landing.landing.add", fields={**page, "BLOCK_ID": 999999})
    assert len(await items()) == before + 2


# -- export


async def test_the_export_of_one_page(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    data = {".landing-block-node-title": "Hello <b>there</b>"}
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
    fields = {"THEME_CODE": "spa", "B24BUTTON_CODE": "x", "COOKIES_USE": "N"}
    await portal.call("landing.site.update", id=site_id, fields={"ADDITIONAL_FIELDS": fields})
    params = {
        "edit_mode": "Y", "code": "exp1", "name": "Name", "description": "Words", "preview_url": "https://x.example/",
        "hooks_disable": ["COOKIES_USE"],
    }  # fmt: skip
    found = await portal.call("landing.site.fullExport", id=site_id, params=params)
    page = found["items"].pop("exp1")
    assert found == {
        "charset": "UTF-8",
        "code": "exp1",
        "site_code": "/acme/",
        "name": "Name",
        "description": "Words",
        "preview": "",
        "preview2x": "",
        "preview3x": "",
        "preview_url": "https://x.example/",
        "show_in_list": "Y",
        "type": "page",
        "version": 3,
        "fields": {
            "ADDITIONAL_FIELDS": {"THEME_CODE": "spa"},
            "TITLE": "Acme",
            "LANDING_ID_INDEX": "exp1",
            "LANDING_ID_404": "0",
        },
        "layout": [],
        "folders": [],
        "syspages": [],
        "items": {},
    }
    assert (page["old_id"], page["name"], page["preview_url"]) == (str(page_id), "Name", "https://x.example/")
    block = page["items"][f"#block{block_id}"]
    assert (block["old_id"], block["code"], block["access"]) == (block_id, "01.big_with_text", "X")
    assert block["nodes"][".landing-block-node-title"] == ["Hello <b>there</b>"]
    assert "content" not in block  # the nodes say everything
    # Without edit mode the public version is exported.
    public = await portal.call("landing.site.fullExport", id=site_id)
    blocks = list(public["items"]["acme"]["items"].values())
    assert blocks[0]["nodes"][".landing-block-node-title"] != ["Hello <b>there</b>"]


async def test_the_export_of_several_pages(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.page(site_id, "home")
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog", "CODE": "blog"})
    cover = await portal.page(site_id, "cover", FOLDER_ID=folder)
    await portal.page(site_id, "first", FOLDER_ID=folder, TPL_ID=4)
    await portal.call("landing.site.updateFolder", siteId=site_id, folderId=folder, fields={"INDEX_ID": cover})
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": cover})
    await portal.call("landing.site.update", id=site_id, fields={"TPL_ID": 2, "LANDING_ID_404": cover})
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=cover)
    found = await portal.call("landing.site.fullExport", id=site_id)
    assert list(found["items"]) == ["acme/home", "acme/cover", "acme/first"]
    assert found["fields"]["LANDING_ID_INDEX"] == "acme/home"
    assert found["fields"]["LANDING_ID_404"] == "acme/cover"
    assert found["folders"] == {"acme/cover": ["acme/first"]}
    assert found["syspages"] == {"cart": "acme/cover"}
    assert found["layout"] == {"code": "sidebar_left", "ref": ["acme/cover"]}
    assert found["items"]["acme/first"]["layout"] == {"code": "header_footer", "ref": []}


async def test_sites_that_cannot_be_exported(portal: Portal) -> None:
    site_id = await portal.site()
    assert await portal.call("landing.site.fullExport", id=site_id) == []
    assert await portal.call("landing.site.fullExport", id=999999) == []
    await portal.page(site_id)
    for code in ("not-allowed", "ä", "a/b"):
        body = await failure(portal, "landing.site.fullExport", {"id": site_id, "params": {"code": code}})
        assert body["error"] == "SYSTEM_ERROR"
    with pytest.raises(ApiFailure) as refused:
        await portal.call("landing.site.fullExport", by="plain", id=site_id)
    assert refused.value.code == "ACCESS_DENIED"
    assert await portal.call("landing.site.fullExport", id=site_id, params={"scope": "KNOWLEDGE"}) == []


async def test_an_export_recreates_the_page(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    menu = await portal.block(page_id, "0.menu_02")
    await portal.call(
        "landing.block.clonecard", lid=page_id, block=menu, selector=".landing-block-node-menu-list-item@0"
    )
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content="<p>Own <em>markup</em></p>")
    data = await portal.call("landing.site.fullExport", id=site_id, params={"edit_mode": "Y", "code": "again"})
    await register(portal, data)
    copy = await portal.call("landing.landing.addByTemplate", siteId=site_id, code="again")

    async def contents(lid: int) -> list[str]:
        blocks = await portal.call("landing.block.getlist", lid=lid, params={"edit_mode": True, "get_content": True})
        return [block["content"].partition(">")[2] for block in blocks]

    assert await contents(copy) == await contents(page_id)


async def test_pages_of_several_folders_may_have_one_code(portal: Portal) -> None:
    """The export contains all of them."""
    site_id = await portal.site()
    await portal.page(site_id, "start")
    for title in ("Blog", "News"):
        folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": title})
        await portal.page(site_id, "first", FOLDER_ID=folder, TITLE=title)
    found = await portal.call("landing.site.fullExport", id=site_id, params={"code": "copy"})
    assert {code: item["name"] for code, item in found["items"].items()} == {
        "copy/start": "Home",
        "copy/first": "Blog",
        "copy/first2": "News",
    }
    assert len(await portal.call("landing.demos.register", data=found)) == 4


async def test_ready_made_sites_are_listed_with_their_pictures(portal: Portal) -> None:
    sites = await portal.call("landing.demos.getSiteList", type="page")
    assert {"agency", "event", "handbook", "product", "restaurant", "shop"} <= set(sites)
    shop = sites["shop"]
    assert (shop["TITLE"], shop["TYPE"], shop["REST"]) == ("Shop", ["PAGE"], 0)
    assert set(shop["DATA"]["items"]) == {"shop/home", "shop/brew"}
    picture = await portal.get(f"http:{shop['PREVIEW']}")
    assert picture.headers["content-type"] == "image/webp"
    assert (await portal.get("http://localhost:8080/_assets/sites/nothing.webp")).status_code == 404
    assert set(await portal.call("landing.demos.getSiteList", type="knowledge")) == {"empty", "handbook"}


@pytest.mark.parametrize("code", ["restaurant", "shop/brew"])
async def test_a_page_of_a_ready_made_site_comes_with_its_look(portal: Portal, code: str) -> None:
    site_id = await portal.site()
    page_id = await portal.call("landing.landing.addByTemplate", siteId=site_id, code=code)
    await portal.call("landing.landing.publication", lid=page_id)
    html = (await portal.get("http://acme.localhost/")).text
    assert ("--lp-accent:#a8452f" if code == "restaurant" else "--lp-accent:#4c6a3c") in html
    assert "#landing" not in html


async def test_the_export_of_a_ready_made_site_can_be_registered(portal: Portal) -> None:
    """Our own data passes the check for foreign data."""
    data = (await portal.call("landing.demos.getSiteList", type="page"))["event"]["DATA"]
    assert len(await portal.call("landing.demos.register", data={**data, "type": "page"})) == 2
