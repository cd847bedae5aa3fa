"""courseapp: an e-learning platform for trade unions.

`create_app` is the only place that knows the Flask extensions; `wiring` the only one that knows every
feature. README.md has the map of the house.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, load_settings
from courseapp.accounts.doors import (
    ask_nobody,
    find_current_actor,
    init_sign_in,
    interface_language,
    interface_locale,
    is_signed_in,
)
from courseapp.core.db import db, prepare_engine
from courseapp.core.http.access import enforce_access
from courseapp.core.http.csrf import protect_from_forgery
from courseapp.core.http.headers import add_headers
from courseapp.core.http.json_api import DescribedApi
from courseapp.core.http.problems import answer_refusals, refuse_unreadable_addresses
from courseapp.core.http.static_files import SessionsOfPages, static_address
from courseapp.core.http.uploads import allow_files
from courseapp.core.mail import choose_transport
from courseapp.core.outbox import Courier
from courseapp.credentials.doors import ISSUER_EXTENSION
from courseapp.credentials.service import Issuer
from courseapp.credentials.types import IssuerIdentity
from courseapp.wiring import wire

__all__ = ["create_app"]

MOST_REQUEST_BYTES = 256 * 1024
SESSION_LASTS = timedelta(days=30)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from the settings (by default those of the environment).

    Raises SettingsError or KeyUnreadable, each with a sentence that says what to do.
    """
    settings = settings or load_settings()
    app = Flask(__name__, instance_path=str(settings.instance_dir))
    app.config.from_mapping(_flask_config(settings))
    app.extensions["courseapp_settings"] = settings
    app.session_interface = SessionsOfPages()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # the documented way to wrap an app
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Babel(app, locale_selector=interface_locale)
    # Registered first, so that it runs last: it compresses what the others have completed.
    Compress(app)
    add_headers(app, serves_tls=settings.serves_tls)
    refuse_unreadable_addresses(app)
    init_sign_in(app)
    allow_files(app)
    protect_from_forgery(app)
    enforce_access(app, is_signed_in)
    _teach_templates(app)
    api = DescribedApi(app)
    # After it, since it brings handlers of its own.
    answer_refusals(app, sign_in_endpoint="accounts.sign_in", ask_no_more=ask_nobody)
    app.extensions["courseapp_api"] = api
    app.extensions[ISSUER_EXTENSION] = Issuer(
        IssuerIdentity(settings.issuer_name, settings.base_url),
        settings.secret_key,
        old_key_file=settings.instance_dir / "issuer_key.pem",
    )
    app.extensions["courseapp_courier"] = Courier(
        app, choose_transport(settings.mail_url, settings.mail_from, settings.instance_dir)
    )
    wire(app, api)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_BASE_URL": settings.base_url,
        "CONTENT_DIR": settings.content_dir,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not settings.uses_sqlite,
            # A thread that answers holds one connection at a time, and so does the courier.
            "pool_size": settings.threads + 1,
        },
        "MAX_CONTENT_LENGTH": MOST_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_REQUEST_BYTES,
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.serves_tls,
        "PERMANENT_SESSION_LIFETIME": SESSION_LASTS,
        # The cookie is written again only when it changes, so that pages stay the same.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "application/json",
            "application/problem+json",
        ],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_MIN_SIZE": 400,
        "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": True,
        "API_TITLE": "courseapp",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "info": {
                "description": "Courses, enrollments, quizzes and certificates. "
                "Sign in with POST /tokens and send it as “Authorization: Bearer …”."
            },
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
    }


def _teach_templates(app: Flask) -> None:
    # A misspelt name in a template is an error, not an empty place on the page.
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    app.jinja_env.globals["static_address"] = static_address

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {"actor": find_current_actor(), "interface_language": interface_language()}
