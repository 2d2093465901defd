"""`landingpad site create` as a person types it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser
from typer.testing import CliRunner

from landingpad.blocks.site_designs import site_designs
from landingpad.cli.main import app
from support.portal import Portal

Run = Callable[..., str]


@pytest.fixture
def run(portal: Portal, tmp_path: Path) -> Run:
    """Run a command on the data of the portal and return what it says."""
    given = ["--data", str(tmp_path), "--database-url", portal.parts.settings.database_url]

    def command(line: str, *, status: int = 0) -> str:
        result = CliRunner().invoke(app, [*line.split(), *given])
        assert result.exit_code == status, result.output
        return result.output.strip().splitlines()[-1]

    return command


@pytest.mark.parametrize("code", site_designs())
async def test_a_site_is_made_of_a_template_and_published(portal: Portal, run: Run, code: str) -> None:
    said = run(f"site create --template {code} --code mine")
    address = said.rpartition(" ")[2]
    assert address.startswith("http://mine.localhost")
    site = (await portal.call("landing.site.getList", params={"filter": {"CODE": "/mine/"}}))[0]
    assert (site["TITLE"], site["ACTIVE"]) == (site_designs()[code].title, "Y")
    home = await portal.get("http://mine.localhost/")
    assert home.status_code == 200
    for link in LexborHTMLParser(home.text).css("a[href^='/']"):
        target = await portal.get(f"http://mine.localhost{link.attributes['href']}")
        assert target.status_code == 200, link.attributes["href"]
    assert "#landing" not in home.text


async def test_a_draft_a_title_and_a_type_can_be_asked_for(portal: Portal, run: Run) -> None:
    said = run("site create --template handbook --type knowledge --title Ours --draft")
    assert said.endswith("/knowledge/handbook/")
    found = (await portal.call("landing.site.getList", scope="KNOWLEDGE", params={}))[0]
    assert (found["TITLE"], found["ACTIVE"]) == ("Ours", "N")


async def test_a_registered_template_can_be_used_too(portal: Portal, run: Run) -> None:
    data = {
        "code": "mini",
        "name": "Mini",
        "type": "page",
        "fields": {"TITLE": "Mini", "LANDING_ID_INDEX": "mini/two"},
        "items": {
            f"mini/{code}": {
                "old_id": number,
                "code": f"mini/{code}",
                "fields": {"TITLE": code},
                "items": {"#block1": {"code": "html", "content": f'<a href="#landing{3 - number}">other</a>'}},
            }
            for number, code in ((1, "one"), (2, "two"))
        },
    }
    await portal.call("landing.demos.register", data=data)
    run("site create --template mini")
    home = (await portal.get("http://mini.localhost/")).text
    assert "<title>two</title>" in home
    assert 'href="/one/"' in home
    assert 'href="/"' in (await portal.get("http://mini.localhost/one/")).text


async def test_what_cannot_be_made_is_said(portal: Portal, run: Run) -> None:
    assert "Those of our own are: agency" in run("site create --template nonsense", status=1)
    assert "no template 'shop' for sites of the type KNOWLEDGE" in run(
        "site create --template shop --type knowledge", status=1
    )
    assert "landingpad: " in run("site create --template shop --code a/b", status=1)
