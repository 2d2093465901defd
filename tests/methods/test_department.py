"""department.* through the wire."""

from typing import Any

import pytest

from landingpad.store.people import people
from support.portal import Portal

pytestmark = pytest.mark.both_engines


async def refused(portal: Portal, method: str, *, by: str = "admin", **params: Any) -> str:
    answer = await portal.answer(method, params, by=by)
    body = answer.json()
    assert (answer.status_code, body["error"]) == (400, "ERROR_CORE")
    return str(body["error_description"])


async def root_of(portal: Portal) -> int:
    return int((await portal.call("department.get"))[0]["ID"])


async def test_a_department_is_added_changed_and_listed(portal: Portal) -> None:
    root = await root_of(portal)
    lab = await portal.call("department.add", NAME="Lab", PARENT=root, UF_HEAD=portal.plain_id, SORT="450")
    assert type(lab) is int
    row = {"ID": str(lab), "NAME": "Lab", "SORT": 450, "PARENT": str(root), "UF_HEAD": str(portal.plain_id)}
    assert await portal.call("department.get", ID=lab) == [row]
    assert await portal.call("department.get", UF_HEAD=portal.plain_id, NAME="Lab") == [row]
    assert await portal.call("department.update", ID=lab, NAME="Research", UF_HEAD=0) is True
    changed = await portal.call("department.get", PARENT=root)
    assert changed == [{"ID": str(lab), "NAME": "Research", "SORT": 450, "PARENT": str(root)}]
    sales = await portal.call("department.add", NAME="Sales", PARENT=lab)
    assert (await portal.call("department.get", ID=sales))[0]["SORT"] == 500
    assert await portal.call("department.update", ID=sales, PARENT=root, SORT=0) is True
    assert (await portal.call("department.get", ID=sales))[0]["PARENT"] == str(root)
    assert await portal.call("department.update", ID=root, NAME="Company", PARENT=0) is True
    assert "PARENT" not in (await portal.call("department.get", NAME="Company"))[0]


async def test_what_is_refused(portal: Portal) -> None:
    root = await root_of(portal)
    lab = await portal.call("department.add", NAME="Lab", PARENT=root)
    assert await refused(portal, "department.add", PARENT=root) == "Department name not provided.<br>"
    assert await refused(portal, "department.update", ID=lab, NAME=" ") == "Department name not provided.<br>"
    for parent in ({}, {"PARENT": 0}, {"PARENT": lab + 99}):
        assert "only be one top-level" in await refused(portal, "department.add", NAME="Top", **parent)
    assert "only be one top-level" in await refused(portal, "department.update", ID=lab, PARENT=0)
    assert "part of itself" in await refused(portal, "department.update", ID=root, PARENT=lab)
    assert "no user" in await refused(portal, "department.add", NAME="Led", PARENT=root, UF_HEAD=999_999)
    for method in ("department.update", "department.delete"):
        assert await refused(portal, method, ID=lab + 99) == await refused(portal, method) == "Department not found"
    assert "whole company" in await refused(portal, "department.delete", ID=root)
    assert "SORT" in await refused(portal, "department.update", ID=lab, SORT=2**40)
    for method in ("department.add", "department.update", "department.delete"):
        text = await refused(portal, method, by="plain", ID=lab, NAME="Plain", PARENT=root)
        assert text == "Access denied"
    assert [row["NAME"] for row in await portal.call("department.get")] == ["Test", "Lab"]
    other = Portal(portal.parts, host="other.localhost")
    foreign = portal.parts.db.read_here(lambda tx: people.root_department(tx, other.id))
    for method in ("department.update", "department.delete"):
        assert await refused(portal, method, ID=foreign) == "Department not found"
    assert "only be one top-level" in await refused(portal, "department.add", NAME="There", PARENT=foreign)


async def test_deleting_a_department_loses_nobody(portal: Portal) -> None:
    root = await root_of(portal)
    lab = await portal.call("department.add", NAME="Lab", PARENT=root)
    inner = await portal.call("department.add", NAME="Inner", PARENT=lab)
    below = await portal.call("department.add", NAME="Below", PARENT=inner)

    def work(tx: Any) -> None:
        people.set_departments(tx, portal.id, portal.plain_id, [inner, lab])
        people.set_departments(tx, portal.id, portal.admin_id, [root, inner])

    portal.parts.db.write_here(work)
    assert await portal.call("user.access", by="plain", ACCESS=[f"D{inner}"]) is True
    assert await portal.call("department.delete", ID=inner) is True
    assert await portal.call("department.get", ID=inner) == []
    assert (await portal.call("department.get", ID=below))[0]["PARENT"] == str(lab)
    found = {user["ID"]: user["UF_DEPARTMENT"] for user in await portal.call("user.get")}
    assert found == {str(portal.plain_id): [lab], str(portal.admin_id): [root, lab]}
    assert await portal.call("user.access", by="plain", ACCESS=[f"D{inner}"]) is False
    assert await portal.call("user.access", by="plain", ACCESS=[f"DR{lab}"]) is True
