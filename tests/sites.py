"""A site under test: the app on one database, and the ways in that people and programs have."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from courseapp import create_app
from courseapp.catalog.queries import forget_cached_content
from courseapp.core import clock, outbox
from courseapp.core.db import db, snapshot, transaction
from courseapp.core.mail import Mail
from courseapp.wiring import METADATA
from tests.databases import Database

API_PREFIX: Final = "/api/v1"


class Site:
    """The app on one database. Every way in opens its own application context and closes it again."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.app: Flask = create_app(settings)
        self.app.testing = True
        self.app.test_client_class = Browser
        # Mails stay in the outbox until a test takes them out: no thread beside the test's own.
        self.app.extensions.pop("courseapp_courier")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction as a door that writes does."""
        with self.app.app_context(), transaction() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Open a transaction as a door that only reads does."""
        with self.app.app_context(), snapshot() as session:
            yield session

    @contextmanager
    def request(self, path: str = "/", **options: Any) -> Iterator[None]:
        """Stand inside a request, for what needs addresses and languages but no view."""
        with self.app.test_request_context(path, **options):
            yield

    def execute(self, sql: str, **values: Any) -> list[Any]:
        """Run raw SQL past the application and return its rows, if it has any."""
        if self.database.is_sqlite:
            # There an id is stored as its 32 hexadecimal digits.
            values = {n: v.hex if isinstance(v, UUID) else v for n, v in values.items()}
        with self.app.app_context(), transaction() as session:
            result = session.connection().execute(text(sql), values)
            return list(result.all()) if result.returns_rows else []

    def scalar(self, sql: str, **values: Any) -> Any:
        """Return the one value that raw SQL selects."""
        return self.execute(sql, **values)[0][0]

    def count_rows(self) -> Counter[str]:
        """Return how many rows each table has."""
        tables = METADATA.tables
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)
        return Counter({name: int(count) for name, count in self.execute(counts)})

    def browser(self) -> Browser:
        """Return a new browser: nobody is signed in."""
        return cast("Browser", self.app.test_client())

    def api(self, token: str | None = None) -> Api:
        """Return a program, speaking for the owner of the token."""
        return Api(self.app.test_client(), token)

    def take_mails(self) -> list[Mail]:
        """Deliver what waits in the outbox, and return it."""
        delivered = MailBag()
        with self.app.app_context():
            outbox.deliver_due(delivered, at=clock.now())
        return delivered.mails

    def environment(self) -> dict[str, str]:
        """Return the settings as the environment of a process that is to run the same site."""
        settings = self.settings
        return {
            "COURSEAPP_SECRET_KEY": settings.secret_key,
            "COURSEAPP_INSTANCE_DIR": str(settings.instance_dir),
            "COURSEAPP_DATABASE_URL": settings.database_url,
            "COURSEAPP_CONTENT_DIR": str(settings.content_dir),
        }

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Let everything that happens within the block be undone at its end.

        The app's sessions are given a connection with an open transaction and a SAVEPOINT in place of
        their engine: their own BEGIN and COMMIT become a SAVEPOINT and its RELEASE.
        """
        with self.app.app_context():
            engines = db._app_engines[self.app]
        engine = engines[None]
        connection: Connection = engine.connect()
        outermost = connection.begin()
        connection.begin_nested()
        engines[None] = connection  # type: ignore[assignment]
        forget_cached_content()
        try:
            yield
        finally:
            engines[None] = engine
            outermost.rollback()
            connection.close()
            forget_cached_content()

    def close(self) -> None:
        """Let go of every connection."""
        with self.app.app_context():
            db.engine.dispose()


class MailBag:
    """A mail transport that keeps what it is given; or, told so, refuses it."""

    def __init__(self, refuse_with: Exception | None = None) -> None:
        self.mails: list[Mail] = []
        self.tries = 0
        self.refuse_with = refuse_with

    def send(self, mail: Mail) -> None:
        self.tries += 1
        if self.refuse_with is not None:
            raise self.refuse_with
        self.mails.append(mail)


class Browser(FlaskClient):
    """A browser: keeps cookies, and sends forms with the token that pages carry."""

    def submit(self, path: str, /, **fields: Any) -> TestResponse:
        """Send a form, with a CSRF token as any page of the session would carry it."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.secret_key
        token = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw)
        return self.post(path, data={"csrf_token": token, **fields})


class Api:
    """A program: speaks JSON under /api/v1, with a bearer token if it has one."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        self.token = token

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.open(API_PREFIX + path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("POST", path, json={} if json is None else json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("PUT", path, json={} if json is None else json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.request("DELETE", path, **options)
