"""What the person who runs a server does with it beside running it."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from landingpad.domain.people.portals import add_webhook
from landingpad.render.browser import find_chromium
from landingpad.render.picture import ChromiumMissing
from landingpad.settings import Settings
from landingpad.store.block import forms
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import HEAD, current_revision, migrate
from landingpad.store.db.query import Query
from landingpad.store.tables.site import sites, users

_SITE_PORTAL = Query(select(sites.c.portal_id).where(sites.c.id == bindparam("id")), tuple)
_USER_PORTAL = Query(select(users.c.portal_id).where(users.c.id == bindparam("id")), tuple)


class UnknownUserError(ValueError):
    """There is no such user."""


class UnknownSiteError(ValueError):
    """There is no such site."""


class ShownEntry(NamedTuple):
    """Something that a visitor sent through a form."""

    id: int
    sent_at: datetime
    page_id: int
    fields: list[tuple[str, str]]

    def as_text(self) -> str:
        """Return it for people; what a terminal would obey instead of showing it is escaped."""
        lines = "\n".join(f"  {_printable(name)}: {_printable(value)}" for name, value in self.fields)
        return f"#{self.id}  {self.sent_at:%Y-%m-%d %H:%M}  page {self.page_id}\n{lines}\n"

    def as_json(self) -> str:
        """Return it for programs."""
        fields = [{"name": name, "value": value} for name, value in self.fields]
        sent_at = self.sent_at.isoformat()
        return json.dumps({"id": self.id, "sent_at": sent_at, "page_id": self.page_id, "fields": fields})


class Finding(NamedTuple):
    """One thing that was examined."""

    subject: str
    is_good: bool
    text: str


def _printable(text: str) -> str:
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    return shown.replace("\n", "\n    ")


def create_webhook(
    settings: Settings, user_id: int, scopes: list[str], *, title: str, now_ms: int, expires_at: int | None
) -> str:
    """Make a webhook and return its address; a path alone while no server has said where it listens.

    Raises:
        UnknownUserError: there is no such user, or no portal yet.
        UnknownScopeError: there is no such scope.

    """
    with Database(database_url(settings.data, settings.database_url)) as db:
        if current_revision(db) is None:
            raise UnknownUserError(
                f"There is no portal in {settings.database_url or settings.data} yet: start `landingpad serve` once."
            )
        migrate(db)

        def work(tx: Tx) -> str:
            found = tx.one(_USER_PORTAL, id=user_id)
            if found is None:
                raise UnknownUserError(f"There is no user {user_id}.")
            code = add_webhook(tx, found[0], user_id, scopes=scopes, title=title, now_ms=now_ms, expires_at=expires_at)
            return f"/rest/{user_id}/{code}/"

        path = db.write_here(work)
    try:
        url = str(json.loads((settings.data / "portal.json").read_bytes())["url"])
    except (OSError, ValueError, KeyError):
        url = ""
    return url + path


def form_entries(settings: Settings, site_id: int, *, most: int) -> list[ShownEntry]:
    """Return what visitors sent through the forms of a site, the newest first.

    Raises:
        UnknownSiteError: there is no such site.

    """

    def work(tx: Tx) -> list[ShownEntry]:
        portal = tx.one(_SITE_PORTAL, id=site_id)
        if portal is None:
            raise UnknownSiteError(f"There is no site {site_id}.")
        found = forms.newest(tx, portal[0], site_id, most=most)
        return [
            ShownEntry(
                entry.id, datetime.fromtimestamp(entry.created_at / 1000, UTC), entry.page_id, json.loads(entry.fields)
            )
            for entry in found
        ]

    with Database(database_url(settings.data, settings.database_url)) as db:
        if current_revision(db) is None:
            raise UnknownSiteError(f"There is no site {site_id}: {settings.data} holds no portal yet.")
        return db.read_here(work)


def delete_form_entry(settings: Settings, entry_id: int) -> bool:
    """Delete something that a visitor sent; False if there is no such entry."""
    with Database(database_url(settings.data, settings.database_url)) as db:
        return current_revision(db) is not None and db.write_here(lambda tx: forms.delete(tx, entry_id))


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that a server needs."""
    return [_data_folder(settings), _database(settings), _chromium(settings)]


def _data_folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(
            "data folder", False, f"{settings.data} cannot be written: {error.strerror}. Choose another one."
        )
    return Finding("data folder", True, str(settings.data.resolve()))


def _database(settings: Settings) -> Finding:
    try:
        with Database(database_url(settings.data, settings.database_url)) as db:
            revision = current_revision(db)
            kind = "PostgreSQL" if db.dialect == "postgresql" else "SQLite"
    except Exception as error:  # noqa: BLE001  # whatever the driver says is what has to be shown  # whatever the driver says is what has to be shown
        return Finding("database", False, f"cannot be opened: {error}")
    if revision is None:
        return Finding("database", True, f"{kind}, empty; the first start makes its tables")
    if revision != HEAD:
        return Finding("database", True, f"{kind}, at {revision}; the next start brings it to {HEAD}")
    return Finding("database", True, f"{kind}, up to date")


def _chromium(settings: Settings) -> Finding:

    try:
        path = find_chromium(settings.chromium)
    except ChromiumMissing as error:
        return Finding("Chromium", False, str(error))
    return Finding("Chromium", True, str(path))
