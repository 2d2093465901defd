"""What a browser tells and keeps: its cookies, who is signed in with it, and whether a page of ours sent a form."""

from landingpad.http.message import Request


def session_cookie_name(request: Request) -> str:
    """Return the name of the cookie that holds the session.

    By https the browser keeps other hosts from setting it, below our own name, too. Servers at other ports of a host
    have cookies of their own.
    """
    _, _, port = request.header(b"host").rpartition(":")
    name = f"landingpad_{port}" if port.isascii() and port.isdigit() else "landingpad"
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def cookie_of(request: Request, name: str) -> str:
    """Return a cookie of a request; "" without it."""
    for part in request.header(b"cookie").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def set_cookie(name: str, value: str, *, secure: bool, seconds: int | None) -> tuple[bytes, bytes]:
    """Return the header that sets a cookie for this host alone; with 0 seconds it removes it."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if secure:
        parts.append("Secure")
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return b"set-cookie", "; ".join(parts).encode()


def is_from_elsewhere(request: Request) -> bool:
    """Say whether the browser tells that a page of another origin sent this."""
    if request.header(b"sec-fetch-site") not in {"", "same-origin", "none"}:
        return True
    origin = request.header(b"origin")
    own = f"{request.scope['scheme']}://{request.header(b'host')}".lower()
    return bool(origin) and origin.lower() != own
