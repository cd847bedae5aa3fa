"""What the database counts for a quiz's statistics, against the same attempts added up one by one."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import pytest
from sqlalchemy import update

from courseapp.accounts import service as accounts
from courseapp.accounts.types import Role
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import AnswerShape
from courseapp.assessment.kinds.matching import place_key
from courseapp.assessment.models import Attempt as AttemptRow
from courseapp.assessment.statistics import counting
from courseapp.assessment.statistics.counting import (
    LEAST_SAME,
    TIME_STEP,
    TIME_STEPS,
    Counted,
    QuizStatistics,
    count_quiz,
)
from courseapp.assessment.statistics.report import (
    NotEnough,
    QuestionFacts,
    QuestionReport,
    QuizReport,
    build_report,
)
from courseapp.assessment.statistics.summaries import (
    ChoiceSums,
    Distractor,
    GroupSums,
    OfferedValue,
    QuestionSums,
    alpha_of_drawn,
    is_complete,
    quartiles_of_histogram,
)
from courseapp.assessment.types import AttemptId, AttemptState
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import QuizContent
from courseapp.cohorts.types import CohortId
from courseapp.core.types import JsonObject
from tests.assessment.attempts_matrix import Attempt, Sums, in_floats, sums_of
from tests.authoring import QUIZ, AuthoredContent
from tests.bench.quizzes import Member, Taken, enroll_crowd, store_attempts
from tests.cast import THEN, Cast, Person
from tests.queries import QueryRecorder
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study
from tests.web.html import parse_html

NEAR: Final = 1e-9
API_PATH: Final = f"/courses/{SMALL_COURSE}/quizzes/first/statistics"
PAGE_PATH: Final = f"/teaching/courses/{SMALL_COURSE}/quizzes/first/statistics"


# --- what was asked, and what may have been answered ---


@dataclass(frozen=True)
class Given:
    """An answer as it is stored, the credit that it earned, and what was chosen in each item."""

    answer: JsonObject | None
    credit: Fraction
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    blank: bool = False


def one(value: str, credit: Fraction | int, counted: str = "") -> Given:
    return Given({"value": value}, Fraction(credit), {"answer": [counted or value]})


def several(*options: str, credit: Fraction | int) -> Given:
    return Given({"options": [*options]}, Fraction(credit), {"answer": [*options]})


def by_item(credit: Fraction | int, /, **items: str) -> Given:
    """Return an answer by item; what is counted is what was typed without spaces, in small letters."""
    counted = {item: ["".join(value.split()).lower()] for item, value in items.items()}
    return Given({"items": items}, Fraction(credit), counted)


def written(text: str, credit: Fraction | int) -> Given:
    """Return a text that a trainer has judged: nothing of it is counted."""
    return Given({"value": text}, Fraction(credit))


NOTHING: Final = Given(None, Fraction(0), blank=True)


def taken_back(answer: JsonObject) -> Given:
    return Given(answer, Fraction(0), blank=True)


# The one that earns all comes first.
WHISKERS, FEATHERS, HEXAGONS, HOURS = map(place_key, ("whiskers", "feathers", "hexagons", "hours"))
ANSWERS: Final[Mapping[str, Sequence[Given]]] = {
    "floor-is": [
        one("least", 1),
        one("most", 0),
        one("mean", Fraction(1, 2)),
        taken_back({"value": ""}),
        NOTHING,
    ],
    "numbers": [
        several("one", "two", credit=1),
        several("one", credit=Fraction(1, 2)),
        several("blue", "one", "two", credit=Fraction(1, 2)),
        several("green", credit=0),
        taken_back({"options": []}),
        NOTHING,
    ],
    "three-is-more": [one("true", 1), one("false", 0), taken_back({"value": ""}), NOTHING],
    "pair-up": [
        by_item(1, cat=WHISKERS, hen=FEATHERS, bee=HEXAGONS),
        by_item(Fraction(1, 3), cat=WHISKERS, hen=HEXAGONS, bee=FEATHERS),
        by_item(Fraction(2, 3), cat=WHISKERS, hen=FEATHERS, bee=HOURS),
        by_item(Fraction(1, 3), hen=FEATHERS),
        by_item(0, cat=HOURS),
        taken_back({"items": {}}),
        NOTHING,
    ],
    "sort-them": [
        by_item(1, eleven="odd", twelve="even", thirteen="odd"),
        by_item(Fraction(2, 3), eleven="odd", twelve="odd", thirteen="odd"),
        by_item(Fraction(1, 3), eleven="even", twelve="even", thirteen="even"),
        NOTHING,
    ],
    "in-order": [
        by_item(1, war="1", charter="2", standard="3", protection="4"),
        by_item(Fraction(2, 3), war="2", charter="1", standard="3", protection="4"),
        by_item(0, war="4", charter="3", standard="2", protection="1"),
        NOTHING,
    ],
    "how-many": [
        one("271828", 1),
        one("271 828 grains", 1, "271828grains"),
        one("314159", Fraction(1, 2)),
        one("7", 0),
        taken_back({"value": ""}),
        NOTHING,
    ],
    "the-word": [
        one("quindecim", 1),
        one("Quindecim", 1, "quindecim"),
        one("quinquecem", Fraction(2, 5)),
        one("fifteen", 0),
        NOTHING,
    ],
    "fill-in": [
        by_item(1, gross="161803", score="viginti", origin="notch"),
        by_item(Fraction(5, 6), gross="161803 pieces", score="Viginti", origin="song"),
        by_item(Fraction(1, 3), gross="144", origin="notch"),
        by_item(Fraction(1, 3), score="viginti"),
        taken_back({"items": {}}),
        NOTHING,
    ],
    "in-your-words": [
        written("To share.", 1),
        written("To share.", Fraction(2, 3)),
        written("To win.", Fraction(1, 3)),
        written("Because.", 0),
        NOTHING,
    ],
}
KEYS: Final = tuple(ANSWERS)

ANIMALS: Final = {"cat": WHISKERS, "hen": FEATHERS, "bee": HEXAGONS}
EVEN_OR_ODD: Final = {"eleven": "odd", "twelve": "even", "thirteen": "odd"}
STEPS: Final = ("war", "charter", "standard", "protection")
# What there is to choose, and whether it is right: None where it earns a part.
OFFERED: Final[Mapping[str, Sequence[OfferedValue]]] = {
    "floor-is": [
        OfferedValue("answer", "least", True),
        OfferedValue("answer", "most", False),
        OfferedValue("answer", "mean", None),
    ],
    "numbers": [
        OfferedValue("answer", option, option in {"one", "two"})
        for option in ("one", "two", "green", "blue")
    ],
    "three-is-more": [
        OfferedValue("answer", "true", True),
        OfferedValue("answer", "false", False),
    ],
    "pair-up": [
        OfferedValue(animal, place, place == right)
        for animal, right in ANIMALS.items()
        for place in (*ANIMALS.values(), HOURS)
    ],
    "sort-them": [
        OfferedValue(number, place, place == right)
        for number, right in EVEN_OR_ODD.items()
        for place in ("even", "odd")
    ],
    "in-order": [
        OfferedValue(step, place, place == right)
        for step, right in zip(STEPS, "1234", strict=True)
        for place in "1234"
    ],
    "how-many": [],
    "the-word": [],
    "fill-in": [
        OfferedValue("origin", "notch", True),
        OfferedValue("origin", "song", None),
        OfferedValue("origin", "goal", False),
    ],
    "in-your-words": [],
}


@dataclass(frozen=True)
class Made:
    """An attempt that was made up: by which learner, which of hers, and what she answered."""

    learner: int
    number: int
    given: Mapping[str, Given]
    milliseconds: int = 600_000
    state: AttemptState = AttemptState.GRADED

    def in_matrix(self) -> Attempt:
        return Attempt(
            learner=str(self.learner),
            credits={key: given.credit for key, given in self.given.items()},
            seconds=Fraction(self.milliseconds, 1000),
            left_open=[key for key, given in self.given.items() if given.blank],
            choices={key: given.chosen for key, given in self.given.items()},
        )

    def for_database(self, crowd: Sequence[Member], quiz: QuizContent) -> Taken:
        versions = {question.key: question.version_id for question in quiz.questions}
        return Taken(
            enrollment_id=crowd[self.learner].enrollment_id,
            number=self.number,
            answers={
                versions[key]: (given.answer, given.credit) for key, given in self.given.items()
            },
            started_at=THEN,
            seconds=self.milliseconds / 1000,
            state=self.state,
        )


def make_up(
    generator: random.Random, *, learners: int, most_tries: int = 3, drawn: int = len(KEYS)
) -> list[Made]:
    """Return attempts of people who know more or less, in the order of their numbers."""
    attempts = []
    for learner in range(learners):
        knowledge = generator.random()
        for number in range(1, generator.randint(1, most_tries) + 1):
            asked = sorted(generator.sample(KEYS, drawn), key=KEYS.index)
            given = {
                key: ANSWERS[key][0]
                if generator.random() < knowledge
                else generator.choice(ANSWERS[key])
                for key in asked
            }
            milliseconds = generator.choice([generator.randrange(5_000_000), 30_000, 20_000_000])
            attempts.append(Made(learner, number, given, milliseconds))
    return sorted(attempts, key=lambda attempt: attempt.number)


def everybody_answers(key: str, given: Sequence[Given], *, number: int = 1) -> list[Made]:
    """Return an attempt of each learner, in which only one question was drawn."""
    return [Made(learner, number, {key: answer}) for learner, answer in enumerate(given)]


# --- the figures, worked out without a database ---


def expected(attempts: Sequence[Made], counted: Counted, *, drawn: int = len(KEYS)) -> QuizReport:
    chosen = [a for a in attempts if counted is Counted.ALL or a.number == 1]
    sums = sums_of([attempt.in_matrix() for attempt in chosen])
    firsts = sums_of([attempt.in_matrix() for attempt in attempts if attempt.number == 1])
    report = build_report(
        in_floats(sums.quiz),
        [
            QuestionFacts(
                number=number,
                key=key,
                sums=in_floats(sums.questions.get(key, QuestionSums())),
                groups=in_floats(sums.groups.get(key, GroupSums())),
                offered=OFFERED[key],
                choices=[in_floats(choice) for choice in listed(key, sums, firsts)],
            )
            for number, key in enumerate(KEYS, start=1)
        ],
        pairs=[in_floats(pair) for pair in sums.pair_list],
        time_quartiles=quartiles_of_histogram(
            [TIME_STEP * number for number in range(TIME_STEPS + 1)],
            times_of(chosen),
        ),
    )
    assert isinstance(report, QuizReport)
    return report


def listed(key: str, sums: Sums, firsts: Sums) -> Iterator[ChoiceSums]:
    """Yield what may be listed: what was offered, and what five learners typed at their first attempt."""
    offered = {(value.item, value.value) for value in OFFERED[key]}
    typed_first = {(c.item, c.value): c.count for c in firsts.choices.get(key, [])}
    for choice in sums.choices.get(key, []):
        place = (choice.item, choice.value)
        if place in offered or typed_first.get(place, 0) >= LEAST_SAME:
            yield choice


def times_of(attempts: Sequence[Made]) -> list[int]:
    counts = [0] * TIME_STEPS
    for attempt in attempts:
        step = math.floor(Fraction(attempt.milliseconds, 1000 * TIME_STEP))
        counts[min(step, TIME_STEPS - 1)] += 1
    return counts


def assert_same(found: Any, wanted: Any, where: str = "report") -> None:
    """Compare two reports, or parts of them: floats nearly, all else exactly."""
    if dataclasses.is_dataclass(wanted):
        assert type(found) is type(wanted), where
        for part in dataclasses.fields(wanted):
            assert_same(
                getattr(found, part.name), getattr(wanted, part.name), f"{where}.{part.name}"
            )
    elif isinstance(wanted, list | tuple):
        assert len(found) == len(wanted), where
        for number, (one_found, one_wanted) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one_found, one_wanted, f"{where}[{number}]")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=0, abs=NEAR), where
    else:
        assert found == wanted, where


def in_one_order(report: QuizReport) -> QuizReport:
    """Return a report with its tables sorted: steps and matches are offered in an order that says nothing."""
    return dataclasses.replace(
        report,
        questions=[
            dataclasses.replace(
                question,
                distractors=sorted(
                    question.distractors, key=lambda row: (row.figures.item, row.figures.value)
                ),
            )
            for question in report.questions
        ],
    )


# --- a school: a quiz, its learners, and who teaches them ---


@dataclass(frozen=True)
class School:
    """The small course's quiz, a cohort that Chen follows, and somebody who learns alone."""

    site: Site
    study: Study
    cast: Cast
    quiz: QuizContent
    cohort: CohortId

    def enroll(self, count: int, *, cohort_id: CohortId | None = None) -> Sequence[Member]:
        course = self.study.course(SMALL_COURSE)
        with self.site.transaction() as session:
            return enroll_crowd(session, course, count, cohort_id=cohort_id, at=THEN)

    def store(self, attempts: Sequence[Made], crowd: Sequence[Member] = ()) -> list[AttemptId]:
        """Store attempts of the cohort's learners, or of others."""
        if not crowd:
            count = 1 + max(attempt.learner for attempt in attempts)
            crowd = self.enroll(count, cohort_id=self.cohort)
        with self.site.transaction() as session:
            return store_attempts(
                session, self.quiz, [a.for_database(crowd, self.quiz) for a in attempts]
            )

    def statistics(self, person: Person, counted: Counted = Counted.FIRST) -> QuizStatistics:
        with self.site.snapshot() as session:
            return count_quiz(session, person.actor_in(session), self.quiz, counted=counted)

    def report(self, counted: Counted = Counted.FIRST) -> QuizReport:
        """Return what Chen sees."""
        report = self.statistics(self.cast.chen, counted).report
        assert isinstance(report, QuizReport)
        return report

    def question(self, key: str, counted: Counted = Counted.FIRST) -> QuestionReport:
        return next(q for q in self.report(counted).questions if q.key == key)

    def rows(
        self, key: str, counted: Counted = Counted.FIRST
    ) -> Mapping[tuple[str, str | None], Distractor]:
        """Return the table of a question as Chen sees it."""
        rows = [row.figures for row in self.question(key, counted).distractors]
        return {(row.item, row.value): row for row in rows}

    def expected(self, attempts: Sequence[Made], counted: Counted) -> QuizReport:
        with self.site.request():
            return expected(attempts, counted)


OpenSchool = Callable[..., School]


@pytest.fixture
def open_school(site: Site, study: Study, authored: AuthoredContent, cast: Cast) -> OpenSchool:
    """Publish the quiz with all ten questions, some of which each attempt draws, or all."""

    def open_it(*, draw: int | None = None) -> School:
        authored.ask_everything()
        for option in ("the mean", "a song"):
            text = next(
                line for line in authored.text(QUIZ).splitlines() if line.endswith(f": {option}")
            )
            indented = " " * (len(text) - len(text.lstrip()))
            authored.change(QUIZ, f"{text}\n", f"{text}\n{indented}credit: 50\n")
        if draw is not None:
            authored.change(QUIZ, "attempts: unlimited\n", f"attempts: unlimited\ndraw: {draw}\n")
        study.publish(authored)
        return School(
            site,
            study,
            cast,
            newest_quiz(site, study),
            study.cohort(cast.union, cast.chen, course_key=SMALL_COURSE),
        )

    return open_it


def newest_quiz(site: Site, study: Study) -> QuizContent:
    course = study.course(SMALL_COURSE)
    with site.snapshot() as session:
        return get_quiz(session, course.modules[0].quiz.version_id, "en")


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    return open_school()


# --- every figure ---


def test_the_answers_of_these_tests_are_such_as_the_kinds_take(school):
    for question in school.quiz.questions:
        kind = KINDS[question.kind]
        for given in ANSWERS[question.key]:
            assert kind.is_blank(given.answer) == given.blank
            if given.answer is None:
                continue
            sent = kind.answer_in_words(given.answer)
            assert kind.parse_answer(question.structure, sent) == given.answer
            assert kind.grade(question.structure, given.answer) in {given.credit, None}, given
            assert kind.tally(question.structure, given.answer) == (
                {"answer": []} if given.answer == {"options": []} else given.chosen
            )
        blank = {AnswerShape.ONE: "", AnswerShape.MANY: [], AnswerShape.BY_ITEM: {}}
        taken_back = kind.parse_answer(question.structure, blank[kind.answer_shape])
        assert taken_back in counting.TAKEN_BACK
    assert [question.key for question in school.quiz.questions] == [*KEYS]
    assert {question.kind for question in school.quiz.questions} == KINDS.keys()


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_what_adding_up_gives_where_all_questions_are_asked(school, seed):
    generator = random.Random(seed)
    attempts = make_up(generator, learners=40)
    school.store(attempts)
    # Whom Chen does not teach changes nothing.
    school.store(make_up(generator, learners=7), school.enroll(7))
    for counted in Counted:
        report = school.report(counted)
        assert report.complete
        assert report.alpha is not None
        assert_same(in_one_order(report), in_one_order(school.expected(attempts, counted)))


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_what_adding_up_gives_where_questions_are_drawn(open_school, seed):
    school = open_school(draw=4)
    generator = random.Random(seed)
    attempts = make_up(generator, learners=40, drawn=4)
    school.store(attempts)
    school.store(make_up(generator, learners=7, drawn=4), school.enroll(7))
    for counted in Counted:
        report = school.report(counted)
        assert not report.complete
        assert report.alpha is not None
        assert_same(in_one_order(report), in_one_order(school.expected(attempts, counted)))


def test_a_quiz_of_one_question_has_figures_too(open_school):
    school = open_school(draw=1)
    attempts = make_up(random.Random(4), learners=30, drawn=1)
    school.store(attempts)
    for counted in Counted:
        report = school.report(counted)
        assert report.alpha is None
        assert {question.point_biserial for question in report.questions} == {None}
        assert_same(in_one_order(report), in_one_order(school.expected(attempts, counted)))


def test_the_reliability_of_drawn_questions_looks_at_the_newest_attempts_when_there_are_many(
    open_school, monkeypatch
):
    school = open_school(draw=4)
    attempts = make_up(random.Random(5), learners=40, most_tries=1, drawn=4)
    school.store(attempts)
    monkeypatch.setattr(counting, "MOST_ATTEMPTS_FOR_PAIRS", 25)
    every, newest = (sums_of([a.in_matrix() for a in some]) for some in (attempts, attempts[-25:]))
    wanted = alpha_of_drawn(every.quiz, every.question_list, newest.pair_list)
    assert not is_complete(every.quiz, every.question_list)
    assert wanted is not None
    assert school.report().alpha == pytest.approx(float(wanted), rel=0, abs=NEAR)
    assert wanted != alpha_of_drawn(every.quiz, every.question_list, every.pair_list)


def test_the_table_names_what_is_offered_in_its_order_and_says_what_is_right(school):
    school.store(make_up(random.Random(6), learners=20))
    report = school.report()
    for question in report.questions:
        rows = [row.figures for row in question.distractors]
        found = [OfferedValue(row.item, row.value, row.right) for row in rows]
        offered = OFFERED[question.key]
        if question.key in {"pair-up", "in-order"}:
            # Their own order would be the answer: learners never see it.
            assert sorted(map(str, found[: len(offered)])) == sorted(map(str, offered))
        else:
            assert found[: len(offered)] == offered
        assert {value.right for value in found[len(offered) :]} <= {None}
        for before, after in pairwise(rows[len(offered) :]):
            assert before.count >= after.count


def test_what_is_offered_has_words(school):
    school.store(make_up(random.Random(7), learners=6))
    labels = school.statistics(school.cast.chen).labels
    assert {label.value for label in labels["floor-is"].values()} == {
        "the least",
        "the most",
        "the mean",
    }
    assert labels["pair-up"]["cat", FEATHERS].item == "The cat"
    assert labels["pair-up"]["cat", FEATHERS].value == "feathers"
    assert labels["three-is-more"]["answer", "true"].value == "True"


# --- which attempts count ---


def test_the_first_attempt_of_each_learner_counts_or_all_of_them(school):
    wrong_then_right = [
        *everybody_answers("three-is-more", [one("false", 0)] * 6),
        *everybody_answers("three-is-more", [one("true", 1)] * 4, number=2),
    ]
    school.store(wrong_then_right)
    first, every = school.report(Counted.FIRST), school.report(Counted.ALL)
    assert (first.learners, first.attempts, first.mean_score) == (6, 6, 0.0)
    assert (every.learners, every.attempts, every.mean_score) == (6, 10, pytest.approx(0.4))
    assert school.rows("three-is-more", Counted.FIRST)["answer", "true"].count == 0
    assert school.rows("three-is-more", Counted.ALL)["answer", "true"].count == 4


def test_attempts_that_are_open_or_wait_for_a_review_do_not_count(school):
    graded = make_up(random.Random(8), learners=8, most_tries=1)
    school.store(graded)
    before = school.report(Counted.ALL)
    for state in (AttemptState.OPEN, AttemptState.NEEDS_REVIEW):
        unfinished = [
            dataclasses.replace(attempt, state=state)
            for attempt in make_up(random.Random(9), learners=8, most_tries=1)
        ]
        school.store(unfinished)
        for counted in Counted:
            assert school.report(counted) == before


def test_who_waited_for_a_review_at_first_counts_with_what_was_graded_first(school):
    waiting = [
        dataclasses.replace(attempt, state=AttemptState.NEEDS_REVIEW)
        for attempt in everybody_answers("three-is-more", [one("false", 0)] * 6)
    ]
    graded = everybody_answers("three-is-more", [one("true", 1)] * 6, number=2)
    later = everybody_answers("three-is-more", [one("false", 0)] * 6, number=3)
    school.store([*waiting, *graded, *later])
    first = school.report(Counted.FIRST)
    assert (first.attempts, first.mean_score) == (6, 1.0)
    assert school.report(Counted.ALL).attempts == 12


def test_each_version_has_figures_of_its_own(open_school, authored):
    old = open_school()
    attempts = make_up(random.Random(10), learners=10)
    old.store(attempts)
    # The same editions of the questions, in another edition of the quiz.
    authored.change(QUIZ, "pass_mark: 70", "pass_mark: 60")
    old.study.publish(authored)
    new = dataclasses.replace(old, quiz=newest_quiz(old.site, old.study))
    assert new.quiz.version_id != old.quiz.version_id
    assert [q.version_id for q in new.quiz.questions] == [q.version_id for q in old.quiz.questions]
    assert new.statistics(new.cast.chen).report == NotEnough()

    others = make_up(random.Random(11), learners=12)
    new.store(others)
    for school, made in ((old, attempts), (new, others)):
        for counted in Counted:
            report = school.report(counted)
            assert_same(in_one_order(report), in_one_order(school.expected(made, counted)))

    api = old.cast.chen.api()
    learners = [
        api.get(API_PATH, query_string=query).json["report"]["learners"]
        for query in ({}, {"version": 1}, {"version": 2})
    ]
    assert learners == [12, 10, 12]


def test_questions_for_practice_have_no_figures(site, study, published, cast):
    quiz = newest_quiz(site, study)
    school = School(site, study, cast, quiz, study.cohort(cast.union, cast.chen))
    asked = [question.key for question in quiz.questions]
    school.store(
        [
            Made(learner, 1, {key: ANSWERS[key][learner % 2] for key in asked})
            for learner in range(6)
        ]
    )
    assert [question.key for question in school.report().questions] == asked
    assert not {question.key for question in quiz.practice} & {*asked}


# --- whose attempts count ---


def test_everybody_sees_figures_about_those_whom_she_teaches(school):
    site, cast = school.site, school.cast
    with site.transaction() as session:
        rails = accounts.create_organization(session, "Rail Workers' Union", by=None, at=THEN)
    trainer, administrator, stranger = (
        cast.person(name, f"{name.lower()}@union.example") for name in ("Emre", "Farah", "Gita")
    )
    with site.transaction() as session:
        accounts.grant_role(
            session, administrator.id, Role.ORGANIZATION_ADMINISTRATOR, rails, by=None, at=THEN
        )
    harbour = make_up(random.Random(12), learners=6, most_tries=2)
    school.store(harbour)
    first, second = (
        school.study.cohort(rails, *trainers, course_key=SMALL_COURSE)
        for trainers in ([trainer], [])
    )
    trains, trams = (make_up(random.Random(seed), learners=7, most_tries=2) for seed in (13, 14))
    school.store(trains, school.enroll(7, cohort_id=first))
    school.store(trams, school.enroll(7, cohort_id=second))
    alone = make_up(random.Random(15), learners=8, most_tries=2)
    school.store(alone, school.enroll(8))

    for person, taught in (
        (cast.chen, [harbour]),
        (trainer, [trains]),
        (administrator, [trains, trams]),
        (cast.dana, [harbour, trains, trams, alone]),
    ):
        # The same people under other numbers, so that nobody is taken for somebody else.
        made = sorted(
            (
                dataclasses.replace(attempt, learner=100 * place + attempt.learner)
                for place, some in enumerate(taught)
                for attempt in some
            ),
            key=lambda attempt: attempt.number,
        )
        for counted in Counted:
            report = school.statistics(person, counted).report
            assert isinstance(report, QuizReport)
            assert_same(in_one_order(report), in_one_order(school.expected(made, counted)))
    for person in (stranger, cast.alice):
        assert school.statistics(person).report == NotEnough()


def test_who_teaches_is_not_among_those_whom_she_teaches(school):
    attempts = make_up(random.Random(16), learners=6, most_tries=1)
    school.store(attempts)
    wanted = school.report()
    for person in (school.cast.chen, school.cast.dana):
        hers = school.study.enroll(person, SMALL_COURSE, cohort_id=school.cohort)
        school.store(
            [Made(0, 1, {"three-is-more": one("false", 0)})], [Member(person.actor, hers.id)]
        )
    report = school.report()
    # Dana is among those whom Chen teaches, Chen among those whom Dana does.
    assert report.learners == wanted.learners + 1
    of_dana = school.statistics(school.cast.dana).report
    assert isinstance(of_dana, QuizReport)
    assert of_dana.learners == wanted.learners + 1


# --- so few that they could be recognized ---


def test_fewer_than_five_learners_have_no_figures_however_often_they_try(school):
    attempts = [
        attempt
        for number in range(1, 4)
        for attempt in everybody_answers("three-is-more", [one("true", 1)] * 4, number=number)
    ]
    crowd = school.enroll(5, cohort_id=school.cohort)
    school.store(attempts, crowd)
    chen = school.cast.chen.actor
    for counted in Counted:
        with school.site.snapshot() as session, QueryRecorder() as queries:
            found = count_quiz(session, chen, school.quiz, counted=counted)
        assert found.report == NotEnough()
        # Nothing was read but how many there are.
        assert len(queries) == 1, queries
    school.store([Made(4, 1, {"three-is-more": one("false", 0)})], crowd)
    assert school.report().learners == 5


def test_of_a_question_that_fewer_than_five_have_had_only_that_is_said(open_school):
    school = open_school(draw=1)
    school.store(
        [
            *(Made(learner, 1, {"numbers": ANSWERS["numbers"][0]}) for learner in range(5)),
            *(Made(learner, 1, {"floor-is": ANSWERS["floor-is"][1]}) for learner in range(5, 9)),
        ]
    )
    report = school.report()
    by_key = {question.key: question for question in report.questions}
    assert (by_key["numbers"].n, by_key["numbers"].facility) == (5, 1.0)
    few = by_key["floor-is"]
    assert few.n == 4
    assert (few.answered, few.facility, few.sd, few.upper_lower) == (None, None, None, None)
    assert few.distractors == []


def test_what_was_typed_is_listed_once_five_typed_the_same(school):
    typed = ["Decem et Quinque", "decem et quinque", "DECEM ET QUINQUE", "Decem  et quinque"]
    school.store(
        everybody_answers(
            "the-word",
            [one(text, 0) for text in (*typed, typed[0])] + [one("my cousin Vittoria", 0)] * 4,
        )
    )
    rows = school.rows("the-word")
    assert {place: row.count for place, row in rows.items()} == {("answer", "decem et quinque"): 5}


def test_what_one_learner_typed_again_and_again_is_not_listed(school):
    attempts = [
        *everybody_answers("the-word", [one("fifteen", 0)] * 6),
        *(
            Made(0, number, {"the-word": one(f"{letter} cousin Vittoria", 0)})
            for number, letter in enumerate(("My", "my", "MY", "mY", "My", "my"), start=2)
        ),
    ]
    school.store(attempts)
    assert [value for _, value in school.rows("the-word", Counted.ALL)] == ["fifteen"]


def test_only_the_most_frequent_of_what_was_typed_is_listed(school, monkeypatch):
    monkeypatch.setattr(counting, "MOST_TYPED", 2)
    school.store(
        everybody_answers("how-many", [one("5", 0)] * 5 + [one("7", 0)] * 7 + [one("6", 0)] * 6)
    )
    assert [value for _, value in school.rows("how-many")] == ["7", "6"]


def test_what_is_written_in_own_words_is_listed_nowhere(school):
    school.store(
        everybody_answers("in-your-words", [written("My cousin Vittoria told me.", 1)] * 9)
    )
    assert school.question("in-your-words").facility == 1.0
    assert school.rows("in-your-words") == {}
    assert "Vittoria" not in str(school.statistics(school.cast.chen, Counted.ALL))
    assert "Vittoria" not in school.cast.chen.browser().get(PAGE_PATH).text


def test_an_answer_that_was_taken_back_is_none(school):
    for key, answer in (
        ("floor-is", {"value": ""}),
        ("numbers", {"options": []}),
        ("fill-in", {"items": {}}),
        ("in-your-words", {"value": ""}),
    ):
        school.store(everybody_answers(key, [ANSWERS[key][0]] * 6 + [taken_back(answer)] * 2))
        assert school.question(key).answered == 0.75, key


# --- the two ends ---


def true_and(credit: Fraction | int, *, right: bool) -> Mapping[str, Given]:
    """Return answers to two questions: one of them right or wrong, the other one judged."""
    return {
        "three-is-more": one("true", 1) if right else one("false", 0),
        "in-your-words": written("Because.", credit),
    }


def test_equal_scores_are_in_one_group_which_becomes_larger_by_it(open_school):
    school = open_school(draw=2)
    # Of ten attempts the best three and the worst three are compared; here the third best ties with two more.
    credits_earned = [(1, True)] * 2 + [(Fraction(1, 2), True)] * 3 + [(0, True)] * 2
    credits_earned += [(0, False)] * 3
    school.store(
        [
            Made(learner, 1, true_and(credit, right=right))
            for learner, (credit, right) in enumerate(credits_earned)
        ]
    )
    rows = school.rows("three-is-more")
    assert (rows["answer", "true"].upper, rows["answer", "true"].lower) == (5, 0)
    assert (rows["answer", "false"].upper, rows["answer", "false"].lower) == (0, 3)
    assert school.question("three-is-more").upper_lower == 1.0
    assert school.question("in-your-words").upper_lower == pytest.approx(0.7)


def test_where_nearly_all_have_the_same_score_there_are_no_groups(open_school):
    school = open_school(draw=2)
    school.store([Made(learner, 1, true_and(1, right=True)) for learner in range(9)])
    assert school.question("three-is-more").upper_lower is None
    row = school.rows("three-is-more")["answer", "true"]
    assert (row.count, row.upper, row.lower) == (9, 0, 0)


def test_scores_that_only_rounding_tells_apart_are_equal(open_school):
    school = open_school(draw=1)
    scores = [0.9, 0.7, 0.1 + 0.2, 0.3, 0.3, 0.2, 0.1, 0.0]
    assert len(set(scores)) == 7
    open_ones = [
        dataclasses.replace(attempt, state=AttemptState.OPEN)
        for attempt in everybody_answers("three-is-more", [one("true", 1)] * len(scores))
    ]
    stored = school.store(open_ones)
    with school.site.transaction() as session:
        session.execute(
            update(AttemptRow),
            [
                {
                    "id": attempt_id,
                    "state": AttemptState.GRADED,
                    "submitted_at": THEN + timedelta(minutes=5),
                    "score": score,
                    "percent": int(100 * score),
                    "passed": False,
                }
                for attempt_id, score in zip(stored, scores, strict=True)
            ],
        )
    row = school.rows("three-is-more")["answer", "true"]
    assert (row.upper, row.lower) == (5, 3)


# --- time ---


@pytest.mark.parametrize("seconds", [0, 30, 60, 90, 300, 3_570, 3_600, 14_370])
def test_a_time_on_the_edge_of_two_steps_belongs_to_the_later_one(school, seconds):
    attempts = [
        dataclasses.replace(attempt, milliseconds=1000 * seconds)
        for attempt in everybody_answers("three-is-more", [one("true", 1)] * 5)
    ]
    school.store(attempts)
    report = school.report()
    assert report.mean_seconds == pytest.approx(seconds, rel=0, abs=NEAR)
    assert report.time_quartiles is not None
    assert report.time_quartiles.median == seconds + TIME_STEP / 2


def test_who_left_a_quiz_open_for_days_is_in_the_last_step(school):
    attempts = [
        dataclasses.replace(attempt, milliseconds=3 * 24 * 3_600_000)
        for attempt in everybody_answers("three-is-more", [one("true", 1)] * 5)
    ]
    school.store(attempts)
    quartiles = school.report().time_quartiles
    assert quartiles is not None
    assert quartiles.median == TIME_STEP * TIME_STEPS - TIME_STEP / 2


# --- what it costs ---


@pytest.mark.parametrize(("draw", "statements"), [(None, 4), (4, 5)])
def test_the_number_of_statements_does_not_depend_on_the_number_of_attempts(
    open_school, draw, statements
):
    school = open_school(draw=draw)
    chen = school.cast.chen.actor
    asked = []
    for seed, learners in ((17, 6), (18, 150)):
        school.store(make_up(random.Random(seed), learners=learners, drawn=draw or len(KEYS)))
        for counted in Counted:
            with school.site.snapshot() as session, QueryRecorder() as queries:
                count_quiz(session, chen, school.quiz, counted=counted)
            asked.append(len(queries))
    assert asked == [statements] * 4


def test_neither_page_nor_api_asks_more_when_there_are_more(open_school):
    school = open_school(draw=4)
    browser, api = school.cast.chen.browser(), school.cast.chen.api()
    asked = []
    for seed, learners in ((19, 6), (20, 60)):
        school.store(make_up(random.Random(seed), learners=learners, drawn=4))
        for get in (lambda: browser.get(PAGE_PATH), lambda: api.get(API_PATH)):
            get()
            with QueryRecorder() as queries:
                assert get().status_code == 200
            asked.append(len(queries))
    assert asked[:2] == asked[2:]
    # Who is asking, whether she teaches, which versions there are; and the figures.
    assert max(asked) <= 8, asked


# --- by the doors ---


def test_a_program_of_a_trainer_and_of_an_administrator_reads_the_same_figures(school):
    school.store(make_up(random.Random(21), learners=9))
    for person in (school.cast.chen, school.cast.dana):
        for counted in Counted:
            report = school.report(counted)
            answer = person.api().get(API_PATH, query_string={"attempts": counted.value})
            assert answer.status_code == 200
            said = answer.json
            assert (said["version"], said["attempts"]) == (1, counted.value)
            assert said["needed_learners"] == 5
            assert_says(said["report"], report)


def assert_says(said: Any, meant: Any) -> None:
    """Check that what the API says is what was counted: every figure under its own name."""
    if isinstance(said, dict):
        for name, value in said.items():
            assert_says(value, getattr(meant, name))
    elif isinstance(said, list):
        for one_said, one_meant in zip(said, meant, strict=True):
            assert_says(one_said, getattr(one_meant, "figures", one_meant))
    else:
        assert said == meant


def test_the_api_says_everything_that_was_counted(school):
    school.store(make_up(random.Random(22), learners=9))
    said = school.cast.chen.api().get(API_PATH).json["report"]
    names = {part.name for part in dataclasses.fields(QuizReport)}
    assert names - said.keys() == {"complete"}
    assert {part.name for part in dataclasses.fields(QuestionReport)} == said["questions"][0].keys()
    row = said["questions"][0]["distractors"][0]
    assert {part.name for part in dataclasses.fields(Distractor)} == row.keys()


def test_the_page_of_a_trainer_and_of_an_administrator_shows_the_figures(school):
    school.store(make_up(random.Random(23), learners=9))
    for person in (school.cast.chen, school.cast.dana):
        for counted in Counted:
            report = school.report(counted)
            page = person.browser().get(PAGE_PATH, query_string={"attempts": counted.value})
            assert page.status_code == 200
            shown = cells_of(page.text)
            assert shown["Learners"] == ["9"]
            assert shown["Attempts"] == [str(report.attempts)]
            assert report.mean_score is not None
            assert shown["Mean result"] == [f"{round(100 * report.mean_score)}%"]
            assert shown["Reliability (Cronbach’s alpha)"] == [f"{report.alpha:.2f}"]
            for question in report.questions:
                asked, _, facility, _, discrimination, _ = shown[
                    f"{question.number} {question.key}"
                ]
                assert question.facility is not None
                assert asked == str(question.n)
                assert facility == f"{round(100 * question.facility)}%"
                assert discrimination == f"{question.point_biserial:.2f}"


def cells_of(page: str) -> Mapping[str, Sequence[str]]:
    """Return the cells of each table row of a page by the row's heading."""
    rows = {}
    for row in parse_html(page).all("tr"):
        headings = [cell for cell in row.all("th") if cell.get("scope") == "row"]
        if headings:
            rows[" ".join(headings[0].text.split())] = [cell.text for cell in row.all("td")]
    return rows


def test_about_fewer_than_five_neither_door_says_anything(school):
    school.store(everybody_answers("the-word", [one("fifteen", 0)] * 4))
    for person in (school.cast.chen, school.cast.dana):
        said = person.api().get(API_PATH, query_string={"attempts": "all"}).json
        assert said == {"version": 1, "attempts": "all", "needed_learners": 5, "report": None}
        page = person.browser().get(PAGE_PATH, query_string={"attempts": "all"})
        assert page.status_code == 200
        assert "There are no figures yet" in page.text
        assert "fifteen" not in page.text
        assert not cells_of(page.text)


def test_for_a_learner_there_are_no_statistics(school, alice):
    school.study.enroll(alice, SMALL_COURSE, cohort_id=school.cohort)
    school.store(make_up(random.Random(24), learners=9))
    nowhere = f"/courses/{SMALL_COURSE}/quizzes/no-such-quiz/statistics"
    api, browser = alice.api(), alice.browser()
    refused = api.get(API_PATH)
    assert refused.status_code == 404
    assert refused.json == api.get(nowhere).json
    refused = browser.get(PAGE_PATH)
    assert refused.status_code == 404
    assert refused.text == browser.get(f"/teaching{nowhere}").text


def test_strangers_are_asked_to_sign_in(school):
    assert school.site.api().get(API_PATH).status_code == 401
    answer = school.site.browser().get(PAGE_PATH)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in")


def test_what_there_is_not_is_not_found_and_what_cannot_be_meant_is_refused(school):
    school.store(make_up(random.Random(25), learners=6))
    api, browser = school.cast.chen.api(), school.cast.chen.browser()
    for query in ({"version": 2}, {"version": 0}, {"version": -1}):
        assert api.get(API_PATH, query_string=query).status_code == 404
        assert browser.get(PAGE_PATH, query_string=query).status_code == 404
    for query in ({"version": "x"}, {"attempts": "best"}):
        assert api.get(API_PATH, query_string=query).status_code == 422
    # A page shows what it can.
    for query in ({"version": "x"}, {"attempts": "best"}):
        assert browser.get(PAGE_PATH, query_string=query).status_code == 200
    for path in ("/courses/none/quizzes/first", f"/courses/{SMALL_COURSE}/quizzes/start"):
        assert api.get(f"{path}/statistics").status_code == 404
        assert browser.get(f"/teaching{path}/statistics").status_code == 404
