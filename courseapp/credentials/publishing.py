"""What the issuer publishes for verifiers: its keys, and the state of every credential.

Sources: W3C, Decentralized Identifiers v1.0 and the did:web method; RFC 7517 (JWKS); W3C, Bitstring Status
List v1.0.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from courseapp.core.types import JsonObject
from courseapp.credentials.openbadge import status_list_url
from courseapp.credentials.proofs import CREDENTIALS_CONTEXT, add_proofs, base58, moment
from courseapp.credentials.signing import Signer, from_base64url, to_base64url
from courseapp.credentials.types import IssuerIdentity, PublishedKey

# The least that the specification allows: among so many, an index tells nothing about whom it stands for.
STATUS_LIST_LENGTH: Final = 131_072
_ED25519: Final = b"\xed\x01"  # multicodec's name of the kind of key


def did_document(issuer: IssuerIdentity, keys: Sequence[PublishedKey]) -> JsonObject:
    """Return who the issuer's DID stands for: all its keys, since what retired ones signed still holds."""
    methods = [
        {
            "id": issuer.method_of(key.fingerprint),
            "type": "Multikey",
            "controller": issuer.did,
            "publicKeyMultibase": "z" + base58(_ED25519 + from_base64url(key.public_key)),
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def jwks(keys: Sequence[PublishedKey]) -> JsonObject:
    """Return the issuer's keys as a JSON Web Key Set."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": key.public_key,
                "kid": key.fingerprint,
                "alg": "EdDSA",
                "use": "sig",
            }
            for key in keys
        ]
    }


def status_list_credential(
    issuer: IssuerIdentity,
    number: int,
    positions: Iterable[int],
    signer: Signer,
    *,
    at: datetime,
) -> JsonObject:
    """Return a status list, signed: a bit for each credential, set where it holds no more."""
    bits = bytearray(STATUS_LIST_LENGTH // 8)
    for position in positions:
        # The first index is the leftmost bit.
        bits[position // 8] |= 0x80 >> position % 8
    url = status_list_url(issuer, number)
    return add_proofs(
        {
            "@context": [CREDENTIALS_CONTEXT],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer.did,
            "validFrom": moment(at),
            "credentialSubject": {
                "id": f"{url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                # Without a time of compression, the same bits are the same bytes.
                "encodedList": "u" + to_base64url(gzip.compress(bytes(bits), 9, mtime=0)),
            },
        },
        signer,
        verification_method=issuer.method_of(signer.fingerprint),
        created=at,
    )
