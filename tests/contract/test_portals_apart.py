"""Two portals in one database: no call of one reveals or changes the other."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.rpc.declare import REGISTRY, Runs
from landingpad.store.db import engine
from landingpad.store.db.columns import metadata
from support.portal import Databases, Portal
from support.rights_world import ABOUT_A_SITE, ABOUT_THE_SECTION, SECRET, UNKNOWN, Ids, build

pytestmark = pytest.mark.both_engines

OTHER_HOST = "other.example"


def shape(response: httpx.Response) -> str:
    """Return an answer without ids and times."""
    body = response.json()
    body.pop("time", None)
    return re.sub(r"\d+", "#", json.dumps([response.status_code, body], sort_keys=True))


@pytest.fixture
async def two(databases: Databases, tmp_path: Path) -> Any:
    """Return a portal with the protected site, and an administrator of another portal in the same database."""
    with databases.parts(tmp_path) as parts:
        first = Portal(parts)
        ids = await build(first)
        second = Portal(parts, OTHER_HOST)
        parts.portals.forget()  # otherwise the new portal is found only after some seconds
        yield first, second, ids


def rows_of(portal: Portal) -> dict[str, list[Any]]:
    """Return all rows of a portal by table."""

    def read(tx: engine.Tx) -> dict[str, list[Any]]:
        found = {}
        for table in metadata.sorted_tables:
            if table.name == "forgotten_media":  # files to remove, by content; portals may share them
                continue
            column = "id" if table.name == "portals" else "portal_id"
            sql = f'SELECT * FROM "{table.name}" WHERE {column} = {portal.id}'  # noqa: S608  # names of our own tables
            found[table.name] = sorted(map(repr, tx._connection.execute(sql, ()).fetchall()))
        return found

    return portal.parts.db.read_here(read)


async def test_no_method_shows_or_changes_another_portal(two: tuple[Portal, Portal, Ids]) -> None:
    """Every method answers ids of the other portal like unknown ids."""
    first, second, ids = two
    first.parts.uses.store()  # uses of its own webhooks would be stored later
    before = rows_of(first)
    problems = []
    for name, params in {**ABOUT_A_SITE, **ABOUT_THE_SECTION}.items():
        foreign = await second.answer(name, params(ids))
        nothing = await second.answer(name, params(UNKNOWN))
        method = REGISTRY.find(name)
        assert method is not None
        if shape(foreign) != shape(nothing) and not (name in ABOUT_THE_SECTION and method.runs is Runs.WRITE):
            problems.append(f"{name}: {shape(foreign)} is not {shape(nothing)}")
        if SECRET in foreign.text.lower():
            problems.append(f"{name} tells a secret: {foreign.text}")
    assert not problems, "\n".join(problems)
    assert rows_of(first) == before


async def test_tokens_are_invalid_in_another_portal(two: tuple[Portal, Portal, Ids]) -> None:
    first, second, ids = two
    for by in ("admin", "plain"):
        async with second.http() as http:
            response = await http.post(f"{first.webhooks[by]}landing.site.getPreview", json={"id": ids.site})
        assert (response.status_code, response.json()["error"]) == (401, "INVALID_CREDENTIALS")


async def test_pictures_and_addresses_of_another_portal(two: tuple[Portal, Portal, Ids]) -> None:
    """A portal's host shows no sites of another portal."""
    first, second, ids = two
    assert await second.call("landing.site.getPreview", id=ids.site) == NO_PREVIEW
    host = httpx.URL(await first.call("landing.site.getPublicUrl", id=ids.site)).host
    mine = await second.call("landing.site.add", fields={"TITLE": "Mine", "CODE": "mine"})
    # The error does not reveal which portal has the host name.
    taken = await second.answer("landing.site.update", {"id": mine, "fields": {"DOMAIN_ID": host}})
    free = await first.call("landing.site.getList", params={"filter": {"ID": ids.site}, "select": ["DOMAIN_ID"]})
    by_id = await second.answer("landing.site.update", {"id": mine, "fields": {"DOMAIN_ID": int(free[0]["DOMAIN_ID"])}})
    unknown = await second.answer("landing.site.update", {"id": mine, "fields": {"DOMAIN_ID": 9_999_999}})
    assert taken.json()["error"] == "DOMAIN_EXIST"
    assert SECRET not in taken.json()["error_description"].replace(host, "")
    assert shape(by_id) == shape(unknown)
    async with second.http() as http:
        for path in (f"/{SECRET}-base/", f"/knowledge/{SECRET}-base/", f"/{SECRET}-site/", f"/{PREVIEW_FILE}"):
            answer = await http.get(path)
            assert SECRET not in answer.text.lower().replace(path, ""), path


async def test_site_codes_are_unique_only_within_a_portal(two: tuple[Portal, Portal, Ids]) -> None:
    """A code used in another portal is free, so trying codes reveals nothing."""
    _, second, _ = two
    fields = {"TITLE": "Base", "CODE": f"{SECRET}-base", "TYPE": "KNOWLEDGE"}
    made = await second.call("landing.site.add", scope="KNOWLEDGE", fields=fields)
    params = {"filter": {"ID": made}, "select": ["CODE"]}
    found = await second.call("landing.site.getList", scope="KNOWLEDGE", params=params)
    assert found[0]["CODE"] == f"/{SECRET}-base/"
