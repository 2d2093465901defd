"""Lists with conditions, order and limit from callers. SQL is built once for each shape of a listing."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import TypeEngine

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query

T = TypeVar("T")

_KEPT_SHAPES = 500
_OPPOSITES = {"notin": "in", "unlike": "like", "outside": "between"}


class Condition(NamedTuple):
    """One test of a column. `op`: in notin gt ge lt le between outside like unlike.

    NULL counts as 0 or "". Of several values, in and like take any, notin and unlike none.
    """

    column: str
    op: str
    values: tuple[Any, ...] = ()


class Many(NamedTuple):
    """A condition on values of which a row has several, as rows of another table. Lists cannot be sorted by it.

    A positive test is true if it is true for one of the values, a negative one if it is true for all.
    """

    owner: ColumnElement[Any]
    """Column of the listed row that `of` refers to."""
    of: ColumnElement[Any]
    value: ColumnElement[Any]


class SortKey(NamedTuple):
    """One column to sort by."""

    column: str
    descending: bool = False


class Restriction(Protocol):
    """A condition imposed by the caller's rights, not by the filter."""

    @property
    def shape(self) -> Hashable:
        """Hashable key of everything that its SQL depends on."""
        ...

    def parts(self) -> Sequence[ColumnElement[bool]]:
        """Return the condition as alternatives. A row fulfils at most one of them."""
        ...

    def params(self) -> dict[str, Any]:
        """Return the parameters of the condition."""
        ...


class Listing(NamedTuple):
    """A listing: conditions, order, limit and restriction."""

    conditions: Sequence[Condition] = ()
    order: Sequence[SortKey] = ()
    limit: int | None = None
    offset: int = 0
    only: Restriction | None = None


class Lister:
    """Runs listings over one SELECT, by its filterable columns."""

    def __init__(
        self,
        base: Select[Any],
        into: type[T],
        columns: Mapping[str, ColumnElement[Any] | Many],
        *,
        kept_shapes: int = _KEPT_SHAPES,
    ) -> None:
        self._base = base
        self._into = into
        self._columns = {name: never_null(column) for name, column in columns.items() if not isinstance(column, Many)}
        self._many = {name: column for name, column in columns.items() if isinstance(column, Many)}
        self._kept_shapes = kept_shapes
        self._shapes: OrderedDict[tuple[Any, ...], Query[Any]] = OrderedDict()  # last used at the end
        self._lock = threading.Lock()

    def rows(self, tx: Tx, listing: Listing, **fixed: Any) -> list[Any]:
        """Return the rows of a listing. `fixed` are parameters of the SELECT, such as portal_id."""
        query, params = self._asked(listing)
        return tx.all(query, **fixed, **params)

    def each(self, tx: Tx, listing: Listing, **fixed: Any) -> Iterator[Any]:
        """Return the rows of a listing one by one; memory does not grow with their number."""
        query, params = self._asked(listing)
        return tx.each(query, **fixed, **params)

    def _asked(self, listing: Listing) -> tuple[Query[Any], dict[str, Any]]:
        """Return the query of a listing and its parameters."""
        shape = (
            tuple((c.column, c.op, len(c.values)) for c in listing.conditions),
            tuple(listing.order),
            listing.limit is not None,
            bool(listing.offset),
            None if listing.only is None else listing.only.shape,
        )
        query = self._query(shape, listing)
        params = {f"c{i}_{j}": value for i, c in enumerate(listing.conditions) for j, value in enumerate(c.values)}
        if listing.limit is not None:
            params["page_limit"] = listing.limit
        if listing.offset:
            params["page_offset"] = listing.offset
        if listing.only is not None:
            params |= listing.only.params()
        return query, params

    def _query(self, shape: tuple[Any, ...], listing: Listing) -> Query[Any]:
        """Return the query of a shape from the LRU cache, or build it."""
        with self._lock:
            query = self._shapes.get(shape)
            if query is not None:
                self._shapes.move_to_end(shape)
                return query
        query = Query(self._select(listing), self._into)
        with self._lock:
            self._shapes[shape] = query
            if len(self._shapes) > self._kept_shapes:
                self._shapes.popitem(last=False)
        return query

    def _select(self, listing: Listing) -> Select[Any]:
        listed = self._base
        for number, condition in enumerate(listing.conditions):
            listed = listed.where(self._clause(number, condition))
        columns = self._columns
        parts = () if listing.only is None else listing.only.parts()
        if len(parts) == 1:
            listed = listed.where(parts[0])
        elif parts:
            # UNION ALL instead of OR, so that the engine finds and sorts each part by its own index.
            whole = union_all(*(listed.where(part) for part in parts)).subquery("whole")
            columns = {
                name: whole.c[name] if isinstance(column, Column) else never_null(whole.c[name])
                for name, column in columns.items()
            }
            listed = select(whole)
        for column, descending in listing.order:
            element = columns[column]
            listed = listed.order_by(element.desc() if descending else element.asc())
        if listing.limit is not None:
            listed = listed.limit(bindparam("page_limit"))
        elif listing.offset:
            listed = listed.limit(2**62)  # SQLite takes no OFFSET without LIMIT
        if listing.offset:
            listed = listed.offset(bindparam("page_offset"))
        return listed

    def _clause(self, number: int, condition: Condition) -> ColumnElement[bool]:
        many = self._many.get(condition.column)
        column = self._columns[condition.column] if many is None else many.value
        bound = [bindparam(f"c{number}_{j}", type_=_type_to_compare(column)) for j in range(len(condition.values))]
        if not bound:
            return false() if condition.op == "in" else true()
        if many is None:
            return _test(column, condition.op, bound)
        owners = select(many.of).where(_test(column, _OPPOSITES.get(condition.op, condition.op), bound))
        return many.owner.not_in(owners) if condition.op in _OPPOSITES else many.owner.in_(owners)


def _test(column: ColumnElement[Any], op: str, bound: Sequence[BindParameter[Any]]) -> ColumnElement[bool]:
    match op:
        case "in":
            return column.in_(bound)
        case "notin":
            return column.not_in(bound)
        case "gt":
            return column > bound[0]
        case "ge":
            return column >= bound[0]
        case "lt":
            return column < bound[0]
        case "le":
            return column <= bound[0]
        case "between":
            return column.between(bound[0], bound[1])
        case "outside":
            return ~column.between(bound[0], bound[1])
        case "like":
            return or_(*(column.ilike(pattern, escape="\\") for pattern in bound))
        case "unlike":
            return and_(*(column.not_ilike(pattern, escape="\\") for pattern in bound))
    raise ValueError(f"unknown operation {op!r}")


def _type_to_compare(column: ColumnElement[Any]) -> TypeEngine[Any]:
    """Return the type of values compared with a column. Callers may send integers beyond its range."""
    return BigInteger() if isinstance(column.type, Integer) else column.type


def never_null(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Replace NULL by an empty value for tests and sorting, as the API does: no folder is folder 0."""
    if isinstance(column, Column) and not column.nullable:
        return column
    nothing: Any = 0
    if isinstance(column.type, Text):
        nothing = ""
    elif isinstance(column.type, Boolean):
        nothing = false()
    return func.coalesce(column, nothing)


def words_pattern(word: str) -> str:
    """Return the LIKE pattern of "a word of the text begins with this", for texts that begin with a blank."""
    return f"% {contains_pattern(word)[1:]}"


def contains_pattern(text: str) -> str:
    """Return the LIKE pattern of "contains this text"."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def like_pattern(text: str) -> str:
    """Return the LIKE pattern for a text in which only "%" is a wildcard."""
    return text.replace("\\", "\\\\").replace("_", "\\_")
