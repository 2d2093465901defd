"""How many messages one visitor sends through the forms of a site, counted by address in memory."""

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

HASTY_WEIGHT = 2
"""Messages that come without a page, or too soon after it, count as this many."""
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_MINUTES_IN_AN_HOUR = 6
"""A sender may send as much in an hour as in this many full minutes."""
_MOST_SENDERS = 20_000
_NETWORK_BITS = 64


class Senders:
    """Recent messages of each sender to each site. Each process counts on its own; nothing is stored."""

    def __init__(self, per_minute: int) -> None:
        """Make an empty count; 0 messages per minute means no limit."""
        self._per_minute = per_minute
        self._sent: OrderedDict[tuple[int, str], deque[tuple[int, int]]] = OrderedDict()

    def admit(self, site_id: int, address: str, now_ms: int, *, is_hasty: bool) -> bool:
        """Return whether a sender may send a message now, and count it if so."""
        if not self._per_minute:
            return True
        weight = min(HASTY_WEIGHT if is_hasty else 1, self._per_minute)
        key = (site_id, sender_of(address))
        sent = self._sent.setdefault(key, deque())
        self._sent.move_to_end(key)
        while sent and not now_ms - _HOUR_MS < sent[0][0] <= now_ms:
            sent.popleft()
        hour = sum(each for _, each in sent)
        minute = sum(each for at, each in sent if at > now_ms - _MINUTE_MS)
        if minute + weight > self._per_minute or hour + weight > self._per_minute * _MINUTES_IN_AN_HOUR:
            return False
        sent.append((now_ms, weight))
        if len(self._sent) > _MOST_SENDERS:
            self._sent.popitem(last=False)
        return True

    def take_back(self, site_id: int, address: str) -> None:
        """Uncount the last message of a sender, because nothing was stored."""
        sent = self._sent.get((site_id, sender_of(address)))
        if sent:
            sent.pop()

    def forget(self) -> None:
        """Clear the count."""
        self._sent.clear()


def sender_of(address: str) -> str:
    """Return what identifies a sender: an IPv4 address, or the network of an IPv6 address, which one sender owns."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return f"{int(ip) >> _NETWORK_BITS:x}"
