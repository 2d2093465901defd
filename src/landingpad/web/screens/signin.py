"""Signing in and out: with a password, or with a link that works once."""

import asyncio

from starlette.responses import Response

from landingpad.domain.people import sessions
from landingpad.domain.people.profiles import first_signed_in
from landingpad.domain.people.sessions import LONGEST_MS, NewSession
from landingpad.domain.people.signin import SignIn, TooManyFailuresError
from landingpad.domain.work import Work
from landingpad.http.browser import session_cookie_name
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.people import sessions as rows
from landingpad.web.frame.answers import see_other
from landingpad.web.frame.paths import SIGN_IN, SITES, is_local_path
from landingpad.web.frame.visit import Visit

_WRONG = "The login or the password is wrong."
_BECAUSE = {
    "reset": "The portal was reset, which ended your session. Sign in again.",
    "restore": "The portal was restored to a snapshot from before your sign-in. Sign in again.",
    "clock": "Your session has expired by the clock of the portal. Sign in again.",
}
"""Reasons shown to users whom the test kit has signed out."""
_TOO_MANY = "Too many attempts. Wait five minutes, then try again."


class SignInPages:
    """The pages that need no session."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    async def show(self, visit: Visit) -> Response:
        """Ask for the login and the password."""
        if visit.is_signed_in:
            return see_other(_goal(visit.asked("next")))
        goal, because = _goal(visit.asked("next")), _BECAUSE.get(visit.asked("because"), "")
        return await visit.page("signin.html", goal=goal, login="", problem="", because=because)

    async def send(self, visit: Visit) -> Response:
        """Check the login and the password."""
        login, goal = visit.text("login"), _goal(visit.text("next"))
        password = visit.fields.get("password")
        try:
            person = await asyncio.to_thread(
                self._sign_in.check,
                visit.portal.id,
                login,
                password if isinstance(password, str) else "",
                visit.client_address,
                visit.now_ms,
            )
        except TooManyFailuresError:
            return await visit.page("signin.html", status=429, goal=goal, login=login, problem=_TOO_MANY, because="")
        if person is None:
            return await visit.page("signin.html", status=401, goal=goal, login=login, problem=_WRONG, because="")
        return await signed_in(visit, person.id, goal, is_first=person.last_login_at is None)

    async def show_once(self, visit: Visit) -> Response:
        """Show the user of a sign-in link. Only the button uses the link up: link previews just open it."""
        code = visit.path_params["code"]
        person = await visit.read(lambda tx: sessions.user_of_link(tx, visit.portal.id, code, visit.now_ms))
        status = 200 if person is not None else 404
        return await visit.page("signin_once.html", status=status, person=person, code=code)

    async def use_once(self, visit: Visit) -> Response:
        """Sign in by a link."""
        code = visit.path_params["code"]
        person = await visit.write(lambda tx: sessions.use_link(tx, visit.portal.id, code, visit.now_ms))
        if person is None:
            return await visit.page("signin_once.html", status=404, person=None, code=code)
        return await signed_in(visit, person.id, SITES, is_first=person.last_login_at is None)

    async def leave(self, visit: Visit) -> Response:
        """End the session of this browser."""
        session = visit.visitor.session
        await visit.write(lambda tx: rows.end(tx, session.portal_id, session.user_id, session.id))
        answer = signed_out(visit)
        answer.headers["clear-site-data"] = '"cache"'
        return answer


async def signed_in(visit: Visit, user_id: int, goal: str, *, is_first: bool = False) -> Response:
    """Begin a session in this browser, end its former one, and redirect to a page."""
    former = visit.visitor.token if visit.is_signed_in else ""

    def work(tx: Tx) -> NewSession:
        user = people.find_user(tx, visit.portal.id, user_id)
        if is_first and user is not None:
            first_signed_in(Work(tx, user, visit.now_ms, visit.services), visit.portal.zone)
        return sessions.begin(
            tx,
            visit.portal.id,
            user_id,
            address=visit.client_address,
            agent=visit.headers.get("user-agent", ""),
            former_token=former,
            now_ms=visit.now_ms,
        )

    made = await visit.write(work)
    answer = see_other(goal)
    visit.set_cookie(answer, session_cookie_name(visit), made.token, seconds=LONGEST_MS // 1000)
    return answer


def signed_out(visit: Visit) -> Response:
    """Redirect to the sign-in and remove the cookie of the session."""
    answer = see_other(SIGN_IN)
    visit.set_cookie(answer, session_cookie_name(visit), "", seconds=0)
    return answer


def _goal(target: str) -> str:
    """Return the page to open after the sign-in: `target` if it is a page of this portal, or else the sites."""
    return target if is_local_path(target) and not target.startswith(SIGN_IN) else SITES
