"""A signed-in HTTP client that sends forms as pages of the portal do."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from landingpad.domain.people import sessions
from support.portal import Portal

COOKIE = "landingpad_8080"
ORIGIN = "http://localhost:8080"


def begin_session(portal: Portal, user_id: int, *, now_ms: int | None = None) -> str:
    """Sign a user in without a password and return the token."""
    moment = int(time.time() * 1000) if now_ms is None else now_ms
    made = portal.parts.db.write_here(
        lambda tx: sessions.begin(tx, portal.id, user_id, address="", agent="A test", former_token="", now_ms=moment)
    )
    return made.token


class Visitor:
    """An HTTP client with the session of a user."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http = http
        self.token = token

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path, headers=headers)

    async def send(self, path: str, /, **fields: Any) -> httpx.Response:
        """Send a form of the portal's pages."""
        data = {"csrf": sessions.csrf_token(self.token), **fields}
        return await self.http.post(path, data=data, headers={"origin": ORIGIN, "referer": f"{ORIGIN}/sites/"})

    async def follow(self, path: str, /, **fields: Any) -> httpx.Response:
        """Send a form and follow its redirect."""
        answer = await self.send(path, **fields)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return await self.get(answer.headers["location"])

    async def follow_get(self, path: str) -> httpx.Response:
        """Open a page that redirects and follow it."""
        answer = await self.get(path)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.http.cookies.set(name, value, domain="localhost.local")
        return await self.get(answer.headers["location"])


@asynccontextmanager
async def visitor(portal: Portal, user_id: int | None = None) -> AsyncIterator[Visitor]:
    """Return a client with a signed-in user, by default the administrator."""
    token = begin_session(portal, portal.admin_id if user_id is None else user_id)
    async with portal.http() as http:
        http.cookies.set(COOKIE, token, domain="localhost.local")
        yield Visitor(http, token)


def text_of(answer: httpx.Response) -> str:
    """Return the text of a page without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
