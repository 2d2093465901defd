"""Rows of groups and their members, and of users and departments for the operator of the server."""

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, func, select

from landingpad.store.db.columns import Id
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.rights import group_members, groups
from landingpad.store.tables.site import departments, users


class UserGroup(msgspec.Struct, frozen=True):
    """A group of users. `kind`: user (access code G<id>) or work (SG<id>)."""

    id: int
    name: str
    kind: str
    members: int


class Account(msgspec.Struct, frozen=True):
    """A user as the operator of the server sees them."""

    id: int
    login: str
    name: str
    last_name: str
    is_admin: bool
    is_active: bool
    is_extranet: bool
    department_id: int | None


_of_portal: ColumnElement[int] = bindparam("portal_id", type_=Id)
_COUNTED = (
    select(groups.c.id, groups.c.name, groups.c.kind, func.count(group_members.c.user_id).label("members"))
    .select_from(groups.outerjoin(group_members, group_members.c.group_id == groups.c.id))
    .where(groups.c.portal_id == _of_portal)
    .group_by(groups.c.id)
    .order_by(groups.c.id)
)
_GROUPS = Query(_COUNTED, UserGroup)
_GROUP = Query(_COUNTED.where(groups.c.id == bindparam("id")), UserGroup)
_MEMBERS = Query(
    select(group_members.c.user_id, group_members.c.position)
    .where(group_members.c.group_id == bindparam("group_id"), group_members.c.portal_id == _of_portal)
    .order_by(group_members.c.user_id),
    tuple,
)
_LEAVE = Statement(
    delete(group_members).where(
        group_members.c.group_id == bindparam("group_id"),
        group_members.c.user_id == bindparam("user_id"),
        group_members.c.portal_id == _of_portal,
    )
)
_ACCOUNTS = Query(
    select(*(users.c[name] for name in Account.__struct_fields__))
    .where(users.c.portal_id == _of_portal)
    .order_by(users.c.id),
    Account,
)
_ACCOUNT = Query(
    select(*(users.c[name] for name in Account.__struct_fields__)).where(
        users.c.id == bindparam("id"), users.c.portal_id == _of_portal
    ),
    Account,
)
_LOGIN_TAKEN = Statement(select(users.c.id).where(users.c.portal_id == _of_portal, users.c.login == bindparam("login")))
_OTHER_ADMINS = Statement(
    select(users.c.id).where(
        users.c.portal_id == _of_portal, users.c.is_admin, users.c.is_active, users.c.id != bindparam("but")
    )
)
_DEPARTMENTS = Query(
    select(departments.c.id, departments.c.name, departments.c.parent_id, departments.c.head_id)
    .where(departments.c.portal_id == _of_portal)
    .order_by(departments.c.sort, departments.c.id),
    tuple,
)


def of_portal(tx: Tx, portal_id: int) -> list[UserGroup]:
    """Return the groups of a portal with their numbers of members."""
    return tx.all(_GROUPS, portal_id=portal_id)


def find(tx: Tx, portal_id: int, group_id: int) -> UserGroup | None:
    """Return a group of this portal, or None."""
    return tx.one(_GROUP, id=group_id, portal_id=portal_id)


def add(tx: Tx, portal_id: int, *, name: str, kind: str, now_ms: int) -> int:
    """Store a group without members and return its id."""
    return tx.insert(groups, portal_id=portal_id, name=name, kind=kind, created_at=now_ms)


def rename(tx: Tx, portal_id: int, group_id: int, name: str) -> None:
    """Rename a group."""
    tx.update(groups, portal_id, group_id, name=name)


def members(tx: Tx, portal_id: int, group_id: int) -> dict[int, str]:
    """Return the members of a group: user id -> A owner, E moderator, K member."""
    return dict(tx.all(_MEMBERS, group_id=group_id, portal_id=portal_id))


def join(tx: Tx, portal_id: int, group_id: int, user_id: int, position: str) -> None:
    """Add a user to a group with this position, or change the position."""
    leave(tx, portal_id, group_id, user_id)
    tx.insert(group_members, group_id=group_id, user_id=user_id, portal_id=portal_id, position=position)


def leave(tx: Tx, portal_id: int, group_id: int, user_id: int) -> bool:
    """Remove a user from a group; return False if it was not a member."""
    return tx.run(_LEAVE, group_id=group_id, user_id=user_id, portal_id=portal_id) > 0


def accounts(tx: Tx, portal_id: int) -> list[Account]:
    """Return all users of a portal."""
    return tx.all(_ACCOUNTS, portal_id=portal_id)


def account(tx: Tx, portal_id: int, user_id: int) -> Account | None:
    """Return a user of this portal, or None."""
    return tx.one(_ACCOUNT, id=user_id, portal_id=portal_id)


def login_is_taken(tx: Tx, portal_id: int, login: str) -> bool:
    """Say whether a user of this portal has this login."""
    return tx.one(_LOGIN_TAKEN, portal_id=portal_id, login=login) is not None


def has_other_admin(tx: Tx, portal_id: int, user_id: int) -> bool:
    """Say whether the portal has an active administrator besides this user."""
    return tx.one(_OTHER_ADMINS, portal_id=portal_id, but=user_id) is not None


def all_departments(tx: Tx, portal_id: int) -> list[tuple[int, str, int | None, int | None]]:
    """Return (id, name, id of the parent, id of the head) of the departments of a portal."""
    return tx.all(_DEPARTMENTS, portal_id=portal_id)
