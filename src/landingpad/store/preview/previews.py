"""Rows of previews: pictures that were taken of some content, and orders for pictures to take."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Preview
from landingpad.store.tables.preview import previews
from landingpad.store.tables.site import page_versions, pages

PENDING, READY, FAILED = "pending", "ready", "failed"
DRAFT = 0
"""Publication number of pictures of drafts, which are not public."""


class PictureShape(msgspec.Struct, frozen=True):
    """Shape of a picture. Content and shape identify a picture."""

    width: int
    """Width of the window in CSS pixels."""
    height: int
    scale: int = 1
    """Pixels of the picture per CSS pixel."""
    color_scheme: str = "light"
    whole: bool = False
    """Whether the picture shows the page to its end."""
    thumbnail: int = 0
    """Width of a smaller copy in pixels; 0 for the original size."""
    format: str = "jpeg"


class PublicContent(msgspec.Struct, frozen=True):
    """The public content of a page."""

    content_hash: str
    publication: int
    version_id: int


class WantedPicture(msgspec.Struct, frozen=True):
    """The public content of a page, and its picture of one shape."""

    content_hash: str
    publication: int
    picture_id: int | None
    """None if the picture was never ordered."""


SHAPE = PictureShape.__struct_fields__
_OF_SHAPE = tuple(previews.c[name] == bindparam(name) for name in SHAPE)
_OF_PAGE = (previews.c.page_id == bindparam("page_id"), previews.c.portal_id == bindparam("portal_id"))
_BY_ID = Query(select(previews).where(previews.c.id == bindparam("id")), Preview)
_ONE = Query(
    select(previews).where(*_OF_PAGE, *_OF_SHAPE, previews.c.content_hash == bindparam("content_hash")), Preview
)
_ALL = Query(select(previews).where(*_OF_PAGE).order_by(previews.c.id), Preview)
# Pictures of the public content, in one read, since every request of a picture needs them.
_CURRENT = Query(
    select(previews)
    .select_from(
        pages.join(page_versions, page_versions.c.id == pages.c.public_version_id).join(
            previews,
            and_(previews.c.page_id == pages.c.id, previews.c.content_hash == page_versions.c.content_hash),
        )
    )
    .where(*_OF_PAGE),
    Preview,
)
_TAKEN = Query(
    select(previews)
    .where(*_OF_PAGE, *_OF_SHAPE, previews.c.media_key.is_not(None), previews.c.publication > DRAFT)
    .order_by(previews.c.wanted_at.desc(), previews.c.id.desc()),
    Preview,
)
_PUBLIC_CONTENT = Query(
    select(page_versions.c.content_hash, page_versions.c.publication, page_versions.c.id.label("version_id"))
    .select_from(pages.join(page_versions, page_versions.c.id == pages.c.public_version_id))
    .where(pages.c.id == bindparam("page_id"), pages.c.portal_id == bindparam("portal_id")),
    PublicContent,
)
_WANTED = Query(
    select(page_versions.c.content_hash, page_versions.c.publication, previews.c.id.label("picture_id"))
    .select_from(
        pages.join(page_versions, page_versions.c.id == pages.c.public_version_id).outerjoin(
            previews,
            and_(
                previews.c.page_id == pages.c.id,
                previews.c.content_hash == page_versions.c.content_hash,
                *_OF_SHAPE,
            ),
        )
    )
    .where(pages.c.id == bindparam("page_id"), pages.c.portal_id == bindparam("portal_id")),
    WantedPicture,
)
_COUNT_ASKED = Statement(
    select(func.count()).where(
        previews.c.state == literal_column(f"'{PENDING}'"),  # a literal, so that the partial index is used
        previews.c.priority == bindparam("priority"),
        previews.c.portal_id == bindparam("portal_id"),
    )
)
_DROP_OUTDATED = Statement(
    previews.delete().where(
        *_OF_PAGE,
        previews.c.content_hash != bindparam("content_hash"),
        previews.c.publication > 0,
        previews.c.state != READY,
        previews.c.media_key.is_(None),
        # A picture that is being taken may finish: it is shown until the next one exists.
        previews.c.claimed_by.is_(None),
    )
)
# The picture of a new version, and the orders that it makes outdated.
_FOR_VERSION = Query(
    select(previews).where(
        *_OF_PAGE,
        or_(
            and_(previews.c.content_hash == bindparam("content_hash"), *_OF_SHAPE),
            and_(
                previews.c.content_hash != bindparam("content_hash"),
                previews.c.publication > DRAFT,
                previews.c.state != READY,
                previews.c.media_key.is_(None),
            ),
        ),
    ),
    Preview,
)
_FORGET = Statement(
    previews.delete().where(previews.c.id == bindparam("id"), previews.c.portal_id == bindparam("portal_id"))
)
_DROP_COPIES = Statement(
    previews.delete().where(
        *_OF_PAGE,
        previews.c.content_hash == bindparam("content_hash"),
        *(previews.c[name] == bindparam(name) for name in SHAPE if name not in {"thumbnail", "format"}),
        or_(previews.c.thumbnail > 0, previews.c.format != bindparam("format")),
    )
)
# Public pages whose content has no picture of a shape, or only a failed one.
_MISSING = Statement(
    select(pages.c.portal_id, pages.c.id)
    .select_from(
        pages.join(page_versions, page_versions.c.id == pages.c.public_version_id).outerjoin(
            previews,
            and_(
                previews.c.page_id == pages.c.id,
                previews.c.content_hash == page_versions.c.content_hash,
                *_OF_SHAPE,
            ),
        )
    )
    .where(
        pages.c.active,
        pages.c.id > bindparam("after"),
        pages.c.id <= bindparam("last"),
        or_(previews.c.id.is_(None), previews.c.state == FAILED),
    )
    .order_by(pages.c.id)
)
_PAGES_AT_ONCE = 1000
_LAST_OF_PORTION = Statement(
    select(func.max(literal_column("id"))).select_from(
        select(pages.c.id).where(pages.c.id > bindparam("after")).order_by(pages.c.id).limit(_PAGES_AT_ONCE).subquery()
    )
)
_OF_PORTAL = Query(
    select(previews).where(previews.c.portal_id == bindparam("portal_id")).order_by(previews.c.page_id, previews.c.id),
    Preview,
)
_IN_STATE = Query(select(previews).where(previews.c.state == bindparam("state")).order_by(previews.c.id), Preview)
_PUBLIC_PAGES = Statement(
    select(pages.c.portal_id, pages.c.id)
    .where(
        pages.c.active,
        ~pages.c.deleted,
        pages.c.public_version_id.is_not(None),
        or_(bindparam("site_id") == 0, pages.c.site_id == bindparam("site_id")),
    )
    .order_by(pages.c.id)
)
_SHOWN_AGAIN = Statement(
    update(previews)
    .where(previews.c.id == bindparam("row_id"), previews.c.portal_id == bindparam("row_portal"))
    .values(publication=bindparam("new_publication"), wanted_at=bindparam("new_wanted_at"))
)


def shape_of(preview: Preview) -> PictureShape:
    """Return the shape of a picture."""
    return PictureShape(**{name: getattr(preview, name) for name in SHAPE})


def find(tx: Tx, preview_id: int) -> Preview | None:
    """Return a picture by id, or None."""
    return tx.one(_BY_ID, id=preview_id)


def one(tx: Tx, portal_id: int, page_id: int, content_hash: str, shape: PictureShape) -> Preview | None:
    """Return the picture of this content and shape in any state, or None."""
    return tx.one(
        _ONE, portal_id=portal_id, page_id=page_id, content_hash=content_hash, **msgspec.structs.asdict(shape)
    )


def of_page(tx: Tx, portal_id: int, page_id: int) -> list[Preview]:
    """Return all pictures of a page in any state."""
    return tx.all(_ALL, portal_id=portal_id, page_id=page_id)


def current(tx: Tx, portal_id: int, page_id: int) -> list[Preview]:
    """Return all pictures of the public content of a page in any state."""
    return tx.all(_CURRENT, portal_id=portal_id, page_id=page_id)


def of_portal(tx: Tx, portal_id: int) -> list[Preview]:
    """Return all pictures of a portal in any state."""
    return tx.all(_OF_PORTAL, portal_id=portal_id)


def in_state(tx: Tx, state: str) -> list[Preview]:
    """Return the pictures of all portals in one state."""
    return tx.all(_IN_STATE, state=state)


def settle(tx: Tx, preview: Preview, media_key: str, now_ms: int) -> None:
    """Complete an order with an existing file, and release any claim on it."""
    tx.update(
        previews,
        preview.portal_id,
        preview.id,
        state=READY,
        media_key=media_key,
        problem=None,
        finished_at=now_ms,
        claimed_by=None,
        claimed_until=0,
    )


def public_content(tx: Tx, portal_id: int, page_id: int) -> PublicContent | None:
    """Return the last public content of a page, even if it is offline, or None if it was never published."""
    return tx.one(_PUBLIC_CONTENT, portal_id=portal_id, page_id=page_id)


def taken(tx: Tx, portal_id: int, page_id: int, shape: PictureShape) -> list[Preview]:
    """Return finished pictures of this shape of present and earlier public content, newest content first."""
    return tx.all(_TAKEN, portal_id=portal_id, page_id=page_id, **msgspec.structs.asdict(shape))


def taken_of(found: Iterable[Preview], shape: PictureShape) -> list[Preview]:
    """Return those of the pictures of a page that `taken` would return."""
    finished = [each for each in found if each.media_key is not None and each.publication > DRAFT]
    of_shape = [each for each in finished if shape_of(each) == shape]
    return sorted(of_shape, key=lambda each: (each.wanted_at, each.id), reverse=True)


def wanted(tx: Tx, portal_id: int, page_id: int, shape: PictureShape) -> WantedPicture | None:
    """Return the last public content of a page with its picture of a shape, or None if it was never published."""
    return tx.one(_WANTED, portal_id=portal_id, page_id=page_id, **msgspec.structs.asdict(shape))


def count_waiting(tx: Tx, portal_id: int, *, priority: int) -> int:
    """Return the number of pending pictures of a portal with this priority."""
    return int(tx.one(_COUNT_ASKED, portal_id=portal_id, priority=priority)[0])


def expect_known(tx: Tx, known: Preview, *, priority: int) -> None:
    """Order a known picture again if it failed, and give a pending one the higher of both priorities."""
    if known.state == FAILED:
        retake(tx, known, priority=priority)
    elif known.state == PENDING and known.priority > priority:
        tx.update(previews, known.portal_id, known.id, priority=priority)


def add(
    tx: Tx,
    portal_id: int,
    page_id: int,
    content_hash: str,
    shape: PictureShape,
    *,
    publication: int,
    priority: int,
    now_ms: int,
) -> Preview:
    """Order a picture that has no row yet."""
    order = Preview(
        id=0,
        portal_id=portal_id,
        page_id=page_id,
        content_hash=content_hash,
        **msgspec.structs.asdict(shape),
        state=PENDING,
        media_key=None,
        problem=None,
        publication=publication,
        priority=priority,
        wanted_at=now_ms,
        finished_at=None,
        claimed_by=None,
        claimed_until=0,
        started_at=0,
        attempts=0,
        retry_at=0,
    )
    return msgspec.structs.replace(order, id=tx.insert_record(previews, order))


def for_version(
    tx: Tx, portal_id: int, page_id: int, content_hash: str, shape: PictureShape
) -> tuple[Preview | None, bool]:
    """Return the picture of this content and shape, and whether orders for other public content are pending."""
    given = {"content_hash": content_hash, **msgspec.structs.asdict(shape)}
    found = tx.all(_FOR_VERSION, portal_id=portal_id, page_id=page_id, **given)
    own = next((preview for preview in found if preview.content_hash == content_hash), None)
    return own, any(preview.content_hash != content_hash for preview in found)


def shown_again(tx: Tx, preview: Preview, *, publication: int, now_ms: int) -> None:
    """Store that the content of a picture has just become public again."""
    tx.run(
        _SHOWN_AGAIN, row_id=preview.id, row_portal=preview.portal_id, new_publication=publication, new_wanted_at=now_ms
    )


def retake(tx: Tx, preview: Preview, *, priority: int) -> None:
    """Order a picture again. Its present file is shown until then; a picture that is being taken now is discarded."""
    tx.update(
        previews,
        preview.portal_id,
        preview.id,
        state=PENDING,
        priority=priority,
        problem=None,
        claimed_by=None,
        claimed_until=0,
        attempts=0,
        retry_at=0,
    )


def drop_outdated(tx: Tx, portal_id: int, page_id: int, *, but: str) -> None:
    """Delete orders for pictures of public content of a page other than `but`, unless claimed by a worker."""
    tx.run(_DROP_OUTDATED, portal_id=portal_id, page_id=page_id, content_hash=but)


def drop_copies(tx: Tx, preview: Preview) -> None:
    """Delete the copies of a retaken picture in other formats and sizes."""
    shape = msgspec.structs.asdict(shape_of(preview))
    del shape["thumbnail"]
    tx.run(
        _DROP_COPIES,
        portal_id=preview.portal_id,
        page_id=preview.page_id,
        content_hash=preview.content_hash,
        **shape,
    )


def forget(tx: Tx, preview: Preview) -> None:
    """Delete a picture or an order."""
    tx.run(_FORGET, id=preview.id, portal_id=preview.portal_id)


def public_pages(tx: Tx, site_id: int | None) -> list[tuple[int, int]]:
    """Return (portal id, page id) of the public pages of a site, or with None of all portals."""
    return [tuple(row) for row in tx.all(_PUBLIC_PAGES, site_id=site_id or 0)]


def missing(tx: Tx, shape: PictureShape, *, after_page: int = 0) -> tuple[int, list[tuple[int, int]]]:
    """Look at a thousand pages after a page for public ones whose picture of this shape is missing or failed.

    Returns:
        The last page looked at, or 0 if there are no more pages; and portal and id of the pages found.

    """
    row = tx.one(_LAST_OF_PORTION, after=after_page)
    last = int(row[0]) if row is not None and row[0] is not None else 0
    if not last:
        return 0, []
    found = tx.all(_MISSING, after=after_page, last=last, **msgspec.structs.asdict(shape))
    return last, [(int(portal_id), int(page_id)) for portal_id, page_id in found]
