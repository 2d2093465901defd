"""Rows of the table of applications: paths, methods and kinds of host."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum

from landingpad.http.asgi import Application, Receive, Scope, Send
from landingpad.http.plain import Answer, Request, send_answer

NEXT = object()
"""Returned by an application that sent nothing, to leave the request to the next row."""


class Host(Enum):
    """Kinds of host that a request can be sent to."""

    ANY = "any"
    SITE = "site"
    """A host of no portal, so possibly of a published site."""
    PORTAL = "portal"
    """The host of a portal; unknown hosts belong to the first portal."""
    PEOPLE = "people"
    """A host of a portal and of no published site, so that people may type a password there."""
    BROWSER = "browser"
    """A host for people whose name is known or local, because the owner of any other name could point it here."""


ALL = frozenset[str]()
POST = frozenset({"POST"})
READ = frozenset({"GET", "HEAD"})


class Row:
    """One row: paths, methods and kind of host, with the ASGI application that answers."""

    __slots__ = ("_beginnings", "_exact", "application", "host", "methods", "paths")

    def __init__(self, paths: str, methods: frozenset[str], host: Host, application: Application) -> None:
        """Make a row.

        Args:
            paths: paths separated by spaces; * at the end matches any rest.
            methods: HTTP methods; ALL, or some.
            host: the kind of host.
            application: the application that answers, or returns NEXT.

        """
        self.paths = paths
        self.methods = methods
        self.host = host
        self.application = application
        self._exact = frozenset(path for path in paths.split() if not path.endswith("*"))
        self._beginnings = tuple(path[:-1] for path in paths.split() if path.endswith("*"))

    def is_at(self, path: str) -> bool:
        """Say whether the row covers a path."""
        return path in self._exact or path.startswith(self._beginnings)

    def fits(self, path: str, method: str) -> bool:
        """Say whether the row covers a path and method."""
        return self.is_at(path) and (not self.methods or method in self.methods)


def plain(handler: Callable[[Request, Receive], Awaitable[Answer | None]]) -> Application:
    """Return the application of a handler without a framework; if it returns None, the next row answers."""

    async def application(scope: Scope, receive: Receive, send: Send) -> object:
        answer = await handler(Request(scope), receive)
        if answer is None:
            return NEXT
        await send_answer(send, answer, head=scope["method"] == "HEAD")
        return None

    return application


def late(load: Callable[[], Application], loading: asyncio.Lock) -> Application:
    """Return the application of a part that the first request to it loads, in a thread, so that others do not wait.

    Args:
        load: imports and makes the application.
        loading: held while it runs, so that threads do not import the same modules at once.

    """
    loaded: Application | None = None

    async def application(scope: Scope, receive: Receive, send: Send) -> object:
        nonlocal loaded
        if loaded is None:
            async with loading:
                if loaded is None:
                    loaded = await asyncio.to_thread(load)
        return await loaded(scope, receive, send)

    return application
