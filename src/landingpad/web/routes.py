"""All routes of the portal's pages for people."""

import threading
from functools import partial

from landingpad.domain.people.signin import SignIn
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import Limits
from landingpad.web.developer import local_apps, people, webhooks
from landingpad.web.developer.control_client import ControlPlane
from landingpad.web.developer.limits import LimitsPage
from landingpad.web.developer.log import LogPages
from landingpad.web.developer.methods import MethodPages
from landingpad.web.developer.test_kit import KitPages
from landingpad.web.frame.paths import ACCOUNT, SIGN_IN, SIGN_OUT, SITES
from landingpad.web.frame.routing import Route, Routes
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
    control: ControlPlane | None,
) -> Routes:
    """Return the table of routes.

    Args:
        sign_in: checks passwords.
        closing: ends streams of events when it is set.
        journal: the last calls.
        limits: the counters of the limits of calls.
        processes: number of processes that answer requests, each with its own journal.
        body_limit: the largest request, in bytes.
        control: the control plane; None without developer mode.

    """
    signing_in, account, live = SignInPages(sign_in), AccountPages(sign_in), LivePages(closing)
    return Routes(
        [
            Route(SIGN_IN, signing_in.show, signing_in.send, is_open=True),
            Route(f"{SIGN_IN}<str:code>", signing_in.show_once, signing_in.use_once, is_open=True),
            Route(SIGN_OUT, post=signing_in.leave),
            Route(ACCOUNT, account.show),
            Route(f"{ACCOUNT}password", post=account.change_password),
            Route(f"{ACCOUNT}sign-out-everywhere", post=account.end_all),
            Route(f"{ACCOUNT}sessions/<int:session_id>/end", post=account.end),
            Route(SITES, sites.show),
            *apps.ROUTES,
            *webhooks.ROUTES,
            *local_apps.ROUTES,
            *people.ROUTES,
            *LogPages(journal, closing, processes=processes).routes,
            *LimitsPage(limits, body_limit=body_limit).routes,
            *MethodPages(journal).routes,
            *(KitPages(control).routes if control is not None else ()),
            Route(f"{SITES}new", sites.ask_new, sites.make_new),
            Route(f"{SITES}live", live.listen),
            Route(f"{SITES}pictures/<int:page_id>", live.picture),
            Route(f"{SITES}<int:site_id>/", site.show),
            Route(f"{SITES}<int:site_id>/export", site.export),
            Route(f"{SITES}<int:site_id>/pages/<int:page_id>/", page.show),
            Route(f"{SITES}<int:site_id>/pages/<int:page_id>/difference/<int:before>/<int:after>", page.difference),
            Route(f"{SITES}<int:site_id>/pages/<int:page_id>/undo/<int:publication>", post=page.undo),
            *(
                Route(f"{SITES}<int:site_id>/pages/<int:page_id>/{action}", post=partial(page.act, action=action))
                for action in page.ACTIONS
            ),
            *(
                Route(
                    f"{SITES}<int:site_id>/folders/<int:folder_id>/{action}",
                    post=partial(site.act_on_folder, action=action),
                )
                for action in site.FOLDER_ACTIONS
            ),
            *(
                Route(f"{SITES}<int:site_id>/{action}", post=partial(sites.act, action=action))
                for action in sites.ACTIONS
            ),
        ]
    )
