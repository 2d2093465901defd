"""Lists as callers ask for them: conditions, order, limit. SQL is built once for each shape of a question."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam

from landingpad.store.engine import Tx
from landingpad.store.query import Query

T = TypeVar("T")

_KEPT_SHAPES = 500


class Condition(NamedTuple):
    """One test of a column. `op`: eq ne gt ge lt le like unlike in notin null notnull between."""

    column: str
    op: str
    values: tuple[Any, ...] = ()


class Order(NamedTuple):
    """One column to sort by."""

    column: str
    descending: bool = False


class Listing(NamedTuple):
    """A whole question."""

    conditions: Sequence[Condition] = ()
    order: Sequence[Order] = ()
    limit: int | None = None
    offset: int = 0


class Lister:
    """Answers questions over one SELECT whose columns may be tested and sorted by."""

    def __init__(self, base: Select[Any], into: type[T], columns: Mapping[str, ColumnElement[Any]]) -> None:
        self._base = base
        self._into = into
        self._columns = columns
        self._shapes: OrderedDict[tuple[Any, ...], Query[Any]] = OrderedDict()

    def rows(self, tx: Tx, listing: Listing, **fixed: Any) -> list[Any]:
        """Return the rows; `fixed` are parameters of the SELECT itself, such as portal_id."""
        shape = (
            tuple((c.column, c.op, len(c.values)) for c in listing.conditions),
            tuple(listing.order),
            listing.limit is not None,
            bool(listing.offset),
        )
        query = self._shapes.get(shape)
        if query is None:
            query = self._shapes[shape] = Query(self._select(listing), self._into)
            if len(self._shapes) > _KEPT_SHAPES:
                self._shapes.popitem(last=False)
        params = {f"c{i}_{j}": value for i, c in enumerate(listing.conditions) for j, value in enumerate(c.values)}
        if listing.limit is not None:
            params["page_limit"] = listing.limit
        if listing.offset:
            params["page_offset"] = listing.offset
        return tx.all(query, **fixed, **params)

    def _select(self, listing: Listing) -> Select[Any]:
        select = self._base
        for number, condition in enumerate(listing.conditions):
            select = select.where(self._clause(number, condition))
        for column, descending in listing.order:
            element = self._columns[column]
            select = select.order_by(element.desc() if descending else element.asc())
        if listing.limit is not None:
            select = select.limit(bindparam("page_limit"))  # type: ignore[arg-type]  # a bound number
        elif listing.offset:
            select = select.limit(2**62)  # SQLite takes no OFFSET without LIMIT
        if listing.offset:
            select = select.offset(bindparam("page_offset"))  # type: ignore[arg-type]
        return select

    def _clause(self, number: int, condition: Condition) -> ColumnElement[bool]:
        column = self._columns[condition.column]
        bound = [bindparam(f"c{number}_{j}", type_=column.type) for j in range(len(condition.values))]
        match condition.op:
            case "null":
                return column.is_(None)
            case "notnull":
                return column.is_not(None)
            case "in":
                return column.in_(bound)
            case "notin":
                return column.not_in(bound) | column.is_(None)
            case "eq":
                return column == bound[0]
            case "ne":
                return (column != bound[0]) | column.is_(None)
            case "gt":
                return column > bound[0]
            case "ge":
                return column >= bound[0]
            case "lt":
                return column < bound[0]
            case "le":
                return column <= bound[0]
            case "like":
                return column.ilike(bound[0], escape="\\")
            case "unlike":
                return column.not_ilike(bound[0], escape="\\") | column.is_(None)
            case "between":
                return column.between(bound[0], bound[1])
        raise ValueError(f"unknown operation {condition.op!r}")


def contains_pattern(text: str) -> str:
    """Return the LIKE pattern of "contains this text"."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
