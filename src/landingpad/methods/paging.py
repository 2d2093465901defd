"""Lists in pages of 50 rows (how-to-call-rest-api/list-methods-pecularities.md)."""

from collections.abc import Callable
from typing import Any, Protocol

from landingpad.rpc.call import Call, Paged
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Listing

PAGE_SIZE = 50
_UNCOUNTED = -1


class Listable(Protocol):
    """A table whose rows can be listed and counted."""

    def rows(self, tx: Tx, portal_id: int, listing: Listing) -> list[Any]:
        """Return the rows."""
        ...

    def count(self, tx: Tx, portal_id: int, listing: Listing) -> int:
        """Return the number of matching rows, ignoring the limit."""
        ...


def page(call: Call, table: Listable, listing: Listing, start: int | None, write: Callable[[Any], Any]) -> Paged:
    """Return one page of rows; with `start` -1 the rows are not counted, so `total` is 0 and `next` is missing."""
    counted = start != _UNCOUNTED
    offset = max(0, start or 0)
    rows = table.rows(call.tx, call.portal_id, listing._replace(limit=PAGE_SIZE, offset=offset))
    total = table.count(call.tx, call.portal_id, listing) if counted else 0
    more = offset + PAGE_SIZE if counted and offset + PAGE_SIZE < total else None
    return Paged([write(row) for row in rows], total=total, next=more)
