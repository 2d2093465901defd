"""landing.landing.* through the wire: pages, their places, addresses and trash."""

import re
from typing import Any

import pytest

from landingpad.domain.site.urls import NO_PREVIEW
from support.portal import ApiFailure, Portal
from support.rights_world import png

pytestmark = pytest.mark.both_engines


async def row(portal: Portal, page_id: int, **conditions: Any) -> dict[str, Any]:
    rows = await portal.call("landing.landing.getList", params={"filter": {"ID": page_id, **conditions}})
    assert len(rows) == 1
    found: dict[str, Any] = rows[0]
    return found


async def refused(portal: Portal, method: str, *, by: str = "admin", **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(method, by=by, **params)
    assert failure.value.status == 400
    return failure.value.code


async def folder(portal: Portal, site_id: int, code: str = "blog", **fields: Any) -> int:
    made: int = await portal.call(
        "landing.site.addFolder", siteId=site_id, fields={"TITLE": code.title(), "CODE": code, **fields}
    )
    return made


async def test_a_new_page_has_every_field_as_a_string(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id, "sale", DESCRIPTION="Season", XML_ID="s-1", SITEMAP="Y")
    found = await row(portal, page_id)
    assert found == found | {
        "ID": str(page_id),
        "TITLE": "Home",
        "CODE": "sale",
        "SITE_ID": str(site_id),
        "FOLDER_ID": None,
        "ACTIVE": "N",
        "DELETED": "N",
        "DESCRIPTION": "Season",
        "XML_ID": "s-1",
        "SITEMAP": "Y",
        "FOLDER": "N",
        "DATE_PUBLIC": None,
    }


@pytest.mark.parametrize(
    ("fields", "pattern"),
    [
        ({"CODE": "Spring Sale"}, "Spring Sale"),  # stored unchanged
        ({"CODE": "   ", "TITLE": "Größe"}, "grosse"),
        ({"TITLE": "Neu"}, "neu"),
        ({"CODE": "", "FOLDER": "N", "TITLE": "Neu"}, "neu"),
        ({"TITLE": "!!!"}, "[a-z0-9]{12}"),
    ],
)
async def test_the_code_of_a_page(portal: Portal, fields: dict[str, Any], pattern: str) -> None:
    site_id = await portal.site()
    page_id = await portal.call("landing.landing.add", fields={"TITLE": "x", "SITE_ID": site_id, **fields})
    assert re.fullmatch(pattern, (await row(portal, page_id))["CODE"])


async def test_a_taken_code_gets_four_random_characters(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.page(site_id, "home")
    twin = await portal.page(site_id, "home")
    assert re.fullmatch(r"home_[a-z0-9]{4}", (await row(portal, twin))["CODE"])
    elsewhere = await portal.page(site_id, "home", FOLDER_ID=await folder(portal, site_id))
    assert (await row(portal, elsewhere))["CODE"] == "home"  # the code is free in another folder


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"CODE": "a/b"}, "SLASH_IS_NOT_ALLOWED"),
        ({"CODE": ""}, "CANT_BE_EMPTY"),
        ({"CODE": "code_12_34"}, "WRONG_CODE_FORMAT"),
        ({"CODE": ".."}, "WRONG_CODE_FORMAT"),
        ({"SITE_ID": 999999}, "SITE_NOT_FOUND"),
        ({"FOLDER_ID": 999999}, "FOLDER_NOT_FOUND"),
    ],
)
async def test_invalid_pages_are_refused(portal: Portal, fields: dict[str, Any], code: str) -> None:
    site_id = await portal.site()
    assert await refused(portal, "landing.landing.add", fields={"TITLE": "x", "SITE_ID": site_id, **fields}) == code
    page_id = await portal.page(site_id)
    assert await refused(portal, "landing.landing.update", lid=page_id, fields=fields) == code
    assert (await row(portal, page_id))["CODE"] == "home"


async def test_a_page_needs_a_title(portal: Portal) -> None:
    site_id = await portal.site()
    for fields in ({}, {"TITLE": " "}, {"title": "Home"}, {"TITLE": None, "CODE": "home"}):
        assert (
            await refused(portal, "landing.landing.add", fields={"SITE_ID": site_id, **fields}) == "BX_EMPTY_REQUIRED"
        )


async def test_a_folder_of_another_site_is_not_found(portal: Portal) -> None:
    first, second = await portal.site("a"), await portal.site("b")
    foreign = await folder(portal, second)
    page_id = await portal.page(first)
    assert await refused(portal, "landing.landing.update", lid=page_id, fields={"FOLDER_ID": foreign}) == (
        "FOLDER_NOT_FOUND"
    )
    # The folder must be in the present site, even if the call changes the site.
    fields = {"SITE_ID": second, "FOLDER_ID": foreign}
    assert await refused(portal, "landing.landing.update", lid=page_id, fields=fields) == "FOLDER_NOT_FOUND"


async def test_update_of_a_page(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    await portal.call(
        "landing.landing.update",
        lid=page_id,
        fields={"TITLE": "New", "CODE": "new", "SITEMAP": "yes", "DATE_PUBLIC": "01/02/2026 03:04:05 pm"},
    )
    found = await row(portal, page_id)
    assert (found["TITLE"], found["CODE"], found["SITEMAP"]) == ("New", "new", "N")  # every value but Y means N
    assert found["DATE_PUBLIC"] == "01/02/2026 03:04:05 pm"
    assert found["ACTIVE"] == "Y"
    assert "<title>New</title>" in (await portal.get("http://acme.localhost/")).text
    assert site_id


async def test_deleted_takes_a_page_offline_in_both_directions(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    page_id = await portal.page(site_id, "about")
    await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.landing.update", lid=page_id, fields={"DELETED": "Y"})
    found = await row(portal, page_id, DELETED="Y")
    assert (found["DELETED"], found["ACTIVE"]) == ("Y", "N")
    await portal.call("landing.landing.update", lid=page_id, fields={"DELETED": "N"})
    assert (await row(portal, page_id))["ACTIVE"] == "N"
    await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.landing.update", lid=page_id, fields={"DELETED": "N"})
    assert (await row(portal, page_id))["ACTIVE"] == "N"


async def test_the_trash(portal: Portal) -> None:
    site_id, index_id, _ = await portal.published()
    page_id = await portal.page(site_id, "about")
    await portal.call("landing.landing.publication", lid=page_id)
    assert await refused(portal, "landing.landing.markDelete", lid=index_id) == "CANT_DELETE_MAIN"
    assert await refused(portal, "landing.landing.update", lid=index_id, fields={"DELETED": "Y"}) == "CANT_DELETE_MAIN"
    assert await portal.call("landing.landing.markDelete", lid=page_id) == page_id
    assert (await portal.get("http://acme.localhost/about/")).status_code == 404
    assert (await row(portal, page_id, DELETED="Y"))["ACTIVE"] == "N"
    for method in ("getpublicurl", "getpreview", "getadditionalfields", "publication", "unpublic", "move"):
        assert await refused(portal, f"landing.landing.{method}", lid=page_id) == "LANDING_NOT_EXIST", method
    assert await portal.call("landing.landing.markDelete", lid=index_id) == index_id  # nothing else is left
    assert await portal.call("landing.landing.markUnDelete", lid=page_id) == page_id
    assert (await row(portal, page_id))["ACTIVE"] == "N"
    assert await portal.call("landing.landing.markDelete", lid=index_id, mark=False) == index_id
    assert (await row(portal, index_id))["DELETED"] == "N"
    for method in ("markDelete", "markUnDelete"):
        assert await refused(portal, f"landing.landing.{method}", lid=999999) == "ACCESS_DENIED"


async def test_restoring_a_page_restores_its_folders(portal: Portal) -> None:
    site_id = await portal.site()
    blog = await folder(portal, site_id)
    page_id = await portal.page(site_id, "first", FOLDER_ID=blog)
    await portal.call("landing.site.markFolderDelete", id=blog)
    await portal.call("landing.landing.markUnDelete", lid=page_id)
    folders = await portal.call("landing.site.getFolders", siteId=site_id)
    assert [found["ID"] for found in folders] == [str(blog)]


async def test_delete_is_immediate(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    assert await portal.call("landing.landing.delete", lid=page_id) is True
    assert await portal.call("landing.landing.getList", params={"filter": {"=DELETED": "Y"}}) == []
    assert await refused(portal, "landing.landing.delete", lid=page_id) == "LANDING_NOT_EXIST"
    assert (await portal.get("http://acme.localhost/")).status_code == 404
    sites = await portal.call("landing.site.getList", params={"filter": {"ID": site_id}})
    assert sites[0]["LANDING_ID_INDEX"] is None
    assert block_id


async def test_lists(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    blog = await folder(portal, site_id)
    news = await folder(portal, site_id, "news", PARENT_ID=blog)
    deep = await portal.page(site_id, "deep", FOLDER_ID=news, TITLE="Deep")

    async def ids(**params: Any) -> list[int]:
        rows = await portal.call("landing.landing.getList", params={"select": ["ID"], **params})
        return [int(found["ID"]) for found in rows]

    assert await ids(filter={"SITE_ID": site_id}) == [page_id, deep]
    assert await ids(filter={"FOLDER_ID": news}) == [deep]
    assert await ids(filter={"FOLDER_ID": 0}) == [page_id]
    assert await ids(filter={"%TITLE": "ee"}) == [deep]
    assert await ids(filter={"a.b": 1, "CHECK_PERMISSIONS": "N"}, order={"ID": "DESC"}) == [deep, page_id]
    assert await ids(order={"TITLE": "ASC"}, limit=1) == [deep]
    assert await portal.call("landing.landing.getList", filter={"ID": 999999}) != []
    rows = await portal.call(
        "landing.landing.getList",
        params={"select": ["ID"], "get_urls": 1, "get_preview": True, "check_area": "1", "order": {"ID": "ASC"}},
    )
    domain_id = rows[0]["DOMAIN_ID"]
    assert rows == [
        {
            "ID": str(page_id),
            "DOMAIN_ID": domain_id,
            "PUBLIC_URL": "http://acme.localhost:8080/",
            "PREVIEW": NO_PREVIEW,
            "IS_AREA": False,
        },
        {
            "ID": str(deep),
            "DOMAIN_ID": domain_id,
            "PUBLIC_URL": "http://acme.localhost:8080/blog/news/deep/",
            "PREVIEW": NO_PREVIEW,
            "IS_AREA": False,
        },
    ]
    await portal.call("landing.site.markDelete", id=site_id)
    assert await ids() == []
    assert await ids(filter={"=DELETED": "N"}) == []


async def test_a_copy(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    await portal.call(
        "landing.block.updatecontent",
        lid=page_id,
        block=block_id,
        content=f'<p><a href="#landing{page_id}">top</a> <a href="#block{block_id}">here</a></p>',
    )
    await portal.call(
        "landing.landing.update", lid=page_id, fields={"ADDITIONAL_FIELDS": {"METAOG_TITLE": "Og"}, "DESCRIPTION": "d"}
    )
    copy_id = await portal.call("landing.landing.copy", lid=page_id)
    found = await row(portal, copy_id)
    assert (found["SITE_ID"], found["TITLE"], found["ACTIVE"], found["DESCRIPTION"]) == (str(site_id), "Home", "N", "d")
    blocks = await portal.call("landing.block.getlist", lid=copy_id, params={"edit_mode": True, "get_content": True})
    assert [block["code"] for block in blocks] == ["01.big_with_text"]
    assert blocks[0]["id"] != block_id
    assert f'href="#landing{copy_id}"' in blocks[0]["content"]
    assert f'href="#block{blocks[0]["id"]}"' in blocks[0]["content"]
    assert (await portal.call("landing.landing.getadditionalfields", lid=copy_id))["METAOG_TITLE"] == "Og"


async def test_the_place_of_a_copy(portal: Portal) -> None:
    first, second = await portal.site("a"), await portal.site("b")
    own, foreign = await folder(portal, first), await folder(portal, second)
    page_id = await portal.page(first, "about")

    async def place(**params: Any) -> tuple[str, str | None]:
        found = await row(portal, await portal.call("landing.landing.copy", lid=page_id, **params))
        return found["SITE_ID"], found["FOLDER_ID"]

    assert await place(toSiteId=second, toFolderId=foreign) == (str(second), str(foreign))
    assert await place(toFolderId=own) == (str(first), str(own))
    assert await place(toFolderId=foreign) == (str(first), None)  # a folder of another site: the copy goes to the root
    assert await place(toFolderId=999999, toSiteId=0, skipSystem=True) == (str(first), None)
    assert await refused(portal, "landing.landing.copy", lid=page_id, toSiteId=999999) == "SITE_NOT_FOUND"
    assert await refused(portal, "landing.landing.copy", lid=999999) == "LANDING_NOT_EXIST"
    assert await refused(portal, "landing.landing.copy", lid=page_id, by="plain") == "ACCESS_DENIED"
    trashed = await portal.page(first, "trashed")
    await portal.call("landing.landing.markDelete", lid=trashed)
    copied = await portal.call("landing.landing.copy", lid=trashed)
    assert (await row(portal, copied))["DELETED"] == "N"


async def test_moves(portal: Portal) -> None:
    first, second = await portal.site("a"), await portal.site("b")
    own, foreign = await folder(portal, first, ACTIVE="Y"), await folder(portal, second)
    await portal.page(first, "home")
    page_id = await portal.page(first, "about")
    await portal.call("landing.landing.publication", lid=page_id)

    assert await portal.call("landing.landing.move", lid=page_id, toFolderId=own) is True
    assert (await row(portal, page_id))["FOLDER_ID"] == str(own)
    moved = await portal.get("http://a.localhost/about/")
    assert (moved.status_code, moved.headers["location"]) == (301, "http://a.localhost:8080/blog/about/")

    assert await refused(portal, "landing.landing.move", lid=page_id, toFolderId=foreign) == "FOLDER_NOT_FOUND"
    assert await refused(portal, "landing.landing.move", lid=page_id, toSiteId=second, toFolderId=foreign) == (
        "FOLDER_NOT_FOUND"
    )
    assert await refused(portal, "landing.landing.move", lid=page_id, toSiteId=999999) == "ACCESS_DENIED"
    assert await refused(portal, "landing.landing.move", lid=page_id, by="plain") == "ACCESS_DENIED"

    assert await portal.call("landing.landing.move", lid=page_id, toSiteId=second) is True
    found = await row(portal, page_id)
    assert (found["SITE_ID"], found["FOLDER_ID"]) == (str(second), None)
    await portal.call("landing.landing.publication", lid=page_id)
    moved = await portal.get("http://a.localhost/blog/about/")
    assert (moved.status_code, moved.headers["location"]) == (301, "http://b.localhost:8080/about/")


async def test_moving_the_index_page_away_clears_the_index(portal: Portal) -> None:
    first, page_id, _ = await portal.published()
    second = await portal.site("other")
    await portal.call("landing.landing.move", lid=page_id, toSiteId=second)
    sites = await portal.call("landing.site.getList", params={"filter": {"ID": first}})
    assert sites[0]["LANDING_ID_INDEX"] is None


async def test_resolving_an_address(portal: Portal) -> None:
    site_id, index_id, _ = await portal.published()
    blog = await folder(portal, site_id)
    inner = await portal.page(site_id, "größe 1", FOLDER_ID=blog)
    cover = await portal.page(site_id, "cover", FOLDER_ID=blog)
    await portal.call("landing.site.updateFolder", siteId=site_id, folderId=blog, fields={"INDEX_ID": cover})

    async def resolve(address: str, site: int = site_id) -> int | None:
        found: int | None = await portal.call("landing.landing.resolveIdByPublicUrl", landingUrl=address, siteId=site)
        return found

    assert await resolve("/") == index_id
    assert await resolve("") == index_id
    assert await resolve("/home/?utm=1") == index_id
    assert await resolve("/blog/größe 1/") == inner
    assert await resolve("/blog/gr%C3%B6%C3%9Fe%201") == inner
    assert await resolve("/blog/") == cover
    assert await portal.call("landing.landing.getpublicurl", lid=cover) == "http://acme.localhost:8080/blog/"
    assert await resolve("/blog/none/") is None
    assert await resolve("/none/first/") is None
    assert await resolve("/", 999999) is None
    missing = await portal.answer("landing.landing.resolveIdByPublicUrl")
    assert missing.json()["error"] == "MISSING_PARAMS"


async def test_remove_entities(portal: Portal) -> None:
    site_id, page_id, first = await portal.published()
    second = await portal.block(page_id, AFTER_ID=first)
    other = await portal.page(site_id, "other")
    foreign = await portal.block(other)
    data = {"blocks": [first, 999999, "x", foreign], "images": [{"block": second, "image": 1}]}
    assert await portal.call("landing.landing.removeEntities", lid=page_id, data=data) is True
    left = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True})
    assert [block["id"] for block in left] == [second]
    kept = await portal.call("landing.block.getlist", lid=other, params={"edit_mode": True})
    assert [block["id"] for block in kept] == [foreign]
    assert await portal.call("landing.landing.removeEntities", lid=page_id, data={}) is True
    assert await portal.call("landing.landing.removeEntities", lid=page_id, data={"blocks": [second]}, by="plain")
    assert len(await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True})) == 1
    assert await refused(portal, "landing.landing.removeEntities", lid=999999, data={}) == "LANDING_NOT_EXIST"


async def test_additional_fields_come_back(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(
        site_id,
        ADDITIONAL_FIELDS={
            "THEME_CODE": "wedding",
            "METAMAIN_USE": "Y",
            "SETTINGS_PRICE_CODE": ["BASE"],
            "UNKNOWN": "x",
            "FONTS_CODE": "<b>",
            "METAOG_TITLE": "",
        },
    )
    assert await portal.call("landing.landing.getadditionalfields", lid=page_id) == {
        "METAMAIN_USE": "Y",
        "SETTINGS_PRICE_CODE": ["BASE"],
        "THEME_CODE": "wedding",
    }
    fields: dict[str, Any] = {"ADDITIONAL_FIELDS": {"THEME_CODE": "", "METAMAIN_USE": None, "SETTINGS_PRICE_CODE": []}}
    await portal.call("landing.landing.update", lid=page_id, fields=fields)
    assert await portal.call("landing.landing.getadditionalfields", lid=page_id) == []
    assert await refused(portal, "landing.landing.getadditionalfields", lid=999999) == "LANDING_NOT_EXIST"


async def test_fields_with_pictures_take_the_id_of_an_uploaded_file(portal: Portal) -> None:
    """The API returns, and the page shows, the address of the file."""
    site_id, page_id, block_id = await portal.published()
    file = await portal.call("landing.block.uploadfile", block=block_id, picture=["a.png", png()])
    names = ("BACKGROUND_PICTURE", "FAVICON_PICTURE", "METAOG_IMAGE")
    fields = {"ADDITIONAL_FIELDS": {"BACKGROUND_USE": "Y", **dict.fromkeys(names, file["id"])}}
    await portal.call("landing.landing.update", lid=page_id, fields=fields)
    found = await portal.call("landing.landing.getadditionalfields", lid=page_id)
    assert [found[name] for name in names] == [file["src"]] * 3
    text = (await portal.get("http://acme.localhost:8080/")).text
    assert f'<link rel="icon" href="{file["src"]}">' in text
    assert f"background-image:url(&quot;{file['src']}" in text or f'background-image:url("{file["src"]}"' in text
    assert f'<meta property="og:image" content="http://acme.localhost:8080{file["src"]}">' in text
    assert (await portal.get(await portal.call("landing.site.getPreview", id=site_id))).status_code == 200
    await portal.call("landing.site.update", id=site_id, fields={"ADDITIONAL_FIELDS": {"BACKGROUND_PICTURE": 999999}})
    assert await portal.call("landing.site.getadditionalfields", id=site_id) == []


async def test_numbers_in_fields_stay_numbers(portal: Portal) -> None:
    page_id = await portal.page(await portal.site(), ADDITIONAL_FIELDS={"SETTINGS_SHOW_PRICE_COUNT": "3"})
    assert await portal.call("landing.landing.getadditionalfields", lid=page_id) == {"SETTINGS_SHOW_PRICE_COUNT": 3}


async def test_the_date_of_publication(portal: Portal) -> None:
    """Only users who may publish set it, on existing pages; an unreadable date changes nothing."""
    page_id = await portal.page(await portal.site(), DATE_PUBLIC="03/04/2021 05:06:07 pm", DELETED="Y")
    assert await dates(portal, page_id) == (None, "N")
    for given, stored in (
        ("03/04/2021 05:06:07 pm", "03/04/2021 05:06:07 pm"),
        ("04.03.2021 17:06", "03/04/2021 05:06:00 pm"),
        ("yesterday", "03/04/2021 05:06:00 pm"),
        ("", None),
    ):
        await portal.call("landing.landing.update", lid=page_id, fields={"DATE_PUBLIC": given})
        assert await dates(portal, page_id) == (stored, "N"), given


async def dates(portal: Portal, page_id: int) -> tuple[str | None, str]:
    found = await row(portal, page_id)
    return found["DATE_PUBLIC"], found["ACTIVE"]


async def test_knowledge_bases_have_fewer_settings(portal: Portal) -> None:
    fields = {
        "TITLE": "Handbook",
        "CODE": "handbook",
        "TYPE": "KNOWLEDGE",
        "ADDITIONAL_FIELDS": {"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": "<script></script>", "THEME_CODE": "wedding"},
    }
    site_id = await portal.call("landing.site.add", scope="KNOWLEDGE", fields=fields)
    found = await portal.call("landing.site.getadditionalfields", scope="KNOWLEDGE", id=site_id)
    assert found == {"THEME_CODE": "wedding"}
    assert await refused(portal, "landing.site.getadditionalfields", id=site_id) == "ACCESS_DENIED"


async def test_a_user_without_administrator_rights_reads_only(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    attempts: list[tuple[str, dict[str, Any], str]] = [
        ("add", {"fields": {"TITLE": "x", "SITE_ID": site_id}}, "ACCESS_DENIED"),
        ("update", {"lid": page_id, "fields": {"TITLE": "x"}}, "ACCESS_DENIED"),
        ("publication", {"lid": page_id}, "ACCESS_DENIED"),
        ("unpublic", {"lid": page_id}, "ACCESS_DENIED"),
        ("markDelete", {"lid": page_id}, "ACCESS_DENIED"),
        ("markUnDelete", {"lid": page_id}, "ACCESS_DENIED"),
        ("delete", {"lid": page_id}, "ACCESS_DENIED"),
    ]
    for method, params, code in attempts:
        assert await refused(portal, f"landing.landing.{method}", by="plain", **params) == code, method
    assert (await row(portal, page_id))["TITLE"] == "Home"
    assert await portal.call("landing.landing.getpublicurl", by="plain", lid=page_id) == "http://acme.localhost:8080/"
