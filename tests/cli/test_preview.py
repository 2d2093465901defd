"""`landingpad preview` and `landingpad worker` as their users run them: a server without a camera, and workers."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from typer.testing import CliRunner

from landingpad.cli.main import app
from support.portal import Portal
from support.postgres import Cluster
from support.server import Server, wait_until


@contextmanager
def worker(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `landingpad worker`, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "landingpad", "worker", "--queues", "preview", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready worker "), process.communicate(timeout=60)[1]
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def run(*arguments: str, code: int = 0) -> str:
    """Run a command and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "landingpad", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_workers_in_processes_of_their_own(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> None:
    """The server takes no picture itself; a worker that is killed leaves its work to another."""
    url = ""
    if engine == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.new_database()
    data = tmp_path / "data"
    options = ("--data", str(data), *(("--database-url", url) if url else ()))
    database = ("--database-url", url) if url else ()
    with Server(data, "--dev", *database, landingpad_preview_slots="0") as server:
        site_id = server.file["site_id"]

        def freshness() -> set[str]:
            lines = run("preview", "status", str(site_id), "--json", *options).splitlines()
            return {json.loads(line)["freshness"] for line in lines}

        picture = f"{server.file['public_url']}preview.jpg"
        assert server.fetch(picture).headers["x-landingpad-preview"] == "pending"
        with worker(*options) as first, worker(*options):
            wait_until("all pictures are there", lambda: freshness() <= {"fresh", "none"})
            before = server.fetch(picture)
            assert before.headers["x-landingpad-preview"] == "fresh"
            os.kill(first.pid, signal.SIGKILL)
            said = run("preview", "regenerate", "--all", *options)
            assert re.fullmatch(r"\d+ pictures were taken, [\d.]+ a second\n", said)
            assert freshness() <= {"fresh", "none"}
            assert server.fetch(picture).headers["etag"] == before.headers["etag"]
            site = server.call("landing.site.add", fields={"TITLE": "Two", "CODE": "two"})
            page = server.call("landing.landing.add", fields={"TITLE": "Two", "SITE_ID": site, "CODE": "home"})
            block = server.call("landing.landing.addblock", lid=page, fields={"CODE": "27.3.one_col_fix_title"})
            for text in ("Earlier", "Later"):
                data_ = {".landing-block-node-title": text}
                server.call("landing.block.updatenodes", lid=page, block=block, data=data_)
                server.call("landing.landing.publication", lid=page)
                wait_until(text, lambda: "\tfresh\t" in run("preview", "status", str(site), *options))
        out = tmp_path / "diff.png"
        said = run("preview", "diff", str(site), "--out", str(out), *options)
        assert said.startswith("publication 1 -> 2\n")
        found = re.search(r"^(\d+) of 960000 pixels changed", said, re.MULTILINE)
        assert found
        assert 100 < int(found.group(1)) < 96_000
        with Image.open(BytesIO(out.read_bytes())) as marked:
            assert (marked.format, marked.size) == ("PNG", (1200, 800))
        assert "Publications with a picture: 2, 1." in run("preview", "diff", str(site), "--to", "9", *options, code=1)
        assert httpx.get(server.url, follow_redirects=True).status_code == httpx.codes.OK


def test_regenerate_asks_for_one_site_or_all(tmp_path: Path) -> None:
    for given in ([], ["1", "--all"]):
        done = CliRunner().invoke(app, ["preview", "regenerate", *given, "--data", str(tmp_path)])
        assert (done.exit_code, done.stderr) == (1, "landingpad: Give the id of one site, or --all.\n")


async def test_a_draft_is_shown_without_a_sign_in(portal: Portal, run: Callable[..., list[str]]) -> None:
    site_id, page_id, block_id = await portal.published()
    title = {".landing-block-node-title": "Only in the draft"}
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data=title)
    page, picture = (line.partition("\t") for line in run(f"preview draft {site_id} --page {page_id}"))
    assert (page[0], picture[0]) == ("page", "picture")
    assert "Only in the draft" in (await portal.get(page[2])).text
    [line] = run(f"preview draft {site_id} --page 99", status=1)
    assert line == f"landingpad: Site {site_id} has no page 99."
