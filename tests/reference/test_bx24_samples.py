"""Every sample for BX24.js runs in a frame of a portal, in a browser, with the real script."""

import json
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from browser.stage import mapped_browser
from landingpad.domain.people import sessions
from landingpad.reference.library import read_recorded
from landingpad.reference.samples import sample
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Tx
from landingpad.store.tables.app import apps
from reference.prepared import Prepared, kind, played
from support.app_server import app_server
from support.listening import listening

pytestmark = pytest.mark.long

AT_ONCE = 60
"""So many calls, then the application is opened anew: BX24 lets no more than 90 through without a pause."""
# A sample logs its answer, or throws in its callback.
PLAY = """(samples) => new Promise((done) => BX24.init(async () => {
  const results = {};
  for (const [name, code] of Object.entries(samples)) {
    results[name] = await new Promise((resolve) => {
      console.log = resolve;
      window.onerror = (message) => { resolve(JSON.stringify({ failed: message })); return true; };
      (0, eval)(code);
    });
  }
  done(results);
}))"""


async def test_every_sample_runs(prepared: Prepared, tmp_path: Path) -> None:
    """The answers have the types shown on the pages."""
    data = tmp_path / "data"
    shutil.copytree(prepared.folder, data)
    samples = {name: sample("bx24", name, params) for name, params in prepared.params.items()}
    with (
        closing(Parts(Settings(data=data, dev=True), scheme="http", port=8080)) as parts,
        listening(App(parts)) as origin,
        app_server() as server,
    ):
        address = server.page("/", "")
        token = parts.db.write_here(lambda tx: _open_to(tx, prepared, address))
        async with mapped_browser(origin) as browser:
            page = await browser.new_page()
            name = f"landingpad_{urlsplit(origin).port}"
            await page.context.add_cookies([{"name": name, "value": token, "url": origin}])
            results = await _play(page, f"{origin}/apps/{prepared.app_id}/", samples)
    recorded = read_recorded()
    assert set(results) == set(played())
    shown = {name: kind(recorded[name]["result"], "bx24") for name in results}
    told = {name: json.loads(text) for name, text in results.items()}
    failed = {name: value for name, value in told.items() if isinstance(value, dict) and "failed" in value}
    assert failed == {}
    assert {name: kind(value, "bx24") for name, value in told.items()} == shown


async def _play(page: Page, address: str, samples: dict[str, str]) -> dict[str, Any]:
    """Run the samples in the application and return the log of each."""
    results: dict[str, Any] = {}
    names = list(samples)
    for start in range(0, len(names), AT_ONCE):
        await page.goto(address)
        element = await page.wait_for_selector(".app-holder iframe")
        frame = await element.content_frame() if element is not None else None
        assert frame is not None
        await frame.wait_for_selector("main")
        results |= await frame.evaluate(PLAY, {name: samples[name] for name in names[start : start + AT_ONCE]})
    return results


def _open_to(tx: Tx, prepared: Prepared, address: str) -> str:
    """Give the example application a page, sign its user in, and return the session token."""
    now_ms = int(time.time() * 1000)
    tx.update(apps, prepared.portal_id, prepared.app_id, handler_url=address)
    ids = (prepared.portal_id, prepared.user_id)
    return sessions.begin(tx, *ids, address="", agent="A test", former_token="", now_ms=now_ms).token
