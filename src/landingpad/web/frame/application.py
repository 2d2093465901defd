"""The portal in the browser as a Starlette application: its middleware and the answers to errors."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from landingpad.errors import ApiError
from landingpad.errors.page import PageNotFound
from landingpad.errors.site import SiteNotFound
from landingpad.http.application import application
from landingpad.http.asgi import is_secure, target_of
from landingpad.http.message_pages import MessageError, message, message_of
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.web.frame.paths import SITES, STATIC
from landingpad.web.frame.screen import Frame
from landingpad.web.frame.visit import Visit, came_from

_NOT_FOUND, _WRONG_METHOD = 404, 405


class HttpsOnly:
    """Middleware that refuses plain http from other machines, except for the static files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if is_secure(scope) or scope["path"].startswith(STATIC):
            await self._app(scope, receive, send)
        else:
            refusal = message(400, "HTTPS required", "Passwords and sessions must not be sent over plain HTTP.")
            await refusal(scope, receive, send)


def web_application(routes: Sequence[Route], frame: Frame) -> Starlette:
    """Return the application with the routes of all screens."""
    handlers = {
        ApiError: _api_error,
        MessageError: message_of,
        BadRequestBody: _unreadable_query,
        HTTPException: _http_error,
    }
    app = application([Route(f"{STATIC}{{name}}", _static_file), *routes], handlers)
    app.add_middleware(HttpsOnly)
    app.state.frame = frame
    return app


async def _static_file(request: Request) -> Response:
    frame: Frame = request.app.state.frame
    found = frame.pages.file(request.path_params["name"])
    if found is None:
        raise HTTPException(_NOT_FOUND)
    return found


async def _api_error(request: Request, error: Exception) -> Response:
    """Answer with an error of the API: forms with a note on the page that sent them, other requests with a page."""
    failed, visit = cast("ApiError", error), cast("Visit", request.state.visit)
    if visit.method == "POST":
        text = f"{failed.code}: {failed}"
        if not visit.is_partial:
            return visit.done(came_from(visit) or SITES, text, is_error=True)
        answer = visit.part("notes.html", note=visit.note(text, is_error=True))
        answer.headers["hx-reswap"] = "none"  # htmx shows the note and leaves the rest of the page as it is
        return answer
    # The API answers 400 for missing objects and 200 for some errors; browsers get a fitting status.
    status = _NOT_FOUND if isinstance(failed, SiteNotFound | PageNotFound) else max(failed.status, 400)
    return await visit.page("error.html", status=status, code=failed.code, text=str(failed))


async def _http_error(request: Request, error: Exception) -> Response:
    failed = cast("HTTPException", error)
    if failed.status_code == _NOT_FOUND:
        with_slash = f"{request.scope['path']}/"
        if _methods_at(request, with_slash):
            return RedirectResponse(target_of(request.scope, with_slash), 301)
        return message(_NOT_FOUND, "Page not found", "The address may be wrong, or the page was removed.")
    if failed.status_code == _WRONG_METHOD:
        text = "This address does not answer the method of the request."
        # All routes of the path; the error has the methods of the first one.
        allowed = ", ".join(sorted(_methods_at(request, request.scope["path"])))
        return message(_WRONG_METHOD, "Open this page in your browser", text, {"allow": allowed})
    return message(failed.status_code, HTTPStatus(failed.status_code).phrase, failed.detail)


def _methods_at(request: Request, path: str) -> set[str]:
    """Return the methods that a path answers."""
    scope = {**request.scope, "path": path}
    fitting = (route for route in request.app.routes if route.matches(scope)[0] is not Match.NONE)
    return {method for route in fitting for method in route.methods}


async def _unreadable_query(_request: Request, error: Exception) -> Response:
    return message(400, "The address could not be read", str(error))
