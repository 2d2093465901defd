"""Forwarding headers of proxies, accepted from known addresses only."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from landingpad.http.asgi import Scope

_SCHEMES = ("http", "https")


class TrustedProxies:
    """Applies X-Forwarded-For, -Proto and -Host of proxies at known addresses."""

    def __init__(self, networks: str) -> None:
        """Read a list such as `10.0.0.0/8, ::1`.

        Raises:
            ValueError: a member is neither an address nor a network.

        """
        parts = [part.strip() for part in networks.split(",") if part.strip()]
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(part, strict=False) for part in parts]
        self._is_trusted = lru_cache(maxsize=1024)(self._look_up)

    def applied(self, scope: Scope) -> Scope:
        """Return the scope as the client sent it to the proxy; unchanged if the peer is not a trusted proxy."""
        client = scope.get("client")
        if not client or not self._is_trusted(client[0]):
            return scope
        forwarded = {b"x-forwarded-for": "", b"x-forwarded-proto": "", b"x-forwarded-host": ""}
        for name, value in scope["headers"]:
            if name in forwarded:
                joined = value.decode("latin-1")
                forwarded[name] = f"{forwarded[name]},{joined}" if forwarded[name] else joined
        changed = dict(scope)
        changed["client"] = (self._client(forwarded[b"x-forwarded-for"], client[0]), 0)
        proto = _last(forwarded[b"x-forwarded-proto"]).lower()
        if proto in _SCHEMES:
            changed["scheme"] = proto
        host = _last(forwarded[b"x-forwarded-host"])
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [(b"host", host.encode("latin-1")), *others]
        return changed

    def _client(self, chain: str, peer: str) -> str:
        """Return the last address of the chain that is not a trusted proxy; earlier ones may be forged."""
        found = peer
        for hop in reversed([part.strip() for part in chain.split(",") if part.strip()]):
            found = _address(hop)
            if not found:
                return "unknown"
            if not self._is_trusted(found):
                break
        return found

    def _look_up(self, address: str) -> bool:
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        mapped = getattr(ip, "ipv4_mapped", None)
        return any((mapped or ip) in network for network in self._networks)


def _last(values: str) -> str:
    """Return the value set by the nearest proxy; earlier values may come from the client."""
    return values.rpartition(",")[2].strip()


def _address(hop: str) -> str:
    """Return the address of a hop without its port, or "" if it is invalid."""
    text = hop.strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
