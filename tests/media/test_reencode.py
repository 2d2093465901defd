"""Uploaded pictures: recognised by content, re-encoded, within limits."""

import io
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from landingpad.media import reencode
from landingpad.media.picture import Box, NotAPictureError
from landingpad.media.reencode import file_name, read_picture


def written(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#336699" if mode != "1" else 1).save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("form", "mode", "kind", "stored"),
    [
        ("JPEG", "RGB", "jpg", "JPEG"),
        ("JPEG", "CMYK", "jpg", "JPEG"),
        ("PNG", "RGBA", "png", "PNG"),
        ("PNG", "1", "png", "PNG"),
        ("GIF", "P", "gif", "GIF"),
        ("WEBP", "RGB", "webp", "WEBP"),
        ("BMP", "RGB", "png", "PNG"),
    ],
)
def test_every_accepted_format_is_stored_as_its_kind(form: str, mode: str, kind: str, stored: str) -> None:
    found = read_picture(written(form, mode=mode), "any name.exe")
    assert (found.name, found.kind, found.width, found.height) == (f"any_name.{kind}", kind, 40, 20)
    assert opened(found.data).format == stored


def test_transparency_stays() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")
    assert opened(read_picture(out.getvalue(), "a.png", Box(2, 2, "fit")).data).convert("RGBA").getchannel(
        "A"
    ).getextrema() == (0, 0)


def test_metadata_and_appended_data_are_removed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    exif[0x010F] = "Camera of Ada"
    data = written("JPEG", exif=exif) + b"<script>x()</script>"
    found = read_picture(data, "a.jpg")
    assert (found.width, found.height) == (20, 40)
    assert b"Ada" not in found.data
    assert b"script" not in found.data
    assert not opened(found.data).getexif()


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_animations_stay_animated(form: str) -> None:
    frames = [Image.new("RGB", (40, 20), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
    for box, size in ((None, (40, 20)), (Box(10, 10, "fit"), (10, 5))):
        image = opened(read_picture(out.getvalue(), "a", box).data)
        assert (image.size, image.n_frames) == (size, 3)  # type: ignore[attr-defined]  # only images of animated formats have it


@pytest.mark.parametrize(
    ("box", "size"),
    [
        (Box(10, 10, "fit"), (10, 5)),
        (Box(15, 30, "longer"), (30, 15)),
        (Box(10, 30, "longer"), (20, 10)),
        (Box(10, 10, "crop"), (10, 10)),
        (Box(100, 100, "crop"), (100, 100)),
        (Box(100, 100, "fit"), (40, 20)),
        (Box(1, 1, "fit"), (1, 1)),
    ],
)
def test_pictures_are_resized_to_their_box(box: Box, size: tuple[int, int]) -> None:
    found = read_picture(written("PNG"), "a.png", box)
    assert (found.width, found.height) == size == opened(found.data).size


@pytest.mark.parametrize("form", ["TIFF", "ICO", "PPM", "TGA", "PDF"])
def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(NotAPictureError, match="Send a JPEG, PNG"):
        read_picture(written(form), "a.png")


def test_pictures_beyond_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAPictureError, match="10001 x 1 pixels"):
        read_picture(written("PNG", (10_001, 1)), "a.png")
    monkeypatch.setattr(reencode, "MOST_PIXELS", 799)
    with pytest.raises(NotAPictureError, match="40 x 20 pixels in 1 frames"):
        read_picture(written("PNG"), "a.png")
    monkeypatch.setattr(reencode, "LARGEST_FILE", 10)
    with pytest.raises(NotAPictureError, match="bytes; 10 are allowed"):
        read_picture(written("PNG"), "a.png")


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    """A file of a few kilobytes can claim gigabytes of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(NotAPictureError):
        read_picture(bomb, "a.png")


SAMPLES = [written(form) for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP")]


@settings(max_examples=300, deadline=None)  # encoding takes as long as the machine is busy
@given(st.sampled_from(SAMPLES), st.integers(0, 5000), st.binary(max_size=8), st.integers(0, 40))
def test_broken_files_are_refused_or_read(sample: bytes, place: int, piece: bytes, missing: int) -> None:
    place %= len(sample)
    data = sample[:place] + piece + sample[place + len(piece) :]
    try:
        found = read_picture(data[: len(data) - missing], "a.png", Box(10, 10, "fit"))
    except NotAPictureError:
        return
    assert opened(found.data).size == (found.width, found.height)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Моя фотография (1).PNG", "Moya_fotografiya_1.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\pictures\\a b.png", "a_b.jpg"),
        ("", "picture.jpg"),
        ("???.png", "picture.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("a" * 300 + ".png", "a" * 80 + ".jpg"),
        ('a"><script>.png', "a_script.jpg"),
    ],
)
def test_file_names_become_safe_names_for_addresses(name: str, stored: str) -> None:
    assert file_name(name, "jpg") == stored
