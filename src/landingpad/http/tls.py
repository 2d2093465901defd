"""Certificates for https on a developer's machine: an authority, and a server certificate signed by it.

The API refuses plain http, and clients verify certificates. They accept those of this module once they trust the
authority (`ca_environment`).
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ALWAYS = ("localhost", "*.localhost", "127.0.0.1", "::1")
"""Hosts in every development certificate.

Browsers accept `*.localhost` for `acme.localhost`. OpenSSL, and so Python, PHP and curl, requires two labels after the
star: add `acme.localhost` itself, or `*.sites.localhost`.
"""


class DevelopmentCertificate(NamedTuple):
    """Paths of the files, in PEM format."""

    certificate: Path
    """The server's certificate, followed by that of the authority."""
    key: Path
    authority: Path


def ensure_development_certificate(
    folder: Path, hosts: Sequence[str], *, now: datetime | None = None
) -> DevelopmentCertificate:
    """Return a certificate for the hosts (names, `*.` wildcards, IP addresses); make or renew it if needed.

    It is renewed 30 days before it expires, or if a host is missing. The authority is kept as long as possible, so that
    clients keep trusting it. `now` must have a time zone; None reads the clock.

    Raises:
        OSError: the folder is not writable.
        ValueError: the authority in the folder is damaged, or a host cannot stand in a certificate; the text says what
            to do.

    """
    from landingpad.http import certificates  # noqa: PLC0415  # slow to load, and most servers run without https

    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    files = DevelopmentCertificate(folder / "localhost.pem", folder / "localhost.key", folder / "ca.pem")
    authority_key = folder / "ca.key"
    wanted = sorted({*ALWAYS, *(host.lower().encode("idna").decode() for host in hosts)})
    authority = certificates.read_authority(files.authority, authority_key)
    if authority is None or certificates.ends_soon(authority.certificate, now):
        authority = certificates.make_authority()
        _replace(authority_key, authority.ca.private_key_pem.bytes(), 0o600)
        _replace(files.authority, authority.ca.cert_pem.bytes(), 0o644)
    if not certificates.is_usable_leaf(files.certificate, files.key, authority, wanted, now):
        leaf = certificates.make_leaf(authority, wanted, now)
        _replace(files.key, leaf.private_key_pem.bytes(), 0o600)
        _replace(files.certificate, leaf.cert_chain_pems[0].bytes() + authority.ca.cert_pem.bytes(), 0o644)
    return files


def ca_environment(ca: Path) -> dict[str, str]:
    """Return environment variables that make OpenSSL, Python, requests, Node.js and curl trust an authority."""
    path = str(ca)
    return {"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path, "NODE_EXTRA_CA_CERTS": path, "CURL_CA_BUNDLE": path}


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Replace a file atomically, with its final mode from the first byte."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    new.replace(path)
