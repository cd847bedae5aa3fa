"""Everything can be done with the keyboard alone, and one always sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import DESK, PHONE
from tests.cast import PASSWORD
from tests.studying import COURSE

MOST_STOPS = 120
# Where the focus is now: what it is, how it is marked, and whether it is on the screen.
FOCUS = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  const style = getComputedStyle(here), box = here.getBoundingClientRect();
  const again = here.dataset.visited === "yes";
  here.dataset.visited = "yes";
  return {
    again,
    kind: here.localName,
    name: (here.textContent.trim() || here.name || here.id).slice(0, 40),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    on_screen: box.width > 0 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
  };
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{MOST_STOPS} times Tab, and never at {wanted}")


def test_the_skip_link_appears_with_the_first_tab_and_leads_past_the_header(browse):
    page = browse()
    page.goto(f"/courses/{COURSE}")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_one_signs_in_without_touching_anything_but_keys(browse, learner):
    learner.with_password()
    page = browse()
    tab_to(page, page.get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(learner.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My courses")


def test_a_quiz_is_answered_and_submitted_with_keys_alone(browse, study, learner):
    study.enroll(learner)
    quiz = study.course().modules[0].quiz
    page = browse(learner)
    page.goto(f"/courses/{COURSE}/quizzes/{quiz.key}")
    heading = page.get_by_role("heading", level=1)
    tab_to(page, page.get_by_role("button", name="Start the quiz"))
    page.keyboard.press("Enter")
    for number in range(1, quiz.question_count + 1):
        expect(heading).to_have_text(f"Question {number} of {quiz.question_count}")
        answer_with_keys(page)
        tab_to(page, page.get_by_role("button", name=re.compile("Save and")))
        page.keyboard.press("Enter")
    expect(heading).to_have_text("Look it over")
    expect(page.get_by_role("main")).to_contain_text("Every question has an answer.")
    tab_to(page, page.get_by_role("button", name="Submit"))
    page.keyboard.press("Enter")
    expect(heading).to_have_text(re.compile("Passed|Not passed yet"))


def answer_with_keys(page: Page) -> None:
    """Answer the question that stands there, whatever it takes."""
    fields = page.locator("main fieldset").locator("input, select, textarea")
    first = fields.first
    tab_to(page, first)
    if first.get_attribute("type") in {"radio", "checkbox"}:
        page.keyboard.press("Space")
        expect(first).to_be_checked()
        if first.get_attribute("type") == "radio":
            # Arrows go from one to the next; Tab leaves the group.
            page.keyboard.press("ArrowDown")
            expect(fields.nth(1)).to_be_checked()
        return
    for number in range(fields.count()):
        field = fields.nth(number)
        # Each stands in the way to the next.
        expect(field).to_be_focused()
        is_list = field.evaluate("field => field.localName === 'select'")
        page.keyboard.press("ArrowDown") if is_list else page.keyboard.type("12")
        expect(field).not_to_have_value("")
        page.keyboard.press("Tab")


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_the_questions_in_a_lesson_are_answered_with_keys_alone(browse, study, learner, number):
    study.enroll(learner)
    page = browse(learner)
    practice = page.get_by_role("region", name="Try it yourself")
    for lesson in study.course().modules[number].lessons:
        page.goto(f"/courses/{COURSE}/lessons/{lesson.key}")
        if practice.count():
            break
    section = practice.first
    answer_with_keys(page)
    tab_to(page, section.get_by_role("button", name="Check my answer"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#practice-"))
    expect(section).to_contain_text(re.compile("right"))
    expect(section.get_by_text("Answer it again")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_always_sees_where_the_focus_is(browse, study, learner, size):
    study.enroll(learner)
    course = study.course()
    page = browse(learner, viewport=size)
    page.goto(f"/courses/{COURSE}/quizzes/{course.modules[0].quiz.key}")
    page.get_by_role("button", name="Start the quiz").click()
    expect(page).to_have_url(re.compile("/questions/1$"))
    kinds = set()
    for address in (
        page.url,
        f"/courses/{COURSE}",
        f"/courses/{COURSE}/lessons/{course.modules[1].lessons[0].key}",
        "/account",
        "/api/docs",
    ):
        page.goto(address)
        kinds |= walk_by_tab(page)
    # A table that may scroll sideways can be reached, too.
    assert kinds == {"a", "button", "input", "select", "summary", "div"}


def walk_by_tab(page: Page) -> set[str]:
    """Press Tab from the top of the page to its end; return the kinds of elements that had the focus."""
    kinds = set()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None or focus["again"]:
            assert kinds
            return kinds
        assert focus["outlined"], f"the focus cannot be seen on {page.url}: {focus}"
        assert focus["on_screen"], f"the focus is off the screen on {page.url}: {focus}"
        kinds.add(focus["kind"])
    raise AssertionError(f"{MOST_STOPS} times Tab, and not yet at the end of {page.url}")
