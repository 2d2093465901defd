"""The sample application, served and opened as its README says, with a real portal and browser."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from landingpad.render.browser import find_chromium
from support.server import Server, wait_until

pytestmark = pytest.mark.long

EXAMPLE = Path(__file__).parents[2] / "examples" / "app"


@contextmanager
def application(portal: str) -> Iterator[str]:
    """Run the application's server; yield its address."""
    command = [sys.executable, str(EXAMPLE / "serve.py"), portal, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            assert running.stdout is not None
            yield running.stdout.readline().removeprefix("ready ").strip()
        finally:
            running.terminate()


@pytest.fixture
def server(demo_folder: Path, tmp_path: Path) -> Iterator[Server]:
    """A portal with two sites; the demo site has a picture."""
    with Server(shutil.copytree(demo_folder, tmp_path / "data"), "--dev") as running:
        running.call("landing.site.add", fields={"TITLE": "Second site", "CODE": "second"})
        site_id = running.file["site_id"]
        wait_until(
            "the demo site has its picture", lambda: "preview" in running.call("landing.site.getPreview", id=site_id)
        )
        yield running


def register(server: Server, address: str) -> None:
    """Register the application on the command line."""
    command = [sys.executable, "-m", "landingpad", "app", "create", "--data", str(server.data)]
    options = ["--title", "Site pictures", "--scope", "landing,user_basic", "--handler-url", address]
    made = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert "client_secret" in made.stdout


async def test_it_shows_the_pictures_of_all_sites(server: Server) -> None:
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with application(server.url) as address:
        register(server, address)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(find_chromium("")), args=sandbox)
            page = await browser.new_page()
            await page.goto(f"{server.url}/apps/")
            await page.get_by_label("Login").fill(server.file["admin"]["login"])
            await page.get_by_label("Password").fill(server.file["admin"]["password"])
            await page.keyboard.press("Enter")
            await page.get_by_role("main").get_by_role("link", name="Site pictures").click()
            app = page.frame_locator(".app-holder iframe")
            for library in ("BX24.js", "b24jssdk"):
                await app.get_by_role("status").get_by_text(re.compile(r"[0-9] pictures\.")).wait_for()
                assert await app.get_by_role("navigation").locator("b").inner_text() == library
                assert await app.get_by_text("Second site").is_visible()
                widths = await app.locator("img").evaluate_all("(found) => found.map((each) => each.naturalWidth)")
                assert len(widths) == 2
                assert min(widths) > 300
                if library == "BX24.js":
                    assert await app.get_by_text("Hello Ada.").is_visible()
                    await app.get_by_role("link", name="b24jssdk").click()
            await browser.close()
