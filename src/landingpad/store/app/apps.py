"""Rows of applications."""

from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import bindparam, select

from landingpad.store.block import repo
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Application
from landingpad.store.tables.app import apps, event_handlers, placements

_APP = select(*(apps.c[name] for name in Application.__struct_fields__))
_BY_CLIENT_ID = Query(_APP.where(apps.c.client_id == bindparam("client_id")), Application)
_BY_ID = Query(_APP.where(apps.c.id == bindparam("id"), apps.c.portal_id == bindparam("portal_id")), Application)
_OF_PORTAL = Query(
    _APP.where(apps.c.portal_id == bindparam("portal_id")).order_by(apps.c.title, apps.c.id), Application
)
_ALL = Query(_APP.order_by(apps.c.id), Application)
_SECRET = Query(
    select(apps.c.secret_hash).where(apps.c.id == bindparam("id"), apps.c.portal_id == bindparam("portal_id")), tuple
)
_ENTRUSTED = tuple(
    Query(
        select(table.c.handler).where(
            table.c.app_id == bindparam("app_id"),
            table.c.portal_id == bindparam("portal_id"),
            table.c.is_entrusted,
            table.c.handler != "",
        ),
        tuple,
    )
    for table in (placements, event_handlers)
)
_DELETE = Statement(apps.delete().where(apps.c.id == bindparam("id"), apps.c.portal_id == bindparam("portal_id")))


class AppChanges(TypedDict, total=False):
    """Columns of an application that can change."""

    handler_url: str
    install_url: str
    is_installed: bool
    redirect_uri: str
    scopes: str
    secret_hash: str
    title: str


def by_client_id(tx: Tx, client_id: str) -> Application | None:
    """Return the application of any portal with this unique client id, or None."""
    return tx.one(_BY_CLIENT_ID, client_id=client_id)


def find(tx: Tx, portal_id: int, app_id: int) -> Application | None:
    """Return an application of this portal, or None."""
    return tx.one(_BY_ID, id=app_id, portal_id=portal_id)


def of_portal(tx: Tx, portal_id: int) -> list[Application]:
    """Return the applications of a portal, sorted by title."""
    return tx.all(_OF_PORTAL, portal_id=portal_id)


def every(tx: Tx) -> list[Application]:
    """Return the applications of all portals. For the operator of the server."""
    return tx.all(_ALL)


def secret_hash(tx: Tx, app: Application) -> str:
    """Return the hash of the secret, or "" for an unknown application."""
    row = tx.one(_SECRET, id=app.id, portal_id=app.portal_id)
    return "" if row is None else str(row[0])


def entrusted_addresses(tx: Tx, app: Application) -> list[str]:
    """Return the addresses of widgets and event handlers that administrators bound for an application."""
    found = (tx.all(query, app_id=app.id, portal_id=app.portal_id) for query in _ENTRUSTED)
    return [address for rows in found for (address,) in rows]


def add(tx: Tx, app: Application, *, secret_hash: str) -> Application:
    """Store an application and return it with its id."""
    return msgspec.structs.replace(app, id=tx.insert_record(apps, app, secret_hash=secret_hash))


def update(tx: Tx, app: Application, **changes: Unpack[AppChanges]) -> None:
    """Change columns of an application."""
    tx.update(apps, app.portal_id, app.id, **changes)


def delete(tx: Tx, app: Application) -> None:
    """Delete an application with its tokens and stored data."""
    repo.forget_application(tx, app.portal_id, app.client_id)
    tx.run(_DELETE, id=app.id, portal_id=app.portal_id)
