"""The command line: `courseapp --help`."""

from __future__ import annotations

import dataclasses
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import Settings, SettingsError, load_settings
from courseapp import create_app
from courseapp.accounts import service as accounts
from courseapp.accounts.errors import EmailInUse
from courseapp.accounts.rules import email_problem, name_problem, normalize_email, normalize_name
from courseapp.accounts.types import LANGUAGES, LinkPurpose, PersonId, Role
from courseapp.assessment.cli import quizzes
from courseapp.core import clock, outbox
from courseapp.core.db import db, snapshot, transaction
from courseapp.core.http.addresses import public_url
from courseapp.core.mail import choose_transport
from courseapp.credentials.cli import certificates
from courseapp.credentials.pdf import missing_scripts
from courseapp.credentials.signing import KeyUnreadable
from courseapp.interop.questions.cli import questions
from courseapp.ops import migrations
from courseapp.ops.demo.build import DEMO_GOES_BACK, build_demo, demo_links
from courseapp.ops.doctor import find_faults
from courseapp.ops.server import Server, find_listening_problem
from courseapp.ops.setup import (
    ContentHasProblems,
    check_content,
    ensure_key,
    first_administrator_address,
    publish_content,
    purge_what_is_over,
)


def say(line: str) -> None:
    """Print a line at once, so that it stands before what comes later."""
    click.echo(line)
    sys.stdout.flush()


def fail(message: str) -> click.ClickException:
    """Return the error that ends a command with a sentence."""
    return click.ClickException(message)


def main() -> None:
    """Run the command line; settings that cannot be used end it with a sentence."""
    try:
        courseapp()
    except (SettingsError, KeyUnreadable) as error:
        raise SystemExit(f"courseapp: {error}") from error
    except SQLAlchemyError as error:
        # The statement and its values may hold personal data: the driver's own line is enough.
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip()
        raise SystemExit(f"courseapp: the database refused: {reason}") from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def courseapp(context: click.Context) -> None:
    """Run and look after a courseapp site.

    Settings come from the environment; the README has a table of them.
    """
    # What the features' own commands make their application with.
    context.obj = create_app


courseapp.add_command(quizzes)
courseapp.add_command(questions)
courseapp.add_command(certificates)


@courseapp.command()
def serve() -> None:
    """Bring the site up to date and serve it.

    Updates the database, publishes the content, prints a one-time link for the first administrator when
    there is none yet, and serves until Ctrl-C.
    """
    settings = load_settings()
    _check_address(settings)
    app = _brought_up_to_date(settings)
    with app.app_context():
        purge_what_is_over()
        link = first_administrator_address()
    if link:
        say("")
        say("There is no administrator yet. Open this link once to become it (valid for 7 days):")
        say(f"  {link}")
    _serve(settings)


@courseapp.command()
@click.option(
    "--build-only", is_flag=True, help="Build the data and print the links; do not serve."
)
def demo(build_only: bool) -> None:  # noqa: FBT001  # click passes options by name
    """Serve a demonstration with people at every stage of the course.

    It has a database and a folder of its own, instance/demo, and touches nothing else. Delete that folder
    to start anew. Prints one-time links to sign in as an administrator, a trainer, and learners.
    """
    settings = _demo_settings(load_settings())
    if not build_only:
        _check_address(settings)
    # Its people have been there for weeks, and what they were given was signed then.
    app = _brought_up_to_date(settings, key_since=clock.now() - DEMO_GOES_BACK)
    with app.app_context():
        say("Building 60 learners (the first time this takes a little) ...")
        build_demo(clock.now())
        people = demo_links(clock.now())
    say("")
    say("Sign in as (each link works once, for 12 hours):")
    for person in people:
        say(f"  {person.what + ', ' + person.name:<56} {person.address}")
    if not build_only:
        _serve(settings)


@courseapp.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the database's structure up to date; safe to run again."""
    settings = load_settings()
    migrations.upgrade(settings.database_url)
    say(f"The database is at migration {migrations.newest_revision()}.")


@courseapp.group()
def content() -> None:
    """Check and publish courses."""


@content.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def check(folder: Path | None) -> None:
    """Read all content files and report every problem, with file and line.

    FOLDER holds modules/ and quizzes/; by default it is this installation's own. Needs no database.
    """
    root = (folder or load_settings().content_dir).resolve()
    problems = check_content(root)
    for problem in problems:
        say(str(problem))
    if problems:
        raise fail(f"{len(problems)} problems in the content")
    say("The content has no problems.")


@content.command()
def publish() -> None:
    """Check the content and publish what changed, as new versions."""
    settings = load_settings()
    with create_app(settings).app_context():
        _publish(settings)


@courseapp.group()
def users() -> None:
    """Create accounts."""


@users.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as on the certificate.")
@click.option("--locale", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@click.option("--admin", is_flag=True, help="Make the person an administrator of the whole site.")
def create(email: str, name: str, locale: str, admin: bool) -> None:  # noqa: FBT001  # click passes options by name
    """Create an account and print the one-time link with which the person sets a password.

    The link works for 7 days. There is no default password.
    """
    with create_app().app_context():
        say(_new_person_link(email, name, locale, admin=admin))


@users.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as on the certificate.")
@click.option("--locale", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@click.option("--admin", is_flag=True, help="Make the person an administrator of the whole site.")
def invite(email: str, name: str, locale: str, admin: bool) -> None:  # noqa: FBT001  # click passes options by name
    """Create an account and mail the person the link with which to set a password.

    Without a mail server the mail is a file in instance/mail.
    """
    settings = load_settings()
    app = create_app(settings)
    # The command line ends before a thread would have delivered anything.
    app.extensions.pop("courseapp_courier")
    with app.app_context():
        link = _new_person_link(email, name, locale, admin=admin)
        with transaction() as session:
            accounts.mail_invitation(session, email=email, locale=locale, link=link, at=clock.now())
        transport = choose_transport(settings.mail_url, settings.mail_from, settings.instance_dir)
        outbox.deliver_due(transport, at=clock.now() + timedelta(seconds=1))
    where = "mailed" if settings.mail_url else f"written to {settings.instance_dir / 'mail'}"
    say(f"The invitation for {normalize_email(email)} was {where}.")


@courseapp.command()
def doctor() -> None:
    """Check that the installation is healthy and its data agrees with itself.

    Compares the database's structure with the migrations, every stored summary of progress with the facts
    behind it, and every certificate with its signature. Changes nothing.
    """
    settings = load_settings()
    app = create_app(settings)
    with app.app_context():
        faults = _structure_faults()
        if not faults:
            with snapshot() as session:
                faults = list(find_faults(session))
    for fault in faults:
        say(fault)
    for script in missing_scripts():
        say(
            f"Note: no font for {script} script; names in it are not drawn in PDFs (README: fonts)."
        )
    if faults:
        raise fail(f"{len(faults)} faults")
    say("Everything agrees.")


def _structure_faults() -> list[str]:
    found, wanted = migrations.current_revision(db.engine), migrations.newest_revision()
    if found == wanted:
        return []
    return [
        f"the database is at migration {found}, the newest is {wanted}: run courseapp db upgrade"
    ]


def _brought_up_to_date(settings: Settings, *, key_since: datetime | None = None) -> Flask:
    say("Updating the database ...")
    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context():
        _publish(settings)
        ensure_key(since=key_since or clock.now())
        # Gunicorn forks: a connection must not be shared between processes.
        db.engine.dispose()
    return app


def _publish(settings: Settings) -> None:
    say("Publishing the content ...")
    try:
        changes = publish_content(settings.content_dir)
    except ContentHasProblems as error:
        for problem in error.problems:
            say(str(problem))
        raise fail(
            f"{len(error.problems)} problems in the content; nothing was published"
        ) from error
    versions = [change for change in changes if ": version" in change]
    say(f"  {len(versions)} new versions." if versions else "  Nothing has changed.")


def _check_address(settings: Settings) -> None:
    # Before anything is done: a second start by mistake leaves the first one's links as they are.
    if problem := find_listening_problem(settings):
        raise fail(problem)


def _serve(settings: Settings) -> None:
    def announce() -> None:
        say("")
        say(f"Serving on {settings.base_url}  (Ctrl-C ends it)")

    Server(settings, lambda: create_app(settings), announce).run()


def _demo_settings(settings: Settings) -> Settings:
    folder = settings.instance_dir / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    return dataclasses.replace(
        settings, instance_dir=folder, database_url=f"sqlite:///{folder / 'courseapp.sqlite3'}"
    )


def _new_person_link(email: str, name: str, locale: str, *, admin: bool) -> str:
    email, name = normalize_email(email), normalize_name(name)
    if problem := email_problem(email) or name_problem(name):
        raise fail(str(problem))
    at = clock.now()
    try:
        with transaction() as session:
            person_id: PersonId = accounts.create_person(
                session,
                email=email,
                name=name,
                locale=locale,
                password_hash=None,
                by=None,
                at=at,
            )
            if admin:
                accounts.grant_role(
                    session, person_id, Role.SITE_ADMINISTRATOR, None, by=None, at=at
                )
            token = accounts.create_link(
                session, LinkPurpose.SET_PASSWORD, person_id, lasts=accounts.INVITATION_LASTS, at=at
            )
    except EmailInUse as error:
        raise fail(str(error)) from error
    return public_url("accounts.use_link", token=token)
