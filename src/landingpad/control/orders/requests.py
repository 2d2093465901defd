"""Read-only orders: recorded calls, ignored parameters, method coverage."""

from typing import Annotated, Any

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import Kit
from landingpad.rpc.journal import CallFilter, CallRecord


class RequestFilter(Body):
    """Filter for recorded calls, and how long to wait for them."""

    method: Annotated[str, msgspec.Meta(description="Pattern of methods, such as landing.site.*")] = "*"
    caller: Annotated[str, msgspec.Meta(description="webhook:1 or app:1; empty: any caller.")] = ""
    user: Annotated[int | None, msgspec.Meta(description="Id of the user.")] = None
    status: Annotated[int | None, msgspec.Meta(description="HTTP status.")] = None
    error: Annotated[str, msgspec.Meta(description="Error code; * for any error; empty: any outcome.")] = ""
    params: Annotated[
        dict[str, Any] | str, msgspec.Meta(description="JSON object of parameters that the call must include.")
    ] = msgspec.field(default_factory=dict)
    after: Annotated[int, msgspec.Meta(description="Only calls after the one with this id.", ge=0)] = 0
    count: Annotated[int, msgspec.Meta(description="Number of calls to wait for.", ge=1)] = 1
    wait: Annotated[float, msgspec.Meta(description="Seconds to wait for them.", ge=0, le=60)] = 0.0

    def call_filter(self) -> CallFilter:
        """Return the filter for the journal."""
        params = self.params
        if isinstance(params, str):
            try:
                params = msgspec.json.decode(params, type=dict[str, Any])
            except msgspec.MsgspecError as error:
                raise ControlError(f"`params` must be a JSON object: {error}") from error
        return CallFilter(
            method=self.method,
            caller=self.caller,
            user=self.user,
            status=self.status,
            error=self.error,
            params=params,
            after=self.after,
        )


@order("GET", "requests")
async def requests(kit: Kit, body: RequestFilter) -> dict[str, Any]:
    """List recorded calls of the API, oldest first. `wait` returns as soon as there are `count`.

    `hints` of a call name parameters without effect. If no call matches, `near_misses` lists calls of the same method
    that differ otherwise. Pass `last` as `after` to get only later calls.
    """
    wanted = body.call_filter()
    found = await kit.journal.wait_for(wanted, count=body.count, seconds=body.wait)
    missed = [] if found else kit.journal.near_misses(wanted)
    return {"requests": _as_dicts(kit, found), "near_misses": _as_dicts(kit, missed), "last": kit.journal.last}


@order("DELETE", "requests")
def forget_requests(kit: Kit) -> dict[str, int]:
    """Delete the recorded calls and reset the counters of method coverage."""
    kit.journal.clear()
    return {"last": kit.journal.last}


@order("GET", "coverage")
def coverage(kit: Kit) -> dict[str, Any]:
    """List methods called and never called since the start or the last reset."""
    counts = kit.journal.counts
    names = [method.name for method in kit.registry]
    known = {name.lower() for name in names}
    return {
        "called": {name: counts[name.lower()] for name in names if name.lower() in counts},
        "never": [name for name in names if name.lower() not in counts],
        "unknown": {name: count for name, count in sorted(counts.items()) if name not in known},
        "methods": len(names),
    }


def _as_dicts(kit: Kit, entries: list[CallRecord]) -> list[dict[str, Any]]:
    return [entry.as_dict(kit.registry) for entry in entries]
