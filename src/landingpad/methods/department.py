"""department.*: the company structure."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.methods.listing import Field, FieldKind, named_field, parse_list, sort_keys
from landingpad.methods.paging import page
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.db.listing import Listing
from landingpad.store.people.directory import DEPARTMENTS
from landingpad.store.records import Department

DOCS = "api-reference/departments/"
FIELDS: Mapping[str, str] = {
    "ID": "ID",
    "NAME": "Name",
    "SORT": "Sorting",
    "PARENT": "Parent department",
    "UF_HEAD": "Head",
}
_STORED: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "NAME": Field("name"),
    "SORT": Field("sort", FieldKind.NUMBER),
    "PARENT": Field("parent_id", FieldKind.NUMBER),
    "UF_HEAD": Field("head_id", FieldKind.NUMBER),
}
_COLUMNS = {name: field.column for name, field in _STORED.items()}


@method("department.fields", runs=Runs.FREE, any_case=True, doc=DOCS + "department-fields.md")
def fields(call: Call) -> dict[str, str]:
    """Return the titles of the fields of a department."""
    return dict(FIELDS)


@method("department.get", any_case=True, takes_more=True, doc=DOCS + "department-get.md")
def get(
    call: Call,
    sort: Annotated[str | None, Doc("Field to sort by: ID, NAME, SORT (default), PARENT or UF_HEAD.")] = None,
    order: Annotated[
        dict[str, Any] | str | None, Doc("ASC (default) or DESC, or an object of field -> direction.")
    ] = None,
    start: Annotated[int | None, Doc("Offset of the first row; -1 skips counting the total.")] = None,
) -> Paged:
    """List departments, 50 at a time. Further parameters named like fields (ID, NAME ...) filter the list.

    A condition on a field that does not exist counts the field as empty.
    """
    conditions = {name.upper(): value for name, value in call.params.items() if name.upper() in _STORED}
    if isinstance(conditions.get("SORT"), str) and conditions["SORT"].upper() in _STORED:
        del conditions["SORT"]  # a field name here means the sorting, not a condition
    for name, inside in call.params.items():
        if name.upper() == "FILTER" and isinstance(inside, dict):  # sent by list helpers of client libraries
            conditions |= {key.strip().upper(): value for key, value in inside.items()}
    named = {name for name in map(named_field, conditions) if name is not None}
    fields = {**dict.fromkeys(named, Field("nothing")), **_STORED}
    query = parse_list({"filter": conditions}, fields, call.caller.portal.zone, deleted_hidden=False)
    listing = Listing(query.listing.conditions, sort_keys(sort, order, _COLUMNS, default="SORT"))
    return page(call, DEPARTMENTS, listing, start, _row)


def _row(department: Department) -> dict[str, Any]:
    row: dict[str, Any] = {"ID": str(department.id), "NAME": department.name, "SORT": department.sort}
    if department.parent_id is not None:
        row["PARENT"] = str(department.parent_id)
    if department.head_id is not None:
        row["UF_HEAD"] = str(department.head_id)
    return row
