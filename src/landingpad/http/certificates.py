"""Development certificates: make, read and check them.

Import this module only where a certificate is needed: cryptography is slow to load.
"""

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
LEAF_DAYS = 397
"""Browsers reject certificates valid for more than 398 days."""
RENEW_BEFORE_DAYS = 30

_CLOCK_SKEW = timedelta(days=1)


class Pair(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def key_pem(self) -> bytes:
        """Return the unencrypted private key in PEM format."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def certificate_pem(self) -> bytes:
        """Return the certificate in PEM format."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def read_authority(certificate: Path, key: Path) -> Pair | None:
    """Return the authority stored in two files, or None if one of them is missing.

    Raises:
        ValueError: the files are damaged or do not belong together; the text says what to do.

    """
    if not (certificate.exists() and key.exists()):
        return None
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except ValueError as error:
        raise ValueError(
            f"The files {certificate} and {key} are damaged: {error}. "
            "Delete both files; new ones are made at the next start."
        ) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != found.public_key():
        raise ValueError(
            f"The key {key} does not belong to {certificate}. Delete both files; new ones are made at the next start."
        )
    return Pair(found, private)


def is_usable_leaf(certificate: Path, key: Path, authority: Pair, hosts: list[str], now: datetime) -> bool:
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


def make_authority(now: datetime) -> Pair:
    """Make an authority that signs only certificates of servers."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Landingpad development authority")
    certificate = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    return Pair(certificate, key)


def make_leaf(authority: Pair, hosts: list[str], now: datetime) -> Pair:
    """Make a server certificate for the hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    certificate = (
        _builder(_name("Landingpad on this machine"), issuer.subject, key, now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative_name(host) for host in hosts]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, SHA256())
    )
    return Pair(certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=days) - _CLOCK_SKEW)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
