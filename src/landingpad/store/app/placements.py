"""Rows of widgets, which applications show in placements of the portal."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.app import apps, placements


class Widget(msgspec.Struct, frozen=True):
    """A handler that an application bound to a placement."""

    id: int
    placement: str
    handler: str
    user_id: int
    title: str
    description: str
    group_name: str
    languages: str
    options: str


class ShownWidget(msgspec.Struct, frozen=True):
    """A widget with the title and users of its application."""

    id: int
    app_id: int
    placement: str
    handler: str
    user_id: int
    title: str
    description: str
    languages: str
    app_title: str
    user_ids: str


class WidgetTexts(TypedDict, total=False):
    """Columns of a widget that describe it to users."""

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
_SHOWN = (
    select(
        *(placements.c[name] for name in ShownWidget.__struct_fields__[:-2]),
        apps.c.title.label("app_title"),
        apps.c.user_ids,
    )
    .join(apps, apps.c.id == placements.c.app_id)
    .where(placements.c.portal_id == bindparam("portal_id"), apps.c.is_installed)
    .order_by(placements.c.id)
)
_AT = Query(_SHOWN.where(placements.c.placement == bindparam("placement")), ShownWidget)
_STARTING = Query(_SHOWN.where(placements.c.placement.startswith(bindparam("start"), autoescape=False)), ShownWidget)
_BY_ID = Query(_SHOWN.where(placements.c.id == bindparam("id")), ShownWidget)
_COUNTS = Query(
    select(placements.c.app_id, func.count())
    .where(placements.c.portal_id == bindparam("portal_id"))
    .group_by(placements.c.app_id),
    tuple,
)
_DELETE = Statement(
    placements.delete().where(placements.c.id == bindparam("id"), placements.c.portal_id == bindparam("portal_id"))
)


def of_app(tx: Tx, portal_id: int, app_id: int) -> list[Widget]:
    """Return the widgets of an application."""
    return tx.all(_OF_APP, app_id=app_id, portal_id=portal_id)


def counts(tx: Tx, portal_id: int) -> dict[int, int]:
    """Return application id -> number of widgets, without applications that have none."""
    return dict(tx.all(_COUNTS, portal_id=portal_id))


def at_places(tx: Tx, portal_id: int, places: Sequence[str]) -> list[ShownWidget]:
    """Return the widgets of installed applications in some placements."""
    return [widget for place in places for widget in tx.all(_AT, portal_id=portal_id, placement=place)]


def starting_with(tx: Tx, portal_id: int, start: str) -> list[ShownWidget]:
    """Return the widgets of installed applications in placements whose names begin with `start`."""
    # In LIKE, `_` stands for any character. No two names of placements differ only there.
    return tx.all(_STARTING, portal_id=portal_id, start=start)


def find(tx: Tx, portal_id: int, widget_id: int) -> ShownWidget | None:
    """Return a widget of an installed application, or None."""
    return tx.one(_BY_ID, portal_id=portal_id, id=widget_id)


def add(
    tx: Tx,
    portal_id: int,
    app_id: int,
    *,
    placement: str,
    handler: str,
    user_id: int = 0,
    is_entrusted: bool,
    now_ms: int,
    **texts: Unpack[WidgetTexts],
) -> None:
    """Store a widget. User id 0 shows it to everybody; `is_entrusted` says that an administrator binds it."""
    tx.insert(
        placements,
        portal_id=portal_id,
        app_id=app_id,
        placement=placement,
        handler=handler,
        user_id=user_id,
        is_entrusted=is_entrusted,
        created_at=now_ms,
        **texts,
    )


def update(tx: Tx, portal_id: int, widget_id: int, *, is_entrusted: bool, **texts: Unpack[WidgetTexts]) -> None:
    """Change the description of a widget. `is_entrusted` marks it as bound by an administrator; nothing unmarks it."""
    tx.update(placements, portal_id, widget_id, **texts, **({"is_entrusted": True} if is_entrusted else {}))


def delete(tx: Tx, portal_id: int, widget_id: int) -> int:
    """Delete a widget; return the number of deleted rows."""
    return tx.run(_DELETE, id=widget_id, portal_id=portal_id)
