"""What the doors of this feature share: who issues here, and the answer when nothing is earned."""

from __future__ import annotations

from typing import Final

from flask import current_app
from marshmallow import fields
from sqlalchemy.orm import Session

from courseapp.accounts.doors import reading_language
from courseapp.cohorts.types import Enrollment
from courseapp.core.http.json_api import ProblemSchema
from courseapp.credentials.errors import CertificateNotEarned
from courseapp.credentials.signing import Issuer
from courseapp.learning.queries import learner_course
from courseapp.learning.schemas import MissingSchema

ISSUER_EXTENSION: Final = "courseapp_issuer"


class NotEarnedSchema(ProblemSchema):
    """The refusal before the course is completed: what is missing, and why."""

    missing = fields.List(fields.Nested(MissingSchema))


def current_issuer() -> Issuer:
    """Return who issues certificates in this installation."""
    issuer: Issuer = current_app.extensions[ISSUER_EXTENSION]
    return issuer


def not_earned(session: Session, enrollment: Enrollment) -> CertificateNotEarned:
    """Return the refusal that says what is missing."""
    progress = learner_course(session, enrollment, reading_language()).progress
    return CertificateNotEarned(missing=MissingSchema(many=True).dump(progress.missing))
