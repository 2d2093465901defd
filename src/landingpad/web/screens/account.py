"""The account of the signed-in user: password and sessions."""

import asyncio
from functools import partial

from starlette.responses import Response

from landingpad.domain.people import sessions
from landingpad.domain.people.sessions import PasswordRefusedError
from landingpad.domain.people.signin import SignIn, TooManyFailuresError
from landingpad.store.db.engine import Tx
from landingpad.store.people import sessions as rows
from landingpad.web.frame.notes import NO_CALL
from landingpad.web.frame.paths import ACCOUNT
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.signin import signed_in, signed_out


class AccountPages:
    """Pages below /account/."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    async def show(self, visit: Visit, *, status: int = 200, problem: str = "", field: str = "") -> Response:
        """Show the account."""
        user = visit.caller.user
        listed = await visit.read(lambda tx: rows.of_user(tx, visit.portal.id, user.id))
        listed = [s for s in listed if not sessions.is_over(s.seen_at, s.expires_at, visit.now_ms)]
        return await visit.page(
            "account.html",
            status=status,
            sessions=listed,
            current=visit.visitor.session.id,
            problem=problem,
            field=field,
            shortest=sessions.SHORTEST_PASSWORD,
        )

    async def change_password(self, visit: Visit) -> Response:
        """Change the password, end all other sessions, and give this browser a new session."""
        user, session = visit.caller.user, visit.visitor.session
        old, new, again = (visit.fields.get(name) or "" for name in ("old", "new", "again"))
        if not (isinstance(old, str) and isinstance(new, str)) or new != again:
            return await self.show(visit, status=422, problem="The two new passwords differ.", field="again")
        try:
            known = await asyncio.to_thread(
                self._sign_in.check, visit.portal.id, user.login, old, visit.client_address, visit.now_ms
            )
        except TooManyFailuresError:
            return await self.show(visit, status=429, problem="Too many attempts. Wait five minutes.", field="old")
        if known is None or known.id != user.id:
            return await self.show(visit, status=422, problem="The current password is wrong.", field="old")
        try:
            made = await asyncio.to_thread(partial(sessions.checked_hash, new, login=user.login))
        except PasswordRefusedError as error:
            return await self.show(visit, status=422, problem=str(error), field="new")
        await visit.write(
            lambda tx: sessions.change_password(tx, visit.portal.id, user.id, made, keep_session=session.id)
        )
        return await signed_in(visit, user.id, f"{ACCOUNT}?changed=1")

    async def end(self, visit: Visit) -> Response:
        """End one other session of the user."""
        user, session_id = visit.caller.user, visit.path_params["session_id"]
        await visit.write(lambda tx: rows.end(tx, visit.portal.id, user.id, session_id))
        return visit.done(ACCOUNT, "Signed out there.", NO_CALL)

    async def end_all(self, visit: Visit) -> Response:
        """End all sessions of the user, including this one."""
        user = visit.caller.user

        def work(tx: Tx) -> None:
            rows.end_others(tx, visit.portal.id, user.id, but=0)
            rows.forget_links(tx, visit.portal.id, user.id)

        await visit.write(work)
        return signed_out(visit)
