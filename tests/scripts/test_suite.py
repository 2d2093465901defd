"""The command of `make test` tells unstable tests from broken ones, and fails for both."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

SUITE = Path(__file__).parents[2] / "scripts" / "suite"
CASES = """
from pathlib import Path

def test_sound():
    pass

def test_unstable():
    mark = Path("ran")
    first = not mark.exists()
    mark.touch()
    assert not first

def test_broken():
    assert False
"""


def suite(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_cases.py").write_text(CASES)
    command = [sys.executable, str(SUITE), "-p", "no:landingpad", "-p", "no:schemathesis", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_an_unstable_case_is_named_and_fails_the_suite(tmp_path: Path) -> None:
    done = suite(tmp_path)
    named = [line for line in done.stdout.splitlines() if line.startswith("unstable: ")]
    assert done.returncode == 1
    assert [line.split()[1] for line in named] == ["test_cases.py::test_unstable"]
    assert "== tests: FAILED" in done.stderr


def test_sound_cases_pass_without_a_second_run(tmp_path: Path) -> None:
    done = suite(tmp_path, "-k", "sound")
    assert done.returncode == 0
    assert "once more" not in done.stderr
