"""What a learner does on her way, and the summary that is kept of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courseapp.assessment.errors import QuestionNotFound
from courseapp.catalog.errors import LessonNotFound
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.cohorts.queries import access_enrollment
from courseapp.core.errors import IdInUse, InvalidInput
from courseapp.core.ids import new_id
from courseapp.learning import service as learning
from courseapp.learning.queries import (
    get_learner_course,
    learner_course,
    list_disagreements,
)
from courseapp.learning.reading import open_lesson
from tests.authoring import LESSON, LESSON_2, PRACTICE, QUIZ
from tests.cast import THEN
from tests.queries import QueryRecorder

HOUR = timedelta(hours=1)


@pytest.fixture
def hers(study, published, alice):
    """Alice's enrollment in the small course."""
    return study.enroll(alice, "small")


def complete(site, person, enrollment, lesson_key, *, completion_id=None, at=THEN):
    with site.transaction() as session:
        return learning.complete_lesson(
            session,
            person.actor_in(session),
            enrollment.id,
            lesson_key,
            completion_id=completion_id,
            at=at,
        )


def agrees(site) -> bool:
    """Tell whether every summary says what its facts say."""
    with site.snapshot() as session:
        return not list(list_disagreements(session))


def test_enrolling_again_keeps_the_first_enrollment_with_its_version(
    site, study, published, hers, alice
):
    published.change(LESSON_2, "title: Going on", "title: Going further")
    study.publish(published)

    again = study.enroll(alice, "small", at=THEN + HOUR)

    assert again == hers
    assert site.scalar("SELECT count(*) FROM enrollment") == 1


def test_an_id_that_names_another_enrollment_is_refused(site, study, published, hers, bola):
    with pytest.raises(IdInUse), site.transaction() as session:
        cohorts.enroll(
            session, bola.actor_in(session), study.course("small"), enrollment_id=hers.id, at=THEN
        )


def test_a_lesson_done_counts_at_once_and_the_summary_says_so(site, study, hers, alice):
    done = complete(site, alice, hers, "start", at=THEN + HOUR)

    assert (done.progress.percent, done.enrollment.percent) == (33, 33)
    assert done.progress.next_activity == "go-on"
    stored = study.again(alice, "small")
    assert (stored.percent, stored.completed_at) == (33, None)
    assert stored.last_active_at == THEN + HOUR
    assert agrees(site)


def test_a_completion_delivered_again_is_the_same_fact(site, study, hers, alice):
    completion_id = new_id()
    first = complete(site, alice, hers, "start", completion_id=completion_id)
    again = complete(site, alice, hers, "start", completion_id=completion_id, at=THEN + HOUR)
    other = complete(site, alice, hers, "start", completion_id=new_id(), at=THEN + HOUR)

    assert first.progress == again.progress == other.progress
    assert site.scalar("SELECT count(*) FROM lesson_completion") == 1


def test_a_completion_whose_id_names_another_one_is_refused(site, study, hers, alice):
    completion_id = new_id()
    complete(site, alice, hers, "start", completion_id=completion_id)

    with pytest.raises(IdInUse):
        complete(site, alice, hers, "go-on", completion_id=completion_id)


def test_a_lesson_that_the_version_does_not_have_cannot_be_done(site, hers, alice):
    for key in ("absent", "first"):
        with pytest.raises(LessonNotFound):
            complete(site, alice, hers, key)


def test_another_learners_enrollment_is_like_one_that_does_not_exist(site, hers, alice, bola, dana):
    for person in (bola, dana):
        for enrollment_id in (hers.id, uuid4()):
            with pytest.raises(EnrollmentNotFound), site.snapshot() as session:
                access_enrollment(session, person.actor_in(session), enrollment_id)


def test_the_last_fact_completes_the_course_whichever_it_is(site, study, published, alice, bola):
    hers, his = study.enroll(alice, "small"), study.enroll(bola, "small")
    study.take_quiz(alice, hers, "first")
    for key in ("go-on", "start"):
        study.read(alice, hers, key, at=THEN + HOUR)
    for key in ("start", "go-on"):
        study.read(bola, his, key)
    study.take_quiz(bola, his, "first", at=THEN + 2 * HOUR)

    completed = [study.again(person, "small") for person in (alice, bola)]

    assert [(e.percent, e.completed_at) for e in completed] == [
        (100, THEN + HOUR),
        (100, THEN + 2 * HOUR),
    ]
    assert site.scalar("SELECT count(*) FROM certificate") == 2
    assert agrees(site)


def test_what_is_done_after_completion_changes_neither_its_moment_nor_the_certificate(
    site, study, published, alice
):
    finished = study.finish(alice, "small")
    before = site.execute("SELECT code, statement FROM certificate")

    study.take_quiz(alice, finished, "first", right=False, at=THEN + 100 * HOUR)

    after = study.again(alice, "small")
    assert (after.percent, after.completed_at) == (100, finished.completed_at)
    assert after.last_active_at == THEN + 100 * HOUR
    assert site.execute("SELECT code, statement FROM certificate") == before


def test_a_failed_quiz_is_missing_with_its_best_result(site, study, hers, alice):
    study.take_quiz(alice, hers, "first", right=False)

    with site.snapshot() as session:
        progress = get_learner_course(session, alice.actor_in(session), hers.id, "en").progress
    (quiz,) = [missing for missing in progress.missing if missing.is_quiz]
    assert (quiz.reason, quiz.percent, quiz.pass_mark) == ("not_passed", 0, 70)
    assert quiz.result == "best"


def test_progress_is_read_by_two_queries_however_much_was_done(site, study, hers, alice):
    study.read(alice, hers, "start")
    for _ in range(3):
        study.take_quiz(alice, hers, "first", right=False)
    with site.snapshot() as session:
        enrollment = access_enrollment(session, alice.actor_in(session), hers.id)
        learner_course(session, enrollment, "en")
        with QueryRecorder() as queries:
            learner_course(session, enrollment, "en")

    assert len(queries) == 2, queries


def move(site, person, enrollment):
    with site.transaction() as session:
        return learning.move_to_current_version(
            session, person.actor_in(session), enrollment.id, at=THEN + HOUR
        )


def test_moving_to_a_newer_version_keeps_what_still_holds(site, study, published, hers, alice):
    study.read(alice, hers, "start")
    study.take_quiz(alice, hers, "first")
    published.change(LESSON_2, "One, two, three,", "One, two, three, four,")
    study.publish(published)

    moved = move(site, alice, hers)

    assert (moved.course.number, moved.progress.percent, moved.enrollment.percent) == (2, 66, 66)
    assert site.scalar("SELECT count(*) FROM enrollment_move") == 1
    assert agrees(site)


def test_a_minor_change_of_a_lesson_keeps_it_done_in_the_newer_version(
    site, study, published, hers, alice
):
    study.read(alice, hers, "go-on")
    published.change(LESSON_2, "One, two, three,", "One, two, and three,")
    published.change(LESSON_2, "minutes: 7", "minutes: 7\nchange: minor")
    study.publish(published)

    assert move(site, alice, hers).progress.done == {"go-on"}


def test_a_major_change_of_a_lesson_asks_to_read_it_again_in_the_newer_version(
    site, study, published, hers, alice
):
    study.read(alice, hers, "go-on")
    study.read(alice, hers, "start")
    published.change(LESSON_2, "One, two, three,", "Everything is different:")
    study.publish(published)

    moved = move(site, alice, hers)

    assert (moved.progress.percent, moved.enrollment.percent) == (33, 33)
    assert moved.progress.next_activity == "go-on"
    assert agrees(site)


def test_a_changed_quiz_that_was_passed_stays_passed(site, study, published, hers, alice):
    study.take_quiz(alice, hers, "first")
    published.change(QUIZ, "text: green", "text: red")
    study.publish(published)

    assert "first" in move(site, alice, hers).progress.done


def test_moving_without_a_newer_version_changes_nothing(site, study, published, hers, alice):
    before = site.count_rows()

    assert move(site, alice, hers).enrollment == study.again(alice, "small")
    assert site.count_rows() == before


def test_a_completed_course_stays_in_the_version_that_was_completed(site, study, published, alice):
    finished = study.finish(alice, "small")
    published.change(LESSON, "minutes: 5", "minutes: 6")
    study.publish(published)

    assert move(site, alice, finished).course.number == 1
    assert site.scalar("SELECT count(*) FROM enrollment_move") == 0


def test_moving_can_complete_a_course_that_asks_for_less(site, study, published, hers, alice):
    for key in ("start", "go-on"):
        study.read(alice, hers, key)
    published.change("modules/small/course.yaml", "quizzes: all", "quizzes: none")
    study.publish(published)

    moved = move(site, alice, hers)

    assert moved.progress.is_complete
    assert moved.enrollment.completed_at == THEN + HOUR
    assert site.scalar("SELECT count(*) FROM certificate") == 1


def test_a_pass_that_a_regrade_takes_away_is_missing_again_and_the_summary_says_so(
    site, study, published, hers, alice, dana
):
    study.read(alice, hers, "start")
    study.take_quiz(alice, hers, "first", at=THEN + HOUR)
    assert study.again(alice, "small").percent == 66
    mark_others_as_right(published)
    study.publish(published)

    kept = study.regrade(dana, "first", course_key="small", at=THEN + 2 * HOUR)
    assert [result.verdict for result in kept.results] == ["kept_as_passed"]
    assert study.again(alice, "small").percent == 66
    taken = study.regrade(dana, "first", course_key="small", fails_allowed=True, at=THEN + 2 * HOUR)

    assert [result.passed_after for result in taken.changed] == [False]
    after = study.again(alice, "small")
    assert (after.percent, after.completed_at) == (33, None)
    # She did nothing herself.
    assert after.last_active_at == THEN + HOUR
    assert agrees(site)


def mark_others_as_right(content):
    """Call other options of two questions the right ones."""
    for right, wrong in (("the least", "the most"), ("one", "green")):
        content.change(QUIZ, f"text: {right}\n        correct: true\n", f"text: {right}\n")
        content.change(QUIZ, f"text: {wrong}\n", f"text: {wrong}\n        correct: true\n")


def test_a_completed_course_keeps_its_passes_and_its_certificate_whatever_is_regraded(
    site, study, published, alice, dana
):
    finished = study.finish(alice, "small")
    mark_others_as_right(published)
    study.publish(published)

    plan = study.regrade(dana, "first", course_key="small", fails_allowed=True)

    assert [result.verdict for result in plan.results] == ["kept_for_certificate"]
    assert study.again(alice, "small") == finished
    assert site.scalar("SELECT count(*) FROM certificate WHERE status = 'valid'") == 1
    assert agrees(site)


def test_the_quiz_over_the_whole_course_is_its_last_step(site, study, authored, alice):
    authored.add_final_quiz()
    study.publish(authored)
    hers = study.enroll(alice, "small")
    for key in ("start", "go-on"):
        study.read(alice, hers, key)
    study.take_quiz(alice, hers, "first")
    with site.snapshot() as session:
        progress = get_learner_course(session, alice.actor_in(session), hers.id, "en").progress
    assert (progress.percent, progress.next_activity) == (75, "final")

    study.take_quiz(alice, hers, "final", at=THEN + HOUR)

    after = study.again(alice, "small")
    assert (after.percent, after.completed_at) == (100, THEN + HOUR)
    assert site.scalar("SELECT count(*) FROM certificate") == 1
    assert agrees(site)


def opened(site, person, enrollment, lesson_key):
    with site.snapshot() as session:
        return open_lesson(session, enrollment, lesson_key, "en")


def test_a_lesson_shows_its_questions_where_they_stand(site, study, hers, alice):
    lesson = opened(site, alice, hers, "go-on")

    assert tuple(question.key for question in lesson.questions) == PRACTICE
    assert tuple(q.key for _, q in lesson.pieces() if q is not None) == PRACTICE
    assert [q.position for q in lesson.shown_questions()] == list(range(1, len(PRACTICE) + 1))
    assert not any(q.revealed or q.answered for q in lesson.shown_questions())
    assert opened(site, alice, hers, "start").questions == []


def test_a_question_in_a_lesson_says_at_once_what_is_right_and_remembers_the_last_answer(
    site, study, hers, alice
):
    first = study.practise(alice, hers, "go-on", "how-many", "314159 grains")
    again = study.practise(alice, hers, "go-on", "how-many", "271,828", at=THEN + HOUR)

    assert [(q.credit, q.revealed) for q in (first, again)] == [(0.5, True), (1, True)]
    assert again.explanation_html == "<p>Nobody eats rice in this story.</p>\n"
    (shown,) = [q for q in opened(site, alice, hers, "go-on").shown_questions() if q.answered]
    assert shown == again
    assert site.scalar("SELECT count(*) FROM practice_response") == 1


def test_what_is_practised_never_counts(site, study, hers, alice):
    before = study.again(alice, "small")
    study.practise(alice, hers, "go-on", "sort-them", {"eleven": "odd"}, at=THEN + HOUR)

    assert study.again(alice, "small") == before
    with site.snapshot() as session:
        progress = get_learner_course(session, alice.actor_in(session), hers.id, "en").progress
    assert (progress.percent, progress.done) == (0, frozenset())
    assert site.scalar("SELECT count(*) FROM attempt") == 0


def test_an_answer_that_is_taken_back_hides_what_is_right_again(site, study, hers, alice):
    study.practise(alice, hers, "go-on", "sort-them", {"eleven": "odd"})
    taken_back = study.practise(alice, hers, "go-on", "sort-them", {})

    assert (taken_back.answered, taken_back.revealed) == (False, False)
    assert taken_back.explanation_html is None


@pytest.mark.parametrize(
    ("lesson", "question", "answer", "refusal"),
    [
        ("absent", "how-many", "1", LessonNotFound),
        ("first", "how-many", "1", LessonNotFound),
        # It stands in the other lesson; it is the quiz's; it is nobody's.
        ("start", "how-many", "1", QuestionNotFound),
        ("go-on", "floor-is", "least", QuestionNotFound),
        ("go-on", "absent", "1", QuestionNotFound),
        ("go-on", "how-many", "many", InvalidInput),
        ("go-on", "sort-them", {"eleven": "prime"}, InvalidInput),
    ],
)
def test_what_cannot_be_practised_is_refused_and_leaves_nothing(
    site, study, hers, alice, lesson, question, answer, refusal
):
    with pytest.raises(refusal):
        study.practise(alice, hers, lesson, question, answer)
    assert site.scalar("SELECT count(*) FROM practice_response") == 0


def test_nobody_practises_in_the_course_of_another(study, hers, bola):
    with pytest.raises(EnrollmentNotFound):
        study.practise(bola, hers, "go-on", "how-many", "271828")


def test_a_question_that_has_changed_is_asked_anew(site, study, published, hers, alice):
    study.practise(alice, hers, "go-on", "the-word", "quindecim")
    published.change(QUIZ, "text: quindecim", "text: quinze")
    study.publish(published)
    move(site, alice, hers)

    lesson = opened(site, alice, study.again(alice, "small"), "go-on")
    assert not any(question.answered for question in lesson.shown_questions())
