"""What the test kit costs: a start inside the process of tests, a reset, the first call, the sample suites.

Each reset is asked for through the wire, on a portal whose state was just changed by a call. The first start is in a
new process, so that the imports are in it.

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
    """One connection to a portal, as a test suite has it."""

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self._connection = http.client.HTTPConnection("127.0.0.1", split.port)
        self._host = split.netloc

    def post(self, path: str, **body: object) -> dict:
        self._connection.request("POST", path, json.dumps(body), {"host": self._host})
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status == 200, told
        return told


def told(name: str, times: list[float]) -> None:
    """Print milliseconds: median, 95th percentile, worst."""
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)] if len(ordered) > 1 else ordered[0]
    print(f"{name:<58} {statistics.median(ordered):8.1f} {p95:8.1f} {ordered[-1]:8.1f}")


def resets(url: str, webhook: str, count: int) -> tuple[list[float], list[float]]:
    """Change something, reset, change again; return how long each reset and each first call after it took."""
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
    """Return the milliseconds of processor time that a process takes for each of so many turns of some work."""

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
    told("first start in a process: imports", [each[0] for each in firsts])
    told("first start in a process: the rest", [each[1] for each in firsts])
    told("the first call after it", [each[2] for each in firsts])
    starts(1)
    told("a start inside the process, after the first", starts(args.starts))
    with InProcess() as server:
        took, calls = resets(server.url, server.seeded.told["webhook"], args.resets)
        told("reset of the portal inside the process, through the wire", took)
        told("the first call after a reset", calls)
        began = [time.perf_counter()]
        for _ in range(args.resets):
            server.reset()
            began.append(time.perf_counter())
        told("reset as the fixture `portal` does it", [(b - a) * 1000 for a, b in itertools.pairwise(began)])
    began_at = time.perf_counter()
    with launched([]) as portal:
        told("start of `landingpad run`, a process with the demo portal", [(time.perf_counter() - began_at) * 1000])
        time.sleep(15)  # the pictures of the demo site are taken meanwhile
        took, calls = resets(portal.url, portal.told["webhook"], args.resets)
        told("reset of the demo portal, through the wire", took)
        told("the first call after a reset", calls)
        wire, pid = Wire(portal.url), portal.told["pid"]
        spent = processor_ms(pid, args.resets, lambda: wire.post("/_landingpad/reset"))
        print(f"{'the same, processor time of the server':<58} {spent:8.1f}")
    told("the sample suite (38 tests)", [suite() for _ in range(args.suites)])
    told("the sample suite with pytest -n 4", [suite("-n", "4") for _ in range(args.suites)])


if __name__ == "__main__":
    main()
