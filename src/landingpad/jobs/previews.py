"""Taking one ordered picture: by the browser, or as a copy of a picture taken before."""

import re
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from landingpad.domain.page import drafts
from landingpad.domain.page.signing import version_query
from landingpad.domain.preview import previews
from landingpad.domain.preview.shapes import source_of
from landingpad.domain.site.addresses import path_of
from landingpad.domain.work import Services, Work
from landingpad.jobs.outcome import store_outcome
from landingpad.media.copies import CannotCopyError, copy_of
from landingpad.media.store import MediaStore
from landingpad.render.photographer import ChromiumMissing, PictureError, QueueFull, Viewport
from landingpad.render.picture import Picture
from landingpad.store.db.engine import Tx
from landingpad.store.page import versions as version_rows
from landingpad.store.preview import previews as rows
from landingpad.store.preview import queue
from landingpad.store.records import Preview

log = structlog.get_logger("landingpad.previews")

RETRY_AFTER = (2.0, 15.0, 60.0)
"""Seconds before each retry; after the last one a page waits for a change or a restart."""
_POSTPONE_SECONDS = 5.0
"""Seconds before the next attempt if the page is not to blame: no browser, full queue, source not ready."""
_ADDRESS_MS = 600_000
"""Lifetime of the signed address at which the camera loads the page."""
_SIGNED_QUERY = re.compile(r"\?[^\s;,)]*")


class BrowserMissingError(Exception):
    """No browser on this machine; its worker should pause claiming."""


class _Task(NamedTuple):
    """How to take a picture."""

    url: str
    """Address of the page; "" for a copy."""
    moment: int
    """Time that the page sees: the moment of its rendering, so that every picture looks the same."""
    source: Preview | None
    """The picture to copy, or None if the browser has to take one."""


class Camera(Protocol):
    """Takes pictures of pages by address."""

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:
        """Return a picture of the page; raises PictureError."""
        ...


class PreviewJob:
    """Takes claimed pictures; it can be killed at any point."""

    def __init__(self, services: Services, media: MediaStore, photographer: Camera, worker: str) -> None:
        self._services = services
        self._media = media
        self._photographer = photographer
        self._worker = worker

    def run(self, preview: Preview) -> str:
        """Take a picture that this worker has claimed and return the outcome.

        Raises:
            BrowserMissingError: no browser was found; the order was given back.

        """
        began = time.monotonic()
        task = self._services.db.read_here(lambda tx: self._task(tx, preview))
        if task is None:
            return self._write(preview, lambda tx: self._drop(tx, preview))
        try:
            data, problem = self._data(task, preview)
            key = self._media.put(data, "jpg" if preview.format == "jpeg" else preview.format)
        except _NotReadyError as error:
            return self._postpone(preview, str(error))
        except ChromiumMissing as error:
            self._postpone(preview, str(error))
            raise BrowserMissingError(str(error)) from error
        except QueueFull as error:
            return self._postpone(preview, str(error))
        except (PictureError, CannotCopyError) as error:
            log.warning("preview_failed", page=preview.page_id, attempt=preview.attempts, problem=str(error))
            return self._failed(preview, str(error))
        except Exception as error:
            log.exception("preview_broke", page=preview.page_id, attempt=preview.attempts)
            return self._failed(preview, f"{type(error).__name__}: {error}")
        outcome = self._write(preview, lambda tx: self._store(tx, preview, key, problem))
        log.info("preview_taken", page=preview.page_id, outcome=outcome, seconds=round(time.monotonic() - began, 3))
        return outcome

    def _task(self, tx: Tx, preview: Preview) -> _Task | None:
        """Return how to take the picture, or None if it is no longer needed."""
        if preview.publication == rows.DRAFT:
            return self._draft_task(tx, preview)
        page = version_rows.to_photograph(tx, preview.portal_id, preview.page_id)
        if page is None or page.content_hash != preview.content_hash:
            return None
        source = source_of(rows.shape_of(preview))
        if source is not None:
            found = rows.one(tx, preview.portal_id, preview.page_id, preview.content_hash, source)
            return None if found is None else _Task("", page.created_at, found)
        work = Work.of_system(tx, preview.portal_id, 0, self._services)
        site = self._services.urls.site(page.portal_host, page.site_type, page.site_code, page.host)
        expires_ms = self._services.clock.now_ms() + _ADDRESS_MS
        query = version_query(page.signing_key, page.version_id, expires_ms)
        return _Task(f"{site}{path_of(work, page, page.site_index_page_id)}?{query}", page.created_at, None)

    def _draft_task(self, tx: Tx, preview: Preview) -> _Task | None:
        """Return how to take a picture of a draft, or None if the draft has changed since."""
        work = Work.of_system(tx, preview.portal_id, self._services.clock.now_ms(), self._services)
        draft = drafts.find(work, preview.page_id)
        if draft is None or draft.content_hash != preview.content_hash:
            return None
        source = source_of(rows.shape_of(preview))
        if source is not None:
            found = rows.one(tx, preview.portal_id, preview.page_id, preview.content_hash, source)
            return None if found is None else _Task("", preview.wanted_at, found)
        address = drafts.addresses_of(work, preview.page_id, lifetime_ms=_ADDRESS_MS).page
        return _Task(address, preview.wanted_at, None)

    def _data(self, task: _Task, preview: Preview) -> tuple[bytes, str]:
        """Return the picture and a description of missing parts."""
        quality = self._services.previews.quality
        if task.source is None:
            viewport = Viewport(
                width=preview.width,
                height=preview.height,
                scale=preview.scale,
                color_scheme=preview.color_scheme,
                whole=preview.whole,
                quality=quality,
            )
            picture = self._photographer.photograph(task.url, viewport, now_ms=task.moment)
            return picture.data, _without_queries(picture.problem)
        if task.source.state == rows.FAILED:
            raise CannotCopyError(task.source.problem or "The picture to copy could not be taken.")
        data = self._media.get(task.source.media_key or "") if task.source.state == rows.READY else None
        if data is None:
            raise _NotReadyError("The picture to copy is not taken yet.")
        return copy_of(data, width=preview.thumbnail, kind=preview.format, quality=quality), ""

    def _store(self, tx: Tx, preview: Preview, key: str, problem: str) -> str:
        now = self._work(tx, preview).now_ms
        if not queue.finish(tx, self._worker, preview, media_key=key, problem=problem or None, now_ms=now):
            return "superseded"
        previews.show_taken(self._work(tx, preview), preview, key, _machine_ms())
        return "ready"

    def _drop(self, tx: Tx, preview: Preview) -> str:
        """Drop an order for content that is no longer public; a picture taken before stays."""
        if preview.media_key is None:
            rows.forget(tx, preview)
        else:
            now = self._work(tx, preview).now_ms
            queue.finish(tx, self._worker, preview, media_key=preview.media_key, problem=None, now_ms=now)
        return "superseded"

    def _postpone(self, preview: Preview, problem: str) -> str:
        """Give an order back without counting the attempt."""
        at = _machine_ms() + int(_POSTPONE_SECONDS * 1000)
        attempts = preview.attempts - 1
        return self._write(preview, lambda tx: self._note(tx, preview, problem, at, attempts))

    def _failed(self, preview: Preview, problem: str) -> str:
        attempts = preview.attempts
        at = _machine_ms() + int(RETRY_AFTER[attempts - 1] * 1000) if attempts <= len(RETRY_AFTER) else None
        return self._write(preview, lambda tx: self._note(tx, preview, problem, at, attempts))

    def _note(self, tx: Tx, preview: Preview, problem: str, at: int | None, attempts: int) -> str:
        held = queue.try_later(
            tx, self._worker, preview, problem=_without_queries(problem), retry_at=at, attempts=attempts
        )
        return "superseded" if not held else "failed" if at is None else "later"

    def _write(self, preview: Preview, work: Callable[[Tx], str]) -> str:
        return store_outcome(
            self._services.db, work, job=f"preview of page {preview.page_id}", portal_id=preview.portal_id
        )

    def _work(self, tx: Tx, preview: Preview) -> Work:
        return Work.of_system(tx, preview.portal_id, self._services.clock.now_ms(), self._services)


class _NotReadyError(Exception):
    """A picture cannot be taken yet."""


def _without_queries(text: str) -> str:
    """Remove the query of the page's address from a text: its signature gives access to the page."""
    return _SIGNED_QUERY.sub("", text)


def _machine_ms() -> int:
    return int(time.time() * 1000)
