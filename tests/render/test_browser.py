"""Finding Chromium, and the errors when it does not start."""

from pathlib import Path

import pytest

from landingpad.render.browser import find_chromium
from landingpad.render.photographer import ChromiumMissing, PictureFailed, Viewport
from render.conftest import Make
from render.helpers import HOME, Pages, html


def program(path: Path, text: str = "#!/bin/sh\nexit 0\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_given_browser_wins(tmp_path: Path) -> None:
    given = program(tmp_path / "mine")
    program(tmp_path / "bin/chromium")
    assert find_chromium(str(given), {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}) == given


def test_the_newest_browser_of_playwright_comes_before_the_path(tmp_path: Path) -> None:
    program(tmp_path / "browsers/chromium-999/chrome-linux/chrome")
    newest = program(tmp_path / "browsers/chromium-1255/chrome-linux64/chrome")
    program(tmp_path / "bin/chromium")
    environ = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    assert find_chromium("", environ) == newest
    shell = program(tmp_path / "browsers/chromium_headless_shell-1255/chrome-linux/headless_shell")
    assert find_chromium("", environ) == shell


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
def test_without_playwright_the_path_is_searched(tmp_path: Path, name: str) -> None:
    found = program(tmp_path / "bin" / name)
    assert find_chromium("", {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}) == found


def test_debians_headless_shell_is_started_without_its_wrapper_script(tmp_path: Path) -> None:
    script = program(tmp_path / "bin/chromium-headless-shell")
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    assert find_chromium("", environ) == script
    behind = program(tmp_path / "lib/chromium/chromium-headless-shell")
    assert find_chromium("", environ) == behind


@pytest.mark.parametrize("given", ["", "{}/nothing", "{}/notes.txt"])
def test_without_a_browser_the_text_says_how_to_get_one(tmp_path: Path, given: str) -> None:
    (tmp_path / "notes.txt").write_text("not a program")
    with pytest.raises(ChromiumMissing, match=r"apt-get install -y chromium.*LANDINGPAD_CHROMIUM"):
        find_chromium(given.format(tmp_path), {"PATH": str(tmp_path), "HOME": str(tmp_path)})


def test_a_photographer_without_a_browser_reports_it_and_recovers_when_one_is_installed(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "chromium"
    photographer = make(Pages(**{"": html("")}), chromium=str(path))
    with pytest.raises(ChromiumMissing, match="apt-get install"):
        photographer.photograph(HOME, Viewport())
    assert "apt-get install" in str(photographer.status()["problem"])
    path.symlink_to(find_chromium(""))
    assert photographer.photograph(HOME, Viewport()).width == 1200


def test_the_error_quotes_a_browser_that_does_not_start(make: Make, tmp_path: Path) -> None:
    broken = program(tmp_path / "chromium", "#!/bin/sh\necho libnss3.so is missing >&2\nexit 127\n")
    with pytest.raises(PictureFailed, match=r"did not start: .*libnss3\.so is missing"):
        make(Pages(), chromium=str(broken)).photograph(HOME, Viewport())
