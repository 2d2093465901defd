"""Check of a screen: accessibility and width."""

import os
from pathlib import Path

from playwright.async_api import Page

from browser.axe import problems
from browser.stage import Stage

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
_PHONE = 390


class CheckedPage:
    """A page of a signed-in administrator, with checks."""

    def __init__(self, on: Stage, page: Page, name: str, *, strict: bool = False) -> None:
        self.on, self.page, self.name = on, page, name
        self.strict = strict
        """Whether all rules of axe-core count instead of only the serious ones; for pages without frames."""

    async def check(self, screen: str) -> None:
        """Check the current state of the page."""
        folder = os.environ.get("LANDINGPAD_SCREENSHOTS")
        if folder:
            await self.page.screenshot(path=f"{folder}/{screen}-{self.name}.png", full_page=True)
        if self.strict:
            assert await problems(self.page) == [], screen
        else:
            await self._check_ours(screen)
        before = self.page.viewport_size
        assert before is not None
        for width in sorted({before["width"], _PHONE}, reverse=True):
            await self.page.set_viewport_size({"width": width, "height": before["height"]})
            assert await self.page.evaluate("document.documentElement.scrollWidth") <= width, screen
        await self.page.set_viewport_size(before)

    async def _check_ours(self, screen: str) -> None:
        # The rules apply to our pages, not to the application's own page.
        await self.page.evaluate(f"{AXE.read_text()}; 0")
        report = await self.page.evaluate("axe.run({ exclude: [['.app-holder iframe'], ['.block-shown']] })")
        serious = [rule for rule in report["violations"] if rule["impact"] in {"serious", "critical"}]
        found = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in serious]
        assert found == [], screen
