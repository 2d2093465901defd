"""Taking one picture that was ordered: by the browser, or from a picture that it has taken before."""

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
from landingpad.domain.work import Services, SystemWork
from landingpad.media.copies import CannotCopyError, copy_of
from landingpad.media.store import MediaStore
from landingpad.render.photographer import ChromiumMissing, PictureError, QueueFull, Viewport
from landingpad.render.picture import Picture
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.preview import previews as rows
from landingpad.store.preview import queue
from landingpad.store.records import Preview
from landingpad.store.site import sites as site_rows

log = structlog.get_logger("landingpad.previews")

AGAIN_AFTER = (2.0, 15.0, 60.0)
"""Seconds until each further attempt; a page that cannot be photographed then waits for a change, or a restart."""
_WITHOUT_FAULT = 5.0
"""Seconds until the next attempt where the page is not to blame: no browser, no room, no source yet."""
_ADDRESS_MS = 600_000
"""How long the address works at which the camera finds the page."""
_WRITES = 8
_BETWEEN_WRITES = 0.5  # together less than a claim lasts: then another worker takes the picture anyway
_SIGNED_QUERY = re.compile(r"\?[^\s;,)]*")


class BrowserMissingError(Exception):
    """There is no browser on this machine: its worker should claim nothing for a while."""


class _Target(NamedTuple):
    """What has to be done for an order."""

    url: str
    """The page, for the browser."""
    moment: int
    """What the page takes for the time: the moment at which it was rendered, so that it looks the same each time."""
    source: Preview | None
    """The picture to make a copy of; None: the browser has to take one."""


class Camera(Protocol):
    """What takes pictures of addresses."""

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:
        """Take one. Raises PictureError."""
        ...


class PreviewJob:
    """Takes claimed pictures; safe to be killed at any point."""

    def __init__(self, services: Services, media: MediaStore, photographer: Camera, worker: str) -> None:
        self._services = services
        self._media = media
        self._photographer = photographer
        self._worker = worker

    def run(self, preview: Preview) -> str:
        """Take a picture that this worker has claimed, and return what came of it.

        Raises:
            BrowserMissingError: see there; the order was given back.

        """
        began = time.monotonic()
        target = self._services.db.read_here(lambda tx: self._target(tx, preview))
        if target is None:
            return self._write(preview, lambda tx: self._drop(tx, preview))
        try:
            data, problem = self._data(target, preview)
            key = self._media.put(data, "jpg" if preview.format == "jpeg" else preview.format)
        except _NotYetError as error:
            return self._later(preview, str(error))
        except ChromiumMissing as error:
            self._later(preview, str(error))
            raise BrowserMissingError(str(error)) from error
        except QueueFull as error:
            return self._later(preview, str(error))
        except (PictureError, CannotCopyError) as error:
            log.warning("preview_failed", page=preview.page_id, attempt=preview.attempts, problem=str(error))
            return self._failed(preview, str(error))
        except Exception as error:
            log.exception("preview_broke", page=preview.page_id, attempt=preview.attempts)
            return self._failed(preview, f"{type(error).__name__}: {error}")
        outcome = self._write(preview, lambda tx: self._store(tx, preview, key, problem))
        log.info("preview_taken", page=preview.page_id, outcome=outcome, seconds=round(time.monotonic() - began, 3))
        return outcome

    def _target(self, tx: Tx, preview: Preview) -> _Target | None:
        """Return what has to be done; None if nobody needs the picture any more."""
        view = page_rows.find_view(tx, preview.portal_id, preview.page_id)
        if preview.publication == rows.DRAFT:
            return self._draft_target(tx, preview)
        content = rows.public_content(tx, preview.portal_id, preview.page_id)
        if view is None or content is None or content.content_hash != preview.content_hash:
            return None
        version = version_rows.info(tx, preview.portal_id, content.version_id)
        if version is None:
            return None
        source = source_of(rows.shape_of(preview))
        if source is not None:
            found = rows.one(tx, preview.portal_id, preview.page_id, preview.content_hash, source)
            return None if found is None else _Target("", version.created_at, found)
        work = SystemWork(tx, preview.portal_id, 0, self._services)
        portal_host = site_rows.portal_host(tx, preview.portal_id)
        site = self._services.urls.site(portal_host, view.site_type, view.site_code, view.host)
        expires_ms = self._services.clock.now_ms() + _ADDRESS_MS
        query = version_query(site_rows.signing_key(tx, preview.portal_id), content.version_id, expires_ms)
        return _Target(f"{site}{path_of(work, view, view.site_index_page_id)}?{query}", version.created_at, None)

    def _draft_target(self, tx: Tx, preview: Preview) -> _Target | None:
        """Return what has to be done for a picture of a draft; None if it has changed since."""
        work = SystemWork(tx, preview.portal_id, self._services.clock.now_ms(), self._services)
        draft = drafts.find(work, preview.page_id)
        if draft is None or draft.content_hash != preview.content_hash:
            return None
        source = source_of(rows.shape_of(preview))
        if source is not None:
            found = rows.one(tx, preview.portal_id, preview.page_id, preview.content_hash, source)
            return None if found is None else _Target("", preview.wanted_at, found)
        address = drafts.addresses_of(work, preview.page_id, lifetime_ms=_ADDRESS_MS).page
        return _Target(address, preview.wanted_at, None)

    def _data(self, target: _Target, preview: Preview) -> tuple[bytes, str]:
        """Return the picture, and what is missing in it."""
        quality = self._services.previews.quality
        if target.source is None:
            viewport = Viewport(
                width=preview.width,
                height=preview.height,
                scale=preview.scale,
                color_scheme=preview.color_scheme,
                whole=preview.whole,
                quality=quality,
            )
            picture = self._photographer.photograph(target.url, viewport, now_ms=target.moment)
            return picture.data, _without_queries(picture.problem)
        if target.source.state == rows.FAILED:
            raise CannotCopyError(target.source.problem or "The picture that it is made of could not be taken.")
        data = self._media.get(target.source.media_key or "") if target.source.state == rows.READY else None
        if data is None:
            raise _NotYetError("It is made of a picture that is still to be taken.")
        return copy_of(data, width=preview.thumbnail, kind=preview.format, quality=quality), ""

    def _store(self, tx: Tx, preview: Preview, key: str, problem: str) -> str:
        now = self._work(tx, preview).now_ms
        if not queue.finish(tx, self._worker, preview, media_key=key, problem=problem or None, now_ms=now):
            return "superseded"
        previews.taken(self._work(tx, preview), preview, key, _machine_ms())
        return "ready"

    def _drop(self, tx: Tx, preview: Preview) -> str:
        """Give up an order for what is not public any more; a picture that was taken before stays."""
        if preview.media_key is None:
            rows.forget(tx, preview)
        else:
            now = self._work(tx, preview).now_ms
            queue.finish(tx, self._worker, preview, media_key=preview.media_key, problem=None, now_ms=now)
        return "superseded"

    def _later(self, preview: Preview, problem: str) -> str:
        """Give an order back that could not be carried out yet, without counting it as an attempt."""
        at = _machine_ms() + int(_WITHOUT_FAULT * 1000)
        tried = preview.attempts - 1
        return self._write(preview, lambda tx: self._note(tx, preview, problem, at, tried))

    def _failed(self, preview: Preview, problem: str) -> str:
        tried = preview.attempts
        at = _machine_ms() + int(AGAIN_AFTER[tried - 1] * 1000) if tried <= len(AGAIN_AFTER) else None
        return self._write(preview, lambda tx: self._note(tx, preview, problem, at, tried))

    def _note(self, tx: Tx, preview: Preview, problem: str, at: int | None, tried: int) -> str:
        held = queue.try_later(
            tx, self._worker, preview, problem=_without_queries(problem), retry_at=at, attempts=tried
        )
        return "superseded" if not held else "failed" if at is None else "later"

    def _write(self, preview: Preview, work: Callable[[Tx], str]) -> str:
        """Store what came of an order; again if the database went away, for the work was done."""
        for attempt in range(1, _WRITES):
            try:
                return self._services.db.write_here(work, portal_id=preview.portal_id)
            except Exception as error:  # noqa: BLE001  # whatever a driver raises when its connection is gone
                log.warning("preview_not_stored", page=preview.page_id, attempt=attempt, problem=repr(error))
                time.sleep(_BETWEEN_WRITES)
        return self._services.db.write_here(work, portal_id=preview.portal_id)

    def _work(self, tx: Tx, preview: Preview) -> SystemWork:
        return SystemWork(tx, preview.portal_id, self._services.clock.now_ms(), self._services)


class _NotYetError(Exception):
    """What is needed for a picture is not there yet."""


def _without_queries(text: str) -> str:
    """Leave out the query of the address that was photographed: its signature is a key to the page."""
    return _SIGNED_QUERY.sub("", text)


def _machine_ms() -> int:
    return int(time.time() * 1000)
