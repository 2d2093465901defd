"""Rows of event handlers and of queued offline events."""

import msgspec
from sqlalchemy import bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Lister, Listing
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.app import apps, event_handlers, offline_events


class EventHandler(msgspec.Struct, frozen=True):
    """A binding of an application to an event."""

    id: int
    portal_id: int
    app_id: int
    event: str
    handler: str
    user_id: int
    is_offline: bool
    connector: str
    options: str
    is_entrusted: bool
    """An administrator bound it."""


class OfflineEvent(msgspec.Struct, frozen=True):
    """A queued event that its application has not fetched yet."""

    id: int
    event: str
    message_id: str
    data: str
    process_id: str
    has_error: bool
    created_at: int


_HANDLER = select(*(event_handlers.c[name] for name in EventHandler.__struct_fields__)).order_by(event_handlers.c.id)
_OF_APP = Query(
    _HANDLER.where(
        event_handlers.c.app_id == bindparam("app_id"), event_handlers.c.portal_id == bindparam("portal_id")
    ),
    EventHandler,
)
_OF_EVENT = Query(
    _HANDLER.join(apps, apps.c.id == event_handlers.c.app_id).where(
        event_handlers.c.event == bindparam("event"),
        event_handlers.c.portal_id == bindparam("portal_id"),
        apps.c.is_installed,
    ),
    EventHandler,
)
_DELETE_HANDLER = Statement(
    event_handlers.delete().where(
        event_handlers.c.id == bindparam("id"), event_handlers.c.portal_id == bindparam("portal_id")
    )
)
_WAITING = Query(
    select(offline_events.c.id).where(
        offline_events.c.portal_id == bindparam("portal_id"),
        offline_events.c.app_id == bindparam("app_id"),
        offline_events.c.connector == bindparam("connector"),
        offline_events.c.message_id == bindparam("message_id"),
        offline_events.c.process_id == "",
        offline_events.c.has_error.is_(False),
    ),
    tuple,
)
_DELETE_EVENT = Statement(
    offline_events.delete().where(
        offline_events.c.id == bindparam("id"), offline_events.c.portal_id == bindparam("portal_id")
    )
)
_QUEUE_COLUMNS = {name: offline_events.c[name] for name in OfflineEvent.__struct_fields__}
_QUEUE = select(*_QUEUE_COLUMNS.values()).where(
    offline_events.c.portal_id == bindparam("portal_id"),
    offline_events.c.app_id == bindparam("app_id"),
    offline_events.c.connector == bindparam("connector"),
)
_ROWS = Lister(_QUEUE, OfflineEvent, _QUEUE_COLUMNS)
_COUNT = Lister(_QUEUE.with_only_columns(func.count().label("count")), tuple, _QUEUE_COLUMNS)


def handlers_of_app(tx: Tx, portal_id: int, app_id: int) -> list[EventHandler]:
    """Return the handlers of an application."""
    return tx.all(_OF_APP, app_id=app_id, portal_id=portal_id)


def handlers_of_event(tx: Tx, portal_id: int, event: str) -> list[EventHandler]:
    """Return the handlers of an event, of installed applications only."""
    return tx.all(_OF_EVENT, event=event, portal_id=portal_id)


def add_handler(tx: Tx, handler: EventHandler, now_ms: int) -> None:
    """Store a handler."""
    tx.insert_record(event_handlers, handler, created_at=now_ms)


def entrust_handler(tx: Tx, portal_id: int, handler_id: int) -> None:
    """Mark a handler as bound by an administrator."""
    tx.update(event_handlers, portal_id, handler_id, is_entrusted=True)


def delete_handler(tx: Tx, portal_id: int, handler_id: int) -> int:
    """Delete a handler; return the number of deleted rows."""
    return tx.run(_DELETE_HANDLER, id=handler_id, portal_id=portal_id)


class Queue:
    """The queue of offline events of one application and connector."""

    def __init__(self, tx: Tx, portal_id: int, app_id: int, connector: str) -> None:
        self._tx = tx
        self._owner = {"portal_id": portal_id, "app_id": app_id, "connector": connector}
        self._portal_id = portal_id

    def put(self, event: str, message_id: str, data: str, now_ms: int) -> None:
        """Queue an event. It replaces a waiting event with an equal `message_id`."""
        tx, owner = self._tx, self._owner
        waiting = tx.one(_WAITING, **owner, message_id=message_id)
        if waiting is not None:
            tx.update(offline_events, self._portal_id, waiting[0], data=data, created_at=now_ms)
            return
        tx.insert(offline_events, **owner, event=event, message_id=message_id, data=data, created_at=now_ms)

    def rows(self, listing: Listing) -> list[OfflineEvent]:
        """Return the events that match a listing."""
        return _ROWS.rows(self._tx, listing, **self._owner)

    def count(self, listing: Listing) -> int:
        """Return the number of events that match the conditions, ignoring the limit."""
        return int(_COUNT.rows(self._tx, Listing(listing.conditions), **self._owner)[0][0])

    def reserve(self, event_id: int, process_id: str) -> None:
        """Reserve an event for one process."""
        self._tx.update(offline_events, self._portal_id, event_id, process_id=process_id)

    def mark(self, event_id: int) -> None:
        """Mark an event as failed."""
        self._tx.update(offline_events, self._portal_id, event_id, has_error=True)

    def delete(self, event_id: int) -> None:
        """Delete an event."""
        self._tx.run(_DELETE_EVENT, id=event_id, portal_id=self._portal_id)
