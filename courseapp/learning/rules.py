"""The one function that says how far a learner is, and in which words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _

from courseapp.catalog.types import (
    Activity,
    CountedResult,
    CourseContent,
    LessonSummary,
    QuizSummary,
)
from courseapp.learning.types import Facts, Missing, MissingReason, Progress


def compute_progress(
    course: CourseContent, facts: Facts, last_activity: str | None = None
) -> Progress:
    """Return how far the facts bring a learner in this course version.

    Laws (tests/learning/test_progress_laws.py): never above 100, never less with more facts, independent
    of their order, 100 exactly when nothing is missing. `last_activity` only decides what comes next.
    """
    required = [activity for activity in course.activities if _is_required(course, activity)]
    missing = [
        found for activity in required if (found := _find_missing(activity, facts)) is not None
    ]
    done_count = len(required) - len(missing)
    done = frozenset(
        activity.key for activity in course.activities if _find_missing(activity, facts) is None
    )
    return Progress(
        # Rounded down, so that 100 is reached only when nothing is missing.
        percent=100 * done_count // len(required) if required else 100,
        done=done,
        required=len(required),
        missing=missing,
        next_activity=next_activity(course.activities, done, last_activity),
    )


def completed_modules(course: CourseContent, progress: Progress) -> Sequence[str]:
    """Return the keys of the modules in which nothing that the course asks for is missing."""
    missing = {found.activity_key for found in progress.missing}
    return [
        module.key
        for module in course.modules
        if not any(activity.key in missing for activity in module.activities)
    ]


def next_activity(
    activities: Sequence[Activity], done: Collection[str], last_activity: str | None
) -> str | None:
    """Return where a learner goes on: where she stopped, else the next open one, else the first open one."""
    keys = [activity.key for activity in activities]
    start = keys.index(last_activity) if last_activity in keys else 0
    return next((key for key in keys[start:] + keys[:start] if key not in done), None)


def reason_in_words(missing: Missing) -> str:
    """Return a sentence that tells the learner why something is missing."""
    return str(_reason(missing))


def _reason(missing: Missing) -> Any:
    match missing.reason:
        case MissingReason.NOT_READ:
            return _("Read the lesson and mark it as done.")
        case MissingReason.NOT_TRIED:
            return _("Take the quiz. %(mark)s%% passes.", mark=missing.pass_mark)
        case MissingReason.NOT_SUBMITTED:
            return _("You have started the quiz: finish and submit it.")
        case MissingReason.NOT_REVIEWED:
            return _("You have submitted the quiz. A trainer has to look at one of your answers.")
        case MissingReason.NOT_PASSED:
            return _(
                "%(result)s %(mark)s%% passes: try again.",
                result=_result_in_words(missing),
                mark=missing.pass_mark,
            )
        case MissingReason.NO_ATTEMPTS_LEFT:
            return _(
                "%(result)s %(mark)s%% passes, and no attempt is left. Ask your trainer.",
                result=_result_in_words(missing),
                mark=missing.pass_mark,
            )


def _result_in_words(missing: Missing) -> Any:
    if missing.result is CountedResult.LAST:
        return _("Your last result is %(percent)s%%.", percent=missing.percent)
    return _("Your best result is %(percent)s%%.", percent=missing.percent)


def find_lesson(course: CourseContent, lesson_key: str) -> LessonSummary | None:
    """Return a lesson of a course version by its key."""
    activity = course.activity(lesson_key)
    return activity if isinstance(activity, LessonSummary) else None


def is_lesson_done(lesson: LessonSummary, versions_read: Collection[int]) -> bool:
    """Tell whether one of the editions read counts for this one.

    It does when the author called every change since then minor.
    """
    return any(lesson.compatible_since <= number <= lesson.number for number in versions_read)


def _is_required(course: CourseContent, activity: Activity) -> bool:
    if isinstance(activity, QuizSummary):
        return course.requires_quizzes
    return course.requires_lessons


def _find_missing(activity: Activity, facts: Facts) -> Missing | None:
    if isinstance(activity, LessonSummary):
        return _find_missing_lesson(activity, facts)
    return _find_missing_quiz(activity, facts)


def _find_missing_lesson(lesson: LessonSummary, facts: Facts) -> Missing | None:
    read = facts.lessons_read.get(lesson.id, frozenset())
    if is_lesson_done(lesson, read):
        return None
    return Missing(lesson.key, lesson.title, False, MissingReason.NOT_READ)


def _find_missing_quiz(quiz: QuizSummary, facts: Facts) -> Missing | None:
    outcome = facts.quiz_outcomes.get(quiz.id)
    if outcome is not None and outcome.passed:
        return None
    if outcome is None:
        return Missing(
            quiz.key, quiz.title, True, MissingReason.NOT_TRIED, pass_mark=quiz.pass_mark
        )
    exhausted = (
        quiz.attempts_allowed is not None
        and outcome.attempts_used >= quiz.attempts_allowed + outcome.extra_attempts
    )
    percent = outcome.percent(quiz.rules.counted_result)
    if outcome.open_attempt_id is not None:
        reason = MissingReason.NOT_SUBMITTED
    elif outcome.waits_for_review:
        reason = MissingReason.NOT_REVIEWED
    elif exhausted:
        reason = MissingReason.NO_ATTEMPTS_LEFT
    else:
        reason = MissingReason.NOT_PASSED
    return Missing(
        quiz.key, quiz.title, True, reason, quiz.rules.counted_result, percent, quiz.pass_mark
    )
