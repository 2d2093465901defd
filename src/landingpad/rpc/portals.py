"""Lookup of the portal of a request by its host name."""

import time
from typing import NamedTuple

from landingpad.store.db.engine import Database
from landingpad.store.people import portals as rows

_KEPT_SECONDS = 5.0  # portals change rarely: by commands on the command line


class PortalEntry(NamedTuple):
    """Data of a portal that is needed before authorization."""

    id: int
    plan: str


class PortalDirectory:
    """Map of host names to portals. Unknown host names map to the first portal."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_host: dict[str, PortalEntry] = {}
        self._first: PortalEntry | None = None
        self._valid_until = 0.0

    def entry(self, host: str) -> PortalEntry | None:
        """Return the portal for a host name without port, or None if no portal exists."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return self._by_host.get(host, self._first)

    def find(self, host: str) -> int | None:
        """Return the id of the portal for a host name, or None if no portal exists."""
        entry = self.entry(host)
        return None if entry is None else entry.id

    def is_portal_host(self, host: str) -> bool:
        """Return whether a portal has exactly this host name."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return host in self._by_host

    def forget(self) -> None:
        """Reload the portals at the next request."""
        self._valid_until = 0.0

    def _load(self) -> None:
        portals = self._db.read_row(rows.every)
        self._by_host = {portal.domain: PortalEntry(portal.id, portal.plan) for portal in portals}
        self._first = next(iter(self._by_host.values()), None)
        # An empty table is not cached: the first portal must answer at once.
        self._valid_until = time.monotonic() + _KEPT_SECONDS if portals else 0.0
