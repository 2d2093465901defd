"""The first start on an empty database: a portal with an administrator, or in developer mode the demo portal."""

import secrets
from typing import Any
from urllib.parse import urlsplit

import msgspec

from landingpad.domain.app.apps import NewApplication, add_app
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES, Plan, add_portal, add_user, add_webhook
from landingpad.domain.people.sessions import new_link
from landingpad.rpc.auth import webhook_caller
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.site import sites as site_rows
from landingpad.web.frame.paths import SIGN_IN

ADMIN_LOGIN = "admin"


class FirstPortal(msgspec.Struct):
    """The first portal with its credentials."""

    portal_id: int
    password: str
    webhooks: dict[str, str]  # name -> "user/code"; the database stores only hashes of the codes


def portal_domain(settings: Settings) -> str:
    """Return the host name of the first portal: of its public address, or else of the listening address."""
    given = urlsplit(settings.public_url).hostname
    if given:
        return given
    return (
        "localhost" if settings.host in {"127.0.0.1", "::1", "0.0.0.0", "::", "localhost"} else settings.host  # noqa: S104  # compared, not bound
    )  # compared, not bound


def add_empty_portal(parts: Parts) -> FirstPortal:
    """Make a portal with one administrator, whose password is only in the result."""
    now_ms = parts.services.clock.now_ms()
    password = secrets.token_urlsafe(12)

    def work(tx: Tx) -> FirstPortal:
        portal_id = add_portal(
            tx, domain=portal_domain(parts.settings), title="Landingpad", now_ms=now_ms, plan=Plan.ENTERPRISE
        )
        add_user(
            tx, portal_id, login=ADMIN_LOGIN, name="Administrator", password=password, is_admin=True, now_ms=now_ms
        )
        return FirstPortal(portal_id, password, {})

    return parts.db.write_here(work)


def add_demo_portal(parts: Parts, *, with_passwords: bool = True) -> FirstPortal:
    """Make the demo portal: two users and three webhooks. Without passwords, which take time, nobody can sign in."""
    now_ms = parts.services.clock.now_ms()
    password = secrets.token_urlsafe(12)

    def work(tx: Tx) -> FirstPortal:
        portal_id = add_portal(
            tx, domain=portal_domain(parts.settings), title="Demo portal", now_ms=now_ms, random=parts.services.random
        )
        admin = add_user(
            tx,
            portal_id,
            login=ADMIN_LOGIN,
            name="Ada",
            last_name="Lindgren",
            password=password if with_passwords else None,
            is_admin=True,
            now_ms=now_ms,
        )
        plain = add_user(
            tx,
            portal_id,
            login="sam",
            name="Sam",
            last_name="Okafor",
            password=secrets.token_urlsafe(12) if with_passwords else None,
            is_admin=False,
            now_ms=now_ms,
        )
        others = [scope for scope in SCOPES if scope != "landing"]

        def webhook(user_id: int, scopes: Any, title: str) -> str:
            code = add_webhook(
                tx, portal_id, user_id, scopes=scopes, title=title, now_ms=now_ms, random=parts.services.random
            )
            return f"{user_id}/{code}"

        webhooks = {
            "admin": webhook(admin, SCOPES, "Demo: administrator, all scopes"),
            "plain": webhook(plain, SCOPES, "Demo: user without administrator rights"),
            "limited": webhook(admin, others, "Demo: administrator, without the scope landing"),
        }
        return FirstPortal(portal_id, password, webhooks)

    return parts.db.write_here(work)


def add_standard_portal(parts: Parts, url: str) -> dict[str, Any]:
    """Make the demo portal without its site, for test suites. Return the content of portal.json."""
    made = add_demo_portal(parts, with_passwords=False)
    app = add_demo_app(parts, url)
    return {
        "url": url,
        "webhook": f"{url}/rest/{made.webhooks['admin']}/",
        "webhooks": {name: f"{url}/rest/{code}/" for name, code in made.webhooks.items()},
        "oauth": app | demo_tokens(parts, app["client_id"], url),
    }


async def add_demo_site(parts: Parts, webhook: str) -> int:
    """Build the demo site through the API, on behalf of the owner of a webhook ("user/code"); return its id."""
    from landingpad.demo.build import build_demo_site  # noqa: PLC0415  # needed at a first start only

    portal_id = parts.portals.find("") or 0
    user, code = webhook.split("/")
    now_ms = parts.services.clock.now_ms()
    caller = parts.db.read_here(lambda tx: webhook_caller(tx, portal_id, user, code, now_ms))
    return await build_demo_site(parts.dispatcher, caller)


def add_demo_app(parts: Parts, url: str) -> dict[str, str]:
    """Make the demo application; return its client_id and client_secret, of which only a hash is stored."""
    portal_id = parts.portals.find("") or 0
    now_ms = parts.services.clock.now_ms()

    def work(tx: Tx) -> NewApplication:
        return add_app(
            tx,
            portal_id,
            title="Demo application",
            scopes=SCOPES,
            redirect_uri=f"{url}/",
            now_ms=now_ms,
            random=parts.services.random,
        )

    made = parts.db.write_here(work)
    return {"client_id": made.app.client_id, "client_secret": made.client_secret}


def demo_tokens(parts: Parts, client_id: str, url: str) -> dict[str, str]:
    """Return new tokens of the demo application for the administrator, and one that has expired.

    The application gets the present address of the server, which may have changed since the last start.
    """
    now_ms = parts.services.clock.now_ms()

    def work(tx: Tx) -> dict[str, str]:
        app = app_rows.by_client_id(tx, client_id)
        if app is None:
            return {}  # its owner removed it
        app_rows.update(tx, app, redirect_uri=f"{url}/")
        admin = people.by_login(tx, app.portal_id, ADMIN_LOGIN)
        if admin is None:
            return {}
        pair = oauth.grant_directly(tx, app, admin[0].id, now_ms, parts.services.random)
        return {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expired_token": oauth.expired_token(tx, app, admin[0].id, now_ms, parts.services.random),
        }

    return parts.db.write_here(work)


def sign_in_link(parts: Parts, url: str) -> str | None:
    """Return a one-time sign-in link of the administrator, or None if that user was removed."""
    portal_id = parts.portals.find("") or 0
    now_ms = parts.services.clock.now_ms()

    def work(tx: Tx) -> str | None:
        admin = people.by_login(tx, portal_id, ADMIN_LOGIN)
        if admin is None or not admin[0].is_active:
            return None
        return f"{url}{SIGN_IN}{new_link(tx, portal_id, admin[0].id, now_ms)}"

    return parts.db.write_here(work)


def site_address(parts: Parts, site_id: int) -> str | None:
    """Return the public address of a site of the first portal with a trailing slash, or None if it was deleted."""
    portal_id = parts.portals.find("") or 0

    def read(tx: Tx) -> str:
        site = site_rows.find_view(tx, portal_id, site_id)
        assert site is not None  # noqa: S101  # it was just made  # it was just made
        portal_host = site_rows.portal_host(tx, portal_id)
        return parts.services.urls.site(portal_host, site.type, site.code, site.host) + "/"

    return parts.db.read_here(read)
