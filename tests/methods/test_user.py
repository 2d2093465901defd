"""user.* and department.* through the wire."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from landingpad.domain.people.portals import add_user, add_webhook
from landingpad.store.people import people
from landingpad.store.tables.site import users
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
    fields = await portal.call("user.fields")
    assert len(fields) == 62
    assert set(me) == {*fields, "UF_FACEBOOK"}
    assert me["WORK_POSITION"] == me["TIME_ZONE"] == ""
    assert me["IS_ONLINE"] == "Y"
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
    assert await names("user.search", FIND="n2 öz") == ["N2"]
    assert await names("user.search", filter={"FIND": "Öz_%", "NAME": "ignored"}) == [f"N{n}" for n in range(12)]
    assert await names("user.search", FIND="z_%") == []
    assert await names("user.search", NAME="ad", UF_DEPARTMENT_NAME="te") == ["Ada"]
    assert await names("user.search", FIND="nobody") == []


def fill(portal: Portal, user_id: int, **columns: Any) -> None:
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, user_id, **columns))


async def test_conditions_on_what_users_tell_about_themselves(portal: Portal) -> None:
    add(portal, 2)
    filled = {"work_position": "Chief Pilot", "personal_city": "Bern", "phone_inner": "417", "second_name": "May"}
    fill(portal, portal.plain_id, personal_birthday="1990-01-15", **filled)

    async def names(**given: Any) -> list[str]:
        return [user["NAME"] for user in await portal.call("user.get", FILTER=given)]

    async def searched(**given: Any) -> list[str]:
        return [user["NAME"] for user in await portal.call("user.search", FILTER=given)]

    everybody = ["Ada", "Sam", "N0", "N1"]
    assert await names() == everybody
    assert await names(WORK_POSITION="nobody") == []
    assert await names(UF_PHONE_INNER="417", PERSONAL_CITY=["Bern", "Basel"]) == ["Sam"]
    assert await names(**{"@PERSONAL_CITY": ["Bern"], "!WORK_POSITION": "Pilot"}) == ["Sam"]
    assert await names(personal_city="Bern") == ["Sam"]
    assert await names(NAME="Sa%") == await names(NAME=["Sa%", "x"]) == await names(**{"=%NAME": "%m"}) == ["Sam"]
    assert await names(**{"!NAME": "N%"}) == ["Ada", "Sam"]
    assert await names(**{"=NAME": "Sa%"}) == []
    assert await names(NAME_SEARCH="pil sa") == await names(NAME_SEARCH="may") == ["Sam"]
    assert await names(NAME_SEARCH="ilot") == []
    assert await names(NAME_SEARCH="te") == everybody
    assert await names(PERSONAL_BIRTHDAY="01/15/1990") == ["Sam"]
    assert await names(**{"<PERSONAL_BIRTHDAY": "1990-01-16", "!PERSONAL_BIRTHDAY": ""}) == ["Sam"]
    for name in ("PERSONAL_BIRTHDAY", "DATE_REGISTER", "LAST_LOGIN"):
        assert await names(**{f">={name}": "no date"}) == []
    assert await names(NO_SUCH_FIELD="x") == await names(UF_TIMEMAN="Y") == []
    assert await names(**{"!NO_SUCH_FIELD": "x"}) == everybody
    assert await searched(WORK_POSITION="chief") == ["Sam"]
    assert await searched(SECOND_NAME="m") == await searched(FIND="pilot") == ["Sam"]
    assert await searched(WORK_POSITION="pilot") == []


async def test_order_is_a_text_or_an_object(portal: Portal) -> None:
    add(portal, 2)
    fill(portal, portal.plain_id, work_position="B")
    fill(portal, portal.admin_id, work_position="A")

    async def names(**params: Any) -> list[str]:
        return [user["NAME"] for user in await portal.call("user.get", **params)]

    assert await names(order={"ID": "DESC"}, filter={">ID": 0}, start=-1) == ["N1", "N0", "Sam", "Ada"]
    assert await names(sort="WORK_POSITION", order="DESC") == ["Sam", "Ada", "N0", "N1"]
    assert await names(order={"WORK_POSITION": "asc", "NAME": "desc"}) == ["N1", "N0", "Ada", "Sam"]
    assert await names(sort="NO_SUCH_FIELD", order="DESC") == ["Ada", "Sam", "N0", "N1"]
    found = await portal.call("user.search", order={"ID": "ASC"}, filter={">ID": portal.admin_id}, start=-1)
    assert found[0]["NAME"] == "Sam"


async def test_online_users_are_those_of_the_last_quarter_of_an_hour(portal: Portal) -> None:
    add(portal, 2)
    now_ms = int(time.time() * 1000)
    fill(portal, portal.plain_id, last_login_at=now_ms - 600_000)

    async def shown(**given: Any) -> list[tuple[str, str]]:
        return [(user["NAME"], user["IS_ONLINE"]) for user in await portal.call("user.get", filter=given)]

    assert await shown(IS_ONLINE="Y") == [("Ada", "Y"), ("Sam", "Y")]
    assert await shown(IS_ONLINE="N") == await shown(**{"!IS_ONLINE": "Y"}) == [("N0", "N"), ("N1", "N")]
    fill(portal, portal.plain_id, last_login_at=now_ms - 1_000_000)
    assert await shown(IS_ONLINE="Y") == [("Ada", "Y")]
    hour_ago = datetime.fromtimestamp(now_ms / 1000 - 3600, UTC).isoformat()
    assert await shown(**{">LAST_ACTIVITY_DATE": hour_ago}) == [("Ada", "Y"), ("Sam", "N")]
    assert await shown(**{"<LAST_ACTIVITY_DATE": hour_ago}) == [("N0", "N"), ("N1", "N")]


async def test_a_user_may_be_in_several_departments(portal: Portal) -> None:
    root = int((await portal.call("department.get"))[0]["ID"])

    def work(tx: Any) -> tuple[int, int]:
        first = people.add_department(tx, portal.id, "Lab", root)
        second = people.add_department(tx, portal.id, "Sales", root)
        people.set_departments(tx, portal.id, portal.plain_id, [second, root, first])
        return first, second

    lab, sales = portal.parts.db.write_here(work)

    async def names(method: str = "user.get", **params: Any) -> list[str]:
        return [user["NAME"] for user in await portal.call(method, **params)]

    assert (await portal.call("user.get", ID=portal.plain_id))[0]["UF_DEPARTMENT"] == [sales, root, lab]
    assert await names(UF_DEPARTMENT=lab) == await names(filter={"UF_DEPARTMENT": [lab, sales]}) == ["Sam"]
    assert await names(filter={"!UF_DEPARTMENT": lab}) == ["Ada"]
    assert await names(UF_DEPARTMENT=root) == ["Ada", "Sam"]
    assert await names("user.search", UF_DEPARTMENT_NAME="la") == await names("user.search", FIND="sam la") == ["Sam"]
    codes = [f"{kind}{number}" for kind in ("D", "DR") for number in (root, lab, sales)]
    for code in codes:
        assert await portal.call("user.access", by="plain", ACCESS=[code]) is True, code
    assert await portal.call("user.access", by="plain", ACCESS=[f"D{sales + 1}"]) is False
    page_of_departments = await portal.call("department.get", order={"ID": "DESC"}, filter={">ID": root}, start=-1)
    assert [row["ID"] for row in page_of_departments] == [str(sales), str(lab)]
    assert await portal.call("department.get", filter={"NO_SUCH": 1}) == []


async def test_select_and_scopes_limit_fields(portal: Portal) -> None:
    found = await portal.call("user.get", select=["ID", "NONE", "UF_*"], filter={"ID": portal.admin_id})
    assert set(found[0]) == {"ID", *(name for name in await portal.call("user.current") if name.startswith("UF_"))}
    assert "EMAIL" in (await portal.call("user.get", select=["*"]))[0]
    now_ms = int(time.time() * 1000)
    fill(portal, portal.plain_id, personal_www="https://sam.example.com")
    for scopes, number in ((["user_brief"], 30), (["user_basic"], 60), (["user_brief", "user"], 63)):
        shown = number > 30
        code = portal.parts.db.write_here(
            lambda tx, scopes=scopes: add_webhook(  # type: ignore[misc]  # mypy does not see the type of a default
                tx, portal.id, portal.admin_id, scopes=scopes, title="", now_ms=now_ms
            )
        )
        portal.webhooks["some"] = f"/rest/{portal.admin_id}/{code}/"
        me = await portal.call("user.current", by="some")
        assert ("EMAIL" in me) is ("WORK_PHONE" in me) is shown
        assert ("PERSONAL_WWW" in me) is ("LAST_LOGIN" in me) is (number == 63)
        assert len(me) == number
        assert {"WORK_POSITION", "UF_PHONE_INNER", "PERSONAL_PHOTO", "USER_TYPE"} <= set(me)
        assert set(await portal.call("user.fields", by="some")) == set(me) - {"UF_FACEBOOK"}
        guessed = await portal.call("user.get", by="some", filter={"PERSONAL_WWW": "https://sam%"})
        assert len(guessed) == (number == 63), "conditions do not reveal hidden fields"


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
