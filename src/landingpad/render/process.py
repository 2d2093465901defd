"""Starting Chromium and ending it: its process group, its temporary files, and those that earlier ones left.

Chromium leads a process group of its own and holds one end of a socket; it ends when we hang up, so a server that is
killed leaves no process behind. Its temporary files lie in a folder that is locked while we run: whoever starts next
removes folders that nobody holds.
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
"""What Chromium sees of our environment: no secrets of the server."""
_POLITE_SECONDS = 3.0
_GROUP_SECONDS = 5.0
_LOOK_SECONDS = 0.02
_LOWEST_HANDLE = 10
"""Handles given to the child are moved out of the way of 0 to 4, which it gets."""


class ChromiumProcess:
    """A running Chromium; `wire` is our end of the socket that it obeys."""

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
                    (os.POSIX_SPAWN_DUP2, given, 3),  # where Chromium reads commands,
                    (os.POSIX_SPAWN_DUP2, given, 4),  # and where it writes answers
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
        """Whether it has not ended."""
        return not self._ended.is_set()

    def said(self) -> str:
        """Return the end of what it wrote to its standard error."""
        try:
            return self._errors.read_text("utf-8", "replace")[-4000:]
        except OSError:
            return ""

    async def stop(self) -> None:
        """Give it a moment to end by itself, then kill what is left of its group, and remove its files."""
        if not await asyncio.to_thread(self._ended.wait, _POLITE_SECONDS):
            log.warning("render.chromium_did_not_end", pid=self.pid, next="it is killed")
        await asyncio.to_thread(self._clear_away)

    def _clear_away(self) -> None:
        end = time.monotonic() + _GROUP_SECONDS
        # The number of the group is ours as long as it has a member, even after its leader has gone.
        while self._kill_group() and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
        self._remove_folder()

    def _kill_group(self) -> bool:
        """Kill the members of the group and collect those that have become our children; False when none is left."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        except PermissionError:  # macOS says so of zombies
            log.debug("render.group_is_dead", pid=self.pid)
        if self._ended.is_set():  # the leader is collected by its thread; orphans come to us if we are process 1
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-self.pid, os.WNOHANG)[0]:
                    pass
        return True

    def _wait(self) -> None:
        with contextlib.suppress(ChildProcessError):  # somebody else collects the children of this process
            os.waitpid(self.pid, 0)
        self._ended.set()

    def _remove_folder(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._folder.exists():
            log.warning("render.folder_not_removed", folder=str(self._folder), next="the next start tries again")
        self._lock.close()


def memory_of(pid: int) -> int:
    """Return the MiB that a process and its descendants share with nobody; 0 where the system does not say (macOS)."""
    pages = 0
    left = [pid]
    while left:
        process = Path("/proc") / str(left.pop())
        with contextlib.suppress(OSError):  # it ended while we looked
            _, resident, shared, *_ = (process / "statm").read_text().split()
            pages += int(resident) - int(shared)
            for thread in (process / "task").iterdir():
                left += map(int, (thread / "children").read_text().split())
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


def remove_abandoned_folders(temporary: Path) -> None:
    """Remove the folders of browsers whose servers were killed."""
    for folder in temporary.glob(f"{_PREFIX}*"):
        try:
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES, errno.EPERM, errno.ENOENT}:
                log.warning("render.folder_not_removed", folder=str(folder), error=str(error))


def _locked_folder(temporary: Path) -> tuple[Path, IO[str]]:
    # The lock exists before the folder has the name by which others look for abandoned ones.
    new = Path(tempfile.mkdtemp(prefix="landingpad-new-", dir=temporary))
    try:
        lock = (new / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return new.rename(new.with_name(new.name.replace("landingpad-new-", _PREFIX))), lock
    except OSError:  # a full disk
        shutil.rmtree(new, ignore_errors=True)
        raise
