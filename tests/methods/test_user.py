"""user.* and department.* through the wire."""

import time
from typing import Any

import pytest

from landingpad.domain.people.portals import add_user, add_webhook
from support.portal import Portal

pytestmark = pytest.mark.both_engines


async def page(portal: Portal, method: str, **params: Any) -> dict[str, Any]:
    body: dict[str, Any] = (await portal.answer(method, params)).json()
    return body


def add(portal: Portal, count: int) -> None:
    def work(tx: Any) -> None:
        for number in range(count):
            add_user(
                tx, portal.id, login=f"u{number}", name=f"N{number}", last_name="Öz_%", password=None,
                is_admin=False, now_ms=1_600_000_000_000,
            )  # fmt: skip

    portal.parts.db.write_here(work)


async def test_the_current_user(portal: Portal) -> None:
    me = await portal.call("user.current")
    department = (await portal.call("department.get"))[0]["ID"]
    assert me["ID"] == str(portal.admin_id)
    assert me["ACTIVE"] is True
    assert me["UF_DEPARTMENT"] == [int(department)]
    assert set(me) == set(await portal.call("user.fields"))
    assert all(isinstance(value, str | bool | list) for value in me.values())


async def test_users_come_fifty_at_a_time(portal: Portal) -> None:
    add(portal, 60)
    first = await page(portal, "user.get")
    assert (len(first["result"]), first["total"], first["next"]) == (50, 62, 50)
    assert list(first) == ["result", "next", "total", "time"]
    second = await page(portal, "user.get", start=first["next"])
    assert (len(second["result"]), second["total"]) == (12, 62)
    assert "next" not in second
    uncounted = await page(portal, "user.get", start=-1, sort="ID", order="DESC")
    assert (len(uncounted["result"]), uncounted["total"]) == (50, 0)
    assert int(uncounted["result"][0]["ID"]) > int(uncounted["result"][1]["ID"])


async def test_conditions(portal: Portal) -> None:
    add(portal, 12)

    async def names(method: str = "user.get", **params: Any) -> list[str]:
        return [user["NAME"] for user in await portal.call(method, **params)]

    assert await names(FILTER={"ID": portal.plain_id}) == ["Sam"]
    assert await names(ID=[portal.plain_id, portal.admin_id]) == ["Ada", "Sam"]
    assert await names(filter={"%NAME": "n1"}) == ["N1", "N10", "N11"]
    assert await names(filter={">ID": portal.plain_id, "NAME": "N3"}) == ["N3"]
    assert await names(filter={"ACTIVE": False}) == []
    assert await names(filter={"ACTIVE": True, "NAME": "Sam"}) == ["Sam"]
    assert await names(filter={"USER_TYPE": "extranet"}) == []
    assert await names(filter={"USER_TYPE": ["employee", "email"], "NAME": "Sam"}) == ["Sam"]
    assert await names(filter={"<DATE_REGISTER": "2021-01-01T00:00:00+00:00", "NAME": "N7"}) == ["N7"]
    assert await names("user.search", FIND="n2 z_") == ["N2"]
    assert await names("user.search", filter={"FIND": "_%", "NAME": "ignored"}) == [f"N{n}" for n in range(12)]
    assert await names("user.search", NAME="ad", UF_DEPARTMENT_NAME="es") == ["Ada"]
    assert await names("user.search", FIND="nobody") == []


async def test_select_and_scopes_limit_fields(portal: Portal) -> None:
    found = await portal.call("user.get", select=["ID", "NONE", "UF_*"], filter={"ID": portal.admin_id})
    assert set(found[0]) == {"ID", "UF_EMPLOYMENT_DATE", "UF_DEPARTMENT"}
    assert "EMAIL" in (await portal.call("user.get", select=["*"]))[0]
    now_ms = int(time.time() * 1000)
    for scopes, shown in ((["user_brief"], False), (["user_basic"], True)):
        code = portal.parts.db.write_here(
            lambda tx, scopes=scopes: add_webhook(  # type: ignore[misc]  # mypy does not see the type of a default
                tx, portal.id, portal.admin_id, scopes=scopes, title="", now_ms=now_ms
            )
        )
        portal.webhooks["some"] = f"/rest/{portal.admin_id}/{code}/"
        assert ("EMAIL" in await portal.call("user.current", by="some")) is shown


async def test_departments(portal: Portal) -> None:
    body = await page(portal, "department.get")
    assert body["total"] == 1
    assert body["result"][0] == {"ID": body["result"][0]["ID"], "NAME": "Test", "SORT": 500}
    assert await portal.call("department.get", NAME="Other") == []
    assert len(await portal.call("department.get", NAME="Test", sort="NAME", order="DESC")) == 1
    assert len(await portal.call("department.get", SORT="ID", PARENT=0)) == 1
    assert set(await portal.call("department.fields")) == {"ID", "NAME", "SORT", "PARENT", "UF_HEAD"}


async def test_portals_do_not_see_each_other(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    seen = {user["ID"] for user in await portal.call("user.get")}
    assert str(other.admin_id) not in seen
    assert await portal.call("access.name", ACCESS=[f"U{other.admin_id}"]) == {}
