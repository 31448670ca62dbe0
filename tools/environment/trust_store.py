"""The machine's certificate authorities in the form that Java reads (JKS).

A wheel's Java knows only the public authorities. Behind a proxy with an authority of its own, which the machine's
Python trusts, it could fetch nothing.

Source of the format: the layout comment of sun.security.provider.JavaKeyStore in OpenJDK.
"""

import hashlib
import ssl
import struct
from collections.abc import Sequence
from pathlib import Path

MAGIC = 0xFEEDFEED
VERSION = 2
TRUSTED_CERTIFICATE = 2
# Trust stores hold no secret; the password only seals the file against damage.
PASSWORD = "changeit"


def machine_certificates() -> list[bytes]:
    """The authorities that this Python trusts, DER-encoded; empty where it finds none."""
    return ssl.create_default_context().get_ca_certs(binary_form=True)


def write_trust_store(path: Path, certificates: Sequence[bytes]) -> None:
    """Writes a JKS trust store of DER-encoded certificates."""
    parts = [struct.pack(">III", MAGIC, VERSION, len(certificates))]
    for number, certificate in enumerate(certificates):
        created_milliseconds = 0
        parts += [struct.pack(">I", TRUSTED_CERTIFICATE), _text(f"machine-{number}")]
        parts += [struct.pack(">Q", created_milliseconds), _text("X.509"), struct.pack(">I", len(certificate))]
        parts.append(certificate)
    content = b"".join(parts)
    seal = hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + content, usedforsecurity=False)
    path.write_bytes(content + seal.digest())


def _text(value: str) -> bytes:
    encoded = value.encode("ascii")
    return struct.pack(">H", len(encoded)) + encoded
