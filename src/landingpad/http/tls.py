"""Certificates for https on a developer's machine: an own authority, and a certificate that it signs.

The API refuses plain http, and its clients verify certificates. With the files of this module they can, after one
setting: the authority (`ca_environment`).
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ALWAYS = ("localhost", "*.localhost", "127.0.0.1", "::1")
"""Hosts that every development certificate holds.

Browsers take `*.localhost` for `acme.localhost`. OpenSSL, and so Python, PHP and curl, wants two labels after the star:
give them `acme.localhost` itself, or `*.sites.localhost`.
"""


class DevelopmentCertificate(NamedTuple):
    """Files in PEM format."""

    certificate: Path
    """The server's certificate, followed by that of the authority."""
    key: Path
    authority: Path


def ensure_development_certificate(
    folder: Path, hosts: Sequence[str], *, now: datetime | None = None
) -> DevelopmentCertificate:
    """Return a certificate for the hosts (names, `*.` wildcards, IP addresses), made or renewed only when needed.

    It is renewed 30 days before it ends and when a host is missing. The authority stays as long as it can, so that
    what trusts it keeps trusting. `now` has a time zone; without it the clock is read.

    Raises:
        OSError: the folder cannot be written.
        ValueError: the authority in the folder is damaged; the text says which files to delete.

    """
    from landingpad.http import certificates  # noqa: PLC0415  # slow to load, and most servers run without https

    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    files = DevelopmentCertificate(folder / "localhost.pem", folder / "localhost.key", folder / "ca.pem")
    authority_key = folder / "ca.key"
    wanted = sorted({*ALWAYS, *(host.lower() for host in hosts)})
    authority = certificates.read_authority(files.authority, authority_key)
    if authority is None or certificates.ends_soon(authority.certificate, now):
        authority = certificates.make_authority(now)
        _replace(authority_key, authority.key_pem(), 0o600)
        _replace(files.authority, authority.certificate_pem(), 0o644)
    if not certificates.is_usable_leaf(files.certificate, files.key, authority, wanted, now):
        leaf = certificates.make_leaf(authority, wanted, now)
        _replace(files.key, leaf.key_pem(), 0o600)
        _replace(files.certificate, leaf.certificate_pem() + authority.certificate_pem(), 0o644)
    return files


def ca_environment(ca: Path) -> dict[str, str]:
    """Return the variables by which OpenSSL and Python, requests, Node.js and curl trust an authority."""
    path = str(ca)
    return {"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path, "NODE_EXTRA_CA_CERTS": path, "CURL_CA_BUNDLE": path}


def _replace(path: Path, data: bytes, mode: int) -> None:
    """Write a file so that nobody ever sees half of it, nor a key with a wider mode."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    new.replace(path)
