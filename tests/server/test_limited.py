"""`/mcp` reads no more of callers who may be nobody than their limits allow."""

from typing import Any

import pytest

from support.portal import Portal

HEADERS = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b'{"a":"%s"}' % (b"x" * 4 * 1024 * 1024), 413, "4194304 bytes"),
        (b'{"a":[%s1]}' % (b"{}," * 10_001), 400, "more than 10000 values"),
    ],
    ids=["size", "values"],
)
async def test_messages_that_are_too_large_are_refused_before_they_are_decoded(
    portal: Portal, body: bytes, status: int, text: str
) -> None:
    async with portal.http() as http:
        answer = await http.post("/mcp", content=body, headers=HEADERS)
    assert answer.status_code == status
    assert text in answer.text
    assert answer.headers["connection"] == "close"


async def test_other_messages_reach_the_server(portal: Portal) -> None:
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"x": "y" * 100_000}}
    async with portal.http() as http:
        answer = await http.post("/mcp", json=message)
    assert answer.status_code == 200
    assert answer.json()["id"] == 1
