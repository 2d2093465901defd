"""The server that orders of the control plane work on, with the interference ordered so far."""

import asyncio
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol

import msgspec

from landingpad.control.declare import ControlError
from landingpad.control.ordered import OrderedInterference
from landingpad.control.pictures.painting import Painter
from landingpad.domain.preview import previews
from landingpad.domain.work import Services, Work
from landingpad.http.forms import VisitorForms
from landingpad.http.public import PublicSites
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.media.store import CONTENT_TYPES
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import LimitMode, Limits
from landingpad.rpc.portals import PortalDirectory
from landingpad.rpc.webhook_uses import WebhookUses
from landingpad.settings import Settings
from landingpad.store.db.engine import Tx
from landingpad.store.db.portable import read_state, write_state
from landingpad.store.db.snapshots import SnapshotError, Snapshots, snapshots_of
from landingpad.store.preview import previews as rows
from landingpad.store.records import Preview

START = "start"
"""The snapshot of the state in which the server became ready."""


class ControlledParts(Protocol):
    """The parts of a server that orders work on."""

    settings: Settings
    services: Services
    portals: PortalDirectory
    public: PublicSites
    forms: VisitorForms
    dispatcher: Dispatcher
    limits: Limits
    journal: Journal
    deliveries: Deliveries
    uses: WebhookUses
    order_listeners: OrderListeners


class Kit:
    """One server under control."""

    def __init__(self, parts: ControlledParts, interference: OrderedInterference) -> None:
        self.settings = parts.settings
        self.services = parts.services
        self.portals = parts.portals
        self.registry = parts.dispatcher.registry
        self.limits = parts.limits
        self.journal = parts.journal
        self.deliveries = parts.deliveries
        self.faults = interference.faults
        self.snapshots: Snapshots = snapshots_of(parts.services.db, parts.settings.data / "snapshots")
        self._parts = parts
        self._interference = interference
        self._drawing = interference.drawing
        self._painter = Painter(parts.services, parts.services.media, self._drawing)
        parts.order_listeners.add(self._painter.draw_if_wanted)
        self._draws_at_start = False
        self._changing = asyncio.Lock()

    def started(self) -> None:
        """Save the state in which the server became ready as the snapshot `start`."""
        self._draws_at_start = self._drawing.is_on
        self.snapshots.create(START)

    @property
    def picture_mode(self) -> str:
        """Source of pictures: `instant` (drawn at once) or `photographs`."""
        return "instant" if self._drawing.is_on else "photographs"

    def draw_pictures(self, *, instant: bool) -> None:
        """Draw pictures at once, or have them photographed."""
        self._drawing.turn(on=instant)
        if instant:
            self._painter.draw_all()

    def portal_id(self) -> int:
        """Return the id of the portal that orders control, the first one.

        Raises:
            ControlError: there is no portal.

        """
        found = self.portals.find("")
        if found is None:
            raise ControlError("This server has no portal.", 409)
        return found

    async def go_back(self, name: str) -> None:
        """Restore the rows of a snapshot and drop what is cached of the former rows.

        Raises:
            SnapshotError: the snapshot does not exist or was made by another release.

        """
        async with self._changing:
            known = await self.services.db.read(lambda tx: rows.in_state(tx, rows.READY))
            await self.replace_state(lambda: self.snapshots.restore(name))
            await self.services.db.write(lambda tx: self._keep_pictures(tx, known))

    def _keep_pictures(self, tx: Tx, known: list[Preview]) -> None:
        """Settle orders of a snapshot with pictures taken of the same content since."""
        waiting = rows.in_state(tx, rows.PENDING)
        if not waiting:
            return
        keys = {(preview.content_hash, rows.shape_of(preview)): preview.media_key for preview in known}
        for preview in waiting:
            key = keys.get((preview.content_hash, rows.shape_of(preview)))
            if key:
                now_ms = self.services.clock.now_ms()
                rows.settle(tx, preview, key, now_ms)
                work = Work.of_system(tx, preview.portal_id, now_ms, self.services)
                previews.show_taken(work, preview, key, int(time.time() * 1000))

    async def change_state(self, change: Callable[[], Any]) -> Any:
        """Change the whole database in a thread and drop what is cached of it."""
        done = await asyncio.to_thread(change)
        self.portals.forget()
        self._parts.public.forget()
        self._parts.uses.forget()
        self._parts.forms.forget()
        return done

    async def replace_state(self, change: Callable[[], Any]) -> None:
        """Put another state in place of the present one, whose events are no longer sent."""
        await self.change_state(change)
        self.services.jobs.forget()

    def export(self) -> bytes:
        """Return rows and media as a ZIP archive."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            write_state(self.services.db, archive)
            folder = self.settings.data / "media"
            for path in sorted(folder.rglob("*")):
                if path.suffix.removeprefix(".") in CONTENT_TYPES:
                    archive.write(path, f"media/{path.relative_to(folder)}", zipfile.ZIP_STORED)
        return out.getvalue()

    def import_(self, content: bytes) -> None:
        """Replace the present state by that of an exported file.

        Raises:
            SnapshotError: the file is not an exported state, or was made by another release.

        """
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                read_state(self.services.db, archive)
                for name in archive.namelist():
                    if name.startswith("media/"):
                        self.services.media.put(archive.read(name), name.rpartition(".")[2])
        except (zipfile.BadZipFile, KeyError, ValueError, msgspec.MsgspecError) as error:
            raise SnapshotError("The file is not a state of Landingpad.") from error

    def as_started(self) -> None:
        """Undo every order that left no row: faults, clock, limits, randomness, and the journals."""
        if self._drawing.is_on != self._draws_at_start:
            self.draw_pictures(instant=self._draws_at_start)
        self.faults.clear()
        self.services.clock.reset()
        self.limits.change(LimitMode(self.settings.limit_mode), self.settings.operating_limit)
        self.seed(self.settings.chance)
        self.journal.clear()
        self.deliveries.clear()

    def seed(self, value: str) -> None:
        """Seed all random values; "" makes them unpredictable again."""
        self._interference.restart(value)


class ClockState(msgspec.Struct):
    """The clock of the server in answers."""

    now: float
    iso: str
    frozen: bool
    ahead: float
