"""user.add and user.update through the wire."""

import base64
import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from landingpad.domain.people import people, sessions
from landingpad.domain.people.portals import add_webhook
from landingpad.store.people import groups
from support.portal import Portal
from support.web import ORIGIN

pytestmark = pytest.mark.both_engines


async def refused(portal: Portal, method: str, *, by: str = "admin", **params: Any) -> tuple[str, str]:
    answer = await portal.answer(method, params, by=by)
    body = answer.json()
    assert answer.status_code == 400, body
    return body["error"], body["error_description"]


async def root_of(portal: Portal) -> int:
    return int((await portal.call("department.get"))[0]["ID"])


async def invited(portal: Portal, email: str = "kim@example.org", **fields: Any) -> int:
    user_id: int = await portal.call("user.add", EMAIL=email, UF_DEPARTMENT=[await root_of(portal)], **fields)
    return user_id


async def user(portal: Portal, user_id: int) -> dict[str, Any]:
    found: dict[str, Any] = (await portal.call("user.get", FILTER={"ID": user_id}))[0]
    return found


async def test_every_documented_field_is_stored_and_returned(portal: Portal) -> None:
    names = {name for name in await portal.call("user.fields") if name.startswith(("PERSONAL_", "WORK_", "UF_"))}
    names -= {"PERSONAL_BIRTHDAY", "PERSONAL_PHOTO", "WORK_LOGO", "UF_DEPARTMENT", "UF_EMPLOYMENT_DATE", "UF_TIMEMAN"}
    texts = {name: f"{name.title()} of Kim" for name in (*names, "SECOND_NAME", "UF_FACEBOOK", "LAST_NAME")}
    user_id = await invited(portal, NAME="Kim", PERSONAL_BIRTHDAY="1990-01-15", **texts)
    assert type(user_id) is int
    found = await user(portal, user_id)
    assert found == found | texts
    assert found["EMAIL"] == "kim@example.org"
    assert found["UF_DEPARTMENT"] == [await root_of(portal)]
    assert (found["ACTIVE"], found["USER_TYPE"], found["LAST_LOGIN"]) == (True, "employee", "")
    assert found["PERSONAL_BIRTHDAY"] == "1990-01-15T00:00:00+00:00"
    lab = await portal.call("department.add", NAME="Lab", PARENT=await root_of(portal))
    changes = {"WORK_POSITION": "", "UF_DEPARTMENT": [lab, await root_of(portal)], "PERSONAL_BIRTHDAY": ""}
    assert await portal.call("user.update", ID=user_id, personal_city="Bern", **changes) is True
    assert await user(portal, user_id) == found | {
        **changes,
        "PERSONAL_CITY": "Bern",
        "TIMESTAMP_X": (await user(portal, user_id))["TIMESTAMP_X"],
    }


async def test_a_photo_has_an_address(portal: Portal) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    content = base64.b64encode(file.getvalue()).decode()
    user_id = await invited(portal, PERSONAL_PHOTO=["me.png", content], WORK_LOGO={"fileData": ["logo.png", content]})
    found = await user(portal, user_id)
    for name in ("PERSONAL_PHOTO", "WORK_LOGO"):
        answer = await portal.get(found[name])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/")
    await portal.call("user.update", ID=user_id, PERSONAL_PHOTO="")
    assert (await user(portal, user_id))["PERSONAL_PHOTO"] == ""
    for value in ("me.png", ["me.png", base64.b64encode(b"no picture").decode()]):
        assert (await refused(portal, "user.update", ID=user_id, PERSONAL_PHOTO=value))[0] == "ERROR_CORE"


async def test_what_user_add_refuses(portal: Portal) -> None:
    root = await root_of(portal)
    for email in ({}, {"EMAIL": ""}, {"EMAIL": "not an address"}, {"EMAIL": "a@b"}):
        assert await refused(portal, "user.add", UF_DEPARTMENT=root, **email) == ("ERROR_ARGUMENT", "wrong_email")
    answer = await portal.answer("user.add", {"UF_DEPARTMENT": [root]})
    assert answer.json()["argument"] == ""
    await invited(portal)
    for taken in ("kim@example.org", "KIM@example.org", "ada@example.com"):
        code, text = await refused(portal, "user.add", EMAIL=taken, UF_DEPARTMENT=[root])
        assert (code, "already exists" in text) == ("ERROR_ARGUMENT", True)
    assert await refused(portal, "user.add", EMAIL="b@example.org") == ("ERROR_ARGUMENT", "no_extranet_field")
    assert (await refused(portal, "user.add", EMAIL="b@example.org", UF_DEPARTMENT=[root, 9999]))[0] == "ERROR_CORE"
    outside = {"EMAIL": "b@example.org", "EXTRANET": "Y"}
    assert (await refused(portal, "user.add", **outside))[0] == "ERROR_GROUPID"
    assert (await refused(portal, "user.add", **outside, SONET_GROUP_ID=[9999]))[0] == "ERROR_NO_GROUP"
    for value in ({"PERSONAL_BIRTHDAY": "soon"}, {"WORK_NOTES": "x" * 3000}):
        code, _ = await refused(portal, "user.add", EMAIL="b@example.org", UF_DEPARTMENT=root, **value)
        assert code == "ERROR_CORE"
    denied = await refused(portal, "user.add", by="plain", EMAIL="b@example.org", UF_DEPARTMENT=[root])
    assert denied == ("ERROR_CORE", "access_denied")
    assert await portal.call("user.get", FILTER={"EMAIL": "b@example.org"}) == []


async def test_a_user_from_outside_joins_workgroups(portal: Portal) -> None:
    group = portal.parts.db.write_here(
        lambda tx: people.add_group(tx, portal.id, name="Partners", kind="work", now_ms=1)
    )
    user_id = await portal.call("user.add", EMAIL="b@example.org", EXTRANET="Y", SONET_GROUP_ID=[group])
    found = await user(portal, user_id)
    assert (found["USER_TYPE"], found["UF_DEPARTMENT"]) == ("extranet", [])
    assert await portal.call("user.get", FILTER={"USER_TYPE": "extranet"}) == [found]
    code, _ = await refused(portal, "user.update", ID=user_id, UF_DEPARTMENT=[await root_of(portal)])
    assert code == "ERROR_CORE"
    members = portal.parts.db.read_here(lambda tx: groups.members(tx, portal.id, group))
    assert members == {user_id: "K"}


async def test_what_user_update_refuses(portal: Portal) -> None:
    user_id = await invited(portal)
    for unknown in (999_999, 0, None):
        assert await refused(portal, "user.update", NAME="x", ID=unknown) == ("ERROR_CORE", "access_denied")
    for other in (user_id, portal.plain_id):
        assert await refused(portal, "user.update", by="plain", ID=other, NAME="x") == ("ERROR_CORE", "access_denied")
    wrong: list[dict[str, Any]] = [
        {"EMAIL": "ada@example.com"},
        {"EMAIL": "x"},
        {"UF_DEPARTMENT": []},
        {"UF_DEPARTMENT": [9999], "NAME": "Nobody"},
    ]
    for params in wrong:
        assert (await refused(portal, "user.update", ID=user_id, **params))[0] == "ERROR_CORE"
    assert "only administrator" in (await refused(portal, "user.update", ID=portal.admin_id, ACTIVE="N"))[1]
    assert (await user(portal, user_id))["NAME"] == ""
    other_portal = Portal(portal.parts, host="other.localhost")
    assert (await refused(portal, "user.update", ID=other_portal.plain_id, NAME="x"))[0] == "ERROR_CORE"


async def test_a_dismissed_user_is_out_at_once_and_may_return(portal: Portal) -> None:
    user_id = await invited(portal)
    now_ms = int(time.time() * 1000)
    code = portal.parts.db.write_here(
        lambda tx: add_webhook(tx, portal.id, user_id, scopes=["user"], title="", now_ms=now_ms)
    )
    portal.webhooks["kim"] = f"/rest/{user_id}/{code}/"
    assert (await portal.call("user.current", by="kim"))["EMAIL"] == "kim@example.org"
    assert await portal.call("user.update", ID=user_id, ACTIVE="N") is True
    assert (await portal.answer("user.current", {}, by="kim")).status_code == 401
    assert [found["ACTIVE"] for found in await portal.call("user.get", ID=user_id)] == [False]
    assert await portal.call("user.get", FILTER={"ID": user_id, "ACTIVE": True}) == []
    assert await portal.call("user.update", ID=user_id, ACTIVE=True, EMAIL="kim.weber@example.org") is True
    assert (await portal.call("user.current", by="kim"))["EMAIL"] == "kim.weber@example.org"


async def test_the_first_sign_in_tells_applications(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    user_id = await invited(portal, NAME="Kim", WORK_POSITION="Editor")
    events = await portal.call("event.offline.get", by="app")
    assert events["events"] == []
    for _ in range(2):
        now_ms = int(time.time() * 1000)
        code = portal.parts.db.write_here(
            lambda tx, now_ms=now_ms: sessions.new_link(tx, portal.id, user_id, now_ms)  # type: ignore[misc]  # a default
        )
        async with portal.http() as http:
            answer = await http.post(f"/sign-in/{code}", headers={"origin": ORIGIN})
        assert answer.status_code == 303, answer.text
    events = (await portal.call("event.offline.get", by="app"))["events"]
    assert [event["EVENT_NAME"] for event in events] == ["ONUSERADD"], "only the first sign-in counts"
    data = events[0]["EVENT_DATA"]
    data = json.loads(data) if isinstance(data, str) else data
    assert data == data | {"ID": user_id, "ACTIVE": "Y", "NAME": "Kim", "WORK_POSITION": "Editor"}
