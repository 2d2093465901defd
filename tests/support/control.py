"""Requests to the control plane of a portal."""

from typing import Any

import httpx

from support.portal import Portal


async def order(portal: Portal, verb: str, path: str, **body: Any) -> Any:
    """Send a request to the control plane and return its answer; it must succeed."""
    async with portal.http() as http:
        answer = await http.request(verb, f"/_landingpad/{path}", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()
