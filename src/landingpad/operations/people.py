"""What the person who runs a server does with people: users, groups, departments, and why they may do something."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from landingpad.domain.people import people
from landingpad.domain.people.explain import Explanation, explain
from landingpad.domain.people.people import POSITIONS, PeopleError
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import current_revision, migrate
from landingpad.store.people import groups
from landingpad.store.people import portals as portal_rows
from landingpad.store.people.groups import Account, Group

__all__ = ["Member", "NewUser", "Office", "PeopleError", "opened"]

_POSITION_NAMES = {code: name for name, code in POSITIONS.items()}


class NewUser(NamedTuple):
    """A user who was just made; the password is known only now."""

    id: int
    password: str | None


class Member(NamedTuple):
    """A member of a group."""

    user_id: int
    position: str


class Office:
    """The people of one portal. Every method raises PeopleError where what is asked for cannot be."""

    def __init__(self, db: Database, portal_id: int) -> None:
        self._db = db
        self._portal_id = portal_id

    def users(self) -> list[Account]:
        """Return all users."""
        return self._db.read_here(lambda tx: groups.accounts(tx, self._portal_id))

    def add_user(self, now_ms: int, *, with_password: bool, **values: Any) -> NewUser:
        """Make a user."""
        password = secrets.token_urlsafe(12) if with_password else None

        def work(tx: Tx) -> NewUser:
            user_id = people.add_user(tx, self._portal_id, now_ms=now_ms, password=password, **values)
            return NewUser(user_id, password)

        return self._db.write_here(work, portal_id=self._portal_id)

    def change_user(self, user_id: int, **values: Any) -> None:
        """Change a user; None: as before."""
        self._db.write_here(
            lambda tx: people.change_user(tx, self._portal_id, user_id, **values), portal_id=self._portal_id
        )

    def groups(self) -> list[Group]:
        """Return all groups."""
        return self._db.read_here(lambda tx: groups.of_portal(tx, self._portal_id))

    def members(self, group_id: int) -> list[Member]:
        """Return who is in a group."""
        found = self._db.read_here(lambda tx: groups.members(tx, self._portal_id, group_id))
        return [Member(user_id, _POSITION_NAMES[position]) for user_id, position in found.items()]

    def add_group(self, now_ms: int, *, name: str, kind: str) -> int:
        """Make a group."""
        return self._db.write_here(
            lambda tx: people.add_group(tx, self._portal_id, name=name, kind=kind, now_ms=now_ms),
            portal_id=self._portal_id,
        )

    def change_group(
        self, group_id: int, *, name: str | None, joining: Iterable[int], position: str, leaving: Iterable[int]
    ) -> None:
        """Rename a group, put users into it and take others out: all of it or nothing."""

        def work(tx: Tx) -> None:
            if name is not None:
                people.rename_group(tx, self._portal_id, group_id, name)
            for user_id in joining:
                people.join_group(tx, self._portal_id, group_id, user_id, position)
            for user_id in leaving:
                people.leave_group(tx, self._portal_id, group_id, user_id)

        self._db.write_here(work, portal_id=self._portal_id)

    def departments(self) -> list[tuple[int, str, int | None, int | None]]:
        """Return all departments: id, name, the one above it, its head."""
        return self._db.read_here(lambda tx: groups.all_departments(tx, self._portal_id))

    def add_department(self, *, name: str, parent_id: int | None) -> int:
        """Make a department."""
        return self._db.write_here(
            lambda tx: people.add_department(tx, self._portal_id, name=name, parent_id=parent_id),
            portal_id=self._portal_id,
        )

    def change_department(self, department_id: int, **values: Any) -> None:
        """Change a department; None: as before."""
        self._db.write_here(
            lambda tx: people.change_department(tx, self._portal_id, department_id, **values),
            portal_id=self._portal_id,
        )

    def explain(self, user_id: int, site_id: int) -> Explanation:
        """Explain what a user may do with a site."""
        return self._db.read_here(lambda tx: explain(tx, self._portal_id, user_id, site_id))


@contextmanager
def opened(settings: Settings, domain: str) -> Iterator[Office]:
    """Open the people of the portal with the host name `domain`, or of the first one.

    Raises:
        PeopleError: there is no such portal.

    """
    with Database(database_url(settings.data, settings.database_url)) as db:
        if current_revision(db) is None:
            where = settings.database_url or settings.data
            raise PeopleError(f"There is no portal in {where} yet: start `landingpad serve` once.")
        migrate(db)
        portal = db.read_here(lambda tx: portal_rows.by_domain(tx, domain.lower()) if domain else portal_rows.first(tx))
        if portal is None:
            raise PeopleError(f"There is no portal {domain!r}.")
        yield Office(db, portal.id)
