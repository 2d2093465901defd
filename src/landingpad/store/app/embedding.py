"""Rows of placements of applications in the page editor."""

from sqlalchemy import and_, bindparam, select

from landingpad.store.app import placements as widgets
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.app import placements

_OF_APP = and_(placements.c.app_id == bindparam("app_id"), placements.c.portal_id == bindparam("portal_id"))
_AT = placements.c.placement == bindparam("placement")
_BY = placements.c.handler == bindparam("handler")
_FIND = Query(select(placements.c.id).where(_OF_APP, _AT, _BY), tuple)
_DELETE_ALL = Statement(placements.delete().where(_OF_APP, _AT))
_DELETE_ONE = Statement(placements.delete().where(_OF_APP, _AT, _BY))


def put(
    tx: Tx, portal_id: int, app_id: int, placement: str, handler: str, *, title: str, is_entrusted: bool, now_ms: int
) -> None:
    """Bind a handler to a placement, or change the title of an existing binding."""
    found = tx.one(_FIND, portal_id=portal_id, app_id=app_id, placement=placement, handler=handler)
    if found is not None:
        widgets.update(tx, portal_id, found[0], title=title, is_entrusted=is_entrusted)
        return
    widgets.add(
        tx,
        portal_id,
        app_id,
        placement=placement,
        handler=handler,
        title=title,
        is_entrusted=is_entrusted,
        now_ms=now_ms,
    )


def remove(tx: Tx, portal_id: int, app_id: int, placement: str, handler: str | None) -> int:
    """Unbind one handler of an application from a placement, or with None all; return their number."""
    if handler is None:
        return tx.run(_DELETE_ALL, portal_id=portal_id, app_id=app_id, placement=placement)
    return tx.run(_DELETE_ONE, portal_id=portal_id, app_id=app_id, placement=placement, handler=handler)
