"""One request of a browser: user, form and query, the API calls made for it, and the answer."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from landingpad.domain.people.rights import Access
from landingpad.domain.people.sessions import csrf_token
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.long_list import as_objects
from landingpad.rpc.phpquery import parse_query
from landingpad.store.db.engine import Tx
from landingpad.store.people.sessions import Session
from landingpad.store.records import PortalRow
from landingpad.web.frame.answers import fragment, html, see_other
from landingpad.web.frame.menu import app_entries
from landingpad.web.frame.notes import NOTE_COOKIE, NOTE_SECONDS, MadeCall, Note
from landingpad.web.frame.paths import is_local_path
from landingpad.web.frame.templating import Pages

T = TypeVar("T")


class Visitor(NamedTuple):
    """A signed-in user with the session of the browser."""

    caller: Caller
    session: Session
    token: str

    @property
    def csrf(self) -> str:
        """Token against forged forms, in every form."""
        return csrf_token(self.token)


class Visit(Request):
    """One request to a screen: Starlette's request with the visitor, and what screens answer with."""

    def __init__(
        self,
        request: Request,
        portal: PortalRow,
        visitor: Visitor | None,
        dispatcher: Dispatcher,
        pages: Pages,
        *,
        now: float,
        fields: dict[str, Any],
    ) -> None:
        super().__init__(request.scope, request.receive)
        self.portal = portal
        self.fields = fields
        """The fields of the form, read like parameters of the API."""
        self.now = now
        self.dispatcher = dispatcher
        """The dispatcher of API calls."""
        self.services = dispatcher.services
        self.calls: list[MadeCall] = []
        self._visitor = visitor
        self._pages = pages
        self.state.visit = self  # for the answers to errors

    # -- who and where

    @property
    def is_signed_in(self) -> bool:
        """Whether the browser has a session; always true on routes that are not open."""
        return self._visitor is not None

    @property
    def visitor(self) -> Visitor:
        """The signed-in user.

        Raises:
            RuntimeError: nobody is signed in, on a route declared as open.

        """
        if self._visitor is None:
            raise RuntimeError(f"nobody is signed in at {self.scope['path']}")
        return self._visitor

    @property
    def caller(self) -> Caller:
        """The signed-in user as a caller of the API, with all scopes."""
        return self.visitor.caller

    @property
    def now_ms(self) -> int:
        """Time of the request in milliseconds, as stored in tables."""
        return int(self.now * 1000)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the request."""
        return f"{self.scope['scheme']}://{self.headers.get('host', '')}"

    @property
    def client_address(self) -> str:
        """Address of the browser, or ""."""
        return self.client.host if self.client else ""

    @property
    def is_partial(self) -> bool:
        """Whether htmx requests a part of a page."""
        return is_partial(self)

    # -- what was sent

    @cached_property
    def query(self) -> dict[str, Any]:
        """The parameters of the query, read like those of the API."""
        return parse_query(self.scope["query_string"])

    def text(self, name: str, source: dict[str, Any] | None = None) -> str:
        """Return a text field of the form (or of `source`), stripped; "" if it is missing."""
        value = (self.fields if source is None else source).get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return all values of a repeated field of the form (`name[]`)."""
        value = self.fields.get(name, [])
        members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        return [str(member) for member in members if isinstance(member, str) and member]

    def asked(self, name: str) -> str:
        """Return a parameter of the query, stripped; "" if it is missing."""
        return self.text(name, self.query)

    def number(self, name: str, source: dict[str, Any] | None = None, *, least: int = 0) -> int:
        """Return a whole number of the form (or of `source`), at least `least`."""
        value = self.text(name, source)
        return max(least, int(value)) if value.isascii() and value.isdigit() and len(value) < 16 else least  # noqa: PLR2004  # fits an id

    # -- calls

    async def call(self, method: str, params: dict[str, Any] | None = None, *, shown: bool = True) -> Any:
        """Call a method as the signed-in user and return its result.

        Raises:
            ApiError: the call failed.

        """
        given = params or {}
        if shown:
            self.calls.append(MadeCall(method, given))
        # A copy, because a method may change its parameters.
        outcome = await self.dispatcher.run(self.caller, method, dict(given), now=self.now, origin=self.origin)
        return as_objects(outcome.result)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a read for data that no method of the API returns."""
        return await self.services.db.read(work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a write for data that no method of the API changes; the caller has checked the user's rights."""
        return await self.services.db.write(work, portal_id=self.portal.id)

    def access(self, tx: Tx) -> Access:
        """Return the rights of the signed-in user."""
        return Access(tx, self.portal.id, self.caller.user)

    # -- answers

    async def page(
        self,
        template: str,
        *,
        status: int = 200,
        frames: Iterable[str] = (),
        forms: Iterable[str] = (),
        **context: Any,
    ) -> Response:
        """Answer with a rendered template, the navigation and the note of the last action."""
        shown = dict(context)
        if self._visitor is not None:
            note = Note.read(self.cookies.get(NOTE_COOKIE, ""), self.visitor.csrf)
            user, language = self.caller.user, self.portal.language
            entries = await self.read(lambda tx: app_entries(tx, user, language))
            shown |= {"entries": entries, "note": note, "note_samples": self.samples(note)}
        answer = html(self._render(template, shown), status, frames=frames, forms=forms)
        if self._visitor is not None and self.cookies.get(NOTE_COOKIE):
            self.set_cookie(answer, NOTE_COOKIE, "", seconds=0)  # the note is shown once
        return answer

    def part(self, template: str, **context: Any) -> Response:
        """Answer with a fragment of a page."""
        return fragment(self._render(template, context))

    def set_cookie(self, answer: Response, name: str, value: str, *, seconds: int) -> None:
        """Add a cookie for this host only to an answer, or remove it with 0 seconds."""
        is_secure = self.scope["scheme"] == "https"
        answer.set_cookie(name, value, max_age=seconds, secure=is_secure, httponly=True, samesite="lax")

    def _render(self, template: str, context: dict[str, Any]) -> str:
        user = self._visitor.caller.user if self._visitor is not None else None
        csrf = self._visitor.csrf if self._visitor is not None else ""
        return self._pages.render(template, visit=self, portal=self.portal, user=user, csrf=csrf, **context)

    def samples(self, made: MadeCall | Note | None, address: str = "") -> dict[str, str]:
        """Return a call as code by a webhook of the signed-in user, or by the webhook at `address`."""
        if made is None or not made.method:
            return {}
        address = address or f"{self.origin}/rest/{self.caller.user.id}/CODE"
        written = self._pages.samples(made.method, made.params, address)
        if isinstance(made, Note) and made.first is not None:
            before = self._pages.samples(made.first.method, made.first.params, address)
            written = {name: f"{before[name].rstrip()}\n\n{text}" for name, text in written.items()}
        return written

    # -- the note on the next page

    def note(
        self, text: str, made: MadeCall | None = None, *, first: MadeCall | None = None, is_error: bool = False
    ) -> Note:
        """Return a note about `made`, or else about the last call."""
        call = made or (self.calls[-1] if self.calls else MadeCall("", {}))
        return Note(text, call.method, call.params, is_error, first)

    def done(
        self,
        target: str,
        text: str,
        made: MadeCall | None = None,
        *,
        first: MadeCall | None = None,
        is_error: bool = False,
        undo: str = "",
        command: str = "",
    ) -> Response:
        """Redirect to a page that shows a note, with an undo button if `undo` is given."""
        told = self.note(text, made, first=first, is_error=is_error)
        fields = {name: self.text(name) for name in ("scope", "from") if undo and self.text(name)}
        note = msgspec.structs.replace(told, undo=undo, undo_fields=fields, command=command)
        answer = see_other(target)
        self.set_cookie(answer, NOTE_COOKIE, note.signed(self.visitor.csrf), seconds=NOTE_SECONDS)
        return answer


def is_partial(request: Request) -> bool:
    """Say whether htmx requests a part of a page."""
    return request.headers.get("hx-request") == "true"


def came_from(request: Request) -> str:
    """Return path and query of the page of this portal that led to a request, or ""."""
    split = urlsplit(request.headers.get("referer", ""))
    if split.netloc.lower() != request.headers.get("host", "").lower():
        return ""
    path = f"{split.path}?{split.query}" if split.query else split.path
    return path if is_local_path(path) else ""
