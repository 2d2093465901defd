"""Where the control plane may interfere with a server: every place, as one object that its parts are made with."""

from random import Random, SystemRandom

from landingpad.domain.people.oauth import Refusal
from landingpad.http.message import Answer, Send
from landingpad.http.oauth import nothing_before_tokens
from landingpad.http.rest import deliver_whole
from landingpad.jobs.previews import Camera
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import nothing_before
from landingpad.rpc.journal import CallRecord
from landingpad.store.records import Application


class Interference:
    """No interference: this is the one of every server without a control plane."""

    def __init__(self, random: Random | None = None) -> None:
        self.random = random or SystemRandom()
        """Where codes and tokens come from."""

    async def before_call(self, caller: Caller, method: str) -> None:
        """Do something before a call: take time, or raise the error that it ends with."""
        await nothing_before(caller, method)

    async def before_tokens(self, app: Application) -> Refusal | None:
        """Do something before an application gets tokens: take time, or refuse them."""
        return await nothing_before_tokens(app)

    async def deliver(self, send: Send, answer: Answer, entry: CallRecord) -> None:
        """Send the answer to a call."""
        await deliver_whole(send, answer, entry)

    def camera(self, camera: Camera) -> Camera:
        """Return what takes pictures instead of the camera."""
        return camera
