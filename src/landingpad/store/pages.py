"""Rows of pages, folders, public versions and additional fields."""

import msgspec
from sqlalchemy import and_, bindparam, func, select

from landingpad.store.engine import Tx
from landingpad.store.listing import Lister, Listing
from landingpad.store.query import Query, Statement
from landingpad.store.records import Folder, Page, PageVersion
from landingpad.store.tables import additional_fields, domains, folders, page_versions, pages, sites

_BY_ID = Query(select(pages).where(pages.c.id == bindparam("id"), pages.c.portal_id == bindparam("portal_id")), Page)
_OF_SITE = Query(
    select(pages)
    .where(pages.c.site_id == bindparam("site_id"), pages.c.portal_id == bindparam("portal_id"))
    .order_by(pages.c.id),
    Page,
)
_CODES = Statement(
    select(pages.c.code).where(
        pages.c.site_id == bindparam("site_id"),
        func.coalesce(pages.c.folder_id, 0) == bindparam("folder_id"),
        pages.c.code == bindparam("code"),
        pages.c.id != bindparam("but"),
    )
)
_BY_CODE = Query(
    select(pages).where(
        pages.c.site_id == bindparam("site_id"),
        func.coalesce(pages.c.folder_id, 0) == bindparam("folder_id"),
        pages.c.code == bindparam("code"),
        pages.c.deleted.is_(False),
    ),
    Page,
)
_DELETE = Statement(pages.delete().where(pages.c.id == bindparam("id"), pages.c.portal_id == bindparam("portal_id")))
_FOLDER = Query(
    select(folders).where(folders.c.id == bindparam("id"), folders.c.portal_id == bindparam("portal_id")), Folder
)
_FOLDERS_OF_SITE = Query(
    select(folders)
    .where(folders.c.site_id == bindparam("site_id"), folders.c.portal_id == bindparam("portal_id"))
    .order_by(folders.c.id),
    Folder,
)
_FOLDER_BY_CODE = Query(
    select(folders).where(
        folders.c.site_id == bindparam("site_id"),
        func.coalesce(folders.c.parent_id, 0) == bindparam("parent_id"),
        folders.c.code == bindparam("code"),
        folders.c.deleted.is_(False),
    ),
    Folder,
)
_VERSION = Query(
    select(page_versions).where(
        page_versions.c.id == bindparam("id"), page_versions.c.portal_id == bindparam("portal_id")
    ),
    PageVersion,
)
_LAST_NUMBER = Statement(
    select(func.max(page_versions.c.number)).where(page_versions.c.page_id == bindparam("page_id"))
)
_FORGET_VERSIONS = Statement(
    page_versions.delete().where(
        page_versions.c.page_id == bindparam("page_id"), page_versions.c.number <= bindparam("number")
    )
)
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
    )
)
_FORGET_FIELDS = Statement(
    additional_fields.delete().where(
        additional_fields.c.owner == bindparam("owner"),
        additional_fields.c.owner_id == bindparam("owner_id"),
        additional_fields.c.portal_id == bindparam("portal_id"),
    )
)


class PageView(msgspec.Struct, frozen=True):
    """A page with what its address and picture are made of."""

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
_VIEW_BY_ID = Query(_VIEW.where(pages.c.id == bindparam("id")), PageView)
LISTER = Lister(_VIEW, PageView, {column.name: column for column in _VIEW_COLUMNS})


def find(tx: Tx, portal_id: int, page_id: int) -> Page | None:
    """Return a page of this portal."""
    return tx.one(_BY_ID, id=page_id, portal_id=portal_id)


def find_view(tx: Tx, portal_id: int, page_id: int) -> PageView | None:
    """Return a page with its site, host name and picture."""
    return tx.one(_VIEW_BY_ID, id=page_id, portal_id=portal_id)


def list_views(tx: Tx, portal_id: int, listing: Listing) -> list[PageView]:
    """Return the pages that fit."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def of_site(tx: Tx, portal_id: int, site_id: int) -> list[Page]:
    """Return every page of a site, trashed ones included."""
    return tx.all(_OF_SITE, site_id=site_id, portal_id=portal_id)


def code_is_taken(tx: Tx, site_id: int, folder_id: int | None, code: str, *, but: int = 0) -> bool:
    """Say whether another page in the same folder has this code."""
    return tx.one(_CODES, site_id=site_id, folder_id=folder_id or 0, code=code, but=but) is not None


def by_code(tx: Tx, site_id: int, folder_id: int | None, code: str) -> Page | None:
    """Return the page with this code in a folder (None: the root)."""
    return tx.one(_BY_CODE, site_id=site_id, folder_id=folder_id or 0, code=code)


def delete(tx: Tx, portal_id: int, page_id: int) -> None:
    """Remove a page with its blocks, versions and pictures."""
    tx.run(_FORGET_FIELDS, owner="page", owner_id=page_id, portal_id=portal_id)
    tx.run(_DELETE, id=page_id, portal_id=portal_id)


def find_folder(tx: Tx, portal_id: int, folder_id: int) -> Folder | None:
    """Return a folder of this portal."""
    return tx.one(_FOLDER, id=folder_id, portal_id=portal_id)


def folders_of_site(tx: Tx, portal_id: int, site_id: int) -> list[Folder]:
    """Return every folder of a site, trashed ones included."""
    return tx.all(_FOLDERS_OF_SITE, site_id=site_id, portal_id=portal_id)


def folder_by_code(tx: Tx, site_id: int, parent_id: int | None, code: str) -> Folder | None:
    """Return the folder with this code below a folder (None: the root)."""
    return tx.one(_FOLDER_BY_CODE, site_id=site_id, parent_id=parent_id or 0, code=code)


def folder_chain(tx: Tx, portal_id: int, folder_id: int | None) -> list[Folder]:
    """Return a folder and those above it, the outermost first."""
    chain: list[Folder] = []
    seen: set[int] = set()
    while folder_id and folder_id not in seen:
        seen.add(folder_id)
        folder = find_folder(tx, portal_id, folder_id)
        if folder is None:
            break
        chain.insert(0, folder)
        folder_id = folder.parent_id
    return chain


def find_version(tx: Tx, portal_id: int, version_id: int) -> PageVersion | None:
    """Return a public version of a page."""
    return tx.one(_VERSION, id=version_id, portal_id=portal_id)


def last_version_number(tx: Tx, page_id: int) -> int:
    """Return the number of the newest version of a page, 0 before the first."""
    return int(tx.one(_LAST_NUMBER, page_id=page_id)[0] or 0)


def forget_versions(tx: Tx, page_id: int, *, up_to: int) -> None:
    """Remove old versions of a page."""
    tx.run(_FORGET_VERSIONS, page_id=page_id, number=up_to)


def fields(tx: Tx, portal_id: int, owner: str, owner_id: int) -> dict[str, str]:
    """Return the additional fields of a site or page."""
    return dict(tx.all(_FIELDS, owner=owner, owner_id=owner_id, portal_id=portal_id))


def set_field(tx: Tx, portal_id: int, owner: str, owner_id: int, code: str, value: str) -> None:
    """Store one additional field; an empty value removes it."""
    tx.run(_FORGET_FIELD, owner=owner, owner_id=owner_id, code=code)
    if value:
        tx.insert(additional_fields, portal_id=portal_id, owner=owner, owner_id=owner_id, code=code, value=value)


def forget_fields(tx: Tx, portal_id: int, owner: str, owner_id: int) -> None:
    """Remove every additional field of a site or page."""
    tx.run(_FORGET_FIELDS, owner=owner, owner_id=owner_id, portal_id=portal_id)
