"""Orders for pictures of pages: list them, wait for them, retake them, or draw them at once."""

import asyncio
import time
from typing import Annotated, Any, Literal

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import Kit
from landingpad.domain.preview import previews
from landingpad.domain.work import Work
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.preview import previews as rows
from landingpad.store.records import Preview

_POLL_SECONDS = 0.05
Mode = Literal["photographs", "instant"]


class PictureFilter(Body):
    """Filter for pictures, and how long to wait for pending ones."""

    page: Annotated[int | None, msgspec.Meta(description="Only pictures of the page with this id.")] = None
    wait: Annotated[float, msgspec.Meta(description="Seconds to wait while pictures are pending.", ge=0, le=120)] = 0.0


class PictureMode(Body):
    """Source of pictures."""

    mode: Annotated[Mode, msgspec.Meta(description="photographs (by Chromium) or instant (drawn cards).")]


class PageChoice(Body):
    """One page or all of them."""

    page: Annotated[int | None, msgspec.Meta(description="Id of the page; null: all public pages.")] = None


@order("GET", "previews")
async def list_previews(kit: Kit, body: PictureFilter) -> dict[str, Any]:
    """List the pictures with their state: pending, ready or failed. `wait` returns as soon as none is pending."""
    end = time.monotonic() + body.wait
    while True:
        found = await kit.services.db.read(lambda tx: _of(kit, tx, body.page))
        pending = sum(preview.state == rows.PENDING for preview in found)
        if not pending or time.monotonic() >= end:
            return {"mode": kit.picture_mode, "pending": pending, "previews": [_as_dict(preview) for preview in found]}
        await asyncio.sleep(_POLL_SECONDS)


@order("PUT", "previews")
async def change_mode(kit: Kit, body: PictureMode) -> dict[str, str]:
    """Choose between photographs and instant pictures.

    Instant pictures need no browser: a card with the address of the page is ready before the call that published the
    page is answered. The card is marked as not a photograph.
    """
    await asyncio.to_thread(kit.draw_pictures, instant=body.mode == "instant")
    return {"mode": kit.picture_mode}


@order("POST", "previews/render")
async def render(kit: Kit, body: PageChoice) -> dict[str, list[int]]:
    """Retake the pictures of public pages before all other orders. `GET previews` with `wait` waits for them."""
    portal_id = kit.portal_id()
    now_ms = kit.services.clock.now_ms()

    def work(tx: Tx) -> list[int]:
        if body.page is not None and page_rows.find(tx, portal_id, body.page) is None:
            raise ControlError(f"There is no page {body.page}.", 404)
        public = [page for owner, page in rows.public_pages(tx, None) if owner == portal_id]
        pages = public if body.page is None else [body.page]
        task = Work.of_system(tx, portal_id, now_ms, kit.services)
        return [made for page in pages for made in previews.regenerate(task, page, previews.Priority.ASKED)]

    return {"ordered": await kit.services.db.write(work, portal_id=portal_id)}


def _of(kit: Kit, tx: Tx, page: int | None) -> list[Preview]:
    portal_id = kit.portal_id()
    return rows.of_portal(tx, portal_id) if page is None else rows.of_page(tx, portal_id, page)


def _as_dict(preview: Preview) -> dict[str, Any]:
    return {
        "page": preview.page_id,
        **msgspec.to_builtins(rows.shape_of(preview)),
        "state": preview.state,
        "picture": f"/_media/{preview.media_key}" if preview.media_key else None,
        "problem": preview.problem or "",
        "attempts": preview.attempts,
    }
