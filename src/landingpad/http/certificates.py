"""Development certificates: make them with trustme, read and check those on disk.

Import this module only where a certificate is needed: cryptography is slow to load.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

LEAF_DAYS = 397
"""Browsers reject certificates valid for more than 398 days."""
RENEW_BEFORE_DAYS = 30

_CLOCK_SKEW = timedelta(days=1)


class Authority(NamedTuple):
    """The authority that signs certificates of servers, and its own certificate."""

    ca: trustme.CA
    certificate: x509.Certificate


def make_authority() -> Authority:
    """Make an authority that signs no other authorities; trustme lets it end in the year 3000."""
    ca = trustme.CA(path_length=0, organization_name="Landingpad", organization_unit_name="Development authority")
    return Authority(ca, x509.load_pem_x509_certificate(ca.cert_pem.bytes()))


def read_authority(certificate: Path, key: Path) -> Authority | None:
    """Return the authority stored in two files, or None if one of them is missing.

    Raises:
        ValueError: the files are damaged or do not belong together; the text says what to do.

    """
    if not (certificate.exists() and key.exists()):
        return None
    try:
        ca = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except ValueError as error:
        raise ValueError(
            f"The files {certificate} and {key} are damaged: {error}. "
            "Delete both files; new ones are made at the next start."
        ) from error
    if private.public_key() != found.public_key():
        raise ValueError(
            f"The key {key} does not belong to {certificate}. Delete both files; new ones are made at the next start."
        )
    return Authority(ca, found)


def is_usable_leaf(certificate: Path, key: Path, authority: Authority, hosts: list[str], now: datetime) -> bool:
    """Say whether two files hold a certificate of the authority for all hosts that does not expire soon."""
    if not (certificate.exists() and key.exists()):
        return False
    try:
        leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        leaf.verify_directly_issued_by(authority.certificate)
    except (ValueError, InvalidSignature):
        return False
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    held = {str(name.value) for name in names}
    return held.issuperset(hosts) and not ends_soon(leaf, now) and private.public_key() == leaf.public_key()


def ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    """Say whether a certificate should be replaced."""
    return certificate.not_valid_after_utc - now < timedelta(days=RENEW_BEFORE_DAYS)


def make_leaf(authority: Authority, hosts: list[str], now: datetime) -> trustme.LeafCert:
    """Make a server certificate for the hosts.

    Raises:
        ValueError: a host cannot stand in a certificate; the text names it.

    """
    begin = now - _CLOCK_SKEW
    try:
        return authority.ca.issue_cert(
            *hosts,
            organization_name="Landingpad",
            organization_unit_name="Server on this machine",
            not_before=begin,
            not_after=begin + timedelta(days=LEAF_DAYS),
        )
    except ValueError as error:
        raise ValueError(f"No certificate can be made for {', '.join(hosts)}: {error}.") from error
