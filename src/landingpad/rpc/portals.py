"""Which portal a request means: found by the host name that it was sent to."""

import time

from sqlalchemy import select

from landingpad.store.engine import Database, Tx
from landingpad.store.query import Query
from landingpad.store.tables import portals

_ALL = Query(select(portals.c.domain, portals.c.id).order_by(portals.c.id), tuple)
_KEPT_SECONDS = 5.0  # portals are made and removed by hand, on the command line


class PortalDirectory:
    """Host name -> portal. A name that no portal has means the only portal there is, or the first one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_host: dict[str, int] = {}
        self._first: int | None = None
        self._valid_until = 0.0

    def find(self, host: str) -> int | None:
        """Return the portal id for a host name without port; None while there is no portal at all."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return self._by_host.get(host, self._first)

    def is_portal_host(self, host: str) -> bool:
        """Say whether a portal has this very host name."""
        if time.monotonic() >= self._valid_until:
            self._load()
        return host in self._by_host

    def _load(self) -> None:
        def read(tx: Tx) -> list[tuple[str, int]]:
            return tx.all(_ALL)

        rows = self._db.read_row(read)
        self._by_host = dict(rows)
        self._first = rows[0][1] if rows else None
        # That there is no portal yet is not kept: the first one must answer at once.
        self._valid_until = time.monotonic() + _KEPT_SECONDS if rows else 0.0
