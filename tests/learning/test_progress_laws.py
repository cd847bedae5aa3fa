"""The one function that says how far a learner is keeps its laws for every course and every learner.

Never above 100 %, never less with more facts, whatever their order, 100 % exactly when nothing is missing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.assessment.types import AttemptId, QuizOutcome
from courseapp.catalog.types import (
    CountedResult,
    CourseContent,
    CourseId,
    CourseVersionId,
    LessonId,
    LessonSummary,
    LessonVersionId,
    ModuleContent,
    QuizId,
    QuizRules,
    QuizSummary,
    QuizVersionId,
)
from courseapp.learning.rules import compute_progress, next_activity, reason_in_words
from courseapp.learning.types import Facts, MissingReason, Progress

MOST_LESSONS = 4
# The number of the quiz over the whole course, where there is one.
FINAL = 9
BEST, LAST = CountedResult.BEST, CountedResult.LAST


def lesson(module: int, number: int, *, version: int = 1, since: int = 1) -> LessonSummary:
    place = 100 * module + number
    return LessonSummary(
        id=LessonId(UUID(int=place)),
        version_id=LessonVersionId(UUID(int=1000 * place + version)),
        key=f"m{module}-l{number}",
        number=version,
        compatible_since=since,
        minutes=5,
        title=f"Lesson {number}",
    )


def quiz(module: int, *, attempts: int | None = None, counted: CountedResult = BEST) -> QuizSummary:
    return QuizSummary(
        id=QuizId(UUID(int=module)),
        version_id=QuizVersionId(UUID(int=10 * module)),
        key=f"m{module}",
        title=f"Quiz {module}",
        rules=QuizRules(pass_mark=70, attempts_allowed=attempts, counted_result=counted),
        question_count=10,
    )


def course(
    modules: Sequence[tuple[Sequence[LessonSummary], QuizSummary]],
    *,
    lessons: bool = True,
    quizzes: bool = True,
    final: QuizSummary | None = None,
) -> CourseContent:
    return CourseContent(
        id=CourseId(UUID(int=1)),
        version_id=CourseVersionId(UUID(int=2)),
        key="c",
        number=1,
        digest="",
        language="en",
        title="C",
        summary="",
        about_html="",
        notice="",
        certificate_title="",
        certificate_statement="",
        requires_lessons=lessons,
        requires_quizzes=quizzes,
        modules=[
            ModuleContent(
                key=its_quiz.key,
                title="",
                summary="",
                brief="",
                pictogram="book",
                accent="plum",
                objectives={},
                lessons=its_lessons,
                quiz=its_quiz,
            )
            for its_lessons, its_quiz in modules
        ],
        final_quiz=final,
    )


@dataclass(frozen=True)
class Read:
    """A learner marked an edition of a lesson as done."""

    lesson_id: LessonId
    version: int


@dataclass(frozen=True)
class Tried:
    """A learner submitted an attempt at a quiz."""

    quiz_id: QuizId
    percent: int
    passed: bool


Fact = Read | Tried


def gather(facts: Sequence[Fact]) -> Facts:
    """Put facts together in the order in which they arrive, as the tables do."""
    read: dict[LessonId, set[int]] = {}
    tries: dict[QuizId, list[Tried]] = {}
    for fact in facts:
        if isinstance(fact, Read):
            read.setdefault(fact.lesson_id, set()).add(fact.version)
        else:
            tries.setdefault(fact.quiz_id, []).append(fact)
    return Facts(
        {lesson_id: frozenset(versions) for lesson_id, versions in read.items()},
        {
            quiz_id: QuizOutcome(
                quiz_id,
                best_percent=max(t.percent for t in these),
                last_percent=these[-1].percent,
                passed=any(t.passed for t in these),
                attempts_used=len(these),
                extra_attempts=0,
                open_attempt_id=None,
                waits_for_review=False,
            )
            for quiz_id, these in tries.items()
        },
    )


def quizzes(number: int) -> st.SearchStrategy[QuizSummary]:
    return st.builds(
        lambda attempts, counted: quiz(number, attempts=attempts, counted=counted),
        st.sampled_from([None, 1, 3]),
        st.sampled_from(CountedResult),
    )


@st.composite
def courses(draw) -> CourseContent:
    modules = []
    for module in range(1, draw(st.integers(1, 3)) + 1):
        its_lessons = []
        for number in range(1, draw(st.integers(1, MOST_LESSONS)) + 1):
            version = draw(st.integers(1, 3))
            its_lessons.append(
                lesson(module, number, version=version, since=draw(st.integers(1, version)))
            )
        modules.append((its_lessons, draw(quizzes(module))))
    rules = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    final = draw(st.one_of(st.none(), quizzes(FINAL)))
    return course(modules, lessons=rules[0], quizzes=rules[1], final=final)


# Facts about lessons and quizzes that the course has, and about some that it has not (any more).
FACTS = st.lists(
    st.one_of(
        st.builds(
            Read,
            st.builds(
                lambda m, n: lesson(m, n).id, st.integers(1, 4), st.integers(1, MOST_LESSONS + 1)
            ),
            st.integers(1, 4),
        ),
        st.builds(
            lambda m, percent: Tried(quiz(m).id, percent, percent >= 70),
            st.sampled_from([1, 2, 3, 4, FINAL]),
            st.integers(0, 100),
        ),
    ),
    max_size=25,
)


@given(courses(), FACTS)
def test_progress_lies_between_0_and_100(content, facts):
    assert 0 <= compute_progress(content, gather(facts)).percent <= 100


@given(courses(), FACTS, FACTS)
def test_progress_never_falls_when_something_is_added(content, facts, more):
    before, after = (compute_progress(content, gather(f)) for f in (facts, facts + more))

    assert after.percent >= before.percent
    assert after.done >= before.done
    assert {m.activity_key for m in after.missing} <= {m.activity_key for m in before.missing}


@given(courses(), FACTS, st.integers())
def test_the_order_in_which_facts_arrive_does_not_matter(content, facts, seed):
    shuffled = random.Random(seed).sample(facts, len(facts))
    one, other = (compute_progress(content, gather(f)) for f in (shuffled, facts))

    assert without_last_results(one) == without_last_results(other)


def without_last_results(progress: Progress) -> Progress:
    """Leave out what is told of the last result: which one was the last is a matter of order."""
    missing = [
        replace(found, percent=None) if found.result is LAST else found
        for found in progress.missing
    ]
    return replace(progress, missing=missing)


@given(courses(), FACTS)
def test_a_lesson_marked_twice_counts_once(content, facts):
    again = facts + [fact for fact in facts if isinstance(fact, Read)]

    assert compute_progress(content, gather(again)) == compute_progress(content, gather(facts))


@given(courses(), FACTS)
def test_it_is_100_exactly_when_nothing_is_missing(content, facts):
    progress = compute_progress(content, gather(facts))

    assert (progress.percent == 100) == (not progress.missing) == progress.is_complete


@given(courses())
def test_100_can_be_reached_in_every_course(content):
    everything: list[Fact] = [
        Tried(activity.id, 100, passed=True)
        if isinstance(activity, QuizSummary)
        else Read(activity.id, activity.number)
        for activity in content.activities
    ]

    progress = compute_progress(content, gather(everything))

    assert (progress.percent, progress.next_activity) == (100, None)
    assert progress.done == {activity.key for activity in content.activities}


@given(courses(), FACTS)
def test_what_is_done_and_what_is_missing_make_up_what_is_asked_for(content, facts):
    progress = compute_progress(content, gather(facts))
    missing = {m.activity_key for m in progress.missing}

    assert not missing & progress.done
    assert len(missing) + round(progress.percent * progress.required / 100) in range(
        progress.required - 1, progress.required + 2
    )
    keys = [activity.key for activity in content.activities]
    told = [keys.index(m.activity_key) for m in progress.missing]
    assert told == sorted(told)


@given(courses(), FACTS)
def test_facts_about_other_courses_do_not_count(content, facts):
    own = {activity.id for activity in content.activities}
    about_own = [f for f in facts if (f.lesson_id if isinstance(f, Read) else f.quiz_id) in own]

    assert compute_progress(content, gather(about_own)) == compute_progress(content, gather(facts))


@given(courses(), FACTS, st.sampled_from([None, "m1-l1", "m1", "m2-l2", "gone"]))
def test_where_a_learner_stopped_decides_only_what_comes_next(content, facts, stopped):
    here = compute_progress(content, gather(facts), stopped)
    nowhere = compute_progress(content, gather(facts))

    assert (here.percent, here.done, here.missing) == (
        nowhere.percent,
        nowhere.done,
        nowhere.missing,
    )
    assert (here.next_activity is None) == (nowhere.next_activity is None)


@given(courses(), FACTS, st.sampled_from([None, "m1-l1", "m1", "m2-l2", "gone"]))
def test_what_comes_next_is_open_and_something_comes_next_while_something_is_open(
    content, facts, stopped
):
    progress = compute_progress(content, gather(facts), stopped)
    still_open = [a.key for a in content.activities if a.key not in progress.done]

    assert progress.next_activity in (still_open or [None])


@given(courses(), FACTS)
def test_the_quiz_over_the_whole_course_comes_after_everything_else(content, facts):
    progress = compute_progress(content, gather(facts))

    if content.final_quiz is not None:
        assert content.activities[-1] is content.final_quiz
        assert content.find_module_of(content.final_quiz.key) is None
    # To whoever does one thing after the other it is offered when nothing else is left.
    if progress.next_activity == quiz(FINAL).key:
        assert progress.done == {a.key for a in content.activities} - {quiz(FINAL).key}


ACTIVITIES = [lesson(1, 1), lesson(1, 2), quiz(1), lesson(2, 1), quiz(2)]


@pytest.mark.parametrize(
    ("done", "stopped", "following"),
    [
        ([], None, "m1-l1"),
        ([], "m1-l2", "m1-l2"),
        (["m1-l1"], None, "m1-l2"),
        (["m1-l2"], "m1-l2", "m1"),
        (["m1-l1", "m1-l2", "m1"], "m1-l1", "m2-l1"),
        # Nothing open is left behind where she stopped: the first that she left out.
        (["m1-l2", "m1", "m2-l1", "m2"], "m2", "m1-l1"),
        # What she opened last is not in this version any more.
        (["m1-l1"], "gone", "m1-l2"),
        (["m1-l1", "m1-l2", "m1", "m2-l1", "m2"], "m1", None),
    ],
)
def test_a_learner_goes_on_where_she_stopped_else_with_what_follows_else_with_what_was_left_out(
    done, stopped, following
):
    assert next_activity(ACTIVITIES, done, stopped) == following


def only(activity, facts, **rules):
    modules = [([], activity)] if isinstance(activity, QuizSummary) else [([activity], quiz(8))]
    return compute_progress(course(modules, **rules), facts)


@pytest.mark.parametrize(
    ("read", "done"),
    [({3}, True), ({2}, True), ({1}, False), ({4}, False), ({1, 4}, False), ({1, 2, 4}, True)],
)
def test_an_earlier_edition_counts_as_far_back_as_its_author_called_changes_minor(read, done):
    third = lesson(1, 1, version=3, since=2)
    progress = only(third, Facts({third.id: frozenset(read)}, {}), quizzes=False)

    assert progress.is_complete is done


def outcome(
    *,
    best: int | None,
    used: int,
    last: int | None = None,
    extra: int = 0,
    open_attempt: bool = False,
    waits: bool = False,
) -> QuizOutcome:
    return QuizOutcome(
        quiz(1).id,
        best_percent=best,
        last_percent=best if last is None else last,
        passed=best is not None and best >= 70,
        attempts_used=used,
        extra_attempts=extra,
        open_attempt_id=AttemptId(UUID(int=5)) if open_attempt else None,
        waits_for_review=waits,
    )


TRY_AGAIN = "Your best result is 40%. 70% passes: try again."
NONE_LEFT = "Your best result is 40%. 70% passes, and no attempt is left. Ask your trainer."
FINISH = "You have started the quiz: finish and submit it."
WAIT = "You have submitted the quiz. A trainer has to look at one of your answers."


@pytest.mark.parametrize(
    ("attempts", "outcomes", "reason", "words"),
    [
        (None, None, MissingReason.NOT_TRIED, "Take the quiz. 70% passes."),
        (
            None,
            outcome(best=None, used=1, open_attempt=True),
            MissingReason.NOT_SUBMITTED,
            FINISH,
        ),
        (None, outcome(best=40, used=2), MissingReason.NOT_PASSED, TRY_AGAIN),
        (2, outcome(best=40, used=2), MissingReason.NO_ATTEMPTS_LEFT, NONE_LEFT),
        # One more was granted; then that one was used, too.
        (2, outcome(best=40, used=2, extra=1), MissingReason.NOT_PASSED, TRY_AGAIN),
        (2, outcome(best=40, used=3, extra=1), MissingReason.NO_ATTEMPTS_LEFT, NONE_LEFT),
        # The last attempt is still open: it can be finished.
        (2, outcome(best=40, used=2, open_attempt=True), MissingReason.NOT_SUBMITTED, FINISH),
        # The last attempt may still be a pass, when a trainer has looked at it.
        (2, outcome(best=40, used=2, waits=True), MissingReason.NOT_REVIEWED, WAIT),
        (None, outcome(best=None, used=1, waits=True), MissingReason.NOT_REVIEWED, WAIT),
        (
            None,
            outcome(best=40, used=3, open_attempt=True, waits=True),
            MissingReason.NOT_SUBMITTED,
            FINISH,
        ),
    ],
)
def test_what_is_missing_of_a_quiz_is_said_in_words(attempts, outcomes, reason, words):
    facts = Facts({}, {} if outcomes is None else {quiz(1).id: outcomes})
    (missing,) = only(quiz(1, attempts=attempts), facts, lessons=False).missing

    assert missing.reason is reason
    assert reason_in_words(missing) == words


def test_where_the_last_result_counts_it_is_the_one_that_is_told():
    facts = Facts({}, {quiz(1).id: outcome(best=60, last=20, used=2)})
    (missing,) = only(quiz(1, counted=LAST), facts, lessons=False).missing

    assert (missing.result, missing.percent) == (LAST, 20)
    assert reason_in_words(missing) == "Your last result is 20%. 70% passes: try again."


def test_what_is_missing_of_a_lesson_is_said_in_words():
    (missing,) = only(lesson(1, 1), Facts({}, {}), quizzes=False).missing

    assert missing.reason is MissingReason.NOT_READ
    assert reason_in_words(missing) == "Read the lesson and mark it as done."


@pytest.mark.parametrize("counted", CountedResult)
def test_a_quiz_once_passed_stays_passed_after_a_worse_try(counted):
    facts = gather([Tried(quiz(1).id, 90, passed=True), Tried(quiz(1).id, 10, passed=False)])

    assert only(quiz(1, counted=counted), facts, lessons=False).is_complete
