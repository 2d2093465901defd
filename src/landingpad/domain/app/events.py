"""Events for applications: posted to handlers, or queued until an application fetches them (events/*.md)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from landingpad.domain.app import origins
from landingpad.domain.app.known_names import EVENTS
from landingpad.domain.work import Delivery, JobQueue, Work
from landingpad.errors.app import AdministratorRequired, EventNotFound
from landingpad.errors.calls import MissingParams, TypeProblem
from landingpad.store.app import events as rows
from landingpad.store.app.events import EventHandler, Queue
from landingpad.store.db.engine import Tx
from landingpad.store.records import Application

OFFLINE_EVENT: Final = "ONOFFLINEEVENT"
TEST: Final = "ONAPPTEST"
INSTALL: Final = "ONAPPINSTALL"
UNINSTALL: Final = "ONAPPUNINSTALL"
FORM: Final = "ONLANDINGFORMSUBMIT"
USER_ADDED: Final = "ONUSERADD"
HAPPENING: Final = frozenset((OFFLINE_EVENT, TEST, INSTALL, UNINSTALL, FORM, USER_ADDED))
"""The events that this server emits. Others can be bound, but are never emitted."""
_KNOWN = frozenset(name for names in EVENTS.values() for name in names)
_LONGEST_ADDRESS = 2000


def bind(
    work: Work,
    app: Application,
    event: str,
    handler: str,
    *,
    user_id: int | None,
    offline: bool,
    connector: str,
    options: Mapping[str, Any],
) -> bool:
    """Bind a handler of an application to an event. Return False if it was bound before.

    Args:
        work: the work of the binding user.
        app: the application.
        event: name of the event in any case.
        handler: address that the event is posted to; unused for offline events.
        user_id: user whose tokens the handler gets; 0 for the user who causes the event; None for 0, or for the binding
            user without administrator rights.
        offline: whether the application fetches the event from the queue.
        connector: name of the application's own changes, which emit no event to it.
        options: options of the event, such as minTimeout of ONOFFLINEEVENT.

    Raises:
        EventNotFound: the event is unknown.
        AdministratorRequired: the user may bind only online events for themselves, at origins of the application.
        MissingParams: an online event has no handler.
        TypeProblem: the handler is not a web address.

    """
    name = event.strip().upper()
    if name not in _KNOWN:
        raise EventNotFound(f"Event not found: there is no event {event[:100]!r}. The method `events` lists them.")
    if not work.user.is_admin:
        if offline:
            raise AdministratorRequired("Access denied! Offline events binding requires administrator access rights")
        if user_id not in {None, work.user.id}:
            raise AdministratorRequired(
                "Access denied! Event binding with AUTH_TYPE requires administrator access rights"
            )
        user_id = work.user.id
    if not offline:
        if not handler:
            raise MissingParams(["handler"])
        check_address(handler, "handler")
        if not origins.may_entrust(work.tx, work.user, app, handler):
            raise AdministratorRequired(origins.refusal(handler))
    wanted = EventHandler(
        id=0,
        portal_id=work.portal_id,
        app_id=app.id,
        event=name,
        handler="" if offline else handler or "",
        user_id=user_id or 0,
        is_offline=offline,
        connector=connector if offline else "",
        options=json.dumps(dict(options), ensure_ascii=False),
        is_entrusted=work.user.is_admin,
    )
    for known in rows.handlers_of_app(work.tx, work.portal_id, app.id):
        if msgspec.structs.replace(known, id=0, options=wanted.options, is_entrusted=wanted.is_entrusted) == wanted:
            if wanted.is_entrusted:
                rows.entrust_handler(work.tx, work.portal_id, known.id)
            return False
    rows.add_handler(work.tx, wanted, work.now_ms)
    return True


def unbind(work: Work, app: Application, event: str, handler: str | None, *, user_id: int | None, offline: bool) -> int:
    """Unbind handlers of an event; return their number.

    Args:
        work: the work of the unbinding user.
        app: the application.
        event: name of the event in any case.
        handler: address; None or "" for every address.
        user_id: user that the handler was bound for (0 for the user who causes the event); None for all.
        offline: whether to unbind offline or online handlers.

    Raises:
        AdministratorRequired: the user may unbind only their own online events.

    """
    if not work.user.is_admin:
        if offline:
            raise AdministratorRequired("Access denied! Offline events unbinding requires administrator access rights")
        if user_id not in {None, work.user.id}:
            raise AdministratorRequired(
                "Access denied! Event unbinding with AUTH_TYPE requires administrator access rights"
            )
        user_id = work.user.id
    found = [
        known
        for known in rows.handlers_of_app(work.tx, work.portal_id, app.id)
        if known.event == event.strip().upper()
        and known.is_offline is offline
        and (not handler or known.handler == handler)
        and (user_id is None or known.user_id == user_id)
    ]
    return sum(rows.delete_handler(work.tx, work.portal_id, known.id) for known in found)


def emit(
    work: Work,
    event: str,
    data: Mapping[str, Any],
    *,
    about: Any = None,
    connector: str = "",
    only_app: int | None = None,
    admitted: Callable[[EventHandler], bool] = lambda _: True,
) -> int:
    """Send an event to its handlers, in the transaction that causes it; return their number.

    Args:
        work: the work that causes the event.
        event: name of the event.
        data: data of the event.
        about: key of the changed object. A queued event with an equal key is replaced.
        connector: source named by the causing call. Offline handlers of this source are skipped.
        only_app: the only application to send the event to.
        admitted: filter for handlers.

    """
    sent = 0
    for handler in rows.handlers_of_event(work.tx, work.portal_id, event):
        if only_app is not None and handler.app_id != only_app:
            continue
        if not admitted(handler):
            continue
        if not handler.is_offline:
            _post(work, handler, data)
        elif handler.connector and handler.connector == connector:
            continue
        else:
            message = json.dumps([event, about], sort_keys=True, default=str)
            Queue(work.tx, work.portal_id, handler.app_id, handler.connector).put(
                event,
                hashlib.md5(message.encode(), usedforsecurity=False).hexdigest(),
                json.dumps(dict(data), ensure_ascii=False, default=str),
                work.now_ms,
            )
            _notify(work, handler.app_id)
        sent += 1
    return sent


def installed(tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int) -> None:
    """Send an application the tokens of the user who installed it."""
    jobs.deliver_event(tx, _installation(app, 0, app.redirect_uri, user_id, language, now_ms))


def installation_finished(tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int) -> None:
    """Send ONAPPINSTALL to the handlers that an application bound during its installation."""
    for handler in rows.handlers_of_app(tx, app.portal_id, app.id):
        if handler.event == INSTALL and not handler.is_offline:
            user = handler.user_id or user_id
            jobs.deliver_event(tx, _installation(app, handler.id, handler.handler, user, language, now_ms))


def _installation(
    app: Application, handler_id: int, address: str, user_id: int, language: str, now_ms: int
) -> Delivery:
    return Delivery(
        portal_id=app.portal_id,
        app_id=app.id,
        handler_id=handler_id,
        address=address,
        event=INSTALL,
        data={"VERSION": str(app.version), "ACTIVE": "Y", "INSTALLED": "Y", "LANGUAGE_ID": language},
        user_id=user_id,
        at=now_ms // 1000,
    )


def uninstalled(tx: Tx, jobs: JobQueue, app: Application, now_ms: int) -> None:
    """Send ONAPPUNINSTALL to a deleted application. It carries the application token as proof, but no user tokens."""
    for handler in rows.handlers_of_app(tx, app.portal_id, app.id):
        if handler.event == UNINSTALL and not handler.is_offline and origins.is_entrusted(tx, app, handler.handler):
            delivery = Delivery(
                portal_id=app.portal_id,
                app_id=app.id,
                handler_id=handler.id,
                address=handler.handler,
                event=UNINSTALL,
                data={"VERSION": str(app.version), "CLEAN": "1"},
                user_id=0,
                at=now_ms // 1000,
                application_token=app.application_token,
            )
            jobs.deliver_event(tx, delivery)


def check_address(address: str, name: str) -> None:
    """Check that an address is an http(s) address.

    Raises:
        TypeProblem: it is not.

    """
    try:
        split = urlsplit(address)
        is_good = split.scheme in {"http", "https"} and bool(split.hostname) and split.port != 0
    except ValueError:
        is_good = False
    if not is_good or len(address) > _LONGEST_ADDRESS:
        raise TypeProblem(f'Parameter "{name}" must be an address that begins with http:// or https://')


def _post(work: Work, handler: EventHandler, data: Mapping[str, Any]) -> None:
    delivery = Delivery(
        portal_id=work.portal_id,
        app_id=handler.app_id,
        handler_id=handler.id,
        address=handler.handler,
        event=handler.event,
        data=dict(data),
        user_id=handler.user_id or work.user.id,
        at=work.now_ms // 1000,
    )
    work.services.jobs.deliver_event(work.tx, delivery)


def _notify(work: Work, app_id: int) -> None:
    """Post ONOFFLINEEVENT to an application with queued events, at most once in the interval of its handler."""
    for handler in rows.handlers_of_event(work.tx, work.portal_id, OFFLINE_EVENT):
        if handler.app_id != app_id or handler.is_offline:
            continue
        options = json.loads(handler.options)
        try:
            seconds = max(1, int(options.get("minTimeout", 1)))
        except (TypeError, ValueError, AttributeError):
            seconds = 1
        slot = work.now_ms // 1000 // seconds
        delivery = Delivery(
            portal_id=work.portal_id,
            app_id=app_id,
            handler_id=handler.id,
            address=handler.handler,
            event=OFFLINE_EVENT,
            data={},
            user_id=handler.user_id or work.user.id,
            at=work.now_ms // 1000,
        )
        work.services.jobs.deliver_event(work.tx, delivery, once=f"offline-{handler.id}-{slot}")
