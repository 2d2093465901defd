"""Full-text search in memory, for pages shipped with the program. Independent of the portal's database."""

import sqlite3
from collections.abc import Mapping, Sequence
from threading import Lock


class FullTextIndex:
    """A thread-safe index of texts with equal fields, in an SQLite FTS5 table."""

    def __init__(self, fields: Sequence[str], texts: Mapping[str, Sequence[str]]) -> None:
        """Index texts: key -> one text for each field. Hundreds of texts take milliseconds."""
        names = ", ".join(("key UNINDEXED", *fields))
        scores = ", ".join(
            f"-bm25(texts, 0, {', '.join('1' if other == field else '0' for other in fields)})" for field in fields
        )
        places = ", ".join("?" for _ in ("key", *fields))
        self._lock = Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(f"CREATE VIRTUAL TABLE texts USING fts5({names}, tokenize = 'porter unicode61')")
        self._db.executemany(
            f"INSERT INTO texts VALUES ({places})",  # noqa: S608  # interpolates only question marks
            [(key, *parts) for key, parts in texts.items()],
        )
        self._match = f"SELECT key, {scores} FROM texts WHERE texts MATCH ?"  # noqa: S608  # interpolates only numbers

    def match(self, word: str) -> dict[str, tuple[float, ...]]:
        """Return key -> score of each field, for texts with a form of a word. Higher is better, 0 is no match."""
        with self._lock:
            rows = self._db.execute(self._match, ('"' + word.replace('"', '""') + '"',)).fetchall()
        return {key: tuple(scores) for key, *scores in rows}

    def close(self) -> None:
        """Drop the index."""
        self._db.close()
