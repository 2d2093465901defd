"""Orders for failures: faults, limits, and the state of the portal."""

from typing import Annotated, Any, Literal

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.faults import TOKEN_ERRORS, NewFault, known_codes
from landingpad.control.kit import Kit
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.rpc.limits import LimitMode
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.store.records import PortalRow

_REACHED = "reached:"
Reached = Literal["sites", "published_sites", "free_sites", "pages"]
_ERRORS_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "sites": (("landing.site.add", "SITE_LIMIT_REACHED"), ("landing.site.markUnDelete", "TOTAL_SITE_REACHED")),
    "published_sites": (
        ("landing.site.publication", "PUBLIC_SITE_REACHED"),
        ("landing.landing.publication", "PUBLIC_SITE_REACHED"),
    ),
    "free_sites": (
        ("landing.site.publication", "PUBLIC_SITE_REACHED_FREE"),
        ("landing.landing.publication", "PUBLIC_SITE_REACHED_FREE"),
    ),
    "pages": (
        ("landing.site.publication", "PUBLIC_PAGE_REACHED"),
        ("landing.landing.publication", "PUBLIC_PAGE_REACHED"),
    ),
}


class FaultId(Body):
    """The id of a fault."""

    id: Annotated[str, msgspec.Meta(description="Id of the fault from `GET faults`.")]


class UsedTime(Body):
    """Running time of a method that a caller has used up."""

    method: str
    caller: Annotated[str, msgspec.Meta(description="webhook:1 or app:1, as in `GET requests`.")]
    seconds: float


_Count = Annotated[int, msgspec.Meta(ge=0)]
_Seconds = Annotated[float, msgspec.Meta(gt=0)]


class LimitsChange(Body):
    """Limits to set, and how much of them is used up."""

    mode: Annotated[LimitMode | None, msgspec.Meta(description="off, count or enforce.")] = None
    plan: Annotated[Plan | None, msgspec.Meta(description="basic or enterprise; sets the size of the bucket.")] = None
    operating_limit: Annotated[_Seconds | None, msgspec.Meta(description="Seconds of running time in ten minutes.")] = (
        None
    )
    level: Annotated[_Count | None, msgspec.Meta(description="Number of requests in the bucket from now on.")] = None
    address: Annotated[str, msgspec.Meta(description="Source address of the bucket that `level` fills.")] = "127.0.0.1"
    used: Annotated[
        list[UsedTime], msgspec.Meta(description="Running time used up: objects with method, caller and seconds.")
    ] = msgspec.field(default_factory=list)


class PortalChange(Body):
    """Changes of the portal's behaviour."""

    state: Annotated[PortalState | None, msgspec.Meta(description="active, overloaded, or deleted (stopped).")] = None
    plan: Annotated[Plan | None, msgspec.Meta(description="free (without REST), basic or enterprise.")] = None
    reached: Annotated[
        list[Reached] | None,
        msgspec.Meta(description="Limits of the plan to report as reached: sites, published_sites, free_sites, pages."),
    ] = None


@order("GET", "faults")
def list_faults(kit: Kit) -> dict[str, Any]:
    """List the active faults, and all error codes available for methods and for `oauth.token`."""
    faults = [fault.as_dict() for fault in kit.faults]
    return {"faults": faults, "errors": known_codes(), "token_errors": list(TOKEN_ERRORS)}


@order("POST", "faults")
def add_fault(kit: Kit, body: NewFault) -> dict[str, Any]:
    """Turn a fault on.

    Errors and delays also apply to commands of a batch; spoiled answers apply to whole requests. If several faults meet
    a call, the oldest error wins. A call that ends with an error has changed nothing. A call with a spoiled answer was
    carried out, except with `moved`: a program that follows to the new address finds the portal there. The method
    `oauth.token` stands for requests for new tokens by a code or a refresh token.
    """
    return kit.faults.add(body).as_dict()


@order("DELETE", "faults")
def clear_faults(kit: Kit) -> dict[str, Any]:
    """Turn all faults off."""
    kit.faults.clear()
    return {"faults": []}


@order("DELETE", "faults/{id}")
def remove_fault(kit: Kit, body: FaultId) -> dict[str, str]:
    """Turn one fault off."""
    kit.faults.remove(body.id)
    return {"id": body.id}


@order("GET", "limits")
async def show_limits(kit: Kit) -> dict[str, Any]:
    """Return mode, plan and limit of running time."""
    operating = kit.limits.operating
    return {
        "mode": kit.limits.mode,
        "plan": (await _portal(kit)).plan,
        "operating_limit": kit.settings.operating_limit if operating is None else operating.limit,
    }


@order("PUT", "limits")
async def change_limits(kit: Kit, body: LimitsChange) -> dict[str, Any]:
    """Change limits, or set how much of them is used up.

    A change of the mode or of the limit resets all counters.
    """
    operating = kit.limits.operating
    if body.mode is not None or body.operating_limit is not None:
        seconds = body.operating_limit or (operating.limit if operating else kit.settings.operating_limit)
        kit.limits.change(body.mode or kit.limits.mode, seconds)
    if body.plan is not None:
        await _change_portal(kit, body.plan, None)
    now = kit.services.clock.now()
    if body.level is not None:
        if kit.limits.rate is None:
            raise ControlError("Requests are counted only in the mode enforce.", 409)
        kit.limits.rate.set_level(kit.portal_id(), body.address, body.level, now)
    for used in body.used:
        method = kit.registry.find(used.method)
        if method is None or kit.limits.operating is None:
            raise ControlError(
                f"Running time of {used.method!r} is not counted: the method is unknown or the mode is off.", 409
            )
        kit.limits.operating.charge(used.caller, method.name, used.seconds, now)
    return await show_limits(kit)


@order("GET", "portal")
async def show_portal(kit: Kit) -> dict[str, Any]:
    """Return domain, state and plan of the portal, and the limits of the plan reported as reached."""
    portal = await _portal(kit)
    reached = sorted({fault.id.split(":")[1] for fault in kit.faults if fault.id.startswith(_REACHED)})
    return {"domain": portal.domain, "state": portal.state, "plan": portal.plan, "reached": reached}


@order("PUT", "portal")
async def change_portal(kit: Kit, body: PortalChange) -> dict[str, Any]:
    """Stop the portal, overload it, change its plan, or report limits of the plan as reached.

    In the state deleted every call ends with PORTAL_DELETED, in the state overloaded with OVERLOAD_LIMIT, and with the
    plan free with ACCESS_DENIED and 403.
    """
    if body.state is not None or body.plan is not None:
        await _change_portal(kit, body.plan, body.state)
    if body.reached is not None:
        kit.faults.discard(_REACHED)
        for limit in body.reached:
            for method, code in _ERRORS_OF[limit]:
                kit.faults.add(NewFault(method=method, error=code), f"{_REACHED}{limit}:{method}")
    return await show_portal(kit)


async def _portal(kit: Kit) -> PortalRow:
    portal_id = kit.portal_id()
    found = await kit.services.db.read(lambda tx: portal_rows.find(tx, portal_id))
    if found is None:
        raise ControlError("This server has no portal.", 409)
    return found


async def _change_portal(kit: Kit, plan: Plan | None, state: PortalState | None) -> None:
    portal = await _portal(kit)

    def work(tx: Tx) -> None:
        portal_rows.update(tx, portal.id, plan=plan or portal.plan, state=state or portal.state)

    await kit.services.db.write(work, portal_id=portal.id)
    kit.portals.forget()
