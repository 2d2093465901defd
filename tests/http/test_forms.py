"""Forms of published pages: submissions are stored; floods and bots are refused."""

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.cli import main
from landingpad.domain.block import forms
from landingpad.domain.clock import Clock
from landingpad.store.block import forms as rows
from landingpad.store.block import held_forms
from support.portal import Databases, Portal
from support.web import text_of, visitor

FORM = "33.13.form_2_light_no_text"
SENT = {"Name": "Ada", "Telephone": "", "Message": "A table\nfor six, please <b>&</b> soon"}


async def published(portal: Portal, code: str = FORM, **fields: Any) -> tuple[int, int, str]:
    """Publish a page with a form; return the ids of site and page, and the address of the page."""
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    await portal.block(page_id, code, **fields)
    await portal.call("landing.landing.publication", lid=page_id)
    return site_id, page_id, await portal.call("landing.landing.getPublicUrl", lid=page_id)


async def target(portal: Portal, address: str) -> httpx.URL:
    page = (await portal.get(address)).text
    found = re.search(r'<form[^>]* action="([^"]+)"', page)
    assert found is not None
    return httpx.URL(address).join(found[1])


async def send(portal: Portal, url: httpx.URL, data: Any, **more: Any) -> httpx.Response:
    async with portal.http(url.host) as http:
        return await http.post(url.raw_path.decode(), data=data, **more)


def kept(portal: Portal, site_id: int) -> list[dict[str, str]]:
    found = portal.parts.db.read_here(lambda tx: rows.newest(tx, portal.id, site_id, most=100))
    return [dict(json.loads(entry.fields)) for entry in found]


async def test_submissions_are_stored(portal: Portal) -> None:
    site_id, page_id, address = await published(portal)
    url = await target(portal, address)
    answer = await send(portal, url, SENT)
    assert answer.status_code == 303
    path, _, anchor = answer.headers["location"].partition("#")
    assert (path, httpx.URL(address).path) == ("/", "/")
    page = (await portal.get(address)).text
    assert re.search(rf'<div [^>]*id="{anchor}"[^>]*>Thank you', page)
    assert kept(portal, site_id) == [{"Name": "Ada", "Message": SENT["Message"]}]
    (entry,) = portal.parts.db.read_here(lambda tx: rows.newest(tx, portal.id, site_id, most=100))
    assert entry.page_id == page_id


async def test_forms_in_custom_html_say_thanks_too(portal: Portal) -> None:
    content = '<section><form><input name="q"><button>Go</button></form></section>'
    site_id, _, address = await published(portal, "html", CONTENT=content)
    url = await target(portal, address)
    anchor = (await send(portal, url, {"q": "x"})).headers["location"].partition("#")[2]
    assert f'<p id="{anchor}" class="lp-thanks" role="status">Thank you.' in (await portal.get(address)).text
    assert kept(portal, site_id) == [{"q": "x"}]


@pytest.mark.parametrize(
    "form",
    [
        '<form action="mailto:a@b.example"><input name="q"></form>',
        '<form method="GET"><input name="q"></form>',
        '<form action="/search/"><input name="q"></form>',
    ],
)
async def test_forms_that_go_elsewhere_stay_as_they_are(portal: Portal, form: str) -> None:
    site_id, page_id, address = await published(portal, "html", CONTENT=f"<section>{form}</section>")
    assert form in (await portal.get(address)).text
    (row,) = await portal.call("landing.block.getlist", lid=page_id)
    url = httpx.URL(address, params={"form": f"{row['id']}-0"})
    assert (await send(portal, url, {"q": "x"})).status_code == 404
    assert kept(portal, site_id) == []


async def test_submissions_with_the_hidden_field_are_dropped(portal: Portal) -> None:
    site_id, _, address = await published(portal)
    url = await target(portal, address)
    answer = await send(portal, url, {**SENT, "lp_website": "https://spam.example"})
    assert (answer.status_code, kept(portal, site_id)) == (303, [])
    assert "lp_website" in (await portal.get(address)).text


async def test_only_fields_of_the_form_are_stored(portal: Portal) -> None:
    site_id, _, address = await published(portal)
    await send(portal, await target(portal, address), {**SENT, "evil": "x" * 100, "Name[]": "y"})
    assert list(kept(portal, site_id)[0]) == ["Name", "Message"]


async def test_an_empty_form_redirects_without_thanks(portal: Portal) -> None:
    site_id, _, address = await published(portal)
    answer = await send(portal, await target(portal, address), {"Name": " "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert kept(portal, site_id) == []


async def test_limits(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    site_id, _, address = await published(portal)
    url = await target(portal, address)
    await send(portal, url, {"Name": "Ada", "Message": "x" * 20_000})
    assert len(kept(portal, site_id)[0]["Message"]) == forms.LONGEST_VALUE
    assert (await send(portal, url, {"Message": "x" * 300_000})).status_code == 413
    many = httpx.QueryParams([("Name", "x")] * 201)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with portal.http(url.host) as http:
        assert (await http.post(url.raw_path.decode(), content=str(many), headers=kind)).status_code == 413
    assert (await send(portal, url, SENT, files={"f": b"x"})).status_code == 415
    monkeypatch.setattr(forms, "MOST_AT_ONCE", 3)
    assert [(await send(portal, url, SENT)).status_code for _ in range(4)] == [303, 303, 429, 429]
    assert len(kept(portal, site_id)) == 3


def transport(portal: Portal, address: str, host: str) -> httpx.AsyncClient:
    """Return a client with an address of its own."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(portal.app, client=(address, 1)), base_url=f"http://{host}:8080"
    )


def held(portal: Portal, site_id: int) -> dict[str, int]:
    portal.parts.forms.close()
    found = portal.parts.db.read_here(lambda tx: held_forms.lately(tx, portal.id, site_id, int(time.time() * 1000)))
    return {reason.value: count for reason, count in found.items()}


async def test_one_sender_never_closes_a_form_to_others(portal: Portal) -> None:
    """40 messages a minute of one sender, then one message of each of twenty others."""
    site_id, _, address = await published(portal)
    url = await target(portal, address)
    path = url.raw_path.decode()
    async with transport(portal, "192.0.2.66", url.host) as flood:
        answers = [await flood.post(path, data=SENT) for _ in range(40)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 35, "hasty messages count twice"
    assert answers[-1].headers["retry-after"] == "60"
    assert "Nothing is lost" in answers[-1].text
    for number in range(20):
        async with transport(portal, f"192.0.2.{number}", url.host) as other:
            assert (await other.post(path, data=SENT)).status_code == 303
            assert (await other.post(path, data=SENT)).status_code == 303, "two messages of an honest visitor"
    assert len(kept(portal, site_id)) == 45
    assert held(portal, site_id) == {"sender": 35}


@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8"])
async def test_forwarded_addresses_count_behind_trusted_proxies_only(
    databases: Databases, tmp_path: Path, trusted: str
) -> None:
    with databases.parts(tmp_path, trusted_proxies=trusted) as parts:
        portal = Portal(parts)
        _, _, address = await published(portal)
        url = await target(portal, address)
        found = []
        async with transport(portal, "10.0.0.1", url.host) as http:
            for number in range(7):
                forwarded = {"x-forwarded-for": f"198.51.100.{number}"}
                answer = await http.post(url.raw_path.decode(), data=SENT, headers=forwarded)
                found.append(answer.status_code)
    assert found == ([303] * 7 if trusted else [303] * 5 + [429] * 2), "anybody else can write the header"


async def test_a_form_that_people_had_time_to_fill_counts_once(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is in the page, so that it works without scripts; a cached page holds an earlier time."""
    site_id, _, address = await published(portal)
    url = await target(portal, address)
    now = portal.parts.services.clock.now_ms()
    monkeypatch.setattr(Clock, "now_ms", lambda _: now)
    page = await portal.get(address)
    (moment,) = re.findall(r'<input type="hidden" name="lp_moment" value="([^"]+)">', page.text)
    assert page.headers["etag"].startswith("W/"), "pages differ in the moment only"
    again = await portal.get(address, **{"if-none-match": page.headers["etag"]})
    assert again.status_code == 304
    wait_ms = int(moment.partition("-")[0]) - now
    assert forms.READING_MS <= wait_ms <= 7_000

    async def sent(given: str, at_ms: int, sender: str) -> int:
        monkeypatch.setattr(Clock, "now_ms", lambda _: at_ms)
        async with transport(portal, sender, url.host) as http:
            found = [await http.post(url.raw_path.decode(), data={**SENT, "lp_moment": given}) for _ in range(12)]
        return sum(answer.status_code == 303 for answer in found)

    assert await sent(moment, now, "192.0.2.1") == 5, "sooner than people can"
    assert await sent(moment, now + wait_ms, "192.0.2.2") == 10
    assert await sent(moment, now + 86_400_000, "192.0.2.3") == 10, "a page that was cached"
    for number, forged in enumerate(("", "x", "1-x", f"1-{moment.partition('-')[2]}", "٣-x", f"{moment}x")):
        assert await sent(forged, now + wait_ms, f"192.0.2.{number + 10}") == 5, forged
    assert "lp_moment" not in str(kept(portal, site_id))


async def test_programs_that_fill_the_trap_are_counted(portal: Portal) -> None:
    site_id, _, address = await published(portal)
    url = await target(portal, address)
    for _ in range(7):
        await send(portal, url, {**SENT, "lp_website": "x"})
    assert kept(portal, site_id) == []
    assert held(portal, site_id) == {"trap": 5, "sender": 2}


async def test_owners_see_what_was_held_back(portal: Portal) -> None:
    site_id, _, address = await published(portal)
    async with visitor(portal) as who:
        assert "held back" not in text_of(await who.get(f"/sites/{site_id}/"))
        await send(portal, await target(portal, address), {**SENT, "lp_website": "x"})
        assert held(portal, site_id) == {"trap": 1}
        assert "1: filled in by programs" in text_of(await who.get(f"/sites/{site_id}/"))


async def test_missing_forms(portal: Portal) -> None:
    site_id, page_id, address = await published(portal)
    url = await target(portal, address)
    other_site, _, other = await published_elsewhere(portal)
    (draft,) = [row["id"] for row in await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1})]
    for number in ("x", "0-0", f"{draft}-0", url.params["form"][:-1] + "7", "999999999999999999999-0", "1-0-0"):
        assert (await send(portal, url.copy_set_param("form", number), SENT)).status_code == 404, number
    assert (await send(portal, httpx.URL(other, params=url.params), SENT)).status_code == 404
    assert (await send(portal, httpx.URL(address), SENT)).status_code == 405
    assert (await send(portal, url.copy_with(path="/nowhere/"), SENT)).status_code == 404
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert (await send(portal, url, SENT)).status_code == 404
    assert kept(portal, site_id) == kept(portal, other_site) == []


async def published_elsewhere(portal: Portal) -> tuple[int, int, str]:
    site_id, page_id, _ = await portal.published("other")
    return site_id, page_id, await portal.call("landing.landing.getPublicUrl", lid=page_id)


async def test_a_site_below_a_path(portal: Portal) -> None:
    """There the page has its own origin, and its forms post to the path at which it is shown."""
    site_id, page_id, _ = await published(portal)
    inner = await portal.page(site_id, "ask us")
    await portal.block(inner, FORM)
    await portal.call("landing.landing.publication", lid=inner)
    code = (await portal.call("landing.landing.getPublicUrl", lid=inner)).rstrip("/").rpartition("/")[2]
    for path in ("/pub/site/acme/", f"/pub/site/acme/{code}/"):
        url = await target(portal, f"http://{portal.host}:8080{path}")
        answer = await send(portal, url, SENT)
        assert answer.headers["location"].startswith(f"{path}#sent-")
    by_number = (await target(portal, "http://127.0.0.1:8080/pub/site/acme/")).copy_with(host="127.0.0.1")
    assert (await send(portal, by_number, SENT)).headers["location"].startswith("/pub/site/acme/#sent-")
    assert len(kept(portal, site_id)) == 3
    assert page_id


async def test_forms_never_redirect_to_other_hosts(portal: Portal) -> None:
    _, _, address = await published(portal)
    url = await target(portal, address)
    async with portal.http(url.host) as http:
        for path in ("//evil.example/", "//", "/%2F%2Fevil.example/"):
            answer = await http.post(f"http://{url.host}:8080{path}?{url.query.decode()}", data=SENT)
            assert not answer.headers.get("location", "/#").startswith("//")


async def test_the_operator_reads_and_deletes_submissions(portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    site_id, page_id, address = await published(portal)
    for name in ("Ada", "Sam"):
        await send(portal, await target(portal, address), {"Name": name, "Message": "Hello\n\x1b[2Jthere"})
    settings = portal.parts.settings
    options = ["--data", str(settings.data), *(["--database-url", url] if (url := settings.database_url) else [])]

    def run(*arguments: str) -> tuple[int, str]:
        try:
            main.app(["form", *arguments, *options])
        except SystemExit as end:
            return int(end.code or 0), "".join(capsys.readouterr())
        raise AssertionError("the command line always ends by SystemExit")

    status, text = run("list", "--site", str(site_id))
    assert (status, text.count("page"), "Name: Sam" in text) == (0, 2, True)
    assert r"Message: Hello" "\n" r"    \x1b[2Jthere" in text
    assert "Held back" not in text
    await send(portal, await target(portal, address), {"Name": "x", "lp_website": "x"})
    assert held(portal, site_id) == {"trap": 1}
    assert "Held back in the last 30 days: 1 filled in by programs." in run("list", "--site", str(site_id))[1]
    status, text = run("list", "--site", str(site_id), "--limit", "1", "--json")
    entry = json.loads(text)
    assert entry["fields"] == [{"name": "Name", "value": "Sam"}, {"name": "Message", "value": "Hello\n\x1b[2Jthere"}]
    assert entry["page_id"] == page_id
    assert run("delete", str(entry["id"])) == (0, "")
    assert run("delete", str(entry["id"]))[0] == 1
    assert [sent["Name"] for sent in kept(portal, site_id)] == ["Ada"]
    [message] = run("list", "--site", "999999")[1].splitlines()
    assert message == "landingpad: There is no site 999999. `landingpad site list` shows them."
