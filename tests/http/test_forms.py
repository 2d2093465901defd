"""Forms of published pages: submissions are stored; floods and bots are refused."""

import json
import re
from typing import Any

import httpx
import pytest

from landingpad.cli import main
from landingpad.domain.block import forms
from landingpad.store.block import forms as rows
from support.portal import Portal

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
    status, text = run("list", "--site", str(site_id), "--limit", "1", "--json")
    entry = json.loads(text)
    assert entry["fields"] == [{"name": "Name", "value": "Sam"}, {"name": "Message", "value": "Hello\n\x1b[2Jthere"}]
    assert entry["page_id"] == page_id
    assert run("delete", str(entry["id"])) == (0, "")
    assert run("delete", str(entry["id"]))[0] == 1
    assert [sent["Name"] for sent in kept(portal, site_id)] == ["Ada"]
    [message] = run("list", "--site", "999999")[1].splitlines()
    assert message == "landingpad: There is no site 999999. `landingpad site list` shows them."
