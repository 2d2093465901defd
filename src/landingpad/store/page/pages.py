"""Rows of pages and their additional fields."""

from collections.abc import Iterable
from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import and_, bindparam, delete, func, null, or_, select, union_all

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Lister, Listing
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Page, Stamp
from landingpad.store.tables.site import (
    additional_fields,
    domains,
    folders,
    page_versions,
    pages,
    sites,
    special_pages,
    template_refs,
)

_BY_ID = Query(select(pages).where(pages.c.id == bindparam("id"), pages.c.portal_id == bindparam("portal_id")), Page)
_OF_SITE = Query(
    select(pages)
    .where(pages.c.site_id == bindparam("site_id"), pages.c.portal_id == bindparam("portal_id"))
    .order_by(pages.c.id),
    Page,
)
# The "+ 0" makes SQLite use the index of the site instead of the one of the whole portal.
_IN_PORTAL = pages.c.portal_id + 0 == bindparam("portal_id")
_CODES = Statement(
    select(pages.c.code).where(
        _IN_PORTAL,
        pages.c.site_id == bindparam("site_id"),
        func.coalesce(pages.c.folder_id, 0) == bindparam("folder_id"),
        pages.c.code == bindparam("code"),
        pages.c.id != bindparam("but"),
    )
)
_BY_CODE = Query(
    select(pages).where(
        _IN_PORTAL,
        pages.c.site_id == bindparam("site_id"),
        func.coalesce(pages.c.folder_id, 0) == bindparam("folder_id"),
        pages.c.code == bindparam("code"),
        pages.c.deleted.is_(False),
    ),
    Page,
)
_HAS_LIVE = Statement(
    select(pages.c.id)
    .where(
        pages.c.site_id == bindparam("site_id"),
        pages.c.portal_id == bindparam("portal_id"),
        pages.c.deleted.is_(False),
        pages.c.id != bindparam("but"),
    )
    .limit(1)
)
_OUTDATED = Query(
    select(pages)
    .join(sites, sites.c.id == pages.c.site_id)
    .join(page_versions, page_versions.c.id == pages.c.public_version_id)
    .where(
        pages.c.site_id == bindparam("site_id"),
        pages.c.portal_id == bindparam("portal_id"),
        pages.c.active,
        pages.c.deleted.is_(False),
        page_versions.c.settings_version != sites.c.settings_version,
    )
    .order_by(pages.c.id)
    .limit(bindparam("at_most")),
    Page,
)
_TRASHED = Statement(
    select(pages.c.id)
    .where(pages.c.portal_id == bindparam("portal_id"), pages.c.deleted_at < bindparam("before"))
    .order_by(pages.c.deleted_at, pages.c.id)
    .limit(bindparam("most"))
)
_DELETE = Statement(pages.delete().where(pages.c.id == bindparam("id"), pages.c.portal_id == bindparam("portal_id")))
_FIELDS = Statement(
    select(additional_fields.c.code, additional_fields.c.value)
    .where(
        additional_fields.c.owner == bindparam("owner"),
        additional_fields.c.owner_id == bindparam("owner_id"),
        additional_fields.c.portal_id == bindparam("portal_id"),
    )
    .order_by(additional_fields.c.code)
)
_FORGET_FIELD = Statement(
    additional_fields.delete().where(
        additional_fields.c.owner == bindparam("owner"),
        additional_fields.c.owner_id == bindparam("owner_id"),
        additional_fields.c.code == bindparam("code"),
        additional_fields.c.portal_id == bindparam("portal_id"),
    )
)
_FORGET_FIELDS = Statement(
    additional_fields.delete().where(
        additional_fields.c.owner == bindparam("owner"),
        additional_fields.c.owner_id == bindparam("owner_id"),
        additional_fields.c.portal_id == bindparam("portal_id"),
    )
)


_FORGET_REFS = Statement(
    delete(template_refs).where(
        or_(
            template_refs.c.page_id == bindparam("page_id"),
            and_(template_refs.c.owner == "page", template_refs.c.owner_id == bindparam("page_id")),
        ),
        template_refs.c.portal_id == bindparam("portal_id"),
    )
)
_FORGET_SPECIAL = Statement(
    delete(special_pages).where(
        special_pages.c.page_id == bindparam("page_id"), special_pages.c.portal_id == bindparam("portal_id")
    )
)
_NO_ROLE = tuple(
    Statement(
        table.update()
        .where(
            owner == bindparam("of_site"), table.c.portal_id == bindparam("of_portal"), column == bindparam("page_id")
        )
        .values({column: null()})
    )
    for table, owner, column in (
        (sites, sites.c.id, sites.c.index_page_id),
        (sites, sites.c.id, sites.c.not_found_page_id),
        (sites, sites.c.id, sites.c.unavailable_page_id),
        (folders, folders.c.site_id, folders.c.index_page_id),
    )
)


_SHOW_PICTURE_OF = Statement(
    pages.update()
    .where(
        pages.c.id == bindparam("of_page"),
        pages.c.portal_id == bindparam("of_portal"),
        pages.c.public_version_id.in_(
            select(page_versions.c.id).where(
                page_versions.c.page_id == bindparam("of_page"),
                page_versions.c.content_hash == bindparam("content_hash"),
            )
        ),
    )
    .values(preview_key=bindparam("media_key"))
)
_FIELDS_OF_PAGE = Statement(
    union_all(
        *(
            select(additional_fields.c.owner, additional_fields.c.code, additional_fields.c.value).where(
                additional_fields.c.owner == owner,
                additional_fields.c.owner_id == bindparam(f"{owner}_id"),
                additional_fields.c.portal_id == bindparam("portal_id"),
            )
            for owner in ("site", "page")
        )
    )
)


class PageSettings(TypedDict, total=False):
    """Optional columns of a new page."""

    active: bool
    description: str | None
    in_sitemap: bool
    is_folder: bool
    published_at: int | None
    template_id: int | None
    xml_id: str | None


class PageChanges(PageSettings, total=False):
    """Columns of a page that can change."""

    code: str
    deleted: bool
    deleted_at: int | None
    folder_id: int | None
    site_id: int
    title: str


class PageView(msgspec.Struct, frozen=True):
    """A page with the parts of its address and picture."""

    id: int
    title: str
    code: str
    site_id: int
    folder_id: int | None
    template_id: int | None
    active: bool
    deleted: bool
    description: str | None
    xml_id: str | None
    in_sitemap: bool
    is_folder: bool
    rule: str | None
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int
    published_at: int | None
    preview_key: str | None
    site_type: str
    site_code: str
    site_deleted: bool
    site_index_page_id: int | None
    domain_id: int
    host: str
    folder_deleted: bool | None
    folder_index_page_id: int | None
    own_picture: str | None


_og_image = additional_fields.alias("og_image")
_VIEW_COLUMNS = [
    *(pages.c[name] for name in PageView.__struct_fields__[:19]),
    sites.c.type.label("site_type"),
    sites.c.code.label("site_code"),
    sites.c.deleted.label("site_deleted"),
    sites.c.index_page_id.label("site_index_page_id"),
    sites.c.domain_id,
    domains.c.host,
    folders.c.deleted.label("folder_deleted"),
    folders.c.index_page_id.label("folder_index_page_id"),
    _og_image.c.value.label("own_picture"),
]
_VIEW = (
    select(*_VIEW_COLUMNS)
    .select_from(
        pages.join(sites, sites.c.id == pages.c.site_id)
        .join(domains, domains.c.id == sites.c.domain_id)
        .outerjoin(folders, folders.c.id == pages.c.folder_id)
        .outerjoin(
            _og_image,
            and_(
                _og_image.c.owner == "page",
                _og_image.c.owner_id == pages.c.id,
                _og_image.c.code == "METAOG_IMAGE",
                _og_image.c.portal_id == pages.c.portal_id,
            ),
        )
    )
    .where(pages.c.portal_id == bindparam("portal_id"))
)
_robots = additional_fields.alias("robots")
_FOR_SITEMAP = Query(
    _VIEW.outerjoin(
        _robots,
        and_(
            _robots.c.owner == "page",
            _robots.c.owner_id == pages.c.id,
            _robots.c.code == "METAROBOTS_INDEX",
            _robots.c.portal_id == pages.c.portal_id,
        ),
    )
    .where(
        pages.c.site_id == bindparam("site_id"),
        pages.c.in_sitemap,
        pages.c.active,
        pages.c.deleted.is_(False),
        func.coalesce(_robots.c.value, "Y") != "N",
    )
    .order_by(pages.c.id)
    .limit(bindparam("at_most")),
    PageView,
)
_VIEW_BY_ID = Query(_VIEW.where(pages.c.id == bindparam("id")), PageView)
LISTER = Lister(
    _VIEW,
    PageView,
    # Never NULL, because every page has a site. PostgreSQL misjudges how many rows a condition on `coalesce` selects.
    {column.name: column for column in _VIEW_COLUMNS}
    | {"site_type": sites.c.type, "site_code": sites.c.code, "site_deleted": sites.c.deleted},
)


def find(tx: Tx, portal_id: int, page_id: int) -> Page | None:
    """Return a page of this portal, or None."""
    return tx.one(_BY_ID, id=page_id, portal_id=portal_id)


def find_view(tx: Tx, portal_id: int, page_id: int) -> PageView | None:
    """Return a page with its site, host name and picture, or None."""
    return tx.one(_VIEW_BY_ID, id=page_id, portal_id=portal_id)


def list_views(tx: Tx, portal_id: int, listing: Listing) -> list[PageView]:
    """Return the pages that match a listing."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def for_sitemap(tx: Tx, portal_id: int, site_id: int, limit: int) -> list[PageView]:
    """Return the published pages for the sitemap of a site."""
    return tx.all(_FOR_SITEMAP, site_id=site_id, portal_id=portal_id, at_most=limit)


def of_site(tx: Tx, portal_id: int, site_id: int) -> list[Page]:
    """Return every page of a site, including trashed ones."""
    return tx.all(_OF_SITE, site_id=site_id, portal_id=portal_id)


def code_is_taken(tx: Tx, portal_id: int, site_id: int, folder_id: int | None, code: str, *, but: int = 0) -> bool:
    """Say whether another page in the same folder has this code."""
    found = tx.one(_CODES, portal_id=portal_id, site_id=site_id, folder_id=folder_id or 0, code=code, but=but)
    return found is not None


def by_code(tx: Tx, portal_id: int, site_id: int, folder_id: int | None, code: str) -> Page | None:
    """Return the live page with this code in a folder (None for the root), or None."""
    return tx.one(_BY_CODE, portal_id=portal_id, site_id=site_id, folder_id=folder_id or 0, code=code)


def has_live(tx: Tx, portal_id: int, site_id: int, *, but: int) -> bool:
    """Say whether a site has a live page besides `but`."""
    return tx.one(_HAS_LIVE, site_id=site_id, portal_id=portal_id, but=but) is not None


def outdated(tx: Tx, portal_id: int, site_id: int, *, limit: int) -> list[Page]:
    """Return published pages that were rendered before the last change of their site."""
    return tx.all(_OUTDATED, site_id=site_id, portal_id=portal_id, at_most=limit)


def trashed_before(tx: Tx, portal_id: int, before_ms: int, *, limit: int) -> list[int]:
    """Return the ids of up to `limit` pages that were trashed before a time, first the oldest."""
    return [row[0] for row in tx.all(_TRASHED, portal_id=portal_id, before=before_ms, most=limit)]


def add(
    tx: Tx,
    portal_id: int,
    by: Stamp,
    *,
    site_id: int,
    folder_id: int | None,
    title: str,
    code: str,
    **settings: Unpack[PageSettings],
) -> int:
    """Store a page without a public version and return its id."""
    return tx.insert(
        pages,
        portal_id=portal_id,
        site_id=site_id,
        folder_id=folder_id,
        title=title,
        code=code,
        **settings,
        **by.created(),
    )


def update(tx: Tx, portal_id: int, page_id: int, by: Stamp, **changes: Unpack[PageChanges]) -> None:
    """Change columns of a page and mark it as modified, even without changes."""
    tx.update(pages, portal_id, page_id, **changes, **by.modified())


def show_version(
    tx: Tx, portal_id: int, page_id: int, version_id: int, *, media_key: str | None, published_at: int | None
) -> None:
    """Set the public version of a page, without marking it as modified.

    Args:
        tx: the transaction.
        portal_id: the portal.
        page_id: the page.
        version_id: the version.
        media_key: its picture; None keeps the present one.
        published_at: when the page goes online; None leaves it online or offline.

    """
    picture = {} if media_key is None else {"preview_key": media_key}
    online = {} if published_at is None else {"active": True, "published_at": published_at}
    tx.update(pages, portal_id, page_id, public_version_id=version_id, **picture, **online)


def show_picture(tx: Tx, portal_id: int, page_id: int, media_key: str) -> None:
    """Set the picture of a page."""
    tx.update(pages, portal_id, page_id, preview_key=media_key)


def show_picture_of(tx: Tx, portal_id: int, page_id: int, media_key: str, *, content_hash: str) -> bool:
    """Set the picture of a page if it shows the last public content; return whether it was set."""
    found = tx.run(
        _SHOW_PICTURE_OF, of_page=page_id, of_portal=portal_id, media_key=media_key, content_hash=content_hash
    )
    return found > 0


def set_active(tx: Tx, portal_id: int, by: Stamp, page_ids: Iterable[int], *, active: bool) -> None:
    """Put pages online or offline in bulk."""
    tx.update_many(pages, portal_id, {page_id: {"active": active, **by.modified()} for page_id in page_ids})


def leave_site(tx: Tx, portal_id: int, page_id: int, site_id: int) -> None:
    """Remove a page from its special roles on every site, and from its other roles (index, 404 ...) on one site."""
    tx.run(_FORGET_SPECIAL, page_id=page_id, portal_id=portal_id)
    for statement in _NO_ROLE:
        tx.run(statement, page_id=page_id, of_site=site_id, of_portal=portal_id)


def remove(tx: Tx, portal_id: int, page_id: int) -> None:
    """Delete a page with its blocks, versions and pictures, and all references to it."""
    page = find(tx, portal_id, page_id)
    if page is None:
        return
    leave_site(tx, portal_id, page_id, page.site_id)
    tx.run(_FORGET_FIELDS, owner="page", owner_id=page_id, portal_id=portal_id)
    tx.run(_FORGET_REFS, page_id=page_id, portal_id=portal_id)
    tx.run(_DELETE, id=page_id, portal_id=portal_id)


def fields(tx: Tx, portal_id: int, owner: str, owner_id: int) -> dict[str, str]:
    """Return the additional fields of a site or page."""
    return dict(tx.all(_FIELDS, owner=owner, owner_id=owner_id, portal_id=portal_id))


def fields_of_page(tx: Tx, portal_id: int, *, site_id: int, page_id: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return the additional fields of a page and those of its site, in one query."""
    found = tx.all(_FIELDS_OF_PAGE, site_id=site_id, page_id=page_id, portal_id=portal_id)
    by_owner: dict[str, dict[str, str]] = {"page": {}, "site": {}}
    for owner, code, value in found:
        by_owner[owner][code] = value
    return by_owner["page"], by_owner["site"]


def set_field(tx: Tx, portal_id: int, owner: str, owner_id: int, code: str, value: str) -> None:
    """Store one additional field; an empty value removes it."""
    tx.run(_FORGET_FIELD, owner=owner, owner_id=owner_id, code=code, portal_id=portal_id)
    if value:
        tx.insert(additional_fields, portal_id=portal_id, owner=owner, owner_id=owner_id, code=code, value=value)
