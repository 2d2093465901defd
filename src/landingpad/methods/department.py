"""department.*: the company structure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from landingpad.domain.people import people as structure
from landingpad.domain.people.people import PeopleError
from landingpad.errors.people import ChangeRefused
from landingpad.methods.listing import Field, FieldKind, named_field, parse_list, sort_keys
from landingpad.methods.paging import page
from landingpad.rpc.call import Call, Paged
from landingpad.rpc.declare import Doc, Runs, Wire, method
from landingpad.store.db.listing import Listing
from landingpad.store.people import people
from landingpad.store.people.directory import DEPARTMENTS
from landingpad.store.records import Department

DOCS = "api-reference/departments/"
DepartmentId = Annotated[int, Wire("ID"), Doc("Id of the department; required.", see="department.get")]
_MOST = 2**31 - 1
_ONE_TOP = "There can only be one top-level department in the company structure"
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


@method(
    "department.add",
    runs=Runs.WRITE,
    any_case=True,
    raises=[ChangeRefused],
    doc=DOCS + "department-add.md",
)
def add(
    call: Call,
    name: Annotated[str, Wire("NAME"), Doc("Name; required.")] = "",
    parent: Annotated[int | None, Wire("PARENT"), Doc("Id of the parent; required.", see="department.get")] = None,
    sort: Annotated[int, Wire("SORT"), Doc("Position among the departments of the parent.")] = people.DEFAULT_SORT,
    head: Annotated[int | None, Wire("UF_HEAD"), Doc("Id of the user who is the head.", see="user.get")] = None,
) -> int:
    """Create a department and return its id. Administrators may do so."""
    _require_admin(call)
    _check_sort(sort)
    if not name.strip():
        raise ChangeRefused("Department name not provided.<br>")
    if not parent or people.find_department(call.tx, call.portal_id, parent) is None:
        raise ChangeRefused(_ONE_TOP)
    with _refused():
        return structure.add_department(
            call.tx,
            call.portal_id,
            name=name,
            parent_id=parent,
            head_id=head or None,
            sort=sort,
        )


@method(
    "department.update",
    runs=Runs.WRITE,
    any_case=True,
    raises=[ChangeRefused],
    doc=DOCS + "department-update.md",
)
def update(
    call: Call,
    department_id: DepartmentId = 0,
    name: Annotated[str | None, Wire("NAME"), Doc("New name.")] = None,
    sort: Annotated[int | None, Wire("SORT"), Doc("Position among the departments of the parent.")] = None,
    parent: Annotated[int | None, Wire("PARENT"), Doc("Id of the new parent.", see="department.get")] = None,
    head: Annotated[int | None, Wire("UF_HEAD"), Doc("Id of the user who is the head; 0 for none.")] = None,
) -> bool:
    """Change a department. Parameters that are not sent change nothing. Administrators may do so."""
    _require_admin(call)
    known = _department(call, department_id)
    _check_sort(sort)
    if name is not None and not name.strip():
        raise ChangeRefused("Department name not provided.<br>")
    if parent == 0 and known.parent_id is not None:
        raise ChangeRefused(_ONE_TOP)
    with _refused():
        structure.change_department(
            call.tx, call.portal_id, department_id, name=name, parent_id=parent or None, head_id=head, sort=sort
        )
    return True


@method(
    "department.delete",
    runs=Runs.WRITE,
    any_case=True,
    raises=[ChangeRefused],
    doc=DOCS + "department-delete.md",
)
def delete(call: Call, department_id: DepartmentId = 0) -> bool:
    """Delete a department. Its users and the departments below it move to the one above. Administrators may do so."""
    _require_admin(call)
    _department(call, department_id)
    with _refused():
        structure.delete_department(call.tx, call.portal_id, department_id)
    return True


def _require_admin(call: Call) -> None:
    if not call.user.is_admin:
        raise ChangeRefused


def _check_sort(sort: int | None) -> None:
    if sort is not None and abs(sort) > _MOST:
        raise ChangeRefused(f"SORT is a number from -{_MOST} to {_MOST}.")


def _department(call: Call, department_id: int) -> Department:
    found = people.find_department(call.tx, call.portal_id, department_id)
    if found is None:
        raise ChangeRefused("Department not found")
    return found


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except PeopleError as error:
        raise ChangeRefused(str(error)) from error


def _row(department: Department) -> dict[str, Any]:
    row: dict[str, Any] = {"ID": str(department.id), "NAME": department.name, "SORT": department.sort}
    if department.parent_id is not None:
        row["PARENT"] = str(department.parent_id)
    if department.head_id is not None:
        row["UF_HEAD"] = str(department.head_id)
    return row
