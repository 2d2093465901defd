"""The examples of the README, run like a reader runs them."""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from landingpad.http.server_pages import no_picture_bytes
from support.server import Server

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = {
    "cURL": ["sh", str(EXAMPLES / "first_call.sh")],
    "Python": [sys.executable, str(EXAMPLES / "first_call.py")],
    "JavaScript": ["node", str(EXAMPLES / "first_call.mjs")],
}


@pytest.fixture(scope="module")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = shutil.copytree(demo_folder, tmp_path_factory.mktemp("examples") / "data")
    with Server(data, "--dev") as running:
        yield running


@pytest.mark.parametrize("language", COMMANDS)
def test_the_first_call_ends_with_a_picture_of_the_page(server: Server, language: str, tmp_path: Path) -> None:
    picture = tmp_path / "preview.jpg"
    run = subprocess.run(
        [*COMMANDS[language], server.file["webhook"], str(picture)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("published http://spring-offers")
    content = picture.read_bytes()
    assert content != no_picture_bytes()
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size) == ("JPEG", (1200, 800))
    colors = image.resize((32, 32)).getcolors(1024)
    assert colors is not None
    assert len(colors) > 100, "the picture shows a page, not an empty window"


@pytest.mark.parametrize("language", COMMANDS)
def test_a_wrong_webhook_is_named(server: Server, language: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [*COMMANDS[language], f"{server.url}/rest/1/wrongcode/", str(tmp_path / "preview.jpg")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode != 0
    assert "401" in run.stderr or "INVALID_CREDENTIALS" in run.stderr
