"""The pytest plugin in separate pytest runs, as its users run it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

SUITE = """
import os, ssl, urllib.request, json
import pytest

def test_a(portal):
    assert portal.given_site().id == 1

def test_b(portal, webhook_url, oauth_app):
    assert portal.given_site().id == 1
    assert webhook_url.startswith(portal.url + "/rest/1/")
    assert oauth_app.client_id.startswith("local.")

def test_trust(portal, webhook_url):
    with urllib.request.urlopen(webhook_url + "server.time") as answer:
        assert "result" in json.load(answer)
"""
SEED = """
[[sites]]
code = "shop"
[[sites.pages]]
code = "home"
"""


def run(folder: Path, *options: str, **files: str) -> str:
    """Run pytest on the suite in a folder and return its output; it must succeed."""
    (folder / "test_suite.py").write_text(files.pop("suite", SUITE))
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_suite_gets_a_portal_for_each_worker(tmp_path: Path) -> None:
    assert "3 passed" in run(tmp_path, "-n", "2")


def test_https_is_trusted_by_the_tests(tmp_path: Path) -> None:
    """Without code in the suite or in the programs that it starts."""
    assert "3 passed" in run(tmp_path, "--landingpad-tls")


def test_the_configuration_file_of_the_suite_is_read(tmp_path: Path) -> None:
    suite = """
def test_seeded(portal):
    site = portal.seeded["sites"]["shop"]
    assert portal.public_html(site["pages"]["home"])
    assert portal.call("landing.site.getList", filter={"ID": 5})
"""
    config = "[pytest]\nlandingpad_seed = seed.toml\nlandingpad_lenient = true\n"
    assert "1 passed" in run(tmp_path, suite=suite, pytest_ini=config, seed_toml=SEED)


def test_a_run_without_portals_loads_nothing(tmp_path: Path) -> None:
    suite = """
import sys
def test_nothing():
    ours = {name for name in sys.modules if name.partition(".")[0] == "landingpad"}
    assert ours == {"landingpad", "landingpad.pytest_plugin"}
    assert not {"sqlalchemy", "uvicorn", "structlog", "playwright"} & set(sys.modules)
"""
    assert "1 passed" in run(tmp_path, suite=suite)


@pytest.mark.parametrize("option", ["--landingpad-tls", "--landingpad-seed"])
def test_options_are_explained(option: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True)
    assert option in done.stdout
