"""Publication of pages and sites: what it writes, and how many statements it takes."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec
import pytest

from landingpad.domain.page import versions
from landingpad.domain.people import sessions
from landingpad.store.block import blocks as block_rows
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.records import Block
from landingpad.testing import InProcess
from landingpad.testing import Portal as KitPortal
from support.portal import Portal

MOST_OF_A_CALL = 25
MOST_OF_A_CLICK = 45


@pytest.mark.both_engines
async def test_public_blocks_follow_the_draft_in_one_publication(portal: Portal) -> None:
    """Added, changed, moved, hidden and deleted blocks at once; the stored version has what the rows have."""
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    kept, hidden, marked, gone = [await portal.block(page_id) for _ in range(4)]
    await portal.call("landing.landing.publication", lid=page_id)
    before = {block.draft_id: block.id for block in _rows(portal, page_id)[1]}
    await portal.call("landing.block.changeAnchor", lid=page_id, block=kept, data="start")
    await portal.call("landing.landing.hideblock", lid=page_id, block=hidden)
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=marked)
    await portal.call("landing.landing.deleteblock", lid=page_id, block=gone)
    added = await portal.block(page_id, AFTER_ID=hidden)
    await portal.call("landing.landing.upblock", lid=page_id, block=kept)
    await portal.call("landing.landing.publication", lid=page_id)
    drafts, public = _rows(portal, page_id)
    live = [block for block in drafts if not block.deleted]
    assert [block.draft_id for block in public] == [block.id for block in live]
    assert {block.id for block in live} == {kept, hidden, added}
    assert [versions.copied(block) for block in public] == [versions.copied(block) for block in live]
    assert {block.draft_id: block.id for block in public if block.draft_id != added} == {
        draft_id: before[draft_id] for draft_id in (kept, hidden)
    }, "public blocks keep their ids"
    stored = portal.parts.db.read_here(lambda tx: version_rows.last_blocks(tx, portal.id, page_id))
    assert [number for number, _ in stored] == [2, 1]
    assert msgspec.json.decode(stored[0][1]) == [
        {"draft_id": block.draft_id, **versions.copied(block)} for block in public
    ]


async def test_links_in_blocks_and_folders_take_no_more_statements(portal: Portal, statements: list[str]) -> None:
    site_id = await portal.site()
    costs = []
    for number in (2, 12):
        others = [await portal.page(site_id, f"p{number}-{i}") for i in range(number)]
        page_id = await portal.page(site_id, f"home{number}")
        links = "".join(f'<a href="#landing{other}">x</a>' for other in others)
        await portal.block(page_id, "html", CONTENT=f"<div>{links}</div>")
        await portal.call("landing.landing.publication", lid=page_id)
        statements.clear()
        await portal.call("landing.landing.publication", lid=page_id)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= MOST_OF_A_CALL
    folder_id = None
    for depth in range(4):
        fields = {"TITLE": "F", "CODE": f"f{depth}", "PARENT_ID": folder_id}
        folder_id = await portal.call("landing.site.addFolder", siteId=site_id, fields=fields)
    deep = await portal.page(site_id, "deep", FOLDER_ID=folder_id)
    statements.clear()
    await portal.call("landing.landing.publication", lid=deep)
    assert len(statements) <= MOST_OF_A_CALL
    assert (await portal.get("http://acme.localhost:8080/f0/f1/f2/f3/deep/")).status_code == 200


async def test_taking_a_site_offline_takes_as_many_statements_for_every_number_of_pages(
    portal: Portal, statements: list[str]
) -> None:
    costs = []
    for code, pages in (("one", 1), ("many", 9)):
        site_id, _, _ = await portal.published(code)
        for number in range(pages):
            fields = {"TITLE": "F", "CODE": f"f{number}", "ACTIVE": "Y"}
            folder_id = await portal.call("landing.site.addFolder", siteId=site_id, fields=fields)
            page_id = await portal.page(site_id, f"p{number}", FOLDER_ID=folder_id)
            await portal.call("landing.landing.publication", lid=page_id)
        statements.clear()
        await portal.call("landing.site.unpublic", id=site_id)
        costs.append(len(statements))
        rows = await portal.call("landing.landing.getList", params={"filter": {"SITE_ID": site_id}})
        assert {row["ACTIVE"] for row in rows} == {"N"}
        assert {row["ACTIVE"] for row in await portal.call("landing.site.getFolders", siteId=site_id)} == {"N"}
    assert costs[0] == costs[1] <= MOST_OF_A_CALL


async def test_a_site_that_goes_offline_refreshes_sites_that_show_its_pages(portal: Portal) -> None:
    """A page fills an area of another site, which loses the area with it."""
    other, area, block = await portal.published("other")
    text = (await portal.call("landing.block.getcontent", lid=area, block=block, editMode=1))["content"]
    words = re.findall(r"[A-Za-z]{6,}(?=[^<>]*<)", text)[-1]
    site_id = await portal.site(TPL_ID=4)
    page_id = await portal.page(site_id)
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": area})
    await portal.call("landing.landing.publication", lid=page_id)
    assert words in (await portal.get("http://acme.localhost:8080/")).text
    await portal.call("landing.site.unpublic", id=other)
    assert words not in (await portal.get("http://acme.localhost:8080/")).text


class Click:
    """A browser of an administrator at the page of a kit's server."""

    def __init__(self, server: InProcess, page: str) -> None:
        self.page = page
        self._origin = server.url
        self._token = server.parts.db.write_here(_session)
        self._name = f"landingpad_{httpx.URL(server.url).port}"

    def publish(self) -> httpx.Response:
        """Click on "Publish" and show the page that follows, with the note of the first answer."""
        signed_in = {"cookie": f"{self._name}={self._token}"}
        headers = {**signed_in, "origin": self._origin, "referer": f"{self._origin}/sites/"}
        data = {"csrf": sessions.csrf_token(self._token)}
        with httpx.Client(base_url=self._origin) as http:
            answer = http.post(f"{self.page}publish", data=data, headers=headers)
            assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
            note = answer.headers["set-cookie"].partition(";")[0]
            http.cookies.clear()
            return http.get(answer.headers["location"], headers={"cookie": f"{signed_in['cookie']}; {note}"})


def _session(tx: Tx) -> str:
    user = {"portal_id": 1, "user_id": 1, "address": "", "agent": "A test", "former_token": ""}
    return sessions.begin(tx, **user, now_ms=int(time.time() * 1000)).token  # type: ignore[arg-type]


@contextmanager
def served(blocks: int) -> Iterator[tuple[InProcess, KitPortal, int, int]]:
    """Run a server that draws pictures at once, with a published page of some blocks, all changed since."""
    with InProcess() as server:
        portal = KitPortal(server)
        site_id = portal.call("landing.site.add", fields={"TITLE": "A", "CODE": "acme"})
        page_id = portal.call("landing.landing.add", fields={"TITLE": "H", "SITE_ID": site_id, "CODE": "h"})
        for _ in range(blocks):
            portal.call("landing.landing.addblock", lid=page_id, fields={"CODE": "01.big_with_text"})
        portal.call("landing.landing.publication", lid=page_id)
        yield server, portal, site_id, page_id


def change(portal: KitPortal, page_id: int, anchor: str) -> None:
    """Change every block, and replace the last one by a new one."""
    found = portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1})
    for block in found:
        portal.call("landing.block.changeAnchor", lid=page_id, block=block["id"], data=f"{anchor}{block['id']}")
    portal.call("landing.landing.addblock", lid=page_id, fields={"CODE": "01.big_with_text"})
    portal.call("landing.landing.deleteblock", lid=page_id, block=found[-1]["id"])


@pytest.mark.parametrize("blocks", [2, 30])
def test_a_publication_with_its_picture_takes_few_statements(statements: list[str], blocks: int) -> None:
    """From the webhook to the picture; a click, from the session to the page that shows its note and offers Undo."""
    with served(blocks) as (server, portal, site_id, page_id):
        change(portal, page_id, "a")
        statements.clear()
        assert portal.call("landing.landing.publication", lid=page_id) is True
        call = list(statements)
        statements.clear()
        portal.call("landing.site.getPreview", id=site_id)
        assert [sql.split()[0] for sql in statements] == ["SELECT", "SELECT"]
        click = Click(server, f"/sites/{site_id}/pages/{page_id}/")
        change(portal, page_id, "b")
        statements.clear()
        shown = click.publish()
        clicked = list(statements)
        assert shown.status_code == httpx.codes.OK
        assert f"{click.page}undo/2" in shown.text
        assert any("INSERT INTO previews" in sql for sql in call), "the picture is ordered"
        assert any("preview_key" in sql and sql.startswith("UPDATE pages") for sql in call), "and taken"
        assert len(call) <= MOST_OF_A_CALL, call
        assert len(clicked) <= MOST_OF_A_CLICK, clicked


def _rows(portal: Portal, page_id: int) -> tuple[list[Block], list[Block]]:
    def read(tx: Tx) -> tuple[list[Block], list[Block]]:
        assert page_rows.find(tx, portal.id, page_id) is not None
        return block_rows.drafts_and_public(tx, portal.id, page_id)

    return portal.parts.db.read_here(read)
