"""Ordering and taking pictures, with both databases, real workers and a real browser."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import Freshness, Priority, Status
from landingpad.domain.work import Work
from landingpad.server.background import Renderer
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.preview import previews as rows
from landingpad.store.preview import queue
from landingpad.store.records import Preview
from support.portal import Portal
from support.server import wait_until

pytestmark = pytest.mark.both_engines

Renderers = Callable[[], Renderer]


@pytest.fixture
def renderers(portal: Portal) -> Iterator[Renderers]:
    """Factory of workers with their own browser, stopped after the test."""
    made: list[Renderer] = []

    def make() -> Renderer:
        made.append(Renderer(portal.parts, portal.app))
        made[-1].start()
        return made[-1]

    yield make
    for renderer in made:
        renderer.stop()


def read(portal: Portal, work: Callable[[Work], Any]) -> Any:
    return portal.parts.db.read_here(lambda tx: work(Work.of_system(tx, portal.id, _now(), portal.parts.services)))


def write(portal: Portal, work: Callable[[Work], Any]) -> Any:
    def run(tx: Tx) -> Any:
        return work(Work.of_system(tx, portal.id, _now(), portal.parts.services))

    return portal.parts.db.write_here(run, portal_id=portal.id)


def status(portal: Portal, page_id: int) -> Status:
    def work(work: Work) -> Status:
        page = page_rows.find(work.tx, portal.id, page_id)
        assert page is not None
        return previews.status(work, page)

    found: Status = read(portal, work)
    return found


def of_page(portal: Portal, page_id: int) -> list[Preview]:
    found: list[Preview] = read(portal, lambda work: rows.of_page(work.tx, portal.id, page_id))
    return found


def is_fresh(portal: Portal, page_id: int) -> Callable[[], bool]:
    return lambda: status(portal, page_id).freshness is Freshness.FRESH


def claim(portal: Portal, worker: str, *, now: int | None = None, pace_ms: int = 0) -> Preview | None:
    moment = now or _now()
    found: Preview | None = write(
        portal,
        lambda work: queue.claim(work.tx, worker, moment, until=moment + 15_000, begun_after=moment - pace_ms),
    )
    return found


def finish(portal: Portal, worker: str, preview: Preview, data: bytes = b"picture") -> bool:
    key = portal.parts.media.put(data, "jpg")

    def work(work: Work) -> bool:
        stored = queue.finish(work.tx, worker, preview, media_key=key, problem=None, now_ms=work.now_ms)
        if stored:
            previews.show_taken(work, preview, key, work.now_ms)
        return stored

    stored: bool = write(portal, work)
    return stored


def _now() -> int:
    return int(time.time() * 1000)


async def change(portal: Portal, page_id: int, block_id: int, text: str) -> None:
    """Change the text of a page and publish it."""
    data = {".landing-block-node-title": text}
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
    await portal.call("landing.landing.publication", lid=page_id)


async def test_a_publication_gets_a_picture(portal: Portal, renderers: Renderers) -> None:
    renderers()
    site_id, page_id, _ = await portal.published()
    wait_until("there is a fresh picture", is_fresh(portal, page_id))
    address = await portal.call("landing.site.getPreview", id=site_id)
    assert address == "http://acme.localhost:8080/preview.jpg"
    answer = await portal.get(address)
    assert answer.headers["x-landingpad-preview"] == "fresh"
    assert answer.content.startswith(b"\xff\xd8\xff")
    hashed = await portal.get(answer.headers["content-location"])
    assert hashed.content == answer.content
    assert "immutable" in hashed.headers["cache-control"]


async def test_ten_quick_publications_are_two_pictures_and_the_last_is_one_of_them(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    first = claim(portal, "a")
    assert first is not None
    for number in range(10):
        await change(portal, page_id, block_id, f"Edition {number}")
        assert claim(portal, "b") is None  # one picture of a page at a time
    assert finish(portal, "a", first)
    assert status(portal, page_id).freshness is Freshness.STALE
    assert claim(portal, "b", pace_ms=60_000) is None  # nor another one shortly after the start of the last
    last = claim(portal, "b")
    assert last is not None
    content = read(portal, lambda work: rows.public_content(work.tx, portal.id, page_id))
    assert (last.content_hash, last.publication) == (content.content_hash, 11)
    assert finish(portal, "b", last)
    assert claim(portal, "c") is None
    assert status(portal, page_id).freshness is Freshness.FRESH
    assert len(of_page(portal, page_id)) == 2


async def test_requested_pictures_come_before_bulk_orders(portal: Portal) -> None:
    site_id, first, _ = await portal.published()
    others = [await portal.page(site_id, code) for code in ("a", "b", "c")]
    for page_id in others:
        await portal.call("landing.landing.publication", lid=page_id)
    while taken := claim(portal, "a"):
        assert finish(portal, "a", taken)
    write(portal, lambda work: [previews.regenerate(work, page_id) for page_id in (first, *others)])
    asked = others[-1]
    assert (await portal.get("http://acme.localhost:8080/c/preview.jpg")).headers["x-landingpad-preview"] == "stale"
    order = []
    while taken := claim(portal, "a"):
        order.append((taken.page_id, taken.priority))
        assert finish(portal, "a", taken)
    assert order == [(asked, Priority.ASKED), *((page_id, Priority.BULK) for page_id in (first, *others[:2]))]


async def test_a_killed_worker_loses_its_claim_and_its_late_result_is_ignored(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    begun = _now()
    dead = claim(portal, "dead", now=begun)
    assert dead is not None
    assert claim(portal, "alive", now=begun + 14_000) is None
    held = dead.id
    write(portal, lambda work: queue.keep(work.tx, "dead", [held], until=begun + 20_000))
    assert claim(portal, "alive", now=begun + 19_000) is None
    taken = claim(portal, "alive", now=begun + 21_000)
    assert taken is not None
    assert taken.id == dead.id
    assert not finish(portal, "dead", dead, b"late")
    assert finish(portal, "alive", taken, b"right")
    found = of_page(portal, page_id)
    assert [portal.parts.media.get(preview.media_key or "") for preview in found] == [b"right"]


async def test_two_workers_take_every_picture_once(portal: Portal, renderers: Renderers) -> None:
    both = renderers(), renderers()
    site_id, first, _ = await portal.published()
    pages = [first]
    for number in range(12):
        pages.append(await portal.page(site_id, f"page-{number}", TITLE=f"Page {number}"))
        await portal.block(pages[-1])
        await portal.call("landing.landing.publication", lid=pages[-1])
    for page_id in pages:
        wait_until(f"the picture of page {page_id}", is_fresh(portal, page_id))
    assert [preview.attempts for page_id in pages for preview in of_page(portal, page_id)] == [1] * len(pages)
    assert sum(int(str(renderer.status()["taken"])) for renderer in both) == len(pages)


async def test_a_page_that_cannot_be_photographed_keeps_its_last_picture(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    taken = claim(portal, "a")
    assert taken is not None
    assert finish(portal, "a", taken, b"\xff\xd8\xffbefore")
    await change(portal, page_id, block_id, "After")
    failed = claim(portal, "a")
    assert failed is not None
    write(
        portal,
        lambda work: queue.try_later(work.tx, "a", failed, problem='It "broke".', retry_at=None, attempts=4),
    )
    assert status(portal, page_id).freshness is Freshness.STALE
    answer = await portal.get("http://acme.localhost:8080/preview.jpg")
    assert answer.content == b"\xff\xd8\xffbefore"
    assert answer.headers["x-landingpad-preview"] == r'stale; reason="It \"broke\"."'
    await change(portal, page_id, block_id, "Mended")
    mended = claim(portal, "a")
    assert mended is not None
    assert finish(portal, "a", mended)
    assert status(portal, page_id).freshness is Freshness.FRESH


async def test_a_page_without_any_picture_reports_the_reason(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    waiting = await portal.get("http://acme.localhost:8080/preview.jpg")
    assert waiting.headers["x-landingpad-preview"] == "pending"
    assert waiting.headers["cache-control"] == "no-store"
    order = claim(portal, "a")
    assert order is not None
    write(portal, lambda work: queue.try_later(work.tx, "a", order, problem="No.", retry_at=None, attempts=4))
    failed = await portal.get("http://acme.localhost:8080/preview.jpg")
    assert failed.headers["x-landingpad-preview"] == 'failed; reason="No."'
    assert (failed.headers["cache-control"], failed.content) == ("no-store", waiting.content)
    assert claim(portal, "a") is None  # reading its status orders nothing
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert status(portal, page_id).freshness is Freshness.NONE
    assert site_id
