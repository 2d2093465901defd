"""The `params` of list methods: select, filter, order, group, limit and offset over the documented fields of a row.

Unknown field names are ignored without an error, as documented (landing/site/landing-site-get-list.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from landingpad.domain.dates import parse_date, wire_date
from landingpad.errors.calls import TypeProblem
from landingpad.rpc.bind import to_bool, to_int, to_list, to_object
from landingpad.rpc.call import Call
from landingpad.rpc.long_list import PORTION, LongList, LongRead, Rows
from landingpad.store.db.listing import Condition, Lister, Listing, SortKey, contains_pattern, like_pattern

_OPERATIONS = {
    "": "in",
    "=": "in",
    "@": "in",
    "!": "notin",
    "!=": "notin",
    "!@": "notin",
    "%": "like",
    "!%": "unlike",
    "=%": "like",
    "%=": "like",
    "!=%": "unlike",
    "!%=": "unlike",
    ">": "gt",
    ">=": "ge",
    "<": "lt",
    "<=": "le",
    "><": "between",
    "!><": "outside",
}
_CONTAINS = frozenset({"%", "!%"})
"""Prefixes whose value is any part of a text; the values of "=%" and others are patterns with "%" for any text."""
_UNSIGNED = {"": "like", "!": "unlike"}
"""Prefixes without a comparison: texts that contain "%" are patterns (user/user-get.md); "=" takes them literally."""
_KEY = re.compile(rf"({'|'.join(sorted(map(re.escape, _OPERATIONS), key=len, reverse=True))})([A-Z0-9_]+)")
_VALUES = {"between": 2, "outside": 2}
MOST_VALUES = 1000
_MOST_CONDITIONS = 100
_MOST_TESTED = 10_000
_MOST_PATTERNS = 100
MOST_OF_PATTERN = 1000
"""Characters of a pattern; databases accept no long ones, and need their time for each."""

T = TypeVar("T")


class FieldKind(Enum):
    """Type of a field: decides how it is written and compared."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    DATE = "date"
    CODE = "code"
    """Code of a site: "/acme/" on the wire."""


_TEXTS = frozenset({FieldKind.TEXT, FieldKind.CODE})


class Field(NamedTuple):
    """A documented field and the column that stores it."""

    column: str
    kind: FieldKind = FieldKind.TEXT


class ListQuery(NamedTuple):
    """The parsed `params` of a list method."""

    select: tuple[str, ...]
    listing: Listing
    group: tuple[str, ...] = ()
    """Fields whose equal values merge rows; lists that select ID are never merged."""


def parse_list(
    params: Mapping[str, Any],
    fields: Mapping[str, Field],
    zone: tzinfo,
    *,
    computed: Sequence[str] = (),
    always: Sequence[str] = (),
    deleted_hidden: bool = True,
) -> ListQuery:
    """Parse the `params` of a list method.

    Args:
        params: select, filter, order, group, limit, offset as sent. A select or filter that is not an object or list
            is ignored (landing/site/landing-site-get-list.md).
        fields: stored fields of a row.
        zone: time zone of dates in filters.
        computed: calculated fields, returned only if selected.
        always: fields returned even if not selected.
        deleted_hidden: hide rows in the trash unless the filter has a condition on DELETED.

    Raises:
        TypeProblem: order, limit or offset is of the wrong type.

    """
    wanted = params.get("filter")
    conditions = _conditions(to_object(wanted), fields, zone) if isinstance(wanted, dict | list) else []
    if deleted_hidden and not any(condition.column == "deleted" for condition in conditions):
        conditions.append(Condition("deleted", "in", (False,)))
    order = [
        SortKey(fields[name].column, str(direction).strip().lower() == "desc")
        for name, direction in _object(params, "order").items()
        if name in fields
    ]
    if not any(column == "id" for column, _ in order):
        order.append(SortKey("id"))
    return ListQuery(
        _select(params, fields, computed, always),
        Listing(conditions, order, _count(params, "limit"), _count(params, "offset") or 0),
        _group(params, fields),
    )


def named_field(key: str) -> str | None:
    """Return the name in the key of a condition without its prefix, or None if the key is none."""
    match = _KEY.fullmatch(key.strip())
    return None if match is None else match.group(2)


def sort_keys(
    sort: str | None, order: str | Mapping[str, Any] | None, columns: Mapping[str, str], *, default: str
) -> list[SortKey]:
    """Return the order of a list with `sort` and `order`; helpers of client libraries send `order` as an object.

    Args:
        sort: field to sort by; unknown fields are ignored.
        order: ASC or DESC, or an object of field -> direction.
        columns: field -> column.
        default: field to sort by otherwise.

    """
    wanted = order if isinstance(order, Mapping) else {sort or default: order}
    found = {
        columns[name.upper()]: str(direction or "").strip().lower() == "desc"
        for name, direction in wanted.items()
        if name.upper() in columns
    }
    ordered = found or {columns[default]: False}
    ordered.setdefault("id", False)
    return [SortKey(column, is_descending) for column, is_descending in ordered.items()]


def grouped(query: ListQuery, list_rows: Callable[[Listing], Sequence[T]], write: Callable[[T, str], Any]) -> list[Any]:
    """Return the rows of a list; `group` merges rows with equal values.

    Args:
        query: the parsed `params`.
        list_rows: lists records.
        write: returns one field of a record as the wire writes it.

    """
    shown, listing = query.select, query.listing
    compared = (*shown, *query.group)
    if not query.group or "ID" in compared:
        return [{name: write(record, name) for name in shown} for record in list_rows(listing)]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in list_rows(listing._replace(limit=None, offset=0)):
        values = {name: write(record, name) for name in shown}
        found.setdefault(tuple(write(record, name) for name in compared), values)
    rows = list(found.values())[listing.offset :]
    return rows if listing.limit is None else rows[: listing.limit]


def listed(
    call: Call,
    lister: Lister,
    listing: Listing,
    write_rows: Callable[[list[Any]], list[Any]],
    *,
    portion: int = PORTION,
) -> Rows:
    """Return the rows of a listing; memory does not grow with their number.

    Args:
        call: the call.
        lister: finds the records.
        listing: what to find.
        write_rows: returns records as the wire writes them.
        portion: records to hold at once.

    Raises:
        LongRead: there are more records than one portion, and it is not the turn of a long list.

    """
    if not call.reads_long:
        is_short = listing.limit is not None and listing.limit <= portion
        first = listing if is_short else listing._replace(limit=portion + 1)
        records = lister.rows(call.tx, first, portal_id=call.portal_id)
        if len(records) > portion:
            raise LongRead
        return write_rows(records)
    found = LongList()
    remaining = lister.each(call.tx, listing, portal_id=call.portal_id)
    while records := list(islice(remaining, portion)):
        found.add(write_rows(records))
    found.end()
    return found


def row(record: Any, select: Sequence[str], fields: Mapping[str, Field], zone: tzinfo) -> dict[str, Any]:
    """Return stored fields of a record as the wire writes them: strings or null."""
    return {name: write(getattr(record, fields[name].column), fields[name].kind, zone) for name in select}


def write(value: Any, kind: FieldKind, zone: tzinfo) -> str | None:
    """Return one value as the wire writes it."""
    match kind:
        case FieldKind.FLAG:
            return "Y" if value else "N"
        case FieldKind.DATE:
            return wire_date(value, zone)
        case FieldKind.CODE:
            return f"/{value}/"
    return None if value is None else str(value)


def _select(
    params: Mapping[str, Any], fields: Mapping[str, Field], computed: Sequence[str], always: Sequence[str]
) -> tuple[str, ...]:
    wanted = params.get("select")
    if not wanted or not isinstance(wanted, list | dict):
        return tuple(fields)
    names = [str(name) for name in to_list(wanted)]
    known = [n for name in names for n in (fields if name == "*" else [name]) if n in fields or n in computed]
    return tuple(dict.fromkeys([*always, *known]))


def _group(params: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[str, ...]:
    wanted = params.get("group")
    names = dict.fromkeys(map(str, to_list(wanted))) if isinstance(wanted, list | dict) else {}
    return tuple(name for name in names if name in fields)


def _conditions(given: Mapping[str, Any], fields: Mapping[str, Field], zone: tzinfo) -> list[Condition]:
    conditions: list[Condition] = []
    tested_values = patterns = 0
    for key, value in given.items():
        match = _KEY.fullmatch(key.strip())
        if match is None or match.group(2) not in fields:
            continue
        prefix, field = match.group(1), fields[match.group(2)]
        values = to_list(value) if isinstance(value, list | dict) else [value]
        if len(values) > MOST_VALUES:
            raise TypeProblem(f'Filter "{key[:60]}" has {len(values)} values; it takes at most {MOST_VALUES}.')
        tested_values += len(values)
        if len(conditions) >= _MOST_CONDITIONS or tested_values > _MOST_TESTED:
            raise TypeProblem(f"The filter takes at most {_MOST_CONDITIONS} conditions with {_MOST_TESTED} values.")
        operation = _operation(prefix, field, values)
        if operation in {"like", "unlike"}:
            if field.kind not in _TEXTS:
                continue
            patterns += len(values)
            if patterns > _MOST_PATTERNS:
                raise TypeProblem(f"The filter takes at most {_MOST_PATTERNS} patterns.")
            pattern = contains_pattern if prefix in _CONTAINS else like_pattern
            tested: tuple[Any, ...] = tuple(pattern(_searched(member, field, key)) for member in values)
        else:
            tested = tuple(_tested(member, field.kind, zone) for member in values)
            if operation not in {"in", "notin"}:
                tested = tested[: _VALUES.get(operation, 1)]
        if len(tested) >= _VALUES.get(operation, 1) or operation == "in":
            conditions.append(Condition(field.column, operation, tested))
    return conditions


def _operation(prefix: str, field: Field, values: Sequence[Any]) -> str:
    if prefix in _UNSIGNED and field.kind in _TEXTS and any(isinstance(v, str) and "%" in v for v in values):
        return _UNSIGNED[prefix]
    return _OPERATIONS[prefix]


def _searched(value: Any, field: Field, key: str) -> str:
    text = _tested(value, field.kind, UTC)
    if len(text) > MOST_OF_PATTERN:
        raise TypeProblem(f'Filter "{key[:60]}" has {len(text)} characters; it takes at most {MOST_OF_PATTERN}.')
    return str(text)


def _tested(value: Any, kind: FieldKind, zone: tzinfo) -> Any:
    """Convert a filter value to the type of its column; unreadable values become 0, "" or False."""
    nothing = value is None or value is False
    match kind:
        case FieldKind.NUMBER:
            try:
                return 0 if nothing else to_int(value)
            except TypeError:
                return 0
        case FieldKind.FLAG:
            try:
                return not nothing and to_bool(value)
            except TypeError:
                return False
        case FieldKind.DATE:
            return 0 if nothing else parse_date(str(value), zone) or 0
        case FieldKind.CODE:
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
