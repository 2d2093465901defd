"""Rows of users and departments."""

from collections.abc import Mapping, Sequence
from typing import Final, TypedDict, Unpack

from sqlalchemy import bindparam, delete, func, or_, select

from landingpad.store.db.columns import Id
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import PROFILE, Department, Person, User
from landingpad.store.tables.site import departments, further_departments, users

OWN_TEXTS: Final = ("name", "last_name", *PROFILE)
"""Columns with texts about a user."""
DEFAULT_SORT: Final = 500
"""Position of a new department among those of its parent."""

_PERSON = select(*(users.c[name] for name in Person.__struct_fields__))
_BY_ID = Query(
    _PERSON.where(users.c.id == bindparam("id"), users.c.portal_id == bindparam("portal_id")),
    Person,
)
_USER = Query(
    select(*(users.c[name] for name in User.__struct_fields__)).where(
        users.c.id == bindparam("id"), users.c.portal_id == bindparam("portal_id")
    ),
    User,
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


_of_portal = bindparam("portal_id", type_=Id)
_it, _parent = bindparam("id", type_=Id), bindparam("parent_id", type_=Id)
_further = further_departments.c
_MOVE_UP = (
    Statement(
        users.update()
        .where(users.c.department_id == _it, users.c.portal_id == _of_portal)
        .values(department_id=_parent)
    ),
    Statement(
        further_departments.update()
        .where(
            _further.department_id == _it,
            _further.portal_id == _of_portal,
            _further.user_id.not_in(select(_further.user_id).where(_further.department_id == _parent)),
        )
        .values(department_id=_parent)
    ),
    Statement(delete(further_departments).where(_further.department_id == _it, _further.portal_id == _of_portal)),
    Statement(
        delete(further_departments).where(
            _further.department_id == _parent,
            _further.portal_id == _of_portal,
            _further.user_id.in_(select(users.c.id).where(users.c.department_id == _parent)),
        )
    ),
    Statement(
        departments.update()
        .where(departments.c.parent_id == _it, departments.c.portal_id == _of_portal)
        .values(parent_id=_parent)
    ),
)
_ADDRESS_TAKEN = Statement(
    select(users.c.id).where(
        users.c.portal_id == _of_portal,
        users.c.id != bindparam("but", type_=Id),
        or_(func.lower(users.c.email) == bindparam("email"), func.lower(users.c.login) == bindparam("email")),
    )
)
_LEAVE_FURTHER = Statement(
    delete(further_departments).where(_further.user_id == bindparam("user_id"), _further.portal_id == _of_portal)
)
_DELETE_DEPARTMENT = Statement(
    delete(departments).where(departments.c.id == _it, departments.c.portal_id == _of_portal)
)


class UserChanges(TypedDict, total=False):
    """Columns of a user that can change."""

    department_id: int | None
    email: str
    is_active: bool
    is_admin: bool
    is_extranet: bool
    last_login_at: int
    last_name: str
    login: str
    name: str
    password_hash: str


class DepartmentChanges(TypedDict, total=False):
    """Columns of a department that can change."""

    head_id: int | None
    name: str
    parent_id: int
    sort: int


def find(tx: Tx, portal_id: int, user_id: int) -> Person | None:
    """Return a user of this portal, or None."""
    return tx.one(_BY_ID, id=user_id, portal_id=portal_id)


def find_user(tx: Tx, portal_id: int, user_id: int) -> User | None:
    """Return a user of this portal as a caller, or None."""
    return tx.one(_USER, id=user_id, portal_id=portal_id)


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


def update_texts(tx: Tx, portal_id: int, user_id: int, texts: Mapping[str, str], now_ms: int) -> None:
    """Store `name`, `last_name` and all texts of PROFILE of a user."""
    tx.update(users, portal_id, user_id, changed_at=now_ms, **{name: texts[name] for name in OWN_TEXTS})


def address_is_taken(tx: Tx, portal_id: int, email: str, *, but: int) -> bool:
    """Say whether another user than `but` has this e-mail address, or signs in with it, in any case of letters."""
    return tx.one(_ADDRESS_TAKEN, portal_id=portal_id, email=email.lower(), but=but) is not None


def set_departments(tx: Tx, portal_id: int, user_id: int, department_ids: Sequence[int]) -> None:
    """Put a user into these departments, and no others; the first one is the main one."""
    update(tx, portal_id, user_id, department_id=department_ids[0] if department_ids else None)
    tx.run(_LEAVE_FURTHER, user_id=user_id, portal_id=portal_id)
    for position, department_id in enumerate(department_ids[1:]):
        tx.insert(
            further_departments,
            portal_id=portal_id,
            user_id=user_id,
            department_id=department_id,
            position=position,
        )


def find_department(tx: Tx, portal_id: int, department_id: int) -> Department | None:
    """Return a department of this portal, or None."""
    return tx.one(_DEPARTMENT_BY_ID, id=department_id, portal_id=portal_id)


def root_department(tx: Tx, portal_id: int) -> int | None:
    """Return the id of the root department, or None."""
    found = tx.one(_ROOT_DEPARTMENT, portal_id=portal_id)
    return None if found is None else found[0]


def add_department(
    tx: Tx,
    portal_id: int,
    name: str,
    parent_id: int | None = None,
    *,
    head_id: int | None = None,
    sort: int = DEFAULT_SORT,
) -> int:
    """Store a department and return its id. Without a parent it is a root department."""
    return tx.insert(departments, portal_id=portal_id, name=name, parent_id=parent_id, head_id=head_id, sort=sort)


def update_department(tx: Tx, portal_id: int, department_id: int, **changes: Unpack[DepartmentChanges]) -> None:
    """Change columns of a department."""
    tx.update(departments, portal_id, department_id, **changes)


def delete_department(tx: Tx, portal_id: int, department_id: int, parent_id: int) -> None:
    """Delete a department after moving its users and the departments below it to its parent."""
    for statement in (*_MOVE_UP, _DELETE_DEPARTMENT):
        tx.run(statement, id=department_id, parent_id=parent_id, portal_id=portal_id)
