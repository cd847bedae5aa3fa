"""The shapes of certificates in the API."""

from __future__ import annotations

from marshmallow import Schema, fields

from courseapp.core.http.addresses import public_url
from courseapp.credentials.rules import format_code


class StatementSchema(Schema):
    """What the certificate says."""

    code = fields.String()
    holder = fields.String()
    course = fields.String()
    course_key = fields.String()
    course_version = fields.Integer()
    course_digest = fields.String()
    modules = fields.List(fields.String())
    hours = fields.Float()
    completed_on = fields.Date()
    issued_at = fields.AwareDateTime()
    issuer = fields.String()
    language = fields.String()
    title = fields.String()
    statement = fields.String()
    notice = fields.String()
    verify_url = fields.String()


class CertificateSchema(Schema):
    """A certificate: what it says, whether it holds, and how to check it without us."""

    code = fields.Function(lambda certificate: format_code(certificate.code))
    status = fields.String(attribute="status.value")
    status_reason = fields.String(allow_none=True)
    status_at = fields.AwareDateTime(allow_none=True)
    issued_at = fields.AwareDateTime()
    statement = fields.Nested(StatementSchema, allow_none=True)
    digest = fields.String()
    signature = fields.String()
    public_key = fields.String()
    signature_holds = fields.Boolean()
    verify_url = fields.Function(
        lambda certificate: public_url("credentials.verify", code=format_code(certificate.code))
    )
