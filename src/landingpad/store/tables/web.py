"""The tables of people at the browser: who is signed in where, and links that sign in once.

The same conventions as in `tables`.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from landingpad.store.db.columns import Id, Time, metadata
from landingpad.store.db.columns import id_column as _id
from landingpad.store.db.columns import portal_column as _portal

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _portal(),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),  # of the peer at the sign-in
    Column("agent", Text, nullable=False),  # what the browser says it is
    Column("seen_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),  # at the latest; a session that is not used ends earlier
    Column("created_at", Time, nullable=False),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)

signin_links = Table(
    "signin_links",
    metadata,
    _id(),
    _portal(),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("expires_at", Time, nullable=False),
    Column("created_at", Time, nullable=False),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)
