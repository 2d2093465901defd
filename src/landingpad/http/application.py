"""Starlette applications as parts of the server."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ExceptionHandler


def application(routes: Sequence[BaseRoute], handlers: Mapping[Any, ExceptionHandler]) -> Starlette:
    """Return an application that matches paths exactly and answers unexpected errors.

    Starlette raises unexpected errors again after their answer; the server logs them in one place.
    """
    made = Starlette(routes=routes, exception_handlers={Exception: _failed, **handlers})
    made.router.redirect_slashes = False
    return made


async def _failed(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("Something went wrong on this server. The error is in its log.", 500)
