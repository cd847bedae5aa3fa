"""The page of a quiz's item statistics: charts, each with its figures in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment.doors import load_statistics
from courseapp.assessment.statistics.charts import (
    ChoiceBar,
    choice_chart,
    histogram,
    question_chart,
)
from courseapp.assessment.statistics.counting import Counted, QuizStatistics
from courseapp.assessment.statistics.report import NotEnough, QuestionReport
from courseapp.catalog.queries import get_current_course
from courseapp.core.db import snapshot
from courseapp.core.http.access import signed_in

blueprint = Blueprint("quiz_statistics", __name__, template_folder="../templates")

# A picture of more bars says less than the table beside it.
MOST_BARS = 12


@blueprint.get("/teaching/courses/<course_key>/quizzes/<quiz_key>/statistics")
@signed_in
def statistics(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show how a quiz and each of its questions did with the learners whom one teaches."""
    counted = Counted.ALL if request.args.get("attempts") == Counted.ALL else Counted.FIRST
    wanted = request.args.get("version", type=int)
    with snapshot() as session:
        found = load_statistics(
            session,
            current_actor(),
            course_key,
            quiz_key,
            version=wanted,
            counted=counted,
            language=reading_language(),
        )
        course = get_current_course(session, course_key, reading_language())
    report = found.statistics.report
    return render_template(
        "assessment/teaching/statistics.html",
        course=course,
        quiz=found.quiz,
        editions=found.editions,
        edition=found.edition,
        counted=counted,
        report=report,
        enough=not isinstance(report, NotEnough),
        statistics=found.statistics,
        histogram=histogram,
        question_chart=question_chart,
        choice_bars=_choice_bars,
        choice_chart=choice_chart,
    )


def _choice_bars(statistics: QuizStatistics, question: QuestionReport) -> Sequence[ChoiceBar]:
    """Return the bars of a question with one item; of several items, or too many bars, there is no picture."""
    rows = [row.figures for row in question.distractors if row.figures.value is not None]
    if len({row.item for row in rows}) != 1 or len(rows) > MOST_BARS:
        return []
    labels = statistics.labels[question.key]
    return [
        ChoiceBar(
            labels[(row.item, row.value)].value
            if row.value is not None and (row.item, row.value) in labels
            else str(row.value),
            row.share,
            right=row.right,
        )
        for row in rows
    ]
