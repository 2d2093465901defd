"""TLS key of the egress proxy for https addresses of this server, so that they need no network either."""

import base64
import datetime as dt
import hashlib
import ssl
import tempfile

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class OwnKey(msgspec.Struct, frozen=True):
    """A key for the lifetime of this process; only the Chromium started by us accepts it, for any host."""

    tls: ssl.SSLContext
    pin: str
    """Base64 of the public key's SHA-256, for Chromium's --ignore-certificate-errors-spki-list."""


def make_own_key(now: dt.datetime) -> OwnKey:
    """Return a new key with a certificate valid one day around `now` (pinned keys need no valid dates and names)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "landingpad pictures")])
    day = dt.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .sign(key, hashes.SHA256())
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.set_alpn_protocols(["http/1.1"])
    with tempfile.NamedTemporaryFile() as file:  # readable by this user only; the ssl module loads keys only from files
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.flush()
        tls.load_cert_chain(file.name)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return OwnKey(tls, base64.b64encode(hashlib.sha256(public).digest()).decode())
