"""Chromium dies, hangs, or loses its server: pictures continue, and no process or file is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from landingpad.render import process
from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnAnswer, Photographer, PictureFailed, QueueFull, Viewport
from render.conftest import Make
from render.helpers import HOME, RED, Pages, alike, colour, gone, html, processes_with, slow, wait_until

pytestmark = pytest.mark.long

GOOD = html("<h1>fine</h1>")


@pytest.fixture
def marker(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder for temporary files; its name in their environment marks the processes of the photographer.

    Not tmp_path: Chromium creates a socket in it, and the path of a socket has at most 108 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="pictures") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield folder


def pid_of(photographer: Photographer) -> int:
    pid = photographer.status()["pid"]
    assert isinstance(pid, int)
    return pid


def test_close_leaves_no_process_and_no_file(make: Make, marker: str) -> None:
    photographer = make(Pages(**{"": GOOD}))
    photographer.photograph(HOME, Viewport())
    assert processes_with(marker)
    photographer.close()
    assert gone(marker) == {}
    assert list(Path(marker).iterdir()) == []
    with pytest.raises(PictureFailed, match="the server is closing"):
        photographer.photograph(HOME, Viewport())
    photographer.close()  # a second call has no effect


def test_close_ends_pictures_that_are_being_taken(make: Make, marker: str) -> None:
    photographer = make(Pages(**{"": slow(3, GOOD)}))
    with ThreadPoolExecutor(1) as threads:
        picture = threads.submit(photographer.photograph, HOME, Viewport())
        wait_until(lambda: photographer.status()["pid"] is not None)
        began = time.monotonic()
        photographer.close()
        with pytest.raises(PictureFailed, match="the server is closing"):
            picture.result()
        assert time.monotonic() - began < 3
    assert gone(marker) == {}


SERVER = """
import sys, time
from landingpad.render import process
from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnAnswer, Photographer, Viewport
from landingpad.settings import Settings

def own(method, url):
    if url.endswith("/busy"):
        print("busy", flush=True)
    body = b"<script>for(;;);</script>" if url.endswith("/busy") else b"<h1>fine</h1>"
    return OwnAnswer(200, [("Content-Type", "text/html")], body)

photographer = Photographer(Settings(), own)
photographer.photograph("http://acme.localhost:8080/", Viewport())
print("ready", flush=True)
if sys.argv[1] == "idle":
    time.sleep(60)
elif sys.argv[1] == "busy":
    photographer.photograph("http://acme.localhost:8080/busy", Viewport())
"""


@pytest.mark.parametrize("state", ["idle", "busy", "leaving"])
def test_a_server_that_is_killed_or_does_not_close_leaves_no_chromium(marker: str, state: str) -> None:
    """Also while a page keeps the browser busy; `leaving` ends without calling close()."""
    command = [sys.executable, "-c", SERVER, state]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        wanted = "busy\n" if state == "busy" else "ready\n"
        assert wanted in server.stdout  # reads lines until the wanted one
        assert len(processes_with(marker)) > 1
        if state != "leaving":
            server.kill()
        server.wait(20)
    assert gone(marker) == {}
    process.remove_abandoned_folders(Path(marker))  # the next start would do this
    assert list(Path(marker).iterdir()) == []


def victims(photographer: Photographer, blow: Callable[[int], None], *, times: int) -> Pages:
    """Return a page that strikes the browser at its first `times` requests."""
    pages = Pages()
    left = [times]

    def strike() -> OwnAnswer:
        if left[0]:
            left[0] -= 1
            blow(pid_of(photographer))
            time.sleep(0.3)
        return GOOD

    pages.answers["/"] = strike
    return pages


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


@pytest.mark.parametrize("blow", [kill, stop])
def test_a_picture_whose_browser_dies_or_hangs_is_taken_by_a_new_one(
    make: Make, marker: str, blow: Callable[[int], None]
) -> None:
    pages: list[Pages] = []

    def own(method: str, url: str) -> OwnAnswer | None:
        return pages[0](method, url)

    photographer = make(own, preview_timeout=3.0)
    pages.append(victims(photographer, blow, times=1))
    assert alike(colour(photographer.photograph(HOME, Viewport())), RED)
    assert photographer.status()["restarts"] == 1
    photographer.close()
    assert gone(marker) == {}


def test_a_page_that_kills_every_browser_fails_after_two_attempts(make: Make) -> None:
    pages: list[Pages] = []

    def own(method: str, url: str) -> OwnAnswer | None:
        return pages[0](method, url)

    photographer = make(own)
    pages.append(victims(photographer, kill, times=2))
    with pytest.raises(PictureFailed, match="Chromium died twice"):
        photographer.photograph(HOME, Viewport())
    assert alike(colour(photographer.photograph(HOME, Viewport())), RED)


def test_a_browser_that_died_while_idle_is_replaced(make: Make) -> None:
    photographer = make(Pages(**{"": GOOD}))
    photographer.photograph(HOME, Viewport())
    kill(pid_of(photographer))
    assert alike(colour(photographer.photograph(HOME, Viewport())), RED)
    assert photographer.status()["restarts"] == 1


def test_a_browser_is_replaced_after_a_number_of_pictures(make: Make, marker: str) -> None:
    photographer = make(Pages(**{"": GOOD}), options={"pictures_per_chromium": 2})
    photographer.photograph(HOME, Viewport())
    first = pid_of(photographer)
    photographer.photograph(HOME, Viewport())
    wait_until(lambda: first not in processes_with(marker))
    photographer.photograph(HOME, Viewport())
    assert pid_of(photographer) != first
    assert photographer.status()["restarts"] == 1


def test_a_browser_that_has_grown_is_replaced_without_losing_a_picture(make: Make) -> None:
    photographer = make(Pages(**{"": GOOD}), preview_memory=1)
    assert process.memory_of(os.getpid()) > 1
    assert all(alike(colour(photographer.photograph(HOME, Viewport())), RED) for _ in range(11))
    assert (photographer.status()["restarts"], photographer.status()["failed"]) == (1, 0)


def renderers(pid: int) -> list[int]:
    """Return the renderer processes of a browser."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            group = (folder / "stat").read_text().rpartition(")")[2].split()[2]
            if group == str(pid) and b"--type=renderer" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def test_a_page_whose_process_dies_gives_no_picture_and_the_browser_goes_on(
    make: Make,
) -> None:
    def strike() -> OwnAnswer:
        for number in renderers(pid_of(photographer)):
            kill(number)
        time.sleep(0.5)
        return OwnAnswer(200, [], b"")

    pages = Pages(**{"": html("<script src=/struck.js></script>"), "good": GOOD})
    pages.answers["/struck.js"] = strike
    photographer = make(pages)
    with pytest.raises(PictureFailed, match="crashed the browser's page process while waiting for everything to load"):
        photographer.photograph(HOME, Viewport())
    assert alike(colour(photographer.photograph(f"{HOME}good", Viewport())), RED)
    assert photographer.status()["restarts"] == 0


def test_pictures_are_taken_without_a_writable_profile(make: Make, tmp_path: Path) -> None:
    """On a full disk Chromium keeps cookies, storage and cache in memory."""
    full = tmp_path / "chromium"
    full.write_text(f'#!/bin/sh\nexec {find_chromium("")} "$@" --user-data-dir=/proc/fs\n')
    full.chmod(0o755)
    script = "<script>try { localStorage.a = document.cookie = 'b' } catch {}</script>"
    photographer = make(Pages(**{"": html(script)}), chromium=str(full))
    for _ in range(2):
        assert alike(colour(photographer.photograph(HOME, Viewport())), RED)
    assert photographer.status()["restarts"] == 0


def test_without_a_temporary_folder_the_error_names_the_cause(
    make: Make, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photographer = make(Pages(**{"": GOOD}))
    monkeypatch.setenv("TMPDIR", f"{marker}/missing")
    with pytest.raises(PictureFailed, match=r"did not start: .*No such file or directory"):
        photographer.photograph(HOME, Viewport())
    monkeypatch.setenv("TMPDIR", marker)
    assert alike(colour(photographer.photograph(HOME, Viewport())), RED)


def test_other_browsers_live_on_and_no_zombie_is_left(make: Make, marker: str) -> None:
    """One photographer's browser is killed and replaced and the photographer closed, while another one works."""
    ours, other = make(Pages(**{"": GOOD})), make(Pages(**{"": GOOD}))
    other.photograph(HOME, Viewport())
    before = pid_of(other)
    ours.photograph(HOME, Viewport())
    kill(pid_of(ours))
    ours.photograph(HOME, Viewport())
    assert ours.status()["restarts"] == 1
    ours.close()
    assert alike(colour(other.photograph(HOME, Viewport())), RED)
    assert (pid_of(other), other.status()["restarts"]) == (before, 0)
    wait_until(lambda: zombies() == [])


def zombies() -> list[str]:
    """Return child processes that ended and were not reaped."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            name, _, rest = (folder / "stat").read_text().rpartition(")")
            if rest.split()[:2] == ["Z", str(os.getpid())]:
                found.append(name)
    return found


def test_slots_and_queue_follow_the_settings(make: Make) -> None:
    release = threading.Event()

    def wait() -> OwnAnswer:
        release.wait(10)
        return GOOD

    photographer = make(Pages(**{"": wait}), preview_slots=1, preview_queue=1)
    with ThreadPoolExecutor(2) as threads:
        pictures = [threads.submit(photographer.photograph, HOME, Viewport()) for _ in range(2)]
        wait_until(lambda: (photographer.status()["busy"], photographer.status()["waiting"]) == (1, 1))
        with pytest.raises(QueueFull, match="LANDINGPAD_PREVIEW_QUEUE"):
            photographer.photograph(HOME, Viewport())
        release.set()
        assert [picture.result().width for picture in pictures] == [1200, 1200]


def test_pictures_taken_in_parallel_share_nothing(make: Make) -> None:
    """Each has its own browser context: no page sees cookies or storage of another."""
    script = "<script>if (document.cookie || localStorage.n) document.body.style.background = 'blue';"
    script += "document.cookie = 'a=b'; localStorage.n = 1</script>"
    photographer = make(Pages(**{"": html(script)}), preview_slots=4)
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda _: photographer.photograph(HOME, Viewport()), range(8)))
    assert all(alike(colour(picture), RED) for picture in pictures)
    assert photographer.status()["taken"] == 8


def test_the_browser_sees_no_secret_of_the_environment(
    make: Make, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDINGPAD_DATABASE_URL", "postgresql://user:swordfish@db/name")
    photographer = make(Pages(**{"": GOOD}))
    photographer.photograph(HOME, Viewport())
    browsers = [number for number, command in processes_with(marker).items() if "chromium" in command]
    assert browsers
    assert not set(browsers) & set(processes_with("swordfish"))


def test_it_works_under_the_event_loop_policy_of_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers install it, and asyncio's own loop then cannot start programs (Python 3.11)."""
    code = f"import uvloop, asyncio; asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())\n{SERVER}"
    monkeypatch.setenv("PYTHONWARNINGS", "ignore::DeprecationWarning")
    done = subprocess.run(
        [sys.executable, "-c", code, "leaving"], capture_output=True, text=True, timeout=60, check=False
    )
    assert "ready" in done.stdout, done.stderr
