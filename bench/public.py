"""Cost of a visit: a published page beside a file of equal content served by nginx, in one run.

make bench-public
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from api import cpu_seconds, free_port

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{
  access_log off; types {{ text/html html; }} default_type text/html; keepalive_requests 10000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def fetch(url: str, host: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Host": host}), timeout=10) as answer:
        return answer.read()


def workers_of(pid: int) -> list[int]:
    text = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *map(int, text.split())]


def measure(url: str, host: str, pids: list[int], seconds: int, cores: list[int]) -> tuple[float, float]:
    load = ["wrk", "-t1", "-c16", "-H", f"Host: {host}", url]
    if len(cores) > 1:
        load = ["taskset", "-c", ",".join(map(str, cores[1:])), *load]
    subprocess.run([*load, "-d1s"], check=True, capture_output=True)
    before = sum(map(cpu_seconds, pids))
    text = subprocess.run([*load, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
    used = sum(map(cpu_seconds, pids)) - before
    if "Non-2xx" in text:
        sys.exit(f"{url} answered with errors:\n{text}")
    total = int(re.search(r"(\d+) requests in", text).group(1))
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), total / used


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=int, default=6)
    options = asked.parse_args()
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    if missing:
        sys.exit(f"Missing: sudo apt-get install {' '.join(missing)}")
    cores = sorted(os.sched_getaffinity(0))
    pinned = ["taskset", "-c", str(cores[0])] if len(cores) > 1 else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        (folder / "www").mkdir()
        ours_port, nginx_port = free_port(), free_port()
        data = folder / "data"
        ours = subprocess.Popen(
            [*pinned, sys.executable, "-m", "landingpad", "serve", "--dev", "--data", data, "--port", str(ours_port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        while not (line := ours.stdout.readline()).startswith("ready"):
            if not line:
                sys.exit("The server ended before it was ready.")
        host = f"lindmoor.localhost:{ours_port}"
        page = fetch(f"http://127.0.0.1:{ours_port}/", host)
        (folder / "www" / "index.html").write_bytes(page)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=nginx_port))
        nginx = subprocess.Popen([*pinned, "nginx", "-p", name, "-c", str(folder / "nginx.conf")])
        try:
            time.sleep(12)  # lets the pictures of the demo site finish
            rows = {}
            for server, port, process in (("nginx, a file", nginx_port, nginx), ("landingpad", ours_port, ours)):
                print(f"{server} ...", flush=True)
                pids = workers_of(process.pid) if server.startswith("nginx") else [process.pid]
                rows[server] = measure(f"http://127.0.0.1:{port}/", host, pids, options.seconds, cores)
        finally:
            for process in (nginx, ours):
                process.send_signal(signal.SIGTERM)
                process.wait()
    print(f"\nthe home page of the demo site, {len(page)} bytes, uncompressed")
    for server, (rate, per_cpu) in rows.items():
        print(f"{server:16}{rate:>10.0f} req/s{per_cpu:>10.0f} req/CPU-s{1e6 / per_cpu:>8.0f} us CPU")
    floor, own = (per_cpu for _, per_cpu in rows.values())
    print(f"landingpad does {own / floor:.2f} of what nginx does")


if __name__ == "__main__":
    main()
