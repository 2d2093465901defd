"""Reads uploaded pictures so that no file delays other people's, whatever is in it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakValueDictionary

import msgspec
import structlog

from landingpad.media.picture import Box, NotAPictureError, UploadedPicture

log = structlog.get_logger("landingpad.media")

MOST_SECONDS = 10
"""Processor time that a picture may take."""
_PATIENCE_SECONDS = 6 * MOST_SECONDS
"""Time after which a process is killed although the machine gave it little processor time."""
_LIGHT_EFFORT = 2_000_000
"""Effort up to which a picture takes well under a second."""
_PROCESSES = max(2, (os.cpu_count() or 1) // 2)


class Task(msgspec.Struct, frozen=True):
    """What a process is asked to read."""

    data: bytes
    name: str
    box: Box | None


class Reading(msgspec.Struct, frozen=True):
    """The answer of a process: the picture, or the reason why there is none."""

    picture: UploadedPicture | None = None
    problem: str = ""


class PictureReader:
    """Reads pictures: light ones in a thread, others in a process of their own that is killed when it takes too long.

    Each person has one picture read at a time, so that others never wait behind several of one person.
    """

    def __init__(self) -> None:
        self._light = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._heavy = ThreadPoolExecutor(_PROCESSES, thread_name_prefix="large-pictures")
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    async def read(self, data: bytes, name: str, box: Box | None = None, *, owner: Hashable) -> UploadedPicture:
        """Read an uploaded file as `read_picture` does.

        Args:
            data: the file.
            name: its name at the sender's.
            box: the size to which it is made to fit.
            owner: who sent it.

        Raises:
            NotAPictureError: the file is not a picture of an accepted format, broken, too large, or takes too long.

        """
        turn = self._turns.setdefault(owner, asyncio.Lock())
        loop = asyncio.get_running_loop()
        async with turn:
            task = Task(data, name, box)
            found = await loop.run_in_executor(self._light, _read_if_light, task)
            if found is not None:
                return found
            return await loop.run_in_executor(self._heavy, self._read_apart, task)

    def close(self) -> None:
        """Drop pictures that wait, and end the processes."""
        self._is_closed = True
        for process in list(self._running):
            process.kill()
        for threads in (self._light, self._heavy):
            threads.shutdown(cancel_futures=True)

    def _read_apart(self, task: Task) -> UploadedPicture:
        """Read a picture in a process of its own, which also keeps its memory apart."""
        command = [sys.executable, "-m", "landingpad.media.reading_process", str(MOST_SECONDS)]
        with subprocess.Popen(  # noqa: S603  # our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            self._running.add(process)
            try:
                if self._is_closed:
                    process.kill()
                written, errors = process.communicate(msgspec.msgpack.encode(task), timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                written, errors = process.communicate()
            finally:
                self._running.discard(process)
        if process.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise NotAPictureError(f"The picture takes longer than {MOST_SECONDS} seconds to read. Send a smaller one.")
        if process.returncode != 0:
            log.warning("picture_process_failed", status=process.returncode, output=errors.decode(errors="replace"))
            raise NotAPictureError("The picture cannot be read. Save it once more with another program.")
        reading = msgspec.msgpack.decode(written, type=Reading)
        if reading.picture is None:
            raise NotAPictureError(reading.problem)
        return reading.picture


def _read_if_light(task: Task) -> UploadedPicture | None:
    """Read a picture that takes little effort; return None for others."""
    from landingpad.media.reencode import effort_of, read_picture  # noqa: PLC0415  # Pillow is loaded in this thread, at the first upload

    return read_picture(task.data, task.name, task.box) if effort_of(task.data) <= _LIGHT_EFFORT else None
