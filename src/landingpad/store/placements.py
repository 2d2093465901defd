"""Rows of widgets: places in which applications show themselves."""

import msgspec
from sqlalchemy import bindparam, select

from landingpad.store.app_tables import placements
from landingpad.store.engine import Tx
from landingpad.store.query import Query, Statement


class Widget(msgspec.Struct, frozen=True):
    """A handler that an application shows in a place."""

    id: int
    placement: str
    handler: str
    user_id: int
    title: str
    description: str
    group_name: str
    languages: str
    options: str


_OF_APP = Query(
    select(*(placements.c[name] for name in Widget.__struct_fields__))
    .where(placements.c.app_id == bindparam("app_id"), placements.c.portal_id == bindparam("portal_id"))
    .order_by(placements.c.id),
    Widget,
)
_DELETE = Statement(
    placements.delete().where(placements.c.id == bindparam("id"), placements.c.portal_id == bindparam("portal_id"))
)


def of_app(tx: Tx, portal_id: int, app_id: int) -> list[Widget]:
    """Return the widgets of an application."""
    return tx.all(_OF_APP, app_id=app_id, portal_id=portal_id)


def delete(tx: Tx, portal_id: int, widget_id: int) -> int:
    """Remove a widget."""
    return tx.run(_DELETE, id=widget_id, portal_id=portal_id)
