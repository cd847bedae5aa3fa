"""Other people's verifiers accept what we issue, find the revoked one revoked, and refuse what was changed.

They are npm's packages in tests/verifiers, run by the machine's Node.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.queries import find_certificate
from tests.cast import THEN, Cast
from tests.sites import Site
from tests.studying import Study

pytestmark = pytest.mark.node

VERIFIERS: Final = Path(__file__).resolve().parents[1] / "verifiers"
SCHEMA: Final = VERIFIERS / "ob_v3p0_achievementcredential_schema.json"


def ask_others(**given: Any) -> dict[str, Any]:
    """Hand documents to other people's code; return what it says of each."""
    node = shutil.which("node")
    assert node, "these tests need Node"
    assert (VERIFIERS / "node_modules").is_dir(), "run npm ci --ignore-scripts in tests/verifiers"
    done = subprocess.run(
        [node, VERIFIERS / "verify.mjs"],
        input=json.dumps({**given, "schema": json.loads(SCHEMA.read_text(encoding="utf-8"))}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def published(site: Site, credential: dict[str, Any]) -> dict[str, Any]:
    """Return what a verifier finds at the addresses that a credential names, by address."""
    browser = site.browser()
    status_url = credential["credentialStatus"]["statusListCredential"]
    status = browser.get(status_url.removeprefix(site.settings.base_url))
    assert status.status_code == 200, status.text
    return {
        credential["issuer"]["id"]: browser.get("/.well-known/did.json").json,
        status_url: status.json,
    }


@pytest.fixture
def issued(site: Site, study: Study, cast: Cast, published_small: None) -> list[Any]:
    """Three certificates: Alice's holds, Bola's was revoked, Chidi's was signed with a key retired since."""
    found = []
    chidi = cast.person("Chidi Eze", "chidi@union.example")
    for person in (chidi, cast.alice, cast.bola):
        enrollment = study.finish(person, "small")
        with site.snapshot() as session:
            found.append(find_certificate(session, enrollment.id))
        if person is chidi:
            with site.transaction() as session:
                credentials.rotate_issuer_key(
                    session, current_issuer(), at=THEN + timedelta(days=2)
                )
    old, good, bad = found
    with site.transaction() as session:
        credentials.revoke_certificate(
            session, None, bad.code, reason="A mistake", at=THEN + timedelta(days=3)
        )
    return [good, bad, old]


@pytest.fixture
def published_small(study: Study, authored: Any) -> None:
    study.publish(authored)


def test_they_accept_ours_and_refuse_what_was_changed_or_revoked(site, issued):
    good, bad, old = (json.loads(certificate.credential) for certificate in issued)
    subject = {"identifier": [{**good["credentialSubject"]["identifier"][0]}]}
    subject["identifier"][0]["identityHash"] = "Alice Mbekj"
    forged = {**good, "credentialSubject": {**good["credentialSubject"], **subject}}
    browser = site.browser()
    compact = issued[0].compact
    doctored = compact[:90] + ("A" if compact[90] != "A" else "B") + compact[91:]

    said = ask_others(
        credentials={"good": good, "bad": bad, "old": old, "forged": forged},
        documents=published(site, good),
        texts={
            "good": compact,
            "old": issued[2].compact,
            "doctored": doctored,
            "revocations": browser.get("/verify/revocations.jws").text,
        },
        jwks=browser.get("/.well-known/jwks.json").json,
    )

    for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022"):
        verified = {name: its[suite]["verified"] for name, its in said["credentials"].items()}
        assert verified == {"good": True, "bad": True, "old": True, "forged": False}, said
    revoked = {name: its["revoked"] for name, its in said["credentials"].items()}
    assert revoked == {"good": False, "bad": True, "old": False, "forged": None}
    assert said["credentials"]["good"]["fits_schema"], said["credentials"]["good"]["schema_errors"]
    assert said["texts"]["good"]["n"] == "Alice Mbeki"
    assert said["texts"]["old"]["n"] == "Chidi Eze"
    assert said["texts"]["doctored"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    assert [*said["texts"]["revocations"]["revoked"].values()] == [["revoked", "2026-03-05"]]
