"""landing.role.*: which model of rights is on, and the roles of the role model."""

from contextlib import suppress
from typing import Annotated, Any

from landingpad.domain.people import roles
from landingpad.domain.people.rights import SITES, Right
from landingpad.errors import AccessDenied, ArgumentProblem, IsNotAdmin, RoleScopeMismatch
from landingpad.rpc.bind import to_int, to_list
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.people import rights as right_rows
from landingpad.store.people import roles as role_rows

DOCS = "api-reference/landing/rights/"
_ERRORS = (AccessDenied, IsNotAdmin)

RoleId = Annotated[int, Doc("Id of the role.", see="landing.role.getList")]
Section = Annotated[
    str | None, Doc("KNOWLEDGE, GROUP or MAINPAGE: the section that is meant; without it sites and stores.")
]


@method("landing.role.isEnabled", needs=Right.ADMIN, raises=_ERRORS, doc=DOCS + "landing-role-is-enabled.md")
def is_enabled(call: Call) -> bool:
    """Say whether the role model is on; else rights are set for each site."""
    _require_full_access(call)
    return right_rows.uses_roles(call.tx, call.portal_id)


@method("landing.role.enable", needs=Right.ADMIN, runs=Runs.WRITE, raises=_ERRORS, doc=DOCS + "landing-role-enable.md")
def enable(
    call: Call,
    mode: Annotated[bool, Doc("true: the role model; false: rights set for each site.")],
    scope: Section = None,
) -> bool:
    """Switch the model of rights for all sections of the portal. The settings of both models stay."""
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
    """Return what a role allows by site; the key 0 stands for all sites without settings of their own."""
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
        Doc("Site id -> list of denied, read, edit, sett, public, delete; 0: all sites without settings."),
    ],
    additional: Annotated[
        list[Any] | None,
        Doc("menu24, create; in other sections knowledge_create, group_create, vibe_create. Without it: as before."),
    ] = None,
    scope: Section = None,
) -> bool:
    """Replace what a role allows. Unknown sites, and values that are no list, are left out."""
    _require_full_access(call)
    role = roles.get(call.tx, call.portal_id, id, call.section)
    given = {}
    for key, operations in rights.items():
        with suppress(TypeError):  # no id, or no list of operations
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
        Any, Doc("Access codes of all who have the role: U1, G12, DR3, SG14, AU, UA. Without it nobody has.")
    ] = None,
    scope: Section = None,
) -> bool:
    """Say who has a role. The list replaces the one before; codes that nobody has do nothing."""
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
