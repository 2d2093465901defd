"""Files of pictures without a row. They are deleted later, unless they are used again by then."""

from sqlalchemy import bindparam, delete, exists, insert, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.tables.preview import forgotten_media, previews
from landingpad.store.tables.site import files

AT_A_TIME = 500
_IS_KNOWN = Statement(select(forgotten_media.c.media_key).where(forgotten_media.c.media_key == bindparam("key")))
_ADD = Statement(insert(forgotten_media).values(media_key=bindparam("key"), forgotten_at=bindparam("at")))
_DUE = Statement(
    select(
        forgotten_media.c.media_key,
        exists().where(previews.c.media_key == forgotten_media.c.media_key),
        exists().where(files.c.media_key == forgotten_media.c.media_key),
    )
    .where(forgotten_media.c.forgotten_at < bindparam("before"))
    .order_by(forgotten_media.c.forgotten_at)
    .limit(AT_A_TIME)
)
_REMOVE = Statement(delete(forgotten_media).where(forgotten_media.c.media_key == bindparam("key")))


def add(tx: Tx, media_key: str, now: int) -> None:
    """Add a file whose row was deleted."""
    if tx.one(_IS_KNOWN, key=media_key) is None:
        tx.run(_ADD, key=media_key, at=now)


def due(tx: Tx, *, before: int) -> list[tuple[str, bool]]:
    """Return up to `AT_A_TIME` files that were added before a time, each with whether it is used again."""
    return [(key, bool(shown or uploaded)) for key, shown, uploaded in tx.all(_DUE, before=before)]


def remove(tx: Tx, media_key: str) -> None:
    """Remove a file from the list."""
    tx.run(_REMOVE, key=media_key)
