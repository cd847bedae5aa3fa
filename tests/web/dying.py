"""A process that is killed while it writes: started by tests/web/test_crash.py, never imported.

It marks one lesson after the other as done and prints each key once it is stored. Then it marks one more,
submits a quiz, says so, and waits in the middle of that transaction to be killed.
"""

from __future__ import annotations

import sys
from uuid import UUID

from courseapp import create_app
from courseapp.accounts.queries import get_actor
from courseapp.accounts.types import PersonId
from courseapp.assessment import service as assessment
from courseapp.catalog.queries import get_course
from courseapp.cohorts.queries import access_enrollment
from courseapp.core import clock
from courseapp.core.db import transaction
from courseapp.learning import service as learning

IN_THE_MIDDLE = "in the middle"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(person: str, enrollment_id: str) -> None:
    with create_app().app_context():
        with transaction() as session:
            actor = get_actor(session, PersonId(UUID(person)))
            enrollment = access_enrollment(session, actor, UUID(enrollment_id))
            course = get_course(session, enrollment.course_version_id, "en")
        *lessons, last = [lesson.key for m in course.modules for lesson in m.lessons]
        for key in lessons:
            with transaction() as session:
                learning.complete_lesson(session, actor, enrollment.id, key, at=clock.now())
            say(key)
        with transaction() as session:
            learning.complete_lesson(session, actor, enrollment.id, last, at=clock.now())
            quiz = course.modules[0].quiz.key
            attempt, _ = assessment.start_attempt(
                session, actor, enrollment.id, quiz, at=clock.now()
            )
            assessment.submit_attempt(session, actor, attempt.id, at=clock.now())
            session.flush()
            say(IN_THE_MIDDLE)
            sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
