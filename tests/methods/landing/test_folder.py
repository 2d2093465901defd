"""The folders of a site through the wire."""

import re
from typing import Any

import pytest

from support.portal import ApiFailure, Portal


async def folders(portal: Portal, site_id: int, **conditions: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await portal.call("landing.site.getFolders", siteId=site_id, filter=conditions)
    return found


async def add(portal: Portal, site_id: int, code: str = "blog", **fields: Any) -> int:
    made: int = await portal.call(
        "landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog", "CODE": code, **fields}
    )
    return made


async def refused(portal: Portal, method: str, *, by: Any = "admin", **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(f"landing.site.{method}", by=by, **params)
    assert failure.value.status == 400
    return failure.value.code


async def test_a_new_folder(portal: Portal) -> None:
    site_id = await portal.site()
    folder_id = await add(portal, site_id)
    found = (await folders(portal, site_id))[0]
    assert found == found | {
        "ID": str(folder_id),
        "PARENT_ID": None,
        "SITE_ID": str(site_id),
        "INDEX_ID": None,
        "ACTIVE": "N",
        "DELETED": "N",
        "TITLE": "Blog",
        "CODE": "blog",
        "CREATED_BY_ID": str(portal.admin_id),
    }
    assert set(found) == {
        "ID", "PARENT_ID", "SITE_ID", "INDEX_ID", "ACTIVE", "DELETED", "TITLE", "CODE", "CREATED_BY_ID",
        "MODIFIED_BY_ID", "DATE_CREATE", "DATE_MODIFY",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "pattern"), [({"TITLE": "Größe"}, "grosse"), ({"TITLE": "!!!", "CODE": ""}, "[a-z0-9]{12}")]
)
async def test_the_code_of_a_folder(portal: Portal, fields: dict[str, Any], pattern: str) -> None:
    site_id = await portal.site()
    await portal.call("landing.site.addFolder", siteId=site_id, fields=fields)
    assert re.fullmatch(pattern, (await folders(portal, site_id))[0]["CODE"])


async def test_invalid_folders_are_refused(portal: Portal) -> None:
    site_id, other = await portal.site(), await portal.site("other")
    folder_id = await add(portal, site_id)
    foreign = await add(portal, other)
    for fields, code in (
        ({"CODE": "x"}, "BX_EMPTY_REQUIRED"),
        ({"TITLE": "x", "CODE": "a/b"}, "SLASH_IS_NOT_ALLOWED"),
        ({"TITLE": "x", "CODE": "blog"}, "FOLDER_IS_NOT_UNIQUE"),
        ({"TITLE": "x", "PARENT_ID": foreign}, "ACCESS_DENIED"),
    ):
        assert await refused(portal, "addFolder", siteId=site_id, fields=fields) == code
    assert await refused(portal, "addFolder", siteId=999999, fields={"TITLE": "x"}) == "ACCESS_DENIED"
    assert await refused(portal, "addFolder", siteId=site_id, fields={"TITLE": "x"}, by="plain") == "ACCESS_DENIED"
    assert len(await folders(portal, site_id)) == 1
    assert await add(portal, site_id, PARENT_ID=folder_id)  # the code is free in another folder
    await portal.call("landing.site.markFolderDelete", id=folder_id)
    with pytest.raises(ApiFailure, match="in the trash"):
        await add(portal, site_id)


async def test_filters(portal: Portal) -> None:
    site_id = await portal.site()
    outer = await add(portal, site_id, "outer", ACTIVE="Y")
    inner = await add(portal, site_id, "inner", PARENT_ID=outer)

    async def ids(**conditions: Any) -> list[int]:
        return [int(found["ID"]) for found in await folders(portal, site_id, **conditions)]

    assert await ids() == [outer, inner]
    for nothing in (0, None, False, ""):
        assert await ids(PARENT_ID=nothing) == [outer]
    assert await ids(PARENT_ID=outer) == [inner]
    assert await ids(ACTIVE="Y") == [outer]
    assert await ids(CODE="inner") == [inner]
    assert await ids(DELETED="Y") == []
    assert await portal.call("landing.site.getFolders", siteId=999999) == []
    assert len(await portal.call("landing.site.getFolders", by="plain", siteId=site_id)) == 2


async def test_update(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    outer = await add(portal, site_id, "outer")
    inner = await add(portal, site_id, "inner", PARENT_ID=outer)
    await portal.call(
        "landing.site.updateFolder",
        siteId=site_id,
        folderId=outer,
        fields={"TITLE": "Services", "CODE": "services", "INDEX_ID": page_id, "ACTIVE": "Y"},
    )
    found = (await folders(portal, site_id, ID=outer))[0]
    assert (found["TITLE"], found["CODE"], found["INDEX_ID"], found["ACTIVE"]) == (
        "Services", "services", str(page_id), "Y",
    )  # fmt: skip
    # Without PARENT_ID a folder moves to the root; without CODE it keeps its own.
    await portal.call("landing.site.updateFolder", siteId=site_id, folderId=inner, fields={"TITLE": "Moved"})
    found = (await folders(portal, site_id, ID=inner))[0]
    assert (found["PARENT_ID"], found["TITLE"], found["CODE"]) == (None, "Moved", "inner")
    other = await portal.site("other")
    foreign = await add(portal, other)
    for folder_id, fields, code in (
        (inner, {"CODE": "services"}, "FOLDER_IS_NOT_UNIQUE"),
        (inner, {"CODE": "a/b"}, "SLASH_IS_NOT_ALLOWED"),
        (inner, {"PARENT_ID": inner}, "ACCESS_DENIED"),
        (inner, {"INDEX_ID": 999999}, "ACCESS_DENIED"),
        (foreign, {"TITLE": "x"}, "ACCESS_DENIED"),
        (999999, {"TITLE": "x"}, "ACCESS_DENIED"),
    ):
        assert await refused(portal, "updateFolder", siteId=site_id, folderId=folder_id, fields=fields) == code
    await portal.call("landing.site.updateFolder", siteId=site_id, folderId=inner, fields={"PARENT_ID": outer})
    fields = {"PARENT_ID": inner}
    assert await refused(portal, "updateFolder", siteId=site_id, folderId=outer, fields=fields) == "ACCESS_DENIED"


async def test_a_folder_is_public_only_if_its_chain_is(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    outer = await add(portal, site_id, "outer")
    inner = await add(portal, site_id, "inner", PARENT_ID=outer)
    page_id = await portal.page(site_id, "deep", FOLDER_ID=inner)
    await portal.block(page_id)

    async def status() -> int:
        return (await portal.get("http://acme.localhost/outer/inner/deep/")).status_code

    assert await status() == 404
    await portal.call("landing.landing.publication", lid=page_id)
    assert {found["ACTIVE"] for found in await folders(portal, site_id)} == {"Y"}
    assert await status() == 200
    assert await portal.call("landing.site.unPublicFolder", folderId=outer) is True
    assert await status() == 404
    assert await portal.call("landing.site.publicationFolder", folderId=inner) is True
    assert await status() == 200
    assert await portal.call("landing.site.publicationFolder", folderId=inner, mark=False) is True
    assert {found["ACTIVE"] for found in await folders(portal, site_id)} == {"N"}
    assert await status() == 404


async def test_trashing_and_restoring_a_folder_includes_everything_below(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    outer = await add(portal, site_id, "outer")
    inner = await add(portal, site_id, "inner", PARENT_ID=outer)
    deep = await portal.page(site_id, "deep", FOLDER_ID=inner)
    earlier = await portal.page(site_id, "earlier", FOLDER_ID=inner)
    await portal.call("landing.landing.publication", lid=deep)
    await portal.call("landing.landing.markDelete", lid=earlier)
    assert await portal.call("landing.site.markFolderDelete", id=outer) is True
    assert await folders(portal, site_id) == []
    assert len(await folders(portal, site_id, **{"=DELETED": "Y"})) == 2
    assert (await portal.get("http://acme.localhost/outer/inner/deep/")).status_code == 404
    assert await refused(portal, "publicationFolder", folderId=outer) == "ACCESS_DENIED"
    assert await portal.call("landing.site.markFolderUnDelete", id=outer) is True
    assert len(await folders(portal, site_id)) == 2
    listed = await portal.call("landing.landing.getList", params={"filter": {"FOLDER_ID": inner}})
    assert [(found["ID"], found["ACTIVE"]) for found in listed] == [
        (str(deep), "N")
    ]  # the other folder was trashed earlier
    await portal.call("landing.site.markFolderDelete", id=outer)
    assert await portal.call("landing.site.markFolderDelete", id=outer, mark=False) is True
    assert len(await folders(portal, site_id)) == 2


async def test_an_unknown_or_forbidden_folder_is_access_denied(portal: Portal) -> None:
    folder_id = await add(portal, await portal.site())
    for method, name in (
        ("publicationFolder", "folderId"),
        ("unPublicFolder", "folderId"),
        ("markFolderDelete", "id"),
        ("markFolderUnDelete", "id"),
    ):
        assert await refused(portal, method, **{name: 999999}) == "ACCESS_DENIED"
        assert await refused(portal, method, by="plain", **{name: folder_id}) == "ACCESS_DENIED"
        assert await refused(portal, method, scope="KNOWLEDGE", **{name: folder_id}) == "ACCESS_DENIED"


async def test_old_addresses_lead_to_the_new_ones(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    folder_id = await add(portal, site_id)
    page_id = await portal.page(site_id, "first", FOLDER_ID=folder_id)
    await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.site.updateFolder", siteId=site_id, folderId=folder_id, fields={"CODE": "news"})
    await portal.call("landing.landing.update", lid=page_id, fields={"CODE": "one"})
    for old in ("/blog/first/", "/news/first/", "/blog/first"):
        answer = await portal.get(f"http://acme.localhost{old}")
        assert (answer.status_code, answer.headers["location"]) == (301, "http://acme.localhost:8080/news/one/"), old
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert (await portal.get("http://acme.localhost/blog/first/")).status_code == 404
