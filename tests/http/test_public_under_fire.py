"""Concurrent publication: a visitor always gets one complete version, or none."""

import re
import threading
from collections.abc import Iterable
from typing import Any

import anyio
import pytest

from landingpad.domain.page import versions
from landingpad.domain.work import Work
from landingpad.render.html import ORIGIN, with_picture
from landingpad.store.block import blocks as block_rows
from landingpad.store.records import Page, PageVersion, Site
from support.portal import Portal

pytestmark = pytest.mark.long

ADDRESS = "http://acme.localhost/"
CHANGES = 200


class Ledger:
    """Records each stored version as it is served, and publications that differ from their draft."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stored: set[str] = set()
        self.untrue: list[tuple[list[str], list[str]]] = []
        self._publish, self._current = versions.publish, versions.current
        monkeypatch.setattr(versions, "publish", self._published)
        monkeypatch.setattr(versions, "current", lambda work, *rest: self._kept(work, self._current(work, *rest)))

    def _published(self, work: Work, site: Site, page: Page, *rest: Any, **more: Any) -> PageVersion:
        version = self._publish(work, site, page, *rest, **more)
        draft = edits(b.content for b in block_rows.of_page(work.tx, work.portal_id, page.id, public=False))
        if edits([version.html]) != draft:
            self.untrue.append((edits([version.html]), draft))
        return self._kept(work, version)

    def _kept(self, work: Work, version: PageVersion) -> PageVersion:
        served = with_picture(version.html, None).replace(ORIGIN, "http://acme.localhost:8080")
        work.tx.after_commit.append(lambda: self.stored.add(served))
        return version


class Fire:
    """A published page of three blocks, with the concurrent operations on it."""

    def __init__(self, portal: Portal, site_id: int, page_id: int, blocks: list[int]) -> None:
        self.portal, self.site_id, self.page_id, self.blocks = portal, site_id, page_id, blocks
        self.visits: list[tuple[int, str]] = []

    async def visit(self) -> None:
        answer = await self.portal.get(ADDRESS)
        self.visits.append((answer.status_code, answer.text))

    async def publish(self) -> None:
        await self.portal.call("landing.landing.publication", lid=self.page_id)

    async def write(self, block_id: int, text: str) -> None:
        await self.portal.call(
            "landing.block.updatecontent", lid=self.page_id, block=block_id, content=f"<p>{text}</p>"
        )

    async def change(self, number: int) -> None:
        match number % 8:
            case 0 | 1:
                await self.publish()
                await self.visit()
            case 2:
                await self.portal.call("landing.landing.unpublic", lid=self.page_id)
            case 3:
                await self.portal.call("landing.site.update", id=self.site_id, fields={"TITLE": f"Name {number}"})
            case 4:
                await self.portal.call("landing.site.publication", id=self.site_id)
            case 5 if number % 3 == 0:
                await self.portal.call("landing.site.unpublic", id=self.site_id)
            case _:
                await self.write(self.blocks[number % 3], f"edit{number}")


def edits(texts: Iterable[str]) -> list[str]:
    """Return the numbers of the edits in these texts, in order."""
    return re.findall(r"edit\d+", "".join(texts))


@pytest.fixture
async def fire(portal: Portal, ledger: Ledger) -> Fire:
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    made = Fire(portal, site_id, page_id, [await portal.block(page_id, "html") for _ in range(3)])
    await made.publish()
    assert len(ledger.stored) == 1
    return made


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    return Ledger(monkeypatch)


async def test_two_hundred_changes_at_once(portal: Portal, fire: Fire, ledger: Ledger) -> None:
    """Edits, publications and the opposite, of a page and of its site, from all sides.

    Nothing fails; each publication shows its draft as it was at that moment; and what a visitor gets is, byte for byte,
    one of the versions that were stored, or none.
    """
    done = threading.Event()
    begun = anyio.Event()

    async def change(number: int) -> None:
        await begun.wait()
        await fire.change(number)

    async def keep_visiting() -> None:
        while not done.is_set():
            await fire.visit()

    async with anyio.create_task_group() as visitors:
        visitors.start_soon(keep_visiting)
        visitors.start_soon(keep_visiting)
        async with anyio.create_task_group() as group:
            for number in range(CHANGES):
                group.start_soon(change, number)
            begun.set()
        await fire.publish()
        shown = (await portal.get(ADDRESS)).text
        done.set()
    assert ledger.untrue == []
    assert {status for status, _ in fire.visits} <= {200, 404}
    seen = {text for status, text in fire.visits if status == 200}
    assert seen
    assert seen - ledger.stored == set()
    drafts = await portal.call("landing.block.getlist", lid=fire.page_id, params={"edit_mode": 1, "get_content": 1})
    assert edits([shown]) == edits(block["content"] for block in drafts) != []


async def test_visitors_see_whole_versions_only(portal: Portal, fire: Fire) -> None:
    """During edits and publications a page never mixes two versions."""
    problems: list[str] = []
    done = threading.Event()

    async def publish(number: int) -> None:
        for block_id in fire.blocks:
            await fire.write(block_id, f"edit{number}")
        await fire.publish()

    async def visit() -> None:
        while not done.is_set():
            answer = await portal.get(ADDRESS)
            rounds = edits([answer.text])
            if answer.status_code != 200 or len(rounds) != 3 or len(set(rounds)) != 1:
                problems.append(f"{answer.status_code} {rounds}")

    await publish(0)
    async with anyio.create_task_group() as group:
        group.start_soon(visit)
        group.start_soon(visit)
        for number in range(1, 12):
            await publish(number)
        done.set()
    assert problems == []
