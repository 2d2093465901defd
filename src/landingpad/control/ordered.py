"""Interference ordered on the control plane: faults, drawn pictures and seeded random numbers."""

from random import Random, SystemRandom

from landingpad.control.faults import Faults
from landingpad.control.interference import Interference
from landingpad.control.pictures.painting import Drawing, SwitchedCamera
from landingpad.domain.people.oauth import Refusal
from landingpad.http.asgi import Send
from landingpad.jobs.previews import Camera
from landingpad.rpc.call import Caller
from landingpad.rpc.declare import Registry
from landingpad.rpc.journal import CallRecord
from landingpad.store.records import Application


class SeedableRandom(Random):
    """Random numbers for codes and tokens: unpredictable, or repeatable once a seed is set."""

    def __init__(self, seed: str) -> None:
        self.restart(seed)
        super().__init__()

    def restart(self, seed: str) -> None:
        """Derive the next numbers from a seed; "" makes them unpredictable."""
        self._source = Random(seed) if seed else SystemRandom()  # noqa: S311  # repeatable on purpose, in developer mode only

    def random(self) -> float:
        """Return a number from 0 to 1."""
        return self._source.random()

    def getrandbits(self, k: int, /) -> int:
        """Return a number of `k` bits."""
        return self._source.getrandbits(k)


class OrderedInterference(Interference):
    """The interference ordered so far."""

    def __init__(self, registry: Registry, seed: str) -> None:
        self.chance = SeedableRandom(seed)
        self.faults = Faults(registry)
        self.drawing = Drawing()
        super().__init__(self.chance)

    def restart(self, seed: str) -> None:
        """Derive codes, tokens and the calls that a fault meets from a seed; "" makes them unpredictable."""
        self.chance.restart(seed)
        self.faults.random.seed(seed or None)

    async def before_call(self, caller: Caller, method: str) -> None:
        """Apply faults that slow the call down or end it."""
        await self.faults.before(caller, method)

    async def moved(self, origin: str, caller: Caller, method: str) -> str:
        """Return the address that a fault moves the portal to, or ""."""
        return await self.faults.moved(origin, caller, method)

    async def before_tokens(self, app: Application) -> Refusal | None:
        """Apply faults that slow the request for tokens down or refuse it."""
        return await self.faults.before_tokens(app)

    async def sender(self, send: Send, entry: CallRecord) -> Send:
        """Return what sends the answer to a call, spoiled if a fault says so."""
        return await self.faults.sender(send, entry)

    def camera(self, camera: Camera) -> Camera:
        """Return a camera that draws while instant pictures are on."""
        return SwitchedCamera(camera, self.drawing)
