"""A statement as an Open Badges 3.0 credential: the document before it is signed.

Source: 1EdTech, Open Badges Specification 3.0; W3C, Verifiable Credentials Data Model v2.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from courseapp.core.types import JsonObject
from courseapp.credentials.proofs import BADGES_CONTEXT, CREDENTIALS_CONTEXT, moment
from courseapp.credentials.types import IssuerIdentity, Statement

MEDIA_TYPE: Final = "application/vc+ld+json"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a credential's state is published: a list, by its number, and a position in it."""

    list_number: int
    position: int


def credential_of(statement: Statement, issuer: IssuerIdentity, entry: StatusEntry) -> JsonObject:
    """Return the credential that says what the statement says, without a proof."""
    issued = moment(statement.issued_at)
    return {
        "@context": [CREDENTIALS_CONTEXT, BADGES_CONTEXT],
        "id": statement.verify_url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": statement.module or statement.course,
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": statement.issuer,
            "url": issuer.base_url,
        },
        "validFrom": issued,
        "awardedDate": issued,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": False,
                    "identityHash": statement.holder,
                }
            ],
            "activityEndDate": f"{statement.completed_on.isoformat()}T00:00:00Z",
            **_result(statement, issuer),
            "achievement": _achievement(statement, issuer),
        },
        "credentialStatus": {
            "id": f"{status_list_url(issuer, entry.list_number)}#{entry.position}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(entry.position),
            "statusListCredential": status_list_url(issuer, entry.list_number),
        },
    }


def status_list_url(issuer: IssuerIdentity, number: int) -> str:
    """Return the address of a status list."""
    return f"{issuer.base_url}/credentials/status/{number}"


def what_was_done(statement: Statement) -> str:
    """Return what the holder did, in one line: modules, hours, result; in the language that is set."""
    parts = []
    if statement.modules:
        count = len(statement.modules)
        parts.append(ngettext("%(num)s module", "%(num)s modules", count))
    parts.append(_("%(hours)s hours", hours=f"{statement.hours:g}"))
    if statement.score is not None:
        parts.append(_("final quiz: %(percent)s%%", percent=statement.score))
    return ", ".join(str(part) for part in parts)


def _achievement_id(statement: Statement, issuer: IssuerIdentity) -> str:
    return f"{issuer.base_url}/courses/{_path(statement)}#version-{statement.course_version}"


def _result_id(statement: Statement, issuer: IssuerIdentity) -> str:
    return f"{_achievement_id(statement, issuer)}-result"


def _path(statement: Statement) -> str:
    """Return what names the course, or the module in it, in addresses."""
    return "/".join(filter(None, (statement.course_key, statement.module_key)))


def _achievement(statement: Statement, issuer: IssuerIdentity) -> JsonObject:
    modules = "".join(f"\n- {title}" for title in statement.modules)
    title = statement.module or statement.course
    achievement: JsonObject = {
        "id": _achievement_id(statement, issuer),
        "type": ["Achievement"],
        "achievementType": "Course",
        "name": title,
        "description": f"{statement.title}: {title}. {statement.notice}",
        "inLanguage": statement.language,
        "version": str(statement.course_version),
        "criteria": {"narrative": f"{what_was_done(statement)}{modules}"},
        "image": {"id": f"{issuer.base_url}/badges/{_path(statement)}.png", "type": "Image"},
        "otherIdentifier": [
            {
                "type": "IdentifierEntry",
                "identifier": statement.course_digest,
                "identifierType": "ext:contentDigest",
            }
        ],
    }
    if statement.score is not None:
        achievement["resultDescription"] = [
            {
                "id": _result_id(statement, issuer),
                "type": ["ResultDescription"],
                "name": _("Result of the final quiz"),
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
            }
        ]
    return achievement


def _result(statement: Statement, issuer: IssuerIdentity) -> JsonObject:
    if statement.score is None:
        return {}
    return {
        "result": [
            {
                "type": ["Result"],
                "resultDescription": _result_id(statement, issuer),
                "value": str(statement.score),
            }
        ]
    }
