"""Who is asking: the person behind the session cookie or the bearer token, for the doors of all features."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Flask, Request, current_app, g, has_request_context, request, session
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from courseapp.accounts.queries import (
    find_actor,
    find_actor_by_token,
    find_session_stamp,
)
from courseapp.accounts.rules import normalize_email
from courseapp.accounts.types import LANGUAGES, Actor, PersonId
from courseapp.core import clock
from courseapp.core.db import snapshot
from courseapp.core.errors import NotSignedIn
from courseapp.core.ids import new_token, parse_id, token_hash

DEVICE_COOKIE: Final = "device"
DEVICE_COOKIE_SECONDS: Final = 400 * 24 * 3600  # as long as browsers keep any cookie
INTERFACE_LANGUAGES: Final = ("en",)


class SignedInPerson(UserMixin):  # type: ignore[misc]  # Flask-Login publishes no types
    """What Flask-Login holds: the actor, and the stamp that ends with the next change of password."""

    def __init__(self, actor: Actor, stamp: UUID) -> None:
        self.actor = actor
        self._stamp = stamp

    def get_id(self) -> str:
        """Return what the session cookie says."""
        return f"{self.actor.id}:{self._stamp}"


class TokenBearer(UserMixin):  # type: ignore[misc]  # Flask-Login publishes no types
    """A person for whom a program speaks."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def init_sign_in(app: Flask) -> None:
    """Teach Flask-Login how people are found."""
    manager = LoginManager()
    # Its protection ends sessions when a phone changes networks; the stamp is ours.
    manager.session_protection = None
    manager.init_app(app)

    @manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def load_session(session_id: str) -> SignedInPerson | None:
        if "Authorization" in request.headers:
            # A program that brings a token speaks for its owner, never for a cookie beside it.
            return None
        person_text, _, stamp_text = session_id.partition(":")
        person_id, stamp = parse_id(person_text), parse_id(stamp_text)
        if person_id is None or stamp is None:
            return None
        with snapshot() as db_session:
            actor = find_actor(db_session, PersonId(person_id), session_stamp=stamp)
        return None if actor is None else SignedInPerson(actor, stamp)

    @manager.request_loader  # type: ignore[untyped-decorator]  # Flask-Login publishes no types
    def load_bearer(incoming: Request) -> TokenBearer | None:
        scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not incoming.path.startswith("/api/"):
            return None
        with snapshot() as db_session:
            actor = find_actor_by_token(db_session, token.strip(), at=clock.now())
        return None if actor is None else TokenBearer(actor)


def find_current_actor() -> Actor | None:
    """Return the person who is asking, or None."""
    actor: Actor | None = getattr(current_user, "actor", None)
    return actor


def ask_nobody() -> None:
    """Take whoever is asking for a stranger, unless she has been recognized already."""
    if "_login_user" not in g:
        # Where Flask-Login looks before it asks the loaders above.
        g._login_user = AnonymousUserMixin()


def current_actor() -> Actor:
    """Return the person who is asking; raises NotSignedIn."""
    actor = find_current_actor()
    if actor is None:
        raise NotSignedIn
    return actor


def is_signed_in() -> bool:
    """Tell whether a person is asking."""
    return find_current_actor() is not None


def start_session(person_id: PersonId) -> None:
    """Sign a person in on this browser; whatever its session held before is dropped."""
    with snapshot() as db_session:
        actor = find_actor(db_session, person_id)
        stamp = find_session_stamp(db_session, person_id)
    if actor is None or stamp is None:
        raise NotSignedIn
    session.clear()
    session.permanent = True
    login_user(SignedInPerson(actor, stamp))


def end_session() -> None:
    """Sign the person out on this browser."""
    logout_user()
    session.clear()


def remote_address() -> str:
    """Return the network address that is asking (behind proxies as far as the settings trust them)."""
    return request.remote_addr or "unknown"


def known_device(email: str) -> str | None:
    """Return the name of this device if the account's owner has signed in on it before.

    The cookie is signed and bound to the account, so a guesser cannot make one up.
    """
    try:
        name, account = _device_serializer().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(name) if account == token_hash(normalize_email(email)) else None


def remember_device(response: BaseResponse, email: str) -> None:
    """Let this browser be known as one on which the account's owner has signed in."""
    response.set_cookie(
        DEVICE_COOKIE,
        _device_serializer().dumps([new_token(), token_hash(normalize_email(email))]),
        max_age=DEVICE_COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        path="/",
    )


def _device_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known device")


def reading_language() -> str:
    """Return the language in which the person who is asking would like to read content."""
    if not has_request_context():
        return "en"
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    actor = find_current_actor()
    if actor is not None:
        return actor.locale
    return request.accept_languages.best_match(LANGUAGES) or "en"


def interface_locale() -> str:
    """Return the locale for dates and numbers: English ones as most of the world writes them."""
    language = interface_language()
    return "en_GB" if language == "en" else language


def interface_language() -> str:
    """Return the language of the pages themselves."""
    language = reading_language().partition("-")[0]
    return language if language in INTERFACE_LANGUAGES else "en"
