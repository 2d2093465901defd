"""Access to the control plane: programs on this machine, or clients with the control token.

A browser on this machine is one of its programs and may show foreign pages. So the Host must be a loopback name (not a
foreign name that resolves to this machine), and a page must have the portal's own origin.
"""

import hmac
from urllib.parse import urlsplit

from landingpad.http.asgi import is_loopback
from landingpad.http.message import Request

TOKEN_HEADER = b"x-landingpad-token"
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OF_PROXIES = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"cf-connecting-ip")
_FROM_OUTSIDE = frozenset({"cross-site", "same-site"})


def refusal(request: Request, token: str) -> str:
    """Return why a request is refused, or "".

    Args:
        request: the request to check.
        token: the control token of this server; "" if it has none.

    """
    origin = request.header(b"origin")
    if origin and urlsplit(origin).netloc.lower() != request.header(b"host").lower():
        return f"Pages of {origin[:200]} may not control this server."
    if request.header(b"sec-fetch-site") in _FROM_OUTSIDE:
        return "Pages of other sites may not control this server."
    given = request.header(TOKEN_HEADER)
    if given:
        if token and hmac.compare_digest(given.encode(), token.encode()):
            return ""
        return "The control token is wrong. Send the value of the server's LANDINGPAD_CONTROL_TOKEN."
    if any(request.header(name) for name in _OF_PROXIES):
        return "Requests through a proxy or tunnel need LANDINGPAD_CONTROL_TOKEN in the header X-Landingpad-Token."
    if not is_loopback(request.client_address):
        return "Programs on other machines need LANDINGPAD_CONTROL_TOKEN in the header X-Landingpad-Token."
    if request.host not in _OWN_NAMES:
        return f"The control plane is at localhost, not at {request.host[:200]}."
    return ""
