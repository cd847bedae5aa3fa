"""The shapes of certificates in the API and in forms."""

from __future__ import annotations

import base64
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length

from courseapp.core.http.addresses import public_url
from courseapp.core.http.forms import PlainText, StrictSchema
from courseapp.credentials.rules import format_code


class StatementSchema(Schema):
    """What the certificate says."""

    code = fields.String()
    holder = fields.String()
    course = fields.String()
    course_key = fields.String()
    course_version = fields.Integer()
    course_digest = fields.String()
    module = fields.String(allow_none=True)
    module_key = fields.String()
    modules = fields.List(fields.String())
    hours = fields.Float()
    score = fields.Integer(allow_none=True)
    completed_on = fields.Date()
    issued_at = fields.AwareDateTime()
    issuer = fields.String()
    language = fields.String()
    title = fields.String()
    statement = fields.String()
    notice = fields.String()
    verify_url = fields.String()
    branding_digest = fields.String()


class CertificateSchema(Schema):
    """A certificate: what it says, whether it holds, and how to check it without us."""

    code = fields.Function(lambda certificate: format_code(certificate.code))
    status = fields.String(attribute="status.value")
    status_reason = fields.String(allow_none=True)
    status_at = fields.AwareDateTime(allow_none=True)
    replaced_by = fields.Function(
        lambda certificate: certificate.replaced_by and format_code(certificate.replaced_by)
    )
    issued_at = fields.AwareDateTime()
    statement = fields.Nested(StatementSchema, allow_none=True)
    digest = fields.String()
    signature = fields.String()
    public_key = fields.String()
    key_fingerprint = fields.String()
    signature_holds = fields.Boolean()
    credential_digest = fields.String(allow_none=True)
    verify_url = fields.Function(
        lambda certificate: public_url("verifying.verify_code", code=format_code(certificate.code))
    )


class CertificateListSchema(Schema):
    """Certificates, the newest first."""

    items = fields.List(fields.Nested(CertificateSchema))


class NameSchema(StrictSchema):
    """The holder's name, as she confirms it; what is no name is refused by accounts."""

    name = fields.String()


class ReasonSchema(StrictSchema):
    """Why somebody decides about a certificate; it is kept, and of a revocation everybody can read it."""

    reason = PlainText(required=True, least=3, most=500)


class ShareLinkSchema(Schema):
    """The address under which others see a certificate."""

    url = fields.String()


class CohortIssueSchema(Schema):
    """How far issuing for a cohort is."""

    issued_now = fields.Integer()
    certified = fields.Integer()
    completed = fields.Integer()
    is_done = fields.Boolean()


class VerdictSchema(Schema):
    """What a check of a file has found."""

    finding = fields.String(attribute="finding.value")
    refusal = fields.Function(lambda verdict: verdict.refusal and verdict.refusal.value)
    sentence = fields.String()
    since = fields.String(allow_none=True)
    as_of = fields.Date()
    fingerprint = fields.String()
    says = fields.Dict(keys=fields.String(), values=fields.String())


class BrandingSchema(StrictSchema):
    """How an organization's certificates look; the pictures come as files beside it."""

    name = PlainText(required=True, least=2, most=120)
    accent = fields.String(required=True)
    without_logo = fields.Boolean(load_default=False)
    signatory_1 = PlainText(most=80, load_default="")
    role_1 = PlainText(most=80, load_default="")
    signatory_2 = PlainText(most=80, load_default="")
    role_2 = PlainText(most=80, load_default="")


class VerifySchema(StrictSchema):
    """What somebody wants to have checked: a credential's JSON, or what a QR code says."""

    text = fields.String(required=True)


class Picture(fields.String):
    """A file in base 64, as JSON carries it; it becomes bytes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return base64.b64decode(text, validate=True)
        except ValueError as error:
            raise ValidationError(_l("This is not a file in base 64.")) from error


class SignatoryInSchema(StrictSchema):
    """Who signs for an organization."""

    name = PlainText(required=True, least=1, most=80)
    role = PlainText(most=80, load_default="")
    image = Picture(load_default=None, allow_none=True)


class BrandingInSchema(StrictSchema):
    """How an organization's certificates are to look, as a whole: what is left out is not there."""

    name = PlainText(required=True, least=2, most=120)
    accent = fields.String(required=True)
    logo = Picture(load_default=None, allow_none=True)
    signatories = fields.List(
        fields.Nested(SignatoryInSchema), load_default=list, validate=Length(max=2)
    )


class SignatoryOutSchema(Schema):
    """Who signs for an organization."""

    name = fields.String()
    role = fields.String()
    has_image = fields.Function(lambda signatory: signatory.image is not None)


class BrandingOutSchema(Schema):
    """One version of how an organization's certificates look."""

    id = fields.UUID()
    name = fields.String()
    accent = fields.String(attribute="look.accent")
    logo_format = fields.String(attribute="look.logo_format", allow_none=True)
    signatories = fields.List(fields.Nested(SignatoryOutSchema), attribute="look.signatories")
    digest = fields.String()
    created_at = fields.AwareDateTime()
    is_in_use = fields.Boolean()


class BrandingListSchema(Schema):
    """Versions of an organization's look, the newest first."""

    items = fields.List(fields.Nested(BrandingOutSchema))
