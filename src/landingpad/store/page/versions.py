"""Rows of public versions of pages: the current ones and earlier publications."""

import msgspec
from sqlalchemy import and_, bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import PageVersion
from landingpad.store.tables.site import domains, page_versions, pages, portals, sites, users

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
    author_name: str
    author_last_name: str


class PublicPageToTake(msgspec.Struct, frozen=True):
    """The last public version of a page, with the parts of its address at this server."""

    id: int
    """Id of the page."""
    code: str
    folder_id: int | None
    version_id: int
    content_hash: str
    created_at: int
    """When the version was rendered."""
    site_type: str
    site_code: str
    site_index_page_id: int | None
    host: str
    portal_host: str
    signing_key: str


_TO_PHOTOGRAPH = Query(
    select(
        pages.c.id,
        pages.c.code,
        pages.c.folder_id,
        page_versions.c.id.label("version_id"),
        page_versions.c.content_hash,
        page_versions.c.created_at,
        sites.c.type.label("site_type"),
        sites.c.code.label("site_code"),
        sites.c.index_page_id.label("site_index_page_id"),
        domains.c.host,
        portals.c.domain.label("portal_host"),
        portals.c.signing_key,
    )
    .select_from(
        pages.join(page_versions, page_versions.c.id == pages.c.public_version_id)
        .join(sites, sites.c.id == pages.c.site_id)
        .join(domains, domains.c.id == sites.c.domain_id)
        .join(portals, portals.c.id == pages.c.portal_id)
    )
    .where(pages.c.id == bindparam("page_id"), pages.c.portal_id == bindparam("portal_id")),
    PublicPageToTake,
)
_INFO = Query(
    select(*(page_versions.c[name] for name in VersionInfo.__struct_fields__)).where(
        page_versions.c.id == bindparam("id"), page_versions.c.portal_id == bindparam("portal_id")
    ),
    VersionInfo,
)
_LAST_BLOCKS = Statement(
    select(page_versions.c.publication, page_versions.c.blocks)
    .where(*_OF_PAGE)
    .order_by(page_versions.c.publication.desc())
    .limit(2)
)
_HISTORY = Query(
    select(
        *(page_versions.c[name] for name in Publication.__struct_fields__[:5]),
        func.coalesce(users.c.name, "").label("author_name"),
        func.coalesce(users.c.last_name, "").label("author_last_name"),
    )
    .select_from(
        page_versions.outerjoin(
            users, and_(users.c.id == page_versions.c.created_by, users.c.portal_id == page_versions.c.portal_id)
        )
    )
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


def to_photograph(tx: Tx, portal_id: int, page_id: int) -> PublicPageToTake | None:
    """Return the last public version of a page with all parts of the address that shows it, or None."""
    return tx.one(_TO_PHOTOGRAPH, page_id=page_id, portal_id=portal_id)


def last_numbers(tx: Tx, portal_id: int, page_id: int) -> tuple[int, int]:
    """Return the numbers of the newest version and the newest publication of a page, 0 if there is none yet."""
    number, publication = tx.one(_LAST, page_id=page_id, portal_id=portal_id)
    return int(number), int(publication)


def history(tx: Tx, portal_id: int, page_id: int) -> list[Publication]:
    """Return the kept publications of a page, newest first."""
    return tx.all(_HISTORY, page_id=page_id, portal_id=portal_id)


def last_blocks(tx: Tx, portal_id: int, page_id: int) -> list[tuple[int, str]]:
    """Return the number and blocks of the newest two publications of a page, newest first."""
    return [(int(number), str(blocks)) for number, blocks in tx.all(_LAST_BLOCKS, page_id=page_id, portal_id=portal_id)]


def add(tx: Tx, version: PageVersion) -> PageVersion:
    """Store a public version and return it with its id."""
    return msgspec.structs.replace(version, id=tx.insert_record(page_versions, version))


def forget_old(tx: Tx, portal_id: int, page_id: int, *, up_to: int) -> None:
    """Delete the publications of a page up to a number."""
    tx.run(_FORGET_OLD, page_id=page_id, portal_id=portal_id, up_to=up_to)


def forget_earlier_renderings(tx: Tx, portal_id: int, page_id: int, *, publication: int, but: int) -> None:
    """Delete all renderings of a publication except `but`."""
    tx.run(_FORGET_OTHERS, page_id=page_id, portal_id=portal_id, publication=publication, but=but)
