"""Looking after certificates on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from courseapp.credentials.rules import format_code
from courseapp.credentials.types import Certificate
from tests.authoring import AuthoredContent
from tests.cast import Cast
from tests.certifying import Office
from tests.ops.test_command_line import run
from tests.sites import Site
from tests.studying import Study

REASON = ("--reason", "Issued by mistake")


@pytest.fixture
def hers(fresh_site: Site, authored: AuthoredContent) -> Certificate:
    study = Study(fresh_site)
    study.publish(authored)
    found = Office(fresh_site).certificate(study.finish(Cast(fresh_site).alice, "small"))
    assert found is not None
    return found


@pytest.mark.parametrize("command", ["", "issue", "revoke", "verify", "export-keys", "rotate-key"])
def test_each_command_says_what_it_does(command: str) -> None:
    answer = run("certificates", *filter(None, [command]), "--help")
    assert answer.returncode == 0
    assert re.match(r"[A-Z][^\n]{20,}", answer.stdout.split("\n\n")[1].strip())


def test_a_file_that_holds_is_found_so(fresh_site: Site, hers: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "credential.json"
    file.write_text(hers.credential or "", encoding="utf-8")

    answer = run("certificates", "verify", str(file), **fresh_site.environment())
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("valid, as of ")
    assert "holder: Alice Mbeki" in answer.stdout


def test_a_file_that_was_changed_ends_with_an_error(
    fresh_site: Site, hers: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / "credential.json"
    file.write_text((hers.credential or "").replace("Alice", "Alyce"), encoding="utf-8")

    answer = run("certificates", "verify", str(file), **fresh_site.environment())
    assert answer.returncode == 1
    assert "It is not what was signed" in answer.stderr


def test_a_certificate_is_revoked_and_issued_by_hand(
    fresh_site: Site, hers: Certificate, tmp_path: Path
) -> None:
    code = format_code(hers.code)
    assert run("certificates", "revoke", code, **fresh_site.environment()).returncode == 2
    revoked = run("certificates", "revoke", code, *REASON, **fresh_site.environment())
    assert (revoked.returncode, revoked.stdout) == (0, f"Revoked: {code}\n")
    again = run("certificates", "revoke", code, *REASON, **fresh_site.environment())
    assert (again.returncode, "already" in again.stderr) == (1, True)

    file = tmp_path / "qr.txt"
    file.write_text(hers.qr_text, encoding="utf-8")
    verdict = run("certificates", "verify", str(file), **fresh_site.environment())
    assert (verdict.returncode, verdict.stdout.startswith("revoked since ")) == (1, True)

    issued = run(
        "certificates", "issue", str(hers.enrollment_id), *REASON, **fresh_site.environment()
    )
    assert issued.returncode == 0, issued.stdout
    assert issued.stdout.startswith("Issued: ")


def test_keys_are_printed_and_take_turns(fresh_site: Site, hers: Certificate) -> None:
    before = json.loads(run("certificates", "export-keys", **fresh_site.environment()).stdout)
    rotated = run("certificates", "rotate-key", **fresh_site.environment())
    after = json.loads(run("certificates", "export-keys", **fresh_site.environment()).stdout)

    assert [key["kid"] for key in before["keys"]] == [hers.key_fingerprint]
    assert rotated.stdout.splitlines()[0] == f"Retired: {hers.key_fingerprint}"
    assert [key["kid"] for key in after["keys"]][1:] == [hers.key_fingerprint]
    assert "PRIVATE" not in rotated.stdout


def test_what_is_not_there_is_told_in_a_sentence(fresh_site: Site, hers: Certificate) -> None:
    unknown = run("certificates", "revoke", "AAAA", *REASON, **fresh_site.environment())
    assert (unknown.returncode, "There is no certificate" in unknown.stderr) == (1, True)
    nobody = run(
        "certificates",
        "issue",
        "00000000-0000-0000-0000-000000000000",
        *REASON,
        **fresh_site.environment(),
    )
    assert nobody.returncode == 1
    assert "Traceback" not in nobody.stderr
