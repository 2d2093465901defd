"""Rows of former public addresses: paths of pages and hosts of sites."""

from sqlalchemy import bindparam, delete, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Site
from landingpad.store.tables.site import old_addresses, old_hosts, portals, sites

_PAGE = Statement(
    select(old_addresses.c.page_id).where(
        old_addresses.c.site_id == bindparam("site_id"),
        old_addresses.c.path == bindparam("path"),
        old_addresses.c.portal_id == bindparam("portal_id"),
    )
)
_FORGET = Statement(
    delete(old_addresses).where(
        old_addresses.c.site_id == bindparam("site_id"),
        old_addresses.c.path == bindparam("path"),
        old_addresses.c.portal_id == bindparam("portal_id"),
    )
)
_SITE = Query(
    select(sites).join(old_hosts, old_hosts.c.site_id == sites.c.id).where(old_hosts.c.host == bindparam("host")), Site
)
_FORGET_HOST = Statement(delete(old_hosts).where(old_hosts.c.host == bindparam("host")))
_PORTAL_OF_HOST = Statement(select(portals.c.id).where(portals.c.domain == bindparam("host")))


def page_once_at(tx: Tx, portal_id: int, site_id: int, path: str) -> int | None:
    """Return the id of the page that used to be published at a path of a site, or None."""
    found = tx.one(_PAGE, portal_id=portal_id, site_id=site_id, path=path)
    return None if found is None else int(found[0])


def remember(tx: Tx, portal_id: int, site_id: int, path: str, page_id: int, now_ms: int) -> None:
    """Store the former path of a page, in place of an earlier entry for this path."""
    tx.run(_FORGET, portal_id=portal_id, site_id=site_id, path=path)
    tx.insert(old_addresses, portal_id=portal_id, site_id=site_id, path=path, page_id=page_id, created_at=now_ms)


def site_once_at(tx: Tx, host: str) -> Site | None:
    """Return the site of any portal that used to have a host, or None."""
    return tx.one(_SITE, host=host)


def remember_host(tx: Tx, portal_id: int, host: str, site_id: int, now_ms: int) -> None:
    """Store the former host of a site, in place of an earlier entry for this host."""
    forget_host(tx, host)
    tx.insert(old_hosts, portal_id=portal_id, host=host, site_id=site_id, created_at=now_ms)


def forget_host(tx: Tx, host: str) -> None:
    """Delete the former use of a host, since a site takes it now."""
    tx.run(_FORGET_HOST, host=host)


def portal_above(tx: Tx, host: str) -> int | None:
    """Return the id of the portal with this host or the nearest domain above it, or None."""
    name = host
    while name:
        found = tx.one(_PORTAL_OF_HOST, host=name)
        if found is not None:
            return int(found[0])
        name = name.partition(".")[2]
    return None


def is_portal(tx: Tx, host: str) -> bool:
    """Say whether a host is that of a portal."""
    return tx.one(_PORTAL_OF_HOST, host=host) is not None
