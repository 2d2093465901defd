"""Rows of uploaded files; their bytes are in the media store."""

import msgspec
from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.records import File
from landingpad.store.tables.site import files

_BY_ID = Query(select(files).where(files.c.id == bindparam("id"), files.c.portal_id == bindparam("portal_id")), File)


def find(tx: Tx, portal_id: int, file_id: int) -> File | None:
    """Return an uploaded file, or None."""
    return tx.one(_BY_ID, id=file_id, portal_id=portal_id)


def add(tx: Tx, file: File) -> File:
    """Store an uploaded file and return it with its id."""
    return msgspec.structs.replace(file, id=tx.insert_record(files, file))


def attach(tx: Tx, file: File, block_id: int | None) -> None:
    """Attach a file to a block, or with None detach it."""
    tx.update(files, file.portal_id, file.id, block_id=block_id)
