"""The suites of example integrations, run as their READMEs say: by `landingpad run`, and by pytest with our plugin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.long

EXAMPLES = Path(__file__).parents[2] / "examples"
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("folder", "options", "command", "expected"),
    [
        ("typescript", ["--tls"], ["npm", "test"], ["Tests  5 passed (5)"]),
        (
            "php",
            [],
            ["php", "tests.php"],
            ["ok      an offer is published", "ok      its title", "ok      an error is"],
        ),
    ],
)
def test_the_suite_passes(folder: str, options: list[str], command: list[str], expected: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "landingpad", "run", *options, "--", *command],
        cwd=EXAMPLES / folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for text in expected:
        assert text in done.stdout


@pytest.mark.parametrize("options", [[], ["-n", "4"]])
def test_the_python_suite_passes(options: list[str]) -> None:
    """With one portal and with four processes, using only the portals of the plugin."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:schemathesis",
            "-W",
            "error",
            *options,
        ],
        cwd=EXAMPLES / "python",
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "38 passed" in done.stdout


def test_the_typescript_is_typed() -> None:
    done = subprocess.run(
        ["npx", "--no-install", "tsc", "--noEmit"],
        cwd=EXAMPLES / "typescript",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_step_for_github_actions_runs_a_command_with_a_portal() -> None:
    action = yaml.safe_load((EXAMPLES.parent / "action.yml").read_text())
    *_, step = action["runs"]["steps"]
    assert set(step["env"].values()) <= {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    command = 'case "$LANDINGPAD_URL" in https://*) echo "found $LANDINGPAD_SITE_ID" ;; esac; exit 5'
    done = subprocess.run(
        ["bash", "-c", step["run"]],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COMMAND": command, "TLS": "true", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )
    assert (done.returncode, done.stdout) == (5, "found 1\n"), done.stderr
