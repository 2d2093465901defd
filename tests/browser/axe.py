"""axe-core: barriers of a page for people with a screen reader, a keyboard or weak eyes."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _program() -> str:
    assert AXE.is_file(), f"{AXE} is missing: run scripts/setup test"
    return AXE.read_text("utf-8")


async def problems(page: Page, *but: str) -> list[str]:
    """Return the findings of axe-core on a page, a line per element; `but` are rules to skip."""
    await page.evaluate(_program())  # by the debugger, which the page's content security policy does not block
    found = await page.evaluate(
        "([tags, but]) => axe.run(document, {runOnly: {type: 'tag', values: tags}, preload: false, "
        "resultTypes: ['violations'], rules: Object.fromEntries(but.map((rule) => [rule, {enabled: false}]))})",
        [_RULES, list(but)],
    )
    return [
        f"{violation['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else violation['help']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
