"""The shapes of a learner's way in the API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from courseapp.assessment.schemas import QuestionSchema
from courseapp.catalog.types import CourseContent
from courseapp.core.http.lists import PageSchema
from courseapp.learning.rules import reason_in_words
from courseapp.learning.types import LearnerCourse


class ActivitySchema(Schema):
    """A lesson or a quiz, named."""

    kind = fields.Function(lambda activity: "quiz" if activity.is_quiz else "lesson")
    key = fields.String()
    title = fields.String()


class MissingSchema(Schema):
    """An activity that is not done, and why."""

    kind = fields.Function(lambda missing: "quiz" if missing.is_quiz else "lesson")
    key = fields.String(attribute="activity_key")
    title = fields.String()
    reason = fields.String(attribute="reason.value")
    explanation = fields.Function(reason_in_words)
    result = fields.Function(lambda missing: missing.result and missing.result.value)
    percent = fields.Integer(allow_none=True)
    pass_mark = fields.Integer(allow_none=True)


class EnrolledCourseSchema(Schema):
    """The course version that an enrollment is in."""

    key = fields.String()
    title = fields.String()
    version = fields.Integer(attribute="number")


class EnrollmentSchema(Schema):
    """An enrollment: how far the learner is, what is missing and why, and what is next."""

    id = fields.UUID(attribute="enrollment.id")
    course = fields.Nested(EnrolledCourseSchema)
    percent = fields.Integer(attribute="progress.percent")
    done = fields.Function(lambda learner: in_course_order(learner.course, learner.progress.done))
    missing = fields.List(fields.Nested(MissingSchema), attribute="progress.missing")
    next = fields.Method("next_activity")
    created_at = fields.AwareDateTime(attribute="enrollment.created_at")
    completed_at = fields.AwareDateTime(attribute="enrollment.completed_at", allow_none=True)
    last_active_at = fields.AwareDateTime(attribute="enrollment.last_active_at")

    def next_activity(self, learner: LearnerCourse) -> Any:
        """Return the activity that the learner goes on with, or None."""
        key = learner.progress.next_activity
        return None if key is None else ActivitySchema().dump(learner.course.activity(key))


class EnrollmentListSchema(PageSchema):
    """A page of enrollments."""

    items = fields.List(fields.Nested(EnrollmentSchema))


class SourceSchema(Schema):
    """Where a lesson's facts come from."""

    text = fields.String()
    year = fields.Integer()


class LessonSchema(Schema):
    """A lesson to read.

    Where one of its `questions` stands, `html` has the comment `<!--question <key>-->`.
    """

    key = fields.String()
    title = fields.String()
    language = fields.String()
    minutes = fields.Integer()
    html = fields.String()
    objectives = fields.List(fields.String())
    sources = fields.List(fields.Nested(SourceSchema))
    questions = fields.List(fields.Nested(QuestionSchema))
    done = fields.Boolean()
    previous = fields.Nested(ActivitySchema, allow_none=True)
    next = fields.Nested(ActivitySchema, allow_none=True)


def in_course_order(course: CourseContent, keys: frozenset[str]) -> list[str]:
    """Return the keys as the course has them one after the other."""
    return [activity.key for activity in course.activities if activity.key in keys]
