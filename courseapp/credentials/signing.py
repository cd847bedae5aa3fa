"""The issuer's key: made on the first run, kept outside the database, encrypted with the secret key."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


class KeyUnreadable(Exception):
    """The key file is there but cannot be opened with this secret key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the issuer's private key."""

    _private_key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The public key in base 64, as it is stored and shown."""
        raw = self._private_key.public_key().public_bytes_raw()
        return base64.b64encode(raw).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """What names the key: half of the SHA-256 of the public key, in hexadecimal."""
        return fingerprint_of(self.public_key)

    def sign(self, message: bytes) -> str:
        """Return the Ed25519 signature (RFC 8032) in base 64."""
        return base64.b64encode(self._private_key.sign(message)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues certificates: a name, the site's public address, and the key."""

    name: str
    base_url: str
    signer: Signer


def fingerprint_of(public_key: str) -> str:
    """Return the name of a public key given in base 64."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:32]


def signature_holds(message: bytes, signature: str, public_key: str) -> bool:
    """Tell whether the signature over the message was made with this key; all in base 64 but the message."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_or_create_signer(path: Path, secret_key: str) -> Signer:
    """Open the key file, or make one with mode 0600; safe when two processes start at once.

    Raises KeyUnreadable when the file was encrypted with another secret key.
    """
    passphrase = hashlib.sha256(b"issuer key:" + secret_key.encode()).digest()
    if not path.exists():
        _create(path, passphrase)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except (TypeError, ValueError) as error:  # TypeError: the file holds a key in the open
        raise KeyUnreadable(
            f"{path} cannot be opened with this secret key: put the key back with which it was made. "
            "If that one is lost, move the file away: a new key signs new certificates, "
            "and old ones can still be verified."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadable(f"{path} does not hold an Ed25519 key")
    return Signer(key)


def _create(path: Path, passphrase: bytes) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        # A link, unlike a rename, never replaces: the first process's key wins, whole.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
