"""Rows that count the messages which forms of a site held back, by day and reason."""

from enum import StrEnum

from sqlalchemy import bindparam, func, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.site import held_forms, sites

SHOWN_DAYS = 30
_DAY_MS = 86_400_000


class Reason(StrEnum):
    """Why a message was held back."""

    SENDER = "sender"
    """Its sender had sent too many."""
    SITE = "site"
    """The site had received too many."""
    TRAP = "trap"
    """It filled the field that people do not see."""


_AT = (
    held_forms.c.portal_id == bindparam("portal_id"),
    held_forms.c.site_id == bindparam("site_id"),
    held_forms.c.day == bindparam("day"),
    held_forms.c.reason == bindparam("reason"),
)
_KNOWN = Query(select(held_forms.c.count).where(*_AT), tuple)
_SITE = Query(
    select(sites.c.id).where(sites.c.id == bindparam("site_id"), sites.c.portal_id == bindparam("portal_id")), tuple
)
_FORGET = Statement(held_forms.delete().where(*_AT))
_SINCE = Query(
    select(held_forms.c.reason, func.sum(held_forms.c.count))
    .where(
        held_forms.c.portal_id == bindparam("portal_id"),
        held_forms.c.site_id == bindparam("site_id"),
        held_forms.c.day >= bindparam("day"),
    )
    .group_by(held_forms.c.reason),
    tuple,
)


def day_of(moment_ms: int) -> int:
    """Return the number of a day since 1970."""
    return moment_ms // _DAY_MS


def add(tx: Tx, portal_id: int, site_id: int, day: int, reason: Reason, *, count: int) -> None:
    """Add to the count of a day; nothing for a site that no longer exists."""
    if tx.one(_SITE, portal_id=portal_id, site_id=site_id) is None:
        return
    row = {"portal_id": portal_id, "site_id": site_id, "day": day, "reason": reason.value}
    known = tx.one(_KNOWN, **row)
    tx.run(_FORGET, **row)
    tx.insert(held_forms, **row, count=count + (0 if known is None else known[0]))


def lately(tx: Tx, portal_id: int, site_id: int, now_ms: int) -> dict[Reason, int]:
    """Return the counts by reason of the last SHOWN_DAYS days."""
    day = day_of(now_ms) - SHOWN_DAYS
    return {
        Reason(reason): int(count) for reason, count in tx.all(_SINCE, portal_id=portal_id, site_id=site_id, day=day)
    }
