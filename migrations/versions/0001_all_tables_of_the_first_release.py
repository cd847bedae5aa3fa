"""All tables of the first release"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_OBJECT = sa.JSON().with_variant(JSONB(), "postgresql")

# What the triggers below hold, whoever comes past the application.
NEVER_CHANGED = (
    "audit_event",
    "course_text",
    "course_version",
    "course_version_activity",
    "course_version_module",
    "enrollment_move",
    "glossary_text",
    "issuer_key",
    "lesson_completion",
    "lesson_text",
    "lesson_version",
    "module_text",
    "module_version",
    "picture",
    "question_text",
    "question_version",
    "quiz_text",
    "quiz_version",
    "quiz_version_question",
)
# An erased person's own facts may go; everything else of the above stays.
MAY_BE_DELETED = ("enrollment_move", "lesson_completion")

CERTIFICATE_IS_FIXED = """
    NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.digest <> OLD.digest
    OR NEW.signature <> OLD.signature OR NEW.key_fingerprint <> OLD.key_fingerprint
    OR NEW.issued_at <> OLD.issued_at
    OR (NEW.statement IS NOT NULL AND (OLD.statement IS NULL OR NEW.statement <> OLD.statement))
    OR (OLD.status <> 'valid' AND NEW.status = 'valid')
"""
PROGRESS_NEVER_FALLS = "NEW.percent < OLD.percent AND NEW.course_version_id = OLD.course_version_id"


def rules() -> list[tuple[str, str, str, str]]:
    """Return every rule as (trigger, event and table, condition, sentence)."""
    found = [
        (f"{table}_never_changes", f"UPDATE ON {table}", "", f"{table} rows are never changed")
        for table in NEVER_CHANGED
    ]
    found += [
        (f"{table}_never_goes", f"DELETE ON {table}", "", f"{table} rows are never deleted")
        for table in (*NEVER_CHANGED, "certificate")
        if table not in MAY_BE_DELETED
    ]
    return [
        *found,
        (
            "certificate_is_fixed",
            "UPDATE ON certificate",
            CERTIFICATE_IS_FIXED,
            "what a certificate says is never changed",
        ),
        (
            "graded_attempt_is_fixed",
            "UPDATE ON attempt",
            "OLD.state = 'graded'",
            "a graded attempt is never changed",
        ),
        (
            "progress_never_falls",
            "UPDATE ON enrollment",
            PROGRESS_NEVER_FALLS,
            "progress never falls within a course version",
        ),
    ]


# Answers and credits of a graded attempt; a trigger's condition cannot look into another table on
# PostgreSQL, so these have a function of their own there.
FIXED_WITH_ATTEMPT = (
    ("response_is_fixed_on_insert", "INSERT ON response"),
    ("response_is_fixed", "UPDATE ON response"),
    ("attempt_question_is_fixed_on_insert", "INSERT ON attempt_question"),
    ("attempt_question_is_fixed", "UPDATE ON attempt_question"),
)


def create_triggers() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("""
            CREATE FUNCTION courseapp_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
            END $$
        """)
        op.execute("""
            CREATE FUNCTION courseapp_refuse_if_graded() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                -- The attempt that the row belongs to, and the one that it is taken from.
                IF EXISTS (
                    SELECT 1 FROM attempt
                    WHERE id IN (NEW.attempt_id, OLD.attempt_id) AND state = 'graded'
                ) THEN
                    RAISE EXCEPTION 'a graded attempt is never changed'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
        """)
        for name, event, condition, sentence in rules():
            when = f"WHEN ({condition})" if condition else ""
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {when} "
                f"EXECUTE FUNCTION courseapp_refuse('{sentence}')"
            )
        for name, event in FIXED_WITH_ATTEMPT:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW "
                "EXECUTE FUNCTION courseapp_refuse_if_graded()"
            )
        return
    for name, event, condition, sentence in rules():
        when = f"WHEN {condition}" if condition else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {when} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
    for name, event in FIXED_WITH_ATTEMPT:
        attempts = "NEW.attempt_id, OLD.attempt_id" if event[0] == "U" else "NEW.attempt_id"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN EXISTS "
            f"(SELECT 1 FROM attempt WHERE id IN ({attempts}) AND state = 'graded') "
            "BEGIN SELECT RAISE(ABORT, 'a graded attempt is never changed'); END"
        )


def drop_triggers() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    triggers = [(name, event) for name, event, _, _ in rules()]
    for name, event in [*triggers, *FIXED_WITH_ATTEMPT]:
        table = event.rpartition(" ")[2]
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    if postgresql:
        op.execute("DROP FUNCTION courseapp_refuse()")
        op.execute("DROP FUNCTION courseapp_refuse_if_graded()")


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("details", JSON_OBJECT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_index(
        "ix_audit_event_subject", "audit_event", ["subject_kind", "subject_id", "at"], unique=False
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("key", name=op.f("uq_course_key")),
    )
    op.create_table(
        "issuer_key",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_issuer_key")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    op.create_index(
        "ix_outbox_message_due", "outbox_message", ["delivered_at", "next_try_at"], unique=False
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("session_stamp", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(email IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_person_erased_has_no_email")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "picture",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_picture")),
    )
    op.create_table(
        "throttle_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle_event")),
    )
    op.create_index("ix_throttle_event_bucket", "throttle_event", ["bucket", "at"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_token_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    op.create_index(op.f("ix_access_token_person_id"), "access_token", ["person_id"], unique=False)
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_cohort_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_cohort_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
    )
    op.create_index(op.f("ix_cohort_organization_id"), "cohort", ["organization_id"], unique=False)
    op.create_table(
        "course_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("requires_lessons", sa.Boolean(), nullable=False),
        sa.Column("requires_quizzes", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_version_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    op.create_table(
        "glossary_text",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_glossary_text_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_text")),
        sa.UniqueConstraint(
            "course_id",
            "language",
            "number",
            name=op.f("uq_glossary_text_course_id_language_number"),
        ),
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_lesson_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_lesson_course_id_key")),
    )
    op.create_table(
        "module",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_module_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_module_course_id_key")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "first_administrator",
                "set_password",
                "sign_in",
                name="linkpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(
        op.f("ix_one_time_link_person_id"), "one_time_link", ["person_id"], unique=False
    )
    op.create_table(
        "person_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "site_administrator",
                "organization_administrator",
                "trainer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(organization_id IS NULL) = (role = 'site_administrator')",
            name=op.f("ck_person_role_site_roles_have_no_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_person_role_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
    )
    op.create_index(
        op.f("ix_person_role_organization_id"), "person_role", ["organization_id"], unique=False
    )
    op.create_index(
        "uq_person_role_organization",
        "person_role",
        ["person_id", "organization_id", "role"],
        unique=True,
        sqlite_where=sa.text("organization_id IS NOT NULL"),
        postgresql_where=sa.text("organization_id IS NOT NULL"),
    )
    op.create_index(
        "uq_person_role_site",
        "person_role",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("organization_id IS NULL"),
        postgresql_where=sa.text("organization_id IS NULL"),
    )
    op.create_table(
        "quiz",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_quiz_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_quiz_course_id_key")),
    )
    op.create_table(
        "cohort_trainer",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_trainer_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_cohort_trainer_person_id_person")
        ),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name=op.f("pk_cohort_trainer")),
    )
    op.create_index(
        op.f("ix_cohort_trainer_person_id"), "cohort_trainer", ["person_id"], unique=False
    )
    op.create_table(
        "course_publication",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_publication_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_course_publication_course_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_publication")),
    )
    op.create_table(
        "course_text",
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_course_text_course_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_text")),
        sa.UniqueConstraint(
            "course_version_id",
            "language",
            "number",
            name=op.f("uq_course_text_course_version_id_language_number"),
        ),
    )
    op.create_table(
        "enrollment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("last_active_at", MOMENT, nullable=False),
        sa.Column("last_activity", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(percent = 100) = (completed_at IS NOT NULL)",
            name=op.f("ck_enrollment_completed_at_100"),
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_enrollment_percent")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_enrollment_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_enrollment_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_enrollment_course_version_id_course_version"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enrollment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint(
            "person_id", "course_id", name=op.f("uq_enrollment_person_id_course_id")
        ),
    )
    op.create_index("ix_enrollment_cohort", "enrollment", ["cohort_id", "id"], unique=False)
    op.create_table(
        "lesson_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("compatible_since", sa.Integer(), nullable=False),
        sa.Column("structure", JSON_OBJECT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "compatible_since <= number", name=op.f("ck_lesson_version_compatible_since")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_version_lesson_id_lesson")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_version")),
        sa.UniqueConstraint("lesson_id", "number", name=op.f("uq_lesson_version_lesson_id_number")),
    )
    op.create_table(
        "module_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("pictogram", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("structure", JSON_OBJECT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module.id"], name=op.f("fk_module_version_module_id_module")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_version")),
        sa.UniqueConstraint("module_id", "number", name=op.f("uq_module_version_module_id_number")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_question_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("quiz_id", "key", name=op.f("uq_question_quiz_id_key")),
    )
    op.create_table(
        "quiz_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "attempts_allowed IS NULL OR attempts_allowed > 0",
            name=op.f("ck_quiz_version_attempts"),
        ),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_quiz_version_pass_mark")),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_version_quiz_id_quiz")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_version")),
        sa.UniqueConstraint("quiz_id", "number", name=op.f("uq_quiz_version_quiz_id_number")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "graded",
                name="attemptstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (submitted_at IS NULL) AND (submitted_at IS NULL) = (percent IS NULL) AND (percent IS NULL) = (passed IS NULL)",
            name=op.f("ck_attempt_graded_has_result"),
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_attempt_percent")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_attempt_enrollment_id_enrollment")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["quiz_version_id"],
            ["quiz_version.id"],
            name=op.f("fk_attempt_quiz_version_id_quiz_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "enrollment_id",
            "quiz_id",
            "number",
            name=op.f("uq_attempt_enrollment_id_quiz_id_number"),
        ),
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["enrollment_id", "quiz_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("statement", JSON_OBJECT, nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key_fingerprint", sa.Text(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "valid",
                "replaced",
                "revoked",
                name="certificatestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("status_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(status = 'valid') = (status_at IS NULL)", name=op.f("ck_certificate_status_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_certificate_enrollment_id_enrollment"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["key_fingerprint"],
            ["issuer_key.fingerprint"],
            name=op.f("fk_certificate_key_fingerprint_issuer_key"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"], unique=False)
    op.create_index(
        "uq_certificate_live",
        "certificate",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.create_table(
        "course_version_activity",
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("module_version_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_version_id", sa.Uuid(), nullable=True),
        sa.Column("quiz_version_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(lesson_version_id IS NULL) <> (quiz_version_id IS NULL)",
            name=op.f("ck_course_version_activity_lesson_or_quiz"),
        ),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_course_version_activity_course_version_id_course_version"),
        ),
        sa.ForeignKeyConstraint(
            ["lesson_version_id"],
            ["lesson_version.id"],
            name=op.f("fk_course_version_activity_lesson_version_id_lesson_version"),
        ),
        sa.ForeignKeyConstraint(
            ["module_version_id"],
            ["module_version.id"],
            name=op.f("fk_course_version_activity_module_version_id_module_version"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_version_id"],
            ["quiz_version.id"],
            name=op.f("fk_course_version_activity_quiz_version_id_quiz_version"),
        ),
        sa.PrimaryKeyConstraint(
            "course_version_id", "position", name=op.f("pk_course_version_activity")
        ),
    )
    op.create_table(
        "course_version_module",
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("module_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"],
            ["course_version.id"],
            name=op.f("fk_course_version_module_course_version_id_course_version"),
        ),
        sa.ForeignKeyConstraint(
            ["module_version_id"],
            ["module_version.id"],
            name=op.f("fk_course_version_module_module_version_id_module_version"),
        ),
        sa.PrimaryKeyConstraint(
            "course_version_id", "position", name=op.f("pk_course_version_module")
        ),
    )
    op.create_table(
        "enrollment_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_enrollment_move_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_version_id"],
            ["course_version.id"],
            name=op.f("fk_enrollment_move_from_version_id_course_version"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_by"], ["person.id"], name=op.f("fk_enrollment_move_moved_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"],
            ["course_version.id"],
            name=op.f("fk_enrollment_move_to_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_move")),
    )
    op.create_index(
        op.f("ix_enrollment_move_enrollment_id"), "enrollment_move", ["enrollment_id"], unique=False
    )
    op.create_table(
        "lesson_completion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_version_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_lesson_completion_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_completion_lesson_id_lesson")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_version_id"],
            ["lesson_version.id"],
            name=op.f("fk_lesson_completion_lesson_version_id_lesson_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_completion")),
        sa.UniqueConstraint(
            "enrollment_id",
            "lesson_version_id",
            name=op.f("uq_lesson_completion_enrollment_id_lesson_version_id"),
        ),
    )
    op.create_table(
        "lesson_text",
        sa.Column("lesson_version_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_version_id"],
            ["lesson_version.id"],
            name=op.f("fk_lesson_text_lesson_version_id_lesson_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_text")),
        sa.UniqueConstraint(
            "lesson_version_id",
            "language",
            "number",
            name=op.f("uq_lesson_text_lesson_version_id_language_number"),
        ),
    )
    op.create_table(
        "module_text",
        sa.Column("module_version_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["module_version_id"],
            ["module_version.id"],
            name=op.f("fk_module_text_module_version_id_module_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_text")),
        sa.UniqueConstraint(
            "module_version_id",
            "language",
            "number",
            name=op.f("uq_module_text_module_version_id_language_number"),
        ),
    )
    op.create_table(
        "question_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("structure", JSON_OBJECT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_version_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint(
            "question_id", "number", name=op.f("uq_question_version_question_id_number")
        ),
    )
    op.create_table(
        "quiz_text",
        sa.Column("quiz_version_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["quiz_version_id"],
            ["quiz_version.id"],
            name=op.f("fk_quiz_text_quiz_version_id_quiz_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_text")),
        sa.UniqueConstraint(
            "quiz_version_id",
            "language",
            "number",
            name=op.f("uq_quiz_text_quiz_version_id_language_number"),
        ),
    )
    op.create_table(
        "attempt_question",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("drawn", JSON_OBJECT, nullable=False),
        sa.Column("credit", sa.Double(), nullable=True),
        sa.CheckConstraint("credit BETWEEN 0 AND 1", name=op.f("ck_attempt_question_credit")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_attempt_question_attempt_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_attempt_question_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_attempt_question")),
        sa.UniqueConstraint(
            "attempt_id",
            "question_version_id",
            name=op.f("uq_attempt_question_attempt_id_question_version_id"),
        ),
    )
    op.create_table(
        "question_text",
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("body", JSON_OBJECT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_question_text_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_text")),
        sa.UniqueConstraint(
            "question_version_id",
            "language",
            "number",
            name=op.f("uq_question_text_question_version_id_language_number"),
        ),
    )
    op.create_table(
        "quiz_version_question",
        sa.Column("quiz_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_quiz_version_question_question_version_id_question_version"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_version_id"],
            ["quiz_version.id"],
            name=op.f("fk_quiz_version_question_quiz_version_id_quiz_version"),
        ),
        sa.PrimaryKeyConstraint(
            "quiz_version_id", "position", name=op.f("pk_quiz_version_question")
        ),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("answer", JSON_OBJECT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_response_attempt_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_response_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "attempt_id",
            "question_version_id",
            name=op.f("uq_response_attempt_id_question_version_id"),
        ),
    )
    create_triggers()


def downgrade() -> None:
    drop_triggers()
    op.drop_table("response")
    op.drop_table("quiz_version_question")
    op.drop_table("question_text")
    op.drop_table("attempt_question")
    op.drop_table("quiz_text")
    op.drop_table("question_version")
    op.drop_table("module_text")
    op.drop_table("lesson_text")
    op.drop_table("lesson_completion")
    op.drop_index(op.f("ix_enrollment_move_enrollment_id"), table_name="enrollment_move")
    op.drop_table("enrollment_move")
    op.drop_table("course_version_module")
    op.drop_table("course_version_activity")
    op.drop_index(
        "uq_certificate_live",
        table_name="certificate",
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.drop_index(op.f("ix_certificate_person_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(
        "uq_attempt_open",
        table_name="attempt",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("attempt")
    op.drop_table("quiz_version")
    op.drop_table("question")
    op.drop_table("module_version")
    op.drop_table("lesson_version")
    op.drop_index("ix_enrollment_cohort", table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_table("course_text")
    op.drop_table("course_publication")
    op.drop_index(op.f("ix_cohort_trainer_person_id"), table_name="cohort_trainer")
    op.drop_table("cohort_trainer")
    op.drop_table("quiz")
    op.drop_index(
        "uq_person_role_site",
        table_name="person_role",
        sqlite_where=sa.text("organization_id IS NULL"),
        postgresql_where=sa.text("organization_id IS NULL"),
    )
    op.drop_index(
        "uq_person_role_organization",
        table_name="person_role",
        sqlite_where=sa.text("organization_id IS NOT NULL"),
        postgresql_where=sa.text("organization_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_person_role_organization_id"), table_name="person_role")
    op.drop_table("person_role")
    op.drop_index(op.f("ix_one_time_link_person_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_table("module")
    op.drop_table("lesson")
    op.drop_table("glossary_text")
    op.drop_table("course_version")
    op.drop_index(op.f("ix_cohort_organization_id"), table_name="cohort")
    op.drop_table("cohort")
    op.drop_index(op.f("ix_access_token_person_id"), table_name="access_token")
    op.drop_table("access_token")
    op.drop_index("ix_throttle_event_bucket", table_name="throttle_event")
    op.drop_table("throttle_event")
    op.drop_table("picture")
    op.drop_table("person")
    op.drop_index("ix_outbox_message_due", table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_table("organization")
    op.drop_table("issuer_key")
    op.drop_table("course")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index("ix_audit_event_at", table_name="audit_event")
    op.drop_table("audit_event")
