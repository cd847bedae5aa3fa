"""Certificates as signed credentials: keys that take turns, states, files, sharing, branding"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_OBJECT = sa.JSON().with_variant(JSONB(), "postgresql")

CERTIFICATE_IN_0001 = """
    NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.digest <> OLD.digest
    OR NEW.signature <> OLD.signature OR NEW.key_fingerprint <> OLD.key_fingerprint
    OR NEW.issued_at <> OLD.issued_at
    OR (NEW.statement IS NOT NULL AND (OLD.statement IS NULL OR NEW.statement <> OLD.statement))
    OR (OLD.status <> 'valid' AND NEW.status = 'valid')
"""
# What was signed may only go, as a whole; what replaced it, and where its state is published, is said once.
CERTIFICATE_IS_FIXED = f"""
    {CERTIFICATE_IN_0001}
    OR NEW.module_key <> OLD.module_key
    OR (NEW.credential IS NOT NULL
        AND (OLD.credential IS NULL OR NEW.credential <> OLD.credential))
    OR (NEW.compact IS NOT NULL AND (OLD.compact IS NULL OR NEW.compact <> OLD.compact))
    OR coalesce(NEW.credential_digest, '') <> coalesce(OLD.credential_digest, '')
    OR coalesce(NEW.status_list, 0) <> coalesce(OLD.status_list, 0)
    OR coalesce(NEW.status_position, 0) <> coalesce(OLD.status_position, 0)
    OR (OLD.replaced_by_id IS NOT NULL
        AND (NEW.replaced_by_id IS NULL OR NEW.replaced_by_id <> OLD.replaced_by_id))
    OR (OLD.status <> 'valid' AND NEW.status <> OLD.status)
    OR (OLD.status <> 'valid' AND NEW.status_at <> OLD.status_at)
"""
# A key is retired once. Its private half may come to lie here, and go when it is retired.
KEY_IS_FIXED = """
    NEW.fingerprint <> OLD.fingerprint OR NEW.public_key <> OLD.public_key
    OR NEW.created_at <> OLD.created_at
    OR (OLD.retired_at IS NOT NULL
        AND (NEW.retired_at IS NULL OR NEW.retired_at <> OLD.retired_at OR NEW.is_active))
"""
NEVER_CHANGED = ("branding", "certificate_file")
NEVER_DELETED = ("branding",)


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def create_refusal(name: str, event: str, condition: str, sentence: str) -> None:
    when = f"WHEN ({condition})" if condition else ""
    act = (
        f"EXECUTE FUNCTION courseapp_refuse('{sentence}')"
        if is_postgresql()
        else f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {when} {act}")


def drop_trigger(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql() else f"DROP TRIGGER {name}")


def create_certificate_triggers(condition: str) -> None:
    create_refusal(
        "certificate_is_fixed",
        "UPDATE ON certificate",
        condition,
        "what a certificate says is never changed",
    )
    create_refusal(
        "certificate_never_goes",
        "DELETE ON certificate",
        "",
        "certificate rows are never deleted",
    )


def drop_certificate_triggers() -> None:
    drop_trigger("certificate_is_fixed", "certificate")
    drop_trigger("certificate_never_goes", "certificate")


def create_key_triggers(condition: str) -> None:
    create_refusal(
        "issuer_key_never_changes",
        "UPDATE ON issuer_key",
        condition,
        "issuer_key rows are never changed",
    )
    create_refusal(
        "issuer_key_never_goes", "DELETE ON issuer_key", "", "issuer_key rows are never deleted"
    )


def drop_key_triggers() -> None:
    drop_trigger("issuer_key_never_changes", "issuer_key")
    drop_trigger("issuer_key_never_goes", "issuer_key")


def create_live_index(*columns: str) -> None:
    op.create_index(
        "uq_certificate_live",
        "certificate",
        list(columns),
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )


def upgrade() -> None:
    op.add_column("person", sa.Column("name_confirmed_at", MOMENT, nullable=True))
    op.add_column(
        "course_version",
        sa.Column(
            "certificate_shows_score", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    for column in ("attachment", "attachment_name", "attachment_type"):
        kind = sa.LargeBinary() if column == "attachment" else sa.Text()
        op.add_column("outbox_message", sa.Column(column, kind, nullable=True))

    # SQLite makes a changed table anew, and its triggers would go astray.
    drop_key_triggers()
    with op.batch_alter_table("issuer_key") as key:
        key.add_column(sa.Column("private_key", sa.Text(), nullable=True))
        key.add_column(sa.Column("retired_at", MOMENT, nullable=True))
        key.add_column(
            sa.Column("is_active", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        key.create_check_constraint(
            op.f("ck_issuer_key_active_can_sign"),
            "NOT is_active OR (private_key IS NOT NULL AND retired_at IS NULL)",
        )
    op.create_index(
        "uq_issuer_key_active",
        "issuer_key",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    create_key_triggers(KEY_IS_FIXED)

    op.create_table(
        "branding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_format", sa.Text(), nullable=True),
        sa.Column("signatories", JSON_OBJECT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(logo IS NULL) = (logo_format IS NULL)", name=op.f("ck_branding_logo_has_format")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_branding_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_branding_created_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branding")),
    )
    op.create_index("ix_branding_organization", "branding", ["organization_id", "created_at"])
    op.create_table(
        "branding_in_use",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("branding_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_branding_in_use_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["branding_id"], ["branding.id"], name=op.f("fk_branding_in_use_branding_id_branding")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_branding_in_use")),
    )

    drop_certificate_triggers()
    op.drop_index("uq_certificate_live", table_name="certificate")
    with op.batch_alter_table("certificate") as certificate:
        certificate.add_column(
            sa.Column("module_key", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        certificate.add_column(sa.Column("credential", sa.Text(), nullable=True))
        certificate.add_column(sa.Column("credential_digest", sa.Text(), nullable=True))
        certificate.add_column(sa.Column("compact", sa.Text(), nullable=True))
        certificate.add_column(sa.Column("status_list", sa.Integer(), nullable=True))
        certificate.add_column(sa.Column("status_position", sa.Integer(), nullable=True))
        certificate.add_column(sa.Column("replaced_by_id", sa.Uuid(), nullable=True))
        certificate.add_column(sa.Column("branding_id", sa.Uuid(), nullable=True))
        certificate.create_unique_constraint(
            op.f("uq_certificate_status_list_status_position"), ["status_list", "status_position"]
        )
        certificate.create_check_constraint(
            op.f("ck_certificate_replaced_is_replaced"),
            "replaced_by_id IS NULL OR status = 'replaced'",
        )
        certificate.create_foreign_key(
            op.f("fk_certificate_replaced_by_id_certificate"),
            "certificate",
            ["replaced_by_id"],
            ["id"],
        )
        certificate.create_foreign_key(
            op.f("fk_certificate_branding_id_branding"), "branding", ["branding_id"], ["id"]
        )
    create_live_index("enrollment_id", "module_key")
    op.create_index(
        "ix_certificate_not_valid",
        "certificate",
        ["status_at"],
        sqlite_where=sa.text("status <> 'valid'"),
        postgresql_where=sa.text("status <> 'valid'"),
    )
    create_certificate_triggers(CERTIFICATE_IS_FIXED)

    op.create_table(
        "certificate_file",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_file_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_file")),
    )
    op.create_table(
        "share_link",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_share_link_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_share_link")),
        sa.UniqueConstraint("token", name=op.f("uq_share_link_token")),
    )
    for table in NEVER_CHANGED:
        create_refusal(
            f"{table}_never_changes", f"UPDATE ON {table}", "", f"{table} rows are never changed"
        )
    for table in NEVER_DELETED:
        create_refusal(
            f"{table}_never_goes", f"DELETE ON {table}", "", f"{table} rows are never deleted"
        )


def refuse_to_lose() -> None:
    """Go back only where nothing that was issued since would be lost."""
    counts = {
        "certificates with a credential": "certificate WHERE credential_digest IS NOT NULL",
        "certificates of modules": "certificate WHERE module_key <> ''",
        "keys that were retired": "issuer_key WHERE retired_at IS NOT NULL",
        "keys that lie in the database": "issuer_key WHERE private_key IS NOT NULL",
        "brandings": "branding",
    }
    for what, rows in counts.items():
        found = (
            op.get_bind().execute(sa.text(f"SELECT count(*) FROM {rows}")).scalar()
        )  # names from the lines above
        if found:
            raise RuntimeError(f"going back would lose {found} {what}: restore a backup instead")


def downgrade() -> None:
    refuse_to_lose()
    op.drop_table("share_link")
    op.drop_table("certificate_file")
    drop_certificate_triggers()
    op.drop_index("ix_certificate_not_valid", table_name="certificate")
    op.drop_index("uq_certificate_live", table_name="certificate")
    with op.batch_alter_table("certificate") as certificate:
        certificate.drop_constraint(op.f("fk_certificate_branding_id_branding"), type_="foreignkey")
        certificate.drop_constraint(
            op.f("fk_certificate_replaced_by_id_certificate"), type_="foreignkey"
        )
        certificate.drop_constraint(op.f("ck_certificate_replaced_is_replaced"), type_="check")
        certificate.drop_constraint(
            op.f("uq_certificate_status_list_status_position"), type_="unique"
        )
        for column in (
            "branding_id",
            "replaced_by_id",
            "status_position",
            "status_list",
            "compact",
            "credential_digest",
            "credential",
            "module_key",
        ):
            certificate.drop_column(column)
    create_live_index("enrollment_id")
    create_certificate_triggers(CERTIFICATE_IN_0001)
    op.drop_table("branding_in_use")
    op.drop_table("branding")
    drop_key_triggers()
    op.drop_index("uq_issuer_key_active", table_name="issuer_key")
    with op.batch_alter_table("issuer_key") as key:
        key.drop_constraint(op.f("ck_issuer_key_active_can_sign"), type_="check")
        for column in ("is_active", "retired_at", "private_key"):
            key.drop_column(column)
    create_key_triggers("")
    for column in ("attachment_type", "attachment_name", "attachment"):
        op.drop_column("outbox_message", column)
    # Without a new table, which would take the triggers of content with it.
    op.drop_column("course_version", "certificate_shows_score")
    op.drop_column("person", "name_confirmed_at")
