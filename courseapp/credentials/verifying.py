"""Checking a certificate that somebody brings: a file, or what a QR code says. Pure: keys and list are given.

The offline page does the same in the browser (courseapp/credentials/offline).
"""

from __future__ import annotations

import enum
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from courseapp.core.types import JsonObject
from courseapp.credentials import baking
from courseapp.credentials.compact import (
    CERTIFICATE,
    NoSignedText,
    NotSigned,
    SignedByAnother,
    hash_of_code,
    read_jws,
    strict_json,
)
from courseapp.credentials.proofs import NoProof, ProofByAnother, ProofProblem, check_proofs
from courseapp.credentials.rules import parse_code
from courseapp.credentials.signing import from_base64url, to_base64
from courseapp.credentials.types import PublishedKey

MOST_BYTES: Final = baking.MOST_BYTES
_PDF_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_MOST_INFLATED: Final = 5_000_000


class Finding(enum.StrEnum):
    """What was found about a certificate that somebody brought."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    # The revocation list is older than the certificate: nothing can be said about its state.
    NOT_COVERED = "not_covered"
    REFUSED = "refused"


class Refusal(enum.StrEnum):
    """Why something is not accepted as a certificate of this issuer."""

    NOTHING_FOUND = "nothing_found"
    NOT_SIGNED_HERE = "not_signed_here"
    CHANGED = "changed"
    OUTSIDE_KEY_LIFE = "outside_key_life"
    SWAPPED = "swapped"
    UNREADABLE_CODE = "unreadable_code"


_SENTENCES: Final[Mapping[Refusal, Any]] = {
    Refusal.NOTHING_FOUND: _l("There is no certificate in this."),
    Refusal.NOT_SIGNED_HERE: _l("It was not signed with a key of this issuer."),
    Refusal.CHANGED: _l("It is not what was signed: it was changed, or it is damaged."),
    Refusal.OUTSIDE_KEY_LIFE: _l("It is dated outside the time in which its key was in use."),
    Refusal.SWAPPED: _l("The address and the statement in the code name different certificates."),
    Refusal.UNREADABLE_CODE: _l("The certificate’s own code cannot be one."),
}


@dataclass(frozen=True, slots=True)
class Trust:
    """What a check relies on: the issuer's DID, its keys, and what is known to hold no more as of a day."""

    did: str
    keys: Sequence[PublishedKey]
    not_valid: Mapping[str, Sequence[str]]
    as_of: date

    def find_key(self, fingerprint: str) -> PublishedKey | None:
        """Return one of the issuer's keys."""
        return next((key for key in self.keys if key.fingerprint == fingerprint), None)

    def find_public_key(self, fingerprint: str) -> str | None:
        """Return the key itself, in base 64."""
        key = self.find_key(fingerprint)
        return None if key is None else _standard_base64(key)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check has found. What the certificate says is there only when the signature holds."""

    finding: Finding
    as_of: date
    refusal: Refusal | None = None
    since: str | None = None
    fingerprint: str = ""
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Why it was refused, in words."""
        return str(_SENTENCES[self.refusal]) if self.refusal else ""


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def verify(data: bytes, trust: Trust) -> Verdict:
    """Check whatever somebody brings: credential (JSON, PNG, SVG, PDF), or the text of a QR code."""
    if len(data) > MOST_BYTES:
        return Verdict(Finding.REFUSED, trust.as_of, Refusal.NOTHING_FOUND)
    try:
        text = _as_text(data)
        if text is not None and not text.lstrip().startswith(("{", "<")):
            return _verify_qr_text(text.strip(), trust)
        return _verify_credential(_find_credential(data), trust)
    except _Refused as refused:
        return Verdict(Finding.REFUSED, trust.as_of, refused.refusal)


def _verify_qr_text(text: str, trust: Trust) -> Verdict:
    address, separator, statement = text.rpartition("#")
    try:
        payload, fingerprint = read_jws(statement, CERTIFICATE, trust.find_public_key)
    except NotSigned as problem:
        raise _Refused(_refusal_of(problem)) from None
    says = {
        "code": str(payload.get("c", "")),
        "holder": str(payload.get("n", "")),
        "course": str(payload.get("t", "")),
        "module": str(payload.get("m", "")),
        "issuer": str(payload.get("i", "")),
        "completed_on": str(payload.get("d", "")),
        "issued_on": str(payload.get("s", "")),
        "hours": f"{payload.get('h', '')}",
    }
    if separator and parse_code(address.rpartition("/")[2]) != says["code"]:
        raise _Refused(Refusal.SWAPPED)
    return _judge(says, fingerprint, trust)


def _verify_credential(text: str, trust: Trust) -> Verdict:
    try:
        document = strict_json(text)
    except (ValueError, RecursionError):
        raise _Refused(Refusal.CHANGED) from None
    if not isinstance(document, dict) or "OpenBadgeCredential" not in _list(document.get("type")):
        raise _Refused(Refusal.NOTHING_FOUND)

    def find_key(method: str) -> str | None:
        did, _, fingerprint = method.partition("#")
        return trust.find_public_key(fingerprint) if did == trust.did else None

    try:
        proofs = check_proofs(document, find_key)
    except ProofProblem as problem:
        raise _Refused(_refusal_of(problem)) from None
    fingerprints = {str(proof["verificationMethod"]).partition("#")[2] for proof in proofs}
    try:
        says = _what_it_says(document)
        if document["issuer"]["id"] != trust.did or len(fingerprints) != 1:
            raise _Refused(Refusal.NOT_SIGNED_HERE)
    except (KeyError, TypeError, IndexError):
        raise _Refused(Refusal.NOTHING_FOUND) from None
    return _judge(says, fingerprints.pop(), trust)


def _what_it_says(document: JsonObject) -> dict[str, str]:
    subject = document["credentialSubject"]
    return {
        "code": parse_code(str(document["id"]).rpartition("/")[2]) or "",
        "holder": str(subject["identifier"][0]["identityHash"]),
        "course": str(subject["achievement"]["name"]),
        "module": "",
        "issuer": str(document["issuer"]["name"]),
        "completed_on": str(subject["activityEndDate"])[:10],
        "issued_on": str(document["validFrom"])[:10],
        "hours": "",
    }


def _judge(says: dict[str, str], fingerprint: str, trust: Trust) -> Verdict:
    """Hold what was signed against the key's life and the revocation list."""
    key = trust.find_key(fingerprint)
    code = parse_code(says["code"])
    if code is None:
        raise _Refused(Refusal.UNREADABLE_CODE)
    try:
        issued = date.fromisoformat(says["issued_on"])
    except ValueError:
        raise _Refused(Refusal.CHANGED) from None
    if key is None or not key.was_in_use_on(issued):
        raise _Refused(Refusal.OUTSIDE_KEY_LIFE)
    finding, since = Finding.VALID, None
    listed = trust.not_valid.get(hash_of_code(code))
    if listed is not None:
        finding, since = Finding(listed[0]), listed[1]
    elif issued > trust.as_of:
        finding = Finding.NOT_COVERED
    return Verdict(finding, trust.as_of, since=since, fingerprint=fingerprint, says=says)


def _refusal_of(problem: NotSigned | ProofProblem) -> Refusal:
    match problem:
        case SignedByAnother() | ProofByAnother():
            return Refusal.NOT_SIGNED_HERE
        case NoSignedText() | NoProof():
            return Refusal.NOTHING_FOUND
        case _:
            return Refusal.CHANGED


def _find_credential(data: bytes) -> str:
    """Return the credential in a file of any of the kinds that are handed out."""
    if data.startswith(b"%PDF-"):
        for candidate in _embedded_files(data):
            if b"OpenBadgeCredential" in candidate:
                return candidate.decode("utf-8", "replace")
        raise _Refused(Refusal.NOTHING_FOUND)
    if data.startswith(baking.PNG_SIGNATURE) or data.lstrip().startswith(b"<"):
        try:
            return baking.unbake(data)
        except ValueError:
            raise _Refused(Refusal.NOTHING_FOUND) from None
    text = _as_text(data)
    if text is None:
        raise _Refused(Refusal.NOTHING_FOUND)
    return text


def _embedded_files(pdf: bytes) -> Iterator[bytes]:
    """Yield the streams of a PDF that can be inflated, and those that are not compressed.

    Together they may be inflated to so much only: a small file can hold thousands that grow a thousandfold.
    """
    left = _MOST_INFLATED
    for match in _PDF_STREAM.finditer(pdf):
        stream = match.group(1)
        if stream.startswith(b"{"):
            yield stream
            continue
        try:
            inflated = zlib.decompressobj().decompress(stream, left)
        except zlib.error:
            continue
        yield inflated
        left -= len(inflated)
        if left <= 0:
            return


def _as_text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _standard_base64(key: PublishedKey) -> str:
    return to_base64(from_base64url(key.public_key))


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
