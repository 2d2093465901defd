"""Orders about what goes wrong: faults, limits, and a portal that refuses."""

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
    """Which fault."""

    id: Annotated[str, msgspec.Meta(description="Id of the fault, as `GET faults` lists it.")]


class Used(Body):
    """Running time that somebody has used up."""

    method: str
    caller: Annotated[str, msgspec.Meta(description="webhook:1 or app:1, as the list of requests tells it.")]
    seconds: float


_Count = Annotated[int, msgspec.Meta(ge=0)]
_Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Limits(Body):
    """What is limited, and how much of it is used up."""

    mode: Annotated[LimitMode | None, msgspec.Meta(description="off, count or enforce.")] = None
    plan: Annotated[Plan | None, msgspec.Meta(description="basic or enterprise: the size of the bucket.")] = None
    operating_limit: Annotated[_Seconds | None, msgspec.Meta(description="Seconds in ten minutes.")] = None
    level: Annotated[_Count | None, msgspec.Meta(description="Requests that are in the bucket now.")] = None
    address: Annotated[str, msgspec.Meta(description="Whose bucket `level` is about.")] = "127.0.0.1"
    used: Annotated[list[Used], msgspec.Meta(description="Running time used up.")] = msgspec.field(default_factory=list)


class PortalChange(Body):
    """How the portal behaves."""

    state: Annotated[PortalState | None, msgspec.Meta(description="active, overloaded, or deleted (stopped).")] = None
    plan: Annotated[Plan | None, msgspec.Meta(description="free (without REST), basic or enterprise.")] = None
    reached: Annotated[
        list[Reached] | None,
        msgspec.Meta(description="Limits of the plan that are reached: sites, published_sites, free_sites, pages."),
    ] = None


@order("GET", "faults")
def list_faults(kit: Kit) -> dict[str, Any]:
    """List the faults that are on, and every error code that can be asked for: of methods, and of `oauth.token`."""
    faults = [fault.told() for fault in kit.faults]
    return {"faults": faults, "errors": known_codes(), "token_errors": list(TOKEN_ERRORS)}


@order("POST", "faults")
def add_fault(kit: Kit, body: NewFault) -> dict[str, Any]:
    """Turn a fault on. Errors and waiting meet commands of a batch, too; a spoiled answer is one of a whole request.

    Of the faults that meet a call, the oldest error wins. A call that ends with an error has changed nothing; one whose
    answer is spoiled was carried out, and the client does not know. The method `oauth.token` stands for requests
    for new tokens, by a code or by a refresh token.
    """
    return kit.faults.add(body).told()


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
async def tell_limits(kit: Kit) -> dict[str, Any]:
    """Tell what is limited."""
    operating = kit.limits.operating
    return {
        "mode": kit.limits.mode,
        "plan": (await _portal(kit)).plan,
        "operating_limit": kit.settings.operating_limit if operating is None else operating.limit,
    }


@order("PUT", "limits")
async def change_limits(kit: Kit, body: Limits) -> dict[str, Any]:
    """Change what is limited, or say that so much is used up already.

    A change of the mode or of the limit forgets what was used.
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
            raise ControlError("Requests are counted only with the mode enforce.", 409)
        kit.limits.rate.set_level(kit.portal_id(), body.address, body.level, now)
    for used in body.used:
        method = kit.registry.find(used.method)
        if method is None or kit.limits.operating is None:
            raise ControlError(
                f"Running time of {used.method!r} is not counted: no such method, or the mode is off.", 409
            )
        kit.limits.operating.charge(used.caller, method.name, used.seconds, now)
    return await tell_limits(kit)


@order("GET", "portal")
async def tell_portal(kit: Kit) -> dict[str, Any]:
    """Tell how the portal behaves."""
    portal = await _portal(kit)
    reached = sorted({fault.id.split(":")[1] for fault in kit.faults if fault.id.startswith(_REACHED)})
    return {"domain": portal.domain, "state": portal.state, "plan": portal.plan, "reached": reached}


@order("PUT", "portal")
async def change_portal(kit: Kit, body: PortalChange) -> dict[str, Any]:
    """Stop the portal, overload it, change its plan, or let limits of the plan be reached.

    Deleted: every call ends with PORTAL_DELETED. Overloaded: OVERLOAD_LIMIT. The plan free: ACCESS_DENIED with 403.
    """
    if body.state is not None or body.plan is not None:
        await _change_portal(kit, body.plan, body.state)
    if body.reached is not None:
        kit.faults.discard(_REACHED)
        for limit in body.reached:
            for method, code in _ERRORS_OF[limit]:
                kit.faults.add(NewFault(method=method, error=code), f"{_REACHED}{limit}:{method}")
    return await tell_portal(kit)


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
