"""What the orders of the control plane work on: the parts of one server, and what was ordered so far."""

import asyncio
from collections.abc import Callable
from random import Random, SystemRandom
from typing import Any

import msgspec

from landingpad.domain.work import Services
from landingpad.http.public import PublicSites
from landingpad.http.rest import RestRoute
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import LimitMode, RequestRate
from landingpad.rpc.portals import PortalDirectory
from landingpad.settings import Settings
from landingpad.store.snapshots import Snapshots, snapshots_of
from landingpad.testing.declare import ControlError
from landingpad.testing.faults import Faults

START = "start"
"""The snapshot of the state in which the server became ready."""


class Kit:
    """One server under control."""

    def __init__(
        self,
        settings: Settings,
        services: Services,
        *,
        portals: PortalDirectory,
        public: PublicSites,
        dispatcher: Dispatcher,
        rest: RestRoute,
        journal: Journal,
    ) -> None:
        self.settings = settings
        self.services = services
        self.portals = portals
        self.public = public
        self.dispatcher = dispatcher
        self.rest = rest
        self.journal = journal
        self.snapshots: Snapshots = snapshots_of(services.db, settings.data / "snapshots")
        self.faults = Faults(dispatcher.registry, Random())  # noqa: S311  # which calls fail is no secret
        self.going_back: list[Callable[[], None]] = []
        """What else is done when the state changes under the server."""
        dispatcher.before = self.faults.before
        rest.deliver = self.faults.deliver
        self._changing = asyncio.Lock()

    def started(self) -> None:
        """Remember the state in which the server became ready."""
        self.snapshots.create(START)

    def portal_id(self) -> int:
        """Return the portal that orders are about: the first one.

        Raises:
            ControlError: there is no portal.

        """
        found = self.portals.find("")
        if found is None:
            raise ControlError("This server has no portal.", 409)
        return found

    async def go_back(self, name: str) -> None:
        """Bring the rows of a snapshot back, and drop all that was kept in memory of the rows that were.

        Raises:
            SnapshotError: there is no such snapshot, or it is of another release.

        """
        async with self._changing:
            await self.change_state(lambda: self.snapshots.restore(name))

    async def change_state(self, change: Callable[[], Any]) -> Any:
        """Do something to the whole database, in a thread, and drop all that was kept in memory of it."""
        done = await asyncio.to_thread(change)
        self.portals.forget()
        self.public.forget()
        for act in self.going_back:
            act()
        return done

    def as_started(self) -> None:
        """Undo every order that is no row: faults, clock, limits, chance, and what was remembered of calls."""
        self.faults.clear()
        self.services.clock.reset()
        self.limit(LimitMode(self.settings.limit_mode), self.settings.operating_limit)
        self.seed(self.settings.chance)
        self.journal.clear()

    def limit(self, mode: LimitMode, operating_limit: float) -> None:
        """Count calls anew, and do about limits what is said."""
        self.dispatcher.limit(mode, operating_limit)
        self.rest.rate = RequestRate() if mode is LimitMode.ENFORCE else None

    def seed(self, value: str) -> None:
        """Let chance begin anew from a value; "" is real chance."""
        self.services.random = chance(value)
        self.faults.random = Random(value or None)  # noqa: S311  # which calls fail is no secret


def chance(seed: str) -> Random:
    """Return where codes and tokens come from: real chance, or what always follows from a seed."""
    return Random(seed) if seed else SystemRandom()  # noqa: S311  # only in developer mode, where that is wanted


class Clockwork(msgspec.Struct):
    """The time of the server as it is told."""

    now: float
    iso: str
    frozen: bool
    ahead: float
