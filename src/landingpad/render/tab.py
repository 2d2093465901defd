"""A tab in its own browser context: it shares no cookies, storage, cache or proxy with other tabs."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable
from typing import Any, Self

import structlog

from landingpad.blocks.library import page_script_source
from landingpad.render.cdp import CdpConnection, CdpSession, CommandError
from landingpad.render.egress import EgressConfig, EgressProxy
from landingpad.render.picture import Viewport
from landingpad.render.settle import BEFORE_LOAD_SCRIPT

log = structlog.get_logger("landingpad.render")

_OK = 200
_REDIRECTS = range(300, 400)
_MOBILE_WIDTH = 480
_AT_ONCE_SECONDS = 1
_FORGET_SECONDS = 3.0

# Makes scripts deterministic: fixed random numbers, and a clock that advances by a millisecond per reading.
_DETERMINISTIC_SCRIPT = """(() => {
  let seed = 42, now = %d;
  Math.random = () => (seed = seed * 16807 %% 2147483647) / 2147483647;
  const Real = Date;
  const Still = function (...given) {
    if (!new.target) return new Still().toString();
    return Reflect.construct(Real, given.length ? given : [++now], new.target === Still ? Real : new.target);
  };
  Still.prototype = Real.prototype; Still.UTC = Real.UTC; Still.parse = Real.parse; Still.now = () => ++now;
  Real.prototype.constructor = Still;
  globalThis.Date = Still;
})()"""


class Tab:
    """A tab; shows one page at a time."""

    def __init__(
        self,
        connection: CdpConnection,
        owner: str,
        egress: EgressProxy,
        ids: tuple[str, str],
        session: CdpSession,
    ) -> None:
        self._connection = connection
        self._viewport: Viewport | None = None
        self._leaving = False
        self._staying = False
        self._loader = ""
        self._loader_before = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._script = ("", -1)
        self._forgotten: asyncio.Task[bool] | None = None
        self.owner = owner
        self.egress = egress
        self.context_id, self._main_frame = ids
        self.session = session
        self.inert = True
        """Whether no code of authors could run in it: no script, no frame, no page other than the requested ones."""
        self.crashed = asyncio.Event()
        self.loaded = asyncio.Event()
        self.answered: tuple[str, int] | None = None
        """Address and status of the page shown."""
        self.departures = 0
        """Navigations away from the page since it was requested."""
        for event, handler in (
            ("Fetch.authRequired", self._answer_proxy),
            ("Fetch.requestPaused", self._continue_request),
            ("Inspector.detached", self._note_crash),
            ("Inspector.targetCrashed", self._note_crash),
            ("Network.responseReceived", self._note_response),
            ("Page.frameAttached", self._note_frame),
            ("Page.frameRequestedNavigation", self._note_leaving),
            ("Page.frameScheduledNavigation", self._note_leaving),
            ("Page.javascriptDialogOpening", self._dismiss_dialog),
            ("Page.lifecycleEvent", self._note_lifecycle),
        ):
            session.on(event, handler)

    @classmethod
    async def open(cls, connection: CdpConnection, owner: str, config: EgressConfig) -> Self:
        """Open a context, its proxy and a tab.

        Raises:
            CommandError: Chromium refused, or has ended.

        """
        root = connection.root
        async with contextlib.AsyncExitStack() as undo:
            egress = await undo.enter_async_context(EgressProxy(config, secrets.token_urlsafe(24)))
            context_id = (
                await root.send(
                    "Target.createBrowserContext",
                    disposeOnDetach=True,
                    proxyServer=egress.url,
                    proxyBypassList="<-loopback>",  # loopback addresses must go through the proxy too
                )
            )["browserContextId"]
            target_id = (await root.send("Target.createTarget", url="about:blank", browserContextId=context_id))[
                "targetId"
            ]
            session_id = (await root.send("Target.attachToTarget", targetId=target_id, flatten=True))["sessionId"]
            tab = cls(connection, owner, egress, (context_id, target_id), connection.session(session_id))
            send = tab.session.send
            tree, *_ = await asyncio.gather(
                send("Page.getFrameTree"),
                root.send("Browser.setDownloadBehavior", behavior="deny", browserContextId=context_id),
                send("Page.enable"),
                send("Page.setLifecycleEventsEnabled", enabled=True),
                send("Network.enable", maxTotalBufferSize=0, maxResourceBufferSize=0),
                send("Network.setBypassServiceWorker", bypass=True),
                # The proxy asks for its password once, for the page; Chromium then sends it with all requests.
                send("Fetch.enable", handleAuthRequests=True, patterns=[{"resourceType": "Document"}]),
            )
            tab._loader = tree["frameTree"]["frame"]["loaderId"]
            undo.pop_all()
        return tab

    async def close(self) -> None:
        """Close the tab with its context and its proxy.

        Raises:
            CommandError: Chromium refused, or has ended.

        """
        for task in (*self._tasks, *([self._forgotten] if self._forgotten else [])):
            task.cancel()
        try:
            await self._connection.root.send("Target.disposeBrowserContext", browserContextId=self.context_id)
        finally:
            await self.egress.__aexit__()

    def forget(self) -> None:
        """Start clearing cookies, which images can set; without scripts there is no other state."""
        self._forgotten = asyncio.create_task(self._forget())

    async def is_clean(self) -> bool:
        """Return whether the tab can be reused: its cookies are cleared and no code ran in it."""
        return (self._forgotten is None or await self._forgotten) and self.inert

    async def _forget(self) -> bool:
        try:
            async with asyncio.timeout(_FORGET_SECONDS):
                await self._connection.root.send("Storage.clearCookies", browserContextId=self.context_id)
        except (CommandError, TimeoutError) as error:
            log.debug("render.tab_not_cleared", error=repr(error))
            return False
        return True

    async def prepare(self, viewport: Viewport, now_ms: int) -> None:
        """Set window size, colour scheme and clock for the next picture."""
        self.egress.begin()
        self.loaded.clear()
        self.answered, self.departures = None, 0
        self._leaving = self._staying = False
        self._loader_before = self._loader
        steps: list[Awaitable[object]] = []
        if viewport != self._viewport:
            mobile = viewport.width <= _MOBILE_WIDTH
            steps = [
                self.session.send(
                    "Emulation.setDeviceMetricsOverride",
                    width=viewport.width,
                    height=viewport.height,
                    screenWidth=viewport.width,
                    screenHeight=viewport.height,
                    deviceScaleFactor=viewport.scale,
                    mobile=mobile,
                ),
                self.session.send("Emulation.setTouchEmulationEnabled", enabled=mobile),
                self.session.send(
                    "Emulation.setEmulatedMedia",
                    media="screen",
                    features=[
                        {"name": "prefers-color-scheme", "value": viewport.color_scheme},
                        {"name": "prefers-reduced-motion", "value": "reduce"},
                    ],
                ),
            ]
        if self._script[1] != now_ms:
            steps.append(self._set_clock(now_ms))
        await asyncio.gather(*steps)
        self._viewport = viewport

    def stay(self) -> None:
        """Block further navigations: the current page is photographed."""
        self._staying = True

    def failed_status(self) -> tuple[str, int] | None:
        """Return address and status of the page shown if it was not answered with 200, else None."""
        if self.answered is None or self.answered[1] == _OK or self.answered[1] in _REDIRECTS:
            return None
        return self.answered

    async def _set_clock(self, now_ms: int) -> None:
        if self._script[0]:
            await self.session.send("Page.removeScriptToEvaluateOnNewDocument", identifier=self._script[0])
        source = BEFORE_LOAD_SCRIPT + _DETERMINISTIC_SCRIPT % now_ms
        answer = await self.session.send("Page.addScriptToEvaluateOnNewDocument", source=source)
        self._script = (answer["identifier"], now_ms)

    # --- events of Chromium ---

    def _note_response(self, params: dict[str, Any]) -> None:
        if params["type"] != "Document":
            return
        response = params["response"]
        headers = {name.lower(): value for name, value in response["headers"].items()}
        policy = headers.get("content-security-policy", "")
        self.inert = self.inert and self.answered is None and _forbids_scripts(policy)
        if params["frameId"] == self._main_frame:
            self.answered = (response["url"], response["status"])

    def _note_frame(self, _: dict[str, Any]) -> None:
        self.inert = False

    def _note_lifecycle(self, params: dict[str, Any]) -> None:
        # On a busy machine events of the previous page arrive late, even after the answer to Page.navigate.
        if params["frameId"] != self._main_frame or params["loaderId"] == self._loader_before:
            return
        if params["name"] == "init":
            self.departures += self._loader != self._loader_before
            self._loader = params["loaderId"]
            self._leaving = False
            self.loaded.clear()
        elif params["name"] == "load" and not self._leaving:
            self.loaded.set()

    def _note_leaving(self, params: dict[str, Any]) -> None:
        """Note an immediate navigation, so that its target is waited for."""
        self.inert = False
        is_page = params["url"].startswith(("http:", "https:"))
        at_once = params.get("delay", 0) < _AT_ONCE_SECONDS
        if params["frameId"] == self._main_frame and is_page and at_once and not self._staying:
            self._leaving = True
            self.loaded.clear()

    def _note_crash(self, _: dict[str, Any]) -> None:
        self.inert = False
        self.crashed.set()

    def _answer_proxy(self, params: dict[str, Any]) -> None:
        challenge = params["authChallenge"]
        mine = challenge.get("source") == "Proxy"
        reply = (
            {"response": "ProvideCredentials", "username": self.egress.username, "password": self.egress.password}
            if mine
            else {"response": "CancelAuth"}
        )
        self._send_later("Fetch.continueWithAuth", requestId=params["requestId"], authChallengeResponse=reply)

    def _continue_request(self, params: dict[str, Any]) -> None:
        if self._staying and params["frameId"] == self._main_frame:
            self._send_later("Fetch.failRequest", requestId=params["requestId"], errorReason="Aborted")
        else:
            self._send_later("Fetch.continueRequest", requestId=params["requestId"])

    def _dismiss_dialog(self, _: dict[str, Any]) -> None:
        self._send_later("Page.handleJavaScriptDialog", accept=False)

    def _send_later(self, method: str, **params: Any) -> None:
        """Send a command without waiting for its result."""

        async def run() -> None:
            with contextlib.suppress(CommandError):  # the request or the dialog no longer exists
                await self.session.send(method, **params)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _forbids_scripts(policy: str) -> bool:
    """Return whether a policy allows no script, or only the page script of blocks, which stores nothing."""
    names = {
        directive.split()[0].lower(): directive.split()[1:] for directive in policy.split(";") if directive.split()
    }
    sources = names.get("script-src", names.get("default-src", ["*"]))
    harmless = sources in (["'none'"], [page_script_source()])
    return harmless and not any(name.startswith("script-src-") for name in names)
