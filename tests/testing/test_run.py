"""`landingpad run`: a command with its own portal."""

import json
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "landingpad"]
LOOKS_AROUND = """
import json, os, ssl, time, urllib.request
webhook = os.environ["LANDINGPAD_WEBHOOK"]
def ask(url):
    with urllib.request.urlopen(url, context=ssl.create_default_context()) as answer:
        return json.load(answer)
told = {name: value for name, value in os.environ.items() if name.startswith("LANDINGPAD_")}
def preview_of_demo():
    return ask(f"{webhook}landing.site.getPreview?id={told['LANDINGPAD_SITE_ID']}")
deadline = time.monotonic() + 60
while not (preview := preview_of_demo())["result"].endswith("/preview.jpg") and time.monotonic() < deadline:
    time.sleep(0.1)
by_token = ask(f"{told['LANDINGPAD_URL']}/rest/profile?auth={told['LANDINGPAD_ACCESS_TOKEN']}")
print(json.dumps({"told": told, "preview": preview["result"], "admin": by_token["result"]["ADMIN"]}))
raise SystemExit(7)
"""


def test_a_command_finds_a_portal_by_https_and_its_exit_code_is_returned() -> None:
    done = subprocess.run(
        [*COMMAND, "run", "--tls", "--", sys.executable, "-c", LOOKS_AROUND],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    found = json.loads(done.stdout)
    assert found["preview"].endswith("/preview.jpg")
    assert found["admin"] is True
    folder = Path(found["told"]["LANDINGPAD_PORTAL_FILE"]).parent
    assert not folder.exists(), "the portal is gone, with all that it kept"
    assert found["told"]["LANDINGPAD_URL"].startswith("https://")


def test_a_missing_command_is_named(tmp_path: Path) -> None:
    data = tmp_path / "kept"
    done = subprocess.run(
        [*COMMAND, "run", "--data", str(data), "--", "no-such-command"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "landingpad: no-such-command cannot be started: No such file or directory.\n"
    assert (data / "portal.json").is_file(), "a folder of one's own is kept"


def test_a_portal_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "portal").mkdir()
    done = subprocess.run(
        [*COMMAND, "run", "--data", str(tmp_path / "portal"), "--", "true"],
        capture_output=True,
        text=True,
        check=False,
        env={"LANDINGPAD_LIMITS": "some"},
    )
    assert done.returncode == 2
    assert "LANDINGPAD_LIMITS='some' is not one of off, count, enforce." in done.stderr
