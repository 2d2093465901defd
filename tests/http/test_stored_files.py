"""Stored files for visitors: read by range, in chunks, and never to find out whether they changed."""

from hashlib import sha256

import pytest

from landingpad.http.plain import CHUNK
from landingpad.media.store import MediaStore
from support.portal import Portal

SITE = "http://acme.localhost"
_BYTES = bytes(number * number % 251 for number in range(3 * CHUNK + 1000))


async def stored(portal: Portal, data: bytes) -> str:
    """Publish the site and store a file; return its address."""
    await portal.published()
    return f"{SITE}/_media/{portal.parts.media.put(data, 'jpg')}"


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, len(_BYTES)])
async def test_files_of_all_sizes_come_whole(portal: Portal, size: int) -> None:
    address = await stored(portal, _BYTES[:size])
    answer = await portal.get(address)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(size))
    assert answer.content == _BYTES[:size]
    async with portal.http("acme.localhost") as http:
        head = await http.head(address.removeprefix(SITE))
    assert (head.content, head.headers["content-length"]) == (b"", str(size))


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (5, CHUNK + 5), (CHUNK - 1, 2 * CHUNK + 1), (17, len(_BYTES)), (len(_BYTES) - 1, None)]
)
async def test_ranges_across_chunks(portal: Portal, start: int, stop: int | None) -> None:
    address = await stored(portal, _BYTES)
    end = "" if stop is None else stop - 1
    answer = await portal.get(address, range=f"bytes={start}-{end}")
    assert answer.status_code == 206
    assert answer.content == _BYTES[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{len(_BYTES) - 1 if stop is None else end}/{len(_BYTES)}"


async def test_a_range_reads_no_more_than_itself(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    address = await stored(portal, _BYTES)
    asked = []
    read = MediaStore.read

    def noting(self: MediaStore, key: str, start: int, length: int) -> bytes:
        asked.append((start, length))
        return read(self, key, start, length)

    monkeypatch.setattr(MediaStore, "read", noting)
    monkeypatch.setattr(MediaStore, "get", lambda *_: pytest.fail("the whole file was read"))
    assert (await portal.get(address, range="bytes=700-709")).content == _BYTES[700:710]
    assert asked == [(700, 10)]
    asked.clear()
    await portal.get(address)
    assert max(length for _, length in asked) == CHUNK


async def test_who_has_a_file_costs_no_read(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    address = await stored(portal, _BYTES)
    tag = (await portal.get(address, range="bytes=0-0")).headers["etag"]
    assert tag == f'"{sha256(_BYTES).hexdigest()[:32]}"'
    for name in ("read", "get"):
        monkeypatch.setattr(MediaStore, name, lambda *_: pytest.fail("the file was read"))
    for known in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        answer = await portal.get(address, **{"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await portal.get(address, range=f"bytes={len(_BYTES)}-")).status_code == 416


async def test_unknown_and_removed_files_are_not_found(portal: Portal) -> None:
    address = await stored(portal, b"abc")
    portal.parts.media.remove(address.rpartition("/")[2])
    for gone in (address, f"{SITE}/_media/", f"{SITE}/_media/../landingpad.db", f"{SITE}/_media/{'0' * 64}.jpg"):
        assert (await portal.get(gone)).status_code == 404
