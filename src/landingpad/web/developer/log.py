"""The last calls of programs, as they come: who asked what, and what came of it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from landingpad.http.message import Answer
from landingpad.rpc.declare import Registry
from landingpad.rpc.journal import CallFilter, CallRecord, Journal
from landingpad.store.app import apps
from landingpad.store.db.engine import Tx
from landingpad.store.people.groups import accounts
from landingpad.web.developer.webhooks import callers
from landingpad.web.frame.answers import Stream
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.routing import Route
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}log/"
_ON_A_PAGE = 50
_LONGEST_ASKED = 128
_LONGEST_PARAMS = 6000
_ERRORS, _HINTS = "errors", "hints"
_LOOK_SECONDS = 1.0
_QUIET_SECONDS = 20
_LONGEST_SECONDS = 600
"""As for pictures, see web.live."""


class ShownCall(NamedTuple):
    """A call as the log shows it."""

    number: int
    at: int
    method: str
    is_known: bool
    called_as: str
    in_batch: bool
    caller: str
    """Whose token it was: the name of a webhook or application; "" for nobody's."""
    user: str
    status: int
    error: str
    text: str
    ms: float
    params: str
    hints: list[str]


class CallerNames(NamedTuple):
    """What people call those who make calls."""

    callers: dict[str, str]
    users: dict[int, str]


class LogQuery(NamedTuple):
    """Which calls somebody wants to see."""

    method: str
    status: str
    caller: str

    @classmethod
    def of(cls, visit: Visit) -> "LogQuery":
        """Read it from the query."""
        return cls(*(visit.asked(name)[:_LONGEST_ASKED] for name in cls._fields))

    def wanted(self, visit: Visit, *, after: int = 0) -> CallFilter:
        """Return it as the journal understands it; people who are no administrators see their own calls only."""
        user = visit.caller.user
        # What is typed is a part of a name; brackets mean something to the journal.
        method = self.method.replace("[", "[[]")
        return CallFilter(
            method=method if "*" in method else f"*{method}*",
            portal=visit.portal.id,
            user=None if user.is_admin else user.id,
            caller=self.caller,
            status=int(self.status) if self.status.isascii() and self.status.isdigit() else None,
            error="*" if self.status == _ERRORS else "",
            after=after,
        )

    def query(self, **more: int) -> str:
        """Return it as a query, with whatever else is to be said."""
        said = {name: value for name, value in {**self._asdict(), **more}.items() if value}
        return f"?{urlencode(said)}" if said else ""


class LogPages:
    """Pages below /developer/log/."""

    def __init__(self, journal: Journal, closing: threading.Event, *, processes: int) -> None:
        self._journal = journal
        self._closing = closing
        self._is_alone = processes <= 1

    async def show(self, visit: Visit) -> Answer:
        """Show the last calls, or those before one of them."""
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

    async def news(self, visit: Visit) -> Answer:
        """Return the calls that came after one, to be put above it."""
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

    async def listen(self, visit: Visit) -> Answer | Stream:
        """Tell whenever there are such calls."""
        asked = LogQuery.of(visit)
        after = visit.request.header(b"last-event-id") or visit.asked("after")
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else self._journal.last  # noqa: PLR2004  # fits a number
        return Stream(self._events(visit, asked, number))

    async def _events(self, visit: Visit, asked: LogQuery, number: int) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        silent = 0.0
        # It looks once a second, not at each call: on a busy portal those are thousands.
        for _ in range(int(_LONGEST_SECONDS / _LOOK_SECONDS)):
            last = self._journal.last
            if last > number and self._find(visit, asked, asked.wanted(visit, after=number)):
                yield f"id: {last}\ndata: {last}\n\n".encode()
                silent = 0.0
            elif silent >= _QUIET_SECONDS:
                yield b": still here\n\n"
                silent = 0.0
            number = last
            await asyncio.sleep(_LOOK_SECONDS)
            silent += _LOOK_SECONDS
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
        """What answers which path."""
        return (Route(PATH, self.show), Route(f"{PATH}news", self.news), Route(f"{PATH}live", self.listen))


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
    """Return what can be chosen as a status."""
    numbers = sorted({entry.status for entry in seen})
    return {"": "Any status", _ERRORS: "Errors", _HINTS: "With hints", **{str(one): str(one) for one in numbers}}


def _callers(seen: Iterable[CallRecord], names: CallerNames) -> dict[str, Any]:
    """Return the callers that can be chosen: those who have called."""
    credentials = sorted({entry.credential for entry in seen if entry.credential})
    return {"": "Any caller", **{one: f"{names.callers.get(one, '')} ({one})".strip() for one in credentials}}
