"""The request log in the browser: its content, its readers, and the masking of secrets."""

import asyncio
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.web.frame.paths import DEVELOPER
from support.portal import Databases, Portal
from support.web import text_of, visitor

PATH = f"{DEVELOPER}log/"
HOSTILE = "\"><script>alert(1)</script>' onload=alert(1)"
SECRET = "s3cr3ts3cr3ts3cr3t"


def methods(page: httpx.Response) -> list[str]:
    """Return the methods listed on a page, in order."""
    return [unescape(name).strip() for name in re.findall(r'<code class="cut">([^<]*)', page.text)]


async def test_a_call_is_shown_with_parameters_and_error(portal: Portal) -> None:
    await portal.answer("landing.site.getpreview", {"id": 9, "sitle": "x"})
    await portal.answer("landing.site.add")
    await portal.answer("landing.site.getPreviw")
    async with visitor(portal) as me:
        page = await me.get(PATH)
    assert methods(page) == ["landing.site.getPreviw", "landing.site.add", "landing.site.getPreview"]
    text = unescape(text_of(page))
    assert "Did you mean landing.site.getPreview?" in text
    assert "400 MISSING_PARAMS" in text
    assert '"sitle": "x"' in text
    assert "Called as landing.site.getpreview" in text
    assert "admin , as ada" in text
    assert "no effect" in text, "a hint says that a parameter has none"
    assert 'href="/docs/landing.site.add"' in page.text


async def test_filters(portal: Portal) -> None:
    await portal.call("server.time")
    await portal.call("landing.site.getList")
    await portal.call("landing.site.getList", by="plain", extra=1)
    await portal.answer("landing.site.getPreview")
    async with visitor(portal) as me:

        async def shown(**asked: str) -> list[str]:
            return methods(await me.http.get(PATH, params=asked))

        assert await shown(method="SITE.GET") == ["landing.site.getPreview", *["landing.site.getList"] * 2]
        assert await shown(method="server.*") == ["server.time"]
        assert await shown(method="[a-z]") == []
        assert await shown(status="errors") == ["landing.site.getPreview"]
        assert await shown(status="400") == ["landing.site.getPreview"]
        assert await shown(status="200", method="server") == ["server.time"]
        assert await shown(status="hints") == ["landing.site.getList"]
        everything = await me.get(PATH)
        callers = re.findall(r'<option value="(webhook:\d+)">(\w+)', everything.text)
        assert [name for _, name in callers] == ["admin", "plain"]
        assert await shown(caller={name: value for value, name in callers}["plain"]) == ["landing.site.getList"]
        none = await me.http.get(PATH, params={"caller": HOSTILE, "method": HOSTILE, "status": HOSTILE})
        assert "No matching call" in text_of(none)
        assert "<script>alert" not in none.text


async def test_it_is_read_page_by_page(portal: Portal) -> None:
    for _ in range(51):
        await portal.call("server.time")
    await portal.call("methods")
    async with visitor(portal) as me:
        page = await me.get(PATH)
        assert len(methods(page)) == 50
        assert "52 calls" in text_of(page)
        (older,) = re.findall(r'href="(/developer/log/\?before=\d+)"', page.text)
        rest = await me.get(older)
        assert methods(rest) == ["server.time"] * 2
        assert "Live" not in text_of(rest).split()
        assert "Older calls" not in text_of(rest)
        assert "To the newest" in text_of(rest)


async def test_new_calls_are_announced_and_put_above(portal: Portal) -> None:
    await portal.call("server.time")
    async with visitor(portal) as me:
        page = await me.get(f"{PATH}?method=landing")
        (news,) = re.findall(r'hx-get="(/developer/log/news[^"]+)"', page.text)
        news = unescape(news)
        assert "hx-swap-oob" not in (await me.get(news)).text
        await portal.call("landing.site.getList")
        await portal.call("server.time")
        told = await me.get(news)
        assert methods(told) == ["landing.site.getList"]
        assert 'hx-swap-oob="afterbegin:#calls"' in told.text
        following = unescape(re.findall(r'hx-get="(/developer/log/news[^"]+)"', told.text)[0])
        assert methods(await me.get(following)) == []


async def test_the_stream_announces_matching_calls(portal: Portal) -> None:
    """It ends with the server; a browser that reconnects gets only later events."""
    async with visitor(portal) as me:
        asyncio.get_running_loop().call_later(0.2, lambda: asyncio.ensure_future(portal.call("landing.site.getList")))
        asyncio.get_running_loop().call_later(2.5, portal.parts.closing.set)
        answer = await me.get(f"{PATH}live?method=landing&after=0")
        assert answer.headers["content-type"] == "text/event-stream"
        number = portal.parts.journal.last
        assert f"id: {number}\n" in answer.text
        again = await me.get(f"{PATH}live?method=landing&after=0", **{"last-event-id": str(number)})
        assert "data:" not in again.text
    async with portal.http() as stranger:
        assert (await stranger.get(f"{PATH}live")).status_code == 303


async def test_people_see_their_own_calls_and_administrators_those_of_their_portal(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    await portal.call("server.time")
    await portal.call("methods", by="plain")
    await other.call("scope")
    async with portal.http() as http:
        await http.post("/rest/1/wrongcode/profile", json={})
        await http.post(
            "/rest/1/wrongcode/feature.get", content=b"{no json", headers={"content-type": "application/json"}
        )
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
        assert methods(await me.get(PATH)) == ["feature.get", "profile", "methods", "server.time"]
        assert "nobody" in text_of(await me.get(PATH))
        admins = re.findall(r'value="(webhook:\d+)">admin', (await me.get(PATH)).text)[0]
        for path in (PATH, f"{PATH}?caller={admins}", f"{PATH}news?after=0", f"{PATH}news?after=0&method=*"):
            assert set(methods(await sam.get(path))) <= {"methods"}
        assert methods(await sam.get(PATH)) == ["methods"]
        page = await sam.get(PATH)
        assert "admin" not in re.findall(r"<option[^>]*>(\w+)", page.text), "nor who else calls"
    async with portal.http() as stranger:
        assert (await stranger.get(PATH)).headers["location"] == "/sign-in/?next=/developer/log/"
        assert (await stranger.get(f"{PATH}news")).status_code == 303


@pytest.mark.parametrize(
    "params",
    [
        {"auth": {"access_token": SECRET}},
        {"deep": [{"Password": SECRET}]},
        {"cmd": {"a": f"server.time?auth={SECRET}&x=1"}},
        {"handler": f"https://x.example/rest/1/{SECRET}/landing.site.add"},
        {"REFRESH_ID": SECRET, "client_secret": SECRET},
    ],
)
async def test_secrets_are_masked(portal: Portal, params: dict[str, Any]) -> None:
    await portal.answer("server.time", params)
    async with visitor(portal) as me:
        page = await me.get(PATH)
    assert methods(page) == ["server.time"]
    assert SECRET not in page.text
    assert "***" in page.text


async def test_the_log_has_no_codes_of_webhooks_and_no_files(portal: Portal) -> None:
    content = b"\x89PNG" + b"x" * 20_000
    async with portal.http() as http:
        await http.post(f"{portal.webhooks['admin']}landing.site.getList", files={"file": ("pic.png", content)})
    async with visitor(portal) as me:
        page = await me.get(PATH)
    assert portal.webhooks["admin"].rstrip("/").rpartition("/")[2] not in page.text
    assert "(file pic.png, 20004 bytes)" in page.text
    assert "xxxxxxxx" not in page.text


async def test_hostile_parameters_and_names_are_texts(portal: Portal) -> None:
    await portal.answer("landing.site.add", {"fields": {"TITLE": HOSTILE, HOSTILE: "</pre></details>"}})
    async with portal.http() as http:
        await http.get(f"{portal.webhooks['admin']}%3Cscript%3Ealert(1)%3Cscript%3E{'x' * 500}")
    async with visitor(portal) as me:
        page = await me.get(PATH)
    assert "<script>alert" not in page.text
    assert "</pre></details>" not in page.text
    assert "x" * 200 not in page.text
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self';"
    )


async def test_a_switched_off_log_is_explained(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, journal=0) as parts:
        async with visitor(Portal(parts)) as me:
            assert "The request log is off" in text_of(await me.get(PATH))


async def test_with_several_processes_it_is_not_live(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, workers=2) as parts:
        async with visitor(Portal(parts)) as me:
            page = await me.get(PATH)
    assert "several processes" in text_of(page)
    assert "data-events" not in page.text
