"""landing.site.getRights and setRights through the wire, and the effect of the extended model on other methods."""

from contextlib import suppress
from typing import Any

import pytest

from landingpad.domain.people import people
from landingpad.domain.site.urls import NO_PREVIEW
from support.people import department, group, person
from support.portal import ApiFailure, Portal
from support.rights_world import png

pytestmark = pytest.mark.both_engines

ALL = ["read", "edit", "sett", "public", "delete"]


async def allowed(portal: Portal, by: str, site_id: int) -> list[str]:
    found: list[str] = await portal.call("landing.site.getRights", by=by, id=site_id)
    return found


async def test_an_administrator_may_do_everything(portal: Portal) -> None:
    site_id = await portal.site()
    assert await allowed(portal, "admin", site_id) == ALL
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.admin_id}": ["denied"]})
    assert await allowed(portal, "admin", site_id) == ALL


async def test_without_settings_employees_may_read(portal: Portal) -> None:
    site_id = await portal.site()
    assert await allowed(portal, "plain", site_id) == ["read"]
    assert [row["ID"] for row in await portal.call("landing.site.getList", by="plain")] == [str(site_id)]


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (["edit"], ["read", "edit"]),
        (["delete", "read", "sett"], ["read", "sett", "delete"]),
        (["denied", "read", "edit"], []),
        (["fly", "edit"], ["read", "edit"]),
        (["fly"], ["read"]),
        ([], ["read"]),
        ({"0": "public"}, ["read", "public"]),
        ("edit", []),
        (None, []),
    ],
)
async def test_stored_operations_are_normalized(portal: Portal, given: Any, got: list[str]) -> None:
    """Rights include read, `denied` overrides, unknown rights are dropped; values that are not lists are ignored."""
    site_id = await portal.site()
    rights = {f"U{portal.plain_id}": given, f"U{portal.admin_id}": ["read"]}
    assert await portal.call("landing.site.setRights", id=site_id, rights=rights) is True
    assert await allowed(portal, "plain", site_id) == got


async def test_rights_by_every_kind_of_access_code(portal: Portal) -> None:
    above = department(portal)
    below = department(portal, above)
    sam = portal.plain_id
    portal.parts.db.write_here(lambda tx: people.change_user(tx, portal.id, sam, department_id=below))
    ann = person(portal, "ann")
    out = person(portal, "out", is_extranet=True)
    users = group(portal, member=sam)
    team = group(portal, "work", owner=sam, moderator=ann, member=out)
    site_id = await portal.site()
    expected: dict[str, set[str]] = {
        f"U{sam}": {"plain"},
        f"G{users}": {"plain"},
        f"SG{team}": {"plain", "ann", "out"},
        f"SG{team}_K": {"plain", "ann", "out"},
        f"SG{team}_E": {"plain", "ann"},
        f"SG{team}_A": {"plain"},
        f"D{below}": {"plain"},
        f"D{above}": set(),
        f"DR{below}": {"plain"},
        f"DR{above}": {"plain"},
        "AU": {"plain", "ann"},
        "UA": {"plain", "ann", "out"},
        "G2": {"plain", "ann", "out"},
        "G1": set(),
        f"G{team}": set(),
        f"SG{users}": set(),
        "U0": set(),
        "nonsense": set(),
        "": set(),
        "U" * 65: set(),
    }
    for code, holders in expected.items():
        # The second code gives the site its own rights even if the first code is not stored.
        rights = {code: ["edit"], f"U{portal.admin_id}": ["read"]}
        await portal.call("landing.site.setRights", id=site_id, rights=rights)
        found = set()
        for name in ("plain", "ann", "out"):
            with suppress(ApiFailure):  # external users have no access at all
                found |= {name} if "edit" in await allowed(portal, name, site_id) else set()
        assert found == holders, code


async def test_denied_wins_over_everything_granted(portal: Portal) -> None:
    users = group(portal, member=portal.plain_id)
    site_id = await portal.site()
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ALL, f"G{users}": ["denied"]})
    assert await allowed(portal, "plain", site_id) == []
    assert await portal.call("landing.site.getList", by="plain") == []


async def test_rights_of_several_codes_add_up(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["edit"], f"U{portal.plain_id}": ["public"]})
    assert await allowed(portal, "plain", site_id) == ["read", "edit", "public"]


async def test_new_rights_replace_old_ones_and_an_empty_set_clears_them(portal: Portal) -> None:
    site_id = await portal.site()
    code = f"U{portal.plain_id}"
    await portal.call("landing.site.setRights", id=site_id, rights={code: ALL})
    await portal.call("landing.site.setRights", id=site_id, rights={"U0": ["read"]})
    assert await allowed(portal, "plain", site_id) == []
    nothings: list[dict[str, Any]] = [{"rights": {}}, {"rights": []}, {}]
    for nothing in nothings:
        await portal.call("landing.site.setRights", id=site_id, rights={code: ["edit"]})
        assert await allowed(portal, "plain", site_id) == ["read", "edit"]
        assert await portal.call("landing.site.setRights", id=site_id, **nothing) is True
        assert await allowed(portal, "plain", site_id) == ["read"]


async def test_the_set_of_site_0_holds_for_sites_without_their_own(portal: Portal) -> None:
    own, other = await portal.site("own"), await portal.site("other")
    code = f"U{portal.plain_id}"
    await portal.call("landing.site.setRights", id=own, rights={code: ["edit"]})
    assert await portal.call("landing.site.setRights", id=0, rights={code: ["public"]}) is True
    assert await allowed(portal, "plain", own) == ["read", "edit"]
    assert await allowed(portal, "plain", other) == ["read", "public"]
    await portal.call("landing.site.setRights", id=0, rights={"U0": ["read"]})
    assert await allowed(portal, "plain", other) == []
    assert [row["ID"] for row in await portal.call("landing.site.getList", by="plain")] == [str(own)]
    await portal.call("landing.site.setRights", id=0)
    assert await allowed(portal, "plain", other) == ["read"]


async def test_editors_of_sites_without_own_rights_may_create_sites(portal: Portal) -> None:
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.add", by="plain", fields={"TITLE": "Mine", "CODE": "mine"})
    assert failure.value.code == "ACCESS_DENIED"
    await portal.call("landing.site.setRights", id=0, rights={"AU": ["edit"]})
    site_id = await portal.call("landing.site.add", by="plain", fields={"TITLE": "Mine", "CODE": "mine"})
    assert await allowed(portal, "plain", site_id) == ["read", "edit"]


async def test_unknown_and_trashed_sites(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.call("landing.site.markDelete", id=site_id)
    for wrong in (site_id, 999_999, -1):
        assert await portal.call("landing.site.setRights", id=wrong, rights={"AU": ["read"]}) is False
    assert await allowed(portal, "admin", 999_999) == []
    assert await allowed(portal, "plain", 999_999) == []
    assert await allowed(portal, "admin", 0) == []


async def test_only_full_access_sets_rights(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ALL})
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.setRights", by="plain", id=site_id, rights={})
    assert (failure.value.status, failure.value.code) == (400, "IS_NOT_ADMIN")


async def test_a_knowledge_base_is_seen_in_its_scope_only(portal: Portal) -> None:
    fields = {"TITLE": "Base", "CODE": "base", "TYPE": "KNOWLEDGE"}
    site_id = await portal.call("landing.site.add", scope="KNOWLEDGE", fields=fields)
    assert await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["edit"]}) is False
    assert await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["edit"]}, scope="KNOWLEDGE") is True
    assert await allowed(portal, "plain", site_id) == []
    assert await portal.call("landing.site.getRights", by="plain", id=site_id, scope="knowledge") == ["read", "edit"]


async def test_external_users_have_access_only_by_a_rule_that_names_them(portal: Portal) -> None:
    out = person(portal, "out", is_extranet=True)
    first, second = await portal.site("first"), await portal.site("second")
    for method in ("landing.site.getList", "landing.template.getlist", "landing.repo.getList"):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(method, by="out")
        assert (failure.value.status, failure.value.code) == (400, "ACCESS_DENIED")
    for site_id in (first, 999_999):
        with pytest.raises(ApiFailure) as failure:
            await portal.call("landing.site.getPreview", by="out", id=site_id)
        assert failure.value.code == "ACCESS_DENIED"
    await portal.call("landing.site.setRights", id=first, rights={f"U{out}": ["read"]})
    assert [row["ID"] for row in await portal.call("landing.site.getList", by="out")] == [str(first)]
    assert await allowed(portal, "out", second) == []
    await portal.call("landing.site.setRights", id=second, rights={"AU": ["read"]})
    assert await allowed(portal, "out", second) == []
    await portal.call("landing.site.setRights", id=second, rights={"UA": ["read"]})
    assert await allowed(portal, "out", second) == ["read"]


async def test_limit_and_offset_count_readable_sites(portal: Portal) -> None:
    made = [await portal.site(f"s{number}") for number in range(6)]
    for site_id in made[::2]:
        await portal.call("landing.site.setRights", id=site_id, rights={"U0": ["read"]})
    readable = [str(site_id) for site_id in made[1::2]]
    params = {"select": ["ID"], "order": {"ID": "ASC"}}
    found = await portal.call("landing.site.getList", by="plain", params=params)
    assert [row["ID"] for row in found] == readable
    found = await portal.call("landing.site.getList", by="plain", params={**params, "limit": 1, "offset": 1})
    assert [row["ID"] for row in found] == readable[1:2]
    asked = {"id": [*made, 999_999]}
    assert sorted(await portal.call("landing.site.getPublicUrl", by="plain", **asked)) == sorted(readable)


async def test_rights_hold_for_pages_blocks_and_pictures(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    await portal.call("landing.site.setRights", id=site_id, rights={"U0": ["read"]})
    assert await portal.call("landing.landing.getList", by="plain") == []
    assert await portal.call("landing.site.getPreview", by="plain", id=site_id) == NO_PREVIEW
    for method, params, code in (
        ("landing.landing.getpreview", {"lid": page_id}, "LANDING_NOT_EXIST"),
        ("landing.block.getlist", {"lid": page_id}, "LANDING_NOT_EXIST"),
        ("landing.block.getbyid", {"block": block_id, "params": {"edit_mode": 1}}, "BLOCK_NOT_FOUND"),
        ("landing.template.getSiteRef", {"id": site_id}, "ENTITY_NOT_FOUND"),
    ):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(method, by="plain", **params)
        assert failure.value.code == code, method


async def test_a_removed_site_leaves_no_rights(portal: Portal) -> None:
    from landingpad.store.people import rights  # noqa: PLC0415  # only this test reads tables

    site_id = await portal.site()
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["read"]})
    await portal.call("landing.site.delete", id=site_id)
    assert portal.parts.db.read_here(lambda tx: rights.set_of(tx, portal.id, site_id)) == {}


async def test_the_general_methods_know_the_same_codes(portal: Portal) -> None:
    """user.access checks codes, access.name names groups, user.get marks external users."""
    out = person(portal, "out", is_extranet=True)
    users, team = group(portal, member=portal.plain_id), group(portal, "work", member=portal.plain_id)
    for code, has in ((f"G{users}", True), (f"SG{team}_K", True), (f"SG{team}_A", False), (f"SG{users}", False)):
        assert await portal.call("user.access", by="plain", ACCESS=[code]) is has, code
    assert await portal.call("user.access", by="out", ACCESS=["AU"]) is False
    named = await portal.call("access.name", ACCESS=[f"G{users}", f"SG{team}_K", f"SG{users}", f"U{out}_K", "G12345"])
    assert {code: entry["provider_id"] for code, entry in named.items()} == {
        f"G{users}": "group",
        f"SG{team}_K": "socnetgroup",
    }
    found = await portal.call("user.get", FILTER={"USER_TYPE": "extranet"})
    assert [(user["ID"], user["USER_TYPE"], user["UF_DEPARTMENT"]) for user in found] == [(str(out), "extranet", [])]
    assert len(await portal.call("user.get", FILTER={"USER_TYPE": ["employee", "email"]})) == 2


async def test_a_saved_block_cannot_use_a_picture_of_an_unreadable_site(portal: Portal) -> None:
    """A saved block refers to a file by its id, and ids of files are easy to guess."""
    theirs = await portal.block(await portal.page(await portal.site("theirs")))
    mine = await portal.site("mine")
    page = await portal.page(mine)
    block = await portal.block(page)
    files = [
        (await portal.call("landing.block.uploadfile", block=of, picture=["a.png", png()]))["id"]
        for of in (theirs, block)
    ]
    await portal.call("landing.site.setRights", id=0, rights={"U0": ["read"]})
    await portal.call("landing.site.setRights", id=mine, rights={"AU": ["edit"]})
    previews = []
    for file_id in (*files, 999_999):
        meta = {"name": f"Kept {file_id}", "preview": file_id}
        saved = await portal.call("landing.landing.favoriteBlock", by="plain", lid=page, block=block, meta=meta)
        found = await portal.call("landing.block.getrepository", by="plain", section="favourite")
        items = found.get("items", found)
        previews.append(next(item["preview"] for code, item in items.items() if code.endswith(f"@{saved}")))
    assert previews[0] == previews[2] != previews[1]
    assert "a.png" in previews[1]


@pytest.mark.parametrize("field", ["ID", "TITLE", "XML_ID", "ACTIVE", "DATE_MODIFY", "LANDING_ID_INDEX"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_lists_are_ordered_across_all_kinds_of_rights(portal: Portal, field: str, direction: str) -> None:
    """Sites readable by default and by a rule of their own are listed and filtered together."""
    for number in range(6):
        values = {"XML_ID": f"x{5 - number}"} if number % 3 else {}
        site_id = await portal.site(f"s{number}", TITLE=f"Site {number * 7 % 6}", **values)
        if number in {1, 2, 4}:
            await portal.page(site_id)
        if number % 2:
            rights = {f"U{portal.plain_id if number < 5 else 0}": ["read"]}
            await portal.call("landing.site.setRights", id=site_id, rights=rights)
    params = {"order": {field: direction, "ID": "ASC"}, "filter": {"!TITLE": "Site 2"}, "limit": 4}
    full = await portal.call("landing.site.getList", params={**params, "limit": 9})
    found = await portal.call("landing.site.getList", by="plain", params=params)
    assert found == [row for row in full if row["CODE"] != "/s5/"][:4]
    assert len(found) == 4
    pages = {"order": {"SITE_ID": direction}}
    full = await portal.call("landing.landing.getList", params=pages)
    assert await portal.call("landing.landing.getList", by="plain", params=pages) == full


async def test_pictures_of_pages_that_one_may_not_edit_cannot_be_reused(portal: Portal) -> None:
    """A picture field by the id of such a file stays empty, whichever method sets it; a saved block gets no picture."""
    _, _, foreign_block = await portal.published()
    foreign = (await portal.call("landing.block.uploadfile", block=foreign_block, picture=["a.png", png()]))["id"]
    site_id, page_id, block_id = await portal.published("sams")
    everything = {f"U{portal.plain_id}": ALL}
    await portal.call("landing.site.setRights", id=0, rights={f"U{portal.plain_id}": ["read"]})
    await portal.call("landing.site.setRights", id=site_id, rights=everything)
    own = await portal.call("landing.block.uploadfile", by="plain", block=block_id, picture=["b.png", png()])

    def fields(file_id: int) -> dict[str, Any]:
        return {"ADDITIONAL_FIELDS": {"FAVICON_PICTURE": file_id}}

    template = {"code": "poster", "name": "Poster", "tpl_type": "P", "items": {}, "fields": fields(foreign)}
    await portal.call("landing.demos.register", by="admin", data=template)
    made = await portal.call("landing.landing.addByTemplate", by="plain", siteId=site_id, code="@poster")
    added = await portal.call(
        "landing.landing.add", by="plain", fields={"SITE_ID": site_id, "TITLE": "A", **fields(foreign)}
    )
    await portal.call("landing.landing.update", by="plain", lid=page_id, fields=fields(foreign))
    await portal.call("landing.site.update", by="plain", id=site_id, fields=fields(foreign))
    for page in (made, added, page_id):
        assert await portal.call("landing.landing.getadditionalfields", lid=page) == []
    assert await portal.call("landing.site.getadditionalfields", id=site_id) == []
    await portal.call("landing.landing.update", by="plain", lid=page_id, fields=fields(own["id"]))
    found = await portal.call("landing.landing.getadditionalfields", lid=page_id)
    assert found == {"FAVICON_PICTURE": own["src"]}
    by_admin = await portal.call("landing.landing.addByTemplate", siteId=site_id, code="@poster", fields={"TITLE": "B"})
    assert "FAVICON_PICTURE" in await portal.call("landing.landing.getadditionalfields", lid=by_admin)
    for file_id, pictures in ((foreign, 0), (own["id"], 1)):
        await portal.call(
            "landing.landing.favoriteBlock", by="plain", lid=page_id, block=block_id, meta={"preview": file_id}
        )
        assert await _previews_of_saved(portal) == pictures


async def _previews_of_saved(portal: Portal) -> int:
    repository = await portal.call("landing.block.getrepository", by="plain")
    saved = {code: item for section in repository.values() for code, item in section["items"].items() if "@" in code}
    return sum("/_media/" in str(item.get("preview")) for item in saved.values())
