"""Pictures of many pages at once, for screens with several pages."""

from collections.abc import Collection

import msgspec
from sqlalchemy import and_, bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing
from landingpad.store.db.query import Query
from landingpad.store.preview.previews import FAILED, PENDING, SHAPE, PictureShape
from landingpad.store.tables.preview import previews
from landingpad.store.tables.site import page_versions, pages

_SMALL, _BATCH = 60, 500


class PagePicture(msgspec.Struct, frozen=True):
    """The picture of a page and its state."""

    page_id: int
    media_key: str | None
    """The newest picture of present or earlier public content."""
    state: str
    """State of the picture of the present public content: pending, ready or failed; "" without one."""
    problem: str
    is_public: bool

    @property
    def is_expected(self) -> bool:
        """Whether a picture is pending."""
        return self.is_public and self.state == PENDING

    @property
    def has_failed(self) -> bool:
        """Whether the picture could not be taken."""
        return self.is_public and self.state == FAILED

    @property
    def explanation(self) -> str:
        """Why the picture is missing, old or incomplete, or "" if it is none of these."""
        if not self.is_public or not self.problem:
            return ""
        if self.has_failed:
            shown = "This picture is of an earlier publication. The present one" if self.media_key else "The page"
            return f"{shown} could not be photographed: {self.problem}"
        if self.is_expected:
            return f"The last attempt to take the picture failed, another follows: {self.problem}"
        return f"The picture is not complete: {self.problem}"

    @property
    def version(self) -> str:
        """A key that changes whenever another picture or state is to be shown."""
        return f"{(self.media_key or '')[:16]}-{self.state}-{int(self.is_public)}"


_COLUMNS = [
    pages.c.id.label("page_id"),
    pages.c.preview_key.label("media_key"),
    func.coalesce(previews.c.state, "").label("state"),
    func.coalesce(previews.c.problem, "").label("problem"),
    pages.c.active.label("is_public"),
]
_PICTURES = Lister(
    select(*_COLUMNS)
    .select_from(
        pages.outerjoin(page_versions, page_versions.c.id == pages.c.public_version_id).outerjoin(
            previews,
            and_(
                previews.c.page_id == pages.c.id,
                previews.c.content_hash == page_versions.c.content_hash,
                *(previews.c[name] == bindparam(name) for name in SHAPE),
            ),
        )
    )
    .where(pages.c.portal_id == bindparam("portal_id")),
    PagePicture,
    {"page_id": pages.c.id},
)

_FAILED = Query(
    select(pages.c.id, func.coalesce(previews.c.problem, ""))
    .join(page_versions, page_versions.c.id == pages.c.public_version_id)
    .join(
        previews,
        and_(
            previews.c.portal_id == pages.c.portal_id,
            previews.c.page_id == pages.c.id,
            previews.c.content_hash == page_versions.c.content_hash,
        ),
    )
    .where(pages.c.active, previews.c.state == FAILED)
    .order_by(pages.c.id.desc(), previews.c.id)
    .limit(bindparam("most")),
    tuple,
)


def failed(tx: Tx, *, most: int) -> dict[int, str]:
    """Return public page id -> why its picture could not be taken, of all portals. For the operator of the server."""
    return dict(tx.all(_FAILED, most=most))


def of_pages(tx: Tx, portal_id: int, page_ids: Collection[int], shape: PictureShape) -> dict[int, PagePicture]:
    """Return page id -> picture for these pages, with one query per 500 pages."""
    fixed = {"portal_id": portal_id, **msgspec.structs.asdict(shape)}
    wanted = list(dict.fromkeys(page_ids))
    found: dict[int, PagePicture] = {}
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        # Pad with a repeated id, so that only two shapes of SQL are built.
        size = _BATCH if len(part) > _SMALL else _SMALL
        values = tuple(part + part[:1] * (size - len(part)))
        listing = Listing([Condition("page_id", "in", values)])
        found |= {picture.page_id: picture for picture in _PICTURES.rows(tx, listing, **fixed)}
    return found
