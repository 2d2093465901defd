"""Who may give orders to a server in developer mode: programs of this machine, or whoever has the control token.

A browser of this machine is one of its programs, and pages of strangers are open in it. So the Host must be this
machine (a name of theirs that leads here is none), and a page must be of the portal's own origin.
"""

import hmac
from urllib.parse import urlsplit

from landingpad.http.message import Request
from landingpad.http.rest import is_loopback

TOKEN_HEADER = b"x-landingpad-token"
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_OF_PROXIES = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"cf-connecting-ip")
_FROM_OUTSIDE = frozenset({"cross-site", "same-site"})


def refusal(request: Request, token: str) -> str:
    """Say why a request is refused, or return "".

    Args:
        request: what asks.
        token: the control token of this server; "" for none.

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
        return "The control token is wrong; LANDINGPAD_CONTROL_TOKEN of the server says what it is."
    if any(request.header(name) for name in _OF_PROXIES):
        return "This came through a proxy or tunnel, perhaps from anybody: it takes LANDINGPAD_CONTROL_TOKEN."
    if not is_loopback(request.client_address):
        return "Only programs of the server's own machine may control it, or with LANDINGPAD_CONTROL_TOKEN."
    if request.host not in _OWN_NAMES:
        return f"The control plane is at localhost, not at {request.host[:200]}."
    return ""
