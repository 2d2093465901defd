"""landing.role.*: the rights model of the portal, and the roles of the role model."""

from contextlib import suppress
from typing import Annotated, Any

from landingpad.domain.people import roles
from landingpad.domain.people.rights import SITES, Right
from landingpad.errors.calls import AccessDenied, ArgumentProblem
from landingpad.errors.people import IsNotAdmin, RoleScopeMismatch
from landingpad.rpc.bind import to_int, to_list
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.people import rights as right_rows
from landingpad.store.people import roles as role_rows

DOCS = "api-reference/landing/rights/"
_ERRORS = (AccessDenied, IsNotAdmin)

RoleId = Annotated[int, Doc("Id of the role.", see="landing.role.getList")]
Section = Annotated[str | None, Doc("Section: KNOWLEDGE, GROUP or MAINPAGE; without it sites and stores.")]


@method("landing.role.isEnabled", needs=Right.ADMIN, raises=_ERRORS, doc=DOCS + "landing-role-is-enabled.md")
def is_enabled(call: Call) -> bool:
    """Return whether the role model is on; otherwise rights are set on each site."""
    _require_full_access(call)
    return right_rows.uses_roles(call.tx, call.portal_id)


@method("landing.role.enable", needs=Right.ADMIN, runs=Runs.WRITE, raises=_ERRORS, doc=DOCS + "landing-role-enable.md")
def enable(
    call: Call,
    mode: Annotated[bool, Doc("true: the role model; false: rights set on each site.")],
    scope: Section = None,
) -> bool:
    """Select the rights model for all sections of the portal. The settings of both models are kept."""
    _require_full_access(call)
    if call.section != SITES and not call.user.is_admin:
        raise IsNotAdmin
    right_rows.use_roles(call.tx, call.portal_id, on=mode)
    return True


@method("landing.role.getList", needs=Right.ADMIN, raises=_ERRORS, doc=DOCS + "role-model/landing-role-get-list.md")
def get_list(call: Call, scope: Section = None) -> list[dict[str, str]]:
    """List the roles of a section."""
    _require_full_access(call)
    return [
        {"ID": str(role.id), "TITLE": role.title, "XML_ID": role.xml_id}
        for role in role_rows.of_section(call.tx, call.portal_id, call.section)
    ]


@method(
    "landing.role.getRights",
    needs=Right.ADMIN,
    raises=[*_ERRORS, RoleScopeMismatch],
    doc=DOCS + "role-model/landing-role-get-rights.md",
)
def get_rights(call: Call, id: RoleId, scope: Section = None) -> dict[str, list[str]] | list[Any]:
    """Return the rights of a role by site id; key 0 means all sites without their own settings."""
    _require_full_access(call)
    found = roles.rights_of(call.tx, roles.get(call.tx, call.portal_id, id, call.section))
    return {str(site_id): operations for site_id, operations in found.items()} or []


@method(
    "landing.role.setRights",
    needs=Right.ADMIN,
    runs=Runs.WRITE,
    raises=[*_ERRORS, RoleScopeMismatch],
    doc=DOCS + "role-model/landing-role-set-rights.md",
)
def set_rights(
    call: Call,
    id: RoleId,
    rights: Annotated[
        dict[str, Any],
        Doc(
            "Site id -> list of denied, read, edit, sett, public, delete; key 0 means all sites without their own "
            "settings."
        ),
    ],
    additional: Annotated[
        list[Any] | None,
        Doc(
            "List of menu24, create and admin; in other sections with the prefix knowledge_, group_ or vibe_. Without "
            "it these rights stay unchanged."
        ),
    ] = None,
    scope: Section = None,
) -> bool:
    """Replace the rights of a role. Unknown sites and values that are not lists are ignored."""
    _require_full_access(call)
    role = roles.get(call.tx, call.portal_id, id, call.section)
    given = {}
    for key, operations in rights.items():
        with suppress(TypeError):  # skip keys that are not ids and values that are not lists
            given[to_int(key)] = to_list(operations)
    roles.set_rights(call.tx, role, given, additional)
    return True


@method(
    "landing.role.setAccessCodes",
    needs=Right.ADMIN,
    runs=Runs.WRITE,
    raises=[*_ERRORS, RoleScopeMismatch, ArgumentProblem],
    doc=DOCS + "role-model/landing-role-set-access-codes.md",
)
def set_access_codes(
    call: Call,
    id: RoleId,
    codes: Annotated[
        Any, Doc("List of access codes: U1, G12, DR3, SG14, AU, UA. Without it nobody has the role.")
    ] = None,
    scope: Section = None,
) -> bool:
    """Replace the access codes that have a role. Codes without a user are stored without effect."""
    _require_full_access(call)
    role = roles.get(call.tx, call.portal_id, id, call.section)
    try:
        given = [] if codes is None else to_list(codes)
    except TypeError as error:
        raise ArgumentProblem("codes") from error
    roles.set_codes(call.tx, role, given)
    return True


def _require_full_access(call: Call) -> None:
    if not call.may(Right.ADMIN):
        raise IsNotAdmin
