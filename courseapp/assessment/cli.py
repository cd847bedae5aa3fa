"""Looking after quizzes on the command line: `courseapp quizzes --help`."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import Flask

from courseapp.assessment import service
from courseapp.assessment.types import RegradedResult, RegradeVerdict
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import DomainError

_WORDS = {
    RegradeVerdict.CHANGED: "changes",
    RegradeVerdict.KEPT_AS_PASSED: "stays: a pass is not taken away (see --fails-allowed)",
    RegradeVerdict.KEPT_FOR_CERTIFICATE: "stays: the course is completed, and certified",
    RegradeVerdict.CANNOT_BE_REGRADED: "stays: the question has other options now",
}


@click.group()
def quizzes() -> None:
    """Look after quizzes: grade them again, close attempts whose time is over."""


@quizzes.command()
@click.argument("course")
@click.argument("quiz")
@click.option("--fails-allowed", is_flag=True, help="Let a pass turn into a fail.")
@click.option("--apply", "apply_it", is_flag=True, help="Do it; without this it is only shown.")
@click.option("--reason", default="", help="Why; kept with the regrade. Needed with --apply.")
@click.pass_obj
def regrade(  # click shows the arguments
    app_factory: Callable[[], Flask],
    course: str,
    quiz: str,
    fails_allowed: bool,  # noqa: FBT001  # click passes options by name
    apply_it: bool,  # noqa: FBT001
    reason: str,
) -> None:
    """Grade the attempts at QUIZ of COURSE again, by the keys of its newest version.

    Mend the question in its file and publish the content first. Shows whose result changes and how; with
    --apply does it. The first results are kept, and no certificate is lost.
    """
    if apply_it and len(reason.strip()) < 3:
        raise click.UsageError("--apply needs a --reason")
    try:
        with app_factory().app_context():
            if apply_it:
                with transaction() as session:
                    plan = service.apply_regrade(
                        session,
                        None,
                        course,
                        quiz,
                        fails_allowed=fails_allowed,
                        reason=reason.strip(),
                        expected_digest=None,
                        at=clock.now(),
                    )
            else:
                with snapshot() as session:
                    plan = service.plan_regrade(
                        session, None, course, quiz, fails_allowed=fails_allowed
                    )
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    for result in plan.results:
        click.echo(_line(result))
    verb = "were changed" if apply_it else "would change"
    click.echo(
        f"Attempts with a question that has a new key: {plan.attempts_looked_at}. "
        f"Results that {verb}: {len(plan.changed)}."
    )
    if plan.changed and not apply_it:
        click.echo("Nothing was changed: add --apply and a --reason.")


def _line(result: RegradedResult) -> str:
    before = f"{result.percent_before}% {_passed(passed=result.passed_before)}"
    after = f"{result.percent_after}% {_passed(passed=result.passed_after)}"
    return (
        f"enrollment {result.enrollment_id}  attempt {result.attempt_id}  "
        f"{before} -> {after}  {_WORDS[result.verdict]}"
    )


def _passed(*, passed: bool) -> str:
    return "passed" if passed else "not passed"


@quizzes.command("close-overdue")
@click.pass_obj
def close_overdue(app_factory: Callable[[], Flask]) -> None:
    """Close open attempts whose time is over, with what was saved in them.

    They are closed anyway as soon as somebody looks at them; run this from time to time so that trainers see
    them without that.
    """
    with app_factory().app_context(), transaction() as session:
        closed = service.close_overdue_attempts(session, at=clock.now())
    click.echo(f"Attempts closed: {closed}.")
