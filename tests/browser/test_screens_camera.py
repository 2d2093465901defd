"""End to end: a user publishes a site on a real server and sees its real picture appear."""

from pathlib import Path

from playwright.async_api import Browser

from browser.conftest import eventually
from support.server import Server


async def test_the_real_picture_appears_after_a_publication(tmp_path: Path, browser: Browser) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text('[[users]]\nlogin = "ada"\nname = "Ada"\nadmin = true\npassword = "correct horse battery"\n')
    with Server(tmp_path / "data", "--dev", "--seed", str(seed)) as server:
        site_id = server.call("landing.site.add", fields={"TITLE": "Acme", "CODE": "acme"})
        page_id = server.call("landing.landing.add", fields={"TITLE": "Home", "SITE_ID": site_id, "CODE": "home"})
        server.call("landing.landing.addblock", lid=page_id, fields={"CODE": "01.big_with_text"})
        page = await browser.new_page(viewport={"width": 1280, "height": 844})
        try:
            await page.goto(f"{server.url}/sites/")
            await page.get_by_label("Login or e-mail").fill("ada")
            await page.get_by_label("Password").fill("correct horse battery")
            await page.keyboard.press("Enter")
            await page.get_by_text("Not published").wait_for()
            await page.evaluate("globalThis.sameDocument = true")
            await page.get_by_label("Actions for Acme", exact=True).press("Enter")
            await page.get_by_role("button", name="Publish", exact=True).press("Enter")
            await page.get_by_text("Acme is published.").wait_for()
            picture = page.locator(f"#site-{site_id} img")
            await picture.wait_for(timeout=60_000)
            await eventually(page, "document.querySelector('.site img').complete")
            # Sharp on screens with two device pixels per CSS pixel.
            width, shown = await picture.evaluate("(image) => [image.naturalWidth, image.clientWidth]")
            assert width >= 2 * shown
            assert await page.evaluate("globalThis.sameDocument"), "the page was never reloaded"
        finally:
            await page.close()
