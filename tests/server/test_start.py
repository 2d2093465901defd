"""What a start loads: imports are nearly all of its processor time."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

PROGRAM = """
import os, sys
import landingpad.cli.main as cli
from landingpad.__main__ import main

def announce(line):
    if line.startswith("ready"):
        print(*sys.modules, flush=True)
        os._exit(0)

cli.announce = announce
sys.argv = ["landingpad", "serve", "--dev", "--port", "0", "--data", sys.argv[1]]
main()
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
    "landingpad.server.workers": "--workers of more than one",
    "landingpad.web.routes": "the first screen",
    "mcp": "the first request of an assistant",
    "psycopg": "a database of PostgreSQL",
    "pydantic": "the first request of an assistant",
    "pygments": "--help",
    "rich": "--help",
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


VISIT = """
import asyncio, sys
from pathlib import Path
import httpx
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings

async def main():
    app = App(Parts(Settings(data=Path(sys.argv[1])), scheme="http", port=8080))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        for url in sys.argv[2:]:
            print((await http.get(url)).status_code, "starlette" in sys.modules)

asyncio.run(main())
"""


def test_the_api_and_published_pages_do_without_the_framework(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    told = json.loads((data / "portal.json").read_text())
    hook, page = urlsplit(told["webhook"]), urlsplit(told["public_url"])
    portal, site = "http://localhost:8080", f"http://{page.hostname}:8080"
    urls = [f"{portal}{hook.path}server.time", f"{site}{page.path}", f"{site}/nothing/", f"{portal}/sign-in/"]
    command = [sys.executable, "-c", VISIT, str(data), *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["200 False", "200 False", "404 False", "200 True"]


IMPORTS = """
import asyncio, sys, threading
from pathlib import Path
import httpx
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings

class OnTheLoop:
    names = []

    def find_spec(self, name, path=None, target=None):
        is_large = name.partition(".")[0] in {"jinja2", "landingpad", "mcp", "pydantic", "starlette"}
        if is_large and threading.current_thread() is threading.main_thread():
            self.names.append(name)

async def main():
    app = App(Parts(Settings(data=Path(sys.argv[1]), dev=True), scheme="http", port=8080))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8080") as http:
        await http.get("/rest/")
        sys.meta_path.insert(0, OnTheLoop())
        for path in ("/sign-in/", "/docs/", "/openapi.json", "/oauth/authorize/", "/_landingpad/"):
            print(path, (await http.get(path)).status_code, *OnTheLoop.names)
            OnTheLoop.names.clear()
        list_tools = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        print("/mcp", (await http.post("/mcp", json=list_tools)).status_code, *OnTheLoop.names)

asyncio.run(main())
"""


def test_what_is_imported_late_is_not_imported_on_the_event_loop(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    done = subprocess.run([sys.executable, "-c", IMPORTS, str(data)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "/sign-in/ 200",
        "/docs/ 200",
        "/openapi.json 200",
        "/oauth/authorize/ 400",
        "/_landingpad/ 200",
        "/mcp 200",
    ]
