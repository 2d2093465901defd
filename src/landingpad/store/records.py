"""Rows as value classes. Field names and order match the columns, which is checked when a query is built."""

from datetime import UTC, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return a time zone by name, or UTC if this system does not know the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


class Stamp(NamedTuple):
    """User and time of a change to a row."""

    user_id: int
    now_ms: int

    def modified(self) -> dict[str, int]:
        """Return the columns to set on a change."""
        return {"modified_by": self.user_id, "modified_at": self.now_ms}

    def created(self) -> dict[str, int]:
        """Return the columns to set on a new row, including those of a change."""
        return {"created_by": self.user_id, "created_at": self.now_ms, **self.modified()}


class PortalRow(msgspec.Struct, frozen=True):
    id: int
    domain: str
    title: str
    member_id: str
    state: str
    time_zone: str
    language: str
    created_at: int
    plan: str = "basic"

    @property
    def zone(self) -> tzinfo:
        """The portal's time zone, or UTC if this system does not know its name."""
        return zone_of(self.time_zone)


class User(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    login: str
    name: str
    last_name: str
    email: str
    is_admin: bool
    is_active: bool


PROFILE = (
    "second_name",
    "personal_gender",
    "personal_profession",
    "personal_www",
    "personal_birthday",
    "personal_photo",
    "personal_icq",
    "personal_phone",
    "personal_fax",
    "personal_mobile",
    "personal_pager",
    "personal_street",
    "personal_city",
    "personal_state",
    "personal_zip",
    "personal_country",
    "personal_mailbox",
    "personal_notes",
    "work_phone",
    "work_company",
    "work_position",
    "work_department",
    "work_www",
    "work_fax",
    "work_pager",
    "work_street",
    "work_mailbox",
    "work_city",
    "work_state",
    "work_zip",
    "work_country",
    "work_profile",
    "work_logo",
    "work_notes",
    "skype_link",
    "zoom",
    "interests",
    "skills",
    "web_sites",
    "xing",
    "linkedin",
    "twitter",
    "skype",
    "district",
    "phone_inner",
    "facebook",
)
"""Columns of `users` with texts of their own choice. Birthdays are `1990-01-15`, pictures addresses of media files."""


class Person(msgspec.Struct, frozen=True):
    """A user with the fields of user.get."""

    id: int
    name: str
    last_name: str
    email: str
    is_admin: bool
    is_active: bool
    department_id: int | None
    last_login_at: int | None
    created_at: int
    is_extranet: bool


class Department(msgspec.Struct, frozen=True):
    id: int
    name: str
    sort: int
    parent_id: int | None
    head_id: int | None


class Application(msgspec.Struct, frozen=True):
    """An application without its secret."""

    id: int
    portal_id: int
    client_id: str
    title: str
    scopes: str
    redirect_uri: str
    handler_url: str
    install_url: str
    is_installed: bool
    user_ids: str
    application_token: str
    version: int
    created_at: int

    def is_open_to(self, user_id: int) -> bool:
        """Say whether a user may use the application."""
        return not self.user_ids or str(user_id) in self.user_ids.split(",")


class Grant(msgspec.Struct, frozen=True):
    """Permission for an application to act for a user."""

    id: int
    portal_id: int
    app_id: int
    user_id: int
    code_expires_at: int | None
    code_used_at: int | None
    revoked_at: int | None


class Token(msgspec.Struct, frozen=True):
    id: int
    grant_id: int
    kind: str
    expires_at: int
    replaced_at: int | None


class Domain(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    host: str
    is_own: bool
    created_at: int


class Site(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    type: str
    code: str
    title: str
    description: str | None
    xml_id: str | None
    active: bool
    deleted: bool
    domain_id: int
    language: str | None
    template_id: int | None
    index_page_id: int | None
    not_found_page_id: int | None
    unavailable_page_id: int | None
    settings_version: int
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int
    deleted_at: int | None
    own_rights: bool


class Folder(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    site_id: int
    parent_id: int | None
    title: str
    code: str
    active: bool
    deleted: bool
    index_page_id: int | None
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int
    deleted_at: int | None


class Page(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    site_id: int
    folder_id: int | None
    title: str
    code: str
    description: str | None
    xml_id: str | None
    active: bool
    deleted: bool
    in_sitemap: bool
    is_folder: bool
    rule: str | None
    template_id: int | None
    public_version_id: int | None
    preview_key: str | None
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int
    published_at: int | None
    deleted_at: int | None


class PageVersion(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    page_id: int
    number: int
    publication: int
    settings_version: int
    content_hash: str
    html: str
    blocks: str
    own_code: bool
    created_by: int
    created_at: int


class Block(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    page_id: int
    is_public: bool
    draft_id: int | None
    code: str
    content: str
    sort: int
    active: bool
    deleted: bool
    anchor: str | None
    access: str
    designed: bool
    xml_id: str
    wrapper: str
    """Attributes of the element around the block, as JSON; "" for none."""
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int


class Preview(msgspec.Struct, frozen=True):
    """A picture of a page, or the order for one."""

    id: int
    portal_id: int
    page_id: int
    content_hash: str
    width: int
    height: int
    scale: int
    color_scheme: str
    whole: bool
    thumbnail: int
    format: str
    state: str
    media_key: str | None
    problem: str | None
    publication: int
    priority: int
    wanted_at: int
    finished_at: int | None
    claimed_by: str | None
    claimed_until: int
    started_at: int
    attempts: int
    retry_at: int


class RepoBlock(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    application: str
    xml_id: str
    registered: bool
    active: bool
    name: str
    description: str
    sections: str
    site_template_id: str | None
    preview: str
    manifest: str
    content: str
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int


class File(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    block_id: int | None
    name: str
    media_key: str
    width: int
    height: int
    size: int
    created_by: int
    created_at: int


class FormEntry(msgspec.Struct, frozen=True):
    id: int
    portal_id: int
    site_id: int
    page_id: int
    block_id: int
    fields: str
    created_at: int


class Job(msgspec.Struct, frozen=True):
    """A claimed job."""

    id: int
    portal_id: int | None
    kind: str
    payload: str
    attempts: int
    """Earlier attempts."""
