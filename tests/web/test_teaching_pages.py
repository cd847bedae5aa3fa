"""What trainers and administrators do with quizzes on the pages: judge, grant, and grade again."""

from __future__ import annotations

from uuid import uuid4

import pytest

from courseapp.cohorts.types import CohortId
from tests.authoring import AuthoredContent
from tests.cast import PASSWORD, Cast, Person
from tests.queries import QueryRecorder
from tests.quizzing import (
    ALL_POINTS,
    FREE,
    RIGHT,
    SECOND_FREE,
    WRONG,
    Taker,
    acts,
    administrate,
    ask,
    ask_two_free_texts,
    mark_as_right,
    nothing_written,
    other_union,
    set_rules,
    taker,
)
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study
from tests.web.html import Element
from tests.web.visitor import Visitor, standing_in

WORDS = "So that nobody is\nleft <i>out</i>."
QUIZ_TITLE = "Quiz: the first module"
LEARNERS = "/teaching/courses/small/quizzes/first/learners"
REGRADE = "/teaching/courses/small/quizzes/first/regrade"
GUESSED = RIGHT | {"floor-is": "most"}


def visitor_of(person: Person, path: str = "/teaching") -> Visitor:
    visitor = Visitor(person.browser())
    visitor.open(path)
    return visitor


@pytest.fixture
def cohort(study: Study, published: AuthoredContent, cast: Cast, chen: Person) -> CohortId:
    """A cohort in the small course that Chen follows."""
    return study.cohort(cast.union, chen, course_key=SMALL_COURSE)


@pytest.fixture
def other_trainer(study: Study, published: AuthoredContent, cast: Cast) -> Person:
    """A trainer of the same union who follows another cohort."""
    trainer = cast.person("Tariq Aziz", "tariq@union.example")
    study.cohort(cast.union, trainer, course_key=SMALL_COURSE)
    return trainer


@pytest.fixture
def hers(study: Study, cohort: CohortId, alice: Person) -> Taker:
    return taker(study, alice, cohort_id=cohort)


# Who teaches.


def test_teaching_is_not_there_for_a_learner_who_teaches_nobody(hers, alice):
    visitor = visitor_of(alice, "/my-courses")
    assert "Teaching" not in visitor.text
    for path in (
        "/teaching",
        "/teaching/reviews",
        LEARNERS,
        REGRADE,
        "/teaching/courses/small/quizzes/absent/learners",
    ):
        visitor.open(path)
        assert visitor.status == 404
        assert "Alice" not in visitor.text


def test_teaching_asks_strangers_to_sign_in(site, hers):
    for path in ("/teaching", "/teaching/reviews", LEARNERS, REGRADE):
        assert site.browser().get(path).location.startswith("/sign-in")


def test_a_trainer_finds_the_quizzes_of_the_course_and_no_regrade(hers, chen):
    visitor = visitor_of(chen, "/my-courses")
    visitor.follow("Teaching")

    assert visitor.heading == "Teaching"
    assert "No answer waits for you." in visitor.text
    assert QUIZ_TITLE in visitor.text
    assert "Grade again" not in visitor.text
    links = {a["href"] for a in visitor.page.all("a") if "/quizzes/first/" in a["href"]}
    assert links == {LEARNERS, LEARNERS.replace("learners", "statistics")}


def test_an_administrator_finds_the_regrade_too(hers, dana):
    visitor = visitor_of(dana)
    links = {a["href"] for a in visitor.page.all("a") if "/quizzes/first/" in a["href"]}

    assert REGRADE in links
    visitor.open(REGRADE)
    assert visitor.heading == "Grade again"


@pytest.mark.parametrize("path", [LEARNERS, REGRADE])
def test_a_course_or_quiz_that_is_not_there_is_not_found(hers, dana, path):
    browser = dana.browser()
    for wrong in (path.replace("small", "absent"), path.replace("first", "start")):
        assert browser.get(wrong).status_code == 404


# Her learners.


def test_a_trainer_sees_her_learners_and_what_they_reached(
    study, cohort, hers, cast, bola, chen, other_trainer
):
    fellow = taker(study, cast.person("Fatou Diop", "fatou@union.example"), cohort_id=cohort)
    alone = taker(study, bola)
    hers.take(WRONG)
    hers.take(RIGHT)
    fellow.start()
    alone.take(RIGHT)
    visitor = visitor_of(chen)
    visitor.follow(f"Learners: {QUIZ_TITLE}")

    assert visitor.path == LEARNERS
    rows = {tr.all("th")[0].text: tr.text for tr in visitor.page.all("tbody")[0].all("tr")}
    assert set(rows) == {"Alice Mbeki", "Fatou Diop"}
    assert rows["Alice Mbeki"].split() == ["Alice", "Mbeki", "passed", "100%", "2"]
    assert rows["Fatou Diop"].split() == ["Fatou", "Diop", "open", "–", "1"]
    elsewhere = visitor_of(other_trainer, LEARNERS)
    assert "None of your learners takes this course yet." in elsewhere.text


def test_an_administrator_of_the_union_sees_its_learners_and_no_others(
    site, study, hers, cast, bola
):
    taker(study, bola)
    ours = administrate(site, cast.person("Uma Rao", "uma@union.example"), cast.union)
    union = other_union(site)
    theirs = administrate(site, cast.person("Sofia Lima", "sofia@union.example"), union)
    study.cohort(union, course_key=SMALL_COURSE)

    seen = visitor_of(ours, LEARNERS).text
    assert "Alice Mbeki" in seen
    assert "Bola Adeyemi" not in seen
    assert "None of your learners" in visitor_of(theirs, LEARNERS).text


def test_the_list_of_learners_takes_as_many_queries_for_many_as_for_one(
    site, study, cohort, hers, cast, chen
):
    browser = chen.browser()

    def count() -> int:
        browser.get(LEARNERS)
        with QueryRecorder() as queries:
            assert browser.get(LEARNERS).status_code == 200
        return len(queries)

    one = count()
    for number in range(5):
        person = cast.person(f"Person {number}", f"{number}@union.example")
        taker(study, person, cohort_id=cohort).take(WRONG)
    assert count() == one


# Granting more.


@pytest.fixture
def learner_page(study, published, hers) -> str:
    set_rules(published, attempts=1, time_limit_minutes=10)
    study.publish(published)
    return f"/teaching/enrollments/{hers.enrollment.id}/quizzes/first"


def test_a_trainer_grants_more_and_sees_what_was_granted(hers, chen, learner_page):
    hers.take(WRONG)
    visitor = visitor_of(chen, LEARNERS)
    visitor.follow("Alice Mbeki")
    assert visitor.path == learner_page
    assert visitor.heading == "Alice Mbeki"
    assert "Nothing yet." in visitor.text
    visitor.press("Grant", extra_minutes="5", extra_attempts="2", reason="The power was <out>.")

    assert visitor.path == learner_page
    assert "Granted. It holds from now on." in visitor.text
    assert "5 minutes more 2 attempts more – The power was <out>." in visitor.text


def test_the_same_form_sent_twice_grants_once(site, chen, learner_page):
    visitor = visitor_of(chen, learner_page)
    form_id = visitor.field("id")["value"]
    for _ in range(2):
        sent = visitor.browser.submit(
            learner_page, id=form_id, extra_attempts="1", reason="The power was out."
        )
        assert sent.status_code == 302
    assert site.scalar("SELECT count(*) FROM quiz_exception") == 1
    visitor.open(learner_page)
    assert visitor.field("id")["value"] != form_id


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"extra_minutes": "5", "reason": "  "}, "reason"),
        ({"extra_minutes": "0", "extra_attempts": "0", "reason": "A storm."}, "extra_minutes"),
        ({"extra_minutes": "many", "reason": "A storm."}, "extra_minutes"),
        ({"extra_minutes": "1000000000", "reason": "A storm."}, "extra_minutes"),
        ({"extra_attempts": "-1", "reason": "A storm."}, "extra_attempts"),
        ({"extra_attempts": "", "reason": "A storm."}, "extra_attempts"),
    ],
)
def test_what_cannot_be_granted_is_told_beside_the_field_and_stays_typed(
    site, chen, learner_page, typed, field
):
    visitor = visitor_of(chen, learner_page)
    first_id = visitor.field("id")["value"]
    with nothing_written(site):
        visitor.press("Grant", **typed)

    assert visitor.status == 422
    wrong = [e["name"] for e in visitor.page.all("input") if "aria-invalid" in e.attributes]
    assert wrong == [field]
    described = visitor.page.by_id(visitor.field(field)["aria-describedby"])
    assert described.get("class") == "error"
    assert described.text
    for name, value in typed.items():
        assert visitor.field(name)["value"] == value
    assert visitor.field("id")["value"] == first_id


def test_the_page_of_a_learner_is_for_whoever_teaches_her(
    site, study, hers, alice, bola, dana, other_trainer, learner_page
):
    body = {"extra_attempts": "1", "reason": "The power was out."}
    never = learner_page.replace(str(hers.enrollment.id), str(uuid4()))
    browsers = {person: person.browser() for person in (alice, bola, dana, other_trainer)}
    with nothing_written(site):
        for person in (bola, other_trainer):
            for here, nowhere in (
                [browsers[person].get(path) for path in (learner_page, never)],
                [browsers[person].submit(path, **body) for path in (learner_page, never)],
            ):
                assert (here.status_code, nowhere.status_code) == (404, 404)
                assert "Alice" not in here.text
        own = [browsers[alice].get(learner_page), browsers[alice].submit(learner_page, **body)]
        assert [answer.status_code for answer in own] == [403, 403]
        assert "Ask another trainer" in own[0].text
    assert browsers[dana].submit(learner_page, **body).status_code == 302


# Judging.


@pytest.fixture
def waiting(study: Study, published: AuthoredContent, cohort: CohortId, alice: Person):
    """Alice's attempt with two answers in her own words."""
    ask_two_free_texts(published)
    study.publish(published)
    hers = taker(study, alice, cohort_id=cohort)
    return hers, hers.take(RIGHT | {FREE: WORDS, SECOND_FREE: "All in."})


def form_of(visitor: Visitor, key: str) -> Element:
    (form,) = [f for f in visitor.page.all("form") if f.get("action").endswith(f"/{key}")]
    return form


def judge(visitor: Visitor, key: str, **typed: str) -> None:
    """Fill in one question's form; what is not typed is sent as it stands."""
    form = form_of(visitor, key)
    fields = {f.get("name"): standing_in(f) for f in form.all("input", "textarea")}
    del fields["csrf_token"]
    assert set(typed) <= set(fields)
    sent = visitor.browser.submit(form["action"], **{**fields, **typed})
    if sent.status_code == 302:
        visitor.open(sent.location)
    else:
        visitor._show(sent)


def test_a_trainer_finds_what_waits_and_judges_it(waiting, chen):
    hers, attempt = waiting
    visitor = visitor_of(chen)
    visitor.follow("1 attempt waits for you")
    assert visitor.heading == "Answers that wait for you"
    visitor.follow("Alice Mbeki")

    assert visitor.path == f"/teaching/reviews/{attempt.id}"
    assert "Answers of Alice Mbeki" in visitor.text
    assert "left <i>out</i>." in visitor.text
    assert "Who counts can share." in visitor.text
    assert "The learner reads what you write here." in visitor.text
    # Only what no rule can grade.
    assert "What is a floor?" not in visitor.text
    judge(visitor, FREE, **{"points.says-why": "2", "points.example": "0", "comment": "Who?"})
    assert visitor.path == f"/teaching/reviews/{attempt.id}"
    assert "judged" in visitor.page.by_id(f"q-{FREE}").text
    assert "judged" not in visitor.page.by_id(f"q-{SECOND_FREE}").text
    form = form_of(visitor, FREE)
    assert [standing_in(f) for f in form.all("input", "textarea")][1:] == ["2", "0", "Who?"]
    judge(visitor, SECOND_FREE, **{"points.short": "1"})

    assert visitor.path == "/teaching/reviews"
    assert "Thank you. The attempt has its result" in visitor.text
    assert "No answer waits for you." in visitor.text
    assert hers.look(attempt).summary.percent == 93


@pytest.mark.parametrize(
    "points",
    [
        {"points.says-why": "3", "points.example": "1"},
        {"points.says-why": "two", "points.example": "1"},
        {"points.says-why": "", "points.example": "1"},
        {"points.says-why": "-1", "points.example": "1"},
        {"points.says-why": "1.5", "points.example": "1"},
        {"points.says-why": "²", "points.example": "1"},
        {"points.says-why": "9" * 400, "points.example": "1"},
    ],
)
def test_points_that_cannot_be_given_are_told_and_everything_typed_stays(
    site, waiting, chen, points
):
    _, attempt = waiting
    visitor = visitor_of(chen, f"/teaching/reviews/{attempt.id}")
    with nothing_written(site):
        judge(visitor, FREE, **points, comment="A long <word>\nto her.")

    assert visitor.status == 422
    (alert,) = [e for e in visitor.page if e.get("role") == "alert"]
    assert alert.text.startswith("Give ")
    form = form_of(visitor, FREE)
    typed = {f.get("name"): standing_in(f) for f in form.all("input", "textarea")}
    assert {name: typed[name] for name in points} == points
    assert typed["comment"] == "A long <word>\nto her."
    for field in form.all("input"):
        if field.get("name").startswith("points."):
            assert field["aria-describedby"] == alert["id"]
    # The other question's form is as it was.
    assert standing_in(form_of(visitor, SECOND_FREE).all("textarea")[0]) == ""


def test_a_comment_that_is_too_long_is_told_and_stays(site, waiting, chen):
    _, attempt = waiting
    visitor = visitor_of(chen, f"/teaching/reviews/{attempt.id}")
    with nothing_written(site):
        judge(visitor, SECOND_FREE, **{"points.short": "1", "comment": "a" * 5001})

    assert visitor.status == 422
    assert "Use at most 5000 characters." in visitor.text
    form = form_of(visitor, SECOND_FREE)
    assert standing_in(form.all("textarea")[0]) == "a" * 5001
    assert standing_in(form.all("input")[1]) == "1"


def test_a_form_left_open_after_the_result_changes_nothing_and_says_so(
    site, study, waiting, chen, dana
):
    _, attempt = waiting
    visitor = visitor_of(chen, f"/teaching/reviews/{attempt.id}")
    for key, points in ((FREE, ALL_POINTS), (SECOND_FREE, {"short": 1})):
        study.judge(dana, attempt.id, key, points)
    with nothing_written(site):
        judge(visitor, SECOND_FREE, **{"points.short": "0"})

    assert visitor.path == "/teaching/reviews"
    assert "This attempt does not wait for a review." in visitor.text


def test_a_judged_attempt_can_be_read_and_has_no_form(study, waiting, chen):
    _, attempt = waiting
    study.judge(chen, attempt.id, FREE, {"says-why": 1, "example": 0}, comment="Hm.")
    study.judge(chen, attempt.id, SECOND_FREE, {"short": 1})
    visitor = visitor_of(chen, f"/teaching/reviews/{attempt.id}")

    assert not [f for f in visitor.page.all("form") if "/teaching/" in f.get("action")]
    assert "1 of 2 points" in visitor.text
    assert "Hm." in visitor.text


def test_a_blank_answer_has_no_form(study, published, cohort, alice, chen):
    ask_two_free_texts(published)
    study.publish(published)
    attempt = taker(study, alice, cohort_id=cohort).take({FREE: WORDS})
    visitor = visitor_of(chen, f"/teaching/reviews/{attempt.id}")

    form_of(visitor, FREE)
    assert not [f for f in visitor.page.all("form") if f.get("action").endswith(SECOND_FREE)]
    assert "no answer" in visitor.text


def test_a_review_is_for_whoever_teaches_the_learner(site, waiting, alice, bola, other_trainer):
    _, attempt = waiting
    body = {"points.short": "1", "comment": ""}
    browsers = {person: person.browser() for person in (alice, bola, other_trainer)}
    with nothing_written(site):
        for person in (bola, other_trainer):
            for attempt_id in (attempt.id, uuid4()):
                path = f"/teaching/reviews/{attempt_id}"
                answers = [
                    browsers[person].get(path),
                    browsers[person].submit(f"{path}/questions/{SECOND_FREE}", **body),
                ]
                assert [a.status_code for a in answers] == [404, 404]
                assert not any("Alice" in a.text for a in answers)
        path = f"/teaching/reviews/{attempt.id}"
        own = [
            browsers[alice].get(path),
            browsers[alice].submit(f"{path}/questions/{SECOND_FREE}", **body),
        ]
        assert [a.status_code for a in own] == [403, 403]
    assert "Alice" not in visitor_of(other_trainer, "/teaching/reviews").text
    assert "No answer waits for you." in visitor_of(other_trainer).text


def test_only_questions_with_a_rubric_can_be_judged(waiting, chen):
    _, attempt = waiting
    browser = chen.browser()
    for key in ("floor-is", "absent"):
        path = f"/teaching/reviews/{attempt.id}/questions/{key}"
        assert browser.submit(path, comment="").status_code == 404


def test_the_learners_page_leads_to_what_waits(waiting, chen):
    hers, attempt = waiting
    visitor = visitor_of(chen, f"/teaching/enrollments/{hers.enrollment.id}/quizzes/first")
    visitor.follow("waits for a review")

    assert visitor.path == f"/teaching/reviews/{attempt.id}"


def test_many_waiting_answers_come_in_pages(study, published, cohort, cast, chen):
    ask(published, FREE)
    study.publish(published)
    for number in range(51):
        person = cast.person(f"Person {number}", f"{number}@union.example")
        taker(study, person, cohort_id=cohort).take({FREE: WORDS})
    visitor = visitor_of(chen)
    visitor.follow("Many answers wait for you")
    assert len(visitor.page.all("tbody")[0].all("tr")) == 50
    visitor.follow("More")

    (row,) = visitor.page.all("tbody")[0].all("tr")
    assert "Person 50" in row.text
    assert "More" not in {a.text for a in visitor.page.all("a")}


# Grading again.


@pytest.fixture
def mended(study: Study, published: AuthoredContent, cohort: CohortId, alice: Person, bola: Person):
    """A wrong key was mended; Alice had known better, and Bola had guessed as it was."""
    mark_as_right(published, "most")
    study.publish(published)
    hers, his = taker(study, alice, cohort_id=cohort), taker(study, bola)
    hers.take(RIGHT)
    his.take(GUESSED)
    mark_as_right(published, "least")
    study.publish(published)
    return hers, his


def test_an_administrator_looks_first_and_then_applies(site, mended, dana):
    hers, his = mended
    visitor = visitor_of(dana)
    with nothing_written(site):
        visitor.follow(f"Grade again: {QUIZ_TITLE}")
    assert "2 attempts have a question with a new key." in visitor.text
    assert "1 result would change." in visitor.text
    rows = [tr.text for tr in visitor.page.all("tbody")[0].all("tr")]
    assert sorted(rows) == [
        "Alice Mbeki 66%, not passed 100%, passed changes",
        "Bola Adeyemi 100%, passed 66%, not passed stays: a pass is not taken away",
    ]
    visitor.press("Change 1 result", reason="A key was wrong.")

    assert visitor.path == REGRADE
    assert "1 result was changed." in visitor.text
    assert not visitor.can_press("Change")
    assert hers.outcome.passed
    assert his.outcome.passed
    (act,) = acts(site, "quiz.regraded")
    assert act.actor_id == dana.id


def test_an_administrator_can_choose_to_take_passes_away(mended, dana):
    hers, his = mended
    visitor = visitor_of(dana, REGRADE)
    visitor.follow("See what it would be if passes may be taken away")
    assert "2 results would change." in visitor.text
    visitor.press("Change 2 results", reason="A key was wrong.")

    assert "2 results were changed." in visitor.text
    assert (hers.outcome.passed, his.outcome.passed) == (True, False)


def test_a_regrade_needs_a_reason_and_keeps_the_choice(site, mended, dana):
    visitor = visitor_of(dana, f"{REGRADE}?fails_allowed=1")
    with nothing_written(site):
        visitor.press("Change 2 results", reason=" a ")

    assert visitor.status == 422
    reason = visitor.field("reason")
    assert reason["value"] == " a "
    assert "Write 3 to 500 characters." in visitor.page.by_id(reason["aria-describedby"]).text
    visitor.press("Change 2 results", reason="A key was wrong.")
    assert "2 results were changed." in visitor.text


def test_a_page_that_is_no_longer_true_is_shown_anew(site, study, mended, cast, dana, chen):
    visitor = visitor_of(dana, REGRADE)
    study.regrade(dana, "first", course_key=SMALL_COURSE)
    with nothing_written(site):
        visitor.press("Change 1 result", reason="A key was wrong.")

    assert visitor.path == REGRADE
    assert "Something has changed since you looked." in visitor.text


def test_a_trainer_is_told_that_only_administrators_grade_again(site, mended, chen, alice):
    browsers = {person: person.browser() for person in (chen, alice)}
    body = {"digest": "0" * 32, "fails_allowed": "0", "reason": "A key was wrong."}
    with nothing_written(site):
        for answer in (browsers[chen].get(REGRADE), browsers[chen].submit(REGRADE, **body)):
            assert answer.status_code == 403
            assert "Only an administrator of the whole site can do this." in answer.text
            assert "Alice" not in answer.text
        assert browsers[alice].get(REGRADE).status_code == 404
        assert browsers[alice].submit(REGRADE, **body).status_code in {403, 404}


def test_without_a_new_key_there_is_nothing_to_press(hers, dana):
    hers.take(WRONG)
    visitor = visitor_of(dana, REGRADE)

    assert "0 attempts have a question with a new key." in visitor.text
    assert not visitor.can_press("Change")


# When a trainer goes.


def test_what_a_trainer_judged_and_granted_outlives_her_account(
    site: Site, study: Study, waiting, alice: Person, chen: Person, dana: Person
):
    hers, attempt = waiting
    study.judge(chen, attempt.id, FREE, {"says-why": 2, "example": 0}, comment="Who?")
    study.grant(chen, hers.enrollment, "first", attempts=1)
    kept = ("judgement", "quiz_exception", "attempt", "enrollment")
    before = {table: site.execute(f"SELECT * FROM {table}") for table in kept}
    visitor = Visitor(chen.with_password().browser())
    visitor.open("/account")
    visitor.press("Delete my account", current_password=PASSWORD)
    assert "Your account is deleted" in visitor.text

    assert {table: site.execute(f"SELECT * FROM {table}") for table in kept} == before
    assert not site.execute("SELECT 1 FROM cohort_trainer")
    assert "Chen" not in str(site.execute("SELECT * FROM person"))
    # Another one goes on where she stopped, and the learner has all of it.
    study.judge(dana, attempt.id, SECOND_FREE, {"short": 1})
    question = hers.question(attempt, FREE)
    assert question.judgement.comment == "Who?"
    assert hers.look(attempt).summary.percent == 93
    assert alice.browser().get("/account/data").json["enrollments"][0]["granted"]
