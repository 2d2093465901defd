"""landing.role.* through the wire, and the effect of the role model on other methods."""

from typing import Any

import pytest

from support.people import group, person, role
from support.portal import ApiFailure, Portal

pytestmark = pytest.mark.both_engines

ALL = ["read", "edit", "sett", "public", "delete"]


async def allowed(portal: Portal, by: str, site_id: int) -> list[str]:
    found: list[str] = await portal.call("landing.site.getRights", by=by, id=site_id)
    return found


async def refused(portal: Portal, method: str, by: str = "plain", **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(method, by=by, **params)
    assert failure.value.status == 400
    return failure.value.code


async def given(portal: Portal, rights: dict[Any, Any], *codes: str, xml_id: str = "MANAGER", **more: Any) -> int:
    """Enable the role model and give a role with these rights to these codes."""
    await portal.call("landing.role.enable", mode=1)
    role_id = await role(portal, xml_id)
    await portal.call("landing.role.setRights", id=role_id, rights=rights, **more)
    await portal.call("landing.role.setAccessCodes", id=role_id, codes=list(codes))
    return role_id


async def test_a_new_portal_has_two_roles_in_each_section_and_uses_none(portal: Portal) -> None:
    assert await portal.call("landing.role.isEnabled") is False
    seen: set[str] = set()
    for scope in ({}, {"scope": "KNOWLEDGE"}, {"scope": "group"}, {"scope": "MAINPAGE"}):
        found = await portal.call("landing.role.getList", **scope)
        assert [(entry["TITLE"], entry["XML_ID"]) for entry in found] == [
            ("Administrator", "ADMIN"),
            ("Manager", "MANAGER"),
        ]
        seen |= {entry["ID"] for entry in found}
    assert len(seen) == 8
    assert await portal.call("landing.role.getList", scope="NONSENSE") == await portal.call("landing.role.getList")


async def test_switching_keeps_both_sets(portal: Portal) -> None:
    site_id = await portal.site()
    code = f"U{portal.plain_id}"
    await portal.call("landing.site.setRights", id=site_id, rights={code: ["edit"]})
    await given(portal, {"0": ["public"]}, code)
    for _ in range(2):
        assert await portal.call("landing.role.enable", mode=1) is True
        assert await portal.call("landing.role.isEnabled") is True
        assert await allowed(portal, "plain", site_id) == ["read", "public"]
        assert await portal.call("landing.role.enable", mode=0) is True
        assert await portal.call("landing.role.isEnabled") is False
        assert await allowed(portal, "plain", site_id) == ["read", "edit"]


async def test_site_rights_set_in_the_role_model_apply_after_switching_back(portal: Portal) -> None:
    site_id = await portal.site()
    code = f"U{portal.plain_id}"
    await given(portal, {"0": ["public"]}, code)
    assert await portal.call("landing.site.setRights", id=site_id, rights={code: ["sett"]}) is True
    assert await allowed(portal, "plain", site_id) == ["read", "public"]
    await portal.call("landing.role.enable", mode=0)
    assert await allowed(portal, "plain", site_id) == ["read", "sett"]


async def test_a_batch_sees_the_model_that_it_switched_to(portal: Portal) -> None:
    cmd = {"on": "landing.role.enable?mode=1", "is": "landing.role.isEnabled", "off": "landing.role.enable?mode=0"}
    answer = await portal.call("batch", cmd={**cmd, "now": "landing.role.isEnabled"})
    assert answer["result"] == {"on": True, "is": True, "off": True, "now": False}


async def test_set_rights_replaces_rights_and_ignores_unknown_sites(portal: Portal) -> None:
    site_id, other = await portal.site("one"), await portal.site("two")
    base = await portal.call(
        "landing.site.add", scope="KNOWLEDGE", fields={"TITLE": "Base", "CODE": "base", "TYPE": "KNOWLEDGE"}
    )
    role_id = await role(portal)
    rights = {
        "0": ["read"],
        str(site_id): ["edit", "fly"],
        str(other): ["denied", "edit"],
        str(base): ["edit"],
        "999999": ["edit"],
        "-5": ["edit"],
        "word": ["edit"],
    }
    assert await portal.call("landing.role.setRights", id=role_id, rights=rights) is True
    assert await portal.call("landing.role.getRights", id=role_id) == {
        "0": ["read"],
        str(site_id): ["read", "edit"],
        str(other): ["denied"],
    }
    await portal.call("landing.role.setRights", id=role_id, rights={str(site_id): "edit", str(other): []})
    assert await portal.call("landing.role.getRights", id=role_id) == {str(other): ["read"]}
    await portal.call("landing.role.setRights", id=role_id, rights=[["public"]])  # a PHP array: key 0
    assert await portal.call("landing.role.getRights", id=role_id) == {"0": ["read", "public"]}
    await portal.call("landing.role.setRights", id=role_id, rights={})
    assert await portal.call("landing.role.getRights", id=role_id) == []


async def test_who_has_a_role_and_who_has_none(portal: Portal) -> None:
    person(portal, "ann")
    site_id = await portal.site()
    role_id = await given(portal, {"0": ["edit"]}, f"U{portal.plain_id}")
    assert await allowed(portal, "plain", site_id) == ["read", "edit"]
    for method in ("landing.site.getRights", "landing.site.getPreview"):
        assert await refused(portal, method, "ann", id=site_id) == "ACCESS_DENIED"
        assert await refused(portal, method, "ann", id=999_999) == "ACCESS_DENIED"
    assert await refused(portal, "landing.site.getList", "ann") == "ACCESS_DENIED"
    await portal.call("landing.role.setAccessCodes", id=role_id, codes=["AU", "nonsense"])
    assert await allowed(portal, "ann", site_id) == ["read", "edit"]
    await portal.call("landing.role.setAccessCodes", id=role_id)
    assert await refused(portal, "landing.site.getList") == "ACCESS_DENIED"


async def test_rights_of_one_site_override_those_of_all_sites(portal: Portal) -> None:
    one, two, three = [await portal.site(code) for code in ("one", "two", "three")]
    await given(portal, {"0": ["edit"], str(one): ["public"], str(two): ["denied"]}, "AU")
    assert await allowed(portal, "plain", one) == ["read", "public"]
    assert await allowed(portal, "plain", two) == []
    assert await allowed(portal, "plain", three) == ["read", "edit"]
    listed = await portal.call("landing.site.getList", by="plain", params={"order": {"ID": "ASC"}})
    assert [row["ID"] for row in listed] == [str(one), str(three)]


@pytest.mark.parametrize(
    ("first", "second", "got"),
    [
        ({"0": ["edit"]}, {"0": ["public"]}, ["read", "edit", "public"]),
        ({"0": ["edit"]}, {"0": ["denied"]}, []),
        ({"0": ["edit"]}, {"site": ["denied"]}, []),
        ({"site": ["edit"]}, {"0": ["denied"]}, []),
        ({"0": ["denied"], "site": ["edit"]}, {"0": ["public"]}, ["read", "edit", "public"]),
        ({"0": ["denied"], "site": ["edit"]}, {}, ["read", "edit"]),
        ({}, {"site": ["sett"]}, ["read", "sett"]),
        ({}, {}, []),
    ],
)
async def test_two_roles_add_up_and_denied_wins(
    portal: Portal, first: dict[str, Any], second: dict[str, Any], got: list[str]
) -> None:
    """The rights of one site and the list of all sites agree."""
    site_id = await portal.site()
    for xml_id, rights in (("ADMIN", first), ("MANAGER", second)):
        named = {key.replace("site", str(site_id)): operations for key, operations in rights.items()}
        await given(portal, named, "AU", xml_id=xml_id, additional=[])
    assert await allowed(portal, "plain", site_id) == got
    listed = await portal.call("landing.site.getList", by="plain")
    assert [row["ID"] for row in listed] == ([str(site_id)] if got else [])


async def test_creating_sites_needs_its_own_right(portal: Portal) -> None:
    fields = {"TITLE": "Mine", "CODE": "mine"}
    role_id = await given(portal, {"0": ["edit"]}, "AU", additional=["menu24"])
    assert await refused(portal, "landing.site.add", fields=fields) == "ACCESS_DENIED"
    await portal.call("landing.role.setRights", id=role_id, rights={"0": ["edit"]}, additional=["create"])
    assert await portal.call("landing.site.add", by="plain", fields=fields) > 0
    await portal.call(
        "landing.role.setRights", id=role_id, rights={"0": ["edit"]}
    )  # without `additional` the extra rights stay
    assert await portal.call("landing.site.add", by="plain", fields=fields) > 0
    # Codes of another section are not stored.
    await portal.call("landing.role.setRights", id=role_id, rights={"0": ["edit"]}, additional=["knowledge_create"])
    assert await refused(portal, "landing.site.add", fields=fields) == "ACCESS_DENIED"


async def test_roles_hold_only_in_their_section(portal: Portal) -> None:
    await portal.call("landing.role.enable", mode=1)
    role_id = await role(portal, scope="KNOWLEDGE")
    rights = {"id": role_id, "scope": "KNOWLEDGE", "rights": {"0": ["edit"]}, "additional": ["knowledge_create"]}
    await portal.call("landing.role.setRights", **rights)
    await portal.call("landing.role.setAccessCodes", id=role_id, codes=["AU"], scope="KNOWLEDGE")
    site_id = await portal.site()
    fields = {"TITLE": "Base", "CODE": "base", "TYPE": "KNOWLEDGE"}
    base = await portal.call("landing.site.add", by="plain", scope="KNOWLEDGE", fields=fields)
    assert [row["ID"] for row in await portal.call("landing.site.getList", by="plain", scope="KNOWLEDGE")] == [
        str(base)
    ]
    assert await refused(portal, "landing.site.getList") == "ACCESS_DENIED"
    assert await refused(portal, "landing.site.getPreview", id=site_id) == "ACCESS_DENIED"
    for method in ("getRights", "setAccessCodes", "setRights"):
        params = {"id": role_id, "rights": {}}
        assert await refused(portal, f"landing.role.{method}", "admin", **params) == "ROLE_SCOPE_MISMATCH"


async def test_full_access_equals_an_administrator_within_the_section(portal: Portal) -> None:
    team = group(portal, member=portal.plain_id)
    role_id = await given(portal, {}, f"G{team}", xml_id="ADMIN")
    site_id = await portal.site()
    assert await allowed(portal, "plain", site_id) == ALL
    assert len(await portal.call("landing.site.getList", by="plain")) == 1
    assert await portal.call("landing.role.isEnabled", by="plain") is True
    assert await portal.call("landing.site.setRights", by="plain", id=site_id, rights={}) is True
    assert await portal.call("landing.role.enable", by="plain", mode=1) is True
    # Switching from another section is for administrators of the portal.
    assert await refused(portal, "landing.role.enable", mode=1, scope="KNOWLEDGE") == "ACCESS_DENIED"
    knowledge = await role(portal, "ADMIN", scope="KNOWLEDGE")
    codes = [f"G{team}"]
    await portal.call("landing.role.setAccessCodes", id=knowledge, codes=codes, scope="KNOWLEDGE")
    assert await refused(portal, "landing.role.enable", mode=1, scope="KNOWLEDGE") == "IS_NOT_ADMIN"
    assert await refused(portal, "landing.site.setRights", id=0, scope="KNOWLEDGE") == "IS_NOT_ADMIN"
    assert await portal.call("landing.role.getList", by="plain", scope="KNOWLEDGE") != []
    await portal.call("landing.role.setRights", id=role_id, rights={"0": ["read"]}, additional=["menu24"])
    assert await allowed(portal, "plain", site_id) == ["read"]


async def test_without_full_access_every_method_refuses(portal: Portal) -> None:
    person(portal, "out", is_extranet=True)
    role_id = await role(portal)
    methods: dict[str, dict[str, Any]] = {
        "landing.role.isEnabled": {},
        "landing.role.enable": {"mode": 1},
        "landing.role.getList": {},
        "landing.role.getRights": {"id": role_id},
        "landing.role.setRights": {"id": role_id, "rights": {}},
        "landing.role.setAccessCodes": {"id": role_id},
        "landing.site.setRights": {"id": 0},
    }
    for method, params in methods.items():
        assert await refused(portal, method, **params) == "IS_NOT_ADMIN"
        assert await refused(portal, method, "out", **params) == "ACCESS_DENIED"
    assert await portal.call("landing.role.isEnabled") is False


async def test_unknown_roles_and_wrong_codes(portal: Portal) -> None:
    for method in ("getRights", "setAccessCodes", "setRights"):
        assert await refused(portal, f"landing.role.{method}", "admin", id=999_999, rights={}) == "ROLE_SCOPE_MISMATCH"
    role_id = await role(portal)
    response = await portal.answer("landing.role.setAccessCodes", {"id": role_id, "codes": "U1"})
    assert (response.status_code, response.json()["error"]) == (400, "ERROR_ARGUMENT")
    assert response.json()["argument"] == "codes"
    odd = [1, None, {"deep": 1}, "", "x" * 1000, "U1"]
    assert await portal.call("landing.role.setAccessCodes", id=role_id, codes=odd) is True
