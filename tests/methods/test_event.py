"""event.* and events through the wire: handlers and queued offline events."""

from typing import Any

import httpx
import pytest

from landingpad.domain.app import events
from landingpad.domain.work import Delivery, Work
from landingpad.store.block import forms
from landingpad.store.db.engine import Tx
from landingpad.store.tables.app import apps
from support.portal import ApiFailure, Portal

pytestmark = pytest.mark.both_engines

HANDLER = "https://app.example/handler"


async def failure(portal: Portal, method: str, *, by: str = "app", **params: Any) -> tuple[int, str, str]:
    with pytest.raises(ApiFailure) as found:
        await portal.call(method, by=by, **params)
    return found.value.status, found.value.code, found.value.text


def emit(portal: Portal, event: str, data: dict[str, Any], *, about: Any = None, connector: str = "") -> int:
    def work(tx: Tx) -> int:
        system = Work.of_system(tx, portal.id, 1_700_000_000_000, portal.parts.services)
        return events.emit(system, event, data, about=about, connector=connector)

    return portal.parts.db.write_here(work)


async def waiting(portal: Portal, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await portal.call("event.offline.list", by="app", **params)
    return found


async def test_the_list_of_events(portal: Portal) -> None:
    assert {"ONAPPINSTALL", "ONUSERADD"} <= set(await portal.call("events", by="app"))
    assert "ONCRMLEADADD" not in await portal.call("events", by="app")
    assert "ONCRMLEADADD" in await portal.call("events", by="app", FULL=True)
    of_crm = await portal.call("events", by="app", SCOPE="crm")
    assert of_crm
    assert all(name.startswith("ONCRM") for name in of_crm)
    assert await portal.call("events", by="app", SCOPE="none") == []


async def test_handlers_come_and_go(portal: Portal) -> None:
    assert await portal.call("event.bind", by="app", event="onCrmLeadAdd", handler=HANDLER, auth_type=1) is True
    assert await portal.call("event.bind", by="app", event="ONCRMLEADADD", handler=HANDLER, auth_type=1) is False
    assert await portal.call("event.bind", by="app", EVENT="ONCRMLEADADD", HANDLER=HANDLER) is True
    assert await portal.call("event.bind", by="app", event="ONCRMLEADADD", event_type="offline") is True
    assert await portal.call("event.get", by="app") == [
        {"event": "ONCRMLEADADD", "handler": HANDLER, "auth_type": "1", "offline": 0},
        {"event": "ONCRMLEADADD", "handler": HANDLER, "auth_type": "0", "offline": 0},
        {"event": "ONCRMLEADADD", "handler": "", "auth_type": "0", "offline": 1, "connector_id": ""},
    ]
    unbind = {"event": "ONCRMLEADADD", "handler": HANDLER}
    assert await portal.call("event.unbind", by="app", **unbind, auth_type=0) == {"count": 1}
    assert await portal.call("event.unbind", by="app", **unbind) == {"count": 1}
    assert await portal.call("event.unbind", by="app", **unbind) == {"count": 0}
    assert await portal.call("event.unbind", by="app", event="oncrmleadadd", event_type="offline") == {"count": 1}
    assert await portal.call("event.get", by="app") == []


async def test_what_cannot_be_bound(portal: Portal) -> None:
    assert await failure(portal, "event.bind", event="ONNOSUCH", handler=HANDLER) == (
        400,
        "ERROR_EVENT_NOT_FOUND",
        "Event not found: there is no event 'ONNOSUCH'. The method `events` lists them.",
    )
    assert (await failure(portal, "event.bind", event="ONUSERADD"))[:2] == (400, "MISSING_PARAMS")
    for handler in ("ftp://a.example/", "/path", "https://", "https://a.example:99999/", "x" * 3000):
        assert (await failure(portal, "event.bind", event="ONUSERADD", handler=handler))[:2] == (400, "TYPE_ERROR")


async def test_users_without_administrator_rights_bind_for_themselves(portal: Portal) -> None:
    given = {"event": "ONUSERADD", "handler": HANDLER}
    assert await portal.call("event.bind", by="plain app", **given) is True
    assert (await portal.call("event.get", by="plain app"))[0]["auth_type"] == str(portal.plain_id)
    assert await portal.call("event.bind", by="plain app", **given, auth_type=portal.plain_id) is False
    for method in ("event.bind", "event.unbind"):
        found = await failure(portal, method, by="plain app", **given, auth_type=portal.admin_id)
        assert found[:2] == (403, "ACCESS_DENIED")
        assert "AUTH_TYPE requires administrator" in found[2]
        found = await failure(portal, method, by="plain app", **given, event_type="offline")
        assert found[:2] == (403, "ACCESS_DENIED")
        assert "Offline events" in found[2]
    await portal.call("event.bind", by="app", **given)
    assert await portal.call("event.unbind", by="plain app", **given) == {"count": 1}
    assert len(await portal.call("event.get", by="app")) == 1
    for method in ("event.offline.get", "event.offline.list", "event.offline.clear", "event.offline.error"):
        assert (await failure(portal, method, by="plain app", process_id="x"))[:2] == (403, "ACCESS_DENIED"), method


async def test_events_are_for_applications(portal: Portal) -> None:
    for method in ("events", "event.bind", "event.get", "event.unbind", "event.test", "event.offline.get"):
        found = await failure(portal, method, by="admin", event="ONUSERADD", handler=HANDLER)
        assert found[:2] == (403, "WRONG_AUTH_TYPE"), method


async def test_offline_events_are_queued_until_fetched(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    for number in range(3):
        assert emit(portal, "ONUSERADD", {"ID": number}, about=number) == 1
    assert emit(portal, "ONUSERADD", {"ID": 2, "again": True}, about=2) == 1
    listed = await waiting(portal)
    assert [(event["EVENT_NAME"], event["PROCESS_ID"], event["ERROR"]) for event in listed] == [
        ("ONUSERADD", "", "0")
    ] * 3
    assert listed[2]["EVENT_DATA"] == {"ID": 2, "again": True}  # a later event about an object replaces the earlier one
    assert listed[0]["TIMESTAMP_X"] == "2023-11-14T22:13:20+00:00"
    taken = await portal.call("event.offline.get", by="app", filter={">=ID": listed[1]["ID"]}, limit=1)
    assert taken["process_id"] is None
    assert [event["ID"] for event in taken["events"]] == [listed[1]["ID"]]
    assert "PROCESS_ID" not in taken["events"][0]
    newest_first = await waiting(portal, order={"ID": "DESC"})
    assert [event["ID"] for event in newest_first] == [listed[2]["ID"], listed[0]["ID"]]
    assert len((await portal.call("event.offline.get", by="app"))["events"]) == 2
    assert await portal.call("event.offline.get", by="app") == {"process_id": None, "events": []}


async def test_events_are_reserved_until_they_are_confirmed(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    for number in range(3):
        emit(portal, "ONUSERADD", {"ID": number}, about=number)
    reserved = await portal.call("event.offline.get", by="app", clear=0)
    process = reserved["process_id"]
    assert len(process) >= 16
    ids = [event["ID"] for event in reserved["events"]]
    messages = [event["MESSAGE_ID"] for event in reserved["events"]]
    assert (await portal.call("event.offline.get", by="app", clear=0))["events"] == []
    again = await portal.call("event.offline.get", by="app", process_id=process)
    assert again == {"process_id": process, "events": reserved["events"]}
    # A new change of a reserved object is queued separately.
    emit(portal, "ONUSERADD", {"ID": 0, "new": 1}, about=0)
    assert [event["PROCESS_ID"] for event in await waiting(portal)] == [process] * 3 + [""]
    assert await portal.call("event.offline.clear", by="app", process_id=process, id=[ids[0]]) is True
    assert await portal.call("event.offline.error", by="app", process_id=process, message_id=[messages[1]]) is True
    assert [event["ID"] for event in await waiting(portal, filter={"ERROR": 1})] == [ids[1]]
    failed = await portal.call("event.offline.get", by="app", error=1, clear=0)
    assert [event["ID"] for event in failed["events"]] == [ids[1]]
    assert await portal.call("event.offline.clear", by="app", process_id=process, message_id=[messages[2]]) is True
    assert await portal.call("event.offline.clear", by="app", process_id="other") is True
    assert len(await waiting(portal)) == 2


async def test_a_connector_excludes_own_changes(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline", auth_connector="sync")
    assert emit(portal, "ONUSERADD", {"ID": 1}, about=1, connector="sync") == 0
    assert emit(portal, "ONUSERADD", {"ID": 2}, about=2, connector="other") == 1
    assert emit(portal, "ONUSERADD", {"ID": 3}, about=3) == 1
    assert await waiting(portal) == []
    assert len(await waiting(portal, auth_connector="sync")) == 2
    reserved = await portal.call("event.offline.get", by="app", auth_connector="sync", clear=0)
    assert await portal.call("event.offline.clear", by="app", process_id=reserved["process_id"]) is True
    assert await waiting(portal, auth_connector="sync") == []


async def test_offline_events_page(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    for number in range(52):
        emit(portal, "ONUSERADD", {"ID": number}, about=number)
    body = (await portal.answer("event.offline.list", {}, by="app")).json()
    assert (len(body["result"]), body["total"], body["next"]) == (50, 52, 50)
    assert len(await waiting(portal, start=50)) == 2


async def test_a_rolled_back_call_causes_no_event(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    await portal.call("event.bind", by="app", event="ONUSERADD", handler=HANDLER)

    def work(tx: Tx) -> None:
        system = Work.of_system(tx, portal.id, 1_700_000_000_000, portal.parts.services)
        events.emit(system, "ONUSERADD", {"ID": 1}, about=1)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        portal.parts.db.write_here(work)
    assert await waiting(portal) == []
    with portal.parts.db.engine.connect() as session:
        assert session.exec_driver_sql("SELECT count(*) FROM jobs").scalar() == 0


async def test_events_stay_within_their_portal(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    await portal.call("event.bind", by="app", event="ONUSERADD", event_type="offline")
    assert emit(other, "ONUSERADD", {"ID": 1}) == 0
    assert await other.call("event.get", by="app") == []


# -- forms sent by visitors

FORM = "33.13.form_2_light_no_text"
TOLD = [{"NAME": "Name", "VALUE": "Ada"}, {"NAME": "Message", "VALUE": "Для шести & <b>"}]


async def send_form(portal: Portal, **more: str) -> tuple[int, dict[str, str]]:
    """Publish a page with a form, send the form; return the status and the ids in the event."""
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    await portal.block(page_id, FORM)
    await portal.call("landing.landing.publication", lid=page_id)
    (block,) = await portal.call("landing.block.getlist", lid=page_id)
    url = httpx.URL(await portal.call("landing.landing.getPublicUrl", lid=page_id))
    sent = {**{field["NAME"]: field["VALUE"] for field in TOLD}, "Telephone": " ", "evil": "x", **more}
    async with portal.http(url.host) as http:
        answer = await http.post(f"/?form={block['id']}-0", data=sent)
    return answer.status_code, {"SITE_ID": str(site_id), "LID": str(page_id), "BLOCK_ID": str(block["id"])}


async def test_a_sent_form_is_queued_for_an_application(portal: Portal) -> None:
    assert "ONLANDINGFORMSUBMIT" in await portal.call("events", by="app", SCOPE="landing")
    await portal.call("event.bind", by="app", event="onLandingFormSubmit", event_type="offline")
    status, ids = await send_form(portal)
    assert status == 303
    (event,) = await waiting(portal)
    assert event["EVENT_NAME"] == "ONLANDINGFORMSUBMIT"
    entry_id = event["EVENT_DATA"].pop("ID")
    assert event["EVENT_DATA"] == {**ids, "FIELDS": TOLD}
    (entry,) = portal.parts.db.read_here(lambda tx: forms.newest(tx, portal.id, int(ids["SITE_ID"]), most=9))
    assert str(entry.id) == entry_id


async def test_spam_causes_no_event(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONLANDINGFORMSUBMIT", event_type="offline")
    assert (await send_form(portal, lp_website="https://spam.example"))[0] == 303
    assert await waiting(portal) == []


async def test_handlers_receive_form_events_by_the_rights_of_their_user(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handlers without a user, and handlers of users who may read the site, receive them."""
    told: list[Delivery] = []
    monkeypatch.setattr(portal.parts.services.jobs, "deliver_event", lambda _, delivery: told.append(delivery))
    bind = {"event": "ONLANDINGFORMSUBMIT"}
    await portal.call("event.bind", by="app", **bind, handler=f"{HANDLER}/nobody")
    await portal.call("event.bind", by="app", **bind, handler=f"{HANDLER}/admin", auth_type=portal.admin_id)
    await portal.call("event.bind", by="plain app", **bind, handler=f"{HANDLER}/plain")
    await portal.call("landing.role.enable", mode=1)
    await send_form(portal)
    assert [(d.address.rpartition("/")[2], d.user_id) for d in told] == [("nobody", 0), ("admin", portal.admin_id)]
    assert told[0].data["FIELDS"] == TOLD


async def test_an_application_without_the_scope_gets_no_event(portal: Portal) -> None:
    await portal.call("event.bind", by="app", event="ONLANDINGFORMSUBMIT", event_type="offline")
    portal.parts.db.write_here(lambda tx: tx.update(apps, portal.id, portal.app_record.id, scopes="placement,user"))
    assert (await send_form(portal))[0] == 303
    assert await waiting(portal) == []
