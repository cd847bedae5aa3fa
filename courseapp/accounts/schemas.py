"""The shapes of account data, for pages and API alike."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, validates_schema

from courseapp.accounts.rules import (
    MOST_PASSWORD_LENGTH,
    email_problem,
    is_storable,
    name_problem,
    normalize_email,
    normalize_name,
    password_problem,
)
from courseapp.accounts.types import LANGUAGES
from courseapp.core.http.forms import StrictSchema


class Email(fields.String):
    """An e-mail address in its normal form."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        email = normalize_email(super()._deserialize(value, attr, data, **kwargs))
        if problem := email_problem(email):
            raise ValidationError(problem)
        return email


class Name(fields.String):
    """A person's name, as she writes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = normalize_name(super()._deserialize(value, attr, data, **kwargs))
        if problem := name_problem(name):
            raise ValidationError(problem)
        return name


class Locale(fields.String):
    """One of the languages that can be chosen."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        locale = super()._deserialize(value, attr, data, **kwargs)
        if locale not in LANGUAGES:
            raise ValidationError(_l("Choose one of these: %(known)s.", known=", ".join(LANGUAGES)))
        return locale


class GivenPassword(fields.String):
    """A password that is checked against a stored one: any text of a sensible length."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        password = super()._deserialize(value, attr, data, **kwargs)
        if len(password) > MOST_PASSWORD_LENGTH:
            raise ValidationError(_l("Use at most %(most)s characters.", most=MOST_PASSWORD_LENGTH))
        if not password or not is_storable(password):
            raise ValidationError(_l("Fill in this field."))
        return password


class NewPasswordSchema(StrictSchema):
    """A password that somebody chooses."""

    password = fields.String(required=True, load_only=True)

    @validates_schema(skip_on_field_errors=False)
    def check_password(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Hold the password against the rules, and against the address."""
        if "password" not in data:
            return
        if problem := password_problem(data["password"], email=data.get("email", "")):
            raise ValidationError(problem, "password")


class SignUpSchema(NewPasswordSchema):
    """What opens an account."""

    email = Email(required=True)
    name = Name(required=True)
    locale = Locale(load_default="en")


class CredentialsSchema(StrictSchema):
    """What signs a person in."""

    email = Email(required=True)
    password = GivenPassword(required=True, load_only=True)


class EmailSchema(StrictSchema):
    """An address alone."""

    email = Email(required=True)


class ProfileSchema(StrictSchema):
    """What a person can change about herself."""

    name = Name(required=True)
    locale = Locale(required=True)


class PasswordChangeSchema(NewPasswordSchema):
    """A new password, with the present one to show that it is she."""

    current_password = GivenPassword(required=True, load_only=True)


class DeletionSchema(StrictSchema):
    """What deletes an account."""

    current_password = GivenPassword(required=True, load_only=True)


class RoleSchema(Schema):
    """A role, and where it holds."""

    role = fields.String()
    organization_id = fields.UUID(allow_none=True)


class PersonSchema(Schema):
    """The person who is asking."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String()
    locale = fields.String()
    roles = fields.List(fields.Nested(RoleSchema))


class AccountCreatedSchema(Schema):
    """The answer to a sign-up: the same whether the account is new or was there before."""

    email = fields.String()
    message = fields.String()


class TokenSchema(Schema):
    """A bearer token; it is shown once."""

    token = fields.String()
    expires_at = fields.AwareDateTime()
