"""event.* and events: what applications want to be told of, and what waits for them to fetch it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from landingpad.domain.app import events as rules
from landingpad.domain.app.known_names import EVENTS
from landingpad.domain.people.secrets import new_code
from landingpad.errors import AdministratorRequired, EventNotFound, WrongAuthType
from landingpad.methods.listing import Field, Kind, ask
from landingpad.methods.paging import PAGE_SIZE
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.app import events as rows
from landingpad.store.app.events import OfflineEvent, Queue
from landingpad.store.db.listing import Condition, Listing, Order

DOCS = "api-reference/events/"
_OFFLINE = "offline"
_MOST_AT_ONCE = 1000
_FIELDS: Mapping[str, Field] = {
    "ID": Field("id", Kind.NUMBER),
    "TIMESTAMP_X": Field("created_at", Kind.DATE),
    "EVENT_NAME": Field("event"),
    "MESSAGE_ID": Field("message_id"),
    "PROCESS_ID": Field("process_id"),
    "ERROR": Field("has_error", Kind.FLAG),
}

Event = Annotated[str, Doc("Name of an event, in any case.", see="events")]
EventType = Annotated[str, Doc("online: the handler is called; offline: the event waits to be fetched.")]
Connector = Annotated[
    str | None, Doc("Source: changes that the application makes itself under this name are left out.")
]
Filter = Annotated[dict[str, Any] | None, Doc("Conditions by field, with prefixes such as >=.")]
OrderBy = Annotated[dict[str, Any] | None, Doc("ASC or DESC by field.")]


@method("events", scope="", runs=Runs.FREE, any_case=True, apps_only=WrongAuthType, doc=DOCS + "events.md")
def events(
    call: Call,
    SCOPE: Annotated[str | None, Doc("Only the events of this scope.")] = None,
    FULL: Annotated[bool, Doc("All events, not only those that the application's scopes allow.")] = False,
) -> list[str]:
    """List the events that there are."""
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
    handler: Annotated[str | None, Doc("Address that is posted to; offline events need none.")] = None,
    auth_type: Annotated[
        int | None, Doc("Id of the user whose tokens the handler gets; 0: who causes the event.")
    ] = None,
    event_type: EventType = "online",
    auth_connector: Connector = None,
    options: Annotated[dict[str, Any] | None, Doc("minTimeout: seconds between two ONOFFLINEEVENT.")] = None,
) -> bool:
    """Have the application told of an event; false if this handler was bound before."""
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
    handler: Annotated[str | None, Doc("Address of the handler; all of them without it.")] = None,
    auth_type: Annotated[int | None, Doc("Only those bound for this user; 0: for whoever causes the event.")] = None,
    event_type: EventType = "online",
) -> dict[str, int]:
    """Have the application told of an event no longer; the answer counts the handlers that were removed."""
    count = rules.unbind(call, call.app, event, handler, user_id=auth_type, offline=event_type.lower() == _OFFLINE)
    return {"count": count}


@method("event.get", scope="", any_case=True, apps_only=WrongAuthType, doc=DOCS + "event-get.md")
def get(call: Call) -> list[dict[str, Any]]:
    """List the handlers of the application."""
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
    call: Call, any: Annotated[Any, Doc("Whatever is sent comes back to the handlers of ONAPPTEST.")] = None
) -> int:
    """Have ONAPPTEST happen to the application, to see that its handler is reached."""
    query = {name: value for name, value in call.params.items() if name not in {"auth", "access_token"}}
    data = {"QUERY": query, "LANGUAGE_ID": call.caller.portal.language}
    rules.happen(call, rules.TEST, data, about=call.app.id, only_app=call.app.id)
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
    limit: Annotated[int | None, Doc("How many; 50 without it.")] = None,
    clear: Annotated[
        bool, Doc("Remove what is returned; else it is reserved under the process_id of the answer.")
    ] = True,
    process_id: Annotated[str | None, Doc("Return what is still reserved under this id.")] = None,
    auth_connector: Connector = None,
    error: Annotated[bool, Doc("Return what was marked by event.offline.error.")] = False,
) -> dict[str, Any]:
    """Take the events that wait: at once, or reserved until event.offline.clear confirms them."""
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
    start: Annotated[int | None, Doc("Where the page of 50 begins.")] = None,
    auth_connector: Connector = None,
) -> Paged:
    """List the events that wait, 50 at a time, and leave them as they are."""
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
    process_id: Annotated[str, Doc("What event.offline.get answered.", see="event.offline.get")],
    id: Annotated[list[int] | None, Doc("Only these events; all of the process without it.")] = None,
    message_id: Annotated[list[str] | None, Doc("Only events with these MESSAGE_ID.")] = None,
) -> bool:
    """Remove events that were dealt with."""
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
    process_id: Annotated[str, Doc("What event.offline.get answered.", see="event.offline.get")],
    message_id: Annotated[list[str] | None, Doc("Only events with these MESSAGE_ID.")] = None,
) -> bool:
    """Note that events could not be dealt with."""
    for queue, event in _of_process(call, process_id):
        if not message_id or event.message_id in message_id:
            queue.mark(event.id)
    return True


def _queue(call: Call, connector: str | None) -> Queue:
    if not call.user.is_admin:
        raise AdministratorRequired
    return Queue(call.tx, call.portal_id, call.app.id, connector or "")


def _of_process(call: Call, process_id: str) -> list[tuple[Queue, OfflineEvent]]:
    """Return the events that are reserved under an id, whatever their source."""
    _queue(call, None)
    connectors = {"", *(known.connector for known in rows.handlers_of_app(call.tx, call.portal_id, call.app.id))}
    reserved = Listing([Condition("process_id", "in", (process_id,))], [Order("id")])
    found: list[tuple[Queue, OfflineEvent]] = []
    for connector in sorted(connectors) if process_id else ():
        queue = Queue(call.tx, call.portal_id, call.app.id, connector)
        found += [(queue, event) for event in queue.rows(reserved)]
    return found


def _listing(call: Call, filter: dict[str, Any] | None, order: dict[str, Any] | None) -> Listing:
    zone = call.caller.portal.zone
    return ask({"filter": filter or {}, "order": order or {}}, _FIELDS, zone, deleted_hidden=False).listing


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
