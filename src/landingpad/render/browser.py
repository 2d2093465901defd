"""Finding, starting and ending Chromium.

Playwright starts it as the leader of its own process group and speaks to it through a pipe, so no debugging port is
open. Chromium ends when the pipe closes: a server that is killed leaves none behind (tests/render/test_processes.py).
Playwright takes 0.2 s to import and is imported with the first picture.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec
import structlog

from landingpad.render.egress import PROXY_HOST
from landingpad.render.picture import ChromiumMissing, PictureFailed

if TYPE_CHECKING:
    from playwright.async_api import Browser as PlaywrightBrowser
    from playwright.async_api import CDPSession, Playwright

log = structlog.get_logger("landingpad.render")

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OF_PLAYWRIGHT = (  # the small shell first: it starts faster and shows pages alike
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
    "chromium-*/*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
_START_SECONDS = 30.0
_ANSWER_SECONDS = 3.0
_STOP_SECONDS = 5.0
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
"""What Chromium sees of our environment: no secrets of the server."""

_ARGUMENTS = (
    # Nothing reaches the network but through the proxy of a picture: no names, no UDP, no QUIC.
    f"--host-resolver-rules=MAP {PROXY_HOST} 127.0.0.1,MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name in older releases
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-domain-reliability",
    # Nothing that a picture does not need.
    "--disable-file-system",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-print-preview",
    "--disable-speech-api",
    "--disable-sync",
    "--deny-permission-prompts",
    "--js-flags=--max-old-space-size=512",
    # The same picture on every machine.
    "--font-render-hinting=none",
    "--lang=en-US",
)
_UNWANTED_DEFAULTS = (
    "--disable-ipc-flooding-protection",  # pages are hostile
    "--disable-popup-blocking",
    "--enable-unsafe-swiftshader",
)


def find_chromium(given: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Find the browser: the given path, else the newest one that Playwright installed, else one on PATH.

    Raises:
        ChromiumMissing: there is none; the text says how to get one.

    """
    how = "Install one (Debian, Ubuntu: apt-get install -y chromium) or set LANDINGPAD_CHROMIUM to the path of one."
    if given:
        path = Path(given).expanduser()
        if path.is_file() and os.access(path, os.X_OK):
            return path
        raise ChromiumMissing(f"LANDINGPAD_CHROMIUM={given} is not a program that can be started. {how}")
    folder = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    cache = "Library/Caches/ms-playwright" if sys.platform == "darwin" else ".cache/ms-playwright"
    browsers = Path(folder) if folder not in {"", "0"} else Path(environ.get("HOME", "/")) / cache
    for pattern in _OF_PLAYWRIGHT:
        installed = sorted(browsers.glob(pattern), key=lambda found: _revision(found.relative_to(browsers).parts[0]))
        if installed:
            return installed[-1]
    for name in _NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            return Path(found)
    raise ChromiumMissing(f"There is no Chromium on this machine, so no pictures can be taken. {how}")


def _revision(folder: str) -> int:
    number = folder.rpartition("-")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


class Browser:
    """One Chromium and the Playwright driver that speaks to it."""

    def __init__(
        self, playwright: "Playwright", chromium: "PlaywrightBrowser", session: "CDPSession", pid: int
    ) -> None:
        self._playwright = playwright
        self._session = session
        self._worn = False
        group, driver = os.getpgid(pid), _look(pid).parent
        self._group, self._driver = (group, _look(group)), (driver, _look(driver))
        self.chromium = chromium
        self.pid = pid
        self.version = chromium.version

    @classmethod
    async def start(cls, executable: Path, own_pin: str) -> Self:
        """Start Chromium; `own_pin` names the one key whose certificates it accepts unseen (certificate.py).

        Raises:
            PictureFailed: it did not start.

        """
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415  # 0.2 s, see above

        root = hasattr(os, "geteuid") and os.geteuid() == 0
        if root:
            log.warning("render.no_sandbox", reason="Chromium has no sandbox for root: run the server as another user")
        environment: dict[str, str | float | bool] = {"TZ": "UTC"}
        environment |= {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        async with contextlib.AsyncExitStack() as undo:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    playwright = await async_playwright().start()
                    undo.push_async_callback(playwright.stop)
                    chromium = await playwright.chromium.launch(
                        executable_path=executable,
                        chromium_sandbox=not root,
                        env=environment,
                        args=[*_ARGUMENTS, f"--ignore-certificate-errors-spki-list={own_pin}"],
                        ignore_default_args=list(_UNWANTED_DEFAULTS),
                        # Contexts bring their proxies; whatever belongs to none of them ends at a closed port.
                        proxy={"server": f"http://{PROXY_HOST}:9", "bypass": "<-loopback>"},
                        handle_sigint=False,
                        handle_sigterm=False,
                        handle_sighup=False,
                    )
                    session = await chromium.new_browser_cdp_session()
                    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
            except Error as error:
                raise PictureFailed(_why_not_started(executable, error.message)) from error
            except TimeoutError as error:
                why = f"nothing was heard of it for {_START_SECONDS:.0f} s"
                raise PictureFailed(_why_not_started(executable, why)) from error
            pid = next(process["id"] for process in processes if process["type"] == "browser")
            undo.pop_all()
        log.info("render.chromium_started", path=str(executable), version=chromium.version, pid=pid)
        return cls(playwright, chromium, session, pid)

    @property
    def usable(self) -> bool:
        """Whether it may be given another picture."""
        return not self._worn and self.chromium.is_connected()

    def wear_out(self) -> None:
        """Take no further pictures with it: something in it no longer obeys."""
        self._worn = True

    async def alive(self) -> bool:
        """Ask it for its version."""
        from playwright.async_api import Error  # noqa: PLC0415  # loaded by start()

        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._session.send("Browser.getVersion")
        except (Error, TimeoutError):
            self._worn = True
            return False
        return True

    async def stop(self) -> None:
        """End Chromium and then the driver: politely, and what is left of them by force."""
        for what, end, kill, target in (
            ("Chromium", self.chromium.close, os.killpg, self._group),
            ("the driver of Playwright", self._playwright.stop, os.kill, self._driver),
        ):
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await end()
            except Exception as error:  # noqa: BLE001  # whatever it says, it is killed
                log.warning("render.stop_failed", what=what, error=repr(error), next="it is killed")
            _kill(kill, *target)


class _Look(msgspec.Struct, frozen=True):
    parent: int = 0
    born: str = ""
    """Ticks from the start of the machine to that of the process; empty if there is no such process."""


def _look(pid: int) -> _Look:
    """Look a process up in /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()
    except OSError:
        return _Look()
    return _Look(parent=int(fields[1]), born=fields[19])


def _kill(kill: Callable[[int, int], None], number: int, ours: _Look) -> None:
    """Kill a process or a group, unless its number was given to somebody else meanwhile.

    While a group has members, the number of its dead leader is not given away.
    """
    if number > 1 and _look(number).born in {ours.born, ""}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(number, signal.SIGKILL)


def _why_not_started(executable: Path, message: str) -> str:
    if "No usable sandbox" in message:
        return (
            f"{executable} found no sandbox on this system. Allow unprivileged user namespaces (sysctl"
            " kernel.unprivileged_userns_clone=1; in a container: a seccomp profile that permits them)."
        )
    said = [line.partition("[err]")[2].strip() for line in message.splitlines() if "[err]" in line]
    fatal = [line for line in said if "FATAL" in line]
    reason = " | ".join(fatal or said[-3:]) or message.partition("\n")[0]
    return f"{executable} did not start: {reason}. Try it by hand: {executable} --headless --dump-dom about:blank"
