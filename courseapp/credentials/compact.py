"""Small signed texts (JWS, RFC 7515): the statement in a QR code, and the dated revocation list.

The kind of a text is part of what is signed (`typ`), so that neither can pass for the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from courseapp.core.types import JsonObject
from courseapp.credentials.signing import Signer, from_base64url, signature_holds, to_base64url
from courseapp.credentials.types import CertificateStatus, Statement

CERTIFICATE: Final = "certificate+jws"
REVOCATIONS: Final = "revocations+jws"


class NotSigned(ValueError):
    """A text is not one of ours; the message says why, in words for an engineer."""


class NoSignedText(NotSigned):
    """It does not even look like a signed text."""


class SignedByAnother(NotSigned):
    """It was signed with a key that is not one of the issuer's."""


def compact_statement(statement: Statement, signer: Signer) -> str:
    """Return what of a statement fits into a QR code, signed."""
    payload: JsonObject = {
        "c": statement.code,
        "n": statement.holder,
        "t": statement.course,
        "i": statement.issuer,
        "d": statement.completed_on.isoformat(),
        "s": statement.issued_at.date().isoformat(),
        "h": statement.hours,
    }
    if statement.module is not None:
        payload["m"] = statement.module
    return sign_jws(payload, CERTIFICATE, signer)


def revocation_list(
    not_valid: Iterable[tuple[str, CertificateStatus, datetime]],
    signer: Signer,
    *,
    did: str,
    at: datetime,
) -> str:
    """Return the signed list of all certificates (code, status, since when) that hold no more."""
    revoked = dict(sorted(by_hash(not_valid).items()))
    return sign_jws(
        {"iss": did, "iat": int(at.timestamp()), "revoked": revoked}, REVOCATIONS, signer
    )


def by_hash(
    not_valid: Iterable[tuple[str, CertificateStatus, datetime]],
) -> Mapping[str, Sequence[str]]:
    """Return status and day of what holds no more, by the hash of its code."""
    return {
        hash_of_code(code): [status.value, since.date().isoformat()]
        for code, status, since in not_valid
    }


def hash_of_code(code: str) -> str:
    """Return what stands for a code in the list: 96 bits of its SHA-256, in hexadecimal.

    The code itself would open the name behind it.
    """
    return hashlib.sha256(code.encode("ascii")).hexdigest()[:24]


def sign_jws(payload: JsonObject, kind: str, signer: Signer) -> str:
    """Return a payload signed, in the compact serialization."""
    header = {"alg": "EdDSA", "kid": signer.fingerprint, "typ": kind}
    signed = f"{_encode(header)}.{_encode(payload)}"
    return f"{signed}.{to_base64url(signer.sign(signed.encode('ascii')))}"


def read_jws(text: str, kind: str, find_key: Callable[[str], str | None]) -> tuple[JsonObject, str]:
    """Return the payload of a signed text and the fingerprint of its key; raises NotSigned.

    `find_key` returns the public key, in base 64, with a fingerprint, or None.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise NoSignedText("it does not have the three parts of a signed text")
    try:
        header, payload = (strict_json(from_base64url(part)) for part in parts[:2])
        signature = from_base64url(parts[2])
    except ValueError as error:
        raise NoSignedText("its parts cannot be read") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise NoSignedText("its parts cannot be read")
    if header.get("alg") != "EdDSA":
        raise NotSigned(f"the algorithm {header.get('alg')!r} is not accepted")
    if header.get("typ") != kind or set(header) != {"alg", "kid", "typ"}:
        raise NotSigned("it was signed as something else")
    public_key = find_key(str(header.get("kid")))
    if public_key is None:
        raise SignedByAnother("the key is not one of the issuer's")
    if not signature_holds(f"{parts[0]}.{parts[1]}".encode(), signature, public_key):
        raise NotSigned("the signature does not hold")
    return payload, str(header["kid"])


def strict_json(data: bytes | str) -> Any:
    """Read JSON in which no object names a member twice; raises ValueError.

    Readers disagree about which of two members counts, so one could be checked and the other shown.
    """
    return json.loads(data, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def _encode(value: JsonObject) -> str:
    return to_base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _no_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is named twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
