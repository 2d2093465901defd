"""Cost of the test kit: a start inside the test process, a reset, the first call, the sample suites.

Each reset is requested over HTTP, on a portal whose state a call has just changed. The first start runs in a new
process, so that it includes the imports.

    make bench-kit
    make bench-kit ARGS="--resets 500"
"""

import argparse
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from landingpad.testing import InProcess
from landingpad.testing.launch import launched

EXAMPLE = Path(__file__).parents[1] / "examples" / "python"
FIRST = """
import time
began = time.perf_counter()
from landingpad.testing import InProcess, Portal
imported = time.perf_counter()
with InProcess() as server:
    started = time.perf_counter()
    Portal(server).call("server.time")
    called = time.perf_counter()
print(f"{(imported - began) * 1000:.0f} {(started - imported) * 1000:.0f} {(called - started) * 1000:.0f}")
"""


class Wire:
    """One connection to a portal, like that of a test suite."""

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self._connection = http.client.HTTPConnection("127.0.0.1", split.port)
        self._host = split.netloc

    def post(self, path: str, **body: object) -> dict:
        headers = {"host": self._host, "content-type": "application/json"}
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told
        return told


def print_times(name: str, times: list[float]) -> None:
    """Print milliseconds: median, 95th percentile, worst."""
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)] if len(ordered) > 1 else ordered[0]
    print(f"{name:<58} {statistics.median(ordered):8.1f} {p95:8.1f} {ordered[-1]:8.1f}")


def resets(url: str, webhook: str, count: int) -> tuple[list[float], list[float]]:
    """Change a row, reset, change again; return the times of each reset and of the first call after it."""
    wire, path = Wire(url), urlsplit(webhook).path
    took, calls = [], []
    for _ in range(count):
        wire.post(f"{path}landing.site.add", fields={"TITLE": "Summer", "CODE": "summer"})
        began = time.perf_counter()
        wire.post("/_landingpad/reset")
        took.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        wire.post(f"{path}landing.site.getList", params={"select": ["ID"]})
        calls.append((time.perf_counter() - began) * 1000)
    return took, calls


def processor_ms(pid: int, count: int, work: Callable[[], object]) -> float:
    """Return the milliseconds of processor time per round of some work in a process."""

    def used() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = used()
    for _ in range(count):
        work()
    return (used() - before) * 1000 / os.sysconf("SC_CLK_TCK") / count


def starts(count: int) -> list[float]:
    took = []
    for _ in range(count):
        began = time.perf_counter()
        with InProcess():
            took.append((time.perf_counter() - began) * 1000)
    return took


def suite(*options: str) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", *options]
    done = subprocess.run(command, cwd=EXAMPLE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resets", type=int, default=300)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--suites", type=int, default=3)
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'milliseconds':<58} {'median':>8} {'p95':>8} {'worst':>8}")
    firsts = [
        [
            float(part)
            for part in subprocess.run([sys.executable, "-c", FIRST], capture_output=True, check=True).stdout.split()
        ]
        for _ in range(5)
    ]
    print_times("first start in a process: imports", [each[0] for each in firsts])
    print_times("first start in a process: the rest", [each[1] for each in firsts])
    print_times("the first call after it", [each[2] for each in firsts])
    starts(1)
    print_times("a start inside the process, after the first", starts(args.starts))
    with InProcess() as server:
        took, calls = resets(server.url, server.seeded.told["webhook"], args.resets)
        print_times("reset of the portal inside the process, through the wire", took)
        print_times("the first call after a reset", calls)
        began = [time.perf_counter()]
        for _ in range(args.resets):
            server.reset()
            began.append(time.perf_counter())
        print_times("reset as the fixture `portal` does it", [(b - a) * 1000 for a, b in itertools.pairwise(began)])
    began_at = time.perf_counter()
    with launched([]) as portal:
        print_times(
            "start of `landingpad run`, a process with the demo portal", [(time.perf_counter() - began_at) * 1000]
        )
        time.sleep(15)  # lets the pictures of the demo site finish
        took, calls = resets(portal.url, portal.told["webhook"], args.resets)
        print_times("reset of the demo portal, through the wire", took)
        print_times("the first call after a reset", calls)
        wire, pid = Wire(portal.url), portal.told["pid"]
        spent = processor_ms(pid, args.resets, lambda: wire.post("/_landingpad/reset"))
        print(f"{'the same, processor time of the server':<58} {spent:8.1f}")
    print_times("the sample suite (38 tests)", [suite() for _ in range(args.suites)])
    print_times("the sample suite with pytest -n 4", [suite("-n", "4") for _ in range(args.suites)])


if __name__ == "__main__":
    main()
