"""Rows of users who have opened an application in the portal."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.tables.app import app_starts

_FIND = Query(
    select(app_starts.c.created_at).where(
        app_starts.c.portal_id == bindparam("portal_id"),
        app_starts.c.app_id == bindparam("app_id"),
        app_starts.c.user_id == bindparam("user_id"),
    ),
    tuple,
)


def exists(tx: Tx, portal_id: int, app_id: int, user_id: int) -> bool:
    """Say whether a user has opened an application before."""
    return tx.one(_FIND, portal_id=portal_id, app_id=app_id, user_id=user_id) is not None


def put(tx: Tx, portal_id: int, app_id: int, user_id: int, now_ms: int) -> None:
    """Store that a user has opened an application."""
    if not exists(tx, portal_id, app_id, user_id):
        tx.insert(app_starts, portal_id=portal_id, app_id=app_id, user_id=user_id, created_at=now_ms)
