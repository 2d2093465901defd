"""Cost of a picture: beside the shortest way with Chromium, and beside common tools, in one run.

Each way photographs one page of the demo site, with one Chromium, in a window of 1200x800 as JPEG:

    ours         the photographer of the server, as used by the queue
    tab          one warm tab, reused: Page.navigate, the load event, Page.captureScreenshot
    shot-scraper started for each picture, as scripts do
    chromium     chromium --headless --screenshot, started for each picture

    make bench-previews
    make bench-previews ARGS="--pictures 200"
"""

import argparse
import asyncio
import base64
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from api import free_port

from landingpad import logs
from landingpad.render.browser import find_chromium
from landingpad.render.cdp import CdpConnection
from landingpad.render.photographer import OwnAnswer, Photographer, Viewport
from landingpad.render.process import ChromiumProcess
from landingpad.settings import Settings

HOST = "lindmoor.localhost"
HEADERS = {"content-type", "content-security-policy", "cache-control"}
PLAIN = ["--headless", "--remote-debugging-pipe", "--no-sandbox", "--hide-scrollbars"]
# shot-scraper has no option for the path of a browser, but must use the browser of the other ways.
SHOT_SCRAPER = """
import sys
from playwright.sync_api import BrowserType
launch = BrowserType.launch
BrowserType.launch = lambda self, **given: launch(self, **{**given, "executable_path": sys.argv[1]})
from shot_scraper.cli import cli
cli(sys.argv[2:])
"""


class Site:
    """The files of the page, fetched once from a real server and then served from memory to all ways."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._files: dict[str, OwnAnswer] = {}

    def file(self, path: str) -> OwnAnswer:
        if path not in self._files:
            asked = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", headers={"Host": HOST})
            with urllib.request.urlopen(asked, timeout=30) as answer:
                headers = [(name, value) for name, value in answer.headers.items() if name.lower() in HEADERS]
                self._files[path] = OwnAnswer(answer.status, headers, answer.read())
        return self._files[path]

    def own(self, method: str, url: str) -> OwnAnswer | None:
        parts = urlsplit(url)
        return self.file(parts.path or "/") if parts.hostname == HOST else None

    def serve(self) -> ThreadingHTTPServer:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = site.file(urlsplit(self.path).path)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *given: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def demo_site() -> Site:
    """Fetch the start page of the demo site with all its files from a temporary server."""
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "landingpad", "serve", "--dev", "--data", data, "--port", str(port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        while not (line := server.stdout.readline()).startswith("ready"):
            if not line:
                sys.exit("The server ended before it was ready.")
        site = Site(port)
        first = Photographer(Settings.from_env(), site.own)
        first.photograph(f"http://{HOST}/", Viewport())  # fetches every file of the page
        first.close()
        server.terminate()
        server.wait()
    return site


class Use:
    """Peak memory (PSS: shared pages are divided) and processor time of a browser's processes."""

    def __init__(self, group: Callable[[], int | None]) -> None:
        self._group = group
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def seconds(self) -> float:
        """Processor time so far of the browser and of this process."""
        return sum(seconds_of(process) for process in members(self._group())) + time.process_time()

    def _watch(self) -> None:
        while not self._ended.wait(2):  # a measurement takes a tenth of a second
            self.peak = max(self.peak, sum(map(memory_of, members(self._group()))))


def stat(process: Path) -> list[str]:
    return (process / "stat").read_text().rpartition(")")[2].split()


def members(group: int | None) -> list[Path]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process ended during the measurement
            if group is not None and int(stat(process)[2]) == group:
                found.append(process)
    return found


def memory_of(process: Path) -> float:
    with contextlib.suppress(OSError):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def seconds_of(process: Path) -> float:
    """User and system time, with that of children that have ended."""
    with contextlib.suppress(OSError):
        return sum(map(int, stat(process)[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def report(
    name: str, at_once: int, times: list[float], wall: float, used: float | None = None, memory: float | None = None
) -> tuple[float, float]:
    """Print one line and return milliseconds of the clock and of processors for each picture."""
    each = wall / len(times) * 1000
    cost = (used or 0) / len(times) * 1000
    more = "" if used is None else f"{cost:10.1f} {memory:7.0f} MiB"
    middle = statistics.median(times) * 1000
    print(f"{name:34} {at_once:8} {each:10.1f} {len(times) / wall:10.1f} {middle:10.1f} {more}", flush=True)
    return each, cost


def ours(site: Site, pictures: int, at_once: int) -> tuple[float, float]:
    photographer = Photographer(Settings.from_env(preview_slots=at_once, preview_queue=1000), site.own)

    def take(_: int) -> float:
        began = time.perf_counter()
        picture = photographer.photograph(f"http://{HOST}/", Viewport())
        assert picture.data[:2] == b"\xff\xd8"
        assert not picture.problem
        return time.perf_counter() - began

    with Use(lambda: photographer.status()["pid"]) as use, ThreadPoolExecutor(at_once) as threads:
        list(threads.map(take, range(4 * at_once)))
        began, used = time.perf_counter(), use.seconds()
        times = list(threads.map(take, range(pictures)))
        wall, used = time.perf_counter() - began, use.seconds() - used
    photographer.close()
    return report("ours", at_once, times, wall, used, use.peak)


class WarmTab:
    def __init__(self, connection: CdpConnection, url: str) -> None:
        self._connection = connection
        self._url = url

    async def open(self) -> None:
        root = self._connection.root
        target = await root.send("Target.createTarget", url="about:blank")
        attached = await root.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = self._connection.session(attached["sessionId"])
        self._loaded = asyncio.Event()
        self._session.on("Page.loadEventFired", lambda _: self._loaded.set())
        await self._session.send("Page.enable")
        await self._session.send(
            "Emulation.setDeviceMetricsOverride", width=1200, height=800, deviceScaleFactor=1, mobile=False
        )

    async def take(self) -> float:
        began = time.perf_counter()
        self._loaded.clear()
        await self._session.send("Page.navigate", url=self._url)
        await self._loaded.wait()
        answer = await self._session.send("Page.captureScreenshot", format="jpeg", quality=82)
        assert base64.b64decode(answer["data"])[:2] == b"\xff\xd8"
        return time.perf_counter() - began


async def warm_tabs(url: str, pictures: int, at_once: int) -> tuple[float, float]:
    process = ChromiumProcess(find_chromium(Settings.from_env().chromium), PLAIN)
    connection = await CdpConnection.open(process.wire)
    tabs = [WarmTab(connection, url) for _ in range(at_once)]
    times: list[float] = []
    left = iter(range(pictures))

    async def work(tab: WarmTab) -> None:
        for _ in left:
            times.append(await tab.take())  # noqa: PERF401  # a comprehension cannot await tabs in turn

    with Use(lambda: process.pid) as use:
        for tab in tabs:
            await tab.open()
            for _ in range(4):
                await tab.take()
        began, used = time.perf_counter(), use.seconds()
        await asyncio.gather(*map(work, tabs))
        wall, used = time.perf_counter() - began, use.seconds() - used
    await connection.root.send("Browser.close")
    await connection.close()
    await process.stop()
    return report("a warm tab, navigate and capture", at_once, times, wall, used, use.peak)


def by_program(name: str, command: Callable[[Path], list[str]], pictures: int, suffix: str) -> tuple[float, float]:
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(pictures):
            target = Path(folder) / f"{number}.{suffix}"
            began = time.perf_counter()
            done = subprocess.run(command(target), capture_output=True, text=True, check=False)
            times.append(time.perf_counter() - began)
            if not target.exists():
                sys.exit(f"{name} made no picture: {done.stderr[-500:]}")
    return report(name, 1, times, sum(times))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=100)
    asked.add_argument("--programs", type=int, default=5, help="pictures by programs that start for each of them")
    options = asked.parse_args()
    logs.configure("error", "text")
    chromium = str(find_chromium(Settings.from_env().chromium))
    site = demo_site()
    plain = site.serve()
    url = f"http://127.0.0.1:{plain.server_port}/"
    print(f"{chromium}; {options.pictures} pictures of one page each way")
    print(f"{'':34} {'at once':>8} {'ms each':>10} {'a second':>10} {'median ms':>10} {'CPU ms':>10} {'memory':>11}")
    results = {}
    for at_once in (1, 2, 4):
        results["ours", at_once] = ours(site, options.pictures, at_once)
        results["tab", at_once] = asyncio.run(warm_tabs(url, options.pictures, at_once))
    scraper = [sys.executable, "-c", SHOT_SCRAPER, chromium, "shot", url, "-w", "1200", "-h", "800", "--quality", "82"]
    results["scraper", 1] = by_program("shot-scraper", lambda to: [*scraper, "-o", str(to)], options.programs, "jpg")
    by_hand = [chromium, "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,800"]
    results["chromium", 1] = by_program(
        "chromium --screenshot", lambda to: [*by_hand, f"--screenshot={to}", url], options.programs, "png"
    )
    print()
    for way in ("tab", "scraper", "chromium"):
        print(f"ours is {results['ours', 1][0] / results[way, 1][0]:.2f} x {way}, one at a time")
    plain.shutdown()


if __name__ == "__main__":
    main()
