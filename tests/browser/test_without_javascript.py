"""The whole course through the pages, by somebody whose phone runs no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import Widget
from courseapp.assessment.rules import draw_options
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import QuestionContent
from tests.cast import PASSWORD
from tests.sites import Site
from tests.studying import Study
from tests.web.html import parse_html
from tests.web.quiz_pages import Memory, Right, remember, words_of

NAME = "Nadia Benali"
EMAIL = "nadia.benali@union.example"
# Every attempt asks a part of a quiz's questions: it takes some to have met them all.
MOST_ATTEMPTS = 20


@pytest.fixture
def answers_to_the_final_quiz(site: Site, study: Study) -> Memory:
    """What is right in the final quiz, read from the database: nobody waits here for the pause between attempts."""
    quiz = study.course().final_quiz
    assert quiz is not None
    assert quiz.rules.pause_minutes
    # The words of true and false are the page's own.
    with site.request(), site.snapshot() as session:
        return dict(map(learnt, get_quiz(session, quiz.version_id, "en").questions))


def learnt(question: QuestionContent) -> tuple[str, Right]:
    """Return a question's words and what is right, as its review would tell them."""
    drawn = draw_options(question, 1, 1, shuffle=False)
    body = KINDS[question.kind].show(question, drawn, None, reveal=True)
    if body.segments:
        return words_in(body.segments[0].html), [str(item.right_answer) for item in body.items]
    prompt, (first, *_) = words_in(question.prompt_html), body.items
    if first.widget in {Widget.RADIO, Widget.CHECKBOXES}:
        return prompt, frozenset(words_in(c.html) for c in first.choices if c.right)
    return prompt, {words_in(i.label_html): str(i.right_answer) for i in body.items}


def words_in(html: str) -> str:
    # What stands before a gap may end in the middle of a paragraph.
    return squeezed(parse_html(html + "</p>" * (html.count("<p>") - html.count("</p>"))).text)


def test_a_newcomer_takes_the_whole_course_on_a_phone_and_a_stranger_verifies_it(
    browse, answers_to_the_final_quiz
):
    phone = {"java_script_enabled": False, "is_mobile": True, "has_touch": True}
    page = browse(**phone)
    sign_up_and_start(page)
    other_device = browse(**phone)
    follow(other_device, "Sign in")
    sign_in(other_device)
    take_course(page, other_device, answers_to_the_final_quiz)

    expect(heading(page)).to_have_text("Your certificate")
    expect(page.get_by_role("main")).to_contain_text(NAME)
    code = page.locator("code").inner_text()
    with page.expect_download() as download:
        follow(page, "Download the PDF")
    assert download.value.suggested_filename == f"certificate-{code}.pdf"
    pdf = Path(download.value.path()).read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert count_pdf_pages(pdf) == 1

    stranger = browse(**phone)
    follow(stranger, "Verify a certificate")
    stranger.get_by_label("Code").fill(f" {code.lower().replace('-', '  ')} ")
    press(stranger, "Verify")
    expect(heading(stranger)).to_have_text("This certificate is valid")
    expect(stranger.get_by_role("main")).to_contain_text(NAME)
    assert EMAIL not in stranger.content()


def sign_up_and_start(page: Page) -> None:
    """Find the course from the home page, open an account, and come back to the course."""
    follow(page, "Look at the course")
    follow(page, "Sign up and start")
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    expect(heading(page)).to_have_text("Sign in")
    expect(page.get_by_role("status")).to_contain_text("Your account is ready")
    sign_in(page)
    press(page, "Start the course")
    expect(page).to_have_url(re.compile("/lessons/"))


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page).not_to_have_url(re.compile("/sign-in"))


def take_course(page: Page, other_device: Page, final_answers: Memory) -> None:
    """Do one thing after the other, with a look at "My courses" on another device after each."""
    lessons, quizzes, progress = [], [], [look_at_progress(other_device)]
    assert progress == [0]
    while "/certificate" not in page.url:
        here = page.url
        if "/lessons/" in here:
            lessons.append(here)
            press(page, "Mark as done")
        else:
            assert "/quizzes/" in here
            quizzes.append(here)
            is_final = len(quizzes) == 6
            pass_quiz(page, final_answers if is_final else {})
        expect(page).not_to_have_url(here)
        progress.append(look_at_progress(other_device))
        assert progress[-1] >= progress[-2]
    # Nothing twice, nothing left out, and every step was worth something.
    assert (len(set(lessons)), len(lessons)) == (30, 30)
    assert (len(set(quizzes)), len(quizzes)) == (6, 6)
    assert progress == sorted(set(progress))
    assert progress[-1] == 100


def pass_quiz(page: Page, memory: Memory) -> None:
    """Hand in what is remembered, at first nothing; learn from the review, try again until it passes, and go on."""
    press(page, "Start the quiz")
    for _ in range(MOST_ATTEMPTS):
        expected = answer_all(page, memory)
        submit(page)
        expect(page.locator(".score")).to_have_text(f"{expected}%")
        if expected >= 70:
            break
        expect(heading(page)).to_have_text("Not passed yet")
        review = remember(parse_html(page.content()))
        assert len(review) >= 10
        # What was right before is right again.
        assert all(memory[words] == right for words, right in review.items() if words in memory)
        memory |= review
        follow(page, "Try again")
        press(page, "Try again")
    expect(heading(page)).to_have_text("Passed")
    onward = page.get_by_role("link", name=re.compile("Go on:|See your certificate"))
    following = onward.get_attribute("href")
    # Instead of following it: from any other page she comes back to where she stopped.
    follow(page, "My courses")
    follow(page, re.compile("Continue|See your certificate"))
    expect(page).to_have_url(re.compile(f"{following}$"))


def answer_all(page: Page, memory: Memory) -> int:
    """Answer one question after the other as far as it is remembered; return the result to be expected, in per cent."""
    expect(heading(page)).to_contain_text("Question 1 of")
    count = int(heading(page).inner_text().split()[-1])
    assert count >= 10
    if not memory:
        press(page, "All questions")
        return 0
    known = 0
    for number in range(1, count + 1):
        expect(heading(page)).to_have_text(f"Question {number} of {count}")
        right = memory.get(words_of(parse_html(page.content())))
        if right is not None:
            known += 1
            answer(page.get_by_role("main"), right)
        press(page, "Save and go on" if number < count else "Save and look it over")
    return 100 * known // count


def answer(question: Locator, right: Right) -> None:
    """Fill in what is right: tick options, choose or type what belongs to each item, or into each gap."""
    if isinstance(right, frozenset):
        options = question.locator("label.option")
        texts = [squeezed(text) for text in options.all_inner_texts()]
        assert right <= set(texts)
        for place, text in enumerate(texts):
            if text in right:
                options.nth(place).check()
    elif isinstance(right, Mapping):
        for label, text in right.items():
            # A question that is its own item has one field, without a label beside the question.
            field = question.get_by_label(label, exact=True) if label else one_field(question)
            fill_in(field, text)
    else:
        for number, text in enumerate(right, start=1):
            fill_in(question.get_by_label(f"Gap {number}", exact=True), text)


def one_field(question: Locator) -> Locator:
    return question.get_by_role("textbox")


def fill_in(field: Locator, text: str) -> None:
    if field.evaluate("field => field.localName === 'select'"):
        field.select_option(label=text)
    else:
        field.fill(text)


def submit(page: Page) -> None:
    expect(heading(page)).to_have_text("Look it over")
    press(page, "Submit")
    expect(page).to_have_url(re.compile("/review$"))


def look_at_progress(page: Page) -> int:
    """Open "My courses" and return what the ring of the only one says."""
    page.goto("/my-courses")
    said = page.get_by_role("img", name="% done").get_attribute("aria-label")
    return int(said.removesuffix("% done"))


def count_pdf_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def follow(page: Page, words: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=words).first.click()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def squeezed(text: str) -> str:
    return " ".join(text.split())
