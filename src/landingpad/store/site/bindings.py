"""Rows of bindings of knowledge bases to menus and groups of the portal."""

import msgspec
from sqlalchemy import bindparam, delete, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.site import domains, site_bindings, sites


class Binding(msgspec.Struct, frozen=True):
    """A bound site with the parts of its address."""

    site_id: int
    target: str
    title: str
    type: str
    code: str
    host: str


_ALL = (
    select(site_bindings.c.site_id, site_bindings.c.target, sites.c.title, sites.c.type, sites.c.code, domains.c.host)
    .select_from(
        site_bindings.join(sites, sites.c.id == site_bindings.c.site_id).join(
            domains, domains.c.id == sites.c.domain_id
        )
    )
    .where(
        site_bindings.c.portal_id == bindparam("portal_id"),
        site_bindings.c.kind == bindparam("kind"),
        sites.c.deleted.is_(False),
    )
    .order_by(site_bindings.c.target, site_bindings.c.site_id)
)
_OF_KIND = Query(_ALL, Binding)
_OF_TARGET = Query(_ALL.where(site_bindings.c.target == bindparam("target")), Binding)
_ONE = (
    site_bindings.c.portal_id == bindparam("portal_id"),
    site_bindings.c.kind == bindparam("kind"),
    site_bindings.c.target == bindparam("target"),
)
_TAKEN = Statement(select(site_bindings.c.site_id).where(*_ONE))
_DELETE = Statement(delete(site_bindings).where(*_ONE, site_bindings.c.site_id == bindparam("site_id")))


def of_kind(tx: Tx, portal_id: int, kind: str, target: str | None) -> list[Binding]:
    """Return the bindings to one menu or group, or with None to all of this kind, without trashed sites."""
    if target is None:
        return tx.all(_OF_KIND, portal_id=portal_id, kind=kind)
    return tx.all(_OF_TARGET, portal_id=portal_id, kind=kind, target=target)


def sites_at(tx: Tx, portal_id: int, kind: str, target: str) -> set[int]:
    """Return the ids of the sites bound to a menu or group, including trashed ones."""
    return {row[0] for row in tx.all(_TAKEN, portal_id=portal_id, kind=kind, target=target)}


def add(tx: Tx, portal_id: int, kind: str, target: str, site_id: int) -> None:
    """Bind a site."""
    tx.insert(site_bindings, portal_id=portal_id, kind=kind, target=target, site_id=site_id)


def remove(tx: Tx, portal_id: int, kind: str, target: str, site_id: int) -> bool:
    """Unbind a site; return False if it was not bound there."""
    return tx.run(_DELETE, portal_id=portal_id, kind=kind, target=target, site_id=site_id) > 0
