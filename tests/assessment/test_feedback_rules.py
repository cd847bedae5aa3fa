"""When a learner sees what was right and why: at once, after submission, after passing, or never."""

from __future__ import annotations

from html import unescape

import pytest

from courseapp.assessment.errors import AnswerIsFinal, NothingToCheck, QuestionNotFound
from courseapp.assessment.types import AttemptState
from tests.quizzing import FREE, RIGHT, TOLD, WRONG, ask, faults, nothing_written, set_rules, taker

QUIZ_PAGE = "/courses/small/quizzes/first"
EVERYTHING = {text for key in RIGHT for text in TOLD[key]}
# What the API has of a question, an item or an option only once it is revealed.
REVEALING = {
    "credit",
    "right",
    "right_value",
    "right_answer",
    "feedback_html",
    "explanation_html",
    "source_html",
    "judgement",
}


@pytest.fixture
def with_feedback(study, authored, alice):
    """Let Alice take the small course with this feedback rule, and others."""

    def enroll(feedback, **rules):
        set_rules(authored, feedback=feedback, **rules)
        study.publish(authored)
        return taker(study, alice)

    return enroll


def members(data):
    """Yield the name of every member anywhere in an answer of the API."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from members(value)
    elif isinstance(data, list):
        for value in data:
            yield from members(value)


def told(hers, attempt, *more_pages):
    """Return which of the explanations, sources and feedback are told by anything that she can open."""
    path = f"/attempts/{attempt.id}"
    browser, api = hers.person.browser(), hers.person.api()
    pages = [
        browser.get(page, follow_redirects=True)
        for page in (
            QUIZ_PAGE,
            path,
            *(f"{path}/questions/{n}" for n in (1, 2, 3)),
            f"{path}/questions",
            f"{path}/overview",
            f"{path}/review",
            "/my-courses",
            "/account/data",
            *more_pages,
        )
    ]
    answers = [
        api.get(path),
        api.get("/enrollments"),
        api.get(f"/enrollments/{hers.enrollment.id}"),
    ]
    assert {a.status_code for a in (*pages, *answers)} == {200}
    words = "\n".join(unescape(a.text) for a in (*pages, *answers))
    found = {text for text in EVERYTHING if text in words}
    revealed = set(members(answers[0].json["questions"])) & REVEALING
    # Page and API tell the same.
    assert bool(revealed) == bool(found)
    return found


@pytest.mark.parametrize(
    ("feedback", "layout"),
    [
        ("at_once", "one_at_a_time"),
        ("at_once", "all_on_a_page"),
        ("after_submission", "one_at_a_time"),
        ("after_passing", "one_at_a_time"),
        ("never", "all_on_a_page"),
    ],
)
def test_before_submission_nothing_is_told(with_feedback, feedback, layout):
    hers = with_feedback(feedback, layout=layout)
    attempt = hers.start()
    for key, answer in WRONG.items():
        hers.save(attempt, key, answer)

    assert told(hers, attempt) == set()


@pytest.mark.parametrize("feedback", ["at_once", "after_submission"])
def test_after_submission_everything_is_told_passed_or_not(with_feedback, feedback):
    hers = with_feedback(feedback)
    for answers, credit in ((WRONG, 0), (RIGHT, 1)):
        attempt = hers.take(answers)
        assert told(hers, attempt) == EVERYTHING
        assert [question.credit for question in hers.look(attempt).questions] == [credit] * 3


def test_the_review_gives_the_feedback_of_the_option_that_was_chosen(with_feedback):
    hers = with_feedback("after_submission")
    browser = hers.person.browser()
    for answer, is_given in (("most", True), ("mean", False)):
        attempt = hers.take({"floor-is": answer})
        review = browser.get(f"/attempts/{attempt.id}/review").text
        assert "Below you see what was right, and why." in review
        assert ("That is a ceiling." in review) == is_given


def test_after_passing_a_failed_attempt_tells_the_result_and_no_more(with_feedback):
    hers = with_feedback("after_passing")
    attempt = hers.take(WRONG)

    assert told(hers, attempt) == set()
    page = hers.person.browser().get(f"/attempts/{attempt.id}/review").text
    assert "Once you have passed, you see here what was right, and why." in page
    assert "0%" in page
    seen = hers.person.api().get(f"/attempts/{attempt.id}").json
    assert (seen["score"], seen["passed"], seen["feedback"]) == (0, False, "after_passing")


def test_after_passing_every_attempt_tells_everything_but_an_open_one(with_feedback):
    hers = with_feedback("after_passing")
    failed, passed = hers.take(WRONG | {"floor-is": "most"}), hers.take(RIGHT)
    failed_later = hers.take(WRONG | {"floor-is": "most"})

    for attempt in (failed, passed, failed_later):
        assert told(hers, attempt) == EVERYTHING
    assert told(hers, hers.start()) == set()


def test_where_feedback_is_never_given_even_a_pass_tells_nothing(with_feedback):
    hers = with_feedback("never")
    failed, passed = hers.take(WRONG), hers.take(RIGHT)

    for attempt in (failed, passed):
        assert told(hers, attempt) == set()
    page = hers.person.browser().get(f"/attempts/{passed.id}/review").text
    assert "100%" in page
    assert "why" not in page


@pytest.mark.parametrize(
    ("feedback", "promise"),
    [
        ("at_once", "After you submit, you see what was right and why."),
        ("after_submission", "After you submit, you see what was right and why."),
        ("after_passing", "Once you have passed, you see what was right and why."),
        ("never", "After you submit, the answers cannot be changed."),
    ],
)
def test_the_page_before_submission_promises_what_is_kept(with_feedback, feedback, promise):
    hers = with_feedback(feedback)
    page = hers.person.browser().get(f"/attempts/{hers.start().id}/overview").text

    assert promise in page
    assert ("right and why" in page) == (feedback != "never")


def test_another_learners_pass_reveals_nothing_to_her(study, with_feedback, bola):
    hers = with_feedback("after_passing")
    taker(study, bola).take(RIGHT)

    assert told(hers, hers.take(WRONG)) == set()


# Feedback at once.


@pytest.fixture
def at_once(with_feedback):
    hers = with_feedback("at_once")
    return hers, hers.start()


def test_a_check_tells_what_was_right_in_this_question_alone(at_once):
    hers, attempt = at_once
    hers.save(attempt, "floor-is", "most")
    hers.save(attempt, "numbers", ["one"])
    question = hers.check(attempt, "floor-is")

    assert (question.checked, question.revealed, question.answer) == (True, True, "most")
    assert question.explanation_html == "<p>It is what nobody may fall below.</p>\n"
    assert told(hers, attempt) == set(TOLD["floor-is"])
    others = [q for q in hers.look(attempt).questions if q.key != "floor-is"]
    assert not any(q.checked or q.revealed for q in others)


@pytest.mark.parametrize(
    ("key", "answer", "credit", "words"),
    [
        ("floor-is", "least", 1, "right"),
        ("floor-is", "mean", 0, "not right"),
        ("numbers", ["one"], 0.5, "partly right, 50%"),
    ],
)
def test_a_checked_answer_says_what_it_earns(at_once, key, answer, credit, words):
    hers, attempt = at_once
    hers.save(attempt, key, answer)

    assert hers.check(attempt, key).credit == credit
    position = hers.question(attempt, key).position
    for page in (f"questions/{position}", "questions"):
        shown = hers.person.browser().get(f"/attempts/{attempt.id}/{page}").text
        assert f'<span class="credit">{words}</span>' in shown or (
            f'<p class="credit">{words}</p>' in shown
        )
        assert "waits for your trainer" not in shown


def test_a_checked_answer_is_final(at_once):
    hers, attempt = at_once
    hers.save(attempt, "floor-is", "most")
    hers.check(attempt, "floor-is")

    for answer in ("least", "most", ""):
        with pytest.raises(AnswerIsFinal):
            hers.save(attempt, "floor-is", answer)
    assert hers.question(attempt, "floor-is").answer == "most"
    hers.save(attempt, "three-is-more", "true")
    assert hers.submit(attempt).percent == 33


def test_checking_again_changes_nothing(site, at_once):
    hers, attempt = at_once
    hers.save(attempt, "floor-is", "most")
    first = hers.check(attempt, "floor-is")
    before = site.execute("SELECT * FROM response")

    assert hers.check(attempt, "floor-is") == first
    assert site.execute("SELECT * FROM response") == before


def test_an_answer_that_was_not_checked_can_be_changed(at_once):
    hers, attempt = at_once
    for answer in ("most", "mean", "least"):
        hers.save(attempt, "floor-is", answer)

    assert hers.submit(attempt).percent == 33


def test_there_is_nothing_to_check_without_an_answer(site, at_once):
    hers, attempt = at_once
    with nothing_written(site), pytest.raises(NothingToCheck):
        hers.check(attempt, "floor-is")
    hers.save(attempt, "numbers", ["one"])
    hers.save(attempt, "numbers", [])
    with pytest.raises(NothingToCheck):
        hers.check(attempt, "numbers")
    with pytest.raises(QuestionNotFound):
        hers.check(attempt, "absent")
    assert told(hers, attempt) == set()


@pytest.mark.parametrize("feedback", ["after_submission", "after_passing", "never"])
def test_there_is_nothing_to_check_in_other_quizzes(with_feedback, feedback):
    hers = with_feedback(feedback)
    attempt = hers.start()
    hers.save(attempt, "floor-is", "most")

    with pytest.raises(NothingToCheck):
        hers.check(attempt, "floor-is")
    hers.save(attempt, "floor-is", "least")
    assert told(hers, attempt) == set()


def test_the_next_attempt_tells_nothing_of_what_was_checked_in_the_last(at_once):
    hers, attempt = at_once
    hers.save(attempt, "floor-is", "most")
    hers.check(attempt, "floor-is")
    hers.submit(attempt)

    assert told(hers, hers.start()) == set()


def test_an_answer_in_own_words_can_be_checked_and_still_waits(study, authored, alice, dana):
    ask(authored, FREE)
    set_rules(authored, feedback="at_once")
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.start()
    hers.save(attempt, FREE, "Because.")
    question = hers.check(attempt, FREE)

    assert "Who counts can share." in question.explanation_html
    assert question.credit is None
    assert hers.submit(attempt).state is AttemptState.NEEDS_REVIEW
    assert faults(hers.site) == []


# By the door that programs use.


def test_a_program_checks_and_is_refused_by_code(at_once, alice):
    _, attempt = at_once
    api, path = alice.api(), f"/attempts/{attempt.id}/responses/floor-is"
    nothing = api.put(f"{path}/check")
    assert (nothing.status_code, nothing.json["code"]) == (409, "nothing_to_check")
    api.put(path, {"answer": "most"})

    checked = api.put(f"{path}/check")
    assert checked.status_code == 200
    assert (checked.json["key"], checked.json["checked"], checked.json["credit"]) == (
        "floor-is",
        True,
        0,
    )
    options = checked.json["items"][0]["choices"]
    assert [o["key"] for o in options if o["right"]] == ["least"]
    final = api.put(path, {"answer": "least"})
    assert (final.status_code, final.json["code"]) == (409, "answer_is_final")
    assert api.put(f"{path}/check").json == checked.json
    absent = api.put(f"/attempts/{attempt.id}/responses/absent/check")
    assert absent.status_code == 404


def test_nobody_checks_the_answer_of_another(at_once, bola, dana):
    hers, attempt = at_once
    hers.save(attempt, "floor-is", "most")

    for person in (bola, dana):
        refused = person.api().put(f"/attempts/{attempt.id}/responses/floor-is/check")
        assert refused.status_code == 404
    assert not hers.question(attempt, "floor-is").checked
