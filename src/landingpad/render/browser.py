"""Finding, starting and ending Chromium, and reusing its tabs."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import structlog

from landingpad.render.cdp import CdpConnection, CommandError
from landingpad.render.egress import PROXY_HOST, EgressConfig
from landingpad.render.picture import ChromiumMissing, PictureFailed
from landingpad.render.process import ChromiumProcess, memory_of
from landingpad.render.tab import Tab

log = structlog.get_logger("landingpad.render")

# The headless shell comes first: it starts faster, takes twice as many pictures a second, and pages look the same.
_PROGRAM_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_PLAYWRIGHT_PATTERNS = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
    "chromium-*/*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
_START_SECONDS = 30.0
_ANSWER_SECONDS = 3.0
_CLOSE_SECONDS = 3.0
_MEMORY_CHECK_EVERY = 10
"""Pictures between two checks of the browser's memory; a check takes two milliseconds."""
_TABS_PER_SLOT = 2
"""Idle tabs kept per slot: tabs of one portal stay idle while those of others work."""

_ARGUMENTS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-startup-window",
    # The only way to the network is the proxy of a tab: no DNS, no UDP, no QUIC.
    f"--host-resolver-rules=MAP {PROXY_HOST} 127.0.0.1,MAP * ~NOTFOUND",
    # Browser contexts set their own proxies; all other requests end at a closed port.
    f"--proxy-server=http://{PROXY_HOST}:9",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older releases
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    # Features that pictures do not need.
    "--disable-back-forward-cache",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,PaintHolding,Translate",
    "--disable-file-system",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-print-preview",
    "--disable-speech-api",
    "--disable-sync",
    "--deny-permission-prompts",
    "--disable-search-engine-choice-screen",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-service-autorun",
    "--password-store=basic",
    "--use-mock-keychain",
    "--js-flags=--max-old-space-size=512",
    # Tabs work at full speed, though no window shows them. (--disable-frame-rate-limit would shorten the wait for a
    # frame by 40 ms, but redraws pages for each image that arrives: 50% more processor time.)
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-checker-imaging",  # a frame is drawn with its images, not before they are decoded
    # Identical pictures on every machine.
    "--blink-settings=imageAnimationPolicy=2",  # animated images show their first frame
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en-US",
    "--accept-lang=en-US",
)


def find_chromium(given: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the browser: the given one, else the newest of Playwright, else one on PATH.

    Raises:
        ChromiumMissing: no browser was found; the text says how to install one.

    """
    how = "Install one (Debian: apt-get install -y chromium-headless-shell) or set LANDINGPAD_CHROMIUM to its path."
    if given:
        path = Path(given).expanduser()
        if path.is_file() and os.access(path, os.X_OK):
            return path
        raise ChromiumMissing(f"LANDINGPAD_CHROMIUM={given} is not a program that can be started. {how}")
    folder = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    cache = "Library/Caches/ms-playwright" if sys.platform == "darwin" else ".cache/ms-playwright"
    browsers = Path(folder) if folder not in {"", "0"} else Path(environ.get("HOME", "/")) / cache
    for pattern in _PLAYWRIGHT_PATTERNS:
        installed = sorted(browsers.glob(pattern), key=lambda found: _revision(found.relative_to(browsers).parts[0]))
        if installed:
            return installed[-1]
    for name in _PROGRAM_NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            # Debian's command is a script that stays the parent process; we need the process id of the program itself.
            program = Path(found).parents[1] / "lib" / "chromium" / name
            return program if name == _PROGRAM_NAMES[0] and program.is_file() else Path(found)
    raise ChromiumMissing(f"There is no Chromium on this machine, so no pictures can be taken. {how}")


def _revision(folder: str) -> int:
    number = folder.rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


class Browser:
    """One Chromium with its tabs."""

    def __init__(
        self, process: ChromiumProcess, connection: CdpConnection, version: str, *, most_tabs: int, most_memory: int
    ) -> None:
        self._process = process
        self._most_memory = most_memory
        self._pictures = 0
        self._connection = connection
        self._worn = False
        self._idle: OrderedDict[Tab, None] = OrderedDict()
        self._closing_popups: set[asyncio.Task[None]] = set()
        self._most_tabs = most_tabs
        self.pid = process.pid
        self.version = version

    @classmethod
    async def start(cls, executable: Path, own_pin: str, *, slots: int, memory: int) -> Self:
        """Start Chromium for `slots` pictures at a time; above `memory` MiB it gets no further pictures.

        `own_pin` identifies the only key whose certificates it accepts without verification (certificate.py).

        Raises:
            PictureFailed: it did not start.

        """
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        if root:
            log.warning("render.no_sandbox", reason="Chromium has no sandbox for root: run the server as another user")
        more = [f"--ignore-certificate-errors-spki-list={own_pin}", *(["--no-sandbox"] if root else [])]
        try:
            process = await asyncio.to_thread(ChromiumProcess, executable, [*_ARGUMENTS, *more])
        except OSError as error:
            raise PictureFailed(f"{executable} did not start: {error.strerror or error}.") from error
        connection = await CdpConnection.open(process.wire)
        try:
            async with asyncio.timeout(_START_SECONDS):
                version = (await connection.root.send("Browser.getVersion"))["product"].rpartition("/")[2]
                browser = cls(process, connection, version, most_tabs=_TABS_PER_SLOT * slots, most_memory=memory)
                connection.root.on("Target.targetCreated", browser._note_target)
                await connection.root.send("Target.setDiscoverTargets", discover=True, filter=[{"type": "page"}])
        except (CommandError, TimeoutError) as error:
            why = f"it did not answer for {_START_SECONDS:.0f} s" if isinstance(error, TimeoutError) else ""
            stderr = process.stderr_tail()
            await connection.close()
            await process.stop()
            raise PictureFailed(_why_not_started(executable, stderr, why)) from error
        except BaseException:
            await connection.close()
            await process.stop()
            raise
        log.info("render.chromium_started", path=str(executable), version=version, pid=process.pid)
        return browser

    @property
    def usable(self) -> bool:
        """Whether it can take another picture."""
        return not self._worn and self._connection.is_open

    def wear_out(self) -> None:
        """Give it no further pictures, because it no longer works properly."""
        self._worn = True

    async def alive(self) -> bool:
        """Return whether it still answers commands."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._connection.root.send("Browser.getVersion")
        except (CommandError, TimeoutError):
            self._worn = True
            return False
        return True

    async def tab(self, owner: str, config: EgressConfig) -> Tab:
        """Return a tab that has shown only pages of this owner: an idle one if possible, else a new one.

        Raises:
            CommandError: Chromium refused, or has ended.

        """
        for tab in reversed(self._idle):
            if tab.owner == owner:
                del self._idle[tab]
                if await tab.is_clean():
                    return tab
                await self._close(tab)
                break
        return await Tab.open(self._connection, owner, config)

    async def put_back(self, tab: Tab) -> None:
        """Keep a tab for the owner's next picture if no script could run in it, else close it with its context."""
        if tab.inert and self.usable:
            tab.forget()
            self._idle[tab] = None
        else:
            await self._close(tab)
        self._check_memory()
        while len(self._idle) > self._most_tabs:
            await self._close(self._idle.popitem(last=False)[0])

    async def stop(self) -> None:
        """End Chromium; kill the processes that do not end by themselves."""
        for task in self._closing_popups:
            task.cancel()
        with contextlib.suppress(CommandError, TimeoutError):  # it is killed below if it does not obey
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._connection.root.send("Browser.close")
        await self._connection.close()
        await self._process.stop()
        for tab in self._idle:
            await tab.egress.__aexit__()
        self._idle.clear()

    async def _close(self, tab: Tab) -> None:
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await tab.close()
        except (CommandError, TimeoutError) as error:
            if self.usable:
                log.warning("render.page_does_not_close", error=repr(error), next="Chromium is replaced")
            self.wear_out()

    def _check_memory(self) -> None:
        self._pictures += 1
        if self._pictures % _MEMORY_CHECK_EVERY:
            return
        memory = memory_of(self.pid)
        if memory > self._most_memory:
            log.warning(
                "render.browser_too_large", mebibytes=memory, most=self._most_memory, next="a fresh one is started"
            )
            self.wear_out()

    def _note_target(self, params: dict[str, Any]) -> None:
        """Close windows that pages open."""
        info = params["targetInfo"]
        if info.get("openerId"):
            task = asyncio.create_task(self._close_popup(info["targetId"]))
            self._closing_popups.add(task)
            task.add_done_callback(self._closing_popups.discard)

    async def _close_popup(self, target_id: str) -> None:
        with contextlib.suppress(CommandError):  # it was closed already
            await self._connection.root.send("Target.closeTarget", targetId=target_id)


def _why_not_started(executable: Path, stderr: str, why: str) -> str:
    if "No usable sandbox" in stderr:
        return (
            f"{executable} found no sandbox on this system. Allow unprivileged user namespaces (sysctl"
            " kernel.unprivileged_userns_clone=1; in a container: a seccomp profile that permits them)."
        )
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line]
    reason = " | ".join(fatal or lines[-3:]) or why or "it ended without any output"
    return f"{executable} did not start: {reason}. Try it by hand: {executable} --headless --dump-dom about:blank"
