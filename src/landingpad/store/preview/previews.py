"""Rows of previews: which pictures were taken of which content, and which are still to be taken."""

import msgspec
from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Preview
from landingpad.store.tables.preview import previews
from landingpad.store.tables.site import page_versions, pages

PENDING, READY, FAILED = "pending", "ready", "failed"
DRAFT = 0
"""In place of the number of a publication: the picture shows a draft, and is nobody's business but its author's."""


class PictureShape(msgspec.Struct, frozen=True):
    """How a page is seen: two pictures of the same content and the same shape are the same picture."""

    width: int
    """Of the window, in CSS pixels."""
    height: int
    scale: int = 1
    """Pixels of the picture for each CSS pixel."""
    color_scheme: str = "light"
    whole: bool = False
    """The page to its end."""
    thumbnail: int = 0
    """Width of a smaller copy in pixels; 0: as it was taken."""
    format: str = "jpeg"


class PublicContent(msgspec.Struct, frozen=True):
    """What visitors see of a page now."""

    content_hash: str
    publication: int
    version_id: int


SHAPE = PictureShape.__struct_fields__
_OF_SHAPE = tuple(previews.c[name] == bindparam(name) for name in SHAPE)
_OF_PAGE = (previews.c.page_id == bindparam("page_id"), previews.c.portal_id == bindparam("portal_id"))
_BY_ID = Query(select(previews).where(previews.c.id == bindparam("id")), Preview)
_ONE = Query(
    select(previews).where(*_OF_PAGE, *_OF_SHAPE, previews.c.content_hash == bindparam("content_hash")), Preview
)
_ALL = Query(select(previews).where(*_OF_PAGE).order_by(previews.c.id), Preview)
# Of what visitors see now; in one read, for it is asked with every look at a picture.
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
_COUNT_ASKED = Statement(
    select(func.count()).where(
        previews.c.state == literal_column(f"'{PENDING}'"),  # not a parameter: it has a partial index
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
        # What is being taken may be finished: it is shown until the next one is there.
        previews.c.claimed_by.is_(None),
    )
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
# Content that is public but of which no picture was taken or is expected.
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
        or_(previews.c.id.is_(None), previews.c.state == FAILED),
    )
    .order_by(pages.c.id)
    .limit(500)
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
    """Return how a picture shows its page."""
    return PictureShape(**{name: getattr(preview, name) for name in SHAPE})


def find(tx: Tx, preview_id: int) -> Preview | None:
    """Return a picture by id."""
    return tx.one(_BY_ID, id=preview_id)


def one(tx: Tx, portal_id: int, page_id: int, content_hash: str, shape: PictureShape) -> Preview | None:
    """Return the picture of this content and shape, in whatever state."""
    return tx.one(
        _ONE, portal_id=portal_id, page_id=page_id, content_hash=content_hash, **msgspec.structs.asdict(shape)
    )


def of_page(tx: Tx, portal_id: int, page_id: int) -> list[Preview]:
    """Return all pictures of a page, in whatever state."""
    return tx.all(_ALL, portal_id=portal_id, page_id=page_id)


def current(tx: Tx, portal_id: int, page_id: int) -> list[Preview]:
    """Return all pictures of what visitors see of a page now, in whatever state."""
    return tx.all(_CURRENT, portal_id=portal_id, page_id=page_id)


def of_portal(tx: Tx, portal_id: int) -> list[Preview]:
    """Return all pictures of a portal, in whatever state."""
    return tx.all(_OF_PORTAL, portal_id=portal_id)


def in_state(tx: Tx, state: str) -> list[Preview]:
    """Return the pictures of all portals that are in a state."""
    return tx.all(_IN_STATE, state=state)


def settle(tx: Tx, preview: Preview, media_key: str, now_ms: int) -> None:
    """Note a picture that is known already, whoever was to take it."""
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
    """Return what visitors see of a page now, or saw before it was taken offline; None if it was never published."""
    return tx.one(_PUBLIC_CONTENT, portal_id=portal_id, page_id=page_id)


def taken(tx: Tx, portal_id: int, page_id: int, shape: PictureShape) -> list[Preview]:
    """Return the pictures of a shape that exist of what is or was public, that of the newest content first."""
    return tx.all(_TAKEN, portal_id=portal_id, page_id=page_id, **msgspec.structs.asdict(shape))


def count_waiting(tx: Tx, portal_id: int, *, priority: int) -> int:
    """Return how many pictures of a portal are expected that are of this urgency."""
    return int(tx.one(_COUNT_ASKED, portal_id=portal_id, priority=priority)[0])


def expect(
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
    """Get or create the picture of this content and shape; call it in a write of its portal, for these take turns.

    One that exists, or that is expected with the same urgency, stays as it is.
    """
    known = one(tx, portal_id, page_id, content_hash, shape)
    if known is None:
        made = tx.insert(
            previews,
            portal_id=portal_id,
            page_id=page_id,
            content_hash=content_hash,
            state=PENDING,
            publication=publication,
            priority=priority,
            wanted_at=now_ms,
            **msgspec.structs.asdict(shape),
        )
        found = find(tx, made)
        assert found is not None  # noqa: S101  # it was just made
        return found
    if known.state == FAILED:
        retake(tx, known, priority=priority)
    elif known.state == PENDING and known.priority > priority:
        tx.update(previews, portal_id, known.id, priority=priority)
    return known


def shown_again(tx: Tx, preview: Preview, *, publication: int, now_ms: int) -> None:
    """Note that the content of a picture is what visitors see from now on."""
    tx.run(
        _SHOWN_AGAIN, row_id=preview.id, row_portal=preview.portal_id, new_publication=publication, new_wanted_at=now_ms
    )


def retake(tx: Tx, preview: Preview, *, priority: int) -> None:
    """Have a picture taken anew; what there is of it is shown until then. One that is being taken now is not used."""
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
    """Forget the orders for pictures of public content of a page other than `but`, unless one is being taken."""
    tx.run(_DROP_OUTDATED, portal_id=portal_id, page_id=page_id, content_hash=but)


def drop_copies(tx: Tx, preview: Preview) -> None:
    """Forget what was made of a picture that was taken anew: other formats and sizes."""
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
    """Remove a picture, or the order for one."""
    tx.run(_FORGET, id=preview.id, portal_id=preview.portal_id)


def public_pages(tx: Tx, site_id: int | None) -> list[tuple[int, int]]:
    """Return (portal, page) of the public pages of a site, or of all sites of all portals."""
    return [tuple(row) for row in tx.all(_PUBLIC_PAGES, site_id=site_id or 0)]


def missing(tx: Tx, shape: PictureShape, *, after_page: int = 0) -> list[tuple[int, int]]:
    """Return (portal, page) of up to 500 public pages of which no picture of a shape exists or is expected."""
    return [tuple(row) for row in tx.all(_MISSING, after=after_page, **msgspec.structs.asdict(shape))]
