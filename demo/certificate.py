"""A certificate that the demo signs for itself, where telephones in the same network reach it."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FILE = "certificate.pem"  # with its key, as gunicorn and Werkzeug read it
LASTS = timedelta(days=390)


def prepare(folder: Path, host: str, now: datetime) -> Path:
    """The file with a certificate for `host` and its key; made anew when it is for another host or nearly over."""
    path = folder / FILE
    if not (path.exists() and _is_good(path, host, now)):
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_made(host, now))
    return path


def _is_good(path: Path, host: str, now: datetime) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    is_for = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == host
    return is_for and found.not_valid_before_utc <= now < found.not_valid_after_utc - timedelta(days=7)


def _made(host: str, now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(now.astimezone(UTC) + LASTS)
        .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    return made.public_bytes(encoding) + key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
