"""Cost of a call: landing.site.getPreview beside a bare answer and a common stack, in one run.

Each server gets one core, the load (wrk) the others. Two figures matter: requests per second of the server's own
processor time, which other work on the machine hardly disturbs, and the ratios between the servers.

    make bench-api            10,000 sites, 8 seconds each
    make bench-api ARGS="--sites 100000 --seconds 20"
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from landingpad.domain.people.portals import SCOPES, add_portal, add_user, add_webhook
from landingpad.store.db.engine import Database, sqlite_url
from landingpad.store.db.migrate import migrate
from landingpad.store.tables.site import domains, pages, sites

HERE = Path(__file__).parent
WARM_UP_SECONDS = 2
JSON = {"Content-Type": "application/json"}


def fill(folder: Path, count: int) -> str:
    """Create a portal with `count` published sites; return the path of its webhook."""
    now = int(time.time() * 1000)

    def work(tx):
        portal = add_portal(tx, domain="localhost", title="Bench", now_ms=now)
        user = add_user(tx, portal, login="a", name="A", password=None, is_admin=True, now_ms=now)
        code = add_webhook(tx, portal, user, scopes=SCOPES, title="bench", now_ms=now)
        stamps = {"created_by": user, "modified_by": user, "created_at": now, "modified_at": now}
        for number in range(1, count + 1):
            name = f"site-{number}"
            domain = tx.insert(domains, portal_id=portal, host=f"{name}.localhost", is_own=False, created_at=now)
            site = tx.insert(
                sites, portal_id=portal, type="PAGE", code=name, title=name, active=True, domain_id=domain, **stamps
            )
            page = tx.insert(
                pages,
                portal_id=portal,
                site_id=site,
                title="Home",
                code="home",
                active=True,
                preview_key="0" * 64 + ".jpg",
                **stamps,
            )
            tx.update(sites, portal, site, index_page_id=page)
        return f"/rest/{user}/{code}/landing.site.getPreview"

    with Database(sqlite_url(folder)) as db:
        migrate(db)
        return db.write_here(work)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(url: str, body: bytes, process: subprocess.Popen) -> str:
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"A server ended with {process.returncode} before it answered.")
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, JSON), timeout=5) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            sys.exit(f"{url} answered {error.code}: {error.read().decode()[:300]}")
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} did not answer within 30 seconds.")


def script(folder: Path, count: int) -> Path:
    """Write the script for wrk: each request names another site."""
    path = folder / "post.lua"
    path.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f"request = function() return wrk.format(nil, nil, nil, '{{\"id\": ' .. math.random(1, {count}) .. '}}') end\n"
    )
    return path


def measure(url: str, pid: int, lua: Path, seconds: int, cores: list[int]) -> dict[str, float]:
    """Load one server and return requests/s, requests per CPU second, p50 and p99 in milliseconds."""
    load = ["wrk", "-t1", "-c16", "-s", str(lua), "--latency", url]
    if len(cores) > 1:
        load = ["taskset", "-c", ",".join(map(str, cores[1:])), *load]
    subprocess.run([*load, f"-d{WARM_UP_SECONDS}s"], check=True, capture_output=True)
    before = cpu_seconds(pid)
    text = subprocess.run([*load, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pid) - before
    if "Non-2xx" in text:
        sys.exit(f"{url} answered with errors:\n{text}")
    total = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    latency = {
        share: float(value) * units[unit] for share, value, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", text)
    }
    return {"rate": rate, "per_cpu": total / used, "p50": latency["50"], "p99": latency["99"]}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sites", type=int, default=10_000)
    asked.add_argument("--seconds", type=int, default=8)
    asked.add_argument("--rounds", type=int, default=2, help="the servers take turns so often; the best round counts")
    asked.add_argument("--limits", default="count", choices=["off", "count"], help="count running time of methods")
    options = asked.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("The load generator wrk is missing: sudo apt-get install wrk")
    cores = sorted(os.sched_getaffinity(0))
    pinned = ["taskset", "-c", str(cores[0])] if len(cores) > 1 else []
    uvicorn = [
        *pinned,
        sys.executable,
        "-m",
        "uvicorn",
        "--no-access-log",
        "--log-level",
        "warning",
        "--http",
        "httptools",
    ]
    landingpad = [*pinned, sys.executable, "-m", "landingpad", "serve"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"filling {options.sites} sites ...", flush=True)
        path = fill(folder, options.sites)
        lua = script(folder, options.sites)
        environment = {
            **os.environ,
            "PEER_DATABASE": str(folder / "landingpad.db"),
            "PYTHONPATH": str(HERE / "peers"),
            "LANDINGPAD_LIMITS": options.limits,  # enforced limits would stop the load after fifty calls
        }
        servers = {}
        ports = {name: free_port() for name in ("bare answer", "landingpad", "FastAPI + SQLAlchemy")}
        commands = {
            "bare answer": [*uvicorn, "bare:app", "--port", str(ports["bare answer"])],
            "landingpad": [*landingpad, "--data", name, "--port", str(ports["landingpad"])],
            "FastAPI + SQLAlchemy": [*uvicorn, "fastapi_sqlalchemy:app", "--port", str(ports["FastAPI + SQLAlchemy"])],
        }
        best: dict[str, dict[str, float]] = {}
        try:
            for server, command in commands.items():
                servers[server] = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            for server, process in servers.items():
                url = f"http://127.0.0.1:{ports[server]}{path}"
                result = json.loads(wait_for(url, b'{"id": 5}', process))["result"]
                if not result.endswith("preview.jpg") or "nopreview" in result:
                    sys.exit(f"{server} answered {result!r} instead of the address of a picture.")
            time.sleep(3)  # the job queue is imported in the background and is not part of a call
            for number in range(options.rounds):
                for server, process in servers.items():
                    print(f"round {number + 1} of {options.rounds}: {server} ...", flush=True)
                    url = f"http://127.0.0.1:{ports[server]}{path}"
                    found = measure(url, process.pid, lua, options.seconds, cores)
                    if server not in best or found["per_cpu"] > best[server]["per_cpu"]:
                        best[server] = found
        finally:
            for process in servers.values():
                process.send_signal(signal.SIGTERM)
            for process in servers.values():
                process.wait()
    floor, ours, peer = (best[server]["per_cpu"] for server in commands)
    print(f"\nlanding.site.getPreview by webhook, {options.sites} sites on SQLite, one process")
    print(f"{'':24}{'req/s':>10}{'req/CPU-s':>12}{'us CPU':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for server, row in best.items():
        print(
            f"{server:24}{row['rate']:>10.0f}{row['per_cpu']:>12.0f}{1e6 / row['per_cpu']:>9.0f}"
            f"{row['p50']:>9.2f}{row['p99']:>9.2f}"
        )
    print(f"landingpad is {ours / peer:.1f} x FastAPI + SQLAlchemy and {ours / floor:.2f} of a bare answer")


if __name__ == "__main__":
    main()
