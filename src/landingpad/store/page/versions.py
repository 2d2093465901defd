"""Rows of public versions of pages: the current ones and earlier publications."""

import msgspec
from sqlalchemy import bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import PageVersion
from landingpad.store.tables.site import page_versions

_OF_PAGE = (page_versions.c.page_id == bindparam("page_id"), page_versions.c.portal_id == bindparam("portal_id"))
_BY_ID = Query(
    select(page_versions).where(
        page_versions.c.id == bindparam("id"), page_versions.c.portal_id == bindparam("portal_id")
    ),
    PageVersion,
)
_LAST = Statement(
    select(
        func.coalesce(func.max(page_versions.c.number), 0), func.coalesce(func.max(page_versions.c.publication), 0)
    ).where(*_OF_PAGE)
)
_FORGET_OLD = Statement(page_versions.delete().where(*_OF_PAGE, page_versions.c.publication <= bindparam("up_to")))
_FORGET_OTHERS = Statement(
    page_versions.delete().where(
        *_OF_PAGE, page_versions.c.publication == bindparam("publication"), page_versions.c.id != bindparam("but")
    )
)


class VersionInfo(msgspec.Struct, frozen=True):
    """A version without its HTML, which is read only if it is not cached."""

    id: int
    page_id: int
    settings_version: int
    own_code: bool
    created_at: int


class Publication(msgspec.Struct, frozen=True):
    """One publication in the history of a page."""

    id: int
    publication: int
    content_hash: str
    created_by: int
    created_at: int


_INFO = Query(
    select(*(page_versions.c[name] for name in VersionInfo.__struct_fields__)).where(
        page_versions.c.id == bindparam("id"), page_versions.c.portal_id == bindparam("portal_id")
    ),
    VersionInfo,
)
_HISTORY = Query(
    select(*(page_versions.c[name] for name in Publication.__struct_fields__))
    .where(*_OF_PAGE)
    .order_by(page_versions.c.publication.desc()),
    Publication,
)


def find(tx: Tx, portal_id: int, version_id: int) -> PageVersion | None:
    """Return a public version of a page, or None."""
    return tx.one(_BY_ID, id=version_id, portal_id=portal_id)


def info(tx: Tx, portal_id: int, version_id: int) -> VersionInfo | None:
    """Return a version without its HTML, or None."""
    return tx.one(_INFO, id=version_id, portal_id=portal_id)


def last_numbers(tx: Tx, portal_id: int, page_id: int) -> tuple[int, int]:
    """Return the numbers of the newest version and the newest publication of a page, 0 if there is none yet."""
    number, publication = tx.one(_LAST, page_id=page_id, portal_id=portal_id)
    return int(number), int(publication)


def history(tx: Tx, portal_id: int, page_id: int) -> list[Publication]:
    """Return the kept publications of a page, newest first."""
    return tx.all(_HISTORY, page_id=page_id, portal_id=portal_id)


def add(tx: Tx, version: PageVersion) -> PageVersion:
    """Store a public version and return it with its id."""
    return msgspec.structs.replace(version, id=tx.insert_record(page_versions, version))


def forget_old(tx: Tx, portal_id: int, page_id: int, *, up_to: int) -> None:
    """Delete the publications of a page up to a number."""
    tx.run(_FORGET_OLD, page_id=page_id, portal_id=portal_id, up_to=up_to)


def forget_earlier_renderings(tx: Tx, portal_id: int, page_id: int, *, publication: int, but: int) -> None:
    """Delete all renderings of a publication except `but`."""
    tx.run(_FORGET_OTHERS, page_id=page_id, portal_id=portal_id, publication=publication, but=but)
