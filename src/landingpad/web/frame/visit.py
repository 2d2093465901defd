"""One request of somebody at the browser: who it is, what was sent, and the calls that are made for it."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec

from landingpad.domain.page.signing import signature
from landingpad.domain.people.rights import Access
from landingpad.domain.people.sessions import csrf_token
from landingpad.domain.work import Services
from landingpad.http.browser import cookie_of, set_cookie
from landingpad.http.message import Answer, Request
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.store.db.engine import Tx
from landingpad.store.people.sessions import Session
from landingpad.store.records import PortalRow
from landingpad.web.frame.answers import html, see_other
from landingpad.web.frame.menu import app_entries
from landingpad.web.frame.templating import Pages

T = TypeVar("T")

_FLASH = "landingpad_done"
_LONGEST_FLASH = 3000
_FLASH_SECONDS = 30


class MadeCall(NamedTuple):
    """A call that was made, so that people see how a program does the same."""

    method: str
    params: dict[str, Any]


NO_CALL = MadeCall("", {})
"""What was done by no call of the API."""


class Note(msgspec.Struct, frozen=True):
    """What the next page tells: what was done and by which call, or why it was not."""

    text: str
    method: str = ""
    params: dict[str, Any] = {}
    is_error: bool = False
    first: MadeCall | None = None
    """The call before that one, where it took two."""
    undo: str = ""
    """Where a form is sent that takes it back; "" where nothing does."""
    undo_fields: dict[str, str] = {}
    """What else such a form says."""
    command: str = ""
    """How a program does the same, where that is no call of the API."""


class Visitor(NamedTuple):
    """Somebody who is signed in."""

    caller: Caller
    session: Session
    token: str

    @property
    def csrf(self) -> str:
        """What every form carries."""
        return csrf_token(self.token)


class Visit:
    """One request to the pages of a portal."""

    def __init__(
        self,
        request: Request,
        portal: PortalRow,
        visitor: Visitor | None,
        dispatcher: Dispatcher,
        pages: Pages,
        *,
        now: float,
        form: dict[str, Any],
        query: dict[str, Any],
    ) -> None:
        self.request = request
        self.portal = portal
        self.form = form
        self.query = query
        self.now = now
        self.calls: list[MadeCall] = []
        self.cookies: list[tuple[bytes, bytes]] = []
        self._visitor = visitor
        self._dispatcher = dispatcher
        self._pages = pages

    # -- who and where

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in. Routes that are not open to all are reached only so."""
        return self._visitor is not None

    @property
    def visitor(self) -> Visitor:
        """Who is signed in.

        Raises:
            RuntimeError: nobody; the route is declared as open to all.

        """
        if self._visitor is None:
            raise RuntimeError(f"nobody is signed in at {self.request.path}")
        return self._visitor

    @property
    def caller(self) -> Caller:
        """The signed-in user as the API knows callers, with every scope."""
        return self.visitor.caller

    @property
    def services(self) -> Services:
        """The services of the server."""
        return self._dispatcher.services

    @property
    def dispatcher(self) -> Dispatcher:
        """Where calls are made."""
        return self._dispatcher

    @property
    def now_ms(self) -> int:
        """The moment of the request as the tables keep it."""
        return int(self.now * 1000)

    @property
    def origin(self) -> str:
        """Scheme, host and port at which the portal was asked."""
        return f"{self.request.scope['scheme']}://{self.request.header(b'host')}"

    @property
    def is_secure(self) -> bool:
        """Whether the browser came by https."""
        return bool(self.request.scope["scheme"] == "https")

    @property
    def is_partial(self) -> bool:
        """Whether a script of ours asks for a part of a page."""
        return self.request.header(b"hx-request") == "true"

    # -- what was sent

    def text(self, name: str, source: dict[str, Any] | None = None) -> str:
        """Return one text of the form (or of the query), without space around it."""
        value = (self.form if source is None else source).get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return every value of a field of the form that may be there more than once (`name[]`)."""
        value = self.form.get(name, [])
        members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        return [str(member) for member in members if isinstance(member, str) and member]

    def asked(self, name: str) -> str:
        """Return one text of the query."""
        return self.text(name, self.query)

    def number(self, name: str, source: dict[str, Any] | None = None, *, least: int = 0) -> int:
        """Return a whole number of the form (or of the query); the least allowed where there is none."""
        value = self.text(name, source)
        return max(least, int(value)) if value.isascii() and value.isdigit() and len(value) < 16 else least  # noqa: PLR2004  # fits an id

    # -- calls

    async def call(self, method: str, params: dict[str, Any] | None = None, *, shown: bool = True) -> Any:
        """Make a call of the API on behalf of the signed-in user and return its result.

        Raises:
            ApiError: the call ended with an error.

        """
        given = params or {}
        if shown:
            self.calls.append(MadeCall(method, given))
        # A copy: a method may take the parameters apart.
        outcome = await self._dispatcher.run(self.caller, method, dict(given), now=self.now, origin=self.origin)
        return outcome.result

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Read what no method of the API tells."""
        return await self.services.db.read(work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Change what no method of the API changes. Whoever calls this has checked that the user may."""
        return await self.services.db.write(work, portal_id=self.portal.id)

    def access(self, tx: Tx) -> Access:
        """Return what the signed-in user may do."""
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
    ) -> Answer:
        """Show a page: the template with what every page needs, and what the page before it wanted to tell."""
        shown = dict(context)
        if self._visitor is not None:
            note = self._take_note()
            user, language = self.caller.user, self.portal.language
            entries = await self.read(lambda tx: app_entries(tx, user, language))
            shown |= {"entries": entries, "note": note, "note_samples": self.samples(note)}
        return html(self._render(template, shown), status, frames=frames, forms=forms)

    def part(self, template: str, *, status: int = 200, **context: Any) -> Answer:
        """Answer with a part of a page."""
        return html(self._render(template, context), status, fragment=True)

    def _render(self, template: str, context: dict[str, Any]) -> str:
        user = self._visitor.caller.user if self._visitor is not None else None
        csrf = self._visitor.csrf if self._visitor is not None else ""
        return self._pages.render(template, visit=self, portal=self.portal, user=user, csrf=csrf, **context)

    def samples(self, made: MadeCall | Note | None, address: str = "") -> dict[str, str]:
        """Write a call in the languages people use, as a webhook of the signed-in user, or one with this address."""
        if made is None or not made.method:
            return {}
        address = address or f"{self.origin}/rest/{self.caller.user.id}/CODE"
        written = self._pages.samples(made.method, made.params, address)
        if isinstance(made, Note) and made.first is not None:
            before = self._pages.samples(made.first.method, made.first.params, address)
            written = {name: f"{before[name].rstrip()}\n\n{text}" for name, text in written.items()}
        return written

    # -- what the next page tells

    def note(
        self, text: str, made: MadeCall | None = None, *, first: MadeCall | None = None, is_error: bool = False
    ) -> Note:
        """Say what was done, by the last call that was made unless another is given."""
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
    ) -> Answer:
        """Lead to a page that tells what was done, and offers to take it back where that is possible."""
        told = self.note(text, made, first=first, is_error=is_error)
        said = {name: self.text(name) for name in ("scope", "from") if undo and self.text(name)}
        note = msgspec.structs.replace(told, undo=undo, undo_fields=said, command=command)
        body = msgspec.json.encode(note)
        if len(body) > _LONGEST_FLASH:
            body = msgspec.json.encode(Note(text, is_error=is_error))
        value = urlsafe_b64encode(body).decode().rstrip("=")
        signed = f"{value}.{signature(self.visitor.csrf, value)}"
        answer = see_other(target)
        answer.headers.append(set_cookie(_FLASH, signed, secure=self.is_secure, seconds=_FLASH_SECONDS))
        return answer

    def _take_note(self) -> Note | None:
        """Return what the page before wanted to tell, once."""
        value, _, signed = cookie_of(self.request, _FLASH).partition(".")
        if not value:
            return None
        self.cookies.append(set_cookie(_FLASH, "", secure=self.is_secure, seconds=0))
        if not hmac.compare_digest(signature(self.visitor.csrf, value).encode(), signed.encode()):
            return None
        return msgspec.json.decode(urlsafe_b64decode(value + "=" * (-len(value) % 4)), type=Note)
