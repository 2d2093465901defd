"""Tables of applications: grants, tokens, options, event handlers, placements.

The conventions are those of `tables.site`.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, true

from landingpad.store.db.columns import Id, Time, metadata
from landingpad.store.db.columns import id_column as _id
from landingpad.store.db.columns import portal_column as _portal

apps = Table(
    "apps",
    metadata,
    _id(),
    _portal(),
    Column("client_id", Text, nullable=False, unique=True),
    Column("secret_hash", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # comma separated
    Column("redirect_uri", Text, nullable=False),  # for the browser after sign-in; also receives ONAPPINSTALL
    Column("handler_url", Text, nullable=False, server_default=""),  # its page in the portal; "" for none
    Column("install_url", Text, nullable=False, server_default=""),  # shown until it is installed; "" for none
    Column("is_installed", Boolean, nullable=False, server_default=true()),
    Column("user_ids", Text, nullable=False, server_default=""),  # comma separated; "" for every user
    Column("application_token", Text, nullable=False),  # proves to its handlers that this server calls
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Time, nullable=False),
    Index(None, "portal_id"),
    sqlite_autoincrement=True,
)

app_starts = Table(  # users who have opened an application, which is told of each user's first time
    "app_starts",
    metadata,
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("created_at", Time, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    _id(),
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", Text, unique=True),  # of its authorization code; NULL for a direct grant
    Column("code_expires_at", Time),
    Column("code_used_at", Time),
    Column("revoked_at", Time),
    Column("created_at", Time, nullable=False),
    Index(None, "app_id", "user_id"),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _portal(),
    Column("grant_id", Id, ForeignKey("grants.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),  # access, refresh
    Column("token_hash", Text, nullable=False, unique=True),
    Column("expires_at", Time, nullable=False),
    Column("replaced_at", Time),  # when a refresh token was used; it works a while longer, for lost answers
    Column("created_at", Time, nullable=False),
    Index(None, "grant_id", "expires_at"),
    sqlite_autoincrement=True,
)

app_options = Table(
    "app_options",
    metadata,
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("user_id", Id, primary_key=True, autoincrement=False),  # 0 for values of the application itself
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
)

event_handlers = Table(
    "event_handlers",
    metadata,
    _id(),
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False),
    Column("event", Text, nullable=False),  # upper case
    Column("handler", Text, nullable=False),  # address; "" for an offline event
    Column("user_id", Id, nullable=False),  # whose tokens it gets; 0 for the user who causes the event
    Column("is_offline", Boolean, nullable=False, server_default=false()),
    Column("connector", Text, nullable=False, server_default=""),
    Column("options", Text, nullable=False, server_default="{}"),  # JSON
    Column("is_entrusted", Boolean, nullable=False, server_default=false()),  # an administrator bound it
    Column("created_at", Time, nullable=False),
    UniqueConstraint(
        "app_id", "event", "handler", "user_id", "is_offline", "connector", name="uq_event_handlers_binding"
    ),
    Index(None, "portal_id", "event"),
    sqlite_autoincrement=True,
)

offline_events = Table(
    "offline_events",
    metadata,
    _id(),
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False),
    Column("event", Text, nullable=False),
    Column("connector", Text, nullable=False, server_default=""),
    Column("message_id", Text, nullable=False),  # equal for events about one object
    Column("data", Text, nullable=False),  # JSON
    Column("process_id", Text, nullable=False, server_default=""),
    Column("has_error", Boolean, nullable=False, server_default=false()),
    Column("created_at", Time, nullable=False),
    UniqueConstraint("app_id", "connector", "message_id", "process_id", name="uq_offline_events_message"),
    sqlite_autoincrement=True,
)

placements = Table(
    "placements",
    metadata,
    _id(),
    _portal(),
    Column("app_id", Id, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False),
    Column("placement", Text, nullable=False),  # upper case
    Column("handler", Text, nullable=False),
    Column("user_id", Id, nullable=False),  # 0 for everybody
    Column("title", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("group_name", Text, nullable=False, server_default=""),
    Column("languages", Text, nullable=False, server_default="{}"),  # JSON: TITLE, DESCRIPTION, GROUP_NAME by language
    Column("options", Text, nullable=False, server_default="{}"),  # JSON
    Column("is_entrusted", Boolean, nullable=False, server_default=false()),  # an administrator bound it
    Column("created_at", Time, nullable=False),
    UniqueConstraint("app_id", "placement", "handler", "user_id", name="uq_placements_binding"),
    Index(None, "portal_id", "placement"),
    sqlite_autoincrement=True,
)
