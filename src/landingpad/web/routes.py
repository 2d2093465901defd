"""All routes of the portal's pages for people."""

import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from landingpad.control.kit import Kit
from landingpad.domain.people.signin import SignIn
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import Limits
from landingpad.web.developer import local_apps, people, webhooks
from landingpad.web.developer.limits import LimitsPage
from landingpad.web.developer.log import LogPages
from landingpad.web.developer.methods import MethodPages
from landingpad.web.developer.test_kit import KitPages
from landingpad.web.frame.paths import ACCOUNT, SIGN_IN, SIGN_OUT, SITES
from landingpad.web.frame.screen import POST, open_screen, screen
from landingpad.web.screens import apps, page, site, sites
from landingpad.web.screens.account import AccountPages
from landingpad.web.screens.live import LivePages
from landingpad.web.screens.signin import SignInPages


def routes(
    sign_in: SignIn,
    closing: threading.Event,
    journal: Journal,
    limits: Limits,
    *,
    processes: int,
    body_limit: int,
    kit: Kit | None,
) -> list[Route]:
    """Return the routes.

    Args:
        sign_in: checks passwords.
        closing: ends streams of events when it is set.
        journal: the last calls.
        limits: the counters of the limits of calls.
        processes: number of processes that answer requests, each with its own journal.
        body_limit: the largest request, in bytes.
        kit: the server under control; None without developer mode.

    """
    signing_in, account, live = SignInPages(sign_in), AccountPages(sign_in), LivePages(closing)
    site_path, page_path = SITES + "{site_id:id}/", SITES + "{site_id:id}/pages/{page_id:id}/"
    return [
        Route(SIGN_IN, open_screen(signing_in.show)),
        Route(SIGN_IN, open_screen(signing_in.send), methods=POST),
        Route(SIGN_IN + "{code:code}", open_screen(signing_in.show_once)),
        Route(SIGN_IN + "{code:code}", open_screen(signing_in.use_once), methods=POST),
        Route(SIGN_OUT, screen(signing_in.leave), methods=POST),
        Route(ACCOUNT, screen(account.show)),
        Route(f"{ACCOUNT}password", screen(account.change_password), methods=POST),
        Route(f"{ACCOUNT}sign-out-everywhere", screen(account.end_all), methods=POST),
        Route(ACCOUNT + "sessions/{session_id:id}/end", screen(account.end), methods=POST),
        Route(SITES, screen(sites.show)),
        *apps.ROUTES,
        *webhooks.ROUTES,
        *local_apps.ROUTES,
        *people.ROUTES,
        *LogPages(journal, closing, processes=processes).routes,
        *LimitsPage(limits, body_limit=body_limit).routes,
        *MethodPages(journal).routes,
        *(KitPages(kit).routes if kit is not None else ()),
        Route(f"{SITES}new", screen(sites.ask_new)),
        Route(f"{SITES}new", screen(sites.make_new), methods=POST),
        Route(f"{SITES}live", screen(live.listen)),
        Route(SITES + "pictures/{page_id:id}", screen(live.picture)),
        Route(site_path, screen(site.show)),
        Route(f"{site_path}export", screen(site.export)),
        Route(page_path, screen(page.show)),
        Route(page_path + "difference/{before:id}/{after:id}", screen(page.difference)),
        Route(page_path + "undo/{publication:id}", screen(page.undo), methods=POST),
        *_actions(page_path, page.act, page.ACTIONS),
        *_actions(site_path + "folders/{folder_id:id}/", site.act_on_folder, site.FOLDER_ACTIONS),
        *_actions(site_path, sites.act, sites.ACTIONS),
    ]


def _actions(folder: str, act: Callable[..., Awaitable[Response]], actions: Iterable[str]) -> Iterator[Route]:
    """Return a route for each action; its endpoint gets the name of the action."""
    return (Route(folder + action, screen(partial(act, action=action)), methods=POST) for action in actions)
