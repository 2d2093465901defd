"""A portal on which the examples of the reference can run in any language."""

import asyncio
import time
from pathlib import Path
from typing import Any

from landingpad.domain.app.apps import add_app
from landingpad.domain.people.oauth import grant_directly
from landingpad.domain.people.portals import SCOPES
from landingpad.reference.examples import Example, examples, prepare
from landingpad.reference.library import read_recorded
from landingpad.rpc.auth import token_caller, webhook_caller
from landingpad.store.db.engine import Tx
from support.portal import Databases, Portal

NOW_MS = int(time.time() * 1000)


class Prepared:
    """A portal with everything that the examples need; it is copied for each language."""

    def __init__(
        self, folder: Path, portal: Portal, app_id: int, token: str, params: dict[str, dict[str, Any]]
    ) -> None:
        self.folder, self.token, self.params = folder, token, params
        self.webhook = portal.webhooks["admin"].strip("/")
        self.portal_id, self.user_id, self.app_id = portal.id, portal.admin_id, app_id


def prepared_portal(empty: Path, folder: Path) -> Prepared:
    """Create a portal in `folder` with a site, and everything else needed, for each example."""
    databases = Databases("sqlite", empty, None)
    with databases.parts(folder) as parts:
        portal = Portal(parts)
        app_id, token = parts.db.write_here(lambda tx: _app(tx, portal))
        return Prepared(folder, portal, app_id, token, asyncio.run(_prepare_all(portal, token)))


async def _prepare_all(portal: Portal, token: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of every example."""
    by_app = portal.parts.db.read_here(lambda tx: token_caller(tx, portal.id, token, NOW_MS))
    user, code = portal.webhooks["admin"].removeprefix("/rest/").strip("/").split("/")
    by_webhook = portal.parts.db.read_here(lambda tx: webhook_caller(tx, portal.id, user, code, NOW_MS))
    params = {}
    for name, example in played().items():

        async def call(method: str, given: dict[str, Any], *, app: bool = example.app) -> Any:
            caller = by_app if app else by_webhook
            return (await portal.parts.dispatcher.run(caller, method, given, now=NOW_MS / 1000)).result

        params[name] = await prepare(example, call)
    return params


def _app(tx: Tx, portal: Portal) -> tuple[int, str]:
    made = add_app(tx, portal.id, title="Test", scopes=SCOPES, redirect_uri="https://app.example.com/", now_ms=NOW_MS)
    return made.app.id, grant_directly(tx, made.app, portal.admin_id, NOW_MS).access_token


def played() -> dict[str, Example]:
    """Return the examples that have an answer; tests/contract/test_new_methods.py names the methods that lack one."""
    recorded = read_recorded()
    return {name: example for name, example in examples().items() if "result" in recorded.get(name, ())}


def kind(value: Any, language: str) -> str:
    """Name the type of an answer; PHP does not tell lists from objects, applications see only their own rows."""
    if isinstance(value, list | dict) and language in {"php", "bx24"}:
        return "array"
    return type(value).__name__
