"""`landingpad site` as a person types it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from landingpad.blocks.site_designs import site_designs
from support.portal import Portal

Run = Callable[..., list[str]]


@pytest.mark.parametrize("code", site_designs())
async def test_a_site_is_made_of_a_template_and_published(portal: Portal, run: Run, code: str) -> None:
    said = run(f"site create --template {code} --code mine")[-1]
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
    said = run("site create --template handbook --type knowledge --title Ours --draft")[-1]
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
    assert "There are: agency" in run("site create --template nonsense", status=1)[-1]
    [line] = run("site create --template shop --type knowledge", status=1)
    assert "no template 'shop' for sites of the type KNOWLEDGE" in line
    assert run("site create --template shop --code a/b", status=1)[-1].startswith("landingpad: ")


async def test_a_site_goes_to_a_file_and_comes_back(portal: Portal, run: Run, tmp_path: Path) -> None:
    run("site create --template shop --code mine")
    [line] = run("site list")
    site_id, state, address, title = line.split("\t")
    assert (state, title) == ("online", site_designs()["shop"].title)
    assert address.startswith("http://mine.localhost")
    assert run(f"site export {site_id} {tmp_path}/mine.zip")[-1].endswith(f"pages to {tmp_path}/mine.zip")
    assert run(f"site import {tmp_path}/mine.zip")[-1].startswith("imported site ")
    assert len(await portal.call("landing.site.getList")) == 2
    assert re.fullmatch(r"published \d+ pages", run(f"site publish {site_id}")[-1])
    assert run("site export 999 x.zip", status=1) == [
        "landingpad: There is no site 999. `landingpad site list` shows them."
    ]
    [line] = run(f"site export {site_id} {tmp_path}/nowhere/x.zip", status=1)
    assert line == f"landingpad: {tmp_path}/nowhere/x.zip cannot be written: No such file or directory."


def test_published_files_are_written(portal: Portal, run: Run, tmp_path: Path) -> None:
    run("site create --template shop --code mine")
    site_id = run("site list")[-1].split("\t")[0]
    assert re.fullmatch(
        rf"wrote \d+ files to {tmp_path}/static.zip", run(f"site static {site_id} {tmp_path}/static.zip")[-1]
    )
