"""General methods: batch, server.time, methods, scope, profile, access.name, feature.get and others."""

import re
from datetime import datetime
from typing import Annotated, Any

from landingpad.domain.app.known_names import ALL_SCOPES
from landingpad.errors.app import CodeEmpty
from landingpad.rpc.batch import run_batch
from landingpad.rpc.call import Call
from landingpad.rpc.declare import REGISTRY, Doc, Method, Runs, Wire, method
from landingpad.store.people import groups, people

DOCS = "api-reference/common/"
_FEATURES = frozenset({"rest_offline_extended", "rest_auth_connector"})
_ACCESS_CODE = re.compile(r"(U|D|DR|G|SG)([1-9][0-9]{0,17})(_[AEK])?")
_KINDS = {"G": "user", "SG": "work"}  # of the groups
_EVERYBODY = {"AU": "All authorized users", "G2": "All visitors"}
_GROUPS = {"G1": "Administrators", **_EVERYBODY}

AccessCodes = Annotated[
    list[Any] | None, Wire("ACCESS"), Doc("List of access codes: U1 a user, G2 a group, AU all employees.")
]


@method(
    "batch",
    scope="",
    runs=Runs.FREE,
    any_case=True,
    in_batch=False,
    metered=False,
    doc="settings/how-to-call-rest-api/batch.md",
)
async def batch(
    call: Call,
    cmd: Annotated[dict[str, Any], Doc("Key -> `method?name=value`; `$result[key]` inserts an earlier result.")],
    halt: Annotated[bool, Doc("true: stop at the first failed command.")] = False,
) -> dict[str, Any]:
    """Run up to 50 commands in order and return the result or error of each."""
    return await run_batch(call, cmd, halt=halt)


@method("server.time", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/server-time.md")
def server_time(call: Call) -> str:
    """Return the server time in the portal's time zone, as ISO 8601 with microseconds."""
    return datetime.fromtimestamp(call.now, call.caller.portal.zone).isoformat(timespec="microseconds")


@method("methods", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/methods.md")
def methods(
    call: Call,
    scope: Annotated[
        str | None, Doc("Only documented methods of this scope; an empty string: the general methods.")
    ] = None,
    full: Annotated[bool, Doc("true: all methods; false: only those that the token may call.")] = False,
) -> list[str]:
    """List the names of methods."""
    if scope is not None:
        wanted = scope.strip().lower()
        return [m.name for m in REGISTRY if wanted in m.scopes and not m.is_own]
    return [m.name for m in REGISTRY if full or _is_available(call, m)]


@method("method.get", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/method-get.md")
def method_get(call: Call, name: Annotated[str | None, Doc("Name of a method.")] = None) -> dict[str, bool]:
    """Return whether a method exists and whether the token may call it."""
    found = REGISTRY.find(name.strip()) if name else None
    return {"isExisting": found is not None, "isAvailable": found is not None and _is_available(call, found)}


@method("scope", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/scope.md")
def scope(
    call: Call, full: Annotated[bool, Doc("true: all known scopes; false: those of the token.")] = False
) -> list[str]:
    """List the scopes of the token, or all scopes."""
    return list(ALL_SCOPES) if full else sorted(call.caller.scopes)


@method("profile", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "users/profile.md")
def profile(call: Call) -> dict[str, Any]:
    """Return the calling user."""
    user = call.user
    return {
        "ID": str(user.id),
        "ADMIN": user.is_admin,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "PERSONAL_GENDER": "",
        "TIME_ZONE": "",
    }


@method("user.admin", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "users/user-admin.md")
def user_admin(call: Call) -> bool:
    """Return whether the user is an administrator."""
    return call.user.is_admin


@method("user.access", scope="", any_case=True, doc=DOCS + "users/user-access.md")
def user_access(call: Call, access: AccessCodes = None) -> bool:
    """Return whether the user has one of the access codes; administrators have all of them."""
    if call.user.is_admin:
        return True
    return not call.access.codes.isdisjoint({str(code) for code in access or ()})


@method("access.name", scope="", any_case=True, doc=DOCS + "system/access-name.md")
def access_name(call: Call, access: AccessCodes = None) -> dict[str, dict[str, str]] | bool:
    """Return the names of access codes, omitting unknown ones; false without codes."""
    if not access:
        return False
    found = {str(code): _access(call, str(code)) for code in access}
    return {code: entry for code, entry in found.items() if entry is not None}


@method(
    "feature.get",
    scope="",
    runs=Runs.FREE,
    any_case=True,
    raises=[CodeEmpty],
    doc=DOCS + "system/feature-get.md",
)
def feature_get(
    call: Call,
    code: Annotated[
        str | None, Wire("CODE"), Doc("Name of a feature: rest_offline_extended or rest_auth_connector.")
    ] = None,
) -> dict[str, str]:
    """Return whether the portal has a feature: Y or N."""
    if not code:
        raise CodeEmpty
    return {"value": "Y" if code in _FEATURES else "N"}


def _is_available(call: Call, found: Method) -> bool:
    if found.apps_only is not None and call.caller.app is None:
        return False
    return not found.scope or not found.scopes.isdisjoint(call.caller.scopes)


def _access(call: Call, code: str) -> dict[str, str] | None:
    if code in _GROUPS:
        return {"provider": "", "name": _GROUPS[code], "provider_id": "other"}
    match = _ACCESS_CODE.fullmatch(code)
    if match is None or (match.group(3) and match.group(1) != "SG"):
        return None
    kind, number = match.group(1), int(match.group(2))
    if kind == "U":
        person = people.find(call.tx, call.portal_id, number)
        name = "" if person is None else f"{person.name} {person.last_name}".strip()
        return {"provider": "Users", "name": name, "provider_id": "user"} if person is not None else None
    if kind in _KINDS:
        group = groups.find(call.tx, call.portal_id, number)
        if group is None or group.kind != _KINDS[kind]:
            return None
        provider, provider_id = ("Workgroups", "socnetgroup") if kind == "SG" else ("", "group")
        return {"provider": provider, "name": group.name, "provider_id": provider_id}
    department = people.find_department(call.tx, call.portal_id, number)
    if department is None:
        return None
    return {"provider": "Departments", "name": department.name, "provider_id": "intranet"}
