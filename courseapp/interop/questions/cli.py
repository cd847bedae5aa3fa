"""Questions on the command line: `courseapp questions --help`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from flask import Flask

from courseapp.core.errors import DomainError
from courseapp.interop.questions.authored import Defaults
from courseapp.interop.questions.errors import ImportHasProblems
from courseapp.interop.questions.formats import FORMATS
from courseapp.interop.questions.service import (
    ImportPlan,
    PlannedQuestion,
    apply_import,
    export_quiz,
    plan_import,
)
from courseapp.interop.questions.types import Remark

FORMAT = click.Choice(list(FORMATS))


@click.group()
def questions() -> None:
    """Bring questions in from other programs, or take them out."""


@questions.command("import")
@click.argument("format_name", metavar="FORMAT", type=FORMAT)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--course", required=True, help="The course's key.")
@click.option("--quiz", required=True, help="The quiz's key: a module's, or the final quiz's.")
@click.option("--objective", required=True, help="The objective that the questions ask about.")
@click.option("--source", required=True, help="Where their facts come from, with a year.")
@click.option("--explanation", default="", help="For questions that bring none of their own.")
@click.option("--apply", "apply_it", is_flag=True, help="Do it; without this it is only shown.")
@click.pass_obj
def import_questions(
    app_factory: Callable[[], Flask],
    format_name: str,
    file: Path,
    course: str,
    quiz: str,
    objective: str,
    source: str,
    explanation: str,
    apply_it: bool,  # noqa: FBT001  # click passes options by name
) -> None:
    """Add the questions of FILE to a quiz file.

    Shows what each question becomes, or why it cannot be taken; with --apply writes them, all or none.
    Publish the content afterwards. FORMAT is one of those that `courseapp questions import --help` lists.
    """
    act = apply_import if apply_it else plan_import
    app = app_factory()
    try:
        with app.app_context():
            plan = act(
                app.config["CONTENT_DIR"],
                course,
                quiz,
                format_name,
                file.read_bytes(),
                Defaults(objective, source, explanation),
            )
    except ImportHasProblems as error:
        for problem in error.problems:
            click.echo(str(problem))
        raise click.ClickException(str(error)) from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    _show(plan, apply_it=apply_it)


def _show(plan: ImportPlan, *, apply_it: bool) -> None:
    for planned in plan.questions:
        click.echo(f"line {planned.line}: {planned.name}: {_becomes(planned)}")
        _show_remarks(planned.remarks)
    _show_remarks(plan.remarks)
    for problem in plan.problems:
        click.echo(f"  problem: {problem}")
    there = sum(planned.is_there for planned in plan.questions)
    refused = len(plan.questions) - plan.taken - there
    verb = "added" if apply_it else "would be added"
    click.echo(f"{plan.taken} questions {verb}, {there} are there already, {refused} refused.")
    if apply_it and plan.taken:
        click.echo("Look at the quiz file, then run: courseapp content publish")
    elif plan.taken:
        click.echo("Nothing was written: add --apply.")


def _becomes(planned: PlannedQuestion) -> str:
    if planned.is_there:
        return "is there already"
    return f"{planned.kind}, key {planned.key}" if planned.kind else "refused"


def _show_remarks(remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        about = f" ({remark.about})" if remark.about else ""
        click.echo(f"  line {remark.line}{about}: {remark.severity.value}: {remark.message}")


@questions.command("export")
@click.argument("format_name", metavar="FORMAT", type=FORMAT)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--course", required=True, help="The course's key.")
@click.option("--quiz", required=True, help="The quiz's key: a module's, or the final quiz's.")
@click.pass_obj
def export_questions(
    app_factory: Callable[[], Flask], format_name: str, file: Path, course: str, quiz: str
) -> None:
    """Write a quiz's questions, answer keys included, to FILE; says what could not go into it."""
    app = app_factory()
    try:
        with app.app_context():
            writing = export_quiz(app.config["CONTENT_DIR"], course, quiz, format_name)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    file.write_bytes(writing.content)
    _show_remarks(writing.remarks)
    click.echo(f"Written: {file}")
