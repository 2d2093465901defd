"""Cookies of browsers, and protection against forms sent by other sites."""

from collections.abc import MutableMapping
from typing import Any, Protocol

from landingpad.http.message import Request


class HasScope(Protocol):
    """A request with or without a framework."""

    @property
    def scope(self) -> MutableMapping[str, Any]:
        """What the server said about the request."""
        ...


def session_cookie_name(request: HasScope) -> str:
    """Return the name of the cookie that holds the session.

    With https the prefix `__Host-` keeps other hosts, subdomains included, from setting it. Servers at other ports of a
    host have their own cookies.
    """
    _, _, port = Request(request.scope).header(b"host").rpartition(":")
    name = f"landingpad_{port}" if port.isascii() and port.isdigit() else "landingpad"
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def cookie_of(request: Request, name: str) -> str:
    """Return the value of a cookie, or ""."""
    for part in request.header(b"cookie").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def set_cookie(name: str, value: str, *, secure: bool, seconds: int | None) -> tuple[bytes, bytes]:
    """Return the header that sets a cookie for this host only, or removes it with 0 seconds."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if secure:
        parts.append("Secure")
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return b"set-cookie", "; ".join(parts).encode()


def is_from_elsewhere(sent: HasScope) -> bool:
    """Say whether the browser reports that a page of another origin sent the request."""
    request = Request(sent.scope)
    if request.header(b"sec-fetch-site") not in {"", "same-origin", "none"}:
        return True
    origin = request.header(b"origin")
    own = f"{request.scope['scheme']}://{request.header(b'host')}".lower()
    return bool(origin) and origin.lower() != own
