"""Settling: what a picture waits for, stops and hides, so that a page always gives the same picture."""

import time

import pytest

from landingpad.render.photographer import OwnAnswer, PictureFailed, Viewport
from render.conftest import Make, Room
from render.helpers import HOME, RED, Pages, alike, colour, html, size, slow

GREEN = (0, 128, 0)
OVER_ALL = "position:fixed;inset:0;background:blue"
SVG = [("Content-Type", "image/svg+xml")]
BOX = "width='1200' height='800'"
GREEN_SQUARE = OwnAnswer(
    200, SVG, f"<svg xmlns='http://www.w3.org/2000/svg' {BOX}><rect {BOX} fill='green'/></svg>".encode()
)

LETTERS = {
    "Arabic": "ع",
    "Armenian": "Ֆ",
    "Bengali": "ক",
    "Chinese": "家",
    "Cyrillic": "Ж",
    "Devanagari": "ह",
    "Emoji": "🛋",
    "Ethiopic": "ቤ",
    "Georgian": "ვ",
    "Greek": "Ω",
    "Hebrew": "ש",
    "Japanese": "き",
    "Korean": "구",
    "Tamil": "ள",
    "Thai": "ท",
    "Tenge": "₸",
}


@pytest.mark.parametrize("family", ["sans-serif", "serif", "monospace"])
def test_fonts_exist_for_every_script(room: Room, family: str) -> None:
    """Each letter is drawn and compared with a character that no font has."""
    letters = "".join(f"<b title={name}>{letter}</b>" for name, letter in LETTERS.items())
    script = """
      const shape = (text) => {
        const context = Object.assign(document.createElement('canvas'), {width: 60, height: 60}).getContext('2d');
        context.font = '40px FAMILY';
        context.fillText(text, 5, 45);
        return context.canvas.toDataURL();
      };
      const boxes = [...document.querySelectorAll('b')].filter(one => shape(one.textContent) === shape('\\u{2FE0F}'));
      document.body.style.background = boxes.length ? 'blue' : 'green';
      if (boxes.length) new Image().src = '/' + boxes.map(one => one.title);"""
    pages = Pages(**{"": html(f"{letters}<script>{script.replace('FAMILY', family)}</script>")})
    picture = room.take(pages)
    assert [url for _, url in pages.asked if url != HOME and "favicon" not in url] == []
    assert alike(colour(picture), GREEN)


MOVING = {
    "animation": """
        <style>@keyframes k{from{background:blue}to{background:green}}i{animation:k 9s forwards}</style><i></i>""",
    "transition": """
        <style>i{background:blue;transition:background 9s}i.on{background:green}</style><i id=i></i>
        <script>onload = () => { getComputedStyle(i).background; i.className = 'on' }</script>""",
    "reduced motion": "<style>@media(prefers-reduced-motion:reduce){i{background:green}}</style><i></i>",
    "by script": """
        <i id=i></i>
        <script>i.animate([{background: 'blue'}, {background: 'green'}], {duration: 9e3, fill: 'forwards'})</script>""",
    "endless": """
        <style>i{background:green}@keyframes k{to{background:blue}}i{animation:k 2s infinite}</style><i></i>""",
}


@pytest.mark.parametrize("body", MOVING.values(), ids=MOVING)
def test_animations_are_shown_in_their_final_state(room: Room, body: str) -> None:
    pages = Pages(**{"": html(f"<style>i{{position:fixed;inset:0}}</style>{body}")})
    assert alike(colour(room.take(pages)), GREEN)


def test_a_video_is_shown_by_its_poster(room: Room) -> None:
    video = "<video autoplay loop poster=/poster.svg style='position:fixed;inset:0;width:1200px;height:800px'></video>"
    pages = Pages(**{"": html(video)})
    pages.answers["/poster.svg"] = GREEN_SQUARE
    assert alike(colour(room.take(pages)), GREEN)


@pytest.mark.parametrize("frame", [False, True], ids=["page", "frame"])
@pytest.mark.parametrize("notice", ["id=onetrust-consent-sdk", "class=cc-window", "id=chat-widget-container"])
def test_cookie_notices_and_chats_are_hidden(room: Room, notice: str, frame: bool) -> None:
    notices = f"<div {notice} style='{OVER_ALL};display:block'>We use cookies</div>"
    pages = Pages(**{"": html(notices), "frame": html(notices)})
    if frame:
        pages.answers["/"] = html("<iframe src=/frame style='position:fixed;width:100%;height:100%'></iframe>")
    assert alike(colour(room.take(pages)), RED)


def test_a_page_of_ten_thousand_pixels_is_shown_whole_with_its_lazy_images(room: Room) -> None:
    body = "<div style='height:9900px'></div><img loading=lazy src=/late.svg style='display:block;height:100px'>"
    pages = Pages(**{"": html(body)})
    pages.answers["/late.svg"] = slow(0.3, GREEN_SQUARE)
    picture = room.take(pages, HOME, Viewport(whole=True, quality=70))
    assert size(picture) == (1200, 10_000)
    assert (alike(colour(picture, 60, 9990), GREEN), alike(colour(picture, 60, 9800), RED)) == (True, True)
    assert picture.problem == ""


def test_a_page_higher_than_the_limit_is_cut_off_and_reports_it(room: Room) -> None:
    picture = room.take(Pages(**{"": html("<div style='height:90000px'></div>")}), HOME, Viewport(whole=True))
    assert size(picture) == (1200, 16_000)
    assert "everything below 16000 pixels" in picture.problem


def test_clock_and_random_numbers_are_deterministic(room: Room) -> None:
    script = "document.body.append([Date.now(), new Date, performance.timeOrigin > 0, Math.random(), Math.random()])"
    pages = Pages(**{"": html(f"<script>{script}</script>")})
    first = room.take(pages)
    time.sleep(0.01)
    assert room.take(pages).data == first.data
    assert room.photographer.photograph(HOME, Viewport(), now_ms=86_400_000).data != first.data


def test_a_picture_reports_missing_parts(make: Make) -> None:
    body = "<script>onload=()=>{let i=new Image();i.src='/never.svg';document.body.append(i)}</script>"
    pages = Pages(**{"": html(body)})
    pages.answers["/never.svg"] = slow(4, GREEN_SQUARE)
    photographer = make(pages, preview_timeout=6.0)
    picture = photographer.photograph(HOME, Viewport())
    assert alike(colour(picture), RED)
    assert "1 of its images or fonts came too late" in picture.problem


def test_navigation_loops_are_photographed_and_redirect_loops_are_not(room: Room) -> None:
    pages = Pages(
        **{
            "": html("<meta http-equiv=refresh content='0;url=/b'>"),
            "b": html("<script>location = '/'</script>"),
            "c": OwnAnswer(302, [("Location", "/d")], b""),
            "d": OwnAnswer(302, [("Location", "/c")], b""),
        }
    )
    picture = room.take(pages)
    assert alike(colour(picture), RED)
    assert "without end" in picture.problem
    with pytest.raises(PictureFailed, match="ERR_TOO_MANY_REDIRECTS"):
        room.take(pages, f"{HOME}c")
