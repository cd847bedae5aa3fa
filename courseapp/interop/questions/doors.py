"""What the doors of questions share: who may exchange them, and from where."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from flask import current_app, request

from courseapp.accounts.doors import current_actor
from courseapp.accounts.types import Actor
from courseapp.catalog.queries import get_current_course
from courseapp.core import audit, clock
from courseapp.core.db import transaction
from courseapp.core.errors import NotFound
from courseapp.interop.questions.authored import Defaults
from courseapp.interop.questions.service import ImportPlan, apply_import, plan_import

MOST_FILE_BYTES: Final = 20 * 1024 * 1024


def exchanging_actor() -> Actor:
    """Return the administrator who is asking; to everybody else there is no such place."""
    actor = current_actor()
    if not actor.is_site_administrator:
        raise NotFound
    return actor


def content_dir() -> Path:
    """Return the folder that holds modules/ and quizzes/."""
    folder: Path = current_app.config["CONTENT_DIR"]
    return folder


def take_large_file() -> None:
    """Let this request be as large as a package of questions may be."""
    request.max_content_length = MOST_FILE_BYTES + 64 * 1024
    request.max_form_memory_size = MOST_FILE_BYTES + 64 * 1024


def run_import(
    actor: Actor, course_key: str, quiz_key: str, content: bytes, asked: dict[str, Any]
) -> ImportPlan:
    """Look at an import or do it, as asked by an `ImportSchema`; what is done is audited."""
    act = apply_import if asked["apply"] else plan_import
    defaults = Defaults(asked["objective"], asked["source"], asked["explanation"])
    plan = act(content_dir(), course_key, quiz_key, asked["format"], content, defaults)
    if asked["apply"] and plan.taken:
        with transaction() as session:
            course = get_current_course(session, course_key, "en")
            audit.record(
                session,
                "questions.imported",
                "course",
                course.id,
                by=actor.id,
                at=clock.now(),
                quiz=quiz_key,
                format=asked["format"],
                taken=plan.taken,
            )
    return plan
