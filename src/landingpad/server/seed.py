"""Seeds: TOML files with users, webhooks, applications, sites, pages and blocks of a portal for tests."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from landingpad.domain.app.apps import BadAddressError, add_app
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES, UnknownScopeError, add_user, add_webhook
from landingpad.errors import ApiError
from landingpad.rpc.auth import webhook_caller
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.people import people


class SeedProblemError(ValueError):
    """A seed is unusable; the text says where and why."""


class _Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class SeedUser(_Part):
    """A user; `ada` of `login = "ada"`."""

    login: str
    name: str = ""
    last_name: str = ""
    password: str | None = None
    admin: bool = False


class SeedWebhook(_Part):
    """A webhook with a name under which tests find it."""

    name: str
    user: str = "admin"
    scopes: tuple[str, ...] = SCOPES


class SeedApp(_Part):
    """An application with tokens for a user, and a name under which tests find it."""

    name: str
    title: str = ""
    user: str = "admin"
    scopes: tuple[str, ...] = SCOPES
    redirect_uri: str = ""
    handler_url: str = ""


class SeedBlock(_Part):
    """A block: its code, and `data` of landing.block.updatenodes."""

    code: str
    nodes: dict[str, Any] = {}


class SeedPage(_Part):
    """A page: fields of landing.landing.add, with its blocks from top to bottom."""

    code: str
    title: str = ""
    fields: dict[str, Any] = {}
    blocks: tuple[SeedBlock, ...] = ()
    published: bool = True


class SeedSite(_Part):
    """A site: fields of landing.site.add, with its pages; the first one is the index."""

    code: str
    title: str = ""
    fields: dict[str, Any] = {}
    pages: tuple[SeedPage, ...] = ()


class SeedFile(_Part):
    """A whole seed."""

    users: tuple[SeedUser, ...] = ()
    webhooks: tuple[SeedWebhook, ...] = ()
    apps: tuple[SeedApp, ...] = ()
    sites: tuple[SeedSite, ...] = ()


class Seeded(msgspec.Struct):
    """Content of a seeded portal, in the form of portal.json."""

    told: dict[str, Any]

    @property
    def webhooks(self) -> Mapping[str, str]:
        """The addresses of webhooks by name."""
        return dict(self.told["webhooks"])


def read_seed(path: Path) -> SeedFile:
    """Read a TOML file.

    Raises:
        SeedProblemError: the file is unreadable or not a valid seed.

    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), SeedFile)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SeedProblemError(f"The seed {path} cannot be used: {error}.") from error


async def plant(parts: Parts, seed: SeedFile, told: dict[str, Any], url: str) -> Seeded:
    """Add the content of a seed to a portal, and return the content of portal.json.

    Args:
        parts: the parts of the server.
        seed: the seed to add.
        told: the content of portal.json so far: webhooks and application.
        url: the address of the portal.

    Raises:
        SeedProblemError: a part of the seed cannot be made.

    """
    told = {**told, "webhooks": dict(told["webhooks"])}
    try:
        parts.db.write_here(lambda tx: _people_and_programs(parts, tx, seed, told, url))
        for site in seed.sites:
            told.setdefault("sites", {})[site.code] = await _site(parts, site, told)
    except (UnknownScopeError, BadAddressError, ApiError) as error:
        raise SeedProblemError(f"The seed cannot be used: {error}") from error
    return Seeded(told)


def _people_and_programs(parts: Parts, tx: Tx, seed: SeedFile, told: dict[str, Any], url: str) -> None:
    portal_id = parts.portals.find("") or 0
    now_ms, random = parts.services.clock.now_ms(), parts.services.random
    for user in seed.users:
        made = add_user(
            tx,
            portal_id,
            login=user.login,
            name=user.name or user.login.title(),
            last_name=user.last_name,
            password=user.password,
            is_admin=user.admin,
            now_ms=now_ms,
        )
        told.setdefault("users", {})[user.login] = made
    for webhook in seed.webhooks:
        user_id = _user(tx, portal_id, webhook.user)
        code = add_webhook(
            tx, portal_id, user_id, scopes=webhook.scopes, title=webhook.name, now_ms=now_ms, random=random
        )
        told["webhooks"][webhook.name] = f"{url}/rest/{user_id}/{code}/"
    for app in seed.apps:
        user_id = _user(tx, portal_id, app.user)
        new = add_app(
            tx,
            portal_id,
            title=app.title or app.name,
            scopes=app.scopes,
            redirect_uri=app.redirect_uri or f"{url}/",
            handler_url=app.handler_url,
            now_ms=now_ms,
            random=random,
        )
        pair = oauth.grant_directly(tx, new.app, user_id, now_ms, random)
        told.setdefault("apps", {})[app.name] = {
            "client_id": new.app.client_id,
            "client_secret": new.client_secret,
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
        }


def _user(tx: Tx, portal_id: int, login: str) -> int:
    found = people.by_login(tx, portal_id, login)
    if found is None:
        raise SeedProblemError(f"The seed names the user {login!r}, which it does not define.")
    return found[0].id


async def _site(parts: Parts, site: SeedSite, told: Mapping[str, Any]) -> dict[str, Any]:
    """Make a site through the API, as any client would, and return its ids."""
    portal_id = parts.portals.find("") or 0
    user, code = str(told["webhook"]).partition("/rest/")[2].strip("/").split("/")
    now = parts.services.clock.now()
    caller = parts.db.read_here(lambda tx: webhook_caller(tx, portal_id, user, code, int(now * 1000)))

    async def call(method: str, **params: Any) -> Any:
        return (await parts.dispatcher.run(caller, method, params, now=now)).result

    fields = {"TITLE": site.title or site.code.title(), "CODE": site.code, **site.fields}
    site_id: int = await call("landing.site.add", fields=fields)
    pages: dict[str, int] = {}
    for page in site.pages:
        fields = {"TITLE": page.title or page.code.title(), "CODE": page.code, "SITE_ID": site_id, **page.fields}
        pages[page.code] = page_id = await call("landing.landing.add", fields=fields)
        if len(pages) == 1:
            await call("landing.site.update", id=site_id, fields={"LANDING_ID_INDEX": page_id})
        last = 0
        for block in page.blocks:
            after = {"AFTER_ID": last} if last else {}
            last = await call("landing.landing.addblock", lid=page_id, fields={"CODE": block.code, **after})
            if block.nodes:
                await call("landing.block.updatenodes", lid=page_id, block=last, data=block.nodes)
        if page.published:
            await call("landing.landing.publication", lid=page_id)
    url = await call("landing.site.getPublicUrl", id=site_id)
    return {"id": site_id, "url": url, "pages": pages}
