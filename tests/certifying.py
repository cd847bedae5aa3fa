"""Deciding about certificates in tests, as those who teach do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from courseapp.cohorts.types import CohortId, Enrollment
from courseapp.core.types import JsonObject
from courseapp.credentials import service as credentials
from courseapp.credentials.compact import REVOCATIONS, NotSigned, read_jws
from courseapp.credentials.doors import current_issuer, trust_of
from courseapp.credentials.queries import find_certificate, get_certificate_by_code
from courseapp.credentials.service import CohortIssue
from courseapp.credentials.signing import from_base64url, to_base64
from courseapp.credentials.types import Certificate, PublishedKey
from courseapp.credentials.verifying import Trust
from tests.cast import THEN, Person
from tests.sites import Site

LATER: Final = THEN + timedelta(days=20)
REASON: Final = "The name was misspelt"


class Office:
    """What is done about certificates on one site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def certificate(self, enrollment: Enrollment, module_key: str = "") -> Certificate | None:
        """Return the certificate that holds."""
        with self.site.snapshot() as session:
            return find_certificate(session, enrollment.id, module_key)

    def by_code(self, code: str) -> Certificate:
        """Return any certificate."""
        with self.site.snapshot() as session:
            return get_certificate_by_code(session, code)

    def issue(self, who: Person | None, enrollment: Enrollment) -> Certificate:
        """Issue by hand."""
        with self.site.transaction() as session:
            return credentials.issue_by_hand(
                session,
                who and who.actor_in(session),
                enrollment.id,
                reason=REASON,
                issuer=current_issuer(),
                at=LATER,
            )

    def issue_for_cohort(self, who: Person, cohort_id: CohortId, most: int = 50) -> CohortIssue:
        """Issue what is missing in a cohort."""
        with self.site.transaction() as session:
            return credentials.issue_for_cohort(
                session,
                who.actor_in(session),
                cohort_id,
                reason=REASON,
                issuer=current_issuer(),
                most=most,
                at=LATER,
            )

    def revoke(self, who: Person | None, certificate: Certificate) -> Certificate:
        """Revoke a certificate."""
        with self.site.transaction() as session:
            return credentials.revoke_certificate(
                session, who and who.actor_in(session), certificate.code, reason=REASON, at=LATER
            )

    def reissue(self, who: Person | None, certificate: Certificate) -> Certificate:
        """Issue a certificate anew."""
        with self.site.transaction() as session:
            return credentials.reissue_certificate(
                session,
                who and who.actor_in(session),
                certificate.code,
                reason=REASON,
                issuer=current_issuer(),
                at=LATER,
            )

    def rotate(self, at: datetime = LATER) -> tuple[str | None, str]:
        """Retire the key."""
        with self.site.transaction() as session:
            return credentials.rotate_issuer_key(session, current_issuer(), at=at)

    def trust(self, at: datetime = LATER) -> Trust:
        """Return what a check on a day relies on."""
        with self.site.transaction() as session:
            return trust_of(session, at=at)


def read_revocation_list(text: str, keys: Sequence[PublishedKey]) -> tuple[JsonObject, date]:
    """Return who holds no more, by hash of the code, and the day of a signed list; raises NotSigned.

    As the offline page does.
    """
    public_keys = {key.fingerprint: to_base64(from_base64url(key.public_key)) for key in keys}
    payload, fingerprint = read_jws(text, REVOCATIONS, public_keys.get)
    revoked, issued = payload.get("revoked"), payload.get("iat")
    if not isinstance(revoked, dict) or not isinstance(issued, int):
        raise NotSigned("it does not hold a list")
    day = datetime.fromtimestamp(issued, UTC).date()
    key = next(key for key in keys if key.fingerprint == fingerprint)
    if not key.was_in_use_on(day):
        raise NotSigned("it is dated outside the time in which its key was in use")
    return revoked, day
