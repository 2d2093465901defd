"""Access to the control plane: programs on this machine, or clients with the control token.

A browser on this machine is one of its programs and may show foreign pages. So the Host must be a loopback name (not a
foreign name that resolves to this machine), and a page must have the portal's own origin.
"""

import hmac
from urllib.parse import urlsplit

from landingpad.control.declare import ControlError
from landingpad.http.asgi import Scope, client_address, header, host_of, is_loopback
from landingpad.settings import Settings

TOKEN_HEADER = b"x-landingpad-token"
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OF_PROXIES = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"cf-connecting-ip")
_FROM_OUTSIDE = frozenset({"cross-site", "same-site"})


def admit(scope: Scope, settings: Settings) -> None:
    """Check that a request may give orders to a server.

    Raises:
        ControlError: its sender is not admitted, or orders would reach only one of several processes.

    """
    refused = _refusal(scope, settings.control_token)
    if refused:
        raise ControlError(refused, 403)
    if settings.workers > 1:
        raise ControlError("An order reaches only one process. Start the server with one worker.", 409)


def _refusal(scope: Scope, token: str) -> str:
    """Return why a request is refused, or ""; `token` is the control token of this server, or ""."""
    origin = header(scope, b"origin")
    if origin and urlsplit(origin).netloc.lower() != header(scope, b"host").lower():
        return f"Pages of {origin[:200]} may not control this server."
    if header(scope, b"sec-fetch-site") in _FROM_OUTSIDE:
        return "Pages of other sites may not control this server."
    given = header(scope, TOKEN_HEADER)
    if given:
        if token and hmac.compare_digest(given.encode(), token.encode()):
            return ""
        return "The control token is wrong. Send the value of the server's LANDINGPAD_CONTROL_TOKEN."
    if any(header(scope, name) for name in _OF_PROXIES):
        return "Requests through a proxy or tunnel need LANDINGPAD_CONTROL_TOKEN in the header X-Landingpad-Token."
    if not is_loopback(client_address(scope)):
        return "Programs on other machines need LANDINGPAD_CONTROL_TOKEN in the header X-Landingpad-Token."
    host = host_of(scope)
    if host not in _OWN_NAMES:
        return f"The control plane is at localhost, not at {host[:200]}."
    return ""
