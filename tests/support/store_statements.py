"""All SQL statements of the store."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

import landingpad.store
from landingpad.store.db.listing import Lister
from landingpad.store.db.query import Query, Statement, Writes


@cache
def statements() -> list[tuple[str, Statement]]:
    """Return every statement of the store with the module and variable that holds it."""
    found = []
    for module in pkgutil.walk_packages(landingpad.store.__path__, "landingpad.store."):
        if not module.name.startswith("landingpad.store.migrations"):
            for name, value in vars(importlib.import_module(module.name)).items():
                place = f"{module.name.removeprefix('landingpad.store.')}.{name}"
                found += [(place, statement) for statement in _statements_in(value)]
    return found


def _statements_in(value: object) -> Iterator[Statement]:
    if isinstance(value, Writes):
        return  # every UPDATE selects its portal, and no table accepts a row without one
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, Lister):
        yield Query(value._base, tuple)  # the SELECT that every listing adds conditions to
    elif isinstance(value, tuple | list):
        for member in value:
            yield from _statements_in(member)
    elif isinstance(value, dict):
        yield from _statements_in(list(value.values()))
    elif type(value).__module__.startswith("landingpad.store") and hasattr(value, "__dict__"):
        yield from _statements_in(list(vars(value).values()))
