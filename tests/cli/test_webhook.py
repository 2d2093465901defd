"""`landingpad webhook` as a person types it."""

from collections.abc import Callable
from pathlib import Path

import httpx

from support.portal import Portal

Run = Callable[..., list[str]]


async def test_a_webhook_calls_with_its_scopes_and_until_it_expires(portal: Portal, run: Run, tmp_path: Path) -> None:
    (tmp_path / "portal.json").write_text('{"url": "http://localhost:8080"}')
    [address] = run(f"webhook create --user {portal.admin_id} --scope landing,user_basic --days 2")
    assert address.startswith(f"http://localhost:8080/rest/{portal.admin_id}/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(portal.app)) as http:
        answer = (await http.post(f"{address}scope")).json()
        assert answer["result"] == ["landing", "user_basic"]
        portal.parts.services.clock.advance(3 * 86_400)
        answer = (await http.post(f"{address}scope")).json()
        assert "error" in answer


async def test_the_address_is_a_path_while_no_server_was_started(portal: Portal, run: Run) -> None:
    [address] = run(f"webhook create --user {portal.admin_id} --scope landing")
    assert address.startswith(f"/rest/{portal.admin_id}/")


async def test_what_is_not_there_is_named(portal: Portal, run: Run) -> None:
    [line] = run("webhook create --user 99 --scope landing", status=1)
    assert line == "landingpad: There is no user 99. `landingpad user list` shows them."
    [line] = run(f"webhook create --user {portal.admin_id} --scope sky", status=1)
    assert "sky" in line
    assert "landing" in line
