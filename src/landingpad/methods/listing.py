"""The `params` of list methods: select, filter, order, limit and offset over the documented fields of a row.

Names that a row does not have are left out without an error, as the API does (landing/site/landing-site-get-list.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from enum import Enum
from typing import Any, NamedTuple

from landingpad.domain.dates import parse_date, wire_date
from landingpad.domain.errors import TypeProblem
from landingpad.rpc.bind import to_bool, to_int, to_list, to_object
from landingpad.store.listing import Condition, Listing, Order, contains_pattern

_KEY = re.compile(r"(!=|!%|!@|>=|<=|=|!|%|>|<|@)?([A-Z0-9_]+)")
_OPERATIONS = {
    None: "in",
    "=": "in",
    "@": "in",
    "!": "notin",
    "!=": "notin",
    "!@": "notin",
    "%": "like",
    "!%": "unlike",
    ">": "gt",
    ">=": "ge",
    "<": "lt",
    "<=": "le",
}
_MOST_VALUES = 1000


class Kind(Enum):
    """What a field is, which decides how it is written and how it is tested."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    DATE = "date"
    CODE = "code"
    """The code of a site: "/acme/" on the wire."""


class Field(NamedTuple):
    """A documented field of a row and the column that holds it."""

    column: str
    kind: Kind = Kind.TEXT


Computed = Callable[[Any], Any]
"""Makes a calculated field out of a record."""


class Question(NamedTuple):
    """What a caller asks of a list."""

    select: tuple[str, ...]
    listing: Listing


def ask(
    params: Mapping[str, Any],
    fields: Mapping[str, Field],
    zone: tzinfo,
    *,
    computed: Sequence[str] = (),
    always: Sequence[str] = (),
    deleted_hidden: bool = True,
) -> Question:
    """Read `params` of a list method.

    Args:
        params: as sent: select, filter, order, limit, offset (group changes nothing: every row has its own ID).
        fields: the stored fields of a row.
        zone: of dates in filters.
        computed: calculated fields, which come only if they are selected.
        always: fields that come even if they are not selected.
        deleted_hidden: leave out what is in the trash unless the filter says something about DELETED.

    Raises:
        TypeProblem: select, filter, order, limit or offset is of the wrong type.

    """
    conditions = _conditions(_object(params, "filter"), fields, zone)
    if deleted_hidden and not any(condition.column == "deleted" for condition in conditions):
        conditions.append(Condition("deleted", "in", (False,)))
    order = [
        Order(fields[name].column, str(direction).strip().lower() == "desc")
        for name, direction in _object(params, "order").items()
        if name in fields
    ]
    if not any(column == "id" for column, _ in order):
        order.append(Order("id"))
    return Question(
        _select(params, fields, computed, always),
        Listing(conditions, order, _count(params, "limit"), _count(params, "offset") or 0),
    )


def row(record: Any, select: Sequence[str], fields: Mapping[str, Field], zone: tzinfo) -> dict[str, Any]:
    """Write the stored fields of a record as the wire does: every value a string, or null."""
    return {name: write(getattr(record, fields[name].column), fields[name].kind, zone) for name in select}


def write(value: Any, kind: Kind, zone: tzinfo) -> str | None:
    """Write one value of a row."""
    match kind:
        case Kind.FLAG:
            return "Y" if value else "N"
        case Kind.DATE:
            return wire_date(value, zone)
        case Kind.CODE:
            return f"/{value}/"
    return None if value is None else str(value)


def _select(
    params: Mapping[str, Any], fields: Mapping[str, Field], computed: Sequence[str], always: Sequence[str]
) -> tuple[str, ...]:
    wanted = params.get("select")
    if isinstance(wanted, str):
        wanted = [wanted]
    if not wanted:
        return tuple(fields)
    try:
        names = [str(name) for name in to_list(wanted)]
    except TypeError as error:
        raise TypeProblem(f'Parameter "select" {error}') from error
    known = [n for name in names for n in (fields if name == "*" else [name]) if n in fields or n in computed]
    return tuple(dict.fromkeys([*always, *known]))


def _conditions(given: Mapping[str, Any], fields: Mapping[str, Field], zone: tzinfo) -> list[Condition]:
    conditions = []
    for key, value in given.items():
        match = _KEY.fullmatch(key.strip())
        if match is None or match.group(2) not in fields:
            continue
        field = fields[match.group(2)]
        operation = _OPERATIONS[match.group(1)]
        values = to_list(value) if isinstance(value, list | dict) else [value]
        if len(values) > _MOST_VALUES:
            raise TypeProblem(f'Filter "{key}" has {len(values)} values; it takes at most {_MOST_VALUES}.')
        if operation in {"like", "unlike"}:
            tested: tuple[Any, ...] = (contains_pattern(str(values[0] if values else "").strip("/")),)
            if field.kind not in {Kind.TEXT, Kind.CODE}:
                continue
        else:
            tested = tuple(_tested(member, field.kind, zone) for member in values)
        if operation not in {"in", "notin"}:
            tested = tested[:1]
        if tested or operation == "in":
            conditions.append(Condition(field.column, operation, tested))
    return conditions


def _tested(value: Any, kind: Kind, zone: tzinfo) -> Any:
    """Make a value that can be compared with the column. What cannot be read counts as nothing: 0, "" or no."""
    nothing = value is None or value is False
    match kind:
        case Kind.NUMBER:
            try:
                return 0 if nothing else to_int(value)
            except TypeError:
                return 0
        case Kind.FLAG:
            try:
                return not nothing and to_bool(value)
            except TypeError:
                return False
        case Kind.DATE:
            return 0 if nothing else parse_date(str(value), zone) or 0
        case Kind.CODE:
            return "" if nothing else str(value).strip("/")
    return "" if nothing else str(value)


def _object(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = params.get(name)
    if value is None or value == "":
        return {}
    try:
        return to_object(value)
    except TypeError as error:
        raise TypeProblem(f'Parameter "{name}" {error}') from error


def _count(params: Mapping[str, Any], name: str) -> int | None:
    value = params.get(name)
    if value is None or value == "":
        return None
    try:
        number = to_int(value)
    except TypeError as error:
        raise TypeProblem(f'Parameter "{name}" {error}') from error
    return number if number > 0 else None
