"""Pictures of several people at a time: no file delays others, whatever is in it."""

import asyncio
import io
import os
import threading
from collections.abc import Iterator

import pytest
from PIL import Image

from landingpad.media import reader as module
from landingpad.media import reencode
from landingpad.media.picture import Box, NotAPictureError
from landingpad.media.reader import PictureReader
from landingpad.media.reencode import effort_of


def written(form: str, size: tuple[int, int], **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, form, **options)
    return out.getvalue()


def animated(frames: int, form: str = "GIF") -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (2, 2), (0, 20 * number, 0)) for number in range(frames)]
    pictures[0].save(out, form, save_all=True, append_images=pictures[1:])
    return out.getvalue()


SMALL = written("PNG", (40, 20))
LARGE = written("PNG", (2000, 1500))


@pytest.fixture
def reader() -> Iterator[PictureReader]:
    reader = PictureReader()
    yield reader
    reader.close()


def test_effort_grows_with_pixels_frames_and_format() -> None:
    assert effort_of(SMALL) == 800
    assert effort_of(LARGE) == 3_000_000
    assert effort_of(animated(10)) == 40
    assert effort_of(written("AVIF", (40, 20))) == 8 * 800


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_frames_are_limited(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencode, "MOST_FRAMES", 5)
    assert effort_of(animated(5, form))
    with pytest.raises(NotAPictureError, match="more than 5 frames"):
        effort_of(animated(6, form))


async def test_large_pictures_are_read_in_a_process_of_their_own(
    reader: PictureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencode, "read_picture", lambda *_: pytest.fail("read in this process"))
    found = await reader.read(LARGE, "große Datei.png", Box(100, 100, "fit"), owner=1)
    assert (found.name, found.kind, found.width, found.height) == ("grosse_Datei.png", "png", 100, 75)
    broken = LARGE[:-200] + os.urandom(100)
    with pytest.raises(NotAPictureError, match="not a picture that can be shown"):
        await reader.read(broken, "x", owner=1)


async def test_a_picture_that_takes_too_long_is_refused(reader: PictureReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", 0)
    with pytest.raises(NotAPictureError, match="takes longer than 0 seconds"):
        await reader.read(LARGE, "x.png", owner=1)


async def test_pictures_of_others_do_not_wait_behind_those_of_one_person(
    reader: PictureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person sends many files, the first of which is stuck; a picture of somebody else is read meanwhile."""
    stuck = threading.Event()
    read_apart = reader._read_apart  # made to wait

    def wait(task: module.Task) -> object:
        stuck.wait()
        return read_apart(task)

    monkeypatch.setattr(reader, "_read_apart", wait)
    hostile = [asyncio.ensure_future(reader.read(data, "x.png", owner=1)) for data in (LARGE, SMALL, SMALL, LARGE)]
    assert (await reader.read(SMALL, "y.png", owner=2)).width == 40
    assert not any(task.done() for task in hostile)
    stuck.set()
    assert [picture.width for picture in await asyncio.gather(*hostile)] == [2000, 40, 40, 2000]


async def test_closing_ends_running_processes(reader: PictureReader) -> None:
    reading = asyncio.ensure_future(reader.read(LARGE, "x.png", owner=1))
    while not reader._running:  # noqa: ASYNC110  # its process has started
        await asyncio.sleep(0.01)
    await asyncio.to_thread(reader.close)
    with pytest.raises(NotAPictureError):
        await reading
