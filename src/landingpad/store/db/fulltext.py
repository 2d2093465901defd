"""Full-text search in memory, whichever database the portal uses: for pages shipped with the program."""

import sqlite3
from collections.abc import Mapping, Sequence
from threading import Lock


class FullTextIndex:
    """Texts under keys, each in the same fields: an SQLite FTS5 table. May be used by several threads."""

    def __init__(self, fields: Sequence[str], texts: Mapping[str, Sequence[str]]) -> None:
        """Index texts: key -> one text for each field. A few hundred take milliseconds."""
        names = ", ".join(("key UNINDEXED", *fields))
        scores = ", ".join(
            f"-bm25(texts, 0, {', '.join('1' if other == field else '0' for other in fields)})" for field in fields
        )
        places = ", ".join("?" for _ in ("key", *fields))
        self._lock = Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(f"CREATE VIRTUAL TABLE texts USING fts5({names}, tokenize = 'porter unicode61')")
        self._db.executemany(
            f"INSERT INTO texts VALUES ({places})",  # noqa: S608  # question marks only
            [(key, *parts) for key, parts in texts.items()],
        )
        self._match = f"SELECT key, {scores} FROM texts WHERE texts MATCH ?"  # noqa: S608  # numbers only

    def match(self, word: str) -> dict[str, tuple[float, ...]]:
        """Return the texts that hold a word in any form, and how well it fits each field: more is better, 0 is not."""
        with self._lock:
            rows = self._db.execute(self._match, ('"' + word.replace('"', '""') + '"',)).fetchall()
        return {key: tuple(scores) for key, *scores in rows}

    def close(self) -> None:
        """Drop the index."""
        self._db.close()
