"""user.*: users of the portal."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from fnmatch import fnmatchcase
from typing import Annotated, Any

from landingpad.errors.calls import TypeProblem
from landingpad.methods.listing import MOST_OF_PATTERN, Field, FieldKind, parse_list
from landingpad.methods.paging import page
from landingpad.rpc.bind import to_list
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.db.listing import Condition, Listing, SortKey, contains_pattern
from landingpad.store.people import people
from landingpad.store.records import Person

DOCS = "api-reference/user/"
_MOST_WORDS = 20
_MOST_MASKS = 1000
_OTHER_SCOPES = ("user_basic", "user_brief")
FIELDS: Mapping[str, str] = {
    "ID": "ID",
    "XML_ID": "External code",
    "ACTIVE": "Active",
    "NAME": "First name",
    "LAST_NAME": "Last name",
    "EMAIL": "E-mail",
    "LAST_LOGIN": "Last sign-in",
    "DATE_REGISTER": "Registered on",
    "TIME_ZONE": "Time zone",
    "IS_ONLINE": "Online",
    "TIMESTAMP_X": "Changed on",
    "LAST_ACTIVITY_DATE": "Last active on",
    "PERSONAL_GENDER": "Gender",
    "PERSONAL_BIRTHDAY": "Birthday",
    "UF_EMPLOYMENT_DATE": "Employed since",
    "UF_DEPARTMENT": "Departments",
    "USER_TYPE": "Type",
}
_CONTACTS = frozenset({"EMAIL"})
"""Fields hidden from the scope user_brief (user/user-scope.md)."""
_STORED: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "ACTIVE": Field("is_active", FieldKind.FLAG),
    "NAME": Field("name"),
    "LAST_NAME": Field("last_name"),
    "EMAIL": Field("email"),
    "LAST_LOGIN": Field("last_login_at", FieldKind.DATE),
    "DATE_REGISTER": Field("created_at", FieldKind.DATE),
    "TIMESTAMP_X": Field("created_at", FieldKind.DATE),
    "UF_DEPARTMENT": Field("department_id", FieldKind.NUMBER),
    "UF_DEPARTMENT_NAME": Field("department_name"),
}
_TYPES = {"employee": False, "extranet": True}
"""USER_TYPE -> whether the user is external. This portal has no mail users."""
_SEARCHED = ("NAME", "LAST_NAME", "UF_DEPARTMENT_NAME")

Filter = Annotated[dict[str, Any] | None, Doc("Field -> value, with operator prefixes such as >= or %.")]
Select = Annotated[list[Any] | None, Doc("List of field names; `*` and `UF_*` are wildcards. Default: all fields.")]
Sort = Annotated[str | None, Doc("Field to sort by; ID by default.")]
Direction = Annotated[str | None, Doc("ASC (default) or DESC.")]
Start = Annotated[int | None, Doc("Offset of the first row; -1 skips counting the total.")]


@method("user.current", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, doc=DOCS + "user-current.md")
def current(call: Call) -> dict[str, Any]:
    """Return the calling user."""
    person = people.find(call.tx, call.portal_id, call.user.id)
    assert person is not None  # noqa: S101  # the call was authorized as this user
    return _row(call, person, _visible_fields(call))


@method(
    "user.fields", scope="user", or_scopes=_OTHER_SCOPES, runs=Runs.FREE, any_case=True, doc=DOCS + "user-fields.md"
)
def fields(call: Call) -> dict[str, str]:
    """Return the titles of the fields of a user."""
    return {name: FIELDS[name] for name in _visible_fields(call)}


@method("user.get", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, takes_more=True, doc=DOCS + "user-get.md")
def get(
    call: Call,
    filter: Filter = None,
    sort: Sort = None,
    order: Direction = None,
    select: Select = None,
    start: Start = None,
) -> Paged:
    """List users, 50 at a time. Conditions may also be sent as parameters beside `filter`."""
    extra = {name.upper(): value for name, value in call.params.items() if name.upper() in _STORED}
    return _people(call, {**extra, **(filter or {})}, sort, order, select, start)


@method(
    "user.search", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, takes_more=True, doc=DOCS + "user-search.md"
)
def search(
    call: Call,
    filter: Annotated[
        dict[str, Any] | None, Doc("FIND (words in any name), or NAME, LAST_NAME, UF_DEPARTMENT_NAME, USER_TYPE.")
    ] = None,
    sort: Sort = None,
    order: Direction = None,
    select: Select = None,
    start: Start = None,
) -> Paged:
    """Find users by parts of their names and department names, 50 at a time."""
    names = {"FIND", *_STORED}
    extra = {name.upper(): value for name, value in call.params.items() if name.upper() in names}
    given = {**extra, **(filter or {})}
    words = str(given.pop("FIND", "")).split()
    if len(words) > _MOST_WORDS or any(len(word) > MOST_OF_PATTERN for word in words):
        raise TypeProblem(f"FIND takes at most {_MOST_WORDS} words of {MOST_OF_PATTERN} characters.")
    if words:
        given = {}  # FIND overrides all other conditions
    conditions = {f"%{name}" if name in _SEARCHED else name: value for name, value in given.items()}
    found = [Condition("personal", "like", (contains_pattern(word),)) for word in words]
    return _people(call, conditions, sort, order, select, start, more=found)


def _people(
    call: Call,
    given: Mapping[str, Any],
    sort: str | None,
    order: str | None,
    select: list[Any] | None,
    start: int | None,
    *,
    more: list[Condition] | None = None,
) -> Paged:
    zone = call.caller.portal.zone
    query = parse_list({"filter": given}, _STORED, zone, deleted_hidden=False)
    conditions = [*query.listing.conditions, *(more or ())]
    if "USER_TYPE" in given:
        types = to_list(given["USER_TYPE"]) if isinstance(given["USER_TYPE"], list | dict) else [given["USER_TYPE"]]
        known = dict.fromkeys(name for name in types if isinstance(name, str) and name in _TYPES)
        outside = tuple(_TYPES[name] for name in known)
        conditions.append(Condition("is_extranet", "in", outside))
    wanted = _STORED.get((sort or "ID").upper())
    listing = Listing(conditions, [SortKey(wanted.column if wanted else "id", (order or "").lower() == "desc")])
    visible = _visible_fields(call, select)
    return page(call, people.PEOPLE, listing, start, lambda person: _row(call, person, visible))


def _visible_fields(call: Call, select: list[Any] | None = None) -> list[str]:
    """Return the selected fields that the scopes of the token may see."""
    hidden = _CONTACTS if call.caller.scopes.isdisjoint({"user", "user_basic"}) else frozenset()
    names = [name for name in FIELDS if name not in hidden]
    if not select:
        return names
    if len(select) > _MOST_MASKS:
        raise TypeProblem(f'Parameter "select" has {len(select)} values; it takes at most {_MOST_MASKS}.')
    masks = [str(mask) for mask in select]
    return [name for name in names if any(fnmatchcase(name, mask) for mask in masks)]


def _row(call: Call, person: Person, names: list[str]) -> dict[str, Any]:
    zone = call.caller.portal.zone
    is_caller = person.id == call.user.id
    active_at = call.now_ms if is_caller else person.last_login_at
    values = {
        "ID": str(person.id),
        "XML_ID": "",
        "ACTIVE": person.is_active,
        "NAME": person.name,
        "LAST_NAME": person.last_name,
        "EMAIL": person.email,
        "LAST_LOGIN": _iso(person.last_login_at, zone),
        "DATE_REGISTER": _iso(person.created_at, zone),
        "TIME_ZONE": "",
        "IS_ONLINE": "Y" if is_caller else "N",
        "TIMESTAMP_X": _iso(person.created_at, zone),
        "LAST_ACTIVITY_DATE": _moment(active_at, zone).strftime("%Y-%m-%d %H:%M:%S") if active_at else "",
        "PERSONAL_GENDER": "",
        "PERSONAL_BIRTHDAY": "",
        "UF_EMPLOYMENT_DATE": "",
        "UF_DEPARTMENT": [] if person.department_id is None else [person.department_id],
        "USER_TYPE": "extranet" if person.is_extranet else "employee",
    }
    return {name: values[name] for name in names}


def _iso(ms: int | None, zone: tzinfo) -> str:
    return "" if ms is None else _moment(ms, zone).isoformat(timespec="seconds")


def _moment(ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, zone)
