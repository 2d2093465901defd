"""https on a developer's machine: one authority to trust, and renewal of certificates."""

import asyncio
import ssl
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from landingpad.http.certificates import LEAF_DAYS, RENEW_BEFORE_DAYS
from landingpad.http.tls import DevelopmentCertificate, ca_environment, ensure_development_certificate
from landingpad.server.http_server import CannotStartError, certificate_of
from landingpad.settings import Settings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def leaf(files: DevelopmentCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def server_name_is_trusted(files: DevelopmentCertificate, name: str) -> bool:
    """Say whether a TLS client that trusts only the authority accepts the server."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(files.certificate, files.key)
    client_side = ssl.create_default_context(cafile=files.authority)

    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0, ssl=server_side)
    async with server:
        port = server.sockets[0].getsockname()[1]
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_side, server_hostname=name)
        except ssl.SSLCertVerificationError:
            return False
        writer.close()
        return True


HOSTS = ["acme.localhost", "*.sites.localhost", "Portal.test", "10.1.2.3"]


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "acme.localhost", "a.sites.localhost", "portal.test", "10.1.2.3"]
)
async def test_clients_that_trust_the_authority_trust_the_server(tmp_path: Path, name: str) -> None:
    assert await server_name_is_trusted(ensure_development_certificate(tmp_path, HOSTS), name)


async def test_other_names_are_not_trusted(tmp_path: Path) -> None:
    assert not await server_name_is_trusted(ensure_development_certificate(tmp_path, []), "portal.test")


def test_keys_are_for_the_owner_only(tmp_path: Path) -> None:
    files = ensure_development_certificate(tmp_path / "tls", [], now=NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
    assert modes == {"ca.key": 0o600, "ca.pem": 0o644, "localhost.key": 0o600, "localhost.pem": 0o644}
    assert files.key == tmp_path / "tls" / "localhost.key"


def test_a_second_call_changes_nothing(tmp_path: Path) -> None:
    ensure_development_certificate(tmp_path, ["a.test", "bücher.test", "*.ü.test"], now=NOW)
    before = contents(tmp_path)
    ensure_development_certificate(tmp_path, ["Bücher.test", "*.ü.test"], now=NOW + timedelta(days=300))
    assert contents(tmp_path) == before


def test_it_is_renewed_before_it_ends_by_the_same_authority(tmp_path: Path) -> None:
    files = ensure_development_certificate(tmp_path, [], now=NOW)
    authority, before = files.authority.read_bytes(), leaf(files)
    later = NOW + timedelta(days=LEAF_DAYS - RENEW_BEFORE_DAYS)
    assert ensure_development_certificate(tmp_path, [], now=later) == files
    assert files.authority.read_bytes() == authority
    assert before.not_valid_after_utc > later
    assert leaf(files).not_valid_after_utc > later + timedelta(days=LEAF_DAYS - 2)


def test_a_further_host_renews_the_certificate(tmp_path: Path) -> None:
    ensure_development_certificate(tmp_path, [], now=NOW)
    files = ensure_development_certificate(tmp_path, ["new.test"], now=NOW)
    names = leaf(files).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "new.test" in names.get_values_for_type(x509.DNSName)


def keep_authority_of_ten_years(folder: Path) -> None:
    """Write an authority as releases before trustme made it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Landingpad development authority")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.key").write_bytes(key.private_bytes(*form))
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


async def test_an_authority_of_an_earlier_release_is_kept(tmp_path: Path) -> None:
    """People have installed it."""
    keep_authority_of_ten_years(tmp_path)
    before = contents(tmp_path)
    files = ensure_development_certificate(tmp_path, HOSTS)
    assert {name: contents(tmp_path)[name] for name in before} == before
    assert await server_name_is_trusted(files, "portal.test")


def test_an_authority_that_ends_soon_is_replaced_with_its_leaf(tmp_path: Path) -> None:
    keep_authority_of_ten_years(tmp_path)
    files = ensure_development_certificate(tmp_path, [], now=NOW)
    before = contents(tmp_path)
    ensure_development_certificate(tmp_path, [], now=NOW + timedelta(days=3640))
    assert all(data != before[name] for name, data in contents(tmp_path).items())
    leaf(files).verify_directly_issued_by(x509.load_pem_x509_certificate(files.authority.read_bytes()))


@pytest.mark.parametrize("name", ["localhost.pem", "localhost.key"])
@pytest.mark.parametrize("data", [None, b"not a certificate"])
def test_a_lost_or_damaged_leaf_is_made_again(tmp_path: Path, name: str, data: bytes | None) -> None:
    files = ensure_development_certificate(tmp_path, [], now=NOW)
    if data is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(data)
    ensure_development_certificate(tmp_path, [], now=NOW)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)


def test_a_leaf_of_another_authority_is_made_again(tmp_path: Path) -> None:
    ours = ensure_development_certificate(tmp_path / "a", [], now=NOW)
    other = ensure_development_certificate(tmp_path / "b", [], now=NOW)
    ours.certificate.write_bytes(other.certificate.read_bytes())
    ours.key.write_bytes(other.key.read_bytes())
    ensure_development_certificate(tmp_path / "a", [], now=NOW)
    leaf(ours).verify_directly_issued_by(x509.load_pem_x509_certificate(ours.authority.read_bytes()))


def test_a_damaged_authority_is_named_and_kept(tmp_path: Path) -> None:
    """People may have installed it, so a silent replacement would cause unexplained errors."""
    files = ensure_development_certificate(tmp_path, [], now=NOW)
    files.authority.write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"ca\.pem .*damaged.*Delete both"):
        ensure_development_certificate(tmp_path, [], now=NOW)
    assert files.authority.read_bytes() == b"junk"


def test_an_authority_with_another_key_is_named(tmp_path: Path) -> None:
    ensure_development_certificate(tmp_path / "a", [], now=NOW)
    ensure_development_certificate(tmp_path / "b", [], now=NOW)
    (tmp_path / "a" / "ca.key").write_bytes((tmp_path / "b" / "ca.key").read_bytes())
    with pytest.raises(ValueError, match="does not belong to"):
        ensure_development_certificate(tmp_path / "a", [], now=NOW)


def test_a_certificate_is_valid_no_longer_than_browsers_accept(tmp_path: Path) -> None:
    found = leaf(ensure_development_certificate(tmp_path, [], now=NOW))
    assert found.not_valid_before_utc < NOW
    assert found.not_valid_after_utc - found.not_valid_before_utc < timedelta(days=398)


def test_the_authority_signs_no_other_authority(tmp_path: Path) -> None:
    files = ensure_development_certificate(tmp_path, [], now=NOW)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert not leaf(files).extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_host_that_cannot_stand_in_a_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"No certificate can be made for .*a b\.test"):
        ensure_development_certificate(tmp_path, ["a b.test"], now=NOW)
    with pytest.raises(CannotStartError, match=r"No certificate can be made for .*a b\.test"):
        certificate_of(Settings(data=tmp_path, tls="auto", tls_names="a b.test"))


def test_environment_of_clients() -> None:
    environment = ca_environment(Path("/x/ca.pem"))
    assert set(environment) == {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"}
    assert set(environment.values()) == {"/x/ca.pem"}


def test_the_module_alone_does_not_load_cryptography() -> None:
    code = "import sys, landingpad.http.tls; print({'cryptography', 'trustme'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "set()"
