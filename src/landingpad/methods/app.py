"""app.*: the calling application."""

from datetime import datetime
from typing import Any

from landingpad.domain.people.portals import Plan
from landingpad.domain.site.urls import OAUTH_HOSTS
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Runs, method

_LICENSES = {Plan.BASIC: "basic", Plan.ENTERPRISE: "ent250"}
_FAMILIES = {Plan.BASIC: "basic", Plan.ENTERPRISE: "ent"}
_LOCAL = "L"


@method("app.info", scope="", runs=Runs.FREE, any_case=True, doc="api-reference/common/system/app-info.md")
def info(call: Call) -> dict[str, Any]:
    """Return the calling application and the portal's plan; for a webhook, its scopes and the plan.

    Called at the host name of an authorization server, it answers in the form that official SDKs expect there.
    """
    portal, app = call.caller.portal, call.caller.app
    plan = Plan(portal.plan)
    license_name = f"{portal.language}_{_LICENSES[plan]}"
    if app is None:
        return {"SCOPE": sorted(call.caller.scopes), "LICENSE": license_name}
    if call.host in OAUTH_HOSTS:
        return _of_authorization_server(call)
    return {
        "ID": app.id,
        "CODE": app.client_id,
        "VERSION": app.version,
        "STATUS": _LOCAL,
        "INSTALLED": app.is_installed,
        "PAYMENT_EXPIRED": "N",
        "DAYS": None,
        "LANGUAGE_ID": portal.language,
        "LICENSE": license_name,
        "LICENSE_TYPE": _LICENSES[plan],
        "LICENSE_FAMILY": _FAMILIES[plan],
    }


def _of_authorization_server(call: Call) -> dict[str, Any]:
    portal, app = call.caller.portal, call.app
    address = call.services.urls.origin(portal.domain)
    expires = datetime.fromtimestamp((call.caller.expires_at or 0) / 1000, portal.zone)
    return {
        "client_id": app.client_id,
        "scope": app.scopes,
        "expires": expires.isoformat(timespec="seconds"),
        "install": {
            "installed": app.is_installed,
            "version": str(app.version),
            "status": _LOCAL,
            "scope": app.scopes,
            "domain": portal.domain,
            "uri": address,
            "client_endpoint": f"{address}/rest/",
            "member_id": portal.member_id,
            "member_type": "portal",
        },
        "user_id": call.user.id,
    }
