"""Screens for administrators only."""

from functools import wraps

from starlette.responses import Response

from landingpad.web.frame.screen import Endpoint, ScreenEndpoint, screen
from landingpad.web.frame.visit import Visit


def admin_screen(endpoint: ScreenEndpoint) -> Endpoint:
    """Return the endpoint of a route that refuses everybody but administrators."""

    @wraps(endpoint)
    async def answer(visit: Visit) -> Response:
        if not visit.caller.user.is_admin:
            return await visit.page("developer/admins.html", status=403)
        return await endpoint(visit)

    return screen(answer)
