"""scripts/timed hides nothing of the command that it runs."""

import subprocess
from pathlib import Path

import pytest

TIMED = Path(__file__).parents[2] / "scripts" / "timed"


@pytest.mark.parametrize(
    ("command", "result", "word"), [("echo fine", 0, "passed"), ("echo broken; exit 3", 3, "FAILED")]
)
def test_the_result_is_that_of_the_command(command: str, result: int, word: str) -> None:
    done = subprocess.run([TIMED, "lint", "sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == result
    assert done.stdout == command.split(";", maxsplit=1)[0].removeprefix("echo ") + "\n"
    assert done.stderr.startswith(f"== lint: {word}, ")
