"""Options of applications: named values of the application itself or of one of its users."""

import json
from typing import Any

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.app import app_options

OF_APPLICATION = 0
"""User id of values that belong to the application itself."""

_OWNER = (
    app_options.c.portal_id == bindparam("portal_id"),
    app_options.c.app_id == bindparam("app_id"),
    app_options.c.user_id == bindparam("user_id"),
)
_ALL = Query(select(app_options.c.name, app_options.c.value).where(*_OWNER).order_by(app_options.c.name), tuple)
_FORGET = Statement(app_options.delete().where(*_OWNER, app_options.c.name == bindparam("name")))


def read(tx: Tx, portal_id: int, app_id: int, user_id: int) -> dict[str, Any]:
    """Return all values by name."""
    rows = tx.all(_ALL, portal_id=portal_id, app_id=app_id, user_id=user_id)
    return {name: json.loads(value) for name, value in rows}


def write(tx: Tx, portal_id: int, app_id: int, user_id: int, name: str, value: Any) -> None:
    """Store a value, replacing an earlier one of this name."""
    owner = {"portal_id": portal_id, "app_id": app_id, "user_id": user_id}
    tx.run(_FORGET, **owner, name=name)
    tx.insert(app_options, **owner, name=name, value=json.dumps(value, ensure_ascii=False))
