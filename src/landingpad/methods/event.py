"""event.* and events: event handlers of applications, and the queue of offline events."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from landingpad.domain.app import events as rules
from landingpad.domain.app.known_names import EVENTS
from landingpad.domain.people.secrets import new_code
from landingpad.errors.app import AdministratorRequired, EventNotFound
from landingpad.errors.calls import WrongAuthType
from landingpad.methods.listing import Field, FieldKind, parse_list
from landingpad.methods.paging import PAGE_SIZE
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.app import events as rows
from landingpad.store.app.events import OfflineEvent, Queue
from landingpad.store.db.listing import Condition, Listing, SortKey

DOCS = "api-reference/events/"
_OFFLINE = "offline"
_MOST_AT_ONCE = 1000
_FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "TIMESTAMP_X": Field("created_at", FieldKind.DATE),
    "EVENT_NAME": Field("event"),
    "MESSAGE_ID": Field("message_id"),
    "PROCESS_ID": Field("process_id"),
    "ERROR": Field("has_error", FieldKind.FLAG),
}

Event = Annotated[str, Doc("Name of an event, case-insensitive.", see="events")]
EventType = Annotated[
    str, Doc("online: the portal posts to the handler; offline: the event is queued until it is fetched.")
]
Connector = Annotated[
    str | None, Doc("Source name: excludes events caused by calls that carry the same auth_connector.")
]
Filter = Annotated[dict[str, Any] | None, Doc("Field -> value, with operator prefixes such as >=.")]
OrderBy = Annotated[dict[str, Any] | None, Doc("Field -> ASC or DESC.")]


@method("events", scope="", runs=Runs.FREE, any_case=True, apps_only=WrongAuthType, doc=DOCS + "events.md")
def events(
    call: Call,
    SCOPE: Annotated[str | None, Doc("Only the events of this scope.")] = None,
    FULL: Annotated[bool, Doc("true: all events; false: only those within the application's scopes.")] = False,
) -> list[str]:
    """List the names of events."""
    if SCOPE is not None:
        return list(EVENTS.get(SCOPE.strip().lower(), ()))
    return [
        name for scope, names in EVENTS.items() if FULL or not scope or scope in call.caller.scopes for name in names
    ]


@method(
    "event.bind",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[EventNotFound, AdministratorRequired],
    doc=DOCS + "event-bind.md",
)
def bind(
    call: Call,
    event: Event,
    handler: Annotated[
        str | None,
        Doc(
            "Address to which the event is posted, on an origin of the application unless an administrator calls; not "
            "needed for offline events."
        ),
    ] = None,
    auth_type: Annotated[
        int | None, Doc("Id of the user whose token the handler receives; 0: the user who causes the event.")
    ] = None,
    event_type: EventType = "online",
    auth_connector: Connector = None,
    options: Annotated[
        dict[str, Any] | None, Doc("minTimeout: shortest pause between two ONOFFLINEEVENT, in seconds.")
    ] = None,
) -> bool:
    """Bind a handler of the application to an event; false if this handler was already bound."""
    return rules.bind(
        call,
        call.app,
        event,
        handler or "",
        user_id=auth_type,
        offline=event_type.lower() == _OFFLINE,
        connector=auth_connector or "",
        options=options or {},
    )


@method(
    "event.unbind",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired],
    doc=DOCS + "event-unbind.md",
)
def unbind(
    call: Call,
    event: Event,
    handler: Annotated[str | None, Doc("Address of the handler; without it all handlers of the event.")] = None,
    auth_type: Annotated[
        int | None, Doc("Only handlers bound for this user id; 0: for the user who causes the event.")
    ] = None,
    event_type: EventType = "online",
) -> dict[str, int]:
    """Remove handlers of an event; `count` in the answer is the number of removed handlers."""
    count = rules.unbind(call, call.app, event, handler, user_id=auth_type, offline=event_type.lower() == _OFFLINE)
    return {"count": count}


@method("event.get", scope="", any_case=True, apps_only=WrongAuthType, doc=DOCS + "event-get.md")
def get(call: Call) -> list[dict[str, Any]]:
    """List the event handlers of the application."""
    return [
        {
            "event": known.event,
            "handler": known.handler,
            "auth_type": str(known.user_id),
            "offline": int(known.is_offline),
            **({"connector_id": known.connector} if known.is_offline else {}),
        }
        for known in rows.handlers_of_app(call.tx, call.portal_id, call.app.id)
    ]


@method(
    "event.test",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    takes_more=True,
    apps_only=WrongAuthType,
    doc=DOCS + "test-handler.md",
)
def send_test(
    call: Call, any: Annotated[Any, Doc("Any value. All parameters are sent on to the handlers of ONAPPTEST.")] = None
) -> int:
    """Send the event ONAPPTEST to the application, to check that its handler is reachable."""
    query = {name: value for name, value in call.params.items() if name not in {"auth", "access_token"}}
    data = {"QUERY": query, "LANGUAGE_ID": call.caller.portal.language}
    rules.emit(call, rules.TEST, data, about=call.app.id, only_app=call.app.id)
    return 1


@method(
    "event.offline.get",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired],
    doc=DOCS + "event-offline-get.md",
)
def offline_get(
    call: Call,
    filter: Filter = None,
    order: OrderBy = None,
    limit: Annotated[int | None, Doc("Number of events, 1 to 1000; 50 by default.")] = None,
    clear: Annotated[
        bool, Doc("true: remove the returned events; false: reserve them under the process_id of the answer.")
    ] = True,
    process_id: Annotated[str | None, Doc("Return the events that are still reserved under this id.")] = None,
    auth_connector: Connector = None,
    error: Annotated[bool, Doc("true: return the events marked by event.offline.error.")] = False,
) -> dict[str, Any]:
    """Fetch queued events and remove them, or reserve them until event.offline.clear confirms them."""
    queue = _queue(call, auth_connector)
    listing = _listing(call, filter, order)
    conditions = (
        [
            *listing.conditions,
            Condition("process_id", "in", (process_id or "",)),
            Condition("has_error", "in", (error,)),
        ]
        if not error
        else [*listing.conditions, Condition("has_error", "in", (True,))]
    )
    wanted = min(max(limit or PAGE_SIZE, 1), _MOST_AT_ONCE)
    found = queue.rows(listing._replace(conditions=conditions, limit=wanted))
    if process_id:
        return {"process_id": process_id, "events": [_row(call, event) for event in found]}
    if clear:
        for event in found:
            queue.delete(event.id)
        return {"process_id": None, "events": [_row(call, event) for event in found]}
    reserved = new_code()
    for event in found:
        queue.reserve(event.id, reserved)
    return {"process_id": reserved, "events": [_row(call, event) for event in found]}


@method(
    "event.offline.list",
    scope="",
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired],
    doc=DOCS + "event-offline-list.md",
)
def offline_list(
    call: Call,
    filter: Filter = None,
    order: OrderBy = None,
    start: Annotated[int | None, Doc("Offset of the first row.")] = None,
    auth_connector: Connector = None,
) -> Paged:
    """List queued events, 50 at a time, without changing them."""
    queue = _queue(call, auth_connector)
    listing = _listing(call, filter, order)
    offset = max(0, start or 0)
    found = queue.rows(listing._replace(limit=PAGE_SIZE, offset=offset))
    total = queue.count(listing)
    more = offset + PAGE_SIZE if offset + PAGE_SIZE < total else None
    listed = [
        {**_row(call, event), "PROCESS_ID": event.process_id, "ERROR": str(int(event.has_error))} for event in found
    ]
    return Paged(listed, total=total, next=more)


@method(
    "event.offline.clear",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired],
    doc=DOCS + "event-offline-clear.md",
)
def offline_clear(
    call: Call,
    process_id: Annotated[str, Doc("process_id from event.offline.get.", see="event.offline.get")],
    id: Annotated[list[int] | None, Doc("Ids of events; without it all events reserved under process_id.")] = None,
    message_id: Annotated[list[str] | None, Doc("Only events with these values of MESSAGE_ID.")] = None,
) -> bool:
    """Remove reserved events after processing them."""
    for queue, event in _of_process(call, process_id):
        chosen = event.id in id if id else not message_id or event.message_id in message_id
        if chosen:
            queue.delete(event.id)
    return True


@method(
    "event.offline.error",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired],
    doc=DOCS + "event-offline-error.md",
)
def offline_error(
    call: Call,
    process_id: Annotated[str, Doc("process_id from event.offline.get.", see="event.offline.get")],
    message_id: Annotated[list[str] | None, Doc("Only events with these values of MESSAGE_ID.")] = None,
) -> bool:
    """Mark reserved events as failed."""
    for queue, event in _of_process(call, process_id):
        if not message_id or event.message_id in message_id:
            queue.mark(event.id)
    return True


def _queue(call: Call, connector: str | None) -> Queue:
    if not call.user.is_admin:
        raise AdministratorRequired
    return Queue(call.tx, call.portal_id, call.app.id, connector or "")


def _of_process(call: Call, process_id: str) -> list[tuple[Queue, OfflineEvent]]:
    """Return the events reserved under a process id, from every source."""
    _queue(call, None)
    connectors = {"", *(known.connector for known in rows.handlers_of_app(call.tx, call.portal_id, call.app.id))}
    reserved = Listing([Condition("process_id", "in", (process_id,))], [SortKey("id")])
    found: list[tuple[Queue, OfflineEvent]] = []
    for connector in sorted(connectors) if process_id else ():
        queue = Queue(call.tx, call.portal_id, call.app.id, connector)
        found += [(queue, event) for event in queue.rows(reserved)]
    return found


def _listing(call: Call, filter: dict[str, Any] | None, order: dict[str, Any] | None) -> Listing:
    zone = call.caller.portal.zone
    return parse_list({"filter": filter or {}, "order": order or {}}, _FIELDS, zone, deleted_hidden=False).listing


def _row(call: Call, event: OfflineEvent) -> dict[str, Any]:
    moment = datetime.fromtimestamp(event.created_at / 1000, call.caller.portal.zone)
    return {
        "ID": str(event.id),
        "TIMESTAMP_X": moment.isoformat(timespec="seconds"),
        "EVENT_NAME": event.event,
        "EVENT_DATA": json.loads(event.data) or False,
        "EVENT_ADDITIONAL": False,
        "MESSAGE_ID": event.message_id,
    }
