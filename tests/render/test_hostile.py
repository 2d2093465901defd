"""Pages that try to hang the browser: each ends in time with a picture or PictureFailed, and the next page works."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnAnswer, Photographer, PictureFailed, Viewport
from landingpad.settings import Settings
from render.conftest import Make
from render.helpers import HOME, RED, Pages, alike, colour, html, local_server, slow

pytestmark = pytest.mark.long

SECONDS = 4.0
GOOD = html("<h1>fine</h1>")

PICTURE = {
    "alert": "<script>alert(1);confirm(2);prompt(3);print()</script>",
    "leave": "<script>onbeforeunload=e=>{e.preventDefault();return 'stay'};open('/popup')</script>",
    "popups": "<script>for(let i=0;i<50;i++)open('/good?'+i)</script>",
    "many elements": "<script>document.write('<p>x'.repeat(20000))</script>",
    "deep": "<script>document.body.innerHTML='<div>'.repeat(20000)</script>",
    "mail": "<iframe src='mailto:a@example.com'></iframe><script>location='tel:123'</script>",
    "file frame": "<iframe src='file:///etc/passwd'></iframe><script>location='file:///etc/passwd'</script>",
    "chrome frame": "<iframe src='chrome://settings'></iframe><script>try{location='chrome://kill'}catch(e){}</script>",
    "top data": "<script>location='data:text/html,gone'</script>",
    "refresh to file": "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>",
    "worker": "<script>new Worker(URL.createObjectURL(new Blob(['for(;;);'])))</script>",
    "history": "<script>for(let i=0;i<5000;i++)try{history.pushState(i,'','?'+i)}catch(e){break}</script>",
    "late image": "<img src=/hang>",
    "late font": "<style>@font-face{font-family:f;src:url(/hang)}h1{font-family:f}</style><h1>text</h1>",
    "late style": "<h1>text</h1><link rel=stylesheet href=/hang>",
    "download": "<a id=a href='data:,x' download></a><script>a.click()</script>",
    "service worker": "<script>navigator.serviceWorker?.register('/sw.js')</script>",
    "fullscreen": "<script>document.body.requestFullscreen?.().catch(()=>0)</script>",
    "refresh": "<meta http-equiv=refresh content=0>",
    "reload": "<script>location.reload()</script>",
    "place": "<script>navigator.geolocation.getCurrentPosition(x=>x)</script>",
}
ANY = {
    "too many elements": "<script>document.write('<p>x'.repeat(500000))</script>",
    "loop": "<script>for(;;);</script>",
    "loop later": "<script>onload=()=>{for(;;);}</script>",
    "loop when idle": "<script>setInterval(()=>{for(let t=Date.now();Date.now()-t<4000;);},10)</script>",
    "alerts": "<script>for(;;)alert('again')</script>",
    "memory": "<script>let a=[];for(;;)a.push(new Array(1e6).fill(a.length))</script>",
    "frames": (
        "<script>for(let i=0;i<3;i++){let f=document.createElement('iframe');f.src='?'+Math.random();"
        "document.body.append(f)}</script>"
    ),
    "regular expression": "<script>/(a+)+$/.test('a'.repeat(40)+'!')</script>",
    "broken promises": "<script>window.Promise=Object;delete window.requestAnimationFrame</script>",
}


class _Hostile(Pages):
    def __call__(self, method: str, url: str) -> OwnAnswer | None:
        return super().__call__(method, url.partition("?")[0])


PAGES = _Hostile(good=GOOD, popup=GOOD, hang=slow(SECONDS, OwnAnswer(200, [], b"")))
for _name, _body in (PICTURE | ANY).items():
    PAGES.answers[f"/{_name.replace(' ', '-')}"] = html(_body)


@pytest.fixture(scope="module")
def photographer() -> Iterator[Photographer]:
    """One photographer for all tests: whatever a page does, it works for the next test."""
    find_chromium("")
    opened = Photographer(Settings(preview_timeout=SECONDS, preview_slots=1), PAGES)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", PICTURE)
def test_an_annoying_page_is_photographed(photographer: Photographer, name: str) -> None:
    began = time.monotonic()
    picture = photographer.photograph(HOME + name.replace(" ", "-"), Viewport())
    assert time.monotonic() - began < SECONDS + 6
    assert alike(colour(picture, 1190, 790), RED)


@pytest.mark.parametrize("name", ANY)
def test_a_page_that_never_settles_ends_in_time_and_the_next_one_works(photographer: Photographer, name: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(PictureFailed):
        photographer.photograph(HOME + name.replace(" ", "-"), Viewport())
    assert time.monotonic() - began < 2 * (SECONDS + 6)
    assert alike(colour(photographer.photograph(f"{HOME}good", Viewport())), RED)


def test_endless_answers_from_outside_do_not_delay_the_picture_for_ever(make: Make) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n\r\nGIF89a")
        connection.recv(1000)

    with local_server(handle) as port:
        pages = Pages(**{"": html(f"<img src='http://127.0.0.1:{port}/'>")})
        photographer = make(pages, options={"public": lambda _: True}, preview_timeout=SECONDS)
        assert alike(colour(photographer.photograph(HOME, Viewport())), RED)


def test_the_error_of_a_page_without_answer_names_address_and_time_limit(photographer: Photographer) -> None:
    with pytest.raises(PictureFailed, match=r"acme\.localhost:8080/hang answered 504"):
        photographer.photograph(f"{HOME}hang", Viewport())
