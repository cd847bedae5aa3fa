"""Quiz rules, reviews, regrades, practice in lessons, and a quiz over the whole course"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_OBJECT = sa.JSON().with_variant(JSONB(), "postgresql")

# What the triggers below hold, whoever comes past the application. An erased person's own facts may go.
NEVER_CHANGED = ("quiz_exception", "regrade", "regraded_attempt")
NEVER_DELETED = ("regrade",)

# Answers of a submitted attempt, and what was given for them once it has a result. On PostgreSQL a
# trigger's condition cannot look into another table: the functions of 0001 and this migration do.
FIXED_WITH_ATTEMPT = (
    ("response_is_fixed_on_insert", "INSERT ON response", "<> 'open'"),
    ("response_is_fixed", "UPDATE ON response", "<> 'open'"),
    ("attempt_question_is_fixed_on_insert", "INSERT ON attempt_question", "= 'graded'"),
    ("attempt_question_is_fixed", "UPDATE ON attempt_question", "= 'graded'"),
    ("judgement_is_fixed_on_insert", "INSERT ON judgement", "= 'graded'"),
    ("judgement_is_fixed", "UPDATE ON judgement", "= 'graded'"),
)
FIXED_IN_0001 = FIXED_WITH_ATTEMPT[:4]

PROGRESS_FELL = "NEW.percent < OLD.percent AND NEW.course_version_id = OLD.course_version_id"
PROGRESS_FELL_WITHOUT_RECOUNT = f"{PROGRESS_FELL} AND NEW.recounts = OLD.recounts"
PROGRESS_NEVER_FALLS = "progress never falls within a course version"
ATTEMPT_IS_FIXED = "a graded attempt is never changed"


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


def create_fixed(name: str, event: str, states: str) -> None:
    """Refuse an event on a row whose attempt is in one of the states."""
    if is_postgresql():
        function = (
            "courseapp_refuse_if_graded"
            if states == "= 'graded'"
            else "courseapp_refuse_if_submitted"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        return
    attempts = "NEW.attempt_id, OLD.attempt_id" if event[0] == "U" else "NEW.attempt_id"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN EXISTS "
        f"(SELECT 1 FROM attempt WHERE id IN ({attempts}) AND state {states}) "
        f"BEGIN SELECT RAISE(ABORT, '{ATTEMPT_IS_FIXED}'); END"
    )


def table_of(event: str) -> str:
    return event.rpartition(" ")[2]


def create_attempt_triggers(fixed: tuple[tuple[str, str, str], ...]) -> None:
    create_refusal(
        "graded_attempt_is_fixed", "UPDATE ON attempt", "OLD.state = 'graded'", ATTEMPT_IS_FIXED
    )
    for name, event, states in fixed:
        create_fixed(name, event, states)


def drop_attempt_triggers(fixed: tuple[tuple[str, str, str], ...]) -> None:
    drop_trigger("graded_attempt_is_fixed", "attempt")
    for name, event, _ in fixed:
        drop_trigger(name, table_of(event))


def create_listing_triggers() -> None:
    """Create again what 0001 says of `course_version_activity`."""
    sentence = "course_version_activity rows are never"
    table = "course_version_activity"
    create_refusal(f"{table}_never_changes", f"UPDATE ON {table}", "", f"{sentence} changed")
    create_refusal(f"{table}_never_goes", f"DELETE ON {table}", "", f"{sentence} deleted")


def drop_listing_triggers() -> None:
    drop_trigger("course_version_activity_never_changes", "course_version_activity")
    drop_trigger("course_version_activity_never_goes", "course_version_activity")


def name_of_states_check() -> str:
    """Return the name that 0001 gave the check of an attempt's states, marked as final."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("attempt")
    # It has a prefix where Alembic was given the models' naming convention.
    names = [check["name"] for check in checks if str(check["name"]).endswith("attemptstate")]
    return op.f(names[0] or "attemptstate")


def upgrade() -> None:
    # SQLite makes a changed table anew, and its triggers, and those that look into it, would go astray.
    drop_attempt_triggers(FIXED_IN_0001)
    drop_listing_triggers()
    drop_trigger("progress_never_falls", "enrollment")

    states = name_of_states_check()
    with op.batch_alter_table("attempt") as attempt:
        attempt.add_column(sa.Column("due_at", MOMENT, nullable=True))
        attempt.add_column(
            sa.Column("timed_out", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        attempt.add_column(sa.Column("score", sa.Double(), nullable=True))
        attempt.drop_constraint(op.f("ck_attempt_graded_has_result"), type_="check")
        attempt.drop_constraint(states, type_="check")
        attempt.create_check_constraint(states, "state IN ('open', 'needs_review', 'graded')")
    op.execute(
        "UPDATE attempt SET score = (SELECT coalesce(avg(credit), 0) FROM attempt_question"
        " WHERE attempt_id = attempt.id) WHERE state = 'graded'"
    )
    with op.batch_alter_table("attempt") as attempt:
        attempt.create_check_constraint(op.f("ck_attempt_score"), "score BETWEEN 0 AND 1")
        attempt.create_check_constraint(
            op.f("ck_attempt_graded_has_result"),
            "(state = 'open') = (submitted_at IS NULL)"
            " AND (state = 'graded') = (percent IS NOT NULL)"
            " AND (percent IS NULL) = (passed IS NULL)"
            " AND (percent IS NULL) = (score IS NULL)",
        )
    op.create_index("ix_attempt_quiz_version", "attempt", ["quiz_version_id", "state"])
    with op.batch_alter_table("course_version_activity") as listing:
        listing.alter_column("module_version_id", existing_type=sa.Uuid(), nullable=True)
        listing.create_check_constraint(
            op.f("ck_course_version_activity_lesson_in_module"),
            "module_version_id IS NOT NULL OR lesson_version_id IS NULL",
        )
    op.add_column(
        "quiz_version",
        sa.Column("rules", JSON_OBJECT, server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "quiz_version_question",
        sa.Column("practice", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("response", sa.Column("checked_at", MOMENT, nullable=True))
    op.add_column(
        "enrollment",
        sa.Column("recounts", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    create_tables()
    rename_in_answers("option", "value")

    if is_postgresql():
        op.execute(f"""
            CREATE FUNCTION courseapp_refuse_if_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                -- The attempt that the row belongs to, and the one that it is taken from.
                IF EXISTS (
                    SELECT 1 FROM attempt
                    WHERE id IN (NEW.attempt_id, OLD.attempt_id) AND state <> 'open'
                ) THEN
                    RAISE EXCEPTION '{ATTEMPT_IS_FIXED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
        """)
    create_attempt_triggers(FIXED_WITH_ATTEMPT)
    create_listing_triggers()
    create_refusal(
        "progress_never_falls",
        "UPDATE ON enrollment",
        PROGRESS_FELL_WITHOUT_RECOUNT,
        PROGRESS_NEVER_FALLS,
    )
    for table in NEVER_CHANGED:
        create_refusal(
            f"{table}_never_changes", f"UPDATE ON {table}", "", f"{table} rows are never changed"
        )
    for table in NEVER_DELETED:
        create_refusal(
            f"{table}_never_goes", f"DELETE ON {table}", "", f"{table} rows are never deleted"
        )


def rename_in_answers(old: str, new: str) -> None:
    """Say `new` where answers with one value said `old`: 0001 knew options only, now there is text, too."""
    op.execute(
        f"UPDATE response SET answer = jsonb_build_object('{new}', answer->'{old}')"
        f" WHERE answer->'{old}' IS NOT NULL"
        if is_postgresql()
        else f"UPDATE response SET answer = json_object('{new}', json_extract(answer, '$.{old}'))"
        f" WHERE json_extract(answer, '$.{old}') IS NOT NULL"
    )


def create_tables() -> None:
    op.create_table(
        "judgement",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("points", JSON_OBJECT, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=False),
        sa.Column("judged_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_judgement_attempt_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["judged_by"], ["person.id"], name=op.f("fk_judgement_judged_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_judgement_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_version_id", name=op.f("pk_judgement")),
    )
    op.create_table(
        "quiz_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "extra_minutes >= 0 AND extra_attempts >= 0 AND extra_minutes + extra_attempts > 0",
            name=op.f("ck_quiz_exception_grants_something"),
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_quiz_exception_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_quiz_exception_granted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_exception_quiz_id_quiz")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_exception")),
    )
    op.create_index("ix_quiz_exception_enrollment", "quiz_exception", ["enrollment_id", "quiz_id"])
    op.create_table(
        "practice_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("answer", JSON_OBJECT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_practice_response_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_practice_response_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_practice_response_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_response")),
        sa.UniqueConstraint(
            "enrollment_id",
            "question_id",
            name=op.f("uq_practice_response_enrollment_id_question_id"),
        ),
    )
    op.create_table(
        "regrade",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_version_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fails_allowed", sa.Boolean(), nullable=False),
        sa.Column("regraded_by", sa.Uuid(), nullable=True),
        sa.Column("regraded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_regrade_quiz_id_quiz")),
        sa.ForeignKeyConstraint(
            ["quiz_version_id"],
            ["quiz_version.id"],
            name=op.f("fk_regrade_quiz_version_id_quiz_version"),
        ),
        sa.ForeignKeyConstraint(
            ["regraded_by"], ["person.id"], name=op.f("fk_regrade_regraded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    op.create_table(
        "regraded_attempt",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("questions", JSON_OBJECT, nullable=False),
        sa.Column("regraded_at", MOMENT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_regraded_attempt_number")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_regraded_attempt_percent")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_regraded_attempt_attempt_id_attempt"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name=op.f("fk_regraded_attempt_regrade_id_regrade")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_regraded_attempt")),
    )
    op.create_index(op.f("ix_regraded_attempt_regrade_id"), "regraded_attempt", ["regrade_id"])


def downgrade() -> None:
    refuse_to_lose()
    for table in NEVER_DELETED:
        drop_trigger(f"{table}_never_goes", table)
    for table in NEVER_CHANGED:
        drop_trigger(f"{table}_never_changes", table)
    drop_trigger("progress_never_falls", "enrollment")
    drop_listing_triggers()
    drop_attempt_triggers(FIXED_WITH_ATTEMPT)
    if is_postgresql():
        op.execute("DROP FUNCTION courseapp_refuse_if_submitted()")

    rename_in_answers("value", "option")
    op.drop_index(op.f("ix_regraded_attempt_regrade_id"), table_name="regraded_attempt")
    op.drop_table("regraded_attempt")
    op.drop_table("regrade")
    op.drop_table("practice_response")
    op.drop_index("ix_quiz_exception_enrollment", table_name="quiz_exception")
    op.drop_table("quiz_exception")
    op.drop_table("judgement")
    op.drop_column("enrollment", "recounts")
    op.drop_column("response", "checked_at")
    op.drop_column("quiz_version_question", "practice")
    op.drop_column("quiz_version", "rules")
    with op.batch_alter_table("course_version_activity") as listing:
        listing.drop_constraint(op.f("ck_course_version_activity_lesson_in_module"), type_="check")
        listing.alter_column("module_version_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index("ix_attempt_quiz_version", table_name="attempt")
    states = name_of_states_check()
    with op.batch_alter_table("attempt") as attempt:
        attempt.drop_constraint(states, type_="check")
        attempt.create_check_constraint(states, "state IN ('open', 'graded')")
        attempt.drop_constraint(op.f("ck_attempt_graded_has_result"), type_="check")
        attempt.create_check_constraint(
            op.f("ck_attempt_graded_has_result"),
            "(state = 'open') = (submitted_at IS NULL) AND (submitted_at IS NULL) = (percent IS NULL)"
            " AND (percent IS NULL) = (passed IS NULL)",
        )
        attempt.drop_constraint(op.f("ck_attempt_score"), type_="check")
        attempt.drop_column("score")
        attempt.drop_column("timed_out")
        attempt.drop_column("due_at")

    create_attempt_triggers(FIXED_IN_0001_AS_THEN)
    create_listing_triggers()
    create_refusal(
        "progress_never_falls", "UPDATE ON enrollment", PROGRESS_FELL, PROGRESS_NEVER_FALLS
    )


# In 0001 answers were fixed by the result, there being no state between.
FIXED_IN_0001_AS_THEN = tuple((name, event, "= 'graded'") for name, event, _ in FIXED_IN_0001)


def refuse_to_lose() -> None:
    """Stop where the older structure has no place for what is there."""
    connection = op.get_bind()
    for query, what in (
        ("SELECT 1 FROM attempt WHERE state = 'needs_review'", "attempts that wait for a review"),
        ("SELECT 1 FROM regraded_attempt", "regraded results"),
        (
            "SELECT 1 FROM course_version_activity WHERE module_version_id IS NULL",
            "a quiz over a whole course",
        ),
    ):
        if connection.execute(sa.text(f"{query} LIMIT 1")).first() is not None:
            raise RuntimeError(f"there are {what}, which migration 0001 cannot hold")
