"""Orders for events: list delivery attempts and deliver again."""

import asyncio
import time
from typing import Annotated, Any

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import Kit
from landingpad.jobs.deliveries import DeliveryAttempt
from landingpad.rpc.journal import masked

_POLL_SECONDS = 0.02


class EventFilter(Body):
    """Filter for delivery attempts, and how long to wait for them."""

    event: Annotated[str, msgspec.Meta(description="Name of the event in any case; empty: all.")] = ""
    outcome: Annotated[str, msgspec.Meta(description="delivered, again, lost or gone; empty: all.")] = ""
    after: Annotated[int, msgspec.Meta(description="Only attempts after the one with this id.", ge=0)] = 0
    count: Annotated[int, msgspec.Meta(description="Number of attempts to wait for.", ge=1)] = 1
    wait: Annotated[float, msgspec.Meta(description="Seconds to wait for them.", ge=0, le=60)] = 0.0

    def fits(self, posted: DeliveryAttempt) -> bool:
        """Say whether an attempt matches the filter."""
        return (
            posted.id > self.after
            and self.event.upper() in {"", posted.delivery.event.upper()}
            and self.outcome in {"", posted.outcome}
        )


class AttemptId(Body):
    """The id of an attempt."""

    id: Annotated[int, msgspec.Meta(description="Id of the attempt from `GET events`.")]


@order("GET", "events")
async def list_events(kit: Kit, body: EventFilter) -> dict[str, Any]:
    """List attempts to deliver events to handlers, oldest first. `wait` returns as soon as there are `count`."""
    end = time.monotonic() + body.wait
    while True:
        found = [posted for posted in kit.deliveries.all() if body.fits(posted)]
        if len(found) >= body.count or time.monotonic() >= end:
            return {"events": [_as_dict(posted) for posted in found]}
        await asyncio.sleep(_POLL_SECONDS)


@order("POST", "events/{id}/redeliver")
async def redeliver(kit: Kit, body: AttemptId) -> dict[str, Any]:
    """Post an event to its handler again, with new tokens, to test that the handler copes with duplicates."""
    posted = next((posted for posted in kit.deliveries.all() if posted.id == body.id), None)
    if posted is None:
        raise ControlError(f"There is no event {body.id}.", 404)
    await kit.services.db.write(
        lambda tx: kit.services.jobs.deliver_event(tx, posted.delivery), portal_id=posted.delivery.portal_id
    )
    return _as_dict(posted)


def _as_dict(posted: DeliveryAttempt) -> dict[str, Any]:
    delivery = posted.delivery
    return {
        "id": posted.id,
        "at": posted.at,
        "event": delivery.event,
        "app": delivery.app_id,
        "handler": delivery.address,
        "user": delivery.user_id,
        "data": masked(delivery.data),
        "attempt": posted.attempt,
        "outcome": posted.outcome,
        "problem": posted.problem,
    }
