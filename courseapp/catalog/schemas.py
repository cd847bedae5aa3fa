"""The shapes of published content in the API."""

from __future__ import annotations

from marshmallow import Schema, fields

from courseapp.core.http.lists import PageSchema


class CourseListingSchema(Schema):
    """A course in a list."""

    key = fields.String()
    title = fields.String()
    summary = fields.String()


class CourseListSchema(PageSchema):
    """All published courses."""

    items = fields.List(fields.Nested(CourseListingSchema))


class LessonSummarySchema(Schema):
    """A lesson in its module."""

    key = fields.String()
    title = fields.String()
    minutes = fields.Integer()


class QuizSummarySchema(Schema):
    """A quiz, with its rules; `question_count` is that of one attempt, null stands for no limit."""

    key = fields.String()
    title = fields.String()
    pass_mark = fields.Integer()
    attempts_allowed = fields.Integer(allow_none=True)
    question_count = fields.Integer()
    pause_minutes = fields.Integer(attribute="rules.pause_minutes")
    counted_result = fields.String(attribute="rules.counted_result.value")
    time_limit_minutes = fields.Integer(attribute="rules.time_limit_minutes", allow_none=True)
    grace_seconds = fields.Integer(attribute="rules.grace_seconds")
    feedback = fields.String(attribute="rules.feedback.value")
    layout = fields.String(attribute="rules.layout.value")


class ModuleSchema(Schema):
    """A module with its activities."""

    key = fields.String()
    title = fields.String()
    summary = fields.String()
    brief = fields.String()
    minutes = fields.Integer()
    objectives = fields.Dict(keys=fields.String(), values=fields.String())
    lessons = fields.List(fields.Nested(LessonSummarySchema))
    quiz = fields.Nested(QuizSummarySchema)


class CourseSchema(CourseListingSchema):
    """A course with its modules."""

    version = fields.Integer(attribute="number")
    language = fields.String()
    about_html = fields.String()
    notice = fields.String()
    minutes = fields.Integer()
    modules = fields.List(fields.Nested(ModuleSchema))
    final_quiz = fields.Nested(QuizSummarySchema, allow_none=True)
