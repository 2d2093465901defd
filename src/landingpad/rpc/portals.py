"""Lookup of the portal of a request by its host name."""

import time
from typing import NamedTuple

from sqlalchemy import select

from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.query import Query
from landingpad.store.tables.site import portals

_ALL = Query(select(portals.c.domain, portals.c.id, portals.c.plan).order_by(portals.c.id), tuple)
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
        def read(tx: Tx) -> list[tuple[str, int, str]]:
            return tx.all(_ALL)

        rows = self._db.read_row(read)
        self._by_host = {host: PortalEntry(portal_id, plan) for host, portal_id, plan in rows}
        self._first = PortalEntry(*rows[0][1:]) if rows else None
        # An empty table is not cached: the first portal must answer at once.
        self._valid_until = time.monotonic() + _KEPT_SECONDS if rows else 0.0
