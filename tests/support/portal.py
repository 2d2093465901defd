"""A portal in its own database, called through the real ASGI application as clients do."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from landingpad.domain.app.apps import add_app
from landingpad.domain.people.oauth import grant_directly
from landingpad.domain.people.portals import SCOPES, add_portal, add_user, add_webhook
from landingpad.rpc.declare import REGISTRY, Registry
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import migrate
from support.postgres import Cluster

PORTAL_HOST = "localhost"


class ApiFailure(Exception):  # noqa: N818  # tests inspect it; it is not a defect
    """An error answer of the API."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.code = str(body["error"])
        self.text = str(body["error_description"])


class Portal:
    """A portal with three webhooks, and HTTP clients for it."""

    def __init__(self, parts: Parts, host: str = PORTAL_HOST) -> None:
        self.parts = parts
        self.host = host
        self.app = App(parts)
        self.webhooks: dict[str, str] = {}
        self.tokens: dict[str, str] = {}  # of one application, for each of the two users
        now_ms = int(time.time() * 1000)

        def work(tx: Tx) -> None:
            self.id = add_portal(tx, domain=host, title="Test", now_ms=now_ms)
            self.admin_id = self._user(tx, "ada", is_admin=True, now_ms=now_ms)
            self.plain_id = self._user(tx, "sam", is_admin=False, now_ms=now_ms)
            others = [scope for scope in SCOPES if scope != "landing"]
            for name, user_id, scopes in (
                ("admin", self.admin_id, SCOPES),
                ("plain", self.plain_id, SCOPES),
                ("limited", self.admin_id, others),
            ):
                code = add_webhook(tx, self.id, user_id, scopes=scopes, title=name, now_ms=now_ms)
                self.webhooks[name] = f"/rest/{user_id}/{code}/"
            made = add_app(
                tx, self.id, title="Test", scopes=SCOPES, redirect_uri="https://app.example/back", now_ms=now_ms
            )
            self.app_record = made.app
            for name, user_id in (("app", self.admin_id), ("plain app", self.plain_id)):
                self.tokens[name] = grant_directly(tx, made.app, user_id, now_ms).access_token

        parts.db.write_here(work)

    def _user(self, tx: Tx, login: str, *, is_admin: bool, now_ms: int) -> int:
        return add_user(tx, self.id, login=login, name=login.title(), password=None, is_admin=is_admin, now_ms=now_ms)

    def http(self, host: str | None = None) -> httpx.AsyncClient:
        """Return a client for the portal's host or for another host of this server."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=f"http://{host or self.host}:8080", follow_redirects=False
        )

    async def answer(self, method: str, params: Any = None, *, by: str = "admin") -> httpx.Response:
        """Call a method with JSON by a webhook or application token and return the whole answer."""
        async with self.http() as http:
            if by in self.tokens:
                return await http.post(f"/rest/{method}", json={**(params or {}), "auth": self.tokens[by]})
            return await http.post(f"{self.webhooks[by]}{method}", json={} if params is None else params)

    async def call(self, method: str, *, by: Any = "admin", **params: Any) -> Any:
        """Call a method by a webhook and return its result.

        Raises:
            ApiFailure: the answer is an error.

        """
        response = await self.answer(method, params, by=by)
        body = response.json()
        if response.status_code != httpx.codes.OK or "error" in body:
            raise ApiFailure(response.status_code, body)
        return body["result"]

    async def get(self, address: str, **headers: str) -> httpx.Response:
        """Request a public address or a path of the portal."""
        url = httpx.URL(address)
        async with self.http(url.host or None) as http:
            return await http.get(url.raw_path.decode(), headers=headers)

    # -- shortcuts for many tests

    async def site(self, code: str = "acme", **fields: Any) -> int:
        """Make a site."""
        made: int = await self.call("landing.site.add", fields={"TITLE": "Acme", "CODE": code, **fields})
        return made

    async def page(self, site_id: int, code: str = "home", **fields: Any) -> int:
        """Make a page."""
        made: int = await self.call(
            "landing.landing.add", fields={"TITLE": "Home", "SITE_ID": site_id, "CODE": code, **fields}
        )
        return made

    async def block(self, page_id: int, code: str = "01.big_with_text", **fields: Any) -> int:
        """Put a block on a page, at the top unless AFTER_ID is given."""
        made: int = await self.call("landing.landing.addblock", lid=page_id, fields={"CODE": code, **fields})
        return made

    async def published(self, code: str = "acme") -> tuple[int, int, int]:
        """Create a site with a page of one block and publish it; return the three ids."""
        site_id = await self.site(code)
        page_id = await self.page(site_id)
        block_id = await self.block(page_id)
        await self.call("landing.landing.publication", lid=page_id)
        return site_id, page_id, block_id


class Databases:
    """Empty databases of one engine: copies of a file, or one PostgreSQL database that is emptied each time."""

    def __init__(self, engine: str, folder: Path, cluster: Cluster | None) -> None:
        self.engine = engine
        self._template = folder / engine
        self._template.mkdir(parents=True)
        self._url = cluster.new_database() if cluster else ""
        with Database(database_url(self._template, self._url)) as db:
            migrate(db)

    @contextmanager
    def parts(self, folder: Path, *, registry: Registry = REGISTRY, **settings: Any) -> Iterator[Parts]:
        """Return the parts of a server on an empty database, with its files in `folder`."""
        if self._url:
            _empty(self._url)
        else:
            for file in self._template.iterdir():
                shutil.copy(file, folder)
        given = {"dev": True, **settings}
        made = Settings(data=folder, database_url=self._url, **given)
        parts = Parts(made, scheme="http", port=8080, registry=registry)
        try:
            yield parts
        finally:
            parts.close()


def _empty(url: str) -> None:
    """Delete every row; with few rows this takes milliseconds, while TRUNCATE or a new database takes half a second."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename != 'alembic_version'"
        ).fetchall()
        deletes = "; ".join(f"DELETE FROM {name}" for (name,) in tables)  # noqa: S608  # names from the catalogue
        connection.execute(f"SET session_replication_role = replica; {deletes}")
