"""Equal seeds and equal calls give equal bytes, after a reset and from a new server.

By hand with more runs: LANDINGPAD_RUNS=100 pytest tests/testing/test_repeated.py
"""

import asyncio
import json
import os
import re
import socket
from typing import Any

import httpx
import pytest

from landingpad.reference.examples import Example, examples, prepare
from landingpad.testing import InProcess, Portal

pytestmark = pytest.mark.long

RUNS = int(os.environ.get("LANDINGPAD_RUNS", "2"))
MOMENT = 1_790_000_000.0
_TOOK = re.compile(rb'"(start|finish|duration|processing|operating)":[0-9.e-]+')
"""How long a call took, in the `time` of its answer and of those of a batch."""
_MOMENTS = re.compile(
    rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,}([+-][0-9:]{5}|Z)?|[0-9]{2}\.[0-9]{2}\.20[0-9]{2} [0-9:]{8}"
)
"""When something was made: what a server made before its clock was stopped."""
_WORKS = 0.9


class Run:
    """Calls all examples of the reference on one portal and records the bytes of the answers."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._http = httpx.Client(timeout=60)
        self.answers: list[tuple[str, bytes]] = []
        self.went_well: set[str] = set()

    def play(self) -> None:
        with self._http:
            self._play()

    def _play(self) -> None:
        self._portal.freeze(MOMENT)
        self.answers.append(("what portal.json says", json.dumps(self._portal.seeded).encode()))
        self._chance()
        for name, example in examples().items():
            asyncio.run(self._example(name, example))
        site = self._portal.call("landing.site.getList", params={"select": ["ID"], "limit": 1})[0]["ID"]
        self._portal.call("landing.site.publication", id=site)
        for address in ("landing.site.getPublicUrl", "landing.site.getPreview"):
            self._look(self._portal.call(address, id=site))

    def _chance(self) -> None:
        """Make calls with random answers: codes of pages that are taken, and new tokens."""
        site = self._call("landing.site.add", {"fields": {"TITLE": "T", "CODE": "chance"}}, app=False)
        for _ in range(3):
            fields = {"TITLE": "T", "CODE": "taken", "SITE_ID": site}
            self._call("landing.landing.add", {"fields": fields}, app=False)
        self._call("landing.landing.getList", {"params": {"select": ["CODE"]}}, app=False)
        app = self._portal.oauth_app
        secret = {"client_id": app.client_id, "client_secret": app.client_secret}
        given = {"grant_type": "refresh_token", "refresh_token": app.refresh_token, **secret}
        tokens = self._http.post(f"{self._portal.url}/oauth/token/", data=given)
        assert tokens.is_success, tokens.text
        self.answers.append(("oauth.token", tokens.content))

    async def _example(self, name: str, example: Example) -> None:
        async def call(method: str, params: dict[str, Any]) -> Any:
            return self._call(method, params, app=example.app)

        params = await prepare(example, call)
        if self._call(name, params, app=example.app) is not None:
            self.went_well.add(name)

    def _call(self, method: str, params: dict[str, Any], *, app: bool) -> Any:
        """Call a method; success or error, the answer must be equal each time."""
        address = f"{self._portal.url}/rest/" if app else self._portal.webhook_url
        by = {"auth": self._portal.oauth_app.access_token} if app else {}
        answer = self._http.post(address + method, json={**params, **by})
        self.answers.append((method, b"%d %s" % (answer.status_code, _TOOK.sub(rb'"\1":0', answer.content))))
        return answer.json().get("result")

    def _look(self, address: str) -> None:
        self.answers.append((address, self._portal.get(address).body))


def differences(first: Run, other: Run) -> list[str]:
    """Return pairs of answers that differ."""
    assert [name for name, _ in first.answers] == [name for name, _ in other.answers]
    pairs = zip(first.answers, other.answers, strict=True)
    return [f"{name}:\n  {was[:2000]!r}\n  {now[:2000]!r}" for (name, was), (_, now) in pairs if was != now]


@pytest.fixture
def port() -> int:
    """A free port for all servers in turn, because addresses are part of answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_equal_calls_give_equal_bytes_after_each_reset(landingpad: InProcess) -> None:
    def played() -> Run:
        landingpad.reset()
        run = Run(Portal(landingpad))
        run.play()
        return run

    first = played()
    for _ in range(RUNS - 1):
        assert differences(first, played()) == []
    assert len(first.went_well) > _WORKS * len(examples()), set(examples()) - first.went_well


def test_servers_with_equal_seeds_give_equal_bytes(port: int) -> None:
    """Codes, tokens and ids are equal; only dates before the clock was stopped differ."""

    def played(seed: str) -> Run:
        with InProcess(port=port, chance=seed) as server:
            run = Run(Portal(server))
            run.play()
        run.answers = [(name, _MOMENTS.sub(b"(moment)", body)) for name, body in run.answers]
        return run

    first = played("seven")
    for _ in range(RUNS - 1):
        assert differences(first, played("seven")) == []
    others = {told.partition(":")[0] for told in differences(first, played("eight"))}
    assert {"what portal.json says", "oauth.token", "landing.landing.getList"} <= others, "chance decides these"
