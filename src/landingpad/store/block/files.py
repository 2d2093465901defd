"""Rows of uploaded files; their bytes are in the media store."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.records import File
from landingpad.store.tables.site import files

_BY_ID = Query(select(files).where(files.c.id == bindparam("id"), files.c.portal_id == bindparam("portal_id")), File)


def find(tx: Tx, portal_id: int, file_id: int) -> File | None:
    """Return an uploaded file."""
    return tx.one(_BY_ID, id=file_id, portal_id=portal_id)
