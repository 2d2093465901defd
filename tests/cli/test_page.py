"""`landingpad page` as a person types it."""

import re
from collections.abc import Callable

from support.portal import Portal

Run = Callable[..., list[str]]


async def test_publications_are_listed_and_gone_back_to(portal: Portal, run: Run) -> None:
    _, page_id, _ = await portal.published()
    await portal.block(page_id)
    await portal.call("landing.landing.publication", lid=page_id)
    newer, older = run(f"page history {page_id}")
    assert re.fullmatch(r"2\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t[0-9a-f]{12}", newer)
    assert older.startswith("1\t")
    assert run(f"page undo {page_id}") == [f"page {page_id} shows publication 1 again"]
    assert run(f"page undo {page_id} --to 2") == [f"page {page_id} shows publication 2 again"]


async def test_what_is_not_there_is_named(portal: Portal, run: Run) -> None:
    _, page_id, _ = await portal.published()
    [line] = run("page history 99", status=1)
    assert line.startswith("landingpad: There is no page 99. ")
    [line] = run(f"page undo {page_id} --to 7", status=1)
    assert "has no publication 7. Kept: none." in line
