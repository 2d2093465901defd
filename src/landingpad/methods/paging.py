"""Lists that are read 50 rows at a time (how-to-call-rest-api/list-methods-pecularities.md)."""

from collections.abc import Callable
from typing import Any, Protocol

from landingpad.rpc.call import Call, Paged
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Listing

PAGE_SIZE = 50
_UNCOUNTED = -1


class Pages(Protocol):
    """Rows of one kind that can be listed and counted."""

    def rows(self, tx: Tx, portal_id: int, listing: Listing) -> list[Any]:
        """Return the rows."""
        ...

    def count(self, tx: Tx, portal_id: int, listing: Listing) -> int:
        """Return how many rows fit, whatever the limit."""
        ...


def page(call: Call, pages: Pages, listing: Listing, start: int | None, write: Callable[[Any], Any]) -> Paged:
    """Return one page; `start` -1 leaves out counting, and says neither a total nor what is next."""
    counted = start != _UNCOUNTED
    offset = max(0, start or 0)
    rows = pages.rows(call.tx, call.portal_id, listing._replace(limit=PAGE_SIZE, offset=offset))
    total = pages.count(call.tx, call.portal_id, listing) if counted else 0
    more = offset + PAGE_SIZE if counted and offset + PAGE_SIZE < total else None
    return Paged([write(row) for row in rows], total=total, next=more)
