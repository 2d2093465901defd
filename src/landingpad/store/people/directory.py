"""Lists of users with everything that colleagues see of them, and of departments."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, func, literal, select, union_all

from landingpad.store.db.columns import Id, Time
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing, Many, SortKey
from landingpad.store.records import PROFILE, Department, Person
from landingpad.store.tables.site import departments, further_departments, users, webhooks
from landingpad.store.tables.web import sessions

_FOREVER = 2**62
_of_portal = bindparam("portal_id", type_=Id)


class Colleague(NamedTuple):
    """A user as colleagues see them."""

    person: Person
    texts: Mapping[str, str]
    """Texts by the names of PROFILE."""
    departments: Sequence[int]
    changed_at: int
    active_at: int | None
    """Time of the last sign-in or use of a session or webhook."""


class _CountedLister:
    """Runs listings and counts all their rows, regardless of the limit."""

    def __init__(self, base: Any, into: Any, columns: Mapping[str, Any]) -> None:
        self._rows = Lister(base, into, columns)
        self._count = Lister(base.with_only_columns(func.count().label("count")), tuple, columns)

    def rows(self, tx: Tx, portal_id: int, listing: Listing, **fixed: Any) -> list[Any]:
        return self._rows.rows(tx, listing, portal_id=portal_id, **fixed)

    def count(self, tx: Tx, portal_id: int, listing: Listing, **fixed: Any) -> int:
        found = self._count.rows(tx, Listing(listing.conditions), portal_id=portal_id, **fixed)
        return int(found[0][0])


_FIRST = select(users.c.id.label("user_id"), users.c.department_id.label("department_id")).where(
    users.c.portal_id == _of_portal, users.c.department_id.is_not(None)
)
_memberships = _FIRST.union_all(
    select(further_departments.c.user_id, further_departments.c.department_id).where(
        further_departments.c.portal_id == _of_portal
    )
).subquery("memberships")
_named = (
    select(_memberships.c.user_id, departments.c.name)
    .join_from(_memberships, departments, departments.c.id == _memberships.c.department_id)
    .subquery("named")
)
_personal = union_all(
    select(
        users.c.id.label("user_id"),
        literal(" ")
        .concat(users.c.name + " " + users.c.last_name + " " + users.c.second_name + " " + users.c.work_position)
        .label("text"),
    ).where(users.c.portal_id == _of_portal),
    select(_named.c.user_id, literal(" ").concat(_named.c.name)),
).subquery("personal")
_activity = union_all(
    select(users.c.id.label("user_id"), users.c.last_login_at.label("at")).where(
        users.c.portal_id == _of_portal, users.c.last_login_at.is_not(None)
    ),
    select(sessions.c.user_id, sessions.c.seen_at).where(sessions.c.portal_id == _of_portal),
    select(webhooks.c.user_id, webhooks.c.used_at).where(
        webhooks.c.portal_id == _of_portal, webhooks.c.used_at.is_not(None)
    ),
    select(bindparam("caller_id", type_=Id), bindparam("now_ms", type_=Time)),
).subquery("activity")
_changed_at = func.coalesce(users.c.changed_at, users.c.created_at)
_COLUMNS: dict[str, Any] = {
    **{name: users.c[name] for name in (*Person.__struct_fields__, *PROFILE)},
    "changed_at": _changed_at,
    "departments": Many(users.c.id, _memberships.c.user_id, _memberships.c.department_id),
    "department_names": Many(users.c.id, _named.c.user_id, _named.c.name),
    "personal": Many(users.c.id, _personal.c.user_id, _personal.c.text),
    "activity": Many(users.c.id, _activity.c.user_id, _activity.c.at),
    "nothing": literal("", Text()),
}
_USERS = _CountedLister(
    select(
        *(users.c[name] for name in Person.__struct_fields__),
        *(users.c[name] for name in PROFILE),
        _changed_at.label("changed_at"),
    ).where(users.c.portal_id == _of_portal),
    tuple,
    _COLUMNS,
)
_FURTHER = Lister(
    select(further_departments.c.user_id, further_departments.c.department_id).where(
        further_departments.c.portal_id == _of_portal
    ),
    tuple,
    {name: further_departments.c[name] for name in ("user_id", "position")},
)
_ACTIVE = Lister(
    select(_activity.c.user_id, func.max(_activity.c.at)).group_by(_activity.c.user_id),
    tuple,
    {"user_id": _activity.c.user_id},
)
_DEPARTMENT_COLUMNS: dict[str, Any] = {name: departments.c[name] for name in Department.__struct_fields__}
DEPARTMENTS = _CountedLister(
    select(*_DEPARTMENT_COLUMNS.values()).where(departments.c.portal_id == _of_portal),
    Department,
    {**_DEPARTMENT_COLUMNS, "nothing": literal("", Text())},
)


def online_since(moment: int, *, is_online: bool) -> Condition:
    """Return the condition for users who were active since a moment, or were not."""
    return Condition("activity", "between" if is_online else "outside", (moment, _FOREVER))


class Directory:
    """The users of a portal, as a caller sees them, who is active right now.

    Listings may test and sort by the columns of Person and of PROFILE, and by `changed_at`. They may also test
    `departments` (ids), `department_names`, `personal` (texts that begin with a blank) and `nothing`, which is empty.
    """

    def __init__(self, *, caller_id: int, now_ms: int) -> None:
        self._caller = {"caller_id": caller_id, "now_ms": now_ms}

    def rows(self, tx: Tx, portal_id: int, listing: Listing) -> list[Colleague]:
        """Return the users of a listing."""
        found = _USERS.rows(tx, portal_id, listing, **self._caller)
        if not found:
            return []
        of_these = [Condition("user_id", "in", tuple(row[0] for row in found))]
        further: dict[int, list[int]] = {}
        in_order = Listing(of_these, [SortKey("user_id"), SortKey("position")])
        for user_id, department_id in _FURTHER.rows(tx, in_order, portal_id=portal_id):
            further.setdefault(user_id, []).append(department_id)
        active = dict(_ACTIVE.rows(tx, Listing(of_these), portal_id=portal_id, **self._caller))
        width = len(Person.__struct_fields__)
        colleagues = []
        for row in found:
            person = Person(*row[:width])
            first = [] if person.department_id is None else [person.department_id]
            colleagues.append(
                Colleague(
                    person,
                    dict(zip(PROFILE, row[width:-1], strict=True)),
                    [*first, *further.get(person.id, ())],
                    row[-1],
                    active.get(person.id),
                )
            )
        return colleagues

    def count(self, tx: Tx, portal_id: int, listing: Listing) -> int:
        """Return the number of users that fulfil the conditions of a listing."""
        return _USERS.count(tx, portal_id, listing, **self._caller)

    def find(self, tx: Tx, portal_id: int, user_id: int) -> Colleague | None:
        """Return a user of this portal, or None."""
        found = self.rows(tx, portal_id, Listing([Condition("id", "in", (user_id,))]))
        return found[0] if found else None
