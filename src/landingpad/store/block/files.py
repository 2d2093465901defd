"""Rows of uploaded files; their bytes are in the media store."""

import msgspec
from sqlalchemy import Text, bindparam, cast, delete, exists, not_, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import File
from landingpad.store.tables.site import additional_fields, files, saved_blocks


class Unattached(msgspec.Struct):
    """An uploaded file of no block."""

    id: int
    portal_id: int
    media_key: str


_BY_ID = Query(select(files).where(files.c.id == bindparam("id"), files.c.portal_id == bindparam("portal_id")), File)
_ID_IN_FIELD = exists().where(additional_fields.c.value == cast(files.c.id, Text))
_ID_IN_SAVED_BLOCK = exists().where(saved_blocks.c.preview_file_id == files.c.id)
_UNATTACHED = Query(
    select(files.c.id, files.c.portal_id, files.c.media_key)
    .where(
        files.c.block_id.is_(None),
        files.c.created_at < bindparam("before"),
        not_(_ID_IN_FIELD),
        not_(_ID_IN_SAVED_BLOCK),
    )
    .order_by(files.c.id)
    .limit(bindparam("most")),
    Unattached,
)
_REMOVE_UNATTACHED = Statement(
    delete(files).where(
        files.c.id == bindparam("file_id"),
        files.c.portal_id == bindparam("of_portal"),
        files.c.block_id.is_(None),
        not_(_ID_IN_FIELD),
        not_(_ID_IN_SAVED_BLOCK),
    )
)


def find(tx: Tx, portal_id: int, file_id: int) -> File | None:
    """Return an uploaded file, or None."""
    return tx.one(_BY_ID, id=file_id, portal_id=portal_id)


def add(tx: Tx, file: File) -> File:
    """Store an uploaded file and return it with its id."""
    return msgspec.structs.replace(file, id=tx.insert_record(files, file))


def attach(tx: Tx, file: File, block_id: int | None) -> None:
    """Attach a file to a block, or with None detach it."""
    tx.update(files, file.portal_id, file.id, block_id=block_id)


def unattached(tx: Tx, *, before: int, most: int) -> list[Unattached]:
    """Return files of all portals that were uploaded before a time and that no block and no field refers to by id."""
    return tx.all(_UNATTACHED, before=before, most=most)


def remove_unattached(tx: Tx, file: Unattached) -> None:
    """Remove the row of a file, unless a block or a field refers to it by now."""
    tx.run(_REMOVE_UNATTACHED, file_id=file.id, of_portal=file.portal_id)
