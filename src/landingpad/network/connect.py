"""Connections to checked addresses: the name is resolved once, and only the checked address is connected to."""

import asyncio
import ssl
from collections.abc import Callable

from landingpad.network.addresses import IpAddress, Resolve

CONNECT_SECONDS = 5.0

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class UnknownHostError(OSError):
    """The host name could not be resolved."""


class NotPublicError(OSError):
    """The host is not on the public internet, so untrusted requests must not reach it."""


async def connect(
    host: str,
    port: int,
    *,
    resolve: Resolve,
    public: Callable[[IpAddress], bool],
    limit: int,
    tls: ssl.SSLContext | None = None,
) -> Streams:
    """Connect to the first address of a host that accepts.

    Args:
        host: name or literal address.
        port: number.
        resolve: returns the addresses of the host.
        public: returns whether an address may be reached; all addresses of the host must be.
        limit: buffer size of the reader in bytes.
        tls: context for TLS, with the certificate checked for the host; None for plain TCP.

    Raises:
        UnknownHostError: the name could not be resolved.
        NotPublicError: one of its addresses is not public.
        OSError: no address accepts a connection.

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
    failure: OSError | None = None
    for address in addresses:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(
                    str(address), port, limit=limit, ssl=tls, server_hostname=host if tls else None
                )
        except OSError as error:
            failure = error
    raise ConnectionError(f"{host}:{port} does not answer ({failure})")
