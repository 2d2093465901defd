"""What a start loads: imports are nearly all of its processor time."""

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys
import landingpad.cli.main as cli

def announce(line):
    if line.startswith("ready"):
        print(*sys.modules, flush=True)
        os._exit(0)

cli.announce = announce
sys.argv = ["landingpad", "serve", "--dev", "--port", "0", "--data", sys.argv[1]]
cli.main()
"""
LATE = {
    "PIL": "the first upload or copy of a picture",
    "alembic": "a database made by another release",
    "argon2": "the first sign-in with a password",
    "cryptography": "certificates of --tls auto",
    "http.client": "no request to other servers",
    "httpx": "the first request to another server",
    "jinja2": "the first screen",
    "landingpad.demo": "the first start",
    "landingpad.reference": "the first page of the reference",
    "landingpad.web.routes": "the first screen",
    "mcp": "the first request of an assistant",
    "psycopg": "a database of PostgreSQL",
    "pydantic": "the first request of an assistant",
    "sqlalchemy.dialects.postgresql": "a database of PostgreSQL",
    "sqlalchemy.orm": "never",
    "starlette": "the first request for a screen, the reference, OAuth or the control plane",
    "trustme": "certificates of --tls auto",
}
"""Modules that take long to import -> what they wait for."""


def test_a_start_on_an_existing_folder_loads_nothing_that_can_wait(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(data)], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "landingpad.server.serve" in loaded
    assert loaded & set(LATE) == set()
