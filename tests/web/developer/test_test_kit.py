"""The test kit in the browser: every button gives an order, and only administrators may press it."""

import json
import re
import shlex
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.control.declare import ORDERS
from landingpad.control.faults import Spoiled
from landingpad.control.orders.failures import _ERRORS_OF
from landingpad.domain.people.portals import PortalState
from landingpad.rpc.journal import CallFilter
from landingpad.server.app import App
from landingpad.store.people import portals as portal_rows
from landingpad.web.developer.test_kit import ACTIONS, PATH, REACHED, SPOILED
from support.control import order
from support.portal import ApiFailure, Databases, Portal
from support.web import COOKIE, ORIGIN, Visitor, begin_session, text_of, visitor

HOSTILE = "\"><script>alert(1)</script>' {{ 7*7 }} $(id)"
FIELDS: dict[str, dict[str, Any]] = {
    "reset": {},
    "snapshots/take": {"name": "other"},
    "snapshots/restore": {"name": "kept"},
    "snapshots/delete": {"name": "kept"},
    "clock/freeze": {},
    "clock/go-on": {},
    "clock/advance": {"amount": "1", "unit": "3600"},
    "clock/set": {"now": "2031-03-26T14:00:00"},
    "clock/reset": {},
    "faults/add": {"method": "landing.site.*", "what": "OVERLOAD_LIMIT"},
    "faults/remove": {"id": "1"},
    "faults/clear": {},
    "limits": {"mode": "enforce", "operating_limit": "100"},
    "limits/level": {"level": "3", "address": "127.0.0.1"},
    "limits/used": {"method": "landing.site.add", "caller": "webhook:1", "seconds": "9"},
    "portal": {"state": "overloaded", "plan": "basic", "reached[]": ["sites"]},
}


@pytest.fixture(autouse=True)
def _started(request: pytest.FixtureRequest) -> Iterator[None]:
    """Save the snapshot of the start, as a ready server does; tests of one PostgreSQL share snapshots."""
    if "portal" not in request.fixturenames:
        yield
        return
    kit = request.getfixturevalue("portal").parts.kit
    kit.started()
    yield
    for name in kit.snapshots.names():
        kit.snapshots.delete(name)


async def standing(portal: Portal) -> dict[str, Any]:
    """Return everything that orders change; the time only if it is frozen or moved."""
    clock = await order(portal, "GET", "clock")
    return {
        "clock": (clock["frozen"], round(clock["ahead"], -1)),
        **{name: await order(portal, "GET", name) for name in ("faults", "limits", "portal", "snapshots")},
        "sites": await portal.call("landing.site.getList"),
    }


def shown_command(page: httpx.Response) -> list[str]:
    """Return the words of the command that the page shows for the last action."""
    (found,) = re.findall(r'<code id="code-note">(.*?)</code>', page.text, re.DOTALL)
    return shlex.split(unescape(found))


async def test_every_button_is_tested_for_others() -> None:
    assert set(FIELDS) == set(ACTIONS)


async def test_the_choices_are_those_of_the_orders() -> None:
    assert set(SPOILED) == {str(one) for one in Spoiled}
    assert set(REACHED) == set(_ERRORS_OF)


async def test_administrators_reach_the_kit_and_see_the_state(portal: Portal) -> None:
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
        page = await me.get(PATH)
        assert page.status_code == 200
        said = text_of(page)
        assert "No fault is on" in said
        assert "Shows the time of the machine" in said
        assert re.search(r"\d of \d+ methods were called", said)
        assert "0 ready, 0 pending" in said
        assert "/developer/test-kit/" in (await me.get("/sites/")).text
        assert "/developer/test-kit/" not in (await sam.get("/sites/")).text
        (listed,) = re.findall(r'<code id="code-asked">(.*?)</code>', page.text, re.DOTALL)
        addresses = [shlex.split(line)[1] for line in unescape(listed).splitlines()]
        assert len(addresses) == 7
        for address in addresses:
            assert (await me.get(address)).status_code == 200


async def test_previews_are_counted(portal: Portal) -> None:
    await portal.published()
    async with visitor(portal) as me:
        assert "0 ready, 1 pending" in text_of(await me.get(PATH))


@pytest.mark.parametrize("action", ACTIONS)
async def test_others_are_refused_and_change_nothing(portal: Portal, action: str) -> None:
    """A plain user, a stranger, and a form without the token."""
    await order(portal, "POST", "snapshots/kept")
    await order(portal, "POST", "faults", method="landing.nothing", error="OVERLOAD_LIMIT")
    await portal.site("later")
    before = await standing(portal)
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam, portal.http() as stranger:
        assert (await sam.get(PATH)).status_code == 403
        assert (await sam.send(PATH + action, **FIELDS[action])).status_code == 403
        told = await stranger.post(PATH + action, data=FIELDS[action], headers={"origin": ORIGIN})
        assert (told.status_code, told.headers["location"]) == (303, "/sign-in/")
        own, elsewhere = {"origin": ORIGIN}, {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        for data, headers in (
            (FIELDS[action], own),
            ({**FIELDS[action], "csrf": "x"}, own),
            (FIELDS[action], elsewhere),
        ):
            assert (await me.http.post(PATH + action, data=data, headers=headers)).status_code == 403
        assert (await me.get(PATH + action)).status_code == 405
    assert await standing(portal) == before


async def test_without_developer_mode_every_path_is_missing(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, dev=False) as parts:
        portal = Portal(parts)
        async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam, portal.http() as stranger:
            assert "test-kit" not in (await me.get("/sites/")).text
            assert (await stranger.get(PATH)).status_code == 404
            for one in (me, sam):
                assert (await one.get(PATH)).status_code == 404
                for action in ACTIONS:
                    assert (await one.send(PATH + action, **FIELDS[action])).status_code == 404


async def test_other_machines_and_portals_see_why_they_are_refused(portal: Portal) -> None:
    """A session is not enough: the control plane checks the browser, too."""
    other = Portal(portal.parts, host="127.0.0.1")
    async with visitor(portal) as me:
        tunnel = await me.get(PATH, **{"x-forwarded-for": "192.0.2.7"})
        assert (tunnel.status_code, "LANDINGPAD_CONTROL_TOKEN" in tunnel.text) == (403, True)
        token = begin_session(other, other.admin_id)
        transport = httpx.ASGITransport(App(portal.parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
            http.cookies.set(COOKIE, token, domain="127.0.0.1")
            neighbour = Visitor(http, token)
            page = await neighbour.get(PATH)
            assert (page.status_code, "first portal of this server" in page.text) == (403, True)
            data = {"csrf": re.findall(r'name="csrf" value="(\w+)"', page.text)[0]}
            refused = await http.post(f"{PATH}reset", data=data, headers={"origin": "http://127.0.0.1:8080"})
            assert "first portal of this server" in text_of(await neighbour.get(refused.headers["location"]))
        assert (await me.get(PATH)).status_code == 200, "nothing was reset"


async def test_several_processes_refuse_orders_with_a_reason(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, workers=2) as parts:
        async with visitor(Portal(parts)) as me:
            page = await me.get(PATH)
    assert (page.status_code, "one worker" in page.text) == (409, True)


async def test_a_reset_leads_to_the_sign_in_and_says_why(portal: Portal) -> None:
    await portal.site("later")
    await order(portal, "POST", "faults", method="landing.site.add", error="OVERLOAD_LIMIT")
    async with visitor(portal) as me:
        page = await me.follow(f"{PATH}reset")
        assert page.status_code == 200
        assert "The portal was reset, which ended your session" in text_of(page)
        assert f'name="next" value="{PATH}"' in page.text
        assert (await me.get(PATH)).headers["location"].startswith("/sign-in/")
    assert await portal.call("landing.site.getList") == []
    assert (await order(portal, "GET", "faults"))["faults"] == []


async def test_the_sign_in_shows_known_reasons_only(portal: Portal) -> None:
    async with portal.http() as stranger:
        page = await stranger.get("/sign-in/", params={"because": HOSTILE})
    assert "alert(1)" not in page.text
    assert 'role="status"' not in page.text


async def test_snapshots_are_taken_restored_and_deleted(portal: Portal) -> None:
    async with visitor(portal) as me:
        taken = await me.follow(f"{PATH}snapshots/take", name="empty-shop")
        assert "The snapshot is taken." in text_of(taken)
        assert shown_command(taken) == ["curl", "-X", "POST", f"{ORIGIN}/_landingpad/snapshots/empty-shop"]
        await portal.site("later")
        back = await me.follow(f"{PATH}snapshots/restore", name="empty-shop")
        assert "restored to the snapshot" in text_of(back), "sessions of that time are valid again"
        assert shown_command(back)[-1] == f"{ORIGIN}/_landingpad/snapshots/empty-shop/restore"
        assert await portal.call("landing.site.getList") == []
        assert "The snapshot is deleted." in text_of(await me.follow(f"{PATH}snapshots/delete", name="empty-shop"))
        assert "empty-shop" not in await order(portal, "GET", "snapshots")
        away = await me.follow(f"{PATH}snapshots/restore", name="start")
        assert "from before your sign-in" in text_of(away)


@pytest.mark.parametrize("name", ["", "start", HOSTILE, "a/b", "../../etc", "UPPER", "x" * 41])
@pytest.mark.parametrize("action", ["take", "delete"])
async def test_an_invalid_name_is_refused_and_shown_as_text(portal: Portal, action: str, name: str) -> None:
    before = await order(portal, "GET", "snapshots")
    async with visitor(portal) as me:
        page = await me.follow(f"{PATH}snapshots/{action}", name=name)
    assert 'role="alert"' in page.text
    assert "<script>alert" not in page.text
    if name == HOSTILE:
        assert len(shown_command(page)) == 4, "a shell sees one word"
        assert shown_command(page)[3].startswith(f"{ORIGIN}/_landingpad/snapshots/%22%3E%3Cscript%3E")
    assert await order(portal, "GET", "snapshots") == before


async def test_the_clock_is_stopped_moved_set_and_reset(portal: Portal) -> None:
    async def clock() -> dict[str, Any]:
        told: dict[str, Any] = await order(portal, "GET", "clock")
        return told

    async with visitor(portal) as me:
        frozen = await me.follow(f"{PATH}clock/freeze")
        assert "Frozen" in text_of(frozen)
        assert shown_command(frozen)[-2:] == ["-d", '{"freeze": true}']
        stands = (await clock())["now"]
        moved = await me.follow(f"{PATH}clock/advance", amount="1.5", unit="3600")
        assert shown_command(moved)[-1] == '{"advance": 5400.0}'
        assert (await clock())["now"] == stands + 5400
        await me.follow(f"{PATH}clock/go-on")
        assert not (await clock())["frozen"]
        wrong = await me.follow(f"{PATH}clock/set", now=HOSTILE)
        assert "is not a time" in text_of(wrong)
        assert "<script>alert" not in wrong.text
        far = await me.follow(f"{PATH}clock/advance", amount="999999999999999", unit="86400")
        assert "1970 to 2999" in text_of(far)
        assert 'role="alert"' in (await me.follow(f"{PATH}clock/advance", amount="soon", unit="60")).text
        await me.follow(f"{PATH}clock/reset")
        assert abs((await clock())["ahead"]) < 1
        ended = await me.follow(f"{PATH}clock/set", now="2091-03-26T14:00:00")
        assert "Your session has expired" in text_of(ended)
        assert (await clock())["iso"].startswith("2091-03-26T14:00:")


async def test_faults_are_added_counted_and_removed(portal: Portal) -> None:
    async with visitor(portal) as me:
        fields = {"method": "landing.site.*", "what": "OVERLOAD_LIMIT", "times": "2", "after": "1", "slow_ms": ""}
        added = await me.follow(f"{PATH}faults/add", probability="1", **fields)
        assert shown_command(added)[:4] == ["curl", "-X", "POST", f"{ORIGIN}/_landingpad/faults"]
        assert "met 0 of 2" in text_of(added)
        await portal.call("landing.site.getList")
        with pytest.raises(ApiFailure, match="OVERLOAD_LIMIT"):
            await portal.call("landing.site.getList")
        page = await me.get(PATH)
        assert "met 1 of 2" in text_of(page)
        (fault_id,) = re.findall(r'name="id" value="(\w+)"', page.text)
        await me.follow(f"{PATH}faults/remove", id=fault_id)
        await portal.call("landing.site.getList")
        await me.follow(f"{PATH}faults/add", method="", what="", slow_ms="1")
        await me.follow(f"{PATH}faults/add", method="oauth.token", what="invalid_grant")
        await me.follow(f"{PATH}faults/add", method="x", what="answer:empty", probability="0.5")
        unnamed = await me.follow(f"{PATH}faults/remove", id="")
        assert 'role="alert"' in unnamed.text, "none is removed, so not all"
        told = (await order(portal, "GET", "faults"))["faults"]
        assert [(one["method"], one["error"], one["slow_ms"], one["answer"]) for one in told] == [
            ("*", "", 1, None),
            ("oauth.token", "invalid_grant", 0, None),
            ("x", "", 0, "empty"),
        ]
        assert "with the chance 0.5" in text_of(await me.get(PATH))
        assert "No fault is on" in text_of(await me.follow(f"{PATH}faults/clear"))


async def test_every_offered_outcome_works(portal: Portal) -> None:
    async with visitor(portal) as me:
        page = await me.get(PATH)
        select = page.text.partition('id="what"')[2].partition("</select>")[0]
        of_methods, of_tokens = (
            re.findall(r"<option(?: selected)?>(\w+)</option>", part) for part in select.split("Errors of oauth.token")
        )
        assert {"OVERLOAD_LIMIT", "SITE_LIMIT_REACHED"} <= set(of_methods)
        assert "invalid_grant" in of_tokens
        for method, outcomes in (
            ("none", [*of_methods, *(f"answer:{one}" for one in SPOILED)]),
            ("oauth.token", of_tokens),
        ):
            for what in outcomes:
                assert (await me.send(f"{PATH}faults/add", method=method, what=what)).status_code == 303, what


@pytest.mark.parametrize(
    "fields",
    [
        {"what": ""},
        {"what": "NO_SUCH_CODE"},
        {"what": "answer:x"},
        {"times": "0"},
        {"after": "x"},
        {"probability": "2"},
    ],
)
async def test_an_invalid_fault_shows_the_reason_and_keeps_the_form(portal: Portal, fields: dict[str, str]) -> None:
    async with visitor(portal) as me:
        given = {"method": HOSTILE, "what": "OVERLOAD_LIMIT", **fields}
        page = await me.send(f"{PATH}faults/add", **given)
        assert page.status_code == 422
        assert 'role="alert" id="problem"' in page.text
        assert unescape(re.findall(r'id="fault-method"[^>]* value="([^"]*)"', page.text)[0]) == HOSTILE
        assert "<script>alert" not in page.text
    assert (await order(portal, "GET", "faults"))["faults"] == []


async def test_hostile_patterns_are_texts(portal: Portal) -> None:
    async with visitor(portal) as me:
        page = await me.follow(f"{PATH}faults/add", method=HOSTILE, what="OVERLOAD_LIMIT")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert json.loads(shown_command(page)[-1])["method"] == HOSTILE


async def test_limits_and_the_portal_are_changed(portal: Portal) -> None:
    await portal.call("server.time")
    caller = portal.parts.journal.find(CallFilter())[-1].credential
    async with visitor(portal) as me:
        assert "Buckets are filled" in text_of(await me.get(PATH))
        await me.follow(f"{PATH}limits", mode="enforce", operating_limit="100")
        told = await order(portal, "GET", "limits")
        assert (told["mode"], told["operating_limit"]) == ("enforce", 100)
        await me.follow(f"{PATH}limits/level", level="50", address="127.0.0.1")
        with pytest.raises(ApiFailure, match="QUERY_LIMIT_EXCEEDED"):
            await portal.call("server.time")
        wrong = await me.follow(f"{PATH}limits/used", method="no.such", caller="webhook:1", seconds="9")
        assert "is not counted" in text_of(wrong)
        assert "used up" in text_of(
            await me.follow(f"{PATH}limits/used", **{**FIELDS["limits/used"], "caller": caller})
        )
        assert "landing.site.add" in (await me.get("/developer/limits/")).text
        await me.follow(f"{PATH}limits", mode="off", operating_limit="100")
        changed = await me.follow(f"{PATH}portal", **FIELDS["portal"])
        assert "The portal is changed." in text_of(changed), "people still see it"
        told = await order(portal, "GET", "portal")
        assert (told["state"], told["plan"], told["reached"]) == ("overloaded", "basic", ["sites"])
        with pytest.raises(ApiFailure, match="OVERLOAD_LIMIT"):
            await portal.call("server.time")
        await me.follow(f"{PATH}portal", state="active", plan="enterprise")
        assert (await order(portal, "GET", "portal"))["reached"] == []
        assert 'role="alert"' in (await me.follow(f"{PATH}portal", state="nowhere")).text


async def test_a_closed_portal_shows_how_to_reopen_it(portal: Portal) -> None:
    async with visitor(portal) as me:
        page = await me.send(f"{PATH}portal", state="deleted", plan="basic")
        assert page.status_code == 200
        (found,) = re.findall(r'<code id="code-again">(.*?)</code>', page.text, re.DOTALL)
        words = shlex.split(unescape(found))
        assert (await me.get(PATH)).status_code == 404
        answer = await me.http.request(words[2], words[3], content=words[5])
        assert answer.status_code == 200
        assert (await me.get(PATH)).status_code == 200
    stored = portal.parts.db.read_here(lambda tx: portal_rows.find(tx, portal.id))
    assert stored is not None
    assert stored.state == PortalState.ACTIVE


async def test_every_button_gives_a_declared_order(portal: Portal) -> None:
    """An undeclared order would be refused as unknown."""
    async with visitor(portal) as me:
        for action in (one for one in ACTIONS if one != "reset"):
            page = await me.send(PATH + action, **FIELDS[action])
            assert "There is no order" not in page.text
            if page.status_code == 303:
                assert "There is no order" not in (await me.get(PATH)).text
    assert len(list(ORDERS)) > len(ACTIONS)
