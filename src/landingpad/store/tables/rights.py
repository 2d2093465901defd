"""Tables of groups, roles and rights. The conventions are those of `tables.site`.

A site id of 0 stands for every site that has no settings of its own.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from landingpad.store.db.columns import Id, Time, metadata
from landingpad.store.db.columns import id_column as _id
from landingpad.store.db.columns import portal_column as _portal

groups = Table(
    "groups",
    metadata,
    _id(),  # starts at 11, since G1 and G2 are administrators and everybody on any portal
    _portal(),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # user: access code G<id>; work: SG<id>
    Column("created_at", Time, nullable=False),
    Index(None, "portal_id"),
    sqlite_autoincrement=True,
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", Id, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _portal(),
    Column("position", Text, nullable=False, server_default="K"),  # A owner, E moderator, K member
    Index(None, "user_id"),
)

site_rights = Table(
    "site_rights",
    metadata,
    Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", Id, primary_key=True, autoincrement=False),  # or 0
    Column("code", Text, primary_key=True),  # access code that has the rights
    Column("operations", Text, nullable=False),  # comma separated: "denied" alone, or "read" and others
    Index(None, "portal_id", "code", "site_id"),
)

roles = Table(
    "roles",
    metadata,
    _id(),
    _portal(),
    Column("section", Text, nullable=False),  # SITES, KNOWLEDGE, GROUP or MAINPAGE
    Column("title", Text, nullable=False),
    Column("xml_id", Text, nullable=False),
    Column("additional", Text, nullable=False, server_default=""),  # comma separated: menu24, create, admin
    Column("created_at", Time, nullable=False),
    UniqueConstraint("portal_id", "section", "xml_id"),
    sqlite_autoincrement=True,
)

role_codes = Table(
    "role_codes",
    metadata,
    Column("role_id", Id, ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("code", Text, primary_key=True),  # access code that has the role
    _portal(),
    Index(None, "portal_id", "code"),
)

role_rights = Table(
    "role_rights",
    metadata,
    Column("role_id", Id, ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("site_id", Id, primary_key=True, autoincrement=False),  # or 0
    _portal(),
    Column("operations", Text, nullable=False),  # comma separated: "denied" alone, or "read" and others
    Index(None, "portal_id", "site_id"),
)
