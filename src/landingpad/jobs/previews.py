"""The job behind a preview: photograph one public version of a page and store the picture."""

import time

import structlog

from landingpad.domain.addresses import path_of
from landingpad.domain.signing import version_query
from landingpad.domain.work import Services, SystemWork
from landingpad.media.store import MediaStore
from landingpad.render.photographer import Photographer, PictureError, Viewport
from landingpad.store import pages as page_rows
from landingpad.store import previews
from landingpad.store import sites as site_rows
from landingpad.store import versions as version_rows
from landingpad.store.engine import Tx
from landingpad.store.records import Preview
from landingpad.store.tables import pages as pages_table

log = structlog.get_logger("landingpad.previews")


class PreviewJob:
    """Takes one picture; safe to run again at any point."""

    def __init__(self, services: Services, media: MediaStore, photographer: Photographer) -> None:
        self._services = services
        self._media = media
        self._photographer = photographer

    def run(self, preview_id: int, version_id: int) -> str:
        """Take the picture `preview_id` of the version `version_id` and return what came of it."""
        db = self._services.db
        target = db.read_here(lambda tx: self._target(tx, preview_id, version_id))
        if target is None:
            return "superseded"
        preview, url = target
        if preview.state == previews.READY:
            return "ready"  # two versions of the same content had it taken
        viewport = Viewport(
            width=preview.width, height=preview.height, scale=preview.scale, color_scheme=preview.color_scheme
        )
        began = time.monotonic()
        key = problem = None
        try:
            key = self._media.put(self._photographer.photograph(url, viewport).data, "jpg")
        except PictureError as error:
            problem = str(error)
            log.warning("preview_failed", page=preview.page_id, problem=problem)
        except Exception as error:
            # A picture that cannot be taken must not stay "expected" for ever: the next start tries again.
            problem = f"{type(error).__name__}: {error}"
            log.exception("preview_broke", page=preview.page_id)
        db.write_here(lambda tx: self._finish(tx, preview, key, problem), portal_id=preview.portal_id)
        if key is None:
            return "failed"
        log.info("preview_taken", page=preview.page_id, seconds=round(time.monotonic() - began, 2))
        return "ready"

    def _target(self, tx: Tx, preview_id: int, version_id: int) -> tuple[Preview, str] | None:
        preview = previews.find(tx, preview_id)
        if preview is None:
            return None
        view = page_rows.find_view(tx, preview.portal_id, preview.page_id)
        version = version_rows.find(tx, preview.portal_id, version_id)
        if view is None or version is None:
            return None
        work = SystemWork(tx, preview.portal_id, 0, self._services)
        portal_host = site_rows.portal_host(tx, preview.portal_id)
        site = self._services.urls.site(portal_host, view.site_type, view.site_code, view.host)
        query = version_query(site_rows.signing_key(tx, preview.portal_id), version_id)
        return preview, f"{site}{path_of(work, view, view.site_index_page_id)}?{query}"

    def _finish(self, tx: Tx, preview: Preview, key: str | None, problem: str | None) -> None:
        previews.finish(tx, preview, self._services.clock.now_ms(), media_key=key, problem=problem)
        if key is None:
            return
        page = page_rows.find(tx, preview.portal_id, preview.page_id)
        if page is None or page.public_version_id is None:
            return
        version = version_rows.find(tx, preview.portal_id, page.public_version_id)
        if version is not None and version.content_hash == preview.content_hash:
            tx.update(pages_table, preview.portal_id, page.id, preview_key=key)
