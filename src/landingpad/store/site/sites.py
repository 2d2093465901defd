"""Rows of sites and their domains."""

from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, literal, literal_column, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Lister, Listing
from landingpad.store.db.query import Query, Statement
from landingpad.store.people import rights
from landingpad.store.records import Domain, Site, Stamp
from landingpad.store.tables.site import additional_fields, domains, pages, portals, sites, template_refs

TYPES_ON_PORTAL_HOST = ("KNOWLEDGE", "GROUP", "MAINPAGE")
"""Types of sites without a host of their own."""

_BY_ID = Query(select(sites).where(sites.c.id == bindparam("id"), sites.c.portal_id == bindparam("portal_id")), Site)
_CODE_TAKEN = Statement(
    select(sites.c.id).where(
        sites.c.portal_id == bindparam("portal_id"),
        sites.c.type == bindparam("type"),
        sites.c.code == bindparam("code"),
        sites.c.id != bindparam("but"),
    )
)
_BY_HOST = Query(
    select(sites)
    .join(domains, domains.c.id == sites.c.domain_id)
    .where(domains.c.host == bindparam("host"), sites.c.type.not_in([literal(name) for name in TYPES_ON_PORTAL_HOST]))
    .order_by(sites.c.deleted, sites.c.id),
    Site,
)
_BY_CODE = Query(
    select(sites)
    .where(
        sites.c.portal_id == bindparam("portal_id"),
        sites.c.type.in_([bindparam("type_1"), bindparam("type_2"), bindparam("type_3")]),
        sites.c.code == bindparam("code"),
    )
    .order_by(sites.c.deleted, sites.c.id),
    Site,
)
_HAS_PAGES = Statement(
    select(literal_column("1")).where(
        exists().where(pages.c.site_id == bindparam("id"), pages.c.portal_id == bindparam("portal_id"))
    )
)
_DELETE = Statement(sites.delete().where(sites.c.id == bindparam("id"), sites.c.portal_id == bindparam("portal_id")))
_COUNT_CHANGE = Statement(
    sites.update()
    .where(sites.c.id == bindparam("of_site"), sites.c.portal_id == bindparam("of_portal"))
    .values(settings_version=sites.c.settings_version + 1)
)
_TRASHED = Statement(
    select(sites.c.id)
    .where(sites.c.portal_id == bindparam("portal_id"), sites.c.deleted_at < bindparam("before"))
    .order_by(sites.c.deleted_at, sites.c.id)
    .limit(bindparam("most"))
)
_FORGET_REFS = Statement(
    delete(template_refs).where(
        template_refs.c.owner == "site",
        template_refs.c.owner_id == bindparam("id"),
        template_refs.c.portal_id == bindparam("portal_id"),
    )
)
_FORGET_FIELDS = Statement(
    delete(additional_fields).where(
        additional_fields.c.owner == "site",
        additional_fields.c.owner_id == bindparam("id"),
        additional_fields.c.portal_id == bindparam("portal_id"),
    )
)
_ANY_PAGE = Statement(
    select(pages.c.id).where(pages.c.site_id == bindparam("id"), pages.c.portal_id == bindparam("portal_id")).limit(1)
)
_DOMAIN = Query(
    select(domains).where(domains.c.id == bindparam("id"), domains.c.portal_id == bindparam("portal_id")), Domain
)
_DOMAIN_BY_HOST = Query(select(domains).where(domains.c.host == bindparam("host")), Domain)
_SITES_OF_DOMAIN = Query(
    select(sites)
    .where(sites.c.domain_id == bindparam("domain_id"), sites.c.portal_id == bindparam("portal_id"))
    .order_by(sites.c.id),
    Site,
)
_DELETE_DOMAIN = Statement(
    domains.delete().where(domains.c.id == bindparam("id"), domains.c.portal_id == bindparam("portal_id"))
)


class SiteSettings(TypedDict, total=False):
    """Optional columns of a new site."""

    description: str | None
    index_page_id: int | None
    not_found_page_id: int | None
    template_id: int | None
    unavailable_page_id: int | None
    xml_id: str | None


class SiteChanges(SiteSettings, total=False):
    """Columns of a site that can change."""

    active: bool
    code: str
    deleted: bool
    deleted_at: int | None
    domain_id: int
    language: str | None
    settings_version: int
    title: str
    type: str


class SiteView(msgspec.Struct, frozen=True):
    """A site with the parts of its address and picture."""

    id: int
    type: str
    code: str
    title: str
    description: str | None
    xml_id: str | None
    active: bool
    deleted: bool
    domain_id: int
    language: str | None
    template_id: int | None
    index_page_id: int | None
    not_found_page_id: int | None
    unavailable_page_id: int | None
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int
    host: str
    page_active: bool | None
    preview_key: str | None
    own_picture: str | None


_og_image = additional_fields.alias("og_image")
_VIEW_COLUMNS = [
    *(sites.c[name] for name in SiteView.__struct_fields__[:-4]),
    domains.c.host,
    pages.c.active.label("page_active"),
    pages.c.preview_key,
    _og_image.c.value.label("own_picture"),
]
_VIEW = (
    select(*_VIEW_COLUMNS)
    .select_from(
        sites.join(domains, domains.c.id == sites.c.domain_id)
        .outerjoin(pages, and_(pages.c.id == sites.c.index_page_id, pages.c.site_id == sites.c.id))
        .outerjoin(
            _og_image,
            and_(
                _og_image.c.owner == "page",
                _og_image.c.owner_id == pages.c.id,
                _og_image.c.code == "METAOG_IMAGE",
                _og_image.c.portal_id == sites.c.portal_id,
            ),
        )
    )
    .where(sites.c.portal_id == bindparam("portal_id"))
)
_VIEW_BY_ID = Query(_VIEW.where(sites.c.id == bindparam("id")), SiteView)
LISTER = Lister(_VIEW, SiteView, {column.name: column for column in _VIEW_COLUMNS})


class PreviewRow(msgspec.Struct, frozen=True):
    """The columns that getPreview needs."""

    type: str
    code: str
    deleted: bool
    active: bool
    host: str
    page_active: bool | None
    preview_key: str | None
    own_picture: str | None


_PREVIEW_ROW = Query(
    _VIEW.with_only_columns(
        sites.c.type,
        sites.c.code,
        sites.c.deleted,
        sites.c.active,
        domains.c.host,
        pages.c.active.label("page_active"),
        pages.c.preview_key,
        _og_image.c.value.label("own_picture"),
    ).where(sites.c.id == bindparam("id")),
    PreviewRow,
)
_PORTAL_OF = Statement(select(sites.c.portal_id).where(sites.c.id == bindparam("id")))
_PORTAL_HOST = Statement(select(portals.c.domain).where(portals.c.id == bindparam("portal_id")))
_PORTAL_LANGUAGE = Statement(select(portals.c.language).where(portals.c.id == bindparam("portal_id")))
_SIGNING_KEY = Statement(select(portals.c.signing_key).where(portals.c.id == bindparam("portal_id")))
_PORTALS = Statement(select(portals.c.id).order_by(portals.c.id))
_COUNT = Statement(select(func.count()).select_from(sites).where(sites.c.portal_id == bindparam("portal_id")))


def find(tx: Tx, portal_id: int, site_id: int) -> Site | None:
    """Return a site of this portal, or None."""
    return tx.one(_BY_ID, id=site_id, portal_id=portal_id)


def find_view(tx: Tx, portal_id: int, site_id: int) -> SiteView | None:
    """Return a site with its host name and picture, or None."""
    return tx.one(_VIEW_BY_ID, id=site_id, portal_id=portal_id)


def preview_row(tx: Tx, portal_id: int, site_id: int) -> PreviewRow | None:
    """Return the columns that getPreview needs, in one read, or None for an unknown site."""
    return tx.one(_PREVIEW_ROW, id=site_id, portal_id=portal_id)


def list_views(tx: Tx, portal_id: int, listing: Listing) -> list[SiteView]:
    """Return the sites that match a listing."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def portal_of(tx: Tx, site_id: int) -> int | None:
    """Return the portal id of a site of any portal, or None. For the operator of the server."""
    found = tx.one(_PORTAL_OF, id=site_id)
    return None if found is None else int(found[0])


def portal_ids(tx: Tx) -> list[int]:
    """Return the ids of all portals."""
    return [row[0] for row in tx.all(_PORTALS)]


def portal_host(tx: Tx, portal_id: int) -> str:
    """Return the host name of the portal itself."""
    return str(tx.one(_PORTAL_HOST, portal_id=portal_id)[0])


def portal_language(tx: Tx, portal_id: int) -> str:
    """Return the language of the portal, used for pages whose site has none."""
    return str(tx.one(_PORTAL_LANGUAGE, portal_id=portal_id)[0])


def signing_key(tx: Tx, portal_id: int) -> str:
    """Return the portal's key for signed addresses."""
    return str(tx.one(_SIGNING_KEY, portal_id=portal_id)[0])


def count(tx: Tx, portal_id: int) -> int:
    """Return the number of sites of the portal, including trashed ones."""
    return int(tx.one(_COUNT, portal_id=portal_id)[0])


def by_host(tx: Tx, host: str) -> Site | None:
    """Return the site of any portal with this host, or None. A live one is preferred to a trashed one."""
    return tx.one(_BY_HOST, host=host)


def by_code(tx: Tx, portal_id: int, types: tuple[str, ...], code: str) -> Site | None:
    """Return the site with this code and one of up to three types, or None. A live one is preferred."""
    first, second, third = (*types, *types, *types)[:3]
    return tx.one(_BY_CODE, portal_id=portal_id, type_1=first, type_2=second, type_3=third, code=code)


def has_pages(tx: Tx, portal_id: int, site_id: int) -> bool:
    """Say whether the site has any page, live or trashed."""
    return tx.one(_HAS_PAGES, id=site_id, portal_id=portal_id) is not None


def code_is_taken(tx: Tx, portal_id: int, site_type: str, code: str, *, but: int = 0) -> bool:
    """Say whether another site of this type has this code, live or trashed."""
    return tx.one(_CODE_TAKEN, portal_id=portal_id, type=site_type, code=code, but=but) is not None


def add(
    tx: Tx,
    portal_id: int,
    by: Stamp,
    *,
    type: str,  # noqa: A002  # named like the column
    code: str,
    title: str,
    domain_id: int,
    **settings: Unpack[SiteSettings],
) -> int:
    """Store a site and return its id. It is offline."""
    return tx.insert(
        sites,
        portal_id=portal_id,
        type=type,
        code=code,
        title=title,
        domain_id=domain_id,
        **settings,
        **by.created(),
    )


def update(tx: Tx, portal_id: int, site_id: int, by: Stamp, **changes: Unpack[SiteChanges]) -> None:
    """Change columns of a site."""
    tx.update(sites, portal_id, site_id, **changes, **by.modified())


def set_index_page(tx: Tx, portal_id: int, site_id: int, page_id: int) -> None:
    """Set the index page of a site without marking the site as modified."""
    tx.update(sites, portal_id, site_id, index_page_id=page_id)


def count_change(tx: Tx, portal_id: int, site_id: int) -> None:
    """Increment `settings_version`, which makes the published pages of a site outdated."""
    tx.run(_COUNT_CHANGE, of_site=site_id, of_portal=portal_id)


def trashed_before(tx: Tx, portal_id: int, before_ms: int, *, limit: int) -> list[int]:
    """Return the ids of up to `limit` sites that were trashed before a time, first the oldest."""
    return [row[0] for row in tx.all(_TRASHED, portal_id=portal_id, before=before_ms, most=limit)]


def any_page(tx: Tx, portal_id: int, site_id: int) -> int | None:
    """Return the id of one of the pages of a site, trashed ones included, or None."""
    row = tx.one(_ANY_PAGE, id=site_id, portal_id=portal_id)
    return None if row is None else int(row[0])


def remove(tx: Tx, portal_id: int, site_id: int) -> None:
    """Delete a site without pages, with its folders and settings but not its domain."""
    tx.run(_FORGET_REFS, id=site_id, portal_id=portal_id)
    tx.run(_FORGET_FIELDS, id=site_id, portal_id=portal_id)
    rights.forget_site(tx, portal_id, site_id)
    tx.run(_DELETE, id=site_id, portal_id=portal_id)


def find_domain(tx: Tx, portal_id: int, domain_id: int) -> Domain | None:
    """Return a domain of this portal, or None."""
    return tx.one(_DOMAIN, id=domain_id, portal_id=portal_id)


def add_domain(tx: Tx, portal_id: int, host: str, *, is_own: bool, now_ms: int) -> int:
    """Store a domain and return its id."""
    return tx.insert(domains, portal_id=portal_id, host=host, is_own=is_own, created_at=now_ms)


def domain_of_host(tx: Tx, host: str) -> Domain | None:
    """Return the domain of any portal with this unique host name, or None."""
    return tx.one(_DOMAIN_BY_HOST, host=host)


def of_domain(tx: Tx, portal_id: int, domain_id: int) -> list[Site]:
    """Return the sites at a domain."""
    return tx.all(_SITES_OF_DOMAIN, domain_id=domain_id, portal_id=portal_id)


def delete_domain(tx: Tx, portal_id: int, domain_id: int) -> None:
    """Delete a domain that no site uses."""
    tx.run(_DELETE_DOMAIN, id=domain_id, portal_id=portal_id)
