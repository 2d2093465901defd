"""Requests of this program to its own server: the control plane and test suites.

They use http.client: httpx takes four times as long to load, which every command and test run would wait for, and 1.7
times as long for a call.
"""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit


class OwnResponse(NamedTuple):
    """An HTTP response; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    url: str,
    verb: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    seconds: float = 60.0,
) -> OwnResponse:
    """Send a request on its own connection, so that a broken one affects no other request.

    Redirects are not followed, and proxies of the environment are not used.

    Args:
        url: address to connect to.
        verb: method of HTTP.
        body: content to send.
        headers: headers to send; `host` replaces the host of the address.
        tls: context for https; None trusts what this machine trusts.
        seconds: longest wait for each part of the answer.

    Raises:
        OSError: the server cannot be reached, or its answer is broken.

    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=seconds, context=tls
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection):
        try:
            connection.request(verb, target, body, dict(headers or {}))
            answer = connection.getresponse()
            return OwnResponse(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        except OSError:
            raise
        except http.client.HTTPException as error:
            raise ConnectionError(f"the answer is broken: {error!r}") from error
