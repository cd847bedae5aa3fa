"""Whatever people type wrongly: a sentence beside the field, and what they typed is still there."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.core import clock
from tests.authoring import PRACTICE
from tests.cast import PASSWORD
from tests.sites import Site
from tests.web.html import Element, parse_html
from tests.web.visitor import Visitor

HUGE: Final = "x" * 100_000
# Typed into the form of sign-up: what, into which field, and the words beside it.
SIGN_UP: Final = [
    ("name", "", "as it should stand on the certificate"),
    ("name", "   ", "as it should stand on the certificate"),
    ("name", "x" * 201, "Use at most 200 characters."),
    ("name", HUGE, "Use at most 200 characters."),
    ("name", "Nadia\u202eBenali", "cannot be printed"),
    ("name", "Nadia\u0000Benali", "cannot be printed"),
    ("email", "", "Enter an e-mail address"),
    ("email", "nadia", "Enter an e-mail address"),
    ("email", '"><script>alert(1)</script>@x.example', "Enter an e-mail address"),
    ("email", "nadia@union.example\u0000", "Enter an e-mail address"),
    ("email", HUGE, "Enter an e-mail address"),
    ("password", "", "Use at least 10 characters."),
    ("password", "short", "Use at least 10 characters."),
    ("password", "password123", "easy to guess"),
    ("password", "secret-" + HUGE, "Use at most 200 characters."),
]


def assert_told_beside(visitor: Visitor, name: str, words: str) -> None:
    """Check that the sentence is tied to the field, so that a screen reader reads the two together."""
    field = next(
        e
        for e in visitor.page.all("input")
        if e.get("name") == name and e.get("aria-invalid") == "true"
    )
    described_by = field["aria-describedby"].split()
    sentence = visitor.page.by_id(described_by[0])
    assert "error" in sentence["class"]
    assert words in sentence.text
    for other in described_by[1:]:
        assert visitor.page.by_id(other).text
    (label,) = [e for e in visitor.page.all("label") if e.get("for") == field["id"]]
    assert label.text


def invalid_fields(page: Element) -> set[str]:
    return {e["name"] for e in page.all("input", "select") if e.get("aria-invalid") == "true"}


def test_a_form_that_cannot_be_used_keeps_what_was_typed_and_says_why_beside_the_field(stranger):
    typed = {
        "name": "Nadia Benali",
        "email": "nadia@union.example",
        "password": PASSWORD,
        "locale": "fr",
    }
    for field, wrong, words in SIGN_UP:
        stranger.open("/sign-up")
        sent = typed | {field: wrong}
        stranger.press("Sign up", **sent)
        assert (stranger.status, stranger.path) == (422, "/sign-up"), (field, wrong[:50])
        assert invalid_fields(stranger.page) == {field}
        assert_told_beside(stranger, field, words)
        assert "One field needs another look." in stranger.text
        for name in ("name", "email"):
            # A browser could not have typed a NUL; the parser of this test drops it, too.
            assert stranger.field(name)["value"].replace("\ufffd", "\u0000") == sent[name]
        (chosen,) = [
            o for o in stranger.field("locale").all("option") if "selected" in o.attributes
        ]
        assert chosen["value"] == "fr"
        assert "value" not in stranger.field("password").attributes
        assert PASSWORD not in stranger.response.text
        assert "secret-" not in stranger.response.text


def test_every_wrong_field_is_told_at_once(stranger):
    stranger.open("/sign-up")
    stranger.press("Sign up", name="", email="x", password="y")
    assert invalid_fields(stranger.page) == {"name", "email", "password"}
    assert "3 fields need another look." in stranger.text


def test_a_language_that_is_not_offered_is_refused(stranger):
    answer = stranger.browser.submit(
        "/sign-up", name="N", email="n@union.example", password=PASSWORD, locale="xx"
    )
    assert answer.status_code == 422
    page = parse_html(answer.text)
    assert invalid_fields(page) == {"locale"}
    sentence = page.by_id(page.by_id("locale")["aria-describedby"].split()[0])
    assert "Choose one of these" in sentence.text


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-up",
        "/forgotten-password",
        "/account/profile",
        "/account/password",
        "/account/deletion",
    ],
)
def test_a_form_with_anything_in_it_makes_no_page_stumble(alice, path):
    visitor = Visitor(alice.browser())
    browser = visitor.browser
    visitor.open("/account")
    token = next(e["value"] for e in visitor.page.all("input") if e.get("name") == "csrf_token")
    for body, status in (
        (b"", 422),
        (b"%ff=%fe&name=%c0%80", 422),
        (b"name=" + b"%00" * 50, 422),
        (b"&&&===", 422),
        (b"locale=%F0%9F%98%80", 422),
        (b"\xff\xfe\x00", 400),
    ):
        answer = browser.post(
            path,
            data=b"csrf_token=" + token.encode() + b"&" + body,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == status, body
        assert answer.mimetype == "text/html"


def test_a_form_of_another_type_or_too_large_is_refused_with_a_page(alice):
    browser = alice.browser()
    for data, content_type, status in (
        (b'{"name": "x"}', "application/json", 400),
        (b"x", "multipart/form-data; boundary=", 400),
        (b"name=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    ):
        answer = browser.post("/account/profile", data=data, content_type=content_type)
        assert answer.status_code == status
        assert answer.mimetype == "text/html"
        assert "<h1>" in answer.text


def test_more_fields_than_any_form_has_are_refused(alice):
    body = "&".join(f"f{n}=" for n in range(30_000))
    answer = alice.browser().post(
        "/account/profile", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in {400, 413}


def test_a_wrong_password_keeps_the_address_and_not_the_password(alice):
    alice.with_password()
    visitor = Visitor(alice.site.browser())
    visitor.open("/sign-in?next=/account")
    visitor.press("Sign in", email=alice.email, password="not my password")
    assert visitor.status == 401
    assert visitor.field("email")["value"] == alice.email
    assert "value" not in visitor.field("password").attributes
    assert "not my password" not in visitor.response.text
    (alert,) = [e for e in visitor.page if e.get("role") == "alert"]
    assert "do not fit together" in alert.text
    visitor.press("Sign in", password=PASSWORD)
    assert visitor.path == "/account"


@pytest.mark.parametrize(
    ("button", "typed", "field", "words"),
    [
        ("Save", {"name": ""}, "name", "as it should stand"),
        ("Save", {"name": "x" * 201}, "name", "Use at most 200"),
        ("Change the password", {"current_password": "not mine at all", "password": PASSWORD + "!"}, "current_password", "not your present password"),
        ("Change the password", {"current_password": PASSWORD, "password": "short"}, "password", "Use at least 10"),
        ("Change the password", {"current_password": "", "password": PASSWORD + "!"}, "current_password", "Fill in this field."),
        ("Delete my account", {"current_password": "not mine at all"}, "current_password", "not your present password"),
        ("Delete my account", {"current_password": ""}, "current_password", "Fill in this field."),
    ],
)  # fmt: skip
def test_the_account_page_says_what_is_wrong_beside_the_field_and_changes_nothing(
    site, alice, button, typed, field, words
):
    alice.with_password()
    before = site.execute("SELECT name, locale, password_hash, email FROM person")
    visitor = Visitor(alice.browser())
    visitor.open("/account")
    visitor.press(button, **typed)
    assert visitor.status == 422
    assert invalid_fields(visitor.page) == {field}
    assert_told_beside(visitor, field, words)
    for name, value in typed.items():
        if "password" in name and value:
            assert value not in visitor.response.text
    assert site.execute("SELECT name, locale, password_hash, email FROM person") == before


def test_a_one_time_link_survives_a_slip_in_its_form(site: Site, alice):
    with site.transaction() as session:
        token = accounts.create_link(
            session, LinkPurpose.SET_PASSWORD, alice.id, lasts=timedelta(hours=1), at=clock.now()
        )
    visitor = Visitor(site.browser())
    visitor.open(f"/links/{token}")
    visitor.press("Set the password", password="short")
    assert visitor.status == 422
    assert_told_beside(visitor, "password", "Use at least 10 characters.")
    visitor.press("Set the password", password="another four quiet words")
    assert "Your password is set, and you are signed in." in visitor.text


def test_setting_up_the_site_survives_a_slip_in_its_form(site: Site):
    with site.transaction() as session:
        token = accounts.replace_first_administrator_link(session, at=clock.now())
    visitor = Visitor(site.browser())
    visitor.open(f"/links/{token}")
    visitor.press("Become the administrator", name="Dana Okoye", email="dana", password=PASSWORD)
    assert visitor.status == 422
    assert_told_beside(visitor, "email", "Enter an e-mail address")
    assert visitor.field("name")["value"] == "Dana Okoye"
    visitor.press("Become the administrator", email="dana@union.example", password=PASSWORD)
    assert "You are the administrator of this site." in visitor.text


def test_what_is_typed_is_shown_as_text_never_as_markup(stranger):
    evil = '"><img src=x onerror=alert(1)>{{7*7}}'
    stranger.open("/sign-up")
    stranger.press("Sign up", name=evil, email="x", password="y")
    assert stranger.field("name")["value"] == evil
    assert not stranger.page.all("img")
    stranger.open("/verify/" + "%22%3E%3Cimg%20src=x%3E")
    assert not stranger.page.all("img")
    stranger.open("/verify?code=%3Cscript%3Ealert(1)%3C/script%3E")
    assert not [e for e in stranger.page.all("script") if e.text]


def test_a_name_that_looks_like_markup_is_a_name_on_every_page(site, study, cast, authored):
    study.publish(authored)
    eve = cast.person("<b>Eve</b> & <script>", "eve@union.example")
    study.finish(eve, "small")
    visitor = Visitor(eve.browser())
    for path in ("/account", "/courses/small/certificate"):
        visitor.open(path)
        assert "<b>Eve" not in visitor.response.text
    assert "<b>Eve</b> & <script>" in visitor.text
    visitor.follow("See what others see")
    assert "<b>Eve</b> & <script>" in visitor.text
    visitor.open("/courses/small/certificate.pdf")
    assert visitor.response.data.startswith(b"%PDF-")


@pytest.fixture
def asked(study, alice, authored) -> Visitor:
    """Alice at the first question of an attempt that asks one of each kind."""
    authored.ask_everything()
    study.publish(authored)
    study.enroll(alice, "small")
    visitor = Visitor(alice.browser())
    visitor.open("/courses/small/quizzes/first")
    visitor.press("Start the quiz")
    return visitor


WRONG_ANSWERS: Final = [
    # Where in the quiz, into which field of the question, what, and the words beside it.
    (1, "", "no-such-option", "Choose one of the options shown."),
    (2, "", "no-such-option", "Choose one of the options shown."),
    (3, "", "perhaps", "Choose one of the options shown."),
    (4, ".cat", "no-such-place", "Choose from the options shown."),
    (5, ".eleven", "prime", "Choose from the options shown."),
    (6, ".war", "5", "Choose from the places shown."),
    (7, "", "very many", "Write a number in digits"),
    (7, "", "12 buckets", "Write the number with no unit, or with one of: grains, sacks."),
    (8, "", "x" * 501, "Use at most 500 characters."),
    (8, "", "a\u0007b", "a character that cannot be used"),
    (9, ".gross", "a dozen dozens", "Write a number in digits"),
    (9, ".origin", "nowhere", "Choose one of the options shown."),
    (10, "", "x" * 301, "Use at most 300 characters."),
]


@pytest.mark.parametrize(("place", "item", "wrong", "words"), WRONG_ANSWERS)
def test_a_question_answered_with_what_cannot_be_says_so_beside_its_fields(
    site, asked, place, item, wrong, words
):
    question = f"{asked.path.rpartition('/')[0]}/{place}"
    asked._show(asked.browser.submit(question, **{f"q{place}{item}": wrong}, go="next"))
    assert asked.status == 422
    (fieldset,) = asked.page.all("fieldset")
    assert fieldset["aria-invalid"] == "true"
    described = [asked.page.by_id(name) for name in fieldset["aria-describedby"].split()]
    (sentence,) = [e for e in described if "error" in e.get("class").split()]
    assert words in sentence.text
    assert site.scalar("SELECT count(*) FROM response") == 0


@pytest.mark.parametrize(
    ("place", "item", "wrong"),
    [(7, "", "very many"), (8, "", "x" * 501), (9, ".gross", "a dozen"), (10, "", "y" * 301)],
)
def test_what_was_typed_into_a_question_is_still_there_to_be_mended(asked, place, item, wrong):
    question = f"{asked.path.rpartition('/')[0]}/{place}"
    asked._show(asked.browser.submit(question, **{f"q{place}{item}": wrong}, go="next"))
    field = asked.field(f"q{place}{item}")
    assert (field.text if field.tag == "textarea" else field["value"]) == wrong


def test_a_page_of_all_questions_saves_the_rest_and_says_which_one_needs_another_look(site, asked):
    everything = f"{asked.path.rpartition('/')[0]}"
    asked._show(
        asked.browser.submit(everything, q1="least", q7="very many", q8="fifteen", go="next")
    )
    assert asked.status == 422
    assert "One answer needs another look. The others are saved." in asked.text
    wrong = [e for e in asked.page.all("fieldset") if e.get("aria-invalid") == "true"]
    assert [e["data-name"] for e in wrong] == ["q7"]
    assert asked.field("q7")["value"] == "very many"
    assert site.scalar("SELECT count(*) FROM response") == 2


def test_a_lesson_question_answered_with_what_cannot_be_says_so_in_its_place(
    site, study, alice, authored
):
    study.publish(authored)
    study.enroll(alice, "small")
    visitor = Visitor(alice.browser())
    visitor.open("/courses/small/lessons/go-on")
    place = PRACTICE.index("how-many") + 1
    visitor._show(
        visitor.browser.submit(
            "/courses/small/lessons/go-on/questions/how-many", **{f"q{place}": "many"}
        )
    )
    assert visitor.status == 422
    section = visitor.page.by_id("practice-how-many")
    (fieldset,) = section.all("fieldset")
    assert fieldset["aria-invalid"] == "true"
    errors = [e for e in section if "error" in e.get("class").split()]
    assert [e.text for e in errors] == ["Write a number in digits, for example 12.5."]
    assert visitor.field(f"q{place}")["value"] == "many"
    # Nowhere else on the page is anything said to be wrong.
    assert len([e for e in visitor.page if "aria-invalid" in e.attributes]) == 1
    assert site.scalar("SELECT count(*) FROM practice_response") == 0
