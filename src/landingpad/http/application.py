"""Starlette applications as parts of the server."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from landingpad.http.server_pages import failed_page
from landingpad.store.db.errors import storage_error


def application(routes: Sequence[BaseRoute], handlers: Mapping[Any, ExceptionHandler]) -> Starlette:
    """Return an application that matches paths exactly and answers unexpected errors.

    Starlette raises unexpected errors again after their answer; the server logs them in one place.
    """
    made = Starlette(routes=routes, exception_handlers={Exception: _failed, **handlers})
    made.router.redirect_slashes = False
    return made


class AnyMethod:
    """The endpoint of a route that answers every HTTP method itself."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._endpoint(Request(scope, receive))
        await response(scope, receive, send)


class SingleSlashes:
    """Middleware that reads doubled and missing slashes of a path as single ones, with one at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = "".join(f"/{part}" for part in scope["path"].split("/") if part)
        await self._app({**scope, "path": f"{path}/"}, receive, send)


def response(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> Response:
    """Return a response with the headers that plain ASGI routes use, too."""
    return Response(body, status, {name.decode(): value.decode() for name, value in headers})


async def _failed(_request: Request, error: Exception) -> Response:
    return response(*failed_page(storage_error(error)))
