"""Webhooks in the browser: creation with scopes, one-time display, revocation, and access."""

import re
import time
from html import unescape

import httpx
import pytest

from landingpad.domain.people.portals import add_webhook
from landingpad.store.people import webhooks as rows
from landingpad.store.people.webhooks import Webhook
from support.portal import Portal
from support.web import ORIGIN, text_of, visitor

PATH = "/developer/webhooks/"
_ADDRESS = re.compile(r'id="new-address"[^>]*>(http://[^<]+)</code>')
HOSTILE = "\"><script>alert(1)</script>' onload=alert(1) {{ 7*7 }}"


def webhooks(portal: Portal) -> dict[str, Webhook]:
    return {one.title: one for one in portal.parts.db.read_here(lambda tx: rows.of_portal(tx, portal.id))}


async def test_made_shown_once_used_and_revoked(portal: Portal) -> None:
    async with visitor(portal, portal.plain_id) as sam:
        form = await sam.get(f"{PATH}new")
        assert re.search(r'value="landing" checked>.*?<span class="soft small">\d\d+ methods', form.text)
        made = await sam.send(f"{PATH}new", title="Nightly", days="30", **{"scopes[]": ["landing", "user_brief"]})
        assert made.status_code == 200
        assert made.headers["cache-control"] == "no-store"
        (address,) = _ADDRESS.findall(made.text)
        assert address.startswith(f"{ORIGIN}/rest/{portal.plain_id}/")
        assert f"{address}server.time" in unescape(made.text), "the first call is written for it"
        code = address.rstrip("/").rpartition("/")[2]
        assert code not in (await sam.get(PATH)).text, "it is shown once"

        stored = webhooks(portal)["Nightly"]
        assert (stored.user_id, stored.scopes) == (portal.plain_id, "landing,user_brief")
        assert stored.expires_at is not None
        assert stored.expires_at - stored.created_at == 30 * 86_400_000

        portal.webhooks["new"] = address.removeprefix(ORIGIN)
        assert await portal.call("landing.site.getList", by="new") == []
        refused = await portal.answer("department.get", by="new")
        assert refused.json()["error"] == "insufficient_scope"

        portal.parts.uses.store()
        assert "used just now" in text_of(await sam.get(PATH))
        told = await sam.follow(f"{PATH}{stored.id}/revoke")
        assert "Calls with it now end with INVALID_CREDENTIALS" in text_of(told)
        assert "Revoked: 1" in text_of(await sam.get(PATH))
        assert (await portal.answer("server.time", by="new")).status_code == 401
        again = await sam.follow(f"{PATH}{stored.id}/revoke")
        assert 'role="alert"' in again.text


async def test_scopes_of_parts_that_are_not_here_can_be_chosen(portal: Portal) -> None:
    async with visitor(portal, portal.plain_id) as sam:
        form = await sam.get(f"{PATH}new")
        assert re.search(
            r'<details><summary>Scopes without methods here.*value="crm">.*</details>', form.text, re.DOTALL
        )
        again = await sam.send(f"{PATH}new", title="", **{"scopes[]": "crm"})
        assert re.search(r'<details open>.*value="crm" checked>', again.text, re.DOTALL), "the choice stays visible"
        made = await sam.send(f"{PATH}new", title="Deals", **{"scopes[]": ["landing", "crm"]})
        (address,) = _ADDRESS.findall(made.text)
        portal.webhooks["deals"] = address.removeprefix(ORIGIN)
        refused = await portal.answer("crm.deal.list", by="deals")
        assert (refused.status_code, refused.json()["error"]) == (404, "ERROR_METHOD_NOT_FOUND")
        assert "Deals crm landing" in " ".join(text_of(await sam.get(PATH)).split())


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "", "scopes[]": "landing"}, "needs a name"),
        ({"title": "x" * 201, "scopes[]": "landing"}, "needs a name"),
        ({"title": "x", "scopes[]": "landing", "days": "99999999"}, "needs a name"),
        ({"title": "x"}, "Choose at least one scope"),
        ({"title": "x", "scopes[]": "sky"}, "There is no scope sky"),
        ({"title": "x", "scopes[a][b]": "landing"}, "Choose at least one scope"),
    ],
)
async def test_an_invalid_form_shows_the_reason(portal: Portal, fields: dict[str, str], problem: str) -> None:
    before = len(webhooks(portal))
    async with visitor(portal) as me:
        answer = await me.send(f"{PATH}new", **fields)
        assert answer.status_code == 422
        assert problem in text_of(answer)
    assert len(webhooks(portal)) == before


async def test_people_see_their_own_and_administrators_all(portal: Portal) -> None:
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
        all_of_them, own = text_of(await me.get(PATH)), text_of(await sam.get(PATH))
    assert all(name in all_of_them for name in ("admin", "plain", "limited"))
    assert "of sam" in all_of_them
    assert "plain" in own
    assert "limited" not in own


async def test_nobody_revokes_webhooks_of_others(portal: Portal) -> None:
    """Not of another user or another portal; administrators revoke any webhook of their portal."""
    other = Portal(portal.parts, host="other.localhost")
    admins, foreign = webhooks(portal)["admin"], webhooks(other)["admin"]
    async with visitor(portal, portal.plain_id) as sam:
        for webhook_id in (admins.id, foreign.id, 999_999):
            assert "There is no such webhook" in text_of(await sam.follow(f"{PATH}{webhook_id}/revoke"))
    async with visitor(portal) as me:
        assert "There is no such webhook" in text_of(await me.follow(f"{PATH}{foreign.id}/revoke"))
        assert str(foreign.id) not in re.findall(r"webhooks/(\d+)/revoke", (await me.get(PATH)).text)
        assert await portal.call("server.time") is not None
        assert await other.call("server.time") is not None
        await me.follow(f"{PATH}{webhooks(portal)['plain'].id}/revoke")
    assert (await portal.answer("server.time", by="plain")).status_code == 401


@pytest.mark.parametrize("path", ["new", "{id}/revoke"])
async def test_forged_forms_do_nothing(portal: Portal, path: str) -> None:
    before = webhooks(portal)
    target = PATH + path.format(id=before["admin"].id)
    fields = {"title": "Forged", "scopes[]": "landing"}
    async with visitor(portal) as me, visitor(portal, portal.plain_id) as sam:
        own = {"origin": ORIGIN}
        page = await sam.get(f"{PATH}new")
        (others,) = re.findall(r'name="csrf" value="(\w+)"', page.text)[:1]
        for data, headers in (
            (fields, own),
            ({**fields, "csrf": "wrong"}, own),
            ({**fields, "csrf": others}, own),
        ):
            assert (await me.http.post(target, data=data, headers=headers)).status_code == 403
        from_elsewhere = await me.http.post(
            target, data=fields, headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        )
        assert from_elsewhere.status_code == 403
        assert (await me.get(f"{PATH}{before['admin'].id}/revoke")).status_code == 405, "a link changes nothing"
    async with portal.http() as stranger:
        answer = await stranger.post(target, data=fields, headers={"origin": ORIGIN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/")
        assert (await stranger.get(PATH)).headers["location"] == "/sign-in/?next=/developer/webhooks/"
    assert webhooks(portal) == before


async def test_a_hostile_name_is_a_text(portal: Portal) -> None:
    async with visitor(portal) as me:
        made = await me.send(f"{PATH}new", title=HOSTILE, **{"scopes[]": "landing"})
        for page in (made, await me.get(PATH), await me.send(f"{PATH}new", title=HOSTILE)):
            assert "<script>alert" not in page.text
            assert "' onload" not in page.text
            assert "&lt;script&gt;alert(1)" in page.text
            assert "script-src 'self';" in page.headers["content-security-policy"]


async def test_expired_webhooks_are_marked(portal: Portal) -> None:
    now_ms = int(time.time() * 1000)
    portal.parts.db.write_here(
        lambda tx: add_webhook(
            tx, portal.id, portal.plain_id, scopes=["landing"], title="Old", now_ms=1000, expires_at=2000
        )
    )
    portal.parts.db.write_here(
        lambda tx: add_webhook(
            tx, portal.id, portal.plain_id, scopes=[], title="Coming", now_ms=now_ms, expires_at=now_ms + 86_400_000
        )
    )
    async with visitor(portal) as me:
        page: httpx.Response = await me.get(PATH)
    assert "Expired" in text_of(page)
    assert "No scopes" in text_of(page)
    assert "Until " in text_of(page)
