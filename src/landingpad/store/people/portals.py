"""Rows of portals."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.records import Portal
from landingpad.store.tables.site import portals

_COLUMNS = [portals.c[name] for name in Portal.__struct_fields__]
_BY_ID = Query(select(*_COLUMNS).where(portals.c.id == bindparam("id")), Portal)
_BY_DOMAIN = Query(select(*_COLUMNS).where(portals.c.domain == bindparam("domain")), Portal)
_ALL = Query(select(*_COLUMNS).order_by(portals.c.id), Portal)


def find(tx: Tx, portal_id: int) -> Portal | None:
    """Return a portal."""
    return tx.one(_BY_ID, id=portal_id)


def by_domain(tx: Tx, domain: str) -> Portal | None:
    """Return the portal that answers at a host name."""
    return tx.one(_BY_DOMAIN, domain=domain)


def first(tx: Tx) -> Portal | None:
    """Return the oldest portal."""
    return tx.one(_ALL)


def change(tx: Tx, portal_id: int, *, plan: str, state: str) -> None:
    """Change what a portal may do and whether it answers."""
    tx.update(portals, portal_id, portal_id, plan=str(plan), state=str(state))
