"""The shapes of imports and exports in the API."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from courseapp.core.http.forms import PlainText, StrictSchema
from courseapp.interop.questions.formats import FORMATS

MOST_LINE = 500


class ImportSchema(StrictSchema):
    """How a file is read, and what its questions are given where it says nothing of it.

    Nothing is written unless `apply` is true.
    """

    format = fields.String(required=True, validate=validate.OneOf(list(FORMATS)))
    objective = PlainText(required=True, least=1, most=130)
    source = PlainText(required=True, least=1, most=MOST_LINE)
    explanation = PlainText(load_default="", most=MOST_LINE)
    apply = fields.Boolean(load_default=False)


class ExportSchema(StrictSchema):
    """The format that is wanted."""

    format = fields.String(required=True, validate=validate.OneOf(list(FORMATS)))


class RemarkSchema(Schema):
    """What there is to say about one place of a file."""

    severity = fields.String(attribute="severity.value")
    line = fields.Integer()
    about = fields.String()
    message = fields.String()


class PlannedQuestionSchema(Schema):
    """What becomes of one question: `kind` is null when it is refused or there already."""

    line = fields.Integer()
    name = fields.String()
    key = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)
    is_there = fields.Boolean()
    remarks = fields.List(fields.Nested(RemarkSchema))


class ImportPlanSchema(Schema):
    """What an import does, or would do; `yaml` is what is added to the quiz file."""

    applied = fields.Boolean()
    taken = fields.Integer()
    questions = fields.List(fields.Nested(PlannedQuestionSchema))
    remarks = fields.List(fields.Nested(RemarkSchema))
    problems = fields.List(fields.String())
    yaml = fields.String()
