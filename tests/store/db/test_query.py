"""Queries and their records."""

import pytest
from sqlalchemy import select

from landingpad.store.db.query import Query
from landingpad.store.records import Department
from landingpad.store.tables.site import sites
from support.store_statements import statements


def test_every_query_selects_the_fields_of_its_record() -> None:
    records = [statement for _, statement in statements() if isinstance(statement, Query) and statement.is_record]
    assert len(records) > 50
    for query in records:
        assert isinstance(query.booleans, tuple)


def test_a_query_with_other_columns_fails_at_its_first_row() -> None:
    with pytest.raises(TypeError, match="the query gives"):
        Query(select(sites.c.id), Department).make((1,), booleans_are_numbers=False)
