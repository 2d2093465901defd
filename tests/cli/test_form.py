"""`landingpad form` as a person types it."""

import json
from collections.abc import Callable

from landingpad.store.block import forms
from landingpad.store.db.engine import Tx
from support.portal import Portal

Run = Callable[..., list[str]]


def send(portal: Portal, site_id: int, page_id: int, fields: list[tuple[str, str]]) -> None:
    """Store what a visitor sent."""
    portal_id, content, now_ms = portal.parts.portals.find("") or 0, json.dumps(fields), 1_790_000_000_000

    def work(tx: Tx) -> int:
        return forms.add(tx, portal_id, site_id=site_id, page_id=page_id, block_id=1, fields=content, now_ms=now_ms)

    portal.parts.db.write_here(work)


async def test_entries_are_listed_newest_first_and_deleted(portal: Portal, run: Run) -> None:
    site_id, page_id, _ = await portal.published()
    send(portal, site_id, page_id, [("Name", "Ada")])
    send(portal, site_id, page_id, [("Name", "Eve"), ("Text", "one\ntwo \x1b[31mred")])
    newest, older = (json.loads(line) for line in run(f"form list --site {site_id} --json"))
    assert newest["fields"] == [{"name": "Name", "value": "Eve"}, {"name": "Text", "value": "one\ntwo \x1b[31mred"}]
    assert (newest["page_id"], newest["sent_at"]) == (page_id, "2026-09-21T14:13:20+00:00")
    lines = run(f"form list --site {site_id} --limit 1")
    assert lines[0] == f"#{newest['id']}  2026-09-21 14:13  page {page_id}"
    assert lines[1:4] == ["  Name: Eve", "  Text: one", "    two \\x1b[31mred"]
    assert run(f"form delete {newest['id']}") == []
    assert [json.loads(line) for line in run(f"form list --site {site_id} --json")] == [older]


def test_what_is_not_there_is_named(run: Run) -> None:
    assert run("form list --site 99", status=1) == [
        "landingpad: There is no site 99. `landingpad site list` shows them."
    ]
    [line] = run("form delete 99", status=1)
    assert line == "landingpad: There is no form entry 99. `landingpad form list` shows them."
