"""Events: applications ask to be told of them, and are told by a post or fetch them from a queue (events/*.md)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from landingpad.domain.app.known_names import EVENTS
from landingpad.domain.work import Delivery, JobQueue, Work
from landingpad.errors import AdministratorRequired, EventNotFound, MissingParams, TypeProblem
from landingpad.store.app import events as rows
from landingpad.store.app.events import EventHandler, Queue
from landingpad.store.db.engine import Tx
from landingpad.store.records import Application

OFFLINE_EVENT: Final = "ONOFFLINEEVENT"
TEST: Final = "ONAPPTEST"
INSTALL: Final = "ONAPPINSTALL"
UNINSTALL: Final = "ONAPPUNINSTALL"
FORM: Final = "ONLANDINGFORMSUBMIT"
HAPPENING: Final = frozenset((OFFLINE_EVENT, TEST, INSTALL, UNINSTALL, FORM))
"""The events that happen on this server; any other can be bound, and never does."""
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
    """Note that an application wants to be told of an event; False if it was noted before.

    Args:
        work: on whose behalf.
        app: the application.
        event: name in any case.
        handler: address that is posted to; not needed for an event that the application fetches.
        user_id: whose tokens it gets; 0: of the user who causes the event; None: 0, or of users without administrator
            rights their own.
        offline: whether the application fetches it.
        connector: source of changes that the application makes itself and does not want to be told of.
        options: what the event allows, such as minTimeout of ONOFFLINEEVENT.

    Raises:
        EventNotFound: there is no such event.
        AdministratorRequired: the user may bind online events for themselves only.
        MissingParams: an online event without a handler.
        TypeProblem: the handler is no web address.

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
    )
    for known in rows.handlers_of_app(work.tx, work.portal_id, app.id):
        if msgspec.structs.replace(known, id=0, options=wanted.options) == wanted:
            return False
    rows.add_handler(work.tx, wanted, work.now_ms)
    return True


def unbind(work: Work, app: Application, event: str, handler: str | None, *, user_id: int | None, offline: bool) -> int:
    """Forget handlers of an event; return how many there were.

    Args:
        work: on whose behalf.
        app: the application.
        event: name in any case.
        handler: address; None or "": every one.
        user_id: only those bound for this user (0: for whoever causes the event); None: for anybody.
        offline: the kind of events.

    Raises:
        AdministratorRequired: the user may unbind online events of their own only.

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
    """Tell applications of an event, in the transaction that causes it; return how many handlers are told.

    Args:
        work: who causes it.
        event: one of the catalogue.
        data: what is told.
        about: the thing it happened to: a waiting event about the same thing is replaced.
        connector: the source that the causing call named; handlers with this source are not told.
        only_app: tell this application alone.
        admitted: which handlers may hear of it.

    """
    told = 0
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
        told += 1
    return told


def installed(tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int) -> None:
    """Send an application the tokens of the user who installed it."""
    jobs.deliver_event(tx, _installation(app, 0, app.redirect_uri, user_id, language, now_ms))


def installation_finished(tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int) -> None:
    """Tell the handlers that an application bound while it was installed, with tokens of who installed it."""
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
    """Tell an application that it is removed. It has no tokens any more: its own token shows that this is true."""
    for handler in rows.handlers_of_app(tx, app.portal_id, app.id):
        if handler.event == UNINSTALL and not handler.is_offline:
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
    """Refuse what is no address of a web server.

    Raises:
        TypeProblem: it is none.

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
    """Tell an application that something waits for it, at most once in the interval that it asked for."""
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
