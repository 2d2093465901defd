"""Orders that only look: which calls were made, which of them meant nothing, which methods nobody has tried."""

from typing import Annotated, Any

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import Kit
from landingpad.rpc.journal import CallFilter, CallRecord


class Sought(Body):
    """Which calls are looked for, and for how long."""

    method: Annotated[str, msgspec.Meta(description="Pattern: landing.site.*")] = "*"
    caller: Annotated[str, msgspec.Meta(description="webhook:1 or app:1.")] = ""
    user: Annotated[int | None, msgspec.Meta(description="Id of the user.")] = None
    status: Annotated[int | None, msgspec.Meta(description="HTTP status.")] = None
    error: Annotated[str, msgspec.Meta(description="Error code; * for any error.")] = ""
    params: Annotated[
        dict[str, Any] | str, msgspec.Meta(description="JSON object: parameters that the call had, among others.")
    ] = msgspec.field(default_factory=dict)
    after: Annotated[int, msgspec.Meta(description="Only calls after the one of this id.", ge=0)] = 0
    count: Annotated[int, msgspec.Meta(description="How many calls are waited for.", ge=1)] = 1
    wait: Annotated[float, msgspec.Meta(description="Seconds to wait for them.", ge=0, le=60)] = 0.0

    def wanted(self) -> CallFilter:
        """Return it as the journal understands it."""
        params = self.params
        if isinstance(params, str):
            try:
                params = msgspec.json.decode(params, type=dict[str, Any])
            except msgspec.MsgspecError as error:
                raise ControlError(f"`params` is a JSON object: {error}") from error
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
async def requests(kit: Kit, body: Sought) -> dict[str, Any]:
    """List the calls of the API, the oldest first; with `wait`, once there are `count` of them.

    `hints` of a call say which parameters had no effect. Where none is found, `near_misses` are calls of the same
    method that differ in something else. `last` is what `after` takes to see only later ones.
    """
    wanted = body.wanted()
    found = await kit.journal.wait_for(wanted, count=body.count, seconds=body.wait)
    missed = [] if found else kit.journal.near_misses(wanted)
    return {"requests": _told(kit, found), "near_misses": _told(kit, missed), "last": kit.journal.last}


@order("DELETE", "requests")
def forget_requests(kit: Kit) -> dict[str, int]:
    """Forget the calls, and how often methods were called."""
    kit.journal.clear()
    return {"last": kit.journal.last}


@order("GET", "coverage")
def coverage(kit: Kit) -> dict[str, Any]:
    """Tell which methods were called since the start or the last reset, and which never."""
    counts = kit.journal.counts
    names = [method.name for method in kit.registry]
    known = {name.lower() for name in names}
    return {
        "called": {name: counts[name.lower()] for name in names if name.lower() in counts},
        "never": [name for name in names if name.lower() not in counts],
        "unknown": {name: count for name, count in sorted(counts.items()) if name not in known},
        "methods": len(names),
    }


def _told(kit: Kit, entries: list[CallRecord]) -> list[dict[str, Any]]:
    return [entry.as_dict(kit.registry) for entry in entries]
