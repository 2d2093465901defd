"""Which hosts and origins `/mcp` answers, as the MCP specification demands against DNS rebinding.

A page elsewhere whose name points here would otherwise read the reference, or act where a browser adds a token.
"""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

_LOCALHOST = "localhost"


class Admission:
    """Decides by the headers Host and Origin of a request."""

    def __init__(self, is_own_name: Callable[[str], bool], is_safe_name: Callable[[str], bool]) -> None:
        """Store what it needs.

        Args:
            is_own_name: whether a host name is one of a portal or of the public address.
            is_safe_name: whether a host name is one that nobody else can point here.

        """
        self._is_own_name = is_own_name
        self._is_safe_name = is_safe_name

    def problem(self, scope: Mapping[str, Any]) -> str:
        """Return why a request is refused, or ""."""
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").strip().lower()
        name = _name_in(f"//{host}")
        if not (self._is_own_name(name) or self._is_safe_name(name) or _is_loopback(name)):
            return f"This server has no portal with the host name {name[:200]!r}."
        if b"origin" not in headers:
            return ""
        origin = headers[b"origin"].decode("latin-1").strip().lower()
        if origin in {f"http://{host}", f"https://{host}"}:
            return ""
        if origin.startswith(("http://", "https://")) and (
            _is_loopback(_name_in(origin)) or self._is_own_name(_name_in(origin))
        ):
            return ""
        return f"Pages of {origin[:200]!r} may not use this server."


def _name_in(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == _LOCALHOST or name.endswith(f".{_LOCALHOST}"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
