"""user.*: users of the portal."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any

from landingpad.errors.calls import TypeProblem
from landingpad.methods.listing import sort_keys
from landingpad.methods.paging import page
from landingpad.methods.user_conditions import (
    FIND,
    conditions,
    given_conditions,
    search_conditions,
    words,
)
from landingpad.methods.user_fields import FIELDS, SORTED, directory, visible, write
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, Wire, method
from landingpad.store.db.listing import Condition, Listing

DOCS = "api-reference/user/"
_MOST_MASKS = 1000
_OTHER_SCOPES = ("user_basic", "user_brief")
Select = Annotated[list[Any] | None, Doc("List of field names; `*` and `UF_*` are wildcards. Default: all fields.")]
Sort = Annotated[str | None, Doc("Field to sort by; ID by default.")]
Order = Annotated[dict[str, Any] | str | None, Doc("ASC (default) or DESC, or an object of field -> direction.")]
AdminMode = Annotated[Any, Wire("ADMIN_MODE"), Doc("Accepted; every caller sees every user.")]
Start = Annotated[int | None, Doc("Offset of the first row; -1 skips counting the total.")]


@method("user.current", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, doc=DOCS + "user-current.md")
def current(call: Call) -> dict[str, Any]:
    """Return the calling user."""
    user = directory(call).find(call.tx, call.portal_id, call.user.id)
    assert user is not None  # noqa: S101  # the call was authorized as this user
    return write(call, user, visible(call))


@method(
    "user.fields", scope="user", or_scopes=_OTHER_SCOPES, runs=Runs.FREE, any_case=True, doc=DOCS + "user-fields.md"
)
def fields(call: Call) -> dict[str, str]:
    """Return the titles of the fields of a user that the scopes of the token show."""
    return {name: FIELDS[name] for name in visible(call) if name in FIELDS}


@method("user.get", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, takes_more=True, doc=DOCS + "user-get.md")
def get(
    call: Call,
    filter: Annotated[
        dict[str, Any] | None,
        Doc(
            "Field -> value, with operator prefixes such as >= or %; a text with % is a pattern. Also NAME_SEARCH "
            "(words of names, position and departments), IS_ONLINE (Y or N), USER_TYPE (employee or extranet)."
        ),
    ] = None,
    sort: Sort = None,
    order: Order = None,
    select: Select = None,
    image_resize: Annotated[Any, Wire("IMAGE_RESIZE"), Doc("Accepted; pictures have their own size.")] = None,
    admin_mode: AdminMode = None,
    start: Start = None,
) -> Paged:
    """List users, 50 at a time. Conditions may also be sent as parameters beside `filter`.

    A condition on a field that does not exist, or that the scopes of the token do not show, counts the field as empty.
    """
    given = given_conditions(call, filter)
    return _people(call, conditions(call, given, visible(call)), sort, order, select, start)


@method(
    "user.search", scope="user", or_scopes=_OTHER_SCOPES, any_case=True, takes_more=True, doc=DOCS + "user-search.md"
)
def search(
    call: Call,
    filter: Annotated[
        dict[str, Any] | None,
        Doc(
            "FIND (words of names, position and departments), or beginnings of NAME, LAST_NAME, SECOND_NAME, "
            "WORK_POSITION, UF_DEPARTMENT_NAME; USER_TYPE and the conditions of user.get."
        ),
    ] = None,
    sort: Sort = None,
    order: Order = None,
    select: Select = None,
    admin_mode: AdminMode = None,
    start: Start = None,
) -> Paged:
    """Find users by beginnings of their names, positions and department names, 50 at a time."""
    given = given_conditions(call, filter, FIND)
    found = words(given.pop(FIND, ""), FIND)  # FIND overrides all other conditions
    found = found or conditions(call, search_conditions(given), visible(call))
    return _people(call, found, sort, order, select, start)


def _people(
    call: Call,
    found: list[Condition],
    sort: str | None,
    order: str | Mapping[str, Any] | None,
    select: list[Any] | None,
    start: int | None,
) -> Paged:
    shown = visible(call)
    names = _selected(shown, select)
    columns = {name: column for name, column in SORTED.items() if name in shown}
    listing = Listing(found, sort_keys(sort, order, columns, default="ID"))
    return page(call, directory(call), listing, start, lambda user: write(call, user, names))


def _selected(names: list[str], select: list[Any] | None) -> list[str]:
    if not select:
        return names
    if len(select) > _MOST_MASKS:
        raise TypeProblem(f'Parameter "select" has {len(select)} values; it takes at most {_MOST_MASKS}.')
    masks = [str(mask) for mask in select]
    return [name for name in names if any(fnmatchcase(name, mask) for mask in masks)]
