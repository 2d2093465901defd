"""Opening the data of a server: its database, or all parts of the server."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from landingpad.operations.errors import NotFound, Refused
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import HEAD, current_revision
from landingpad.store.people import portals
from landingpad.store.records import PortalRow

if TYPE_CHECKING:
    from landingpad.server.parts import Parts


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database of a server, which may be running.

    Raises:
        NotFound: no server was started on this data yet.
        Refused: the database belongs to another release.

    """
    with Database(database_url(settings.data, settings.database_url)) as db:
        _check(db, settings)
        yield db


@contextmanager
def open_parts(settings: Settings) -> "Iterator[Parts]":
    """Open the parts of a server, with the address at which it was started last.

    Raises:
        NotFound: no server was started on this data yet.
        Refused: the database belongs to another release.

    """
    from landingpad.server.parts import Parts  # noqa: PLC0415  # what needs the database alone does not wait for it

    url = urlsplit(last_address(settings.data) or "http://localhost:8080")
    default = 443 if url.scheme == "https" else 80
    with closing(Parts(settings, scheme=url.scheme, port=url.port or default)) as parts:
        _check(parts.db, settings)
        yield parts


def last_address(data: Path) -> str:
    """Return the address at which the server of a data folder was started last, or an empty text."""
    try:
        return str(json.loads((data / "portal.json").read_bytes())["url"])
    except (OSError, ValueError, KeyError):
        return ""


def find_portal(tx: Tx, host: str = "") -> PortalRow:
    """Return the portal with a host name; without one the first portal.

    Raises:
        NotFound: there is none.

    """
    found = portals.by_domain(tx, host.lower()) if host else portals.first(tx)
    if found is None:
        there = ", ".join(portal.domain for portal in portals.every(tx))
        raise NotFound(f"There is no portal {host!r}. There are: {there}.")
    return found


def first_portal(parts: "Parts") -> int:
    """Return the id of the first portal, on which commands for sites, pages and pictures work.

    Raises:
        NotFound: there is none.

    """
    portal_id = parts.portals.find("")
    if portal_id is None:
        raise NotFound("There is no portal yet: start `landingpad serve` once.")
    return portal_id


def _check(db: Database, settings: Settings) -> None:
    """Refuse a database without a portal and one of another release: only a start of the server upgrades it."""
    revision = current_revision(db)
    if revision not in {None, HEAD}:
        raise Refused(
            f"The database is at {revision}, this release works with {HEAD}. Start `landingpad serve` of this release "
            "first: it upgrades the database."
        )
    if revision is None or db.read_here(portals.first) is None:
        where = "the PostgreSQL database" if settings.database_url else settings.data
        raise NotFound(f"There is no portal in {where} yet: start `landingpad serve` once.")
