"""Listings: SQL is built once for each shape, and the last used shapes are cached."""

from typing import Any

from sqlalchemy import Select, bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing
from landingpad.store.tables.site import sites
from support.portal import Portal

BASE = select(sites.c.id, sites.c.code).where(sites.c.portal_id == bindparam("portal_id"))


class Counting(Lister):
    """Records the column of the condition of each built shape."""

    def __init__(self, kept_shapes: int) -> None:
        columns = {name: sites.c[name] for name in ("id", "code", "title")}
        super().__init__(BASE, tuple, columns, kept_shapes=kept_shapes)
        self.compiled: list[str] = []

    def _select(self, listing: Listing) -> Select[Any]:
        self.compiled.append(listing.conditions[0].column)
        return super()._select(listing)


def ask(portal: Portal, lister: Lister, column: str, value: Any) -> list[Any]:
    def read(tx: Tx) -> list[Any]:
        return lister.rows(tx, Listing([Condition(column, "in", (value,))]), portal_id=portal.id)

    found: list[Any] = portal.parts.db.read_here(read)
    return found


async def test_a_shape_is_compiled_once_whatever_its_values(portal: Portal) -> None:
    site_id = await portal.site("acme")
    lister = Counting(kept_shapes=2)
    assert ask(portal, lister, "code", "acme") == [(site_id, "acme")]
    assert ask(portal, lister, "code", "other") == []
    assert lister.compiled == ["code"]


def test_a_shape_in_use_outlives_one_that_was_used_once(portal: Portal) -> None:
    lister = Counting(kept_shapes=2)
    for column in ("id", "code", "id", "title", "id"):
        ask(portal, lister, column, "1" if column != "id" else 1)
    assert lister.compiled == ["id", "code", "title"], "the use of `id` keeps it in the cache when `title` is added"


def test_the_cache_keeps_no_more_shapes_than_configured(portal: Portal) -> None:
    lister = Counting(kept_shapes=2)
    for column in ("id", "code", "title", "id"):
        ask(portal, lister, column, "1" if column != "id" else 1)
    assert lister.compiled == ["id", "code", "title", "id"], "`title` replaces `id` in the cache"
