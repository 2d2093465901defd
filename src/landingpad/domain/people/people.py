"""Users, groups and departments, managed by the operator of the server. They determine access codes."""

from typing import Any

from landingpad.domain.people.portals import add_user as insert_user
from landingpad.errors import OperatorError
from landingpad.store.db.engine import Tx
from landingpad.store.people import groups as rows
from landingpad.store.people import people as people_rows
from landingpad.store.people.groups import Account
from landingpad.store.people.people import DEFAULT_SORT, DepartmentChanges
from landingpad.store.records import Department

KINDS = ("user", "work")
"""Kinds of groups: "user" for access rights (access code G<id>), "work" for workgroups (SG<id>)."""
POSITIONS = {"owner": "A", "moderator": "E", "member": "K"}
"""Positions in a group. Owners have the access codes SG<id>_A, _E and _K, moderators _E and _K, members _K."""


class PeopleError(OperatorError):
    """The change is impossible; the text says why and lists valid values."""


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
    """Create a user and return the id. Without a department, a colleague is in the root department.

    Raises:
        PeopleError: the login is empty or taken, or the department is unknown or not allowed.

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
    """Change name, last_name, is_admin, is_active, is_extranet or department_id of a user. None changes nothing.

    Webhooks and tokens of a blocked user fail from the next call on, and work again after unblocking.

    Raises:
        PeopleError: the user or department is unknown, or the portal would have no administrator.

    """
    user = _user(tx, portal_id, user_id)
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


def check_can_sign_in(tx: Tx, portal_id: int, user_id: int) -> None:
    """Check that a user exists and is not blocked.

    Raises:
        PeopleError: the user is unknown or blocked.

    """
    if not _user(tx, portal_id, user_id).is_active:
        raise PeopleError(f"User {user_id} is blocked. `landingpad user unblock {user_id}` lets them in again.")


def add_group(tx: Tx, portal_id: int, *, name: str, kind: str, now_ms: int) -> int:
    """Create a group without members and return the id.

    Raises:
        PeopleError: the name is empty, or the kind is unknown.

    """
    if not name.strip():
        raise PeopleError("A group needs a name.")
    if kind not in KINDS:
        raise PeopleError(f"There is no kind of group {kind!r}. There are: {', '.join(KINDS)}.")
    return rows.add(tx, portal_id, name=name.strip(), kind=kind, now_ms=now_ms)


def rename_group(tx: Tx, portal_id: int, group_id: int, name: str) -> None:
    """Rename a group.

    Raises:
        PeopleError: the group is unknown, or the name is empty.

    """
    _group(tx, portal_id, group_id)
    if not name.strip():
        raise PeopleError("A group needs a name.")
    rows.rename(tx, portal_id, group_id, name.strip())


def join_group(tx: Tx, portal_id: int, group_id: int, user_id: int, position: str = "member") -> None:
    """Put a user into a group, or change the position there.

    Raises:
        PeopleError: the group, user or position is unknown.

    """
    _group(tx, portal_id, group_id)
    _user(tx, portal_id, user_id)
    if position not in POSITIONS:
        raise PeopleError(f"There is no position {position!r} in a group. There are: {', '.join(POSITIONS)}.")
    rows.join(tx, portal_id, group_id, user_id, POSITIONS[position])


def leave_group(tx: Tx, portal_id: int, group_id: int, user_id: int) -> None:
    """Take a user out of a group.

    Raises:
        PeopleError: the group is unknown, or the user is not a member.

    """
    _group(tx, portal_id, group_id)
    if not rows.leave(tx, portal_id, group_id, user_id):
        raise PeopleError(f"User {user_id} is not a member of group {group_id}.")


def add_department(
    tx: Tx,
    portal_id: int,
    *,
    name: str,
    parent_id: int | None = None,
    head_id: int | None = None,
    sort: int = DEFAULT_SORT,
) -> int:
    """Create a department below another, by default below the root department, and return the id.

    Raises:
        PeopleError: the name is empty, or the parent or head is unknown.

    """
    if not name.strip():
        raise PeopleError("A department needs a name.")
    parent_id = people_rows.root_department(tx, portal_id) if parent_id is None else parent_id
    if parent_id is not None:
        _department(tx, portal_id, parent_id)
    if head_id is not None:
        _user(tx, portal_id, head_id)
    return people_rows.add_department(tx, portal_id, name.strip(), parent_id, head_id=head_id, sort=sort)


def change_department(
    tx: Tx,
    portal_id: int,
    department_id: int,
    *,
    name: str | None = None,
    parent_id: int | None = None,
    head_id: int | None = None,
    sort: int | None = None,
) -> None:
    """Change a department. None changes nothing; `head_id` 0 removes the head.

    Raises:
        PeopleError: the department, its parent or head is unknown, or it would contain itself.

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
        if head_id:
            _user(tx, portal_id, head_id)
        changes["head_id"] = head_id or None
    if sort is not None:
        changes["sort"] = sort
    people_rows.update_department(tx, portal_id, department_id, **changes)


def delete_department(tx: Tx, portal_id: int, department_id: int) -> None:
    """Delete a department; its users and the departments below it move to the one above.

    Raises:
        PeopleError: the department is unknown, or that of the whole company.

    """
    parent_id = _department(tx, portal_id, department_id).parent_id
    if parent_id is None:
        raise PeopleError("The department of the whole company cannot be deleted.")
    people_rows.delete_department(tx, portal_id, department_id, parent_id)


def _check_outside(*, is_admin: bool, is_extranet: bool, department_id: int | None) -> None:
    if is_extranet and is_admin:
        raise PeopleError("A user from outside the company cannot be an administrator.")
    if is_extranet and department_id is not None:
        raise PeopleError("A user from outside the company is in no department.")


def _group(tx: Tx, portal_id: int, group_id: int) -> None:
    if rows.find(tx, portal_id, group_id) is None:
        raise PeopleError(f"There is no group {group_id}. `landingpad group list` shows them.")


def _department(tx: Tx, portal_id: int, department_id: int) -> Department:
    found = people_rows.find_department(tx, portal_id, department_id)
    if found is None:
        raise PeopleError(f"There is no department {department_id}. `landingpad department list` shows them.")
    return found


def _user(tx: Tx, portal_id: int, user_id: int) -> Account:
    found = rows.account(tx, portal_id, user_id)
    if found is None:
        raise PeopleError(f"There is no user {user_id}. `landingpad user list` shows them.")
    return found
