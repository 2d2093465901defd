"""The five-minutes article: its files are written into an empty folder and its commands run there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ARTICLE = Path(__file__).parents[2] / "src" / "landingpad" / "reference" / "articles" / "five-minutes.md"
BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^(?:# |// |<\?php // )(\S+)\n")
EXPECTED = {"Python": "2 passed", "JavaScript": "pass 2", "PHP": "all is well"}


def chapters() -> dict[str, str]:
    parts = re.split(r"^## (.+)\n", ARTICLE.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("language", EXPECTED)
def test_the_commands_work_in_an_empty_folder(language: str, tmp_path: Path) -> None:
    """Except the install commands: pytest and Landingpad of this test run are used."""
    commands = []
    for kind, text in BLOCK.findall(chapters()[language]):
        name = FILE.match(text)
        if name is not None:
            (tmp_path / name.group(1)).write_text(text)
        else:
            assert kind == "sh", text
            commands.append(text)
    assert len(commands) == 1
    done = subprocess.run(
        ["sh", "-eu", "-c", commands[0]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert EXPECTED[language] in done.stdout


def test_nothing_has_to_be_installed_but_what_the_beginning_says() -> None:
    beginning = ARTICLE.read_text().partition("## Python")[0]
    (_, text), *more = BLOCK.findall(beginning)
    assert not more
    assert [line.split()[0] for line in text.splitlines()] == ["python3", "pip"]
