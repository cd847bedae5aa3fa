"""The issuer's keys: one that signs, and those that were retired, whose signatures still hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courseapp.core.db import after_commit, insert_unless_exists
from courseapp.credentials.models import IssuerKey
from courseapp.credentials.signing import KeyUnreadable, Signer, new_signer, seal, unseal
from courseapp.credentials.types import IssuerIdentity


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues certificates in this installation, and how the key is opened.

    `old_key_file` is where the first release kept the key; what lies there is taken into the database.
    """

    identity: IssuerIdentity
    secret_key: str = field(repr=False)
    old_key_file: Path


def find_signer(session: Session, issuer: Issuer) -> Signer | None:
    """Return what signs now, if there is a key already; raises KeyUnreadable."""
    sealed = session.scalars(select(IssuerKey.private_key).where(IssuerKey.is_active)).one_or_none()
    return None if sealed is None else unseal(sealed, issuer.secret_key)


def ensure_issuer_key(session: Session, issuer: Issuer, *, at: datetime) -> Signer:
    """Return what signs now; the first time, a key is made. Raises KeyUnreadable.

    Two processes that start at once keep one: the database has at most one active key.
    """
    signer = find_signer(session, issuer)
    if signer is None:
        made = _take_in_old_file(session, issuer) or new_signer()
        _activate(session, made, issuer, at=at)
        signer = find_signer(session, issuer)
    if signer is None:
        raise RuntimeError("an issuer key was neither inserted nor there already")
    return signer


def rotate_issuer_key(
    session: Session, issuer: Issuer, *, lost: bool = False, at: datetime
) -> tuple[str | None, str]:
    """Retire the key that signs now and make another; return the fingerprints of both.

    The retired one's private half is deleted. What it signed still holds; what is dated after its end does
    not. With `lost` it need not be possible to open it.
    """
    row = session.scalars(
        select(IssuerKey).where(IssuerKey.is_active).with_for_update()
    ).one_or_none()
    retired = None
    if row is not None:
        if not lost and row.private_key is not None:
            unseal(row.private_key, issuer.secret_key)
        retired = row.fingerprint
        session.execute(
            update(IssuerKey)
            .where(IssuerKey.fingerprint == retired)
            .values(private_key=None, is_active=False, retired_at=at)
        )
        session.expire(row)
    signer = new_signer()
    _activate(session, signer, issuer, at=at)
    return retired, signer.fingerprint


def _activate(session: Session, signer: Signer, issuer: Issuer, *, at: datetime) -> None:
    sealed = seal(signer, issuer.secret_key)
    known = session.get(IssuerKey, signer.fingerprint)
    if known is not None:
        # The first release knew the public half only.
        session.execute(
            update(IssuerKey)
            .where(IssuerKey.fingerprint == signer.fingerprint)
            .values(private_key=sealed, is_active=True)
        )
        return
    insert_unless_exists(
        session,
        IssuerKey,
        fingerprint=signer.fingerprint,
        public_key=signer.public_key,
        private_key=sealed,
        is_active=True,
        created_at=at,
    )


def _take_in_old_file(session: Session, issuer: Issuer) -> Signer | None:
    """Return the key of the first release, whose file goes once the database has it."""
    path = issuer.old_key_file
    if not path.exists():
        return None
    try:
        signer = unseal(path.read_text(encoding="ascii"), issuer.secret_key)
    except (KeyUnreadable, UnicodeDecodeError) as error:
        raise KeyUnreadable(
            f"{path} cannot be opened with this secret key: put the key back with which it was made. "
            "If that one is lost, move the file away: a new key signs new certificates, "
            "and old ones can still be verified."
        ) from error
    after_commit(session, partial(path.unlink, missing_ok=True))
    return signer
