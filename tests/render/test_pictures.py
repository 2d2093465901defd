"""Pictures taken with Chromium: their content, and pages without a picture."""

from typing import Any

import pytest

from landingpad.blocks.library import page_script_source
from landingpad.render.photographer import OwnAnswer, PictureFailed, Viewport
from render.conftest import Make, Room
from render.helpers import HOME, HOST, RED, Canary, Pages, alike, colour, html, size, slow

CSS = [("Content-Type", "text/css")]
SVG = [("Content-Type", "image/svg+xml")]
GREEN = (0, 128, 0)
BLUE = (0, 0, 255)


def square(fill: str) -> bytes:
    box = "width='1200' height='800'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {box}><rect {box} fill='{fill}'/></svg>".encode()


def test_a_picture_is_a_jpeg_of_the_window(make: Make) -> None:
    photographer = make(Pages(**{"": html("<h1>Hello</h1><div style='height:5000px'></div>")}))
    assert photographer.status()["running"] is False
    picture = photographer.photograph(HOME, Viewport())
    assert (picture.width, picture.height, picture.content_type) == (1200, 800, "image/jpeg")
    assert picture.data[:3] == b"\xff\xd8\xff"
    assert size(picture) == (1200, 800)
    assert alike(colour(picture), RED)
    status = photographer.status()
    assert (status["running"], status["taken"], status["failed"], status["restarts"]) == (True, 1, 0, 0)
    assert status["version"]


def test_scale_format_and_colour_scheme_are_as_requested(room: Room) -> None:
    dark = "<style>@media (prefers-color-scheme: dark) { body { background: blue !important } }</style>"
    pages = Pages(**{"": html(dark)})
    picture = room.take(pages, HOME, Viewport(width=400, height=300, scale=2, color_scheme="dark", format="png"))
    assert (picture.width, picture.height, picture.content_type) == (800, 600, "image/png")
    assert size(picture) == (800, 600)
    assert colour(picture, 790, 590) == BLUE
    assert alike(colour(room.take(pages)), RED)


@pytest.mark.parametrize(
    "fields",
    [{"width": 0}, {"height": 5000}, {"scale": 9}, {"color_scheme": "pink"}, {"format": "gif"}, {"quality": 0}],
)
def test_an_invalid_viewport_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Viewport"):
        Viewport(**fields)


@pytest.mark.parametrize("origin", [f"http://{HOST}", "https://acme.localhost"])
def test_addresses_of_this_server_are_loaded_without_the_network(room: Room, origin: str) -> None:
    """Styles, images, frames and redirects, over http and https, of a name without DNS entry."""
    pages = Pages(
        start=OwnAnswer(302, [("Location", "/page")], b""),
        page=html("<link rel=stylesheet href=/style.css><iframe src=/frame></iframe>"),
        frame=html("<img src=/pixel.svg>"),
    )
    pages.answers["/style.css"] = OwnAnswer(200, CSS, b"body { background: url(/ground.svg) !important }")
    pages.answers["/ground.svg"] = OwnAnswer(301, [("Location", "/moved.svg")], b"")
    pages.answers["/moved.svg"] = OwnAnswer(200, SVG, square("green"))
    pages.answers["/pixel.svg"] = OwnAnswer(200, SVG, square("blue"))
    picture = room.take(pages, f"{origin}/start")
    assert alike(colour(picture), GREEN)
    assert ("GET", f"{origin}/pixel.svg") in pages.asked


def test_late_images_in_the_window_are_waited_for(room: Room) -> None:
    body = """
      <img loading=lazy src=/late.svg style='display:block'>
      <script>onload = () => { let i = new Image(); i.src = '/later.svg'; document.body.prepend(i) }</script>"""
    pages = Pages(**{"": html(body)})
    pages.answers["/late.svg"] = slow(0.6, OwnAnswer(200, SVG, square("green")))
    pages.answers["/later.svg"] = slow(0.6, OwnAnswer(200, SVG, square("blue")))
    assert alike(colour(room.take(pages)), BLUE)


def test_two_pictures_of_one_page_are_the_same_bytes(room: Room) -> None:
    """Animations, carets and the time zone of the machine have no effect."""
    body = """
      <style>@keyframes turn { to { transform: rotate(360deg); opacity: .1 } }
        h1 { animation: turn .7s infinite }</style>
      <h1>Sale</h1><input autofocus><p id=when></p>
      <script>when.textContent = [Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.language]</script>"""
    pages = Pages(**{"": html(body)})
    assert room.take(pages).data == room.take(pages).data


@pytest.mark.parametrize("status", [204, 401, 403, 404, 500, 503])
def test_an_answer_other_than_200_gives_no_picture(room: Room, status: int) -> None:
    with pytest.raises(PictureFailed, match=f"answered {status}, not 200"):
        room.take(Pages(**{"": html("sorry", status=status)}))


def test_a_download_gives_no_picture(room: Room) -> None:
    pages = Pages(**{"": html("x", Content_Disposition="attachment; filename=page.html")})
    with pytest.raises(PictureFailed, match="was not photographed"):
        room.take(pages)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "chrome://version", "data:text/html,hello", "about:blank", "javascript:1", "ftp://a/", "/x"],
)
def test_only_http_addresses_are_photographed(make: Make, url: str) -> None:
    photographer = make(Pages())
    with pytest.raises(PictureFailed, match="only http and https"):
        photographer.photograph(url, Viewport())
    assert photographer.status()["running"] is False


def test_a_page_that_redirects_is_photographed_at_its_target(room: Room) -> None:
    pages = Pages(
        **{
            "": html("<meta http-equiv=refresh content='0;url=/next'>"),
        }
    )
    pages.answers["/slow.svg"] = slow(0.5, OwnAnswer(200, SVG, square("red")))
    pages.answers["/next"] = html("<style>body{background:green!important}</style><img src=/slow.svg width=1>")
    assert alike(colour(room.take(pages)), GREEN)


def test_a_redirect_to_a_private_address_gives_no_picture_and_a_reason(room: Room) -> None:
    with Canary() as canary:
        pages = Pages(**{"": OwnAnswer(302, [("Location", f"http://127.0.0.1:{canary.port}/")], b"")})
        with pytest.raises(PictureFailed, match=r"answered 403.*not on the public internet"):
            room.take(pages)
    assert canary.heard == []


@pytest.mark.parametrize(
    ("script", "times"),
    [("'none'", 1), (page_script_source(), 1), ("'unsafe-inline'", 2), (f"{page_script_source()} 'unsafe-eval'", 2)],
    ids=["no script", "ours", "the author's", "more than ours"],
)
def test_a_tab_is_reused_unless_an_authors_code_could_run_in_it(make: Make, script: str, times: int) -> None:
    """A reused tab has the style sheet in its cache; a new one requests it."""
    policy = f"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src {script}"
    pages = Pages(**{"": html("<link rel=stylesheet href=/a.css>", Content_Security_Policy=policy)})
    pages.answers["/a.css"] = OwnAnswer(
        200, [*CSS, ("Cache-Control", "public, max-age=99, immutable")], b"p{color:red}"
    )
    photographer = make(pages)
    for _ in range(2):
        photographer.photograph(HOME, Viewport())
    assert [url for _, url in pages.asked].count(f"{HOME}a.css") == times
