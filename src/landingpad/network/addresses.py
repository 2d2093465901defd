"""Internet addresses that this server may reach for untrusted requests: pictures to load, pages to photograph."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[IpAddress]]]
"""Function that returns every address of a host name or of a literal address in any notation."""

# Python's own `is_global` changed between patch releases, hence this list.
# Source: the special-purpose address registries of IANA.
_NOT_PUBLIC_V4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers (CGNAT); metadata service of Alibaba Cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, but the platform service of Azure
        "169.254.0.0/16",  # link-local; metadata services of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; metadata service of Oracle Cloud
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = [
    ip_network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
]
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IpAddress) -> bool:
    """Return whether an address belongs to the public internet.

    Of the IPv6 addresses that embed an IPv4 address, only those of NAT64 can be public: networks without IPv4 reach all
    IPv4 hosts this way. They are public if the embedded address is.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_UNICAST_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def is_public_or_own(address: IpAddress) -> bool:
    """Return whether an address is public in developer mode, where the developer's own machine counts as public."""
    return address.is_loopback or is_public(address)


async def resolve(host: str, port: int) -> list[IpAddress]:
    """Return the addresses of a host by the system's resolver.

    Raises:
        OSError: the name does not exist or the resolver does not answer.

    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(info[4][0]) for info in found))
