"""Screens of limits, people and roles, methods, and assistants."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from landingpad.domain.people.portals import Plan, PortalState
from landingpad.reference.assistants import setups
from landingpad.rpc.declare import REGISTRY
from landingpad.store.people import portals as portal_rows
from landingpad.store.people import webhooks
from landingpad.store.tables.site import users
from support.portal import Databases, Portal
from support.web import ORIGIN, text_of, visitor

LIMITS, PEOPLE, METHODS, ASSISTANTS = (f"/developer/{name}/" for name in ("limits", "people", "methods", "assistants"))
HOSTILE = "\"><script>alert(1)</script>' onload=alert(1)"


async def test_enforced_limits_and_their_use(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, limits="enforce") as parts:
        portal = Portal(parts)
        parts.services.clock.freeze()
        assert parts.limits.rate is not None
        parts.limits.rate.set_level(portal.id, "198.51.100.7", 48, parts.services.clock.now())
        operating = parts.limits.operating
        assert operating is not None
        ids = {one.title: one.id for one in parts.db.read_here(lambda tx: webhooks.of_portal(tx, portal.id))}
        admins, sams = f"webhook:{ids['admin']}", f"webhook:{ids['plain']}"
        operating.charge(admins, "landing.site.add", 120.5, parts.services.clock.now())
        operating.charge(sams, "landing.site.getList", 12, parts.services.clock.now())
        operating.charge("webhook:999999", "landing.of.another.portal", 12, parts.services.clock.now())
        async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
            page, own = text_of(await me.get(LIMITS)), text_of(await sam.get(LIMITS))
            assert "Enforced" in page
            assert "50 at once from an address, and 2 more each second" in page
            assert "480 s for a method and caller in 10 minutes" in page
            assert "64 MiB a request" in page
            assert re.search(r"198\.51\.100\.7 48 of 50", page)
            assert re.search(r"landing\.site\.add admin 120\.50 s", page)
            assert "another.portal" not in page
            assert "landing.site.getList plain" in own
            assert "landing.site.add" not in own, "nor what others use up"
            assert "198.51.100.7" not in own, "nor where they are"
            parts.services.clock.advance(24)
            assert "Every bucket is empty" in text_of(await me.get(LIMITS))
            parts.services.clock.advance(600)
            assert "No calls." in text_of(await me.get(LIMITS))


@pytest.mark.parametrize(("mode", "text"), [("count", "Counted"), ("off", "Nothing is counted.")])
async def test_limits_that_are_not_enforced(databases: Databases, tmp_path: Path, mode: str, text: str) -> None:
    with databases.parts(tmp_path, limits=mode) as parts:
        portal = Portal(parts)
        parts.db.write_here(
            lambda tx: portal_rows.update(tx, portal.id, plan=Plan.ENTERPRISE, state=PortalState.ACTIVE)
        )
        async with visitor(portal) as me:
            page = text_of(await me.get(LIMITS))
    assert text in page
    assert "250 at once from an address, and 5 more each second" in page


async def test_people_and_roles(portal: Portal) -> None:
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, portal.plain_id, is_active=False, name=HOSTILE))
    codes = [f"U{portal.admin_id}", "AU", "SG77_A"]
    role = next(role for role in await portal.call("landing.role.getList") if role["XML_ID"] == "MANAGER")
    await portal.call("landing.role.setAccessCodes", id=int(role["ID"]), codes=codes)
    site_id = await portal.site("acme")
    await portal.call("landing.role.setRights", id=int(role["ID"]), rights={site_id: ["edit"]})
    async with visitor(portal) as me:
        answer = await me.get(PEOPLE)
        page = unescape(text_of(answer))
        assert re.search(r"Ada #\d+, signs in as ada ,.* Administrator", page)
        assert "Blocked" in page
        assert "<script>alert" not in answer.text
        assert re.search(rf"Site {site_id} +read, edit", page)
        assert re.search(rf"Ada\s+U{portal.admin_id}", page)
        assert "SG77_A" in page, "an unknown code is shown unchanged"
        assert "Not in use" in page
        await portal.call("landing.role.enable", mode=1)
        assert "Roles decide" in text_of(await me.get(PEOPLE))
        assert 'href="/docs/landing.role.setAccessCodes"' in answer.text
        assert "landing.role.isEnabled" in answer.text, "the calls for programs"


async def test_people_are_for_administrators_of_this_portal(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    other.parts.db.write_here(lambda tx: tx.update(users, other.id, other.plain_id, last_name="Foreigner"))
    async with visitor(portal, portal.plain_id) as sam, visitor(portal) as me, portal.http() as stranger:
        refused = await sam.get(PEOPLE)
        assert refused.status_code == 403
        assert "ada" not in text_of(refused)
        assert PEOPLE not in (await sam.get(LIMITS)).text
        assert "Foreigner" not in (await me.get(PEOPLE)).text
        for path in (LIMITS, PEOPLE, METHODS, ASSISTANTS):
            assert (await stranger.get(path)).headers["location"] == f"/sign-in/?next={path}"


async def test_every_method_is_in_the_table(portal: Portal) -> None:
    await portal.call("server.time")
    await portal.call("SERVER.TIME")
    await portal.call("methods", by="plain")
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
        page = await me.get(METHODS)
        rows = re.findall(r'<h3><a href="/docs/([\w.]+)">', page.text)
        assert sorted(rows, key=str.lower) == [method.name for method in REGISTRY]
        assert f"The {len(REGISTRY)} methods" in text_of(page)
        for name in rows:
            assert (await portal.get(f"http://localhost:8080/docs/{name}")).status_code == 200
        assert re.search(r'method=server.time"[^>]*>2 calls<', page.text)
        own = (await me.get(f"{METHODS}?method=landingpad's+own")).text
        assert re.findall(r'<h3><a href="/docs/([\w.]+)">', own) == [
            method.name for method in REGISTRY if method.is_own
        ]
        marks = [unescape(text).count("Landingpad's own</span>") for text in (own, page.text)]
        assert marks == [len([method for method in REGISTRY if method.is_own])] * 2
        found = await me.get(f"{METHODS}?method=preview+site")
        assert "landing.site.getPreview" in found.text
        assert len(re.findall("<h3>", found.text)) < 10
        assert not re.search(r"method=server.time", (await sam.get(METHODS)).text), "others' calls are not counted"
        none = await me.http.get(METHODS, params={"method": HOSTILE})
        assert "No matching method" in text_of(none)
        assert "<script>alert" not in none.text


async def test_assistants_are_connected_to_this_portal(portal: Portal) -> None:
    """The page has the texts of the article with the address of this portal and the user."""
    article = await portal.get("http://localhost:8080/docs/assistants.md")
    rows = [line for line in article.text.splitlines() if line.startswith("| ")][1:]
    listed = setups(ORIGIN, "1/CODE")
    assert [one.name for one in listed] == [row.split(" | ")[0].removeprefix("| ").replace("`", "") for row in rows]
    assert len(listed) >= 7
    async with visitor(portal, portal.plain_id) as sam:
        page = unescape((await sam.get(ASSISTANTS)).text)
    assert "portal.example.com" not in page
    assert f"claude mcp add --transport http landingpad {ORIGIN}/mcp" in page
    assert f'--header "Authorization: Bearer {portal.plain_id}/CODE"' in page
    assert f"{ORIGIN}/rest/{portal.plain_id}/CODE/" in page
    for one in listed:
        assert one.code or one.text
        if one.code.startswith("{"):
            assert ORIGIN in json.dumps(json.loads(one.code))


async def test_the_root_leads_to_the_sites_and_strangers_to_the_sign_in(portal: Portal) -> None:
    async with portal.http() as stranger:
        answer = await stranger.get("/?next=https://evil.example/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sites/")
        asked = await stranger.get(answer.headers["location"])
        assert asked.headers["location"] == "/sign-in/?next=/sites/"
        assert (await stranger.get("/developer")).headers["location"] == "/developer/"
        assert (await stranger.get("/developer/")).headers["location"] == "/sign-in/?next=/developer/"
    async with visitor(portal) as me:
        assert (await me.get("/")).headers["location"] == "/sites/"
        assert (await me.get("/sites/")).status_code == 200
        assert (await me.get("/developer/")).headers["location"] == "/developer/webhooks/"
    async with portal.http("whoever.example") as foreign:
        shown = await foreign.get("/")
        assert shown.status_code == 200, "an unknown host name shows no portal"
        assert "This portal is running" in shown.text
