"""What the person who runs a server does with it beside running it."""

import json
from typing import NamedTuple

from sqlalchemy import bindparam, select

from landingpad.domain.portals import add_webhook
from landingpad.render.browser import find_chromium
from landingpad.render.picture import ChromiumMissing
from landingpad.settings import Settings
from landingpad.store.engine import Database, Tx, database_url
from landingpad.store.migrate import HEAD, current_revision, migrate
from landingpad.store.query import Query
from landingpad.store.tables import users

_USER_PORTAL = Query(select(users.c.portal_id).where(users.c.id == bindparam("id")), tuple)


class UnknownUserError(ValueError):
    """There is no such user."""


class Finding(NamedTuple):
    """One thing that was examined."""

    subject: str
    is_good: bool
    text: str


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
