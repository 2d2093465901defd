"""The clock of a server determines expiry, stored dates and the times of answers."""

import time

import pytest

from landingpad.domain.clock import Clock
from support.portal import ApiFailure, Portal

DAY = 86_400


def test_the_clock_shows_the_time_of_the_machine_until_it_is_moved() -> None:
    clock = Clock()
    before = time.time()
    assert before <= clock.now() <= time.time()
    clock.advance(DAY)
    assert clock.now() >= before + DAY
    clock.reset()
    assert clock.now() <= time.time()


def test_a_stopped_clock_resumes_from_its_time() -> None:
    clock = Clock()
    clock.set(1_790_000_000.5, frozen=True)
    assert clock.now() == clock.now() == 1_790_000_000.5
    assert clock.now_ms() == 1_790_000_000_500
    clock.advance(1.5)
    assert clock.now() == 1_790_000_002.0
    clock.resume()
    assert 1_790_000_002.0 <= clock.now() < 1_790_000_002.0 + 3600
    assert not clock.is_frozen


async def test_a_token_expires_when_the_clock_is_moved(portal: Portal) -> None:
    await portal.call("app.info", by="app")
    portal.parts.services.clock.advance(3601)
    with pytest.raises(ApiFailure) as caught:
        await portal.call("app.info", by="app")
    assert caught.value.code == "expired_token"


async def test_stored_dates_and_answers_use_the_clock(portal: Portal) -> None:
    portal.parts.services.clock.set(1_790_000_000, frozen=True)
    site_id = await portal.site("acme")
    answer = (await portal.answer("landing.site.getList", {"params": {"filter": {"ID": site_id}}})).json()
    assert answer["time"]["start"] == 1_790_000_000
    assert answer["result"][0]["DATE_CREATE"].startswith("09/21/2026")
