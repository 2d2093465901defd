"""A connection to a checked address: what the check saw is what is connected to, whatever the name says later."""

import asyncio
import ssl
from collections.abc import Callable

from landingpad.network.addresses import IpAddress, Resolve

CONNECT_SECONDS = 5.0

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class UnknownHostError(OSError):
    """The name of a host was not found."""


class NotPublicError(OSError):
    """A host is not on the public internet, so nothing is sent there on behalf of strangers."""


async def connect(
    host: str,
    port: int,
    *,
    resolve: Resolve,
    public: Callable[[IpAddress], bool],
    limit: int,
    tls: ssl.SSLContext | None = None,
) -> Streams:
    """Connect to the first address of a host that answers.

    Args:
        host: name or literal address.
        port: number.
        resolve: gives the addresses of the host.
        public: says which of them may be reached; all must be.
        limit: bytes that the reader keeps back.
        tls: speak TLS and check the certificate for the host.

    Raises:
        UnknownHostError: the name was not found.
        NotPublicError: one of its addresses is not public.
        OSError: nothing answers.

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
