"""The request log: the last calls of programs with their outcome, updated live."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from landingpad.rpc.declare import Registry
from landingpad.rpc.journal import CallFilter, CallRecord, Journal
from landingpad.store.app import apps
from landingpad.store.db.engine import Tx
from landingpad.store.people.groups import accounts
from landingpad.web.developer.webhooks import callers
from landingpad.web.frame.answers import events
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.screen import screen
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}log/"
_ON_A_PAGE = 50
_LONGEST_ASKED = 128
_LONGEST_PARAMS = 6000
_ERRORS, _HINTS = "errors", "hints"
_POLL_SECONDS = 1.0
_QUIET_SECONDS = 20
_LONGEST_SECONDS = 600
"""Longest stream; the browser then reconnects, which checks its session again."""


class ShownCall(NamedTuple):
    """A call as the log shows it."""

    number: int
    at: int
    method: str
    is_known: bool
    called_as: str
    in_batch: bool
    caller: str
    """Name of the webhook or application that called; "" if the token was refused."""
    user: str
    status: int
    error: str
    text: str
    ms: float
    params: str
    hints: list[str]


class CallerNames(NamedTuple):
    """Names of callers and users."""

    callers: dict[str, str]
    users: dict[int, str]


class LogQuery(NamedTuple):
    """The filter of the log in the query of the address."""

    method: str
    status: str
    caller: str

    @classmethod
    def of(cls, visit: Visit) -> "LogQuery":
        """Read the filter from a request."""
        return cls(*(visit.asked(name)[:_LONGEST_ASKED] for name in cls._fields))

    def wanted(self, visit: Visit, *, after: int = 0) -> CallFilter:
        """Return the filter for the journal; others than administrators see only their own calls."""
        user = visit.caller.user
        # The text matches a part of a name; brackets have a meaning in patterns of the journal.
        method = self.method.replace("[", "[[]")
        return CallFilter(
            method=method if "*" in method else f"*{method}*",
            portal=visit.portal.id,
            user=None if user.is_admin else user.id,
            caller=self.caller,
            status=int(self.status) if re.fullmatch(r"[0-9]{1,9}", self.status) else None,
            error="*" if self.status == _ERRORS else "",
            after=after,
        )

    def query(self, **more: int) -> str:
        """Return the filter as a query, with further parameters."""
        parameters = {name: value for name, value in {**self._asdict(), **more}.items() if value}
        return f"?{urlencode(parameters)}" if parameters else ""


class LogPages:
    """Pages below /developer/log/."""

    def __init__(self, journal: Journal, closing: threading.Event, *, processes: int) -> None:
        self._journal = journal
        self._closing = closing
        self._is_alone = processes <= 1

    async def show(self, visit: Visit) -> Response:
        """Show the last calls, or those before the given one."""
        asked, before = LogQuery.of(visit), visit.number("before", visit.query)
        last = self._journal.last
        found = self._find(visit, asked, asked.wanted(visit))
        older = [entry for entry in found if not before or entry.number < before]
        page = older[-_ON_A_PAGE:]
        names = await visit.read(lambda tx: _names(tx, visit))
        seen = self._journal.find(LogQuery("", "", "").wanted(visit))
        is_more = len(older) > len(page)
        return await visit.page(
            "developer/log.html",
            calls=_shown(reversed(page), names, visit.dispatcher.registry),
            asked=asked,
            statuses=_statuses(seen),
            callers=_callers(seen, names),
            total=len(found),
            following=f"{PATH}{asked.query(before=page[0].number)}" if is_more else "",
            newest=f"{PATH}{asked.query()}" if before else "",
            is_on=self._journal.is_on,
            is_alone=self._is_alone,
            is_live=self._is_alone and not before,
            live=f"{PATH}live{asked.query(after=last)}",
            news=f"{PATH}news{asked.query(after=last)}",
            size=self._journal.size,
        )

    async def news(self, visit: Visit) -> Response:
        """Return the calls after the given one as a fragment that is put above it."""
        asked, last = LogQuery.of(visit), self._journal.last
        found = self._find(visit, asked, asked.wanted(visit, after=visit.number("after", visit.query)))
        page = found[-_ON_A_PAGE:]
        names = await visit.read(lambda tx: _names(tx, visit)) if page else CallerNames({}, {})
        return visit.part(
            "developer/log_news.html",
            calls=_shown(reversed(page), names, visit.dispatcher.registry),
            left_out=len(found) - len(page),
            news=f"{PATH}news{asked.query(after=last)}",
        )

    async def listen(self, visit: Visit) -> Response:
        """Send an event whenever there are matching new calls."""
        asked = LogQuery.of(visit)
        after = visit.headers.get("last-event-id", "") or visit.asked("after")
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else self._journal.last  # noqa: PLR2004  # at most 15 digits
        return events(self._events(visit, asked, number))

    async def _events(self, visit: Visit, asked: LogQuery, number: int) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        silent = 0.0
        # Polls once a second instead of reacting to each call, because busy portals have thousands.
        for _ in range(int(_LONGEST_SECONDS / _POLL_SECONDS)):
            last = self._journal.last
            if last > number and self._find(visit, asked, asked.wanted(visit, after=number)):
                yield f"id: {last}\ndata: {last}\n\n".encode()
                silent = 0.0
            elif silent >= _QUIET_SECONDS:
                yield b": still here\n\n"
                silent = 0.0
            number = last
            await asyncio.sleep(_POLL_SECONDS)
            silent += _POLL_SECONDS
            if self._closing.is_set():
                return

    def _find(self, visit: Visit, asked: LogQuery, wanted: CallFilter) -> list[CallRecord]:
        found = self._journal.find(wanted)
        if asked.status != _HINTS:
            return found
        registry = visit.dispatcher.registry
        return [entry for entry in found if entry.as_dict(registry)["hints"]]

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of the log."""
        return (
            Route(PATH, screen(self.show)),
            Route(f"{PATH}news", screen(self.news)),
            Route(f"{PATH}live", screen(self.listen)),
        )


def _names(tx: Tx, visit: Visit) -> CallerNames:
    portal_id, user = visit.portal.id, visit.caller.user
    titles = {f"app:{app.id}": app.title for app in apps.of_portal(tx, portal_id)}
    return CallerNames(
        callers(tx, visit) | titles, {one.id: one.login for one in accounts(tx, portal_id)} if user.is_admin else {}
    )


def _shown(entries: Iterable[CallRecord], names: CallerNames, registry: Registry) -> list[ShownCall]:
    return [_call(entry, names, registry) for entry in entries]


def _call(entry: CallRecord, names: CallerNames, registry: Registry) -> ShownCall:
    told = entry.as_dict(registry)
    params = json.dumps(told["params"], ensure_ascii=False, indent=2, default=str) if told["params"] else ""
    if len(params) > _LONGEST_PARAMS:
        params = f"{params[:_LONGEST_PARAMS]}\n... ({len(params)} characters)"
    return ShownCall(
        number=entry.number,
        at=int(entry.at * 1000),
        method=str(told["method"])[:_LONGEST_ASKED],
        is_known=registry.find(entry.method) is not None,
        called_as=entry.method[:_LONGEST_ASKED],
        in_batch=entry.in_batch,
        caller=names.callers.get(entry.credential, entry.credential),
        user=names.users.get(entry.user_id, ""),
        status=entry.status,
        error=entry.code,
        text=entry.text,
        ms=told["ms"],
        params=params,
        hints=told["hints"],
    )


def _statuses(seen: Iterable[CallRecord]) -> dict[str, str]:
    """Return the choices for the status."""
    numbers = sorted({entry.status for entry in seen})
    return {"": "Any status", _ERRORS: "Errors", _HINTS: "With hints", **{str(one): str(one) for one in numbers}}


def _callers(seen: Iterable[CallRecord], names: CallerNames) -> dict[str, Any]:
    """Return the choices for the caller: all who have called."""
    credentials = sorted({entry.credential for entry in seen if entry.credential})
    return {"": "Any caller", **{one: f"{names.callers.get(one, '')} ({one})".strip() for one in credentials}}
