"""The portal in the browser: finds the page for a request, with session, form checks and errors."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import structlog

from landingpad.domain.people.portals import PortalState
from landingpad.domain.people.sessions import is_to_be_noted
from landingpad.errors import ApiError, PageNotFound, SiteNotFound
from landingpad.http.asgi import BodyTooLargeError, Receive, Scope, Send, is_secure, read_body
from landingpad.http.browser import cookie_of, is_from_elsewhere, session_cookie_name
from landingpad.http.message import Answer, Request, send_answer
from landingpad.http.params import MalformedJson, decode_params
from landingpad.http.server_pages import message_page
from landingpad.rpc.auth import session_caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.store.people.sessions import note_use
from landingpad.store.records import PortalRow
from landingpad.web.frame.answers import Stream, see_other
from landingpad.web.frame.paths import SIGN_IN, SITES, STATIC, is_local_path
from landingpad.web.frame.routing import RouteMatch, Routes
from landingpad.web.frame.templating import Pages
from landingpad.web.frame.visit import Visit, Visitor

log = structlog.get_logger("landingpad.web")

_LARGEST_FORM = 1024 * 1024
_CHANGING = frozenset({"POST"})
_READING = frozenset({"GET", "HEAD"})


class Problem(NamedTuple):
    """The reason why a form is refused."""

    status: int
    title: str
    text: str


class WebRoute:
    """Answers every request for the pages of a portal."""

    def __init__(self, dispatcher: Dispatcher, routes: Routes, *, has_kit: bool = False) -> None:
        self._dispatcher = dispatcher
        self._db = dispatcher.services.db
        self._routes = routes
        self._pages = Pages(has_kit=has_kit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to the portal with the id in the state of the scope."""
        request = Request(scope)
        try:
            answer = await self._answer(request, receive, scope["state"]["portal_id"])
        except Exception:
            log.exception("page_failed", path=request.path)
            answer = message_page(500, "Something went wrong", "The error is in the log of this server.")
        if isinstance(answer, Stream):
            await _send_stream(send, receive, answer)
            return
        await send_answer(send, answer, head=request.method == "HEAD")

    async def _answer(self, request: Request, receive: Receive, portal_id: int) -> Answer | Stream:
        if request.path.startswith(STATIC):
            return self._pages.file(request.path.removeprefix(STATIC)) or _not_found()
        if not is_secure(request.scope):
            return message_page(400, "HTTPS required", "Passwords and sessions must not be sent over plain HTTP.")
        found = self._routes.find(request.path)
        if found is None:
            return _not_found()
        if isinstance(found, str):
            return Answer.redirect(found + (f"?{request.query.decode('latin-1')}" if request.query else ""))
        now = self._dispatcher.services.clock.now()
        token = cookie_of(request, session_cookie_name(request))
        portal, visitor = await self._visitor(portal_id, token, int(now * 1000))
        if portal is None or portal.state == PortalState.DELETED:
            return message_page(404, "This portal is closed", "Ask the person who runs this server.")
        return await self._visit(request, receive, found, portal, visitor, now)

    async def _visit(
        self,
        request: Request,
        receive: Receive,
        found: RouteMatch,
        portal: PortalRow,
        visitor: Visitor | None,
        now: float,
    ) -> Answer | Stream:
        handler = found.handler(request.method)
        if handler is None:
            return _wrong_method(found.allowed)
        changing = request.method in _CHANGING
        if visitor is None and not found.is_open:
            return _to_sign_in(request)
        read = await _form(request, receive) if changing else {}
        if isinstance(read, Problem):
            return message_page(*read)
        if changing and (problem := _forged(request, visitor, read, is_open=found.is_open)) is not None:
            return message_page(*problem)
        query = decode_params(query=request.query, content_type="", body=b"")
        visit = Visit(request, portal, visitor, self._dispatcher, self._pages, now=now, form=read, query=query)
        answer = await self._run(visit, partial(handler, visit, **found.arguments))
        answer.headers += visit.cookies
        if visitor is not None and is_to_be_noted(visitor.session.seen_at, visit.now_ms):
            await visit.write(lambda tx: note_use(tx, portal.id, visitor.session.id, visit.now_ms))
        return answer

    async def _run(self, visit: Visit, handler: Callable[[], Awaitable[Answer | Stream]]) -> Answer | Stream:
        try:
            return await handler()
        except ApiError as error:
            if visit.request.method in _CHANGING:
                text = f"{error.code}: {error}"
                if visit.is_partial:
                    return _without_swap(visit.part("notes.html", note=visit.note(text, is_error=True)))
                return visit.done(back_of(visit.request), text, is_error=True)
            # The API answers 400 for missing objects and 200 for some errors; browsers get a fitting status.
            status = 404 if isinstance(error, SiteNotFound | PageNotFound) else max(error.status, 400)
            return await visit.page("error.html", status=status, code=error.code, text=str(error))

    async def _visitor(self, portal_id: int, token: str, now_ms: int) -> tuple[PortalRow | None, Visitor | None]:
        def read(tx: Tx) -> tuple[PortalRow | None, Visitor | None]:
            found = session_caller(tx, portal_id, token, now_ms) if token else None
            if found is None:
                return portal_rows.find(tx, portal_id), None
            return found[0].portal, Visitor(*found, token)

        if self._db.reads_are_local:
            return self._db.read_row(read)
        return await self._db.read(read)


def back_of(request: Request) -> str:
    """Return the path of the page that sent a form, or the list of sites."""
    split = urlsplit(request.header(b"referer"))
    if split.netloc.lower() != request.header(b"host").lower():
        return SITES
    path = f"{split.path}?{split.query}" if split.query else split.path
    return path if is_local_path(path) else SITES


def _forged(request: Request, visitor: Visitor | None, form: dict[str, Any], *, is_open: bool) -> Problem | None:
    """Return why a form is not accepted as one of this portal, or None."""
    if is_from_elsewhere(request):
        text = "The form was sent from another site. Open the page in the portal and send the form from there."
        return Problem(403, "Request refused", text)
    if visitor is None or is_open:
        return None  # forms without a session use nobody's rights
    given = form.pop("csrf", "") or request.header(b"x-csrf")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        text = "The form belongs to another session. Go back, reload the page and send it again."
        return Problem(403, "This form is out of date", text)
    return None


async def _form(request: Request, receive: Receive) -> dict[str, Any] | Problem:
    try:
        body = await read_body(request.scope, receive, _LARGEST_FORM)
        return decode_params(query=b"", content_type=request.header(b"content-type"), body=body)
    except BodyTooLargeError:
        return Problem(413, "The form is too large", f"A form may have at most {_LARGEST_FORM} bytes.")
    except (MalformedJson, BadRequestBody) as error:
        return Problem(400, "The form could not be read", str(error))


def _to_sign_in(request: Request) -> Answer:
    if request.header(b"hx-request") == "true":
        # htmx would put the sign-in into a part of the page; this header redirects the whole page.
        return Answer(200, [(b"hx-redirect", SIGN_IN.encode()), (b"cache-control", b"no-store")])
    if request.method not in _READING:
        return see_other(SIGN_IN)
    return see_other(f"{SIGN_IN}?next={quote(request.raw_target, safe='/')}")


def _without_swap(answer: Answer) -> Answer:
    """Tell htmx to show the note and to leave the rest of the page as it is."""
    answer.headers.append((b"hx-reswap", b"none"))
    return answer


def _not_found() -> Answer:
    return message_page(404, "Page not found", "The address may be wrong, or the page was removed.")


def _wrong_method(allowed: str) -> Answer:
    answer = message_page(
        405, "Open this page in your browser", "This address does not answer the method of the request."
    )
    answer.headers.append((b"allow", allowed.encode()))
    return answer


async def _send_stream(send: Send, receive: Receive, stream: Stream) -> None:
    """Send events until the stream ends or the client disconnects."""
    await send({"type": "http.response.start", "status": stream.status, "headers": stream.headers})
    gone = asyncio.ensure_future(_gone(receive))
    sending = asyncio.ensure_future(_send_events(send, stream))
    try:
        await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
            await send({"type": "http.response.body", "body": b""})
    finally:
        for task in (gone, sending):
            task.cancel()
        await asyncio.gather(gone, sending, return_exceptions=True)


async def _send_events(send: Send, stream: Stream) -> None:
    async for event in stream.events:
        await send({"type": "http.response.body", "body": event, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
