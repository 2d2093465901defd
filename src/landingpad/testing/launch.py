"""A portal in a process of its own, for as long as a test run takes."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from landingpad.settings import OTHER_VARIABLES

START_SECONDS = 120.0
"""How long a server may take until it is ready: a first start on a busy machine builds the demo site."""
STOP_SECONDS = 30.0
_LOG_LINES = 20
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class CannotLaunchError(Exception):
    """The server did not become ready; the text holds the end of what it said."""


class Launched(msgspec.Struct, frozen=True):
    """A running portal."""

    url: str
    told: dict[str, Any]
    """What portal.json says."""
    data: Path
    log: Path
    """Where the log of the server is."""

    def environment(self) -> dict[str, str]:
        """Return the variables by which a test run finds the portal, its credentials and its demo site."""
        told = self.told
        values = {
            "LANDINGPAD_URL": self.url,
            "LANDINGPAD_WEBHOOK": told["webhook"],
            "LANDINGPAD_WEBHOOK_PLAIN": told["webhooks"]["plain"],
            "LANDINGPAD_WEBHOOK_LIMITED": told["webhooks"]["limited"],
            "LANDINGPAD_PORTAL_FILE": str(self.data / "portal.json"),
            "LANDINGPAD_LOG": str(self.log),
            "LANDINGPAD_CLIENT_ID": told["oauth"]["client_id"],
            "LANDINGPAD_CLIENT_SECRET": told["oauth"]["client_secret"],
            "LANDINGPAD_ACCESS_TOKEN": told["oauth"]["access_token"],
            "LANDINGPAD_REFRESH_TOKEN": told["oauth"]["refresh_token"],
        }
        if "site_id" in told:
            values |= {"LANDINGPAD_SITE_ID": str(told["site_id"]), "LANDINGPAD_PUBLIC_URL": told["public_url"]}
        return values


@contextlib.contextmanager
def launched(options: Sequence[str], *, data: Path | None = None) -> Iterator[Launched]:
    """Run `landingpad serve --dev` on a free port until the block ends.

    Args:
        options: further options of `landingpad serve`.
        data: its folder, which is kept; None: an empty one that is removed afterwards.

    Raises:
        CannotLaunchError: it ended, or was not ready in time.

    """
    with contextlib.ExitStack() as undo:
        if data is None:
            made = Path(tempfile.mkdtemp(prefix="landingpad-run-"))
            undo.callback(shutil.rmtree, made, ignore_errors=True)
            data = made / "data"
        data.mkdir(parents=True, exist_ok=True)
        log = data / "server.log"
        process = _start([*options, "--dev", "--port", "0", "--data", str(data)], log)
        undo.callback(_stop, process)
        url = _wait_until_ready(process, log)
        told = json.loads((data / "portal.json").read_text("utf-8"))
        yield Launched(url, told, data, log)


def _start(options: Sequence[str], log: Path) -> "subprocess.Popen[str]":
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def die_with_us() -> None:
        if library is not None:
            library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)

    with log.open("w") as errors:
        return subprocess.Popen(  # noqa: S603  # this very program
            [sys.executable, "-m", "landingpad", "serve", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_own_environment(),
            # A Ctrl-C of the terminal is for the command that is run; the server outlives it by a moment.
            start_new_session=True,
            preexec_fn=die_with_us,  # noqa: PLW1509  # before the first thread of this process starts
        )


def _own_environment() -> dict[str, str]:
    """Return our environment without what a portal around this one has told."""
    told = OTHER_VARIABLES | {"LANDINGPAD_PUBLIC_URL", "LANDINGPAD_PORT", "LANDINGPAD_DATA"}
    return {name: value for name, value in os.environ.items() if name not in told}


def _wait_until_ready(process: "subprocess.Popen[str]", log: Path) -> str:
    if process.stdout is None:
        raise RuntimeError("the server was started without a pipe to read from")
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(START_SECONDS, give_up)
    timer.start()
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                return line.removeprefix("ready ").strip()
    finally:
        timer.cancel()
    why = f"was not ready within {START_SECONDS:.0f} s" if late.is_set() else f"ended with {process.wait()}"
    said = "\n".join(log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:])
    raise CannotLaunchError(f"The server {why}. The end of its log:\n{said}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
