"""Which methods there are, and how assistants are connected."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from landingpad.http.message import Answer
from landingpad.reference.assistants import setups
from landingpad.reference.doc_page import summary_of
from landingpad.rpc.declare import Method, Runs
from landingpad.rpc.journal import CallFilter, Journal
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.routing import Route
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
    """Whether it changes something; "" where that depends on what is asked."""
    for_apps: bool
    is_own: bool
    calls: int
    """How often it was called, of the calls that are remembered and the visitor may see."""


class MethodPages:
    """Pages about the API as a whole."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def show(self, visit: Visit) -> Answer:
        """Show which methods this portal answers."""
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

    async def assistants(self, visit: Visit) -> Answer:
        """Show how assistants are connected to this portal."""
        return await visit.page(
            "developer/assistants.html",
            setups=setups(visit.origin, f"{visit.caller.user.id}/CODE"),
            address=f"{visit.origin}/mcp",
        )

    @property
    def routes(self) -> tuple[Route, ...]:
        """What answers which path."""
        return (Route(PATH, self.show), Route(ASSISTANTS, self.assistants))


def _fitting(asked: str) -> Callable[[Method], bool]:
    """Return what says whether a method is meant by words of its name or its summary."""
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
