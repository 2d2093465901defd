"""The thread that reads uploaded pictures."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from landingpad.media.picture import Box, UploadedPicture


class PictureReader:
    """Reads uploaded pictures one at a time in its own thread, because each can take hundreds of MB when decoded."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")

    async def read(self, data: bytes, name: str, box: Box | None = None) -> UploadedPicture:
        """Read an uploaded file in the thread, by `reencode.read_picture`.

        Raises:
            NotAPictureError: the file is not a picture of an accepted format, broken, or too large.

        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, _read, data, name, box)

    def close(self) -> None:
        """Finish the current picture and drop those that wait."""
        self._thread.shutdown(cancel_futures=True)


def _read(data: bytes, name: str, box: Box | None) -> UploadedPicture:
    from landingpad.media.reencode import read_picture  # noqa: PLC0415  # Pillow is loaded in this thread, at the first upload

    return read_picture(data, name, box)
