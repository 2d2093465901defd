"""Screens for webhooks: secret addresses at which programs call the API as a user."""

from starlette.responses import Response
from starlette.routing import Route

from landingpad.domain.people.portals import FOREIGN_SCOPES, SCOPES, UnknownScopeError, add_webhook, revoke_webhook
from landingpad.rpc.declare import Registry
from landingpad.store.db.engine import Tx
from landingpad.store.people import webhooks as rows
from landingpad.store.people.webhooks import Webhook
from landingpad.web.frame.answers import see_other
from landingpad.web.frame.notes import NO_CALL, MadeCall
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.screen import POST, screen
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}webhooks/"
LONGEST_TITLE = 200
_FIRST_CALL = MadeCall("server.time", {})
_DAY_MS = 86_400_000
_DAYS = {"": "Never", "30": "In 30 days", "90": "In 90 days", "365": "In a year"}
_USUAL_SCOPES = ("landing",)


def scope_counts(registry: Registry) -> dict[str, int]:
    """Return scope -> number of methods here that it gives access to, those of absent parts of a portal last."""
    return {scope: sum(scope in method.scopes for method in registry) for scope in (*SCOPES, *FOREIGN_SCOPES)}


def listed(tx: Tx, visit: Visit) -> list[Webhook]:
    """Return the webhooks of the signed-in user; for administrators all of the portal."""
    user = visit.caller.user
    return rows.of_portal(tx, visit.portal.id) if user.is_admin else rows.of_user(tx, visit.portal.id, user.id)


def callers(tx: Tx, visit: Visit) -> dict[str, str]:
    """Return credential (as in log and limits) -> name of these webhooks."""
    return {f"webhook:{one.id}": one.title or f"Webhook {one.id}" for one in listed(tx, visit)}


async def show(visit: Visit, *, code: str = "") -> Response:
    """Show the webhooks; `code` is that of a new webhook, whose address is shown only once."""
    found = await visit.read(lambda tx: listed(tx, visit))
    address = f"{visit.origin}/rest/{visit.caller.user.id}/{code}" if code else ""
    return await visit.page(
        "developer/webhooks.html",
        webhooks=[one for one in found if one.revoked_at is None],
        revoked=[one for one in found if one.revoked_at is not None],
        scopes=SCOPES,
        address=f"{address}/" if address else "",
        samples=visit.samples(_FIRST_CALL, address) if address else {},
    )


async def ask_new(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    """Show the form for a new webhook."""
    return await visit.page(
        "developer/webhook_new.html",
        status=status,
        problem=problem,
        scopes=scope_counts(visit.dispatcher.registry),
        chosen=visit.texts("scopes") if problem else _USUAL_SCOPES,
        title=visit.text("title"),
        longest=LONGEST_TITLE,
        days=_DAYS,
        chosen_days=visit.text("days"),
    )


async def make(visit: Visit) -> Response:
    """Create a webhook of the signed-in user. Its code is only in this answer."""
    scopes, title, days = visit.texts("scopes"), visit.text("title"), visit.text("days")
    if not title or len(title) > LONGEST_TITLE or days not in _DAYS:
        problem = f"A webhook needs a name of at most {LONGEST_TITLE} characters, so that you recognize it later."
        return await ask_new(visit, status=422, problem=problem)
    if not scopes:
        return await ask_new(
            visit, status=422, problem="Choose at least one scope: scopes define what the webhook may do."
        )
    expires_at = visit.now_ms + int(days) * _DAY_MS if days else None
    user_id = visit.caller.user.id

    def work(tx: Tx) -> str:
        return add_webhook(
            tx, visit.portal.id, user_id, scopes=scopes, title=title, now_ms=visit.now_ms, expires_at=expires_at
        )

    try:
        code = await visit.write(work)
    except UnknownScopeError as error:
        return await ask_new(visit, status=422, problem=str(error))
    return await show(visit, code=code)


async def revoke(visit: Visit) -> Response:
    """Revoke a webhook."""
    user, webhook_id = visit.caller.user, visit.path_params["webhook_id"]
    is_done = await visit.write(lambda tx: revoke_webhook(tx, webhook_id, by=user, now_ms=visit.now_ms))
    if not is_done:
        return visit.done(PATH, "There is no such webhook, or it was revoked before.", NO_CALL, is_error=True)
    return visit.done(PATH, "The webhook is revoked. Calls with it now end with INVALID_CREDENTIALS.", NO_CALL)


async def start(visit: Visit) -> Response:  # noqa: ARG001  # the signature of handlers
    """Redirect from the developer area to its first screen."""
    return see_other(PATH)


ROUTES = (
    Route(DEVELOPER, screen(start)),
    Route(PATH, screen(show)),
    Route(f"{PATH}new", screen(ask_new)),
    Route(f"{PATH}new", screen(make), methods=POST),
    Route(PATH + "{webhook_id:id}/revoke", screen(revoke), methods=POST),
)
