"""Filters of every list through the wire: texts with "%" are patterns, "!" finds the opposite, "=" is literal."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from landingpad.domain.app import events
from landingpad.domain.people.people import add_department
from landingpad.domain.work import Work
from landingpad.rpc.declare import REGISTRY
from landingpad.store.db.engine import Tx
from support.portal import ApiFailure, Portal

pytestmark = pytest.mark.both_engines


class List(NamedTuple):
    """How a list takes a filter, and a text field of its rows."""

    field: str
    params: Callable[[dict[str, Any]], dict[str, Any]]
    by: str = "admin"
    has_signs: bool = True
    """Whether keys may have a prefix; the fields of departments are parameters and have none."""


def _inside(filter_: dict[str, Any]) -> dict[str, Any]:
    return {"params": {"filter": filter_}}


def _beside(filter_: dict[str, Any]) -> dict[str, Any]:
    return {"filter": filter_}


def _of_pages(filter_: dict[str, Any]) -> dict[str, Any]:
    return {"type": "page", "filter": filter_}


LISTS = {
    "landing.site.getList": List("TITLE", _inside),
    "landing.landing.getList": List("TITLE", _inside),
    "landing.site.getFolders": List("TITLE", _beside),
    "landing.repo.getList": List("NAME", _inside),
    "landing.demos.getList": List("TITLE", _inside),
    "landing.demos.getSiteList": List("TITLE", _of_pages),
    "landing.demos.getPageList": List("TITLE", _of_pages),
    "landing.template.getlist": List("TITLE", _inside),
    "user.get": List("NAME", _beside),
    "department.get": List("NAME", dict, has_signs=False),
    "event.offline.list": List("EVENT_NAME", _beside, by="app"),
}
OTHERS = {
    "user.search": "finds the beginnings of words",
    "event.offline.get": "removes what it returns; tested below",
}


def test_every_list_is_tested() -> None:
    """A list that is missing here belongs into LISTS, with one of its text fields."""
    found = {
        method.name
        for method in REGISTRY
        if "filter" in method.summary or any("filter" in (p.wire + p.text).lower() for p in method.parameters)
    }
    assert found == {*LISTS, *OTHERS}


@pytest.fixture
async def world(portal: Portal) -> Portal:
    site_id = await portal.site("alpha", TITLE="Alpha shop")
    await portal.site("beta", TITLE="Beta")
    await portal.page(site_id, "one", TITLE="First page")
    await portal.page(site_id, "two", TITLE="Second")
    for title in ("Old things", "New"):
        await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": title})
    for code in ("card", "table"):
        fields = {
            "NAME": f"My {code}",
            "SECTIONS": "text",
            "PREVIEW": "https://a.example/p.png",
            "CONTENT": '<section class="landing-block"><p>x</p></section>',
        }
        await portal.call("landing.repo.register", code=code, fields=fields, manifest={})
    for code in ("cafe", "hotel"):
        data = {"charset": "UTF-8", "code": code, "name": f"A {code}", "type": "page", "fields": {}, "items": {}}
        await portal.call("landing.demos.register", data=data)
    for event in ("ONUSERADD", "ONLANDINGFORMSUBMIT"):
        await portal.call("event.bind", by="app", event=event, event_type="offline")
        portal.parts.db.write_here(lambda tx, event=event: emit(tx, portal, event))  # type: ignore[misc]  # a default
    portal.parts.db.write_here(lambda tx: add_department(tx, portal.id, name="Hunting"))
    return portal


def emit(tx: Tx, portal: Portal, event: str) -> None:
    events.emit(Work.of_system(tx, portal.id, 1_700_000_000_000, portal.parts.services), event, {"ID": 1})


async def rows(portal: Portal, method: str, conditions: dict[str, Any]) -> list[str]:
    """Return the tested field of the rows that fulfil the conditions."""
    tested = LISTS[method]
    params = tested.params(conditions)
    if method == "landing.site.getFolders":
        site = (await portal.call("landing.site.getList", params={"filter": {"CODE": "alpha"}}))[0]
        params["siteId"] = site["ID"]
    found = await portal.call(method, by=tested.by, **params)
    members = found.values() if isinstance(found, dict) else found
    return [row[tested.field] for row in members]


@pytest.mark.parametrize("method", LISTS)
async def test_a_text_with_a_percent_sign_is_a_pattern(world: Portal, method: str) -> None:
    field = LISTS[method].field
    whole = await rows(world, method, {})
    value = whole[0]

    def matching(*patterns: str) -> list[str]:
        return [text for text in whole if any(matches(text, pattern) for pattern in patterns)]

    async def found(prefix: str, asked: Any) -> list[str]:
        return await rows(world, method, {prefix + field: asked})

    patterns = [f"%{value[1:]}", f"{value[:-1]}%", f"%{value[1:-1].upper()}%", f"{value[0]}%{value[-1]}"]
    for pattern in patterns:
        assert 0 < len(matching(pattern)) < len(whole)
        assert await found("", pattern) == matching(pattern), pattern
    assert await found("", "%") == whole
    assert await found("", f"%no{value}%") == []
    assert await found("", [patterns[0], "no%one"]) == matching(patterns[0])
    assert await found("", value) == [text for text in whole if text == value]
    if not LISTS[method].has_signs:
        return
    for pattern in patterns:
        assert await found("!", pattern) == [text for text in whole if text not in matching(pattern)], pattern
        assert await found("=", pattern) == await found("@", pattern) == []
    assert await found("!=", patterns[0]) == whole
    assert await found("!", [patterns[0], "no%one"]) == [text for text in whole if text not in matching(patterns[0])]
    assert await found("%", value[1:-1]) == matching(f"%{value[1:-1]}%")


def matches(text: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("%"))), text, re.IGNORECASE) is not None


async def test_codes_of_sites_are_matched_without_their_slashes(world: Portal) -> None:
    for pattern in ("/alp%", "%pha/", "/%lph%/", "alp%"):
        found = await world.call("landing.site.getList", params={"filter": {"CODE": pattern}})
        assert [row["CODE"] for row in found] == ["/alpha/"], pattern


async def test_a_slash_is_part_of_a_text(portal: Portal) -> None:
    await portal.site("one", TITLE="either/or")
    await portal.site("two", TITLE="or")
    found = await portal.call("landing.site.getList", params={"filter": {"%TITLE": "/or"}})
    assert [row["TITLE"] for row in found] == ["either/or"]


async def test_offline_events_are_fetched_by_a_pattern(world: Portal) -> None:
    fetched = await world.call("event.offline.get", by="app", filter={"EVENT_NAME": "%none%"})
    assert fetched["events"] == []
    fetched = await world.call("event.offline.get", by="app", filter={"EVENT_NAME": "%user%"})
    assert [event["EVENT_NAME"] for event in fetched["events"]] == ["ONUSERADD"]


async def test_a_filter_takes_a_hundred_patterns(portal: Portal) -> None:
    site_id = await portal.site()
    most = [*(f"no{number}%" for number in range(99)), "A%e"]
    found = await portal.call("landing.site.getList", params={"filter": {"TITLE": most}})
    assert [row["ID"] for row in found] == [str(site_id)]
    with pytest.raises(ApiFailure, match="at most 100 patterns"):
        await portal.call("landing.site.getList", params={"filter": {"TITLE": [*most, "%"]}})
