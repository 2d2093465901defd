"""The example that registers a block, run like a reader runs it."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx

from support.server import Server

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_block.py"


def test_the_page_shows_the_block(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with Server(data, "--dev", landingpad_preview_slots="0") as server:
        command = [sys.executable, str(EXAMPLE), server.file["webhook"]]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == 0, run.stderr
        address = run.stdout.strip()
        host = address.partition("://")[2].partition(":")[0].partition("/")[0]
        page = httpx.get(f"{server.url}/", headers={"Host": host}, timeout=30).text
    assert [page.count(text) for text in ("This week", "Oak table", "£310", "offer-card")] == [1, 1, 1, 3]
