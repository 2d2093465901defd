"""A table of routes: path patterns with handlers for GET and POST."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from landingpad.http.message import Answer
from landingpad.web.frame.answers import Stream

Handler = Callable[..., Awaitable[Answer | Stream]]

_PLACEHOLDER = re.compile(r"<(int|str):(\w+)>")
_PATTERNS = {"int": r"([0-9]{1,15})", "str": r"([^/]{1,200})"}


class Route(NamedTuple):
    """One path. Placeholders `<int:site_id>` or `<str:code>` become arguments of the handlers."""

    path: str
    get: Handler | None = None
    post: Handler | None = None
    is_open: bool = False
    """Whether the route is open without a session."""


class RouteMatch(NamedTuple):
    """The route of a path, with the arguments in the path."""

    route: Route
    arguments: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether the route is open without a session."""
        return self.route.is_open

    @property
    def allowed(self) -> str:
        """The accepted HTTP methods."""
        return ", ".join(
            name for name, handler in (("GET, HEAD", self.route.get), ("POST", self.route.post)) if handler
        )

    def handler(self, verb: str) -> Handler | None:
        """Return the handler of an HTTP method, or None."""
        if verb == "POST":
            return self.route.post
        return self.route.get if verb in {"GET", "HEAD"} else None


class Routes:
    """Finds routes. Paths without placeholders are looked up, the others are tried in order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._plain: dict[str, Route] = {}
        self._patterns: list[tuple[re.Pattern[str], list[tuple[str, str]], Route]] = []
        for route in routes:
            placeholders = [(kind, name) for kind, name in _PLACEHOLDER.findall(route.path)]
            if placeholders:
                pattern = "".join(
                    _PATTERNS[part]
                    if part in _PATTERNS and number % 3 == 1
                    else re.escape(part)
                    if number % 3 == 0
                    else ""
                    for number, part in enumerate(_PLACEHOLDER.split(route.path))
                )
                self._patterns.append((re.compile(pattern), placeholders, route))
            else:
                self._plain[route.path] = route

    def find(self, path: str) -> RouteMatch | str | None:
        """Return the route of a path, or the path with a slash if only that has a route, or None."""
        found = self._find(path)
        if found is None and not path.endswith("/") and self._find(f"{path}/") is not None:
            return f"{path}/"
        return found

    def _find(self, path: str) -> RouteMatch | None:
        plain = self._plain.get(path)
        if plain is not None:
            return RouteMatch(plain, {})
        for pattern, placeholders, route in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                values = zip(placeholders, match.groups(), strict=True)
                return RouteMatch(route, {name: int(text) if kind == "int" else text for (kind, name), text in values})
        return None
