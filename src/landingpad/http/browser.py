"""The cookie of the session, and protection against forms sent by other sites."""

from starlette.requests import Request


def session_cookie_name(request: Request) -> str:
    """Return the name of the cookie that holds the session.

    With https the prefix `__Host-` keeps other hosts, subdomains included, from setting it. Servers at other ports of a
    host have their own cookies.
    """
    _, _, port = request.headers.get("host", "").rpartition(":")
    name = f"landingpad_{port}" if port.isascii() and port.isdigit() else "landingpad"
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def is_from_elsewhere(request: Request) -> bool:
    """Say whether the browser reports that a page of another origin sent the request."""
    if request.headers.get("sec-fetch-site", "") not in {"", "same-origin", "none"}:
        return True
    origin = request.headers.get("origin", "")
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}".lower()
    return bool(origin) and origin.lower() != own
