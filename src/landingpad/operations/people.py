"""People of a portal: users, groups, departments, and explanations of their rights."""

import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from landingpad.domain.people import people
from landingpad.domain.people.explain import Explanation, explain
from landingpad.domain.people.people import POSITIONS
from landingpad.domain.people.sessions import new_link
from landingpad.operations.opening import find_portal
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import groups
from landingpad.store.people.groups import Account, UserGroup

_POSITION_NAMES = {code: name for name, code in POSITIONS.items()}


class NewUser(NamedTuple):
    """A new user; the password cannot be read later."""

    id: int
    password: str | None


class Member(NamedTuple):
    """A member of a group."""

    user_id: int
    position: str


class People:
    """The people of one portal. Every method raises PeopleError if what is asked for is not possible."""

    def __init__(self, db: Database, portal_host: str = "") -> None:
        """Find the portal by its host name, without one the first portal.

        Raises:
            NotFound: there is no such portal.

        """
        self._db = db
        self._portal_id = db.read_here(lambda tx: find_portal(tx, portal_host)).id

    def users(self) -> list[Account]:
        """Return all users."""
        return self._db.read_here(lambda tx: groups.accounts(tx, self._portal_id))

    def add_user(self, now_ms: int, *, with_password: bool, **values: Any) -> NewUser:
        """Create a user."""
        password = secrets.token_urlsafe(12) if with_password else None

        def work(tx: Tx) -> NewUser:
            user_id = people.add_user(tx, self._portal_id, now_ms=now_ms, password=password, **values)
            return NewUser(user_id, password)

        return self._db.write_here(work, portal_id=self._portal_id)

    def change_user(self, user_id: int, **values: Any) -> None:
        """Change a user; None keeps the present value."""
        self._db.write_here(
            lambda tx: people.change_user(tx, self._portal_id, user_id, **values), portal_id=self._portal_id
        )

    def invite(self, user_id: int, now_ms: int) -> str:
        """Return the code of a link that signs a user in once within a day. Earlier links stop working."""

        def work(tx: Tx) -> str:
            people.check_can_sign_in(tx, self._portal_id, user_id)
            return new_link(tx, self._portal_id, user_id, now_ms)

        return self._db.write_here(work, portal_id=self._portal_id)

    def groups(self) -> list[UserGroup]:
        """Return all groups."""
        return self._db.read_here(lambda tx: groups.of_portal(tx, self._portal_id))

    def members(self, group_id: int) -> list[Member]:
        """Return the members of a group."""
        found = self._db.read_here(lambda tx: groups.members(tx, self._portal_id, group_id))
        return [Member(user_id, _POSITION_NAMES[position]) for user_id, position in found.items()]

    def add_group(self, now_ms: int, *, name: str, kind: str) -> int:
        """Create a group and return its id."""
        return self._db.write_here(
            lambda tx: people.add_group(tx, self._portal_id, name=name, kind=kind, now_ms=now_ms),
            portal_id=self._portal_id,
        )

    def change_group(
        self, group_id: int, *, name: str | None, joining: Iterable[int], position: str, leaving: Iterable[int]
    ) -> None:
        """Rename a group, add and remove members, all in one transaction."""

        def work(tx: Tx) -> None:
            if name is not None:
                people.rename_group(tx, self._portal_id, group_id, name)
            for user_id in joining:
                people.join_group(tx, self._portal_id, group_id, user_id, position)
            for user_id in leaving:
                people.leave_group(tx, self._portal_id, group_id, user_id)

        self._db.write_here(work, portal_id=self._portal_id)

    def departments(self) -> list[tuple[int, str, int | None, int | None]]:
        """Return all departments: id, name, id of the parent, user id of the head."""
        return self._db.read_here(lambda tx: groups.all_departments(tx, self._portal_id))

    def add_department(self, *, name: str, parent_id: int | None) -> int:
        """Create a department and return its id."""
        return self._db.write_here(
            lambda tx: people.add_department(tx, self._portal_id, name=name, parent_id=parent_id),
            portal_id=self._portal_id,
        )

    def change_department(self, department_id: int, **values: Any) -> None:
        """Change a department; None keeps the present value."""
        self._db.write_here(
            lambda tx: people.change_department(tx, self._portal_id, department_id, **values),
            portal_id=self._portal_id,
        )

    def explain(self, user_id: int, site_id: int) -> Explanation:
        """Explain what a user may do with a site."""
        return self._db.read_here(lambda tx: explain(tx, self._portal_id, user_id, site_id))
