"""Rows of the table that says who answers what, and the words that they are written with."""

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
    """No portal's own, so perhaps that of a published site."""
    PORTAL = "portal"
    """That of a portal; a host that nobody has means the first portal."""
    PEOPLE = "people"
    """That of a portal and of no published site, so that people may type a password there."""
    BROWSER = "browser"
    """One for people whose name leads here on purpose: the owner of any other name could lead browsers here."""


ALL = frozenset[str]()
POST = frozenset({"POST"})
READ = frozenset({"GET", "HEAD"})


class Row:
    """One row: at which paths, for which methods, at which kind of host, what answers."""

    __slots__ = ("_beginnings", "_exact", "handler", "host", "methods", "paths")

    def __init__(self, paths: str, methods: frozenset[str], host: Host, handler: Handler | Sends) -> None:
        """Make a row.

        Args:
            paths: separated by spaces; one that ends in * stands for all that begin so.
            methods: of HTTP; ALL, or some.
            host: the kind of host.
            handler: what answers.

        """
        self.paths = paths
        self.methods = methods
        self.host = host
        self.handler = handler
        self._exact = frozenset(path for path in paths.split() if not path.endswith("*"))
        self._beginnings = tuple(path[:-1] for path in paths.split() if path.endswith("*"))

    def is_at(self, path: str) -> bool:
        """Say whether the row is about a path."""
        return path in self._exact or path.startswith(self._beginnings)

    def fits(self, request: Request) -> bool:
        """Say whether the row is about a request, as far as its path and method say."""
        return self.is_at(request.path) and (not self.methods or request.method in self.methods)
