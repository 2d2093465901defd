"""Rows of previews: which pictures were taken of which content."""

from sqlalchemy import bindparam, select

from landingpad.store.engine import Tx
from landingpad.store.query import Query, Statement
from landingpad.store.records import Preview
from landingpad.store.tables import page_versions, pages, previews

PENDING, READY, FAILED = "pending", "ready", "failed"
STANDARD = {"width": 1200, "height": 800, "scale": 1, "color_scheme": "light", "format": "jpeg"}
"""The picture behind preview.jpg: size in CSS pixels, and how many device pixels each has."""

_WANTED = (
    previews.c.page_id == bindparam("page_id"),
    previews.c.content_hash == bindparam("content_hash"),
    *(previews.c[name] == value for name, value in STANDARD.items()),
    previews.c.portal_id == bindparam("portal_id"),
)
_STANDARD_PICTURE = Query(select(previews).where(*_WANTED), Preview)
_BY_ID = Query(select(previews).where(previews.c.id == bindparam("id")), Preview)
# Content that is public but has no picture, and nobody is known to be taking one: after a crash, or a failure.
_MISSING = Statement(
    select(pages.c.portal_id, pages.c.id, page_versions.c.id)
    .select_from(
        pages.join(page_versions, page_versions.c.id == pages.c.public_version_id).outerjoin(
            previews,
            (previews.c.page_id == pages.c.id)
            & (previews.c.content_hash == page_versions.c.content_hash)
            & (previews.c.state != FAILED),
        )
    )
    .where(pages.c.active, previews.c.id.is_(None), pages.c.id > bindparam("after"))
    .order_by(pages.c.id)
    .limit(500)
)


def standard(tx: Tx, portal_id: int, page_id: int, content_hash: str) -> Preview | None:
    """Return the standard picture of this content, in whatever state."""
    return tx.one(_STANDARD_PICTURE, portal_id=portal_id, page_id=page_id, content_hash=content_hash)


def find(tx: Tx, preview_id: int) -> Preview | None:
    """Return a picture by id."""
    return tx.one(_BY_ID, id=preview_id)


def expect(tx: Tx, portal_id: int, page_id: int, content_hash: str, now_ms: int) -> int:
    """Note that a standard picture of this content is to be taken; return its id."""
    known = standard(tx, portal_id, page_id, content_hash)
    if known is None:
        return tx.insert(
            previews,
            portal_id=portal_id,
            page_id=page_id,
            content_hash=content_hash,
            state=PENDING,
            created_at=now_ms,
            **STANDARD,
        )
    tx.update(previews, portal_id, known.id, state=PENDING, problem=None, created_at=now_ms, finished_at=None)
    return known.id


def finish(tx: Tx, preview: Preview, now_ms: int, *, media_key: str | None, problem: str | None) -> None:
    """Store what came of a picture."""
    tx.update(
        previews,
        preview.portal_id,
        preview.id,
        state=READY if media_key else FAILED,
        media_key=media_key,
        problem=problem,
        finished_at=now_ms,
    )


def missing(tx: Tx, *, after_page: int = 0) -> list[tuple[int, int, int]]:
    """Return (portal, page, version) of up to 500 public pages for which no picture exists or is expected."""
    return [tuple(row) for row in tx.all(_MISSING, after=after_page)]
