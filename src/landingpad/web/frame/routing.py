"""A table of routes: a pattern of a path, and what answers GET and POST there."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from landingpad.http.message import Answer
from landingpad.web.frame.answers import Stream

Handler = Callable[..., Awaitable[Answer | Stream]]

_PLACE = re.compile(r"<(int|str):(\w+)>")
_PATTERNS = {"int": r"([0-9]{1,15})", "str": r"([^/]{1,200})"}


class Route(NamedTuple):
    """One path. Places in it are written `<int:site_id>` or `<str:code>` and become arguments."""

    path: str
    get: Handler | None = None
    post: Handler | None = None
    is_open: bool = False
    """Whether people need not be signed in."""


class RouteMatch(NamedTuple):
    """A route that a path means, and the arguments that are in the path."""

    route: Route
    arguments: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether people need not be signed in."""
        return self.route.is_open

    @property
    def allowed(self) -> str:
        """The verbs that are answered."""
        return ", ".join(
            name for name, handler in (("GET, HEAD", self.route.get), ("POST", self.route.post)) if handler
        )

    def handler(self, verb: str) -> Handler | None:
        """Return what answers a verb."""
        if verb == "POST":
            return self.route.post
        return self.route.get if verb in {"GET", "HEAD"} else None


class Routes:
    """Finds routes. Those without places are looked up, the others tried in their order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._plain: dict[str, Route] = {}
        self._patterns: list[tuple[re.Pattern[str], list[tuple[str, str]], Route]] = []
        for route in routes:
            places = [(kind, name) for kind, name in _PLACE.findall(route.path)]
            if places:
                pattern = "".join(
                    _PATTERNS[part]
                    if part in _PATTERNS and number % 3 == 1
                    else re.escape(part)
                    if number % 3 == 0
                    else ""
                    for number, part in enumerate(_PLACE.split(route.path))
                )
                self._patterns.append((re.compile(pattern), places, route))
            else:
                self._plain[route.path] = route

    def find(self, path: str) -> RouteMatch | str | None:
        """Return the route of a path; the path with a slash where that one is meant; None for no route."""
        found = self._find(path)
        if found is None and not path.endswith("/") and self._find(f"{path}/") is not None:
            return f"{path}/"
        return found

    def _find(self, path: str) -> RouteMatch | None:
        plain = self._plain.get(path)
        if plain is not None:
            return RouteMatch(plain, {})
        for pattern, places, route in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                values = zip(places, match.groups(), strict=True)
                return RouteMatch(route, {name: int(text) if kind == "int" else text for (kind, name), text in values})
        return None
