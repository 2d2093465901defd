"""The general methods, without a name space: server.time, methods, scope, profile."""

from datetime import datetime
from typing import Annotated, Any

from landingpad.domain.portals import SCOPES
from landingpad.rpc.call import Call
from landingpad.rpc.declare import REGISTRY, Doc, Runs, method

DOCS = "api-reference/common/"


@method("server.time", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/server-time.md")
def server_time(call: Call) -> str:
    """Return the server's time in the portal's zone, with microseconds, which the official Python SDK needs."""
    return datetime.fromtimestamp(call.now, call.caller.portal.zone).isoformat(timespec="microseconds")


@method("methods", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/methods.md")
def methods(
    call: Call,
    scope: Annotated[str | None, Doc("Only the methods of this scope; empty: the general ones.")] = None,
    full: Annotated[bool, Doc("All methods, not only those that the token may call.")] = False,
) -> list[str]:
    """List the methods that can be called."""
    if scope is not None:
        return [m.name for m in REGISTRY if m.scope == scope.strip().lower()]
    return [m.name for m in REGISTRY if full or not m.scope or m.scope in call.caller.scopes]


@method("scope", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "system/scope.md")
def scope(
    call: Call, full: Annotated[bool, Doc("All scopes of this server, not only those of the token.")] = False
) -> list[str]:
    """List the scopes of the token, or all."""
    return list(SCOPES) if full else sorted(call.caller.scopes)


@method("profile", scope="", runs=Runs.FREE, any_case=True, doc=DOCS + "users/profile.md")
def profile(call: Call) -> dict[str, Any]:
    """Return the user on whose behalf the call is made."""
    user = call.user
    return {
        "ID": str(user.id),
        "ADMIN": user.is_admin,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "PERSONAL_GENDER": "",
        "TIME_ZONE": "",
    }
