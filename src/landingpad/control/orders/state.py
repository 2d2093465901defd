"""Orders about the state: to go back, to keep, to decide what time it is and what chance brings."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import START, Clockwork, Kit
from landingpad.http.message import Answer
from landingpad.jobs.trash import TrashJob

_LATEST = datetime(3000, 1, 1, tzinfo=UTC).timestamp()
"""From here on: sessions and tokens made at such a moment would end at none that a date can name."""


class Named(Body):
    """Which snapshot."""

    name: Annotated[str, msgspec.Meta(description="Small letters, digits, - and _.")]


class Seed(Body):
    """What chance follows from."""

    value: Annotated[str, msgspec.Meta(description="Any text or number; empty: real chance.")]


class ClockChange(Body):
    """What to do with the clock."""

    now: Annotated[
        float | str | None, msgspec.Meta(description="The moment: seconds since 1970, or 2026-03-26T14:00:00+01:00.")
    ] = None
    freeze: Annotated[bool | None, msgspec.Meta(description="Whether it stands still from now on.")] = None
    advance: Annotated[float, msgspec.Meta(description="Seconds to go forward.")] = 0.0
    reset: Annotated[bool, msgspec.Meta(description="First show the time of the machine again.")] = False


@order("POST", "reset")
async def reset(kit: Kit) -> dict[str, float]:
    """Go back to the state in which the server became ready.

    All rows, ids and tokens are as they were; faults are off, the clock is right, limits, chance and the list of
    requests begin anew. Connections stay open.
    """
    began = time.perf_counter()
    await kit.go_back(START)
    kit.as_started()
    return {"ms": round((time.perf_counter() - began) * 1000, 3)}


@order("GET", "snapshots")
def list_snapshots(kit: Kit) -> list[str]:
    """List the snapshots; `start` is that of the start."""
    return kit.snapshots.names()


@order("POST", "snapshots/{name}")
async def create_snapshot(kit: Kit, body: Named) -> dict[str, str]:
    """Keep the present state under a name. It is there at the next start, too."""
    if body.name == START:
        raise ControlError("The snapshot `start` is made by the server itself.", 409)
    await kit.change_state(lambda: kit.snapshots.create(body.name))
    return {"name": body.name}


@order("PUT", "snapshots/{name}/restore")
async def restore_snapshot(kit: Kit, body: Named) -> dict[str, str]:
    """Go back to a state. Faults, clock and limits stay as they are."""
    await kit.go_back(body.name)
    return {"name": body.name}


@order("DELETE", "snapshots/{name}")
async def delete_snapshot(kit: Kit, body: Named) -> dict[str, str]:
    """Forget a state."""
    if body.name == START:
        raise ControlError("The snapshot `start` is what a reset goes back to.", 409)
    kit.snapshots.delete(body.name)
    return {"name": body.name}


@order("GET", "state")
async def export_state(kit: Kit) -> Answer:
    """Return the whole state, rows and pictures, as one file (a ZIP archive) for another server of this release."""
    content = await asyncio.to_thread(kit.export)
    headers = [(b"content-type", b"application/zip"), (b"cache-control", b"no-store")]
    return Answer(200, headers, content)


@order("PUT", "state")
async def import_state(kit: Kit, content: bytes) -> dict[str, int]:
    """Put the state of such a file in the place of the present one. The body is the file."""
    await kit.change_state(lambda: kit.import_(content))
    return {"bytes": len(content)}


@order("POST", "seed")
def seed(kit: Kit, body: Seed) -> dict[str, str]:
    """Let all that is random follow from a value: codes, tokens, suffixes, and which calls a fault meets.

    The same calls in the same order then give the same answers. For ids to be the same, reset first.
    """
    kit.seed(body.value)
    return {"value": body.value}


@order("GET", "clock")
def clock(kit: Kit) -> Clockwork:
    """Tell the time."""
    it = kit.services.clock
    now = it.now()
    return Clockwork(
        now=now,
        iso=datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
        frozen=it.is_frozen,
        ahead=round(it.ahead, 3),
    )


@order("PUT", "clock")
def change_clock(kit: Kit, body: ClockChange) -> Clockwork:
    """Set, stop or move the clock of the server.

    Tokens expire, limits leak, dates of changes and the thirty days of the trash follow it. Jobs that wait (an event
    that its handler did not take) follow the machine's.
    """
    it = kit.services.clock
    start = _moment(body.now) if body.now is not None else time.time() if body.reset else it.now()
    if not 0 <= start + body.advance < _LATEST:
        raise ControlError("The clock shows moments from 1970 to 2999.")
    if body.reset:
        it.reset()
    if body.now is not None:
        # At once, so that it stands at this moment and not some microseconds after it.
        it.set(_moment(body.now), frozen=body.freeze)
    elif body.freeze:
        it.freeze()
    elif body.freeze is False:
        it.resume()
    it.advance(body.advance)
    return clock(kit)


@order("POST", "trash/empty")
async def empty_trash(kit: Kit) -> dict[str, int]:
    """Do now what is done every night: remove for good what has been in the trash for thirty days."""
    return {"removed": await kit.change_state(TrashJob(kit.services).run)}


def _moment(value: Any) -> float:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                raise ControlError(
                    f"{value[:60]!r} is no moment; write 2026-03-26T14:00:00+01:00 or seconds."
                ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(value)
