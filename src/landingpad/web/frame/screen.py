"""Routes of screens: their endpoints get a visit, after the checks of session and form that all screens share."""

import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from landingpad.domain.people.portals import PortalState
from landingpad.domain.people.sessions import is_to_be_noted
from landingpad.http.asgi import target_of
from landingpad.http.browser import is_from_elsewhere, session_cookie_name
from landingpad.http.message_pages import MessageError, read_form
from landingpad.rpc.auth import session_caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.store.people.sessions import note_use
from landingpad.store.records import PortalRow
from landingpad.web.frame.answers import NO_STORE, see_other
from landingpad.web.frame.paths import SIGN_IN
from landingpad.web.frame.templating import Pages
from landingpad.web.frame.visit import Visit, Visitor, is_partial

ScreenEndpoint = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

POST = ("POST",)
_READING = frozenset({"GET", "HEAD"})
_LARGEST_FORM = 1024 * 1024
_LARGEST_FORM_OF_NOBODY = 64 * 1024


class IdConvertor(IntegerConvertor):
    """An id in a path, `{site_id:id}`: a number that fits into a column of the database."""

    regex = "[0-9]{1,15}"


class CodeConvertor(StringConvertor):
    """A code in a path, `{code:code}`: one segment that is short enough to look it up."""

    regex = "[^/]{1,200}"


register_url_convertor("id", IdConvertor())
register_url_convertor("code", CodeConvertor())


def screen(endpoint: ScreenEndpoint) -> Endpoint:
    """Return the endpoint of a route for people with a session; others are sent to the sign-in."""
    return _admitting(endpoint, is_open=False)


def open_screen(endpoint: ScreenEndpoint) -> Endpoint:
    """Return the endpoint of a route for everybody; `visit.is_signed_in` tells whether there is a session."""
    return _admitting(endpoint, is_open=True)


def _admitting(endpoint: ScreenEndpoint, *, is_open: bool) -> Endpoint:
    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        frame: Frame = request.app.state.frame
        admitted = await frame.admit(request, is_open=is_open)
        return admitted if isinstance(admitted, Response) else await endpoint(admitted)

    return answer


class Frame:
    """Turns requests into visits."""

    def __init__(self, dispatcher: Dispatcher, pages: Pages) -> None:
        self.pages = pages
        self._dispatcher = dispatcher
        self._services = dispatcher.services

    async def admit(self, request: Request, *, is_open: bool) -> Visit | Response:
        """Return the visit of a request, or the way to the sign-in, before a body is read.

        Raises:
            MessageError: the portal is closed, or the form cannot be read or is not one of this session.

        """
        now = self._services.clock.now()
        token = request.cookies.get(session_cookie_name(request), "")
        portal, visitor = await self._visitor(request.state.portal_id, token, int(now * 1000))
        if portal is None or portal.state == PortalState.DELETED:
            raise MessageError(404, "This portal is closed", "Ask the person who runs this server.")
        if visitor is None and not is_open:
            return _to_sign_in(request)
        fields: dict[str, Any] = {}
        if request.method not in _READING:
            fields = await read_form(request, _LARGEST_FORM if visitor is not None else _LARGEST_FORM_OF_NOBODY)
            _check_origin(request, None if is_open else visitor, fields)
        visit = Visit(request, portal, visitor, self._dispatcher, self.pages, now=now, fields=fields)
        if visitor is not None and is_to_be_noted(visitor.session.seen_at, visit.now_ms):
            await visit.write(lambda tx: note_use(tx, portal.id, visitor.session.id, visit.now_ms))
        return visit

    async def _visitor(self, portal_id: int, token: str, now_ms: int) -> tuple[PortalRow | None, Visitor | None]:
        def read(tx: Tx) -> tuple[PortalRow | None, Visitor | None]:
            found = session_caller(tx, portal_id, token, now_ms) if token else None
            if found is None:
                return portal_rows.find(tx, portal_id), None
            return found[0].portal, Visitor(*found, token)

        db = self._services.db
        return db.read_row(read) if db.reads_are_local else await db.read(read)


def _to_sign_in(request: Request) -> Response:
    if is_partial(request):
        # htmx would put the sign-in into a part of the page; this header redirects the whole page.
        return Response(headers={"hx-redirect": SIGN_IN, **NO_STORE})
    if request.method not in _READING:
        return see_other(SIGN_IN)
    return see_other(f"{SIGN_IN}?next={quote(target_of(request.scope), safe='/')}")


def _check_origin(request: Request, visitor: Visitor | None, fields: dict[str, Any]) -> None:
    """Refuse forms that no page of this portal and session sent; forms without a session use nobody's rights.

    Raises:
        MessageError: the form comes from another site or belongs to another session.

    """
    if is_from_elsewhere(request):
        text = "The form was sent from another site. Open the page in the portal and send the form from there."
        raise MessageError(403, "Request refused", text)
    if visitor is None:
        return
    given = fields.pop("csrf", "") or request.headers.get("x-csrf", "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        text = "The form belongs to another session. Go back, reload the page and send it again."
        raise MessageError(403, "This form is out of date", text)
