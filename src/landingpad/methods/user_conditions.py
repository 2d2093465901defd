"""Conditions and order of user.get and user.search."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from landingpad.domain.dates import parse_date
from landingpad.errors.calls import TypeProblem
from landingpad.methods.listing import MOST_OF_PATTERN, Field, FieldKind, named_field, parse_list
from landingpad.methods.user_fields import ONLINE_MS, STORED
from landingpad.rpc.bind import to_bool, to_list
from landingpad.rpc.call import Call
from landingpad.store.db.listing import Condition, words_pattern
from landingpad.store.people.directory import online_since

ONLINE: Final = "IS_ONLINE"
NAME_SEARCH: Final = "NAME_SEARCH"
FIND: Final = "FIND"
_BESIDE = frozenset({*STORED, ONLINE, NAME_SEARCH})
_SEARCHED = ("NAME", "LAST_NAME", "SECOND_NAME", "WORK_POSITION", "UF_DEPARTMENT_NAME")
_TYPES = {"employee": False, "extranet": True}
"""USER_TYPE -> whether the user is external. This portal has no mail users."""
_NOBODY = Condition("id", "in", ())
_NOTHING = Field("nothing")
_MOST_WORDS = 20
_FOREVER = 2**62


def given_conditions(call: Call, inside: Mapping[str, Any] | None, *more: str) -> dict[str, Any]:
    """Return the conditions of a call: those in the filter, and those that stand beside it."""
    known = _BESIDE.union(more)
    beside = {name.upper(): value for name, value in call.params.items() if name.upper() in known}
    return beside | {key.strip().upper(): value for key, value in (inside or {}).items()}


def conditions(call: Call, given: Mapping[str, Any], visible: Iterable[str]) -> list[Condition]:
    """Return the tests of conditions. A field that is unknown or hidden from the token counts as empty.

    Raises:
        TypeProblem: the conditions are too many or too long.

    """
    zone = call.caller.portal.zone
    shown = {*visible, "UF_DEPARTMENT_NAME"}
    found: list[Condition] = []
    tested: dict[str, Any] = {}
    for key, value in given.items():
        match named_field(key):
            case "IS_ONLINE":
                is_online = _flag(value) is not key.startswith("!")
                found.append(online_since(call.now_ms - ONLINE_MS, is_online=is_online))
            case "NAME_SEARCH":
                found += words(value, NAME_SEARCH)
            case "USER_TYPE":
                tested[key] = [_TYPES[one] for one in _listed(value) if isinstance(one, str) and one in _TYPES]
            case "PERSONAL_BIRTHDAY":
                tested[key] = [_day(one, zone) for one in _listed(value)]
            case _:
                tested[key] = value
    fields = {name: STORED[name] if name in STORED and name in shown else _NOTHING for name in _names(tested)}
    if any(_lacks_date(fields, key, value, zone) for key, value in tested.items()):
        found.append(_NOBODY)
    parsed = parse_list({"filter": tested}, fields, zone, deleted_hidden=False).listing.conditions
    return [*found, *map(_of_activity, parsed)]


def search_conditions(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions of user.search: names, position and department begin with their value."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in _SEARCHED and isinstance(value, str) and value:
            found[f"=%{name}"] = f"{value}%"
        else:
            found[name] = value
    return found


def words(value: Any, name: str) -> list[Condition]:
    """Return the conditions of a search: each word begins a word of a name, the position or a department.

    Raises:
        TypeProblem: the words are too many or too long.

    """
    found = (value if isinstance(value, str) else " ".join(str(one) for one in _listed(value) if one)).split()
    if len(found) > _MOST_WORDS or any(len(word) > MOST_OF_PATTERN for word in found):
        raise TypeProblem(f"{name} takes at most {_MOST_WORDS} words of {MOST_OF_PATTERN} characters.")
    return [Condition("personal", "like", (words_pattern(word),)) for word in found]


def _names(given: Iterable[str]) -> set[str]:
    return {name for name in map(named_field, given) if name is not None}


def _listed(value: Any) -> list[Any]:
    return to_list(value) if isinstance(value, list | dict) else [value]


def _flag(value: Any) -> bool:
    try:
        return value is not None and to_bool(value)
    except TypeError:
        return False


def _day(value: Any, zone: tzinfo) -> str | None:
    """Return a day as it is stored; "" stays empty, None is no day."""
    if not value:
        return ""
    ms = parse_date(str(value), zone)
    return None if ms is None else datetime.fromtimestamp(ms / 1000, zone).date().isoformat()


def _lacks_date(fields: Mapping[str, Field], key: str, value: Any, zone: tzinfo) -> bool:
    """Say whether a condition on a date has a value that is no date; nobody fulfils it."""
    name = named_field(key)
    if name == "PERSONAL_BIRTHDAY":
        return None in _listed(value)
    if name is None or fields[name].kind is not FieldKind.DATE:
        return False
    return any(one and parse_date(str(one), zone) is None for one in _listed(value))


def _of_activity(condition: Condition) -> Condition:
    """Return a test of the last activity as a test of all: "before" means that none was later."""
    if condition.column != "activity":
        return condition
    first = condition.values[0] if condition.values else 0
    match condition.op:
        case "ge" | "gt":
            return Condition("activity", "between", (first + (condition.op == "gt"), _FOREVER))
        case "lt" | "le":
            return Condition("activity", "outside", (first + (condition.op == "le"), _FOREVER))
    return condition
