"""Connections to checked addresses: the name is resolved once, and only the checked address is connected to."""

import asyncio
from collections.abc import Callable

from landingpad.network.addresses import IpAddress, Resolve

CONNECT_SECONDS = 5.0
"""Longest wait for the resolver, and for each address."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
IsPublic = Callable[[IpAddress], bool]


class UnknownHostError(OSError):
    """The host name could not be resolved."""


class NotPublicError(OSError):
    """The host is not on the public internet, so untrusted requests must not reach it."""


async def checked_addresses(host: str, port: int, *, resolve: Resolve, public: IsPublic) -> list[str]:
    """Return the addresses of a host, all of them checked.

    Args:
        host: name or literal address.
        port: number.
        resolve: returns the addresses of the host.
        public: returns whether an address may be reached; all addresses of the host must be.

    Raises:
        UnknownHostError: the name could not be resolved.
        NotPublicError: one of its addresses is not public.

    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            addresses = await resolve(host, port)
    except (OSError, UnicodeError) as error:  # TimeoutError is an OSError
        raise UnknownHostError(f"the name {host} was not found ({error})") from error
    private = [str(address) for address in addresses if not public(address)]
    if private or not addresses:
        listed = ", ".join(private) or "no address at all"
        raise NotPublicError(f"{host} is not on the public internet ({listed})")
    return [str(address) for address in addresses]


async def connect(host: str, port: int, *, resolve: Resolve, public: IsPublic, limit: int) -> Streams:
    """Connect to the first checked address of a host that accepts; `limit` is the buffer size of the reader in bytes.

    Raises:
        UnknownHostError: the name could not be resolved.
        NotPublicError: one of its addresses is not public.
        OSError: no address accepts a connection.

    """
    failure: OSError | None = None
    for address in await checked_addresses(host, port, resolve=resolve, public=public):
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(address, port, limit=limit)
        except OSError as error:
            failure = error
    raise ConnectionError(f"{host}:{port} does not answer ({failure})")
