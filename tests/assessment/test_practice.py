"""Practice in lessons: answered in place, told at once what is right and why, and never counted."""

from __future__ import annotations

from html import unescape
from typing import Final
from uuid import uuid4

import pytest

from courseapp.assessment.kinds.matching import place_key
from tests.authoring import LESSON_2, PRACTICE, QUIZ
from tests.quizzing import faults, nothing_written, taker
from tests.web.visitor import Visitor

LESSON: Final = "/courses/small/lessons/go-on"
# What tells the answers, by question; nothing else in the course says it.
SECRETS: Final = {
    "pair-up": ("twenty-four of them", "what it has at hand", "A bestiary"),
    "sort-them": ("A dozen is made of pairs", "halves without a rest", "A primer"),
    "in-order": ("Peace came first", "A chronicle"),
    "how-many": ("271828", "314159", "a long evening", "the other jar", "Nobody eats rice"),
    "the-word": ("quindecim", "quin*cem", "Romans would agree", "Almost as they said"),
    "fill-in": ("161803", "viginti", "every twentieth sheep", "A shepherd"),
    "in-your-words": ("in every market", "who miscounted", "Who counts can share", "A merchant"),
}
# An answer to each, wrong or half right, as the API takes it.
ANSWERS: Final = {
    "pair-up": {"cat": place_key("feathers")},
    "sort-them": {"eleven": "odd", "twelve": "odd"},
    "in-order": ["charter", "war", "standard", "protection"],
    "how-many": "12 sacks",
    "the-word": "fifteen",
    "fill-in": {"origin": "song"},
    "in-your-words": "To know how much there is.",
}


@pytest.fixture
def hers(study, published, alice):
    return taker(study, alice)


@pytest.fixture
def visitor(hers, alice):
    visitor = Visitor(alice.browser())
    visitor.open(LESSON)
    return visitor


def path_of(hers, key=""):
    lesson = f"/enrollments/{hers.enrollment.id}/lessons/go-on"
    return f"{lesson}/questions/{key}/response" if key else lesson


def told(*responses):
    words = "\n".join(unescape(response.text) for response in responses)
    return {key for key, texts in SECRETS.items() if any(text in words for text in texts)}


def what_is_shown(hers):
    """The lesson for readers and programs, and whatever else might tell of it."""
    browser, api = hers.person.browser(), hers.person.api()
    answers = [
        browser.get(LESSON),
        api.get(path_of(hers)),
        browser.get("/courses/small/lessons/start"),
        browser.get("/courses/small/modules/first"),
        browser.get("/courses/small/quizzes/first"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    return answers


def practice_box(visitor, key):
    return visitor.page.by_id(f"practice-{key}")


def send(visitor, key, **fields):
    """Send the form that stands in a question's box, with these fields; all of them must be in it."""
    (form,) = practice_box(visitor, key).all("form")
    names = {control.get("name") for control in form.all("input", "select", "textarea")}
    assert set(fields) <= names
    response = visitor.browser.submit(form["action"], **fields)
    if response.status_code == 302:
        visitor.open(response.location)
    else:
        visitor._show(response)
    return response


# What is told.


def test_unanswered_nothing_of_the_key_is_shown(hers):
    assert told(*what_is_shown(hers)) == set()
    for question in hers.person.api().get(path_of(hers)).json["questions"]:
        assert not question["answered"]
        assert not {"credit", "explanation_html", "source_html", "answer"} & set(question)


@pytest.mark.parametrize("key", PRACTICE)
def test_an_answer_is_told_at_once_what_is_right_and_why_and_the_others_stay_silent(hers, key):
    answered = hers.person.api().put(path_of(hers, key), {"answer": ANSWERS[key]})

    assert answered.status_code == 200
    assert (answered.json["key"], answered.json["answered"]) == (key, True)
    assert answered.json["explanation_html"]
    assert answered.json["source_html"]
    if key == "in-your-words":
        assert "credit" not in answered.json
    else:
        assert 0 <= answered.json["credit"] < 1
    assert told(answered) == {key}
    assert told(*what_is_shown(hers)) == {key}


def test_an_answer_is_remembered_on_the_next_visit_and_on_another_device(hers, alice):
    first = alice.api().put(path_of(hers, "how-many"), {"answer": "271828"}).json
    api, visitor = alice.api(), Visitor(alice.browser())
    (again,) = [q for q in api.get(path_of(hers)).json["questions"] if q["answered"]]
    visitor.open(LESSON)

    assert again == first
    assert (again["answer"], again["credit"]) == ("271828", 1)
    assert "Nobody eats rice in this story." in practice_box(visitor, "how-many").text


def test_the_last_answer_takes_the_place_of_the_one_before(site, hers):
    api = hers.person.api()
    for answer, credit in (("1", 0), ("314159", 0.5), ("271828", 1), ("2", 0)):
        assert api.put(path_of(hers, "how-many"), {"answer": answer}).json["credit"] == credit
    assert site.scalar("SELECT count(*) FROM practice_response") == 1


def test_an_answer_taken_back_hides_the_key_again(hers):
    api = hers.person.api()
    api.put(path_of(hers, "the-word"), {"answer": "fifteen"})
    taken_back = api.put(path_of(hers, "the-word"), {"answer": ""})

    assert (taken_back.status_code, taken_back.json["answered"]) == (200, False)
    assert told(taken_back, *what_is_shown(hers)) == set()


def test_the_order_that_is_shown_is_the_same_each_time_and_for_everybody(study, hers, bola):
    def shown(learner):
        questions = learner.person.api().get(path_of(learner)).json["questions"]
        return [
            (q["key"], [(i["key"], [c["key"] for c in i.get("choices", [])]) for i in q["items"]])
            for q in questions
        ]

    assert shown(hers) == shown(hers) == shown(taker(study, bola))


# It never counts.


def test_practice_counts_for_nothing(site, hers):
    before, progress = hers.now(), hers.progress
    api = hers.person.api()
    rows = site.count_rows()
    for key, answer in ANSWERS.items():
        assert api.put(path_of(hers, key), {"answer": answer}).status_code == 200

    assert hers.now() == before
    assert hers.progress == progress
    assert site.count_rows() - rows == {"practice_response": len(ANSWERS)}
    assert faults(site) == []


def test_what_is_practised_is_not_asked_in_the_quiz(hers):
    assert {q.key for q in hers.look(hers.start()).questions}.isdisjoint(PRACTICE)


# Whose it is.


def test_practice_in_the_course_of_another_is_not_found(site, study, hers, bola, dana):
    programs = [person.api() for person in (bola, dana)]
    with nothing_written(site):
        for api in programs:
            here = api.put(path_of(hers, "how-many"), {"answer": "271828"})
            nowhere = api.put(
                path_of(hers, "how-many").replace(str(hers.enrollment.id), str(uuid4())),
                {"answer": "271828"},
            )
            assert (here.status_code, here.data) == (404, nowhere.data)
            assert told(here) == set()


def test_each_learner_has_answers_of_her_own(study, hers, bola):
    his = taker(study, bola)
    hers.person.api().put(path_of(hers, "how-many"), {"answer": "271828"})

    assert told(*what_is_shown(his)) == set()


def test_who_is_not_enrolled_is_asked_to_start_first(published, bola):
    browser = bola.browser()
    refused = browser.submit(f"{LESSON}/questions/how-many", q4="271828")

    assert (refused.status_code, refused.location) == (302, "/courses/small")


@pytest.mark.parametrize("lesson", ["start", "absent"])
def test_a_question_is_answered_only_where_it_stands(hers, alice, lesson):
    wrong = path_of(hers, "how-many").replace("go-on", lesson)
    answers = [
        alice.api().put(wrong, {"answer": "271828"}),
        alice.browser().submit(f"/courses/small/lessons/{lesson}/questions/how-many", q4="271828"),
        alice.api().put(path_of(hers, "floor-is"), {"answer": "least"}),
        alice.browser().submit(f"{LESSON}/questions/floor-is", q1="least"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert told(*answers) == set()


# When the content changes.


def test_a_question_that_changed_forgets_the_old_answer(study, published, hers):
    api = hers.person.api()
    for key in ("how-many", "the-word"):
        api.put(path_of(hers, key), {"answer": ANSWERS[key]})
    published.change(QUIZ, "value: 271828", "value: 299792")
    study.publish(published)
    # Until she moves, her version is what it was.
    assert told(*what_is_shown(hers)) == {"how-many", "the-word"}
    hers.person.browser().submit("/courses/small/enrollment/version")

    asked = {q["key"]: q["answered"] for q in api.get(path_of(hers)).json["questions"]}
    assert asked == {key: key == "the-word" for key in PRACTICE}
    api.put(path_of(hers, "how-many"), {"answer": "299792"})
    assert {q["key"] for q in api.get(path_of(hers)).json["questions"] if q["answered"]} == {
        "how-many",
        "the-word",
    }


def test_a_question_that_was_only_moved_keeps_its_answer(study, published, hers):
    api = hers.person.api()
    api.put(path_of(hers, "how-many"), {"answer": "1"})
    published.change(LESSON_2, "One, two, three, and", "Four, five, six, and")
    study.publish(published)
    hers.person.browser().submit("/courses/small/enrollment/version")

    (answered,) = [q for q in api.get(path_of(hers)).json["questions"] if q["answered"]]
    assert answered["key"] == "how-many"


# In a browser without JavaScript.


def test_each_question_stands_in_its_place_with_a_form_of_its_own(visitor):
    boxes = [e["id"] for e in visitor.page.all("section") if e.get("id").startswith("practice-")]
    assert boxes == [f"practice-{key}" for key in PRACTICE]
    for key in PRACTICE:
        (form,) = practice_box(visitor, key).all("form")
        assert form["method"] == "post"
        assert "This is for practice: it does not count." in form.text


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        (
            "pair-up",
            {"q1.cat": place_key("whiskers"), "q1.hen": place_key("hexagons")},
            "twenty-four of them",
        ),
        ("sort-them", {"q2.twelve": "even"}, "A dozen is made of pairs."),
        ("how-many", {"q4": "271.828,0"}, "right"),
        ("the-word", {"q5": "Quindecim"}, "The Romans would agree."),
        ("fill-in", {"q6.gross": "161803", "q6.origin": "notch"}, "viginti"),
        ("in-your-words", {"q7": "To share.\r\nAll of it."}, "Who counts can share."),
    ],
)
def test_answering_leads_back_to_the_question_with_its_feedback(visitor, key, typed, says):
    sent = send(visitor, key, **typed)

    assert (sent.status_code, sent.location) == (302, f"{LESSON}#practice-{key}")
    box = practice_box(visitor, key)
    assert says in box.text
    assert "Answer it again" in box.text
    assert told(visitor.response) == {key}


def test_what_was_answered_stands_in_the_form_and_can_be_changed(visitor):
    send(visitor, "the-word", q5="fifteen")
    assert visitor.field("q5")["value"] == "fifteen"
    send(visitor, "the-word", q5="quindecim")
    assert visitor.field("q5")["value"] == "quindecim"
    assert "not right" not in practice_box(visitor, "the-word").text


def test_an_empty_form_says_nothing_and_stores_nothing(site, visitor):
    with nothing_written(site):
        assert send(visitor, "the-word", q5="").status_code == 302
    assert told(visitor.response) == set()


def test_an_answer_that_cannot_be_one_is_refused_beside_its_field_and_stays_typed(site, visitor):
    with nothing_written(site):
        refused = send(visitor, "how-many", q4="a handful")

    assert refused.status_code == 422
    field = visitor.field("q4")
    assert field["value"] == "a handful"
    (box,) = [
        e
        for e in practice_box(visitor, "how-many").all("fieldset")
        if "aria-invalid" in e.attributes
    ]
    describing = [visitor.page.by_id(one) for one in box["aria-describedby"].split()]
    assert any(e.get("class") == "error" and e.text for e in describing)
    # The other questions have no error.
    assert len([e for e in visitor.page if e.get("class") == "error"]) == 1
    assert told(refused) == set()


def test_an_answer_that_cannot_be_one_leaves_the_stored_one(hers, visitor):
    send(visitor, "how-many", q4="271828")
    refused = send(visitor, "how-many", q4="a handful")

    assert refused.status_code == 422
    (answered,) = [
        q for q in hers.person.api().get(path_of(hers)).json["questions"] if q["answered"]
    ]
    assert answered["answer"] == "271828"


def test_a_program_is_told_that_an_answer_cannot_be_one(site, hers):
    api = hers.person.api()
    with nothing_written(site):
        for key, answer in (
            ("how-many", "a handful"),
            ("how-many", ["271828"]),
            ("how-many", None),
            ("the-word", "a" * 5000),
            ("sort-them", {"eleven": "prime"}),
            ("sort-them", {"absent": "odd"}),
            ("pair-up", "cat"),
            ("in-order", ["war", "war", "charter", "standard"]),
            ("fill-in", {"gross": "a dozen dozens"}),
            ("in-your-words", "a" * 301),
        ):
            refused = api.put(path_of(hers, key), {"answer": answer})
            assert (refused.status_code, refused.json["code"]) == (422, "invalid_input"), key
            assert set(refused.json["errors"]) == {"answer"}
            assert told(refused) == set()


def test_her_own_data_have_what_she_practised(hers, alice):
    hers.person.api().put(path_of(hers, "how-many"), {"answer": "12 sacks"})

    (course,) = alice.browser().get("/account/data").json["enrollments"]
    (answered,) = course["practice"]
    assert answered["answer"] == {"value": "12 sacks"}
