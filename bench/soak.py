"""Soak test of one photographer: thousands of pictures, watching memory, processes and failures.

Three of four pages are the demo site's start page; the fourth has scripts, an alert, a popup, storage and a timer, and
gets its own tab. Each hundred pictures print one line: pictures per second, memory of the browser and of this process
(PSS), browser processes, zombies, restarts, failures.

    make bench-soak                         5,000 pictures, four at a time
    make bench-soak ARGS="--pictures 500"
"""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from previews import HOST, demo_site, members, memory_of, stat

from landingpad import logs
from landingpad.render.photographer import OwnAnswer, Photographer, Viewport
from landingpad.settings import Settings

LIVELY = b"""<!doctype html><h1>Sale</h1><canvas width=900 height=900></canvas><script>
alert('hello'); open('/popup'); localStorage.visits = 1; document.cookie = 'a=b';
setInterval(() => document.body.append(new Date()), 5);
new Worker(URL.createObjectURL(new Blob(['setInterval(Date,1)'])));
let held = []; for (let i = 0; i < 50; i++) held.push(new Array(10000).fill(i));
</script>"""


def zombies() -> int:
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = stat(process)[:2]
            count += state == "Z" and int(parent) == os.getpid()
        except OSError:  # the process ended during the measurement
            continue
    return count


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=5000)
    asked.add_argument("--slots", type=int, default=4)
    asked.add_argument("--timeout", type=float, default=20, help="more where other programs keep the machine busy")
    options = asked.parse_args()
    logs.configure("critical", "text")
    site = demo_site()

    def own(method: str, url: str) -> OwnAnswer | None:
        if url.endswith("/lively"):
            return OwnAnswer(200, [("Content-Type", "text/html")], LIVELY)
        return OwnAnswer(200, [], b"") if url.endswith("/popup") else site.own(method, url)

    photographer = Photographer(
        Settings.from_env(preview_slots=options.slots, preview_queue=1000, preview_timeout=options.timeout), own
    )

    def take(number: int) -> str:
        try:
            picture = photographer.photograph(f"http://{HOST}/{'' if number % 4 else 'lively'}", Viewport())
        except Exception as error:  # noqa: BLE001  # every failure is printed and counted
            return repr(error)
        return picture.problem

    problems: list[str] = []
    print(" taken  a second  browser   this processes  zombies restarts failed")
    with ThreadPoolExecutor(options.slots) as threads:
        for first in range(0, options.pictures, 100):
            began = time.monotonic()
            new = list(filter(None, threads.map(take, range(first, first + 100))))
            problems += new
            print(*new, sep="\n", end="\n" if new else "")
            group = members(photographer.status()["pid"])
            browser, this = sum(map(memory_of, group)), memory_of(Path("/proc/self"))
            speed = 100 / (time.monotonic() - began)
            print(
                f"{first + 100:6} {speed:9.1f} {browser:8.0f} {this:6.0f} {len(group):9} {zombies():8}"
                f" {photographer.status()['restarts']:8} {len(problems)}",
                flush=True,
            )
    photographer.close()
    time.sleep(1)
    print(f"after closing: {zombies()} zombies")
    sys.exit(bool(problems) or zombies() > 0)


if __name__ == "__main__":
    main()
