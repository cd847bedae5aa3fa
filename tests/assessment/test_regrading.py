"""Regrading: a key was wrong, the mended question is published, and the attempts are graded again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from courseapp.assessment import service as assessment
from courseapp.assessment.errors import OnlyForAdministrators, PlanHasChanged
from courseapp.assessment.types import RegradeVerdict
from courseapp.catalog.errors import CourseNotFound, QuizNotFound
from courseapp.learning.types import MissingReason
from tests.authoring import QUIZ
from tests.cast import THEN, Cast
from tests.quizzing import (
    FREE,
    HOUR,
    QUIZ_KEY,
    RIGHT,
    WRONG,
    acts,
    administrate,
    ask,
    faults,
    mark_as_right,
    nothing_written,
    plan_regrade,
    taker,
)
from tests.studying import SMALL_COURSE, Study

# What the one gave who knew better than the key, and what the other gave who guessed as the key was.
KNEW = RIGHT
GUESSED = RIGHT | {"floor-is": "most"}


@pytest.fixture
def wrong_key(study, authored):
    """The small course, published with a wrong key: it takes "the most" for a floor."""
    mark_as_right(authored, "most")
    study.publish(authored)
    return authored


def mend(study, content, right="least"):
    mark_as_right(content, right)
    study.publish(content)


@pytest.fixture
def hers(study, wrong_key, alice):
    return taker(study, alice)


@pytest.fixture
def his(study, wrong_key, bola):
    return taker(study, bola)


def regrade(study, person, *, fails_allowed=False, at=THEN + HOUR):
    return study.regrade(
        person, QUIZ_KEY, course_key=SMALL_COURSE, fails_allowed=fails_allowed, at=at
    )


def by_attempt(plan):
    return {result.attempt_id: result for result in plan.results}


def said(result):
    return (
        result.verdict,
        result.percent_before,
        result.percent_after,
        result.passed_before,
        result.passed_after,
    )


CHANGED, KEPT, CERTIFIED, CANNOT = (
    RegradeVerdict.CHANGED,
    RegradeVerdict.KEPT_AS_PASSED,
    RegradeVerdict.KEPT_FOR_CERTIFICATE,
    RegradeVerdict.CANNOT_BE_REGRADED,
)


# Looking.


def test_the_plan_lists_whose_result_changes_and_how(site, study, wrong_key, hers, his, dana):
    knew, half, guessed = hers.take(KNEW), hers.take({"floor-is": "least"}), his.take(GUESSED)
    untouched = his.take(WRONG)
    mend(study, wrong_key)
    with nothing_written(site):
        plan = plan_regrade(site, dana)

    assert {a: said(r) for a, r in by_attempt(plan).items()} == {
        knew.id: (CHANGED, 66, 100, False, True),
        half.id: (CHANGED, 0, 33, False, False),
        guessed.id: (KEPT, 100, 66, True, False),
    }
    assert by_attempt(plan)[knew.id].enrollment_id == hers.enrollment.id
    assert plan.attempts_looked_at == 4
    assert untouched.id not in by_attempt(plan)
    assert {r.attempt_id for r in plan.changed} == {knew.id, half.id}


def test_without_a_mended_key_there_is_nothing_to_do(site, study, wrong_key, hers, dana):
    hers.take(KNEW)
    # A new edition with other words is no other key.
    wrong_key.change(QUIZ, "What is a floor?", "What is a floor, then?")
    wrong_key.change(QUIZ, "text: the mean", "text: the arithmetic mean")
    study.publish(wrong_key)

    plan = plan_regrade(site, dana)
    assert (plan.attempts_looked_at, plan.results) == (0, [])
    with nothing_written(site):
        assert regrade(study, dana) == plan


def test_attempts_that_are_open_are_not_looked_at(site, study, wrong_key, hers, dana):
    attempt = hers.start()
    hers.save(attempt, "floor-is", "least")
    mend(study, wrong_key)

    assert plan_regrade(site, dana).attempts_looked_at == 0


def test_an_attempt_at_the_mended_edition_is_right_from_the_start(
    site, study, wrong_key, alice, dana
):
    mend(study, wrong_key)
    taker(study, alice).take(KNEW)

    assert plan_regrade(site, dana).attempts_looked_at == 0


def test_a_course_or_quiz_that_is_not_there_is_told(site, wrong_key, dana):
    for course, quiz, refusal in (
        ("absent", QUIZ_KEY, CourseNotFound),
        (SMALL_COURSE, "absent", QuizNotFound),
        (SMALL_COURSE, "start", QuizNotFound),
    ):
        with pytest.raises(refusal), site.snapshot() as session:
            assessment.plan_regrade(
                session, dana.actor_in(session), course, quiz, fails_allowed=False
            )


# Applying.


def test_applying_adds_results_and_leaves_the_attempt_as_it_was(site, study, wrong_key, hers, dana):
    attempt = hers.take(KNEW)
    tables = ("attempt", "attempt_question", "response")
    before = [site.execute(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    mend(study, wrong_key)
    plan = plan_regrade(site, dana)

    assert regrade(study, dana) == plan
    after = [site.execute(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    assert after == before
    (row,) = site.execute("SELECT number, percent, passed FROM regraded_attempt")
    assert (row.number, row.percent, bool(row.passed)) == (1, 100, True)
    summary = hers.look(attempt).summary
    assert (summary.percent, summary.passed, summary.first_percent) == (100, True, 66)
    assert (summary.corrected_at, summary.submitted_at) == (THEN + HOUR, THEN)


def test_the_learner_sees_the_corrected_result_by_the_new_key(study, wrong_key, hers, alice, dana):
    attempt = hers.take(KNEW)
    api, review = alice.api(), f"/attempts/{attempt.id}/review"
    before = alice.browser().get(review).text
    assert "Not passed yet" in before
    assert "corrected" not in before
    mend(study, wrong_key)
    regrade(study, dana)

    page = alice.browser().get(review).text
    assert "100%" in page
    assert "This result was corrected on" in page
    assert "It was 66% before." in page
    seen = api.get(f"/attempts/{attempt.id}").json
    assert (seen["score"], seen["passed"], seen["first_score"]) == (100, True, 66)
    assert seen["corrected_at"] == (THEN + HOUR).isoformat()
    question = next(q for q in seen["questions"] if q["key"] == "floor-is")
    assert question["credit"] == 1
    choices = question["items"][0]["choices"]
    assert [c["key"] for c in choices if c["right"]] == ["least"]
    assert [c["key"] for c in choices if c["chosen"]] == ["least"]
    listed = alice.browser().get("/courses/small/quizzes/first").text
    assert "100%" in listed
    assert "corrected" in listed


def test_her_own_data_have_both_results(study, wrong_key, hers, alice, dana):
    hers.take(KNEW)
    mend(study, wrong_key)
    regrade(study, dana)

    (course,) = alice.browser().get("/account/data").json["enrollments"]
    (attempt,) = course["attempts"]
    assert (attempt["percent"], attempt["first_percent"]) == (100, 66)
    assert attempt["corrected_at"] == (THEN + HOUR).isoformat()


def test_an_attempt_that_nothing_changes_is_not_called_corrected(study, wrong_key, hers, his, dana):
    hers.take(KNEW)
    untouched = his.take(WRONG)
    mend(study, wrong_key)
    regrade(study, dana)

    assert his.look(untouched).summary == untouched


def test_a_fail_that_becomes_a_pass_completes_the_course_and_certifies(
    site, study, wrong_key, hers, dana
):
    hers.read_all()
    hers.take(KNEW)
    assert hers.now().percent == 66
    mend(study, wrong_key)
    regrade(study, dana)

    after = hers.now()
    assert (after.percent, after.completed_at) == (100, THEN + HOUR)
    assert site.scalar("SELECT count(*) FROM certificate WHERE status = 'valid'") == 1
    assert faults(site) == []


def test_a_pass_that_would_be_lost_is_kept(site, study, wrong_key, his, dana):
    attempt = his.take(GUESSED)
    mend(study, wrong_key)
    with nothing_written(site):
        plan = regrade(study, dana)

    assert [r.verdict for r in plan.results] == [KEPT]
    assert his.look(attempt).summary == attempt
    assert his.missing_quiz is None


def test_a_pass_is_lost_only_by_choice_and_progress_is_less_then(site, study, wrong_key, his, dana):
    study.read(his.person, his.enrollment, "start")
    attempt = his.take(GUESSED)
    assert his.now().percent == 66
    mend(study, wrong_key)
    assert said(plan_regrade(site, dana, fails_allowed=True).results[0])[0] is CHANGED

    regrade(study, dana, fails_allowed=True)
    summary = his.look(attempt).summary
    assert (summary.percent, summary.passed, summary.first_percent) == (66, False, 100)
    after = his.now()
    assert (after.percent, after.completed_at) == (33, None)
    assert his.missing_quiz.reason is MissingReason.NOT_PASSED
    assert his.missing_quiz.percent == 66
    assert site.scalar("SELECT recounts FROM enrollment") == 1
    assert faults(site) == []


def test_a_lost_pass_takes_nothing_where_another_attempt_passes(site, study, wrong_key, his, dana):
    study.read(his.person, his.enrollment, "start")
    his.take(GUESSED)
    his.take(KNEW)
    mend(study, wrong_key)
    regrade(study, dana, fails_allowed=True)

    outcome = his.outcome
    assert (outcome.passed, outcome.best_percent, outcome.last_percent) == (True, 100, 100)
    assert his.now().percent == 66
    assert faults(site) == []


def test_a_completed_course_keeps_its_pass_and_its_certificate(site, study, wrong_key, his, dana):
    his.read_all()
    attempt = his.take(GUESSED)
    before = his.now()
    certificate = site.execute("SELECT * FROM certificate")
    assert before.percent == 100
    mend(study, wrong_key)

    for fails_allowed in (False, True):
        with nothing_written(site):
            plan = regrade(study, dana, fails_allowed=fails_allowed)
        assert [r.verdict for r in plan.results] == [CERTIFIED]
    assert his.look(attempt).summary == attempt
    assert his.now() == before
    assert site.execute("SELECT * FROM certificate") == certificate
    assert faults(site) == []


def test_with_fails_allowed_a_certificate_outlives_what_it_rests_on(
    site, study, wrong_key, his, dana
):
    his.read_all()
    his.take(GUESSED)
    (code,) = [row.code for row in site.execute("SELECT code FROM certificate")]
    mend(study, wrong_key)
    regrade(study, dana, fails_allowed=True)

    assert site.api().get(f"/certificates/{code}").json["status"] == "valid"


def test_applying_again_changes_nothing_more(site, study, wrong_key, hers, his, dana):
    for learner in (hers, his):
        learner.take(KNEW)
    mend(study, wrong_key)
    assert len(regrade(study, dana).changed) == 2

    with nothing_written(site):
        assert regrade(study, dana, at=THEN + 2 * HOUR).results == []
    assert len(acts(site, "quiz.regraded")) == 1


def test_an_attempt_taken_by_the_old_key_in_the_meantime_is_regraded_next(
    site, study, wrong_key, hers, his, dana
):
    hers.take(KNEW)
    open_attempt = his.start()
    mend(study, wrong_key)
    regrade(study, dana)
    for key, answer in KNEW.items():
        his.save(open_attempt, key, answer)
    assert his.submit(open_attempt).percent == 66

    assert {r.attempt_id for r in regrade(study, dana).changed} == {open_attempt.id}
    assert his.look(open_attempt).summary.percent == 100


# Keys that change more than once.


def test_a_second_mended_question_keeps_what_the_first_regrade_mended(
    site, study, wrong_key, hers, dana
):
    attempt = hers.take({"floor-is": "least", "three-is-more": "false"})
    assert attempt.percent == 0
    mend(study, wrong_key)
    regrade(study, dana)
    assert hers.look(attempt).summary.percent == 33
    wrong_key.change(QUIZ, "answer: true", "answer: false")
    study.publish(wrong_key)

    (result,) = regrade(study, dana, at=THEN + 2 * HOUR).results
    assert said(result) == (CHANGED, 33, 66, False, False)
    seen = hers.look(attempt)
    assert (seen.summary.percent, seen.summary.first_percent) == (66, 0)
    assert seen.summary.corrected_at == THEN + 2 * HOUR
    assert {q.key: q.credit for q in seen.questions} == {
        "floor-is": 1,
        "numbers": 0,
        "three-is-more": 1,
    }
    numbers = site.execute("SELECT number FROM regraded_attempt ORDER BY number")
    assert [row.number for row in numbers] == [1, 2]


def test_a_key_that_is_mended_twice_is_graded_by_the_last(site, study, wrong_key, hers, dana):
    attempt = hers.take(KNEW | {"floor-is": "mean"})
    mend(study, wrong_key, "mean")
    regrade(study, dana)
    assert hers.look(attempt).summary.passed
    mend(study, wrong_key, "least")

    assert [said(r) for r in plan_regrade(site, dana).results] == [(KEPT, 100, 66, True, False)]
    regrade(study, dana, fails_allowed=True)
    summary = hers.look(attempt).summary
    assert (summary.percent, summary.first_percent) == (66, 66)


def test_a_key_that_was_right_after_all_is_brought_back(site, study, wrong_key, hers, his, dana):
    knew, guessed = hers.take(KNEW), his.take({"floor-is": "most"})
    mend(study, wrong_key)
    regrade(study, dana)
    assert his.look(guessed).summary.percent == 0
    # The first edition's key: the question is the very version that was asked.
    mend(study, wrong_key, "most")

    plan = plan_regrade(site, dana, fails_allowed=True)
    assert {a: said(r) for a, r in by_attempt(plan).items()} == {
        knew.id: (CHANGED, 100, 66, True, False),
        guessed.id: (CHANGED, 0, 33, False, False),
    }
    regrade(study, dana, fails_allowed=True)
    assert hers.look(knew).summary.percent == 66
    assert his.look(guessed).summary.percent == 33
    assert plan_regrade(site, dana, fails_allowed=True).results == []
    assert faults(site) == []


# What cannot be regraded.


def test_answers_to_other_options_cannot_be_regraded(site, study, wrong_key, hers, dana):
    hers.take(KNEW)
    mark_as_right(wrong_key, "least")
    wrong_key.change(
        QUIZ, "- key: mean\n        text: the mean", "- key: middle\n        text: the mean"
    )
    wrong_key.change(
        "quizzes/small/first.fr.yaml", "mean: {text: la moyenne}", "middle: {text: la moyenne}"
    )
    study.publish(wrong_key)

    with nothing_written(site):
        plan = regrade(study, dana)
    assert [said(r) for r in plan.results] == [(CANNOT, 66, 66, False, False)]
    assert plan.changed == []


def test_a_question_that_is_no_longer_asked_is_left_alone(site, study, wrong_key, hers, dana):
    hers.take(KNEW)
    question, numbers, rest = wrong_key.text(QUIZ).partition("  - key: numbers\n")
    head = question.partition("  - key: floor-is\n")[0]
    wrong_key.put(QUIZ, head + numbers + rest.replace("objective: count", "objective: tell", 1))
    french = "quizzes/small/first.fr.yaml"
    before, _, after = wrong_key.text(french).partition("  floor-is:\n")
    wrong_key.put(french, before + "  three-is-more:\n" + after.partition("  three-is-more:\n")[2])
    study.publish(wrong_key)

    assert plan_regrade(site, dana).results == []


def test_what_a_trainer_judged_stays_judged(site, study, authored, alice, dana):
    ask(authored, FREE)
    mark_as_right(authored, "most")
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.take(KNEW | {FREE: "Because."})
    study.judge(dana, attempt.id, FREE, {"says-why": 1, "example": 0}, comment="Hm.")
    assert hers.look(attempt).summary.percent == 58
    authored.change(QUIZ, "points: 2", "points: 9")
    mend(study, authored)

    assert [said(r)[:3] for r in regrade(study, dana).results] == [(CHANGED, 58, 83)]
    question = hers.question(attempt, FREE)
    assert question.credit == pytest.approx(1 / 3)
    assert question.judgement.comment == "Hm."


def test_an_attempt_that_waits_for_a_review_is_regraded_after_it(
    site, study, authored, alice, dana
):
    ask(authored, FREE)
    mark_as_right(authored, "most")
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.take(KNEW | {FREE: "Because."})
    mend(study, authored)
    assert regrade(study, dana).attempts_looked_at == 0

    study.judge(dana, attempt.id, FREE, {"says-why": 2, "example": 1})
    assert hers.look(attempt).summary.percent == 75
    assert len(regrade(study, dana).changed) == 1
    assert hers.look(attempt).summary.percent == 100


# The plan that was looked at is the one that is applied.


def apply(person, digest, *, fails_allowed=False):
    with person.site.transaction() as session:
        return assessment.apply_regrade(
            session,
            person.actor_in(session),
            SMALL_COURSE,
            QUIZ_KEY,
            fails_allowed=fails_allowed,
            reason="A key was wrong.",
            expected_digest=digest,
            at=THEN + HOUR,
        )


def test_a_plan_that_is_no_longer_true_is_not_applied(site, study, wrong_key, hers, his, dana):
    hers.take(KNEW)
    late = his.start()
    mend(study, wrong_key)
    seen = plan_regrade(site, dana)
    his.save(late, "floor-is", "least")
    his.submit(late)

    with nothing_written(site), pytest.raises(PlanHasChanged):
        apply(dana, seen.digest)
    with nothing_written(site), pytest.raises(PlanHasChanged):
        apply(dana, "made up")
    assert len(apply(dana, plan_regrade(site, dana).digest).changed) == 2


def test_a_plan_without_lost_passes_is_not_applied_as_one_with_them(
    site, study, wrong_key, his, dana
):
    his.take(GUESSED)
    mend(study, wrong_key)
    seen = plan_regrade(site, dana)

    with nothing_written(site), pytest.raises(PlanHasChanged):
        apply(dana, seen.digest, fails_allowed=True)


def test_a_course_that_is_completed_after_looking_keeps_its_pass(site, study, wrong_key, his, dana):
    his.take(GUESSED)
    mend(study, wrong_key)
    seen = plan_regrade(site, dana, fails_allowed=True)
    his.read_all()

    with pytest.raises(PlanHasChanged):
        apply(dana, seen.digest, fails_allowed=True)
    assert his.now().percent == 100


# Who may, and what is kept of it.


def test_only_administrators_of_the_site_look_and_apply(
    site, study, wrong_key, hers, cast, alice, chen
):
    study.cohort(cast.union, chen, course_key=SMALL_COURSE)
    administrator = administrate(site, cast.person("Uma", "uma@union.example"), cast.union)
    hers.take(KNEW)
    mend(study, wrong_key)

    with nothing_written(site):
        for person in (alice, chen, administrator):
            with pytest.raises(OnlyForAdministrators):
                plan_regrade(site, person)
            with pytest.raises(OnlyForAdministrators):
                regrade(study, person)


def test_a_regrade_is_an_audited_act_with_its_reason_kept(site, study, wrong_key, hers, his, dana):
    hers.take(KNEW)
    his.take(GUESSED)
    mend(study, wrong_key)
    regrade(study, dana)

    (act,) = acts(site, "quiz.regraded")
    assert (act.actor_id, act.subject_kind, act.at) == (dana.id, "quiz", THEN + HOUR)
    assert act.details["changed"] == 1
    (row,) = site.execute("SELECT reason, fails_allowed FROM regrade")
    assert (row.reason, bool(row.fails_allowed)) == ("A key was wrong.", False)


# By the door that programs use.

PLAN = f"/courses/{SMALL_COURSE}/quizzes/{QUIZ_KEY}/regrade-plan"
REGRADES = f"/courses/{SMALL_COURSE}/quizzes/{QUIZ_KEY}/regrades"


def test_an_administrators_program_looks_and_applies(study, wrong_key, hers, his, dana):
    knew, guessed = hers.take(KNEW), his.take(GUESSED)
    mend(study, wrong_key)
    api = dana.api()
    plan = api.get(PLAN).json

    assert plan["attempts_looked_at"] == 2
    results = {r.pop("attempt_id"): r for r in plan["results"]}
    assert results[str(knew.id)] == {
        "enrollment_id": str(hers.enrollment.id),
        "verdict": "changed",
        "score_before": 66,
        "score_after": 100,
        "passed_before": False,
        "passed_after": True,
    }
    assert results[str(guessed.id)]["verdict"] == "kept_as_passed"
    applied = api.post(REGRADES, {"digest": plan["digest"], "reason": "A key was wrong."})
    assert applied.status_code == 201
    assert applied.json["digest"] == plan["digest"]
    assert hers.look(knew).summary.percent == 100


def test_an_administrators_program_can_choose_that_passes_are_lost(study, wrong_key, his, dana):
    attempt = his.take(GUESSED)
    mend(study, wrong_key)
    api = dana.api()
    plan = api.get(PLAN, query_string={"fails_allowed": "true"}).json
    body = {"digest": plan["digest"], "fails_allowed": True, "reason": "A key was wrong."}

    assert api.post(REGRADES, body).status_code == 201
    assert his.look(attempt).summary.passed is False


def test_a_program_is_refused_by_code(site, study, wrong_key, hers, cast, alice, chen, dana):
    study.cohort(cast.union, chen, course_key=SMALL_COURSE)
    hers.take(KNEW)
    mend(study, wrong_key)
    programs = {person: person.api() for person in (alice, chen, dana)}
    body = {"digest": "made up", "reason": "A key was wrong."}
    with nothing_written(site):
        stale = programs[dana].post(REGRADES, body)
        assert (stale.status_code, stale.json["code"]) == (409, "plan_has_changed")
        for person in (alice, chen):
            for refused in (programs[person].get(PLAN), programs[person].post(REGRADES, body)):
                assert refused.status_code == 403
                assert refused.json["code"] == "only_for_administrators"
        for wrong, field in (
            ({"reason": "A key was wrong."}, "digest"),
            ({"digest": "made up"}, "reason"),
            ({"digest": "made up", "reason": " a "}, "reason"),
            (
                {"digest": "made up", "reason": "A reason.", "fails_allowed": "perhaps"},
                "fails_allowed",
            ),
        ):
            refused = programs[dana].post(REGRADES, wrong)
            assert (refused.status_code, set(refused.json["errors"])) == (422, {field})
    assert programs[dana].get(PLAN.replace("small", "absent")).status_code == 404


def test_regrades_at_once_do_it_once(fresh_site, authored):
    study, cast = Study(fresh_site), Cast(fresh_site)
    mark_as_right(authored, "most")
    study.publish(authored)
    attempts = [
        taker(study, cast.person(f"Person {n}", f"{n}@union.example")).take(KNEW) for n in range(5)
    ]
    mend(study, authored)
    clients = [cast.dana.api() for _ in range(4)]
    digest = clients[0].get(PLAN).json["digest"]
    barrier = threading.Barrier(len(clients))

    def apply_it(client):
        barrier.wait(30)
        return client.post(REGRADES, {"digest": digest, "reason": "A key was wrong."})

    with ThreadPoolExecutor(len(clients)) as threads:
        answers = list(threads.map(apply_it, clients))

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409], [a.text for a in answers]
    assert fresh_site.scalar("SELECT count(*) FROM regraded_attempt") == len(attempts)
    assert fresh_site.scalar("SELECT count(*) FROM regrade") == 1
    assert faults(fresh_site) == []
