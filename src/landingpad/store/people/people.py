"""Rows of users and departments."""

from typing import TypedDict, Unpack

from sqlalchemy import bindparam, func, or_, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Department, Person
from landingpad.store.tables.site import departments, users

_PERSON = select(*(users.c[name] for name in Person.__struct_fields__))
_BY_ID = Query(
    _PERSON.where(users.c.id == bindparam("id"), users.c.portal_id == bindparam("portal_id")),
    Person,
)
_BY_LOGIN = Query(
    _PERSON.add_columns(users.c.password_hash)
    .where(
        users.c.portal_id == bindparam("portal_id"),
        or_(users.c.login == bindparam("login"), users.c.email == bindparam("login")),
    )
    .order_by(users.c.login != bindparam("login")),
    tuple,
)
_PORTAL_OF = Statement(select(users.c.portal_id).where(users.c.id == bindparam("id")))
_DEPARTMENT_BY_ID = Query(
    select(*(departments.c[name] for name in Department.__struct_fields__)).where(
        departments.c.id == bindparam("id"), departments.c.portal_id == bindparam("portal_id")
    ),
    Department,
)
_ROOT_DEPARTMENT = Statement(
    select(func.min(departments.c.id)).where(
        departments.c.portal_id == bindparam("portal_id"), departments.c.parent_id.is_(None)
    )
)


class UserChanges(TypedDict, total=False):
    """Columns of a user that can change."""

    department_id: int | None
    is_active: bool
    is_admin: bool
    is_extranet: bool
    last_login_at: int
    last_name: str
    name: str
    password_hash: str


class DepartmentChanges(TypedDict, total=False):
    """Columns of a department that can change."""

    head_id: int
    name: str
    parent_id: int


def find(tx: Tx, portal_id: int, user_id: int) -> Person | None:
    """Return a user of this portal, or None."""
    return tx.one(_BY_ID, id=user_id, portal_id=portal_id)


def by_login(tx: Tx, portal_id: int, login: str) -> tuple[Person, str | None] | None:
    """Return a user and the password hash by login or e-mail address, or None. The login wins."""
    row = tx.one(_BY_LOGIN, login=login, portal_id=portal_id)
    return None if row is None else (Person(*row[:-1]), row[-1])


def portal_of(tx: Tx, user_id: int) -> int | None:
    """Return the portal id of a user of any portal, or None. For the operator of the server."""
    found = tx.one(_PORTAL_OF, id=user_id)
    return None if found is None else int(found[0])


def add(
    tx: Tx,
    portal_id: int,
    *,
    login: str,
    password_hash: str | None,
    name: str,
    last_name: str,
    email: str,
    is_admin: bool,
    department_id: int | None,
    now_ms: int,
) -> int:
    """Store an active user and return the id."""
    return tx.insert(
        users,
        portal_id=portal_id,
        login=login,
        password_hash=password_hash,
        name=name,
        last_name=last_name,
        email=email,
        is_admin=is_admin,
        department_id=department_id,
        created_at=now_ms,
    )


def update(tx: Tx, portal_id: int, user_id: int, **changes: Unpack[UserChanges]) -> None:
    """Change columns of a user."""
    tx.update(users, portal_id, user_id, **changes)


def find_department(tx: Tx, portal_id: int, department_id: int) -> Department | None:
    """Return a department of this portal, or None."""
    return tx.one(_DEPARTMENT_BY_ID, id=department_id, portal_id=portal_id)


def root_department(tx: Tx, portal_id: int) -> int | None:
    """Return the id of the root department, or None."""
    found = tx.one(_ROOT_DEPARTMENT, portal_id=portal_id)
    return None if found is None else found[0]


def add_department(tx: Tx, portal_id: int, name: str, parent_id: int | None = None) -> int:
    """Store a department and return its id. Without a parent it is a root department."""
    return tx.insert(departments, portal_id=portal_id, name=name, parent_id=parent_id)


def update_department(tx: Tx, portal_id: int, department_id: int, **changes: Unpack[DepartmentChanges]) -> None:
    """Change columns of a department."""
    tx.update(departments, portal_id, department_id, **changes)
