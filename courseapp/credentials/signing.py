"""Ed25519 keys: making them, sealing the private half, signing, and checking what was signed.

A private key is stored encrypted (PKCS #8 in PEM) with what is derived from the installation's secret key; in
the clear it exists in memory only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


class KeyUnreadable(Exception):
    """The stored key cannot be opened with this secret key."""


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

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032), 64 bytes."""
        return self._private_key.sign(message)

    def __repr__(self) -> str:
        # A key must not end in a log with whatever holds it.
        return f"Signer({self.fingerprint})"


def new_signer() -> Signer:
    """Return a signer with a key that nobody has had before."""
    return Signer(Ed25519PrivateKey.generate())


def seal(signer: Signer, secret_key: str) -> str:
    """Return the private key encrypted for storing."""
    return signer._private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_passphrase(secret_key)),
    ).decode("ascii")


# Opening takes milliseconds on purpose, and every certificate needs it. The sealed text is the argument, so
# that a new key or secret is never answered with an old one.
@lru_cache(maxsize=4)
def unseal(sealed: str, secret_key: str) -> Signer:
    """Return the signer whose key was sealed with this secret key; raises KeyUnreadable."""
    try:
        key = serialization.load_pem_private_key(sealed.encode("ascii"), _passphrase(secret_key))
    except (TypeError, ValueError) as error:  # TypeError: the key lies in the open
        raise KeyUnreadable(
            "The issuer's key cannot be opened with this secret key: put the secret key back with which it "
            "was made. If that one is lost, run `courseapp certificates rotate-key --lost`: a new key signs "
            "new certificates, and old ones can still be verified."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadable("The issuer's key is not an Ed25519 key.")
    return Signer(key)


def fingerprint_of(public_key: str) -> str:
    """Return the name of a public key given in base 64."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:32]


def signature_holds(message: bytes, signature: bytes, public_key: str) -> bool:
    """Tell whether the signature over the message was made with this key, which is given in base 64."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def to_base64(signature: bytes) -> str:
    """Return a signature as it is stored beside a statement."""
    return base64.b64encode(signature).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read a stored signature back; what is none becomes empty, and holds for nothing."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def to_base64url(data: bytes) -> str:
    """Return bytes in base 64 for addresses (RFC 4648, section 5), without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read bytes back; raises ValueError for anything but the one way of writing them."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not in canonical base64url")
    return data


def _passphrase(secret_key: str) -> bytes:
    return hashlib.sha256(b"issuer key:" + secret_key.encode()).digest()
