"""Screens for administrators only."""

from functools import wraps
from typing import Any

from landingpad.http.message import Answer
from landingpad.web.frame.answers import Stream
from landingpad.web.frame.routing import Handler, Route
from landingpad.web.frame.visit import Visit


def for_admins(route: Route) -> Route:
    """Return a route that refuses everybody but administrators."""
    return route._replace(get=_guarded(route.get), post=_guarded(route.post))


def _guarded(handler: Handler | None) -> Handler | None:
    if handler is None:
        return None

    @wraps(handler)
    async def answer(visit: Visit, **given: Any) -> Answer | Stream:
        if not visit.caller.user.is_admin:
            return await visit.page("developer/admins.html", status=403)
        return await handler(visit, **given)

    return answer
