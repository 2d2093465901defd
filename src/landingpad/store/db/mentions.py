"""Addresses of media files in texts: in the HTML of blocks and pages, in templates, in fields."""

import re
from collections.abc import Iterable

import sqlalchemy as sa

from landingpad.store.db.columns import state_tables
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement

_ADDRESS = re.compile(r"_media\\?/([0-9a-f]{64}\.[a-z0-9]{2,5})")
_KEYS = frozenset({"media_key", "preview_key"})


def not_mentioned(tx: Tx, keys: Iterable[str]) -> set[str]:
    """Return those keys whose address is in no text of any row. Reads the texts of the whole database."""
    left = set(keys)
    for table in state_tables():
        columns = [column for column in table.c if isinstance(column.type, sa.Text) and column.name not in _KEYS]
        if not columns or not left:
            continue
        has_address = sa.or_(*(column.contains("_media", autoescape=True) for column in columns))
        for row in tx.each(Statement(sa.select(*columns).where(has_address))):
            for text in row:
                if text is not None and "_media" in text:
                    left.difference_update(_ADDRESS.findall(text))
    return left
