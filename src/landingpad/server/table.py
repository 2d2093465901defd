"""Rows of the table of handlers: paths, methods and kinds of host."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

from landingpad.http.message import Answer, Receive, Request, Scope, Send

Handler = Callable[[Request, Receive, int], Awaitable[Answer | None]]
"""Answers a request to the portal with the given id, or returns None to leave it to the next row."""


class Sends(NamedTuple):
    """A handler that sends its answer itself: a stream, or an answer that must cost as little as possible."""

    application: Callable[[Scope, Receive, Send, int], Awaitable[None]]


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
    """One row: paths, methods and kind of host, with the handler that answers."""

    __slots__ = ("_beginnings", "_exact", "handler", "host", "methods", "paths")

    def __init__(self, paths: str, methods: frozenset[str], host: Host, handler: Handler | Sends) -> None:
        """Make a row.

        Args:
            paths: paths separated by spaces; * at the end matches any rest.
            methods: HTTP methods; ALL, or some.
            host: the kind of host.
            handler: the handler that answers.

        """
        self.paths = paths
        self.methods = methods
        self.host = host
        self.handler = handler
        self._exact = frozenset(path for path in paths.split() if not path.endswith("*"))
        self._beginnings = tuple(path[:-1] for path in paths.split() if path.endswith("*"))

    def is_at(self, path: str) -> bool:
        """Say whether the row covers a path."""
        return path in self._exact or path.startswith(self._beginnings)

    def fits(self, request: Request) -> bool:
        """Say whether the row covers the path and method of a request."""
        path = request.path
        return (path in self._exact or path.startswith(self._beginnings)) and (
            not self.methods or request.method in self.methods
        )
