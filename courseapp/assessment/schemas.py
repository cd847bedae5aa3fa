"""The shapes of attempts in the API. What may not be seen yet is None in the data and left out here."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_dump, validate, validates_schema

from courseapp.assessment.statistics.counting import Counted
from courseapp.core.http.forms import PlainText, StrictSchema
from courseapp.core.http.lists import PageSchema

LEAST_REASON = 3
MOST_REASON = 500
MOST_COMMENT = 5_000


class ShowsWhatIsThere(Schema):
    """A shape that leaves out members without a value."""

    @post_dump
    def drop_none(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Leave out what is not there (yet)."""
        return {name: value for name, value in data.items() if value is not None}


class ChoiceSchema(ShowsWhatIsThere):
    """An option; `right` and `feedback_html` come when the rules of the quiz say so."""

    key = fields.String()
    html = fields.String()
    chosen = fields.Boolean()
    right = fields.Boolean()
    feedback_html = fields.String()


class ItemSchema(ShowsWhatIsThere):
    """Something to answer in a question; a question with one item has the item `answer`.

    `credit`, `right_value` (what to send), `right_answer` (the same in words) and `feedback_html` come when the
    rules of the quiz say so.
    """

    key = fields.String()
    widget = fields.String(attribute="widget.value")
    label_html = fields.String()
    choices = fields.List(fields.Nested(ChoiceSchema))
    value = fields.String()
    unit = fields.String()
    most_characters = fields.Integer()
    credit = fields.Float()
    right_value = fields.String()
    right_answer = fields.String()
    feedback_html = fields.String()


class CriterionSchema(ShowsWhatIsThere):
    """A line of a rubric; `given` comes once the answer was judged."""

    key = fields.String()
    text_html = fields.String()
    points = fields.Integer()
    given = fields.Integer()


class JudgementSchema(ShowsWhatIsThere):
    """What a trainer said of an answer."""

    criteria = fields.List(fields.Nested(CriterionSchema))
    comment = fields.String()
    judged_at = fields.AwareDateTime()


class QuestionSchema(ShowsWhatIsThere):
    """A question as drawn, with its items.

    `answer_shape` says what an answer is: `one` value, a list of `many` keys, or an object `by_item`.
    `credit`, `explanation_html`, `source_html` and `judgement` come when the rules of the quiz say so.
    In `prompt_html` of a text with gaps each gap stands as `[[item key]]`.
    """

    key = fields.String()
    position = fields.Integer()
    kind = fields.String()
    language = fields.String()
    prompt_html = fields.String()
    hint = fields.String()
    answer_shape = fields.String(attribute="answer_shape.value")
    items = fields.List(fields.Nested(ItemSchema), attribute="body.items")
    answer = fields.Raw()
    answered = fields.Boolean()
    checked = fields.Boolean()
    credit = fields.Float()
    explanation_html = fields.String()
    source_html = fields.String()
    judgement = fields.Nested(JudgementSchema)


class AttemptSchema(ShowsWhatIsThere):
    """An attempt with its questions in their order; `score` (per cent) and `passed` come with the result.

    After a regrade `corrected_at` says when, and `first_score` what the score was at first.
    """

    id = fields.UUID(attribute="summary.id")
    enrollment_id = fields.UUID(attribute="summary.enrollment_id")
    course = fields.String(attribute="course_key")
    quiz = fields.String(attribute="quiz_key")
    number = fields.Integer(attribute="summary.number")
    state = fields.String(attribute="summary.state.value")
    started_at = fields.AwareDateTime(attribute="summary.started_at")
    due_at = fields.AwareDateTime(attribute="summary.due_at")
    grace_seconds = fields.Integer(attribute="rules.grace_seconds")
    submitted_at = fields.AwareDateTime(attribute="summary.submitted_at")
    timed_out = fields.Boolean(attribute="summary.timed_out")
    pass_mark = fields.Integer()
    feedback = fields.String(attribute="rules.feedback.value")
    score = fields.Integer(attribute="summary.percent")
    passed = fields.Boolean(attribute="summary.passed")
    corrected_at = fields.AwareDateTime(attribute="summary.corrected_at")
    first_score = fields.Integer(attribute="summary.first_percent")
    questions = fields.List(fields.Nested(QuestionSchema))


class AnswerSchema(StrictSchema):
    """An answer in the question's `answer_shape`: a value, a list of keys, or values by item."""

    answer = fields.Raw(required=True)


class SavedAnswerSchema(Schema):
    """What is stored now."""

    question = fields.String()
    answer = fields.Raw()
    saved_at = fields.AwareDateTime()


class WholeNumber(fields.Integer):
    """A number that forms and programs send; unlike an Integer it makes no whole one of 1.5 or of true."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool | float):
            raise self.make_error("invalid", input=value)
        number: int = super()._validated(value)
        return number


class GrantSchema(StrictSchema):
    """More time or more attempts for a learner, and why."""

    id = fields.UUID(load_default=None)
    extra_minutes = WholeNumber(load_default=0, validate=validate.Range(0, 24 * 60))
    extra_attempts = WholeNumber(load_default=0, validate=validate.Range(0, 100))
    reason = PlainText(required=True, least=LEAST_REASON, most=MOST_REASON)

    @validates_schema
    def check_amount(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a grant of nothing."""
        if not data["extra_minutes"] and not data["extra_attempts"]:
            raise ValidationError(_l("Grant some minutes, or an attempt."), "extra_minutes")


class ExceptionSchema(Schema):
    """What was granted."""

    id = fields.UUID()
    extra_minutes = fields.Integer()
    extra_attempts = fields.Integer()
    reason = fields.String()
    granted_by = fields.UUID()
    granted_at = fields.AwareDateTime()


class ExceptionListSchema(Schema):
    """Everything that was granted to a learner in a quiz."""

    items = fields.List(fields.Nested(ExceptionSchema))


class WaitingReviewSchema(Schema):
    """An attempt that waits for a trainer."""

    attempt_id = fields.UUID()
    enrollment_id = fields.UUID()
    submitted_at = fields.AwareDateTime()


class WaitingReviewListSchema(PageSchema):
    """A page of attempts that wait."""

    items = fields.List(fields.Nested(WaitingReviewSchema))


class ReviewSchema(Schema):
    """What is to be judged in an attempt."""

    attempt_id = fields.UUID(attribute="attempt.id")
    state = fields.String(attribute="attempt.state.value")
    course = fields.String(attribute="course_key")
    quiz = fields.String(attribute="quiz_key")
    questions = fields.List(fields.Nested(QuestionSchema))


class CommentSchema(StrictSchema):
    """A word to the learner."""

    comment = PlainText(load_default="", most=MOST_COMMENT)


class JudgeSchema(CommentSchema):
    """Points by criterion of the rubric, and a word to the learner."""

    points = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True), required=True)


class JudgedSchema(Schema):
    """The attempt's state after an answer was judged."""

    attempt_id = fields.UUID()
    state = fields.String()


class RegradeQuerySchema(StrictSchema):
    """Whether a pass may turn into a fail."""

    fails_allowed = fields.Boolean(load_default=False)


class RegradeSchema(StrictSchema):
    """What to do: the plan that was looked at, by its `digest`."""

    digest = fields.String(required=True)
    fails_allowed = fields.Boolean(load_default=False)
    reason = PlainText(required=True, least=LEAST_REASON, most=MOST_REASON)


class RegradedResultSchema(Schema):
    """What a regrade does, or does not do, to one attempt."""

    attempt_id = fields.UUID()
    enrollment_id = fields.UUID()
    verdict = fields.String(attribute="verdict.value")
    score_before = fields.Integer(attribute="percent_before")
    score_after = fields.Integer(attribute="percent_after")
    passed_before = fields.Boolean()
    passed_after = fields.Boolean()


class RegradePlanSchema(Schema):
    """What a regrade changes, and what it keeps and why."""

    digest = fields.String()
    attempts_looked_at = fields.Integer()
    results = fields.List(fields.Nested(RegradedResultSchema))


class StatisticsQuerySchema(StrictSchema):
    """Which version of the quiz, by its number, and which attempts: each learner's `first`, or `all`."""

    version = fields.Integer(load_default=None)
    attempts = fields.Enum(Counted, by_value=True, load_default=Counted.FIRST)


class DistractorSchema(Schema):
    """Who chose a value: how many, their share, and how many of the best and the worst 27 %."""

    item = fields.String()
    value = fields.String(allow_none=True)
    right = fields.Boolean(allow_none=True)
    count = fields.Integer()
    share = fields.Float()
    mean_score = fields.Float(allow_none=True)
    upper = fields.Integer()
    lower = fields.Integer()


class DistractorRowSchema(Schema):
    """A row of the distractor table."""

    figures = fields.Nested(DistractorSchema)


class QuestionReportSchema(Schema):
    """The figures of one question."""

    number = fields.Integer()
    key = fields.String()
    n = fields.Integer()
    answered = fields.Float(allow_none=True)
    facility = fields.Float(allow_none=True)
    sd = fields.Float(allow_none=True)
    point_biserial = fields.Float(allow_none=True)
    upper_lower = fields.Float(allow_none=True)
    distractors = fields.List(fields.Pluck(DistractorRowSchema, "figures"))
    remarks = fields.List(fields.String())


class QuartilesSchema(Schema):
    """Half of the attempts took between `lower` and `upper` seconds."""

    lower = fields.Float()
    median = fields.Float()
    upper = fields.Float()


class QuizReportSchema(Schema):
    """The figures of a quiz version; null when fewer than five learners stand behind them."""

    learners = fields.Integer()
    attempts = fields.Integer()
    questions_per_attempt = fields.Float(allow_none=True)
    mean_score = fields.Float(allow_none=True)
    sd = fields.Float(allow_none=True)
    alpha = fields.Float(allow_none=True)
    standard_error = fields.Float(allow_none=True)
    mean_seconds = fields.Float(allow_none=True)
    time_quartiles = fields.Nested(QuartilesSchema, allow_none=True)
    histogram = fields.List(fields.Integer())
    questions = fields.List(fields.Nested(QuestionReportSchema))
    remarks = fields.List(fields.String())


class StatisticsSchema(Schema):
    """The statistics of a quiz version over those whom one teaches."""

    version = fields.Integer()
    attempts = fields.String()
    needed_learners = fields.Integer()
    report = fields.Nested(QuizReportSchema, allow_none=True)
