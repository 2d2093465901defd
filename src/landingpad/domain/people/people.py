"""Users, groups and departments, as whoever runs the server changes them. Access codes follow from them."""

from typing import Any

from landingpad.domain.people.portals import add_user as insert_user
from landingpad.errors import OperatorError
from landingpad.store.db.engine import Tx
from landingpad.store.people import groups as rows
from landingpad.store.people import people as people_rows
from landingpad.store.people.people import DepartmentChanges

KINDS = ("user", "work")
"""Groups that people are sorted into (access code G<id>), and groups that work together (SG<id>)."""
POSITIONS = {"owner": "A", "moderator": "E", "member": "K"}
"""Positions in a group: the access codes SG<id>_A, _E and _K are those of owners, of moderators too, of all."""


class PeopleError(OperatorError):
    """What was asked for cannot be; the text says why and what there is."""


def add_user(
    tx: Tx,
    portal_id: int,
    *,
    login: str,
    name: str,
    now_ms: int,
    last_name: str = "",
    password: str | None = None,
    is_admin: bool = False,
    is_extranet: bool = False,
    department_id: int | None = None,
) -> int:
    """Make a user and return the id. A colleague is in the given department or in that of the whole company.

    Raises:
        PeopleError: the name for signing in is empty or taken, or there is no such department.

    """
    login = login.strip()
    if not login:
        raise PeopleError("A user needs a name for signing in.")
    if rows.login_is_taken(tx, portal_id, login):
        raise PeopleError(f"Another user signs in as {login}. Choose another name.")
    _check_outside(is_admin=is_admin, is_extranet=is_extranet, department_id=department_id)
    user_id = insert_user(
        tx,
        portal_id,
        login=login,
        name=name,
        last_name=last_name,
        password=password,
        is_admin=is_admin,
        now_ms=now_ms,
    )
    if is_extranet:
        people_rows.update(tx, portal_id, user_id, is_extranet=True, department_id=None)
    elif department_id is not None:
        _department(tx, portal_id, department_id)
        people_rows.update(tx, portal_id, user_id, department_id=department_id)
    return user_id


def change_user(tx: Tx, portal_id: int, user_id: int, **values: Any) -> None:
    """Change a user: name, last_name, is_admin, is_active, is_extranet, department_id. None: as before.

    A blocked user's webhooks and tokens stop with the next call, and work again when the user is unblocked.

    Raises:
        PeopleError: there is no such user or department, or the portal would be left without an administrator.

    """
    user = rows.account(tx, portal_id, user_id)
    if user is None:
        raise PeopleError(f"There is no user {user_id}. `landingpad user list` shows them.")
    changes = {name: value for name, value in values.items() if value is not None}
    is_admin, is_extranet = changes.get("is_admin", user.is_admin), changes.get("is_extranet", user.is_extranet)
    _check_outside(is_admin=is_admin, is_extranet=is_extranet, department_id=changes.get("department_id"))
    steps_down = user.is_admin and user.is_active and not (is_admin and changes.get("is_active", True))
    if steps_down and not rows.has_other_admin(tx, portal_id, user_id):
        raise PeopleError(f"User {user_id} is the only administrator of the portal. Make another user one first.")
    if is_extranet:
        changes["department_id"] = None
    elif user.is_extranet:
        changes.setdefault("department_id", people_rows.root_department(tx, portal_id))
    if changes.get("department_id") is not None:
        _department(tx, portal_id, changes["department_id"])
    people_rows.update(tx, portal_id, user_id, **changes)


def add_group(tx: Tx, portal_id: int, *, name: str, kind: str, now_ms: int) -> int:
    """Make a group without members and return the id.

    Raises:
        PeopleError: it has no name, or there is no such kind.

    """
    if not name.strip():
        raise PeopleError("A group needs a name.")
    if kind not in KINDS:
        raise PeopleError(f"There is no kind of group {kind!r}. There are: {', '.join(KINDS)}.")
    return rows.add(tx, portal_id, name=name.strip(), kind=kind, now_ms=now_ms)


def rename_group(tx: Tx, portal_id: int, group_id: int, name: str) -> None:
    """Give a group another name.

    Raises:
        PeopleError: there is no such group, or the name is empty.

    """
    _group(tx, portal_id, group_id)
    if not name.strip():
        raise PeopleError("A group needs a name.")
    rows.rename(tx, portal_id, group_id, name.strip())


def join_group(tx: Tx, portal_id: int, group_id: int, user_id: int, position: str = "member") -> None:
    """Put a user into a group, or change the position there.

    Raises:
        PeopleError: there is no such group, user or position.

    """
    _group(tx, portal_id, group_id)
    if rows.account(tx, portal_id, user_id) is None:
        raise PeopleError(f"There is no user {user_id}. `landingpad user list` shows them.")
    if position not in POSITIONS:
        raise PeopleError(f"There is no position {position!r} in a group. There are: {', '.join(POSITIONS)}.")
    rows.join(tx, portal_id, group_id, user_id, POSITIONS[position])


def leave_group(tx: Tx, portal_id: int, group_id: int, user_id: int) -> None:
    """Take a user out of a group.

    Raises:
        PeopleError: there is no such group, or the user is no member.

    """
    _group(tx, portal_id, group_id)
    if not rows.leave(tx, portal_id, group_id, user_id):
        raise PeopleError(f"User {user_id} is no member of group {group_id}.")


def add_department(tx: Tx, portal_id: int, *, name: str, parent_id: int | None = None) -> int:
    """Make a department below another, or below that of the whole company, and return the id.

    Raises:
        PeopleError: it has no name, or there is no such department above it.

    """
    if not name.strip():
        raise PeopleError("A department needs a name.")
    parent_id = people_rows.root_department(tx, portal_id) if parent_id is None else parent_id
    if parent_id is not None:
        _department(tx, portal_id, parent_id)
    return people_rows.add_department(tx, portal_id, name.strip(), parent_id)


def change_department(
    tx: Tx,
    portal_id: int,
    department_id: int,
    *,
    name: str | None = None,
    parent_id: int | None = None,
    head_id: int | None = None,
) -> None:
    """Change a department. None: as before.

    Raises:
        PeopleError: there is no such department or head, or it would be part of itself.

    """
    _department(tx, portal_id, department_id)
    changes: DepartmentChanges = {"name": name.strip()} if name and name.strip() else {}
    if parent_id is not None:
        _department(tx, portal_id, parent_id)
        above = {one: over for one, _, over, _ in rows.all_departments(tx, portal_id)}
        step: int | None = parent_id
        while step is not None:
            if step == department_id:
                raise PeopleError(f"Department {department_id} cannot be part of itself or of a part of itself.")
            step = above.get(step)
        changes["parent_id"] = parent_id
    if head_id is not None:
        if rows.account(tx, portal_id, head_id) is None:
            raise PeopleError(f"There is no user {head_id}. `landingpad user list` shows them.")
        changes["head_id"] = head_id
    people_rows.update_department(tx, portal_id, department_id, **changes)


def _check_outside(*, is_admin: bool, is_extranet: bool, department_id: int | None) -> None:
    if is_extranet and is_admin:
        raise PeopleError("A user from outside the company cannot be an administrator.")
    if is_extranet and department_id is not None:
        raise PeopleError("A user from outside the company is in no department.")


def _group(tx: Tx, portal_id: int, group_id: int) -> None:
    if rows.find(tx, portal_id, group_id) is None:
        raise PeopleError(f"There is no group {group_id}. `landingpad group list` shows them.")


def _department(tx: Tx, portal_id: int, department_id: int) -> None:
    if people_rows.find_department(tx, portal_id, department_id) is None:
        raise PeopleError(f"There is no department {department_id}. `landingpad department list` shows them.")
