"""Which portal a request means, and whether it may be called: found by the host name that it was sent to."""

import time
from typing import NamedTuple

from sqlalchemy import select

from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.query import Query
from landingpad.store.tables.site import portals

_ALL = Query(select(portals.c.domain, portals.c.id, portals.c.plan).order_by(portals.c.id), tuple)
_KEPT_SECONDS = 5.0  # portals are made and removed by hand, on the command line


class PortalEntry(NamedTuple):
    """What has to be known of a portal before anybody is asked who they are."""

    id: int
    plan: str


class PortalDirectory:
    """Host name -> portal. A name that no portal has means the only portal there is, or the first one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_host: dict[str, PortalEntry] = {}
        self._first: PortalEntry | None = None
        self._valid_until = 0.0

    def entry(self, host: str) -> PortalEntry | None:
        """Return the portal for a host name without port; None while there is no portal at all."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return self._by_host.get(host, self._first)

    def find(self, host: str) -> int | None:
        """Return the id of the portal for a host name; None while there is no portal at all."""
        entry = self.entry(host)
        return None if entry is None else entry.id

    def is_portal_host(self, host: str) -> bool:
        """Say whether a portal has this very host name."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return host in self._by_host

    def forget(self) -> None:
        """Look again at the next request."""
        self._valid_until = 0.0

    def _load(self) -> None:
        def read(tx: Tx) -> list[tuple[str, int, str]]:
            return tx.all(_ALL)

        rows = self._db.read_row(read)
        self._by_host = {host: PortalEntry(portal_id, plan) for host, portal_id, plan in rows}
        self._first = PortalEntry(*rows[0][1:]) if rows else None
        # That there is no portal yet is not kept: the first one must answer at once.
        self._valid_until = time.monotonic() + _KEPT_SECONDS if rows else 0.0
