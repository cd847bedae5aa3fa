"""Proofs on credentials: W3C Data Integrity with the EdDSA cryptosuites.

A credential carries two proofs, each over the document without any proof. `eddsa-rdfc-2022` is what badge
verifiers ask for; `eddsa-jcs-2022` can be checked without a JSON-LD processor, by our offline page for one.
Source of both: W3C, Data Integrity EdDSA Cryptosuites v1.0, sections 3.2 and 3.3.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyld import jsonld
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

from courseapp.core.types import JsonObject
from courseapp.credentials.signing import Signer, signature_holds

CREDENTIALS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
BADGES_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
RDFC: Final = "eddsa-rdfc-2022"
JCS: Final = "eddsa-jcs-2022"

_MOST_PROOFS: Final = 4
# More could again be a graph that takes for ever.
_MEMBERS: Final = frozenset(
    {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
)
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class ProofProblem(ValueError):
    """A proof does not hold; the message says why, in words for an engineer."""


class NoProof(ProofProblem):
    """There is nothing that would be a proof of ours."""


class ProofByAnother(ProofProblem):
    """A proof was made with a key that is not one of the issuer's."""


def add_proofs(
    document: JsonObject, signer: Signer, *, verification_method: str, created: datetime
) -> JsonObject:
    """Return the document with both proofs."""
    proofs = []
    for suite in (RDFC, JCS):
        proof: JsonObject = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite,
            "created": moment(created),
            "verificationMethod": verification_method,
            "proofPurpose": "assertionMethod",
        }
        if suite == JCS:
            proof["@context"] = document["@context"]
        signature = signer.sign(_to_be_signed(document, proof))
        proofs.append({**proof, "proofValue": "z" + base58(signature)})
    return {**document, "proof": proofs}


def check_proofs(
    document: JsonObject, find_key: Callable[[str], str | None]
) -> Sequence[Mapping[str, Any]]:
    """Return the document's proofs if all of them hold; raises ProofProblem.

    One with `eddsa-jcs-2022` has to be among them, and is looked at first: canonicalizing a graph that somebody
    made for the purpose takes for ever, and only what was signed here gets that far. `find_key` returns the
    public key, in base 64, of a verification method, or None when it is not known.
    """
    proofs = _quick_ones_first(document.get("proof"))
    for proof in proofs:
        _check_members(proof, document.get("@context"))
        public_key = find_key(str(proof.get("verificationMethod")))
        if public_key is None:
            raise ProofByAnother("the key is not one of the issuer's")
        value = str(proof.get("proofValue"))
        bare = {name: part for name, part in proof.items() if name != "proofValue"}
        if not value.startswith("z") or not signature_holds(
            _to_be_signed(document, bare), from_base58(value[1:]), public_key
        ):
            raise ProofProblem("a signature does not hold")
    return proofs


def _check_members(proof: Mapping[str, Any], context: Any) -> None:
    if proof.get("type") != "DataIntegrityProof":
        raise NoProof("a proof is not a DataIntegrityProof")
    others = set(proof) - {"@context"}
    if others - _MEMBERS or not all(isinstance(proof[name], str) for name in others):
        raise ProofProblem("a proof says more than ours do")
    if proof.get("@context") != (context if proof["cryptosuite"] == JCS else None):
        raise ProofProblem("a proof has another @context than the document")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofProblem("a proof is made for another purpose")


def _quick_ones_first(proofs: Any) -> Sequence[Mapping[str, Any]]:
    """Return a document's proofs in the order in which they are checked; raises ProofProblem."""
    if isinstance(proofs, dict):
        proofs = [proofs]
    if not isinstance(proofs, list) or not all(isinstance(proof, dict) for proof in proofs):
        raise NoProof("a proof is not a DataIntegrityProof")
    by_suite = {
        suite: [proof for proof in proofs if proof.get("cryptosuite") == suite]
        for suite in (JCS, RDFC)
    }
    if not by_suite[JCS]:
        raise NoProof(f"there is no proof with {JCS}")
    if sum(map(len, by_suite.values())) != len(proofs) or len(proofs) > _MOST_PROOFS:
        raise ProofProblem("there is a proof with another cryptosuite, or there are too many")
    return [*by_suite[JCS], *by_suite[RDFC]]


def moment(at: datetime) -> str:
    """Return a moment as credentials write it (XML Schema dateTimeStamp), to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def jcs(value: Any) -> bytes:
    """Return the canonical form of JSON (RFC 8785) for what credentials hold: texts, lists, whole numbers.

    The order of keys by code points is that by UTF-16 units here, since every key is ASCII.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def base58(data: bytes) -> str:
    """Return bytes in base 58 with Bitcoin's alphabet, as multibase's `z` means it."""
    number, symbols = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        symbols = _BASE58[digit] + symbols
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + symbols


def from_base58(text: str) -> bytes:
    """Read 64 bytes back; anything else becomes empty, and is no signature."""
    if len(text) > 90 or any(symbol not in _BASE58 for symbol in text):
        return b""
    number = 0
    for symbol in text:
        number = number * 58 + _BASE58.index(symbol)
    if number.bit_length() > 64 * 8:
        return b""
    data = number.to_bytes(64, "big")
    return data if base58(data) == text else b""


def _to_be_signed(document: JsonObject, proof: JsonObject) -> bytes:
    unsecured = {name: part for name, part in document.items() if name != "proof"}
    if proof["cryptosuite"] == JCS:
        try:
            canonical = jcs(proof), jcs(unsecured)
        except (ValueError, RecursionError) as error:  # half a character, or nested without end
            raise ProofProblem("it cannot be written as canonical JSON") from error
    else:
        canonical = (
            _rdf({"@context": document["@context"], **proof}),
            _rdf(unsecured),
        )
    return b"".join(hashlib.sha256(part).digest() for part in canonical)


def _rdf(document: JsonObject) -> bytes:
    """Return canonical N-Quads (RDF Dataset Canonicalization, RDFC-1.0)."""
    try:
        quads = jsonld.normalize(
            document,
            {
                "algorithm": "URDNA2015",
                "format": "application/n-quads",
                "documentLoader": _contexts(),
            },
        )
    except (jsonld.JsonLdError, RecursionError, TypeError, ValueError) as error:
        raise ProofProblem(
            "it cannot be read as JSON-LD with the contexts that are known here"
        ) from error
    return str(quads).encode()


@cache
def _contexts() -> FrozenDocumentLoader:
    """Return what knows the two contexts, and refuses to fetch any other."""
    badges = Path(__file__).parent / "contexts" / "ob-v3p0-context-3.0.3.json"
    return FrozenDocumentLoader(
        {
            CREDENTIALS_CONTEXT: BUNDLED_CONTEXTS[CREDENTIALS_CONTEXT],
            BADGES_CONTEXT: badges,
        }
    )
