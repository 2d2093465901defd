"""The reference at `/docs/`, each page also as Markdown, with `/llms.txt` and `/openapi.json` for programs."""

import asyncio
from functools import cached_property
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from landingpad.http.application import application
from landingpad.reference.html import POLICY, missing_html, page_html, search_html, start_html
from landingpad.reference.library import Library, read_recorded
from landingpad.reference.llms_txt import llms_text
from landingpad.reference.openapi import openapi
from landingpad.rpc.declare import Registry

_TO_PROGRAMS = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
_TO_PEOPLE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_LONGEST_QUERY = 200


def docs(registry: Registry) -> Starlette:
    """Return the application with the reference, which is equal on every portal."""
    reference = _Reference(Library(registry, read_recorded()))
    return application(
        [
            Route("/openapi.json", reference.openapi),
            Route("/llms.txt", reference.llms),
            Route("/docs", _to_start),
            Route("/docs/{key:path}", reference.page),
        ],
        {404: reference.missing},
    )


class _Reference:
    """The endpoints of the reference."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _openapi(self) -> bytes:
        return msgspec.json.encode(openapi(self._library.registry, self._library.recorded))

    async def openapi(self, _request: Request) -> Response:
        """Return the description of the API for programs; the first request makes it, in a thread."""
        return Response(
            await asyncio.to_thread(lambda: self._openapi), headers=_TO_PROGRAMS, media_type="application/json"
        )

    async def llms(self, _request: Request) -> Response:
        """Return the table of contents for assistants."""
        return Response(llms_text(self._library), headers=_TO_PROGRAMS, media_type="text/plain")

    async def page(self, request: Request) -> Response:
        """Return the start page, the results of a search, or one page, for `.md` as Markdown."""
        key = request.path_params["key"].rstrip("/")
        if not key:
            return _html(200, start_html(self._library))
        if key == "search":
            query = parse_qs(request.scope["query_string"].decode("latin-1")).get("q", [""])[0].strip()[:_LONGEST_QUERY]
            return _html(200, search_html(self._library, query, self._library.search.find(query, most=20)))
        page = self._library.page(key)
        if page is not None:
            return _html(200, page_html(self._library, page))
        page = self._library.page(key.removesuffix(".md")) if key.endswith(".md") else None
        if page is not None:
            return Response(page.text, headers=_TO_PROGRAMS, media_type="text/markdown")
        raise HTTPException(404)

    async def missing(self, request: Request, _error: Exception) -> Response:
        """Return the page for paths without one."""
        key = request.scope["path"].removeprefix("/docs/").rstrip("/")
        return _html(404, missing_html(self._library, key[:_LONGEST_QUERY]))


async def _to_start(_request: Request) -> Response:
    return RedirectResponse("/docs/", 301)


def _html(status: int, text: str) -> Response:
    return HTMLResponse(text, status, _TO_PEOPLE)
