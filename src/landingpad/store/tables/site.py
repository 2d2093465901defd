"""Tables of portals, users, sites, pages and blocks, for SQLite and PostgreSQL.

Times are whole milliseconds since 1970-01-01 UTC, so that both engines return integers. Every row has a `portal_id`.
Ids are unique in the database, not per portal, and the id of a deleted row is never reused (`sqlite_autoincrement`).
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from landingpad.store.db.columns import Id, Time, metadata, partial_index
from landingpad.store.db.columns import id_column as _id
from landingpad.store.db.columns import portal_column as _portal
from landingpad.store.records import PROFILE

portals = Table(
    "portals",
    metadata,
    _id(),
    Column("domain", Text, nullable=False, unique=True),  # host name without port, lower case
    Column("title", Text, nullable=False),
    Column("member_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default="active"),  # active, overloaded, deleted
    Column("plan", Text, nullable=False, server_default="basic"),  # free, basic, enterprise: decides about limits
    Column("role_model", Boolean, nullable=False, server_default=false()),  # false for the extended model of rights
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("language", Text, nullable=False, server_default="en"),
    Column("signing_key", Text, nullable=False),  # for addresses that show content that is not public
    Column("created_at", Time, nullable=False),
    sqlite_autoincrement=True,
)

departments = Table(
    "departments",
    metadata,
    _id(),
    _portal(),
    Column("name", Text, nullable=False),
    Column("sort", Integer, nullable=False, server_default="500"),
    Column("parent_id", Id),
    Column("head_id", Id),  # a user
    Index(None, "portal_id"),
    sqlite_autoincrement=True,
)

users = Table(
    "users",
    metadata,
    _id(),
    _portal(),
    Column("login", Text, nullable=False),
    Column("password_hash", Text),
    Column("name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("is_admin", Boolean, nullable=False, server_default=false()),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("is_extranet", Boolean, nullable=False, server_default=false()),  # whether from outside the company
    Column("department_id", Id, ForeignKey("departments.id")),  # further ones are rows of further_departments
    Column("last_login_at", Time),
    Column("created_at", Time, nullable=False),
    Column("changed_at", Time),
    *(Column(name, Text, nullable=False, server_default="") for name in PROFILE),
    UniqueConstraint("portal_id", "login"),
    sqlite_autoincrement=True,
)

further_departments = Table(
    "further_departments",  # of users in several departments; the first one is users.department_id
    metadata,
    _portal(),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("department_id", Id, ForeignKey("departments.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Index(None, "department_id"),
)

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _portal(),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("scopes", Text, nullable=False),  # comma separated
    Column("expires_at", Time),
    Column("revoked_at", Time),
    Column("created_at", Time, nullable=False),
    Column("used_at", Time),  # precise to the minute
    Index(None, "portal_id", "user_id"),
    sqlite_autoincrement=True,
)

domains = Table(
    "domains",
    metadata,
    _id(),
    _portal(),
    Column("host", Text, nullable=False, unique=True),  # without port, lower case
    Column("is_own", Boolean, nullable=False, server_default=false()),  # chosen by the user, not made from the code
    Column("created_at", Time, nullable=False),
    sqlite_autoincrement=True,
)

sites = Table(
    "sites",
    metadata,
    _id(),
    _portal(),
    Column("type", Text, nullable=False),
    Column("code", Text, nullable=False),  # without slashes
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("xml_id", Text),
    Column("active", Boolean, nullable=False, server_default=false()),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("domain_id", Id, ForeignKey("domains.id"), nullable=False),
    Column("language", Text),
    Column("template_id", Id),
    Column("index_page_id", Id),
    Column("not_found_page_id", Id),
    Column("unavailable_page_id", Id),
    Column(
        "settings_version", Integer, nullable=False, server_default="0"
    ),  # counts changes that outdate published pages
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    Column("deleted_at", Time),
    Column("own_rights", Boolean, nullable=False, server_default=false()),  # whether site_rights has rows for the site
    UniqueConstraint("portal_id", "type", "code"),
    Index(None, "portal_id", "deleted", "id"),
    Index(None, "portal_id", "own_rights", "id"),
    Index(None, "domain_id"),
    partial_index(None, "deleted_at", where="deleted_at IS NOT NULL"),  # finds old trash
    sqlite_autoincrement=True,
)

folders = Table(
    "folders",
    metadata,
    _id(),
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", Id),
    Column("title", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=false()),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("index_page_id", Id),
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    Column("deleted_at", Time),
    Index(None, "site_id", "code"),
    partial_index(None, "deleted_at", where="deleted_at IS NOT NULL"),  # finds old trash
    sqlite_autoincrement=True,
)

pages = Table(
    "pages",
    metadata,
    _id(),
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), nullable=False),
    Column("folder_id", Id),
    Column("title", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("description", Text),
    Column("xml_id", Text),
    Column("active", Boolean, nullable=False, server_default=false()),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("in_sitemap", Boolean, nullable=False, server_default=false()),
    Column("is_folder", Boolean, nullable=False, server_default=false()),
    Column("rule", Text),
    Column("template_id", Id),
    Column("public_version_id", Id),
    Column("preview_key", Text),  # media key of the newest picture of the public version
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    Column("published_at", Time),
    Column("deleted_at", Time),
    Index(None, "site_id", "code"),
    Index(None, "portal_id", "id"),
    Index(None, "portal_id", "site_id", "id"),
    partial_index(None, "deleted_at", where="deleted_at IS NOT NULL"),  # finds old trash
    sqlite_autoincrement=True,
)

page_versions = Table(
    "page_versions",
    metadata,
    _id(),
    _portal(),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("publication", Integer, nullable=False),  # number of the publication; a new rendering keeps it
    Column("settings_version", Integer, nullable=False),  # of the site at the time of rendering
    Column("content_hash", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("blocks", Text, nullable=False),  # the public blocks as JSON, so that a publication can be undone
    Column("own_code", Boolean, nullable=False),  # whether it has scripts of the author
    Column("created_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    UniqueConstraint("page_id", "number"),
    sqlite_autoincrement=True,
)

blocks = Table(
    "blocks",
    metadata,
    _id(),
    _portal(),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE")),  # NULL for a saved block
    Column("is_public", Boolean, nullable=False, server_default=false()),
    Column("draft_id", Id),  # the draft block that a public one was copied from
    Column("code", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sort", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("anchor", Text),
    Column("access", Text, nullable=False, server_default="X"),
    Column("designed", Boolean, nullable=False, server_default=false()),
    Column("xml_id", Text, nullable=False, server_default=""),
    Column("wrapper", Text, nullable=False, server_default=""),  # attributes of the element around the block, as JSON
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    Index(None, "page_id", "is_public", "sort"),
    Index(None, "portal_id", "code"),  # finds the uses of a registered block
    sqlite_autoincrement=True,
)

additional_fields = Table(
    "additional_fields",
    metadata,
    Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE"), nullable=False),
    Column("owner", Text, primary_key=True),  # "site" or "page"
    Column("owner_id", Id, primary_key=True, autoincrement=False),
    Column("code", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

template_refs = Table(
    "template_refs",
    metadata,
    _portal(),
    Column("owner", Text, primary_key=True),  # "site" or "page"
    Column("owner_id", Id, primary_key=True, autoincrement=False),
    Column("area", Integer, primary_key=True, autoincrement=False),
    Column("page_id", Id, nullable=False),  # its blocks fill the area
    Index(None, "page_id"),
)

special_pages = Table(
    "special_pages",
    metadata,
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("type", Text, primary_key=True),  # mainpage, catalog, cart ...
    Column("page_id", Id, nullable=False),  # 0 for no page, as in the API
    Index(None, "page_id"),
)

site_bindings = Table(
    "site_bindings",
    metadata,
    Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # "menu" or "group"
    Column("target", Text, primary_key=True),  # code of the menu or id of the group
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Index(None, "site_id"),
)

demo_templates = Table(
    "demo_templates",
    metadata,
    _id(),
    _portal(),
    Column("application", Text, nullable=False, server_default=""),  # that registered it; "" for webhooks
    Column("xml_id", Text, nullable=False),
    Column(
        "parent", Text, nullable=False, server_default=""
    ),  # code of the site template that a page was registered with
    Column("use", Text, nullable=False),  # S for a site, P for a page
    Column("type", Text, nullable=False),  # of site in lower case
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("in_list", Boolean, nullable=False, server_default=true()),
    Column("preview_url", Text, nullable=False, server_default=""),
    Column("preview", Text, nullable=False, server_default=""),
    Column("preview2x", Text, nullable=False, server_default=""),
    Column("preview3x", Text, nullable=False, server_default=""),
    Column("manifest", Text, nullable=False),  # an export of landing.site.fullExport, as JSON
    Column("translations", Text),  # JSON
    Column("site_template", Text),
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    UniqueConstraint("portal_id", "application", "xml_id", "use"),
    sqlite_autoincrement=True,
)

old_addresses = Table(
    "old_addresses",
    metadata,
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    Column("page_id", Id, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),  # that was published there
    Column("created_at", Time, nullable=False),
    Index(None, "page_id"),
)

old_hosts = Table(
    "old_hosts",
    metadata,
    _portal(),
    Column("host", Text, primary_key=True),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), nullable=False),  # that had the host
    Column("created_at", Time, nullable=False),
    Index(None, "site_id"),
)

repo_blocks = Table(
    "repo_blocks",
    metadata,
    _id(),
    _portal(),
    Column("application", Text, nullable=False),  # that registered it; "" for webhooks
    Column("xml_id", Text, nullable=False),  # the code given by its author
    Column(
        "registered", Boolean, nullable=False, server_default=true()
    ),  # false for a deleted block that is still on pages
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("sections", Text, nullable=False),  # comma separated
    Column("site_template_id", Text),
    Column("preview", Text, nullable=False, server_default=""),
    Column("manifest", Text, nullable=False),  # JSON
    Column("content", Text, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("modified_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    partial_index(
        "uq_repo_blocks_code",
        "portal_id",
        "application",
        "xml_id",
        unique=True,
        where="registered",
    ),
    sqlite_autoincrement=True,
)

saved_blocks = Table(
    "saved_blocks",
    metadata,
    Column("block_id", Id, ForeignKey("blocks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _portal(),
    Column("name", Text, nullable=False),
    Column("sections", Text, nullable=False),  # comma separated
    Column("preview_file_id", Id),
    Column("template_code", Text, nullable=False, server_default=""),
    Index(None, "portal_id"),
)

files = Table(
    "files",
    metadata,
    _id(),
    _portal(),
    Column("block_id", Id, ForeignKey("blocks.id", ondelete="SET NULL")),  # the block it was uploaded for
    Column("name", Text, nullable=False),
    Column("media_key", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("created_by", Id, nullable=False),
    Column("created_at", Time, nullable=False),
    Index(None, "block_id"),
    sqlite_autoincrement=True,
)

form_entries = Table(
    "form_entries",
    metadata,
    _id(),
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), nullable=False),
    Column("page_id", Id, nullable=False),
    Column("block_id", Id, nullable=False),  # of the public page
    Column("fields", Text, nullable=False),  # JSON: a list of [name, value]
    Column("created_at", Time, nullable=False),
    Index(None, "site_id", "id"),
    sqlite_autoincrement=True,
)

held_forms = Table(  # messages that forms held back; nothing of them is stored
    "held_forms",
    metadata,
    _portal(),
    Column("site_id", Id, ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("reason", Text, primary_key=True),  # sender, site, trap
    Column("count", Integer, nullable=False),
)
