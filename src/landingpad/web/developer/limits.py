"""The screen of limits: their values and current use."""

from typing import NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from landingpad.rpc.limits import OPERATING_WINDOW, RATES, USUAL_RATE, Limits, Rate
from landingpad.store.app import apps
from landingpad.store.db.engine import Tx
from landingpad.web.developer.webhooks import callers
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.screen import screen
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}limits/"
_MOST_ROWS = 50


class Level(NamedTuple):
    """The level of the bucket of a source address."""

    address: str
    filled: int


class RunningTime(NamedTuple):
    """Running time of a method for a caller in the last ten minutes."""

    caller: str
    method: str
    seconds: float
    frees_at: int
    """Time at which the oldest part of it expires, in milliseconds."""


class LimitsPage:
    """The page below /developer/limits/."""

    def __init__(self, limits: Limits, *, body_limit: int) -> None:
        self._limits = limits
        self._body_limit = body_limit

    async def show(self, visit: Visit) -> Response:
        """Show the limits of the portal and their current use."""
        operating = self._limits.operating
        rate = RATES.get(visit.portal.plan, USUAL_RATE)
        names = await visit.read(lambda tx: _names(tx, visit))
        used = [] if operating is None else operating.used(visit.now)
        shown = [
            RunningTime(names[credential], method, one.seconds, one.reset_at * 1000)
            for credential, method, one in used
            if credential in names
        ]
        return await visit.page(
            "developer/limits.html",
            mode=self._limits.mode,
            rate=rate,
            levels=self._levels(visit, rate),
            limit=operating.limit if operating is not None else 0.0,
            used=shown[:_MOST_ROWS],
            left_out=max(0, len(shown) - _MOST_ROWS),
            minutes=OPERATING_WINDOW // 60,
            body_limit=self._body_limit,
        )

    def _levels(self, visit: Visit, rate: Rate) -> list[Level]:
        """Return the fullest buckets first; to others than administrators only that of their own address."""
        if self._limits.rate is None:
            return []
        found = self._limits.rate.levels(visit.portal.id, rate, visit.now)
        own = visit.client_address
        shown = [Level(*one) for one in found if visit.caller.user.is_admin or one[0] == own]
        return sorted(shown, key=lambda level: -level.filled)[:_MOST_ROWS]

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of the page."""
        return (Route(PATH, screen(self.show)),)


def _names(tx: Tx, visit: Visit) -> dict[str, str]:
    """Return the names of the callers whose limits the signed-in user may see."""
    names = callers(tx, visit)
    if visit.caller.user.is_admin:
        names |= {f"app:{app.id}": app.title for app in apps.of_portal(tx, visit.portal.id)}
    return names
