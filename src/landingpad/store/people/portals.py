"""Rows of portals."""

from typing import TypedDict, Unpack

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.records import PortalRow
from landingpad.store.tables.site import portals

_COLUMNS = [portals.c[name] for name in PortalRow.__struct_fields__]
_BY_ID = Query(select(*_COLUMNS).where(portals.c.id == bindparam("id")), PortalRow)
_BY_DOMAIN = Query(select(*_COLUMNS).where(portals.c.domain == bindparam("domain")), PortalRow)
_ALL = Query(select(*_COLUMNS).order_by(portals.c.id), PortalRow)


class PortalChanges(TypedDict, total=False):
    """Columns of a portal that can change."""

    member_id: str
    plan: str
    signing_key: str
    state: str


def find(tx: Tx, portal_id: int) -> PortalRow | None:
    """Return a portal, or None."""
    return tx.one(_BY_ID, id=portal_id)


def by_domain(tx: Tx, domain: str) -> PortalRow | None:
    """Return the portal with a host name, or None."""
    return tx.one(_BY_DOMAIN, domain=domain)


def first(tx: Tx) -> PortalRow | None:
    """Return the oldest portal, or None."""
    return tx.one(_ALL)


def every(tx: Tx) -> list[PortalRow]:
    """Return all portals, oldest first."""
    return tx.all(_ALL)


def add(
    tx: Tx, *, domain: str, title: str, member_id: str, plan: str, time_zone: str, signing_key: str, now_ms: int
) -> int:
    """Store a portal and return its id."""
    return tx.insert(
        portals,
        domain=domain,
        title=title,
        member_id=member_id,
        plan=plan,
        time_zone=time_zone,
        language="en",
        signing_key=signing_key,
        created_at=now_ms,
    )


def update(tx: Tx, portal_id: int, **changes: Unpack[PortalChanges]) -> None:
    """Change columns of a portal."""
    tx.update(portals, portal_id, portal_id, **changes)
