"""Screens with the methods of the API, and with the set-up of assistants."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from landingpad.reference.assistants import setups
from landingpad.reference.doc_page import summary_of
from landingpad.rpc.declare import Method, Runs
from landingpad.rpc.journal import CallFilter, Journal
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.screen import screen
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}methods/"
ASSISTANTS = f"{DEVELOPER}assistants/"
_GENERAL = "General"
_LONGEST_ASKED = 128
_EFFECTS = {Runs.WRITE: "changes", Runs.FREE: ""}


class ShownMethod(NamedTuple):
    """A method as the table shows it."""

    name: str
    summary: str
    scopes: list[str]
    right: str
    effect: str
    """`changes` or `reads`; "" if that depends on the parameters."""
    for_apps: bool
    is_own: bool
    calls: int
    """Number of recorded calls that the visitor may see."""


class MethodPages:
    """Pages about the API as a whole."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def show(self, visit: Visit) -> Response:
        """Show the methods of this portal."""
        registry, asked = visit.dispatcher.registry, visit.asked("method")[:_LONGEST_ASKED]
        user = visit.caller.user
        entries = self._journal.find(CallFilter(portal=visit.portal.id, user=None if user.is_admin else user.id))
        calls = Counter(entry.method.lower() for entry in entries)
        fits = _fitting(asked)
        spaces: dict[str, list[ShownMethod]] = {}
        for method in registry:
            if fits(method):
                space = method.name.rpartition(".")[0]
                spaces.setdefault(f"{space}.*" if space else _GENERAL, []).append(_shown(method, calls))
        return await visit.page(
            "developer/methods.html",
            spaces=dict(sorted(spaces.items())),
            found=sum(len(listed) for listed in spaces.values()),
            total=len(registry),
            asked=asked,
            has_log=self._journal.is_on,
        )

    async def assistants(self, visit: Visit) -> Response:
        """Show how to connect assistants to this portal."""
        return await visit.page(
            "developer/assistants.html",
            setups=setups(visit.origin, f"{visit.caller.user.id}/CODE"),
            address=f"{visit.origin}/mcp",
        )

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of these pages."""
        return (Route(PATH, screen(self.show)), Route(ASSISTANTS, screen(self.assistants)))


def _fitting(asked: str) -> Callable[[Method], bool]:
    """Return a filter for methods whose name or summary contains all words."""
    words = asked.casefold().split()
    return lambda method: all(word in f"{method.name} {summary_of(method)}".casefold() for word in words)


def _shown(method: Method, calls: Counter[str]) -> ShownMethod:
    return ShownMethod(
        method.name,
        " ".join(method.summary.split("\n\n")[0].split()),
        sorted(scope for scope in method.scopes if scope),
        str(method.needs or ""),
        _EFFECTS.get(method.runs, "reads"),
        method.apps_only is not None,
        method.is_own,
        calls[method.name.lower()],
    )
