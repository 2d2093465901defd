"""Rows of special pages, such as the cart and the catalogue of a site."""

import msgspec
from sqlalchemy import bindparam, delete, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.site import pages, special_pages


class SpecialPage(msgspec.Struct, frozen=True):
    """A special page with the fields that the API shows. The last three are None if the page is gone."""

    type: str
    page_id: int
    title: str | None
    deleted: bool | None
    active: bool | None


_OF_SITE = Query(
    select(
        special_pages.c.type,
        special_pages.c.page_id,
        pages.c.title,
        pages.c.deleted,
        pages.c.active,
    )
    .select_from(special_pages.outerjoin(pages, pages.c.id == special_pages.c.page_id))
    .where(special_pages.c.site_id == bindparam("site_id"), special_pages.c.portal_id == bindparam("portal_id"))
    .order_by(special_pages.c.type),
    SpecialPage,
)
_FORGET = Statement(
    delete(special_pages).where(
        special_pages.c.site_id == bindparam("site_id"),
        special_pages.c.type == bindparam("type"),
        special_pages.c.portal_id == bindparam("portal_id"),
    )
)
_FORGET_SITE = Statement(
    delete(special_pages).where(
        special_pages.c.site_id == bindparam("site_id"), special_pages.c.portal_id == bindparam("portal_id")
    )
)
_FORGET_PAGE = Statement(
    delete(special_pages).where(
        special_pages.c.page_id == bindparam("page_id"), special_pages.c.portal_id == bindparam("portal_id")
    )
)
_SITES_OF_PAGE = Statement(
    select(special_pages.c.site_id).where(
        special_pages.c.page_id == bindparam("page_id"), special_pages.c.portal_id == bindparam("portal_id")
    )
)


def of_site(tx: Tx, portal_id: int, site_id: int) -> list[SpecialPage]:
    """Return the special pages of a site."""
    return tx.all(_OF_SITE, portal_id=portal_id, site_id=site_id)


def store(tx: Tx, portal_id: int, site_id: int, kind: str, page_id: int) -> None:
    """Set the special page of a kind."""
    forget(tx, portal_id, site_id, kind)
    tx.insert(special_pages, portal_id=portal_id, site_id=site_id, type=kind, page_id=page_id)


def forget(tx: Tx, portal_id: int, site_id: int, kind: str) -> None:
    """Delete the special page of one kind of a site."""
    tx.run(_FORGET, portal_id=portal_id, site_id=site_id, type=kind)


def forget_site(tx: Tx, portal_id: int, site_id: int) -> None:
    """Delete all special pages of a site."""
    tx.run(_FORGET_SITE, portal_id=portal_id, site_id=site_id)


def forget_page(tx: Tx, portal_id: int, page_id: int) -> None:
    """Remove a page from its special roles on every site."""
    tx.run(_FORGET_PAGE, portal_id=portal_id, page_id=page_id)


def sites_of_page(tx: Tx, portal_id: int, page_id: int) -> list[int]:
    """Return the ids of sites that use a page as a special page."""
    return [row[0] for row in tx.all(_SITES_OF_PAGE, portal_id=portal_id, page_id=page_id)]
