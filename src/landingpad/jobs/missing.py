"""The daily job that orders missing pictures; after a change of the standard size it is due at once."""

from functools import partial

import structlog

from landingpad.domain.preview import previews
from landingpad.domain.work import Services, Work
from landingpad.store.db.engine import Tx
from landingpad.store.preview import previews as rows
from landingpad.store.preview.previews import PictureShape

log = structlog.get_logger("landingpad.previews")


def schedule_name(shape: PictureShape) -> str:
    """Return the name of the schedule for pictures of a shape: another size is a new schedule, which is due at once."""
    return f"missing-pictures-{shape.width}x{shape.height}x{shape.scale}-{shape.color_scheme}-{shape.format}"


def order_missing(services: Services) -> int:
    """Order the standard picture of each public page that has none or failed, and return their number.

    It reads a thousand pages at a time. After a change of the standard size all are missing; the earlier pictures are
    shown until the new ones are ready.
    """
    db, shape, ordered = services.db, services.previews.standard, 0
    last, found = db.read_here(partial(rows.missing, shape=shape))
    while last:
        for portal_id, page_id in found:
            db.write_here(partial(_order, services=services, portal_id=portal_id, page_id=page_id), portal_id=portal_id)
        ordered += len(found)
        last, found = db.read_here(partial(rows.missing, shape=shape, after_page=last))
    if ordered:
        log.info("previews_missing", ordered=ordered)
    return ordered


def _order(tx: Tx, *, services: Services, portal_id: int, page_id: int) -> None:
    work = Work.of_system(tx, portal_id, services.clock.now_ms(), services)
    previews.order(work, page_id, services.previews.standard, previews.Priority.BULK)
