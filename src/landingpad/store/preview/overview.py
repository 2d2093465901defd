"""Pictures of many pages at once, for screens that show them side by side."""

from collections.abc import Collection

import msgspec
from sqlalchemy import and_, bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing
from landingpad.store.preview.previews import FAILED, PENDING, SHAPE, PictureShape
from landingpad.store.tables.preview import previews
from landingpad.store.tables.site import page_versions, pages

_SMALL, _BATCH = 60, 500


class PagePicture(msgspec.Struct, frozen=True):
    """How it stands with the picture of a page."""

    page_id: int
    media_key: str | None
    """The newest picture of what is public, or was before."""
    state: str
    """Of the picture of what is public now: pending, ready, failed; "" if the page was never published."""
    problem: str
    is_public: bool

    @property
    def is_expected(self) -> bool:
        """Whether a picture is being taken."""
        return self.is_public and self.state == PENDING

    @property
    def has_failed(self) -> bool:
        """Whether none could be taken."""
        return self.is_public and self.state == FAILED

    @property
    def version(self) -> str:
        """Changes whenever something else is to be shown."""
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


def of_pages(tx: Tx, portal_id: int, page_ids: Collection[int], shape: PictureShape) -> dict[int, PagePicture]:
    """Return the pictures of these pages in one query, by the ids of the pages."""
    fixed = {"portal_id": portal_id, **msgspec.structs.asdict(shape)}
    wanted = list(dict.fromkeys(page_ids))
    found: dict[int, PagePicture] = {}
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        # Filled up with what is there already: one shape of the question, however many are asked for.
        size = _BATCH if len(part) > _SMALL else _SMALL
        values = tuple(part + part[:1] * (size - len(part)))
        listing = Listing([Condition("page_id", "in", values)])
        found |= {picture.page_id: picture for picture in _PICTURES.rows(tx, listing, **fixed)}
    return found
