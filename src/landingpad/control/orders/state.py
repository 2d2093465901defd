"""Orders for the state: reset, snapshots, export, clock and random seed."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from landingpad.control.declare import Body, ControlError, order
from landingpad.control.kit import START, ClockState, Kit
from landingpad.jobs.trash import TrashJob

_LATEST = datetime(3000, 1, 1, tzinfo=UTC).timestamp()
"""Moments from here on are refused: sessions and tokens made then could expire beyond the last valid date."""


class SnapshotName(Body):
    """The name of a snapshot."""

    name: Annotated[str, msgspec.Meta(description="Name of small letters, digits, - and _.")]


class RandomSeed(Body):
    """The seed of random values."""

    value: Annotated[str, msgspec.Meta(description="Any text or number; empty: unpredictable values.")]


class ClockChange(Body):
    """Changes of the clock."""

    now: Annotated[
        float | str | None, msgspec.Meta(description="Time to set: seconds since 1970, or 2026-03-26T14:00:00+01:00.")
    ] = None
    freeze: Annotated[bool | None, msgspec.Meta(description="true stops the clock, false lets it run.")] = None
    advance: Annotated[float, msgspec.Meta(description="Seconds to move it forward.")] = 0.0
    reset: Annotated[bool, msgspec.Meta(description="First return to the time of the machine.")] = False


@order("POST", "reset")
async def reset(kit: Kit) -> dict[str, float]:
    """Return to the state in which the server became ready.

    All rows, ids and tokens are restored; faults, clock, limits, random seed and recorded calls are reset. Connections
    stay open.
    """
    began = time.perf_counter()
    await kit.go_back(START)
    kit.as_started()
    return {"ms": round((time.perf_counter() - began) * 1000, 3)}


@order("GET", "snapshots")
def list_snapshots(kit: Kit) -> list[str]:
    """List the snapshots; `start` was made at the start of the server."""
    return kit.snapshots.names()


@order("POST", "snapshots/{name}")
async def create_snapshot(kit: Kit, body: SnapshotName) -> dict[str, str]:
    """Save the present state under a name. It survives restarts of the server."""
    if body.name == START:
        raise ControlError("The snapshot `start` is reserved for the start of the server. Choose another name.", 409)
    await kit.change_state(lambda: kit.snapshots.create(body.name))
    return {"name": body.name}


@order("PUT", "snapshots/{name}/restore")
async def restore_snapshot(kit: Kit, body: SnapshotName) -> dict[str, str]:
    """Restore a snapshot. Faults, clock and limits stay as they are."""
    await kit.go_back(body.name)
    return {"name": body.name}


@order("DELETE", "snapshots/{name}")
async def delete_snapshot(kit: Kit, body: SnapshotName) -> dict[str, str]:
    """Delete a snapshot."""
    if body.name == START:
        raise ControlError("The snapshot `start` cannot be deleted: a reset restores it.", 409)
    kit.snapshots.delete(body.name)
    return {"name": body.name}


@order("GET", "state")
async def export_state(kit: Kit) -> bytes:
    """Return all rows and pictures as a ZIP archive, for another server of this release."""
    return await asyncio.to_thread(kit.export)


@order("PUT", "state")
async def import_state(kit: Kit, content: bytes) -> dict[str, int]:
    """Replace the present state by that of an exported file. The body is the file."""
    await kit.replace_state(lambda: kit.import_(content))
    return {"bytes": len(content)}


@order("POST", "seed")
def seed(kit: Kit, body: RandomSeed) -> dict[str, str]:
    """Seed all random values: codes, tokens, suffixes, and the choice of calls that a fault meets.

    Equal calls in equal order then give equal answers. For equal ids, reset first.
    """
    kit.seed(body.value)
    return {"value": body.value}


@order("GET", "clock")
def show_clock(kit: Kit) -> ClockState:
    """Return the time of the server, and how far it is ahead of the machine."""
    clock = kit.services.clock
    now = clock.now()
    return ClockState(
        now=now,
        iso=datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
        frozen=clock.is_frozen,
        ahead=round(clock.ahead, 3),
    )


@order("PUT", "clock")
def change_clock(kit: Kit, body: ClockChange) -> ClockState:
    """Set, stop or move the clock of the server.

    Expiry of tokens, limits, dates of changes and the thirty days of the trash follow it. Delayed jobs, such as retries
    of events, follow the clock of the machine.
    """
    clock = kit.services.clock
    start = _moment(body.now) if body.now is not None else time.time() if body.reset else clock.now()
    if not 0 <= start + body.advance < _LATEST:
        raise ControlError("The clock can be set to times from 1970 to 2999.")
    if body.reset:
        clock.reset()
    if body.now is not None:
        # Set and freeze in one step, so that it stops at exactly this moment.
        clock.set(_moment(body.now), frozen=body.freeze)
    elif body.freeze:
        clock.freeze()
    elif body.freeze is False:
        clock.resume()
    clock.advance(body.advance)
    return show_clock(kit)


@order("POST", "trash/empty")
async def empty_trash(kit: Kit) -> dict[str, int]:
    """Run the nightly job: permanently delete what has been in the trash for thirty days."""
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
                    f"{value[:60]!r} is not a time. Write 2026-03-26T14:00:00+01:00 or seconds since 1970."
                ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(value)
