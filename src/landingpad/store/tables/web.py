"""Tables of browser sessions and one-time sign-in links.

The conventions are those of `tables.site`.
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
    Column("address", Text, nullable=False),  # of the peer at sign-in
    Column("agent", Text, nullable=False),  # User-Agent of the browser
    Column("seen_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),  # at the latest; an unused session ends earlier
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
