"""Looking after quizzes on the command line: grading again, and closing what is overdue."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from courseapp.core import clock
from tests.authoring import AuthoredContent
from tests.cast import Cast
from tests.ops.test_command_line import run
from tests.quizzing import (
    RIGHT,
    Taker,
    acts,
    faults,
    mark_as_right,
    nothing_written,
    set_rules,
    state_of,
    taker,
)
from tests.sites import Site
from tests.studying import Study

REGRADE = ("quizzes", "regrade", "small", "first")
GUESSED = RIGHT | {"floor-is": "most"}


@pytest.fixture
def study(fresh_site: Site) -> Study:
    return Study(fresh_site)


@pytest.fixture
def people(fresh_site: Site) -> Cast:
    return Cast(fresh_site)


def mend(study: Study, content: AuthoredContent) -> None:
    mark_as_right(content, "least")
    study.publish(content)


@pytest.fixture
def mended(study: Study, people: Cast, authored: AuthoredContent) -> tuple[Taker, Taker]:
    """Alice knew better than a wrong key, and Bola guessed as it was; it has been mended since."""
    mark_as_right(authored, "most")
    study.publish(authored)
    hers, his = taker(study, people.alice), taker(study, people.bola)
    hers.take(RIGHT)
    his.take(GUESSED)
    mend(study, authored)
    return hers, his


@pytest.mark.parametrize("command", [[], ["regrade"], ["close-overdue"]], ids=" ".join)
def test_each_command_says_what_it_does(command: list[str]) -> None:
    result = run("quizzes", *command, "--help")

    assert result.returncode == 0
    assert re.match(r"[A-Z][^\n]{20,}", result.stdout.split("\n\n")[1].strip()), result.stdout


def test_a_regrade_is_only_shown_at_first(fresh_site: Site, mended: tuple[Taker, Taker]) -> None:
    hers, his = mended
    with nothing_written(fresh_site):
        result = run(*REGRADE, **fresh_site.environment())

    assert (result.returncode, result.stderr) == (0, "")
    first, second, *sums = result.stdout.splitlines()
    assert f"enrollment {hers.enrollment.id}" in first
    assert "66% not passed -> 100% passed  changes" in first
    assert f"enrollment {his.enrollment.id}" in second
    assert "100% passed -> 66% not passed  stays: a pass is not taken away" in second
    assert sums == [
        "Attempts with a question that has a new key: 2. Results that would change: 1.",
        "Nothing was changed: add --apply and a --reason.",
    ]


def test_a_regrade_is_applied_with_a_reason_by_nobody_in_particular(
    fresh_site: Site, mended: tuple[Taker, Taker]
) -> None:
    hers, his = mended
    arguments = (*REGRADE, "--apply", "--reason", " A key was wrong. ")
    result = run(*arguments, **fresh_site.environment())

    assert (result.returncode, result.stderr) == (0, "")
    assert "Results that were changed: 1." in result.stdout
    assert hers.outcome.passed
    assert his.outcome.best_percent == 100
    (row,) = fresh_site.execute("SELECT reason, regraded_by FROM regrade")
    assert tuple(row) == ("A key was wrong.", None)
    (act,) = acts(fresh_site, "quiz.regraded")
    assert act.actor_id is None
    assert faults(fresh_site) == []

    with nothing_written(fresh_site):
        again = run(*arguments, **fresh_site.environment())
    assert again.returncode == 0
    assert "Results that were changed: 0." in again.stdout


def test_passes_are_taken_away_only_where_that_is_said(
    fresh_site: Site, mended: tuple[Taker, Taker]
) -> None:
    _, his = mended
    shown = run(*REGRADE, "--fails-allowed", **fresh_site.environment())
    assert "100% passed -> 66% not passed  changes" in shown.stdout
    assert his.outcome.passed

    run(
        *REGRADE,
        "--fails-allowed",
        "--apply",
        "--reason",
        "A key was wrong.",
        **fresh_site.environment(),
    )
    assert not his.outcome.passed
    assert faults(fresh_site) == []


@pytest.mark.parametrize("reason", [[], ["--reason", "  "], ["--reason", " ab "]])
def test_nothing_is_applied_without_a_reason(
    fresh_site: Site, mended: tuple[Taker, Taker], reason: list[str]
) -> None:
    with nothing_written(fresh_site):
        result = run(*REGRADE, "--apply", *reason, **fresh_site.environment())

    assert result.returncode == 2
    assert "--apply needs a --reason" in result.stderr


@pytest.mark.parametrize(
    ("course", "quiz", "sentence"),
    [("absent", "first", "There is no such course"), ("small", "absent", "There is no such quiz")],
)
def test_a_quiz_that_is_not_there_is_told_in_a_sentence(
    fresh_site: Site, mended: tuple[Taker, Taker], course: str, quiz: str, sentence: str
) -> None:
    result = run("quizzes", "regrade", course, quiz, **fresh_site.environment())

    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_overdue_attempts_are_closed_all_and_only_those(
    fresh_site: Site, study: Study, people: Cast, authored: AuthoredContent
) -> None:
    set_rules(authored, time_limit_minutes=10)
    study.publish(authored)
    hers, his = taker(study, people.alice), taker(study, people.bola)
    now = clock.now()
    overdue, in_time = hers.start(at=now - timedelta(hours=1)), his.start(at=now)
    hers.save(overdue, "floor-is", "least", at=now - timedelta(hours=1))

    first = run("quizzes", "close-overdue", **fresh_site.environment())
    second = run("quizzes", "close-overdue", **fresh_site.environment())

    assert (first.returncode, first.stderr) == (0, "")
    assert [r.stdout for r in (first, second)] == [
        "Attempts closed: 1.\n",
        "Attempts closed: 0.\n",
    ]
    closed = hers.look(overdue).summary
    assert (closed.timed_out, closed.submitted_at, closed.percent) == (True, overdue.due_at, 33)
    assert state_of(fresh_site, in_time.id) == "open"
