"""Rows of entries that visitors sent through forms."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import FormEntry
from landingpad.store.tables.site import form_entries

_OF_SITE = (
    select(form_entries)
    .where(form_entries.c.site_id == bindparam("site_id"), form_entries.c.portal_id == bindparam("portal_id"))
    .order_by(form_entries.c.id.desc())
)
_NEWEST = Query(_OF_SITE.limit(bindparam("most")), FormEntry)
_NTH_NEWEST = Query(_OF_SITE.limit(1).offset(bindparam("skipped")), FormEntry)
_DELETE = Statement(form_entries.delete().where(form_entries.c.id == bindparam("id")))


def newest(tx: Tx, portal_id: int, site_id: int, *, most: int) -> list[FormEntry]:
    """Return the newest form entries of a site, newest first."""
    return tx.all(_NEWEST, portal_id=portal_id, site_id=site_id, most=most)


def time_of_nth_newest(tx: Tx, portal_id: int, site_id: int, number: int) -> int | None:
    """Return the time of the `number`-th newest entry, or None if there are fewer."""
    found = tx.one(_NTH_NEWEST, portal_id=portal_id, site_id=site_id, skipped=number - 1)
    return None if found is None else found.created_at


def add(tx: Tx, portal_id: int, *, site_id: int, page_id: int, block_id: int, fields: str, now_ms: int) -> int:
    """Store a form entry and return its id."""
    return tx.insert(
        form_entries,
        portal_id=portal_id,
        site_id=site_id,
        page_id=page_id,
        block_id=block_id,
        fields=fields,
        created_at=now_ms,
    )


def delete(tx: Tx, entry_id: int) -> bool:
    """Delete a form entry of any portal; return False if it is unknown. For the operator of the server."""
    return tx.run(_DELETE, id=entry_id) > 0
