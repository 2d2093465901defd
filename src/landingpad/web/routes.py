"""Every page of the portal: what answers which path."""

from landingpad.domain.signin import SignIn
from landingpad.web import apps, sites
from landingpad.web.account import AccountPages
from landingpad.web.paths import ACCOUNT, SIGN_IN, SIGN_OUT, SITES
from landingpad.web.routing import Route, Routes
from landingpad.web.signin import SignInPages


def routes(sign_in: SignIn) -> Routes:
    """Return the table of routes."""
    signing_in, account = SignInPages(sign_in), AccountPages(sign_in)
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
        ]
    )
