"""With JavaScript, an answer is saved as soon as it is chosen, and the page says whether it was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.service import attempts

SAVED = "Saved"
NOT_SAVED = re.compile("^Not saved yet: no connection")


@pytest.fixture
def questions(server, study, learner, monkeypatch) -> dict[str, str]:
    """The learner has started a quiz that asks all it can: the addresses of its first question of each kind."""
    monkeypatch.setattr(attempts, "draw_questions", lambda pool, *_: pool)
    enrollment = study.enroll(learner)
    attempt = study.start(learner, enrollment, study.course().modules[1].quiz.key)
    with server.site.snapshot() as session:
        actor = learner.actor_in(session)
        shown = get_shown_attempt(session, actor, attempt.id, "en").questions
    return {
        question.kind: f"/attempts/{attempt.id}/questions/{question.position}"
        for question in reversed(shown)
    }


def choice(page: Page, number: int) -> Locator:
    return page.get_by_role("radio").or_(page.get_by_role("checkbox")).nth(number)


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def test_a_choice_is_saved_at_once_and_stands_there_on_every_device(browse, learner, questions):
    phone = browse(learner)
    phone.goto(questions["single_choice"])
    expect(status(phone)).to_have_text("")
    choice(phone, 1).check()
    expect(status(phone)).to_have_text(SAVED)
    phone.reload()
    expect(choice(phone, 1)).to_be_checked()
    expect(status(phone)).to_have_text(SAVED)

    desk = browse(learner)
    desk.goto(questions["single_choice"])
    expect(choice(desk, 1)).to_be_checked()
    choice(desk, 2).check()
    expect(status(desk)).to_have_text(SAVED)
    phone.reload()
    expect(choice(phone, 2)).to_be_checked()


def test_several_choices_are_saved_and_taken_back(browse, learner, questions):
    page = browse(learner)
    page.goto(questions["multiple_choice"])
    for number in (0, 2):
        with page.expect_response("**/responses/*") as answered:
            choice(page, number).check()
        assert answered.value.ok
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    assert [choice(page, number).is_checked() for number in range(3)] == [True, False, True]
    with page.expect_response("**/responses/*") as answered:
        choice(page, 0).uncheck()
    assert answered.value.ok
    page.reload()
    assert [choice(page, number).is_checked() for number in range(3)] == [False, False, True]


def test_a_closed_tab_loses_nothing(browse, learner, questions):
    page = browse(learner)
    page.goto(questions["single_choice"])
    choice(page, 1).check()
    # At once, whether the answer has reached the server or not.
    page.close()
    again = page.context.new_page()
    again.goto(questions["single_choice"])
    for _ in range(20):
        if choice(again, 1).is_checked():
            break
        # It may still be on its way.
        again.reload()
    expect(choice(again, 1)).to_be_checked()


def test_without_a_connection_the_page_says_so_and_its_button_saves_later(
    browse, learner, questions
):
    page = browse(learner)
    page.goto(questions["single_choice"])
    choice(page, 0).check()
    expect(status(page)).to_have_text(SAVED)
    page.context.set_offline(offline=True)
    choice(page, 1).check()
    expect(status(page)).to_have_text(NOT_SAVED)

    other = browse(learner)
    other.goto(questions["single_choice"])
    expect(choice(other, 0)).to_be_checked()

    page.context.set_offline(offline=False)
    # What was chosen still stands there.
    expect(choice(page, 1)).to_be_checked()
    page.get_by_role("button", name="Save and").click()
    expect(page).not_to_have_url(re.compile(f"{questions['single_choice']}$"))
    other.reload()
    expect(choice(other, 1)).to_be_checked()


def test_the_server_not_answering_well_is_not_taken_for_saved(browse, learner, questions):
    page = browse(learner)
    page.goto(questions["single_choice"])
    page.route("**/responses/*", lambda route: route.fulfill(status=503))
    choice(page, 0).check()
    expect(status(page)).to_have_text(NOT_SAVED)
    page.unroute("**/responses/*")
    choice(page, 1).check()
    expect(status(page)).to_have_text(SAVED)


def test_quick_choices_are_sent_one_after_the_other_and_the_newest_is_stored(
    browse, learner, questions
):
    page = browse(learner)
    page.goto(questions["single_choice"])
    sent = []

    def hold_the_first(route):
        sent.append(route)
        if len(sent) > 1:
            route.continue_()

    page.route("**/responses/*", hold_the_first)
    with page.expect_request("**/responses/*"):
        choice(page, 0).check()
    choice(page, 1).check()
    expect(choice(page, 1)).to_be_checked()
    # The second waits for its turn: it can neither overtake the first nor be overtaken by it.
    assert len(sent) == 1
    sent[0].fulfill(status=200)

    expect(status(page)).to_have_text(SAVED)
    page.reload()
    expect(choice(page, 1)).to_be_checked()


def test_the_last_choice_decides_what_the_page_says(browse, learner, questions):
    page = browse(learner)
    page.goto(questions["single_choice"])
    answers = [200, 503]
    page.route("**/responses/*", lambda route: route.fulfill(status=answers.pop(0)))
    choice(page, 0).check()
    expect(status(page)).to_have_text(SAVED)
    choice(page, 1).check()
    expect(status(page)).to_have_text(NOT_SAVED)


@pytest.mark.parametrize("kind", ["matching", "categorise", "ordering"])
def test_each_of_several_choices_is_saved_by_itself(browse, learner, questions, kind):
    page = browse(learner)
    page.goto(questions[kind])
    lists = page.locator("main select")
    assert lists.count() >= 3
    for number in (0, 2):
        with page.expect_response("**/responses/*") as answered:
            lists.nth(number).select_option(index=1)
        assert answered.value.ok
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    chosen = [lists.nth(number).input_value() for number in range(3)]
    assert [bool(value) for value in chosen] == [True, False, True]
    with page.expect_response("**/responses/*") as answered:
        lists.nth(0).select_option(index=0)
    assert answered.value.ok
    page.reload()
    assert [lists.nth(number).input_value() for number in range(3)] == ["", "", chosen[2]]


@pytest.mark.parametrize(("kind", "typed"), [("numeric", "1 234,5"), ("short_text", "some words")])
def test_what_is_typed_is_saved_when_the_field_is_left(browse, learner, questions, kind, typed):
    page = browse(learner)
    page.goto(questions[kind])
    field = page.get_by_role("main").get_by_role("textbox")
    field.fill(typed)
    with page.expect_response("**/responses/*") as answered:
        field.press("Tab")
    assert answered.value.ok
    expect(status(page)).to_have_text(SAVED)
    page.reload()
    expect(field).to_have_value(typed)


def test_gaps_are_saved_together_whatever_is_filled_into_each(browse, learner, questions):
    page = browse(learner)
    page.goto(questions["gaps"])
    gaps = page.get_by_label(re.compile("^Gap ")).all()
    assert len(gaps) >= 2
    for gap in gaps:
        is_list = gap.evaluate("field => field.localName === 'select'")
        with page.expect_response("**/responses/*") as answered:
            if is_list:
                gap.select_option(index=1)
            else:
                gap.fill("12")
                gap.press("Tab")
        assert answered.value.ok
    values = [gap.input_value() for gap in gaps]
    assert all(values)
    page.reload()
    assert [gap.input_value() for gap in gaps] == values


def test_what_cannot_be_an_answer_is_said_at_once_and_the_stored_one_stays(
    browse, learner, questions
):
    page = browse(learner)
    page.goto(questions["numeric"])
    field = page.get_by_role("main").get_by_role("textbox")
    field.fill("12")
    field.press("Tab")
    expect(status(page)).to_have_text(SAVED)
    field.fill("a dozen")
    field.press("Tab")
    expect(status(page)).to_contain_text("Write a number in digits")
    expect(field).to_have_value("a dozen")
    page.reload()
    expect(field).to_have_value("12")
