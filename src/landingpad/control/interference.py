"""All points at which the control plane may interfere with a server, in one object that its parts receive."""

from random import Random, SystemRandom

from landingpad.domain.people.oauth import Refusal
from landingpad.http.asgi import Send
from landingpad.http.rest import stays, unchanged
from landingpad.jobs.previews import Camera
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import nothing_before
from landingpad.rpc.journal import CallRecord
from landingpad.store.records import Application


class Interference:
    """No interference, as in every server without a control plane."""

    def __init__(self, random: Random | None = None) -> None:
        self.random = random or SystemRandom()
        """Source of codes and tokens."""

    async def before_call(self, caller: Caller, method: str) -> None:
        """Delay a call, or raise the error with which it ends."""
        await nothing_before(caller, method)

    async def moved(self, origin: str, caller: Caller, method: str) -> str:
        """Return the address to which the portal moved that is called at `origin`, or ""."""
        return await stays(origin, caller, method)

    async def before_tokens(self, _app: Application) -> Refusal | None:
        """Delay a request for tokens, or return why it is refused."""
        return None

    async def sender(self, send: Send, entry: CallRecord) -> Send:
        """Return what sends the answer to a call."""
        return await unchanged(send, entry)

    def camera(self, camera: Camera) -> Camera:
        """Return the camera to use instead of the given one."""
        return camera
