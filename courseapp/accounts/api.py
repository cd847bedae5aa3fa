"""Accounts for programs."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from courseapp.accounts import service
from courseapp.accounts.authentication import authenticate, open_account
from courseapp.accounts.doors import current_actor
from courseapp.accounts.schemas import (
    AccountCreatedSchema,
    CredentialsSchema,
    PersonSchema,
    SignUpSchema,
    TokenSchema,
)
from courseapp.accounts.types import Actor, IssuedToken
from courseapp.core import clock
from courseapp.core.db import transaction
from courseapp.core.http.access import public, signed_in
from courseapp.core.http.json_api import ApiBlueprint

blueprint = ApiBlueprint("accounts_api", __name__, description="Accounts and tokens")


@blueprint.route("/accounts", methods=["POST"])
@blueprint.arguments(SignUpSchema)
@blueprint.response(201, AccountCreatedSchema)
@public
def create_account(data: dict[str, Any]) -> dict[str, str]:
    """Open an account.

    The answer is the same when there is one with this address already; its owner is told by mail.
    """
    open_account(**data)
    return {
        "email": data["email"],
        "message": _("If this address was new, the account is ready: ask for a token."),
    }


@blueprint.route("/tokens", methods=["POST"])
@blueprint.arguments(CredentialsSchema)
@blueprint.response(201, TokenSchema)
@public
def create_token(data: dict[str, Any]) -> IssuedToken:
    """Exchange e-mail address and password for a bearer token that lasts 90 days."""
    person_id = authenticate(data["email"], data["password"])
    with transaction() as session:
        return service.issue_token(session, person_id, at=clock.now())


@blueprint.route("/tokens/current", methods=["DELETE"])
@blueprint.response(204)
@signed_in
def revoke_current_token() -> None:
    """End the token that this request is made with."""
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    with transaction() as session:
        service.revoke_token(session, current_actor(), token, at=clock.now())


@blueprint.route("/me")
@blueprint.response(200, PersonSchema)
@signed_in
def get_me() -> Actor:
    """Tell who the token belongs to."""
    return current_actor()
