"""What can be done with certificates, one file for each part of their life."""

from courseapp.credentials.service.branding import put_branding_to_use, save_branding
from courseapp.credentials.service.deciding import (
    CohortIssue,
    issue_by_hand,
    issue_for_cohort,
    reissue_certificate,
    revoke_certificate,
)
from courseapp.credentials.service.erasure import forget_person
from courseapp.credentials.service.files import keep_pdf
from courseapp.credentials.service.issuing import (
    claim_certificate,
    hear_course_completed,
    hear_modules_completed,
    issue_certificate,
)
from courseapp.credentials.service.keys import (
    Issuer,
    ensure_issuer_key,
    find_signer,
    rotate_issuer_key,
)
from courseapp.credentials.service.sharing import (
    mail_certificate,
    start_sharing,
    stop_sharing,
)

__all__ = [
    "CohortIssue",
    "Issuer",
    "claim_certificate",
    "ensure_issuer_key",
    "find_signer",
    "forget_person",
    "hear_course_completed",
    "hear_modules_completed",
    "issue_by_hand",
    "issue_certificate",
    "issue_for_cohort",
    "keep_pdf",
    "mail_certificate",
    "put_branding_to_use",
    "reissue_certificate",
    "revoke_certificate",
    "rotate_issuer_key",
    "save_branding",
    "start_sharing",
    "stop_sharing",
]
