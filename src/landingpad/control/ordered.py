"""The interference that was ordered on the control plane: faults, drawn pictures, chance that follows from a seed."""

from random import Random, SystemRandom

from landingpad.control.faults import Faults
from landingpad.control.interference import Interference
from landingpad.control.pictures.painting import Drawing, Switch
from landingpad.domain.people.oauth import Refusal
from landingpad.http.message import Answer, Send
from landingpad.jobs.previews import Camera
from landingpad.rpc.call import Caller
from landingpad.rpc.declare import Registry
from landingpad.rpc.journal import CallRecord
from landingpad.store.records import Application


class Chance(Random):
    """Random numbers for codes and tokens: real chance, or from some moment on what always follows from a seed."""

    def __init__(self, seed: str) -> None:
        self.begin(seed)
        super().__init__()

    def begin(self, seed: str) -> None:
        """Let numbers follow from a seed; with "" they are real chance."""
        self._source = Random(seed) if seed else SystemRandom()  # noqa: S311  # only in developer mode, where that is wanted

    def random(self) -> float:
        """Return a number from 0 to 1."""
        return self._source.random()

    def getrandbits(self, k: int, /) -> int:
        """Return a number of `k` bits."""
        return self._source.getrandbits(k)


class OrderedInterference(Interference):
    """What was ordered so far."""

    def __init__(self, registry: Registry, seed: str) -> None:
        self.chance = Chance(seed)
        self.faults = Faults(registry)
        self.drawing = Drawing()
        super().__init__(self.chance)

    def begin(self, seed: str) -> None:
        """Let codes, tokens, and the calls that a fault meets follow from a seed; with "" they are real chance."""
        self.chance.begin(seed)
        self.faults.random.seed(seed or None)

    async def before_call(self, caller: Caller, method: str) -> None:
        """Let faults slow the call down, or end it."""
        await self.faults.before(caller, method)

    async def before_tokens(self, app: Application) -> Refusal | None:
        """Let faults slow the request for tokens down, or refuse it."""
        return await self.faults.before_tokens(app)

    async def deliver(self, send: Send, answer: Answer, entry: CallRecord) -> None:
        """Send the answer, or what a fault makes of it."""
        await self.faults.deliver(send, answer, entry)

    def camera(self, camera: Camera) -> Camera:
        """Return the camera, or while pictures are drawn, what draws them."""
        return Switch(camera, self.drawing)
