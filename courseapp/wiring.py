"""Which blueprint goes where, and who hears which event: the one place that knows every feature."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask_smorest import Api
from sqlalchemy.orm import Session

import courseapp.accounts.api
import courseapp.accounts.models
import courseapp.accounts.pages
import courseapp.assessment.api
import courseapp.assessment.models
import courseapp.assessment.pages
import courseapp.catalog.api
import courseapp.catalog.models
import courseapp.catalog.pages
import courseapp.cohorts.models
import courseapp.credentials.api
import courseapp.credentials.models
import courseapp.credentials.pages
import courseapp.interop.openapi.pages
import courseapp.interop.questions.api
import courseapp.interop.questions.pages
import courseapp.learning.api
import courseapp.learning.models
import courseapp.learning.pages
import courseapp.ops.pages
import courseapp.reporting.pages
from courseapp.accounts.types import PersonErased
from courseapp.assessment import service as assessment
from courseapp.assessment.types import AttemptGraded
from courseapp.cohorts import service as cohorts
from courseapp.core import audit, events, outbox, throttle
from courseapp.core.db import Base
from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.learning import service as learning
from courseapp.learning.types import CourseCompleted, ModulesCompleted

API_PREFIX: Final = "/api/v1"

PAGES: Final = (
    courseapp.accounts.pages.blueprint,
    courseapp.catalog.pages.blueprint,
    courseapp.learning.pages.blueprint,
    courseapp.assessment.pages.taking,
    courseapp.assessment.pages.teaching,
    courseapp.assessment.pages.statistics,
    courseapp.credentials.pages.own,
    courseapp.credentials.pages.verifying,
    courseapp.credentials.pages.published,
    courseapp.credentials.pages.teaching,
    courseapp.credentials.pages.branding,
    courseapp.reporting.pages.blueprint,
    courseapp.interop.openapi.pages.blueprint,
    courseapp.interop.questions.pages.blueprint,
    courseapp.ops.pages.blueprint,
)
API: Final = (
    courseapp.accounts.api.blueprint,
    courseapp.catalog.api.blueprint,
    courseapp.learning.api.blueprint,
    courseapp.assessment.api.taking,
    courseapp.assessment.api.teaching,
    courseapp.credentials.api.blueprint,
    courseapp.interop.questions.api.blueprint,
)
# Importing a feature's models makes its tables known; core has some of its own.
TABLES: Final = (
    audit,
    outbox,
    throttle,
    courseapp.accounts.models,
    courseapp.catalog.models,
    courseapp.cohorts.models,
    courseapp.assessment.models,
    courseapp.learning.models,
    courseapp.credentials.models,
)
METADATA: Final = Base.metadata


def issue_certificate_on_completion(session: Session, event: Any) -> None:
    """Tell credentials who issues here."""
    credentials.hear_course_completed(session, event, issuer=current_issuer())


def issue_module_certificates(session: Session, event: Any) -> None:
    """Tell credentials who issues here."""
    credentials.hear_modules_completed(session, event, issuer=current_issuer())


HEARERS: Final[dict[type, tuple[events.Handler, ...]]] = {
    AttemptGraded: (learning.hear_attempt_graded,),
    CourseCompleted: (issue_certificate_on_completion,),
    ModulesCompleted: (issue_module_certificates,),
    # From the top down: what points at something goes before it.
    PersonErased: (
        credentials.forget_person,
        learning.forget_person,
        assessment.forget_person,
        cohorts.forget_person,
    ),
}


def wire(app: Flask, api: Api) -> None:
    """Put every feature in its place."""
    events.bind(HEARERS)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    for blueprint in API:
        api.register_blueprint(blueprint, url_prefix=API_PREFIX)
