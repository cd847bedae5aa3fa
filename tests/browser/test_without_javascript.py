"""The whole course through the pages, by somebody whose phone runs no JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD

NAME = "Nadia Benali"
EMAIL = "nadia.benali@union.example"
# What a person remembers of a review: for each question's text, the texts of the right answers.
Memory = dict[str, set[str]]


def test_a_newcomer_takes_the_whole_course_on_a_phone_and_a_stranger_verifies_it(browse):
    phone = {"java_script_enabled": False, "is_mobile": True, "has_touch": True}
    page = browse(**phone)
    sign_up_and_start(page)
    other_device = browse(**phone)
    follow(other_device, "Sign in")
    sign_in(other_device)
    take_course(page, other_device)

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


def take_course(page: Page, other_device: Page) -> None:
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
            pass_quiz(page)
        expect(page).not_to_have_url(here)
        progress.append(look_at_progress(other_device))
        assert progress[-1] >= progress[-2]
    # Nothing twice, nothing left out, and every step was worth something.
    assert (len(set(lessons)), len(lessons)) == (30, 30)
    assert (len(set(quizzes)), len(quizzes)) == (5, 5)
    assert progress == sorted(set(progress))
    assert progress[-1] == 100


def pass_quiz(page: Page) -> None:
    """Hand in one answer, learn from the review what was right, try again, and go on."""
    press(page, "Start the quiz")
    expect(heading(page)).to_contain_text("Question 1 of")
    page.locator("label.option").first.click()
    press(page, "All questions")
    submit(page)
    expect(heading(page)).to_have_text("Not passed yet")
    memory = read_review(page)
    assert len(memory) >= 10
    follow(page, "Try again")
    press(page, "Try again")
    answer_all(page, memory)
    submit(page)
    expect(heading(page)).to_have_text("Passed")
    expect(page.locator(".score")).to_have_text("100%")
    onward = page.get_by_role("link", name=re.compile("Go on:|See your certificate"))
    following = onward.get_attribute("href")
    # Instead of following it: from any other page she comes back to where she stopped.
    follow(page, "My courses")
    follow(page, re.compile("Continue|See your certificate"))
    expect(page).to_have_url(re.compile(f"{following}$"))


def answer_all(page: Page, memory: Memory) -> None:
    """Answer one question after the other as it is remembered."""
    expect(heading(page)).to_contain_text("Question 1 of")
    count = int(heading(page).inner_text().split()[-1])
    assert count == len(memory)
    for number in range(1, count + 1):
        expect(heading(page)).to_have_text(f"Question {number} of {count}")
        options = page.locator("label.option")
        texts = [squeezed(text) for text in options.all_inner_texts()]
        right = memory[squeezed(page.locator("legend").inner_text())]
        assert right <= set(texts)
        for place, text in enumerate(texts):
            if text in right:
                options.nth(place).check()
        press(page, "Save and go on" if number < count else "Save and look it over")


def submit(page: Page) -> None:
    expect(heading(page)).to_have_text("Look it over")
    press(page, "Submit")
    expect(page).to_have_url(re.compile("/review$"))


def read_review(page: Page) -> Memory:
    """Read every question of the review, and which of its answers are marked as right."""
    memory: Memory = {}
    for question in page.locator("ol.review > li").all():
        prompt = question.locator("> .prose").first.inner_text()
        # An option's own words stand on the first line, "your answer, right" below them.
        right = question.locator(".option.right > span").all_inner_texts()
        memory[squeezed(prompt)] = {squeezed(text.strip().splitlines()[0]) for text in right}
    return memory


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
