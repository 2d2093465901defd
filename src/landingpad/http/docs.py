"""The reference at `/docs/`, each page also as Markdown, with `/llms.txt` and `/openapi.json` for programs."""

from functools import cached_property
from urllib.parse import parse_qs

import msgspec

from landingpad.http.message import Answer, Request
from landingpad.reference.html import POLICY, missing_html, page_html, search_html, start_html
from landingpad.reference.library import Library, read_recorded
from landingpad.reference.llms_txt import llms_text
from landingpad.reference.openapi import openapi
from landingpad.rpc.declare import Registry

_OPEN_TO_ALL = (b"access-control-allow-origin", b"*")
_CACHE = (b"cache-control", b"public, max-age=300")
_LONGEST_QUERY = 200


class DocsRoute:
    """Answers requests for the reference, which is equal on every portal."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @cached_property
    def _library(self) -> Library:
        return Library(self._registry, read_recorded())

    @cached_property
    def _openapi(self) -> bytes:
        return msgspec.json.encode(openapi(self._registry, self._library.recorded))

    def answer(self, request: Request) -> Answer:
        """Answer a GET or HEAD request for one of its paths."""
        path = request.path
        if path == "/openapi.json":
            return Answer(200, [(b"content-type", b"application/json"), _CACHE, _OPEN_TO_ALL], self._openapi)
        if path == "/llms.txt":
            return _text(llms_text(self._library), "text/plain; charset=utf-8")
        if path == "/docs":
            return Answer.redirect("/docs/")
        key = path.removeprefix("/docs/").rstrip("/")
        if not key:
            return _html(200, start_html(self._library))
        if key == "search":
            query = parse_qs(request.query.decode("latin-1")).get("q", [""])[0].strip()[:_LONGEST_QUERY]
            return _html(200, search_html(self._library, query, self._library.search.find(query, most=20)))
        page = self._library.page(key)
        if page is not None:
            return _html(200, page_html(self._library, page))
        page = self._library.page(key.removesuffix(".md")) if key.endswith(".md") else None
        if page is not None:
            return _text(page.text, "text/markdown; charset=utf-8")
        return _html(404, missing_html(self._library, key[:_LONGEST_QUERY]))


def _html(status: int, text: str) -> Answer:
    answer = Answer.text(status, text, "text/html; charset=utf-8")
    answer.headers += [
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    return answer


def _text(text: str, content_type: str) -> Answer:
    answer = Answer.text(200, text, content_type)
    answer.headers += [_CACHE, _OPEN_TO_ALL]
    return answer
