"""Certificates on the command line: `courseapp certificates --help`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from flask import Flask

from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import DomainError
from courseapp.credentials import service
from courseapp.credentials.doors import current_issuer, trust_of
from courseapp.credentials.publishing import jwks
from courseapp.credentials.queries import list_published_keys
from courseapp.credentials.rules import format_code
from courseapp.credentials.verifying import Finding, verify

_reason = click.option(
    "--reason", required=True, help="Why; kept in the audit trail. Of a revocation all can read it."
)


@click.group()
def certificates() -> None:
    """Look after certificates: issue, revoke, check, and the keys that sign them."""


@contextmanager
def _at_work(app_factory: Callable[[], Flask]) -> Iterator[None]:
    try:
        with app_factory().app_context():
            yield
    except DomainError as error:
        raise click.ClickException(str(error)) from error


@certificates.command()
@click.argument("enrollment", type=click.UUID)
@_reason
@click.pass_obj
def issue(app_factory: Callable[[], Flask], enrollment: UUID, reason: str) -> None:
    """Issue the certificate of ENROLLMENT by hand: a completed course that has none that holds."""
    with _at_work(app_factory), transaction() as session:
        found = service.issue_by_hand(
            session, None, enrollment, reason=reason, issuer=current_issuer(), at=clock.now()
        )
    click.echo(f"Issued: {format_code(found.code)}")


@certificates.command()
@click.argument("code")
@_reason
@click.pass_obj
def revoke(app_factory: Callable[[], Flask], code: str, reason: str) -> None:
    """Revoke the certificate with this CODE, for everybody to see."""
    with _at_work(app_factory), transaction() as session:
        found = service.revoke_certificate(session, None, code, reason=reason, at=clock.now())
    click.echo(f"Revoked: {format_code(found.code)}")


@certificates.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def verify_file(app_factory: Callable[[], Flask], file: Path) -> None:
    """Check a certificate's FILE: credential, PDF, badge, or a text file with what the QR code says.

    Ends with 0 when it holds, with 1 when it does not.
    """
    with _at_work(app_factory), snapshot() as session:
        trust = trust_of(session, at=clock.now())
        verdict = verify(file.read_bytes(), trust)
    if verdict.finding is Finding.REFUSED:
        raise click.ClickException(f"not accepted: {verdict.sentence}")
    since = f" since {verdict.since}" if verdict.since else ""
    click.echo(f"{verdict.finding.value}{since}, as of {verdict.as_of.isoformat()}")
    for name, value in verdict.says.items():
        if value:
            click.echo(f"  {name}: {value}")
    click.echo(f"  key: {verdict.fingerprint}")
    if verdict.finding is not Finding.VALID:
        raise SystemExit(1)


@certificates.command("export-keys")
@click.pass_obj
def export_keys(app_factory: Callable[[], Flask]) -> None:
    """Print the public keys that certificates were ever signed with, as a JSON Web Key Set."""
    with _at_work(app_factory), snapshot() as session:
        keys = list_published_keys(session)
    click.echo(json.dumps(jwks(keys), indent=2))


@certificates.command("rotate-key")
@click.option(
    "--lost", is_flag=True, help="The key cannot be opened any more: its secret key is lost."
)
@click.pass_obj
def rotate_key(app_factory: Callable[[], Flask], lost: bool) -> None:  # noqa: FBT001  # click passes options by name
    """Retire the key that signs now, and make another.

    Certificates signed with the old one still hold. Its private half is deleted.
    """
    with _at_work(app_factory), transaction() as session:
        retired, new = service.rotate_issuer_key(
            session, current_issuer(), lost=lost, at=clock.now()
        )
    if retired:
        click.echo(f"Retired: {retired}")
    click.echo(f"Signs from now on: {new}")
