"""The shapes of attempts in the API. What a learner must not see yet is None in the data and left out here."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump

from courseapp.core.http.forms import StrictSchema


class ShowsWhatIsThere(Schema):
    """A shape that leaves out members without a value."""

    @post_dump
    def drop_none(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Leave out what is not there (yet)."""
        return {name: value for name, value in data.items() if value is not None}


class OptionSchema(ShowsWhatIsThere):
    """An option; `right` and `feedback_html` come after submission."""

    key = fields.String()
    html = fields.String()
    chosen = fields.Boolean()
    right = fields.Boolean()
    feedback_html = fields.String()


class QuestionSchema(ShowsWhatIsThere):
    """A question as drawn; `credit`, `explanation_html` and `source_html` come after submission."""

    key = fields.String()
    position = fields.Integer()
    kind = fields.String()
    language = fields.String()
    prompt_html = fields.String()
    options = fields.List(fields.Nested(OptionSchema))
    answered = fields.Boolean()
    credit = fields.Float()
    explanation_html = fields.String()
    source_html = fields.String()


class AttemptSchema(ShowsWhatIsThere):
    """An attempt with its questions in their order; `score` (per cent) and `passed` come after submission."""

    id = fields.UUID(attribute="summary.id")
    enrollment_id = fields.UUID(attribute="summary.enrollment_id")
    course = fields.String(attribute="course_key")
    quiz = fields.String(attribute="quiz_key")
    number = fields.Integer(attribute="summary.number")
    state = fields.String(attribute="summary.state.value")
    started_at = fields.AwareDateTime(attribute="summary.started_at")
    submitted_at = fields.AwareDateTime(attribute="summary.submitted_at")
    pass_mark = fields.Integer()
    score = fields.Integer(attribute="summary.percent")
    passed = fields.Boolean(attribute="summary.passed")
    questions = fields.List(fields.Nested(QuestionSchema))


class AnswerSchema(StrictSchema):
    """An answer: the key of an option, or a list of keys where several may be right."""

    answer = fields.Raw(required=True)


class SavedAnswerSchema(Schema):
    """What is stored now."""

    question = fields.String()
    answer = fields.List(fields.String())
    saved_at = fields.AwareDateTime()
