"""Every script that the server sends parses: a typing error in one stops sliders, screens or applications."""

import subprocess
from pathlib import Path

import pytest

import landingpad
from landingpad import bx24

SOURCE = Path(landingpad.__file__).parent
SCRIPTS = sorted(str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.js") if file.parent.name != "bx24")


def assert_parses(script: Path) -> None:
    checked = subprocess.run(["node", "--check", script], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_parses(name: str) -> None:
    assert_parses(SOURCE / name)


def test_the_parts_of_bx24_parse_as_one_script(tmp_path: Path) -> None:
    script = tmp_path / "bx24.js"
    script.write_bytes(bx24.script())
    assert_parses(script)
