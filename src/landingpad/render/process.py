"""The Chromium process: start, end, process group and temporary files.

Chromium leads its own process group and holds one end of a socket pair; it ends when the other end is closed, so a
killed server leaves no process behind. Its temporary folder is locked while it runs; every start removes unlocked
folders, left by killed servers.
"""

import asyncio
import contextlib
import errno
import fcntl
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import structlog

log = structlog.get_logger("landingpad.render")

_PREFIX = "landingpad-chromium-"
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
"""Environment variables passed to Chromium; secrets of the server are not among them."""
_POLITE_SECONDS = 3.0
_GROUP_SECONDS = 5.0
_POLL_SECONDS = 0.02
_LOWEST_HANDLE = 10
"""Lowest file descriptor for the child's socket before it is copied to 3 and 4."""


class ChromiumProcess:
    """A running Chromium; `wire` is our end of the socket for commands."""

    def __init__(self, executable: Path, arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> None:
        temporary = Path(environ.get("TMPDIR") or tempfile.gettempdir())
        remove_abandoned_folders(temporary)
        self._folder, self._lock = _locked_folder(temporary)
        self._errors = self._folder / "stderr"
        self._ended = threading.Event()
        self.wire, theirs = socket.socketpair()
        environment = {name: environ[name] for name in _ENVIRONMENT if name in environ}
        environment |= {"TZ": "UTC", "TMPDIR": str(self._folder)}
        command = [str(executable), *arguments, f"--user-data-dir={self._folder / 'profile'}"]
        given = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD_CLOEXEC, _LOWEST_HANDLE)
        try:
            self.pid = os.posix_spawn(
                executable,
                command,
                environment,
                setpgroup=0,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, str(self._errors), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                    (os.POSIX_SPAWN_DUP2, given, 3),  # Chromium reads commands from 3
                    (os.POSIX_SPAWN_DUP2, given, 4),  # and writes answers to 4
                ],
            )
        except OSError:
            self.wire.close()
            self._remove_folder()
            raise
        finally:
            os.close(given)
            theirs.close()
        threading.Thread(target=self._wait, name=f"chromium-{self.pid}", daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether the process still runs."""
        return not self._ended.is_set()

    def stderr_tail(self) -> str:
        """Return the last 4,000 characters of its standard error."""
        try:
            return self._errors.read_text("utf-8", "replace")[-4000:]
        except OSError:
            return ""

    async def stop(self) -> None:
        """Wait a moment for its end, then kill the rest of its process group and remove its files."""
        if not await asyncio.to_thread(self._ended.wait, _POLITE_SECONDS):
            log.warning("render.chromium_did_not_end", pid=self.pid, next="it is killed")
        await asyncio.to_thread(self._clean_up)

    def _clean_up(self) -> None:
        end = time.monotonic() + _GROUP_SECONDS
        # The group id stays valid as long as the group has a member, even after its leader has ended.
        while self._kill_group() and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        self._remove_folder()

    def _kill_group(self) -> bool:
        """Kill the group and reap members that became our children; return whether the group still has members."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        except PermissionError:  # macOS raises this for zombies
            log.debug("render.group_is_dead", pid=self.pid)
        if self._ended.is_set():  # `_wait` reaps the leader; orphans become our children if we are process 1
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-self.pid, os.WNOHANG)[0]:
                    pass
        return True

    def _wait(self) -> None:
        with contextlib.suppress(ChildProcessError):  # another part of this process already reaped it
            os.waitpid(self.pid, 0)
        self._ended.set()

    def _remove_folder(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._folder.exists():
            log.warning("render.folder_not_removed", folder=str(self._folder), next="the next start tries again")
        self._lock.close()


def memory_of(pid: int) -> int:
    """Return the unshared MiB of a process and its descendants; 0 where /proc is missing (macOS)."""
    pages = 0
    left = [pid]
    while left:
        process = Path("/proc") / str(left.pop())
        with contextlib.suppress(OSError):  # it ended meanwhile
            _, resident, shared, *_ = (process / "statm").read_text().split()
            pages += int(resident) - int(shared)
            for thread in (process / "task").iterdir():
                left += map(int, (thread / "children").read_text().split())
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


def remove_abandoned_folders(temporary: Path) -> None:
    """Remove folders of browsers whose servers were killed."""
    for folder in temporary.glob(f"{_PREFIX}*"):
        try:
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES, errno.EPERM, errno.ENOENT}:
                log.warning("render.folder_not_removed", folder=str(folder), error=str(error))


def _locked_folder(temporary: Path) -> tuple[Path, IO[str]]:
    # The folder is locked before it gets the name by which `remove_abandoned_folders` finds it.
    new = Path(tempfile.mkdtemp(prefix="landingpad-new-", dir=temporary))
    try:
        lock = (new / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return new.rename(new.with_name(new.name.replace("landingpad-new-", _PREFIX))), lock
    except OSError:  # a full disk
        shutil.rmtree(new, ignore_errors=True)
        raise
