"""Every page that there is, in every state in which it looks different: who opens it, and what she does there.

A new page is added to SCENES; until it is, `test_every_page_of_the_site_is_walked` fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page, expect

from courseapp.assessment.kinds import KINDS
from tests.browser.world import (
    ADMINISTRATOR,
    FORMER,
    GRADUATE,
    JUDGED,
    LEARNER,
    NEWCOMER,
    PARTICIPANT,
    STRANGER,
    TEACHER,
    UNNAMED,
    WAITING,
    WORKSHOP,
    WORKSHOP_QUIZ,
    World,
)
from tests.studying import COURSE

Values = Callable[[World], Mapping[str, Any]]
Act = Callable[[Page], None]

# Views that answer GET with something else than a page of their own.
NO_PAGES: Final = frozenset(
    {
        "api-docs.openapi_json",
        "assessment.attempt",  # leads to a question, the overview or the review
        "catalog.picture",
        "branding.specimen",
        "credentials.download",
        "credentials.download_certificate",
        "learning.continue_course",  # leads to where the learner stopped
        "ops.health",
        "published.badge",
        "published.did",
        "published.keys",
        "published.status_list",
        "questions.export_questions",
        "reporting.download_data",
        "static",
        "teaching_certificates.sheet",
        "verifying.credential",
        "verifying.revocations",
    }
)


def nothing(_: Any) -> dict[str, Any]:
    return {}


def just_look(_page: Page) -> None:
    pass


@dataclass(frozen=True)
class Scene:
    """A page in one of its states. `values` fill its address; `act` is what she does before it is looked at."""

    name: str
    who: str
    endpoint: str
    values: Values = nothing
    act: Act = just_look
    status: int = 200

    def path(self, world: World) -> str:
        """Return the page's address, without the server's."""
        return world.server.site.app.url_map.bind("").build(self.endpoint, self.values(world))


def in_course(**values: Callable[[World], str]) -> Values:
    """Return what fills the address of something in the course."""
    return lambda world: {
        "course_key": COURSE,
        **{name: find(world) for name, find in values.items()},
    }


def module(number: int) -> Values:
    return in_course(module_key=lambda world: world.course.modules[number].key)


def first_lesson(number: int) -> Values:
    return in_course(lesson_key=lambda world: world.course.modules[number].lessons[0].key)


def lesson_with(html: str) -> Values:
    return in_course(lesson_key=lambda world: world.lesson_with(html))


def quiz(number: int) -> Values:
    return in_course(quiz_key=lambda world: world.course.modules[number].quiz.key)


def question_of(kind: str) -> Values:
    return lambda world: {"attempt_id": world.open_attempt, "position": world.question_of(kind)}


def in_workshop(**values: Any) -> Values:
    """Return what fills the address of something in the workshop."""
    return lambda _: {"course_key": WORKSHOP, **values}


workshop_quiz: Final = in_workshop(quiz_key=WORKSHOP_QUIZ)
final_quiz: Final = in_course(quiz_key=lambda _: "final")


def the_timed(world: World) -> dict[str, Any]:
    return {"attempt_id": world.timed_attempt}


def first_of_the_timed(world: World) -> dict[str, Any]:
    return {**the_timed(world), "position": 1}


def workshop_question_of(kind: str) -> Values:
    return lambda world: {**the_timed(world), "position": world.workshop_question_of(kind)}


def waiting(world: World) -> dict[str, Any]:
    return {"attempt_id": world.waiting_attempt}


def hers_in(number: int) -> Values:
    """Return what fills the address of the learner in a module's quiz, as who teaches sees her."""
    return lambda world: {
        "enrollment_id": world.learners_enrollment,
        "quiz_key": world.course.modules[number].quiz.key,
    }


def refused(button: str, typed: Mapping[str, str], in_section: str = "") -> Act:
    """Type what is given, by label, press a button, and wait for the page that says what is wrong."""

    def act(page: Page) -> None:
        part = page.get_by_role("region", name=in_section) if in_section else page.locator("main")
        for label, text in typed.items():
            part.get_by_label(label).fill(text)
        part.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()

    return act


def choose_the_first(page: Page) -> None:
    page.locator("label.option").first.click()
    expect(page.get_by_role("status")).to_have_text("Saved")


def choose_what_is_not_offered(page: Page) -> None:
    """Send an option that the question does not have, as a page from before a change might."""
    page.get_by_role("radio").first.evaluate(
        "radio => { radio.value = '?'; radio.checked = true; }"
    )
    page.get_by_role("button", name="Save and").click()
    expect(page.get_by_role("group")).to_have_attribute("aria-invalid", "true")


def type_no_number(page: Page) -> None:
    """Answer the question about grains with words, unnoticed by the page, and send the form."""
    question = page.get_by_role("group", name="How many grains are in the jar?")
    question.get_by_role("textbox").evaluate("field => { field.value = 'a great many'; }")
    question.get_by_role("textbox").press("Enter")
    expect(question).to_have_attribute("aria-invalid", "true")


def administering(values: Values = nothing) -> Values:
    """Fill an address that only the administrator of the site can open; from then on there is one."""

    def fill(world: World) -> Mapping[str, Any]:
        world.appoint_the_administrator()
        return values(world)

    return fill


def bring_in_what_is_none(page: Page) -> None:
    page.get_by_label("File").set_input_files(
        {"name": "none.xml", "mimeType": "application/xml", "buffer": b"<nothing"}
    )
    page.get_by_label("Format").select_option("moodle-xml")
    page.get_by_label("Source").fill("Made up (2026)")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("alert")).to_be_visible()


def save_the_profile(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


EMAIL: Final = "E-mail address"
ANYBODYS: Final = (
    Scene("home", STRANGER, "learning.home"),
    Scene("course", STRANGER, "learning.course", in_course()),
    *(Scene(f"module {n + 1}", STRANGER, "learning.module", module(n)) for n in range(5)),
    Scene("glossary", STRANGER, "catalog.glossary", in_course()),
    Scene("privacy", STRANGER, "learning.privacy"),
    Scene("api docs", STRANGER, "openapi.docs"),
    Scene("error", STRANGER, "learning.course", lambda _: {"course_key": "none"}, status=404),
    Scene("verify", STRANGER, "verifying.verify_form"),
    Scene(
        "verify mistyped", STRANGER, "verifying.verify_code", lambda _: {"code": "A B"}, status=404
    ),
    Scene("verify valid", STRANGER, "verifying.verify_code", lambda w: {"code": w.valid_code}),
    Scene("verify revoked", STRANGER, "verifying.verify_code", lambda w: {"code": w.revoked_code}),
    Scene("verify erased", STRANGER, "verifying.verify_code", lambda w: {"code": w.erased_code}),
)


def form(
    name: str,
    endpoint: str,
    button: str,
    typed: Mapping[str, str],
    values: Values = nothing,
) -> tuple[Scene, Scene]:
    """Return the scenes of a stranger's form: as it is opened, and with errors."""
    return (
        Scene(name, STRANGER, endpoint, values),
        Scene(f"{name} with errors", STRANGER, endpoint, values, refused(button, typed), 422),
    )


BECOMING_SOMEBODY: Final = (
    *form("sign-up", "accounts.sign_up", "Sign up", {EMAIL: "nobody", "Password": "short"}),
    *form("sign-in", "accounts.sign_in", "Sign in", {}),
    Scene(
        "sign-in refused",
        STRANGER,
        "accounts.sign_in",
        act=refused("Sign in", {EMAIL: "nobody@union.example", "Password": "not this one"}),
        status=401,
    ),
    *form("forgotten password", "accounts.forgotten_password", "Send the link", {EMAIL: "nobody"}),
    *form(
        "first administrator",
        "accounts.use_link",
        "Become the administrator",
        {EMAIL: "nobody"},
        lambda world: {"token": world.first_administrator_token},
    ),
    *form(
        "set a password",
        "accounts.use_link",
        "Set the password and sign in",
        {"New password": "short"},
        lambda world: {"token": world.set_password_token},
    ),
    Scene("sign in by a link", STRANGER, "accounts.use_link", lambda w: {"token": w.sign_in_token}),
    Scene("link is over", STRANGER, "accounts.use_link", lambda _: {"token": "over"}, status=404),
)
LEARNING: Final = (
    Scene("home signed in", LEARNER, "learning.home"),
    Scene("my courses empty", NEWCOMER, "learning.my_courses"),
    Scene("my courses on the way", LEARNER, "learning.my_courses"),
    Scene("my courses complete", GRADUATE, "learning.my_courses"),
    Scene("course not started", NEWCOMER, "learning.course", in_course()),
    Scene("course on the way", LEARNER, "learning.course", in_course()),
    Scene("course complete", GRADUATE, "learning.course", in_course()),
    Scene("module not started", NEWCOMER, "learning.module", module(0)),
    Scene("module on the way", LEARNER, "learning.module", module(0)),
    # One in each module's colour.
    *(Scene(f"lesson {n + 1}", LEARNER, "learning.lesson", first_lesson(n)) for n in range(5)),
    Scene("lesson with a table", LEARNER, "learning.lesson", lesson_with("<table>")),
    Scene("lesson with a chart", LEARNER, "learning.lesson", lesson_with('class="chart"')),
    Scene("lesson with questions", LEARNER, "learning.lesson", lesson_with("<!--question ")),
    # Every kind, some of them answered.
    Scene(
        "lesson with every question", LEARNER, "learning.lesson", in_workshop(lesson_key="go-on")
    ),
    Scene(
        "lesson with a question refused",
        LEARNER,
        "learning.lesson",
        in_workshop(lesson_key="go-on"),
        type_no_number,
        422,
    ),
)
QUIZ: Final = (
    Scene("quiz first time", LEARNER, "assessment.quiz", quiz(1)),
    Scene("quiz with attempts", LEARNER, "assessment.quiz", quiz(0)),
    Scene("quiz with a pause", LEARNER, "assessment.quiz", final_quiz),
    Scene("quiz with a time limit", PARTICIPANT, "assessment.quiz", workshop_quiz),
    Scene("quiz without attempts left", WAITING, "assessment.quiz", workshop_quiz),
    *(
        Scene(f"question {kind}", LEARNER, "assessment.question", question_of(kind))
        for kind in sorted(set(KINDS) - {"short_text", "free_text"})
    ),
    *(
        Scene(
            f"question {kind} against the clock",
            PARTICIPANT,
            "assessment.question",
            workshop_question_of(kind),
        )
        for kind in sorted(set(KINDS) - {"single_choice"})
    ),
    Scene("question explained", PARTICIPANT, "assessment.question", first_of_the_timed),
    Scene("questions on one page", PARTICIPANT, "assessment.questions", the_timed),
    Scene(
        "questions on one page refused",
        PARTICIPANT,
        "assessment.questions",
        the_timed,
        type_no_number,
        422,
    ),
    Scene("overview against the clock", PARTICIPANT, "assessment.overview", the_timed),
    Scene(
        "question refused",
        LEARNER,
        "assessment.question",
        question_of("single_choice"),
        choose_what_is_not_offered,
        422,
    ),
    Scene(
        "question answered",
        LEARNER,
        "assessment.question",
        question_of("multiple_choice"),
        choose_the_first,
    ),
    Scene(
        "overview", LEARNER, "assessment.overview", lambda world: {"attempt_id": world.open_attempt}
    ),
    Scene(
        "review failed",
        LEARNER,
        "assessment.review",
        lambda world: {"attempt_id": world.failed_attempt},
    ),
    Scene(
        "review passed",
        GRADUATE,
        "assessment.review",
        lambda world: {"attempt_id": world.passed_attempt},
    ),
    Scene(
        "review that waits",
        WAITING,
        "assessment.review",
        lambda world: {"attempt_id": world.waiting_attempt},
    ),
    Scene(
        "review judged and corrected",
        JUDGED,
        "assessment.review",
        lambda world: {"attempt_id": world.judged_attempt},
    ),
    Scene("certificate missing", LEARNER, "credentials.certificate", in_course()),
    Scene("certificate earned", GRADUATE, "credentials.certificate", in_course()),
    Scene("certificate revoked", FORMER, "credentials.certificate", in_course()),
)


def code_of(which: str) -> Values:
    """Return what fills the address of a certificate: valid, revoked, replaced or erased."""
    return lambda world: {"code": getattr(world, f"{which}_code")}


def of_cohort(world: World) -> dict[str, Any]:
    return {"cohort_id": world.cohort_id}


def of_the_unnamed(world: World) -> dict[str, Any]:
    return {"enrollment_id": world.unnamed_enrollment}


def type_a_text_that_is_no_certificate(page: Page) -> None:
    page.get_by_label("File").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"no certificate"}
    )
    page.get_by_role("button", name="Check the file", exact=True).click()
    expect(page.get_by_role("heading", name="Do not rely on this")).to_be_visible()


CERTIFICATES: Final = (
    Scene("my certificates", GRADUATE, "credentials.certificates"),
    Scene("my certificates empty", NEWCOMER, "credentials.certificates"),
    Scene("own certificate", GRADUATE, "credentials.own_certificate", code_of("valid")),
    Scene("own certificate revoked", FORMER, "credentials.own_certificate", code_of("revoked")),
    Scene("certificate before the name", UNNAMED, "credentials.certificate", in_course()),
    Scene(
        "shared certificate",
        STRANGER,
        "credentials.shared",
        lambda world: {"token": world.share_token},
    ),
    Scene("verify replaced", STRANGER, "verifying.verify_code", code_of("replaced")),
    Scene(
        "verify a file",
        STRANGER,
        "verifying.verify_file_form",
        act=type_a_text_that_is_no_certificate,
    ),
    Scene("verify a file, empty", STRANGER, "verifying.verify_file_form"),
    Scene("verify offline", STRANGER, "verifying.offline_page"),
    Scene("certificates", TEACHER, "teaching_certificates.index"),
    Scene("certificates of a cohort", TEACHER, "teaching_certificates.cohort", of_cohort),
    Scene("certificates of a course", TEACHER, "teaching_certificates.course", in_course()),
    Scene("certificates of a learner", TEACHER, "teaching_certificates.learner", of_the_unnamed),
    Scene("certificate taught", TEACHER, "teaching_certificates.certificate", code_of("valid")),
    Scene(
        "certificate taught, replaced",
        TEACHER,
        "teaching_certificates.certificate",
        code_of("replaced"),
    ),
    Scene(
        "branding",
        TEACHER,
        "branding.organization",
        lambda world: {"organization_id": world.union_id},
    ),
    Scene(
        "branding refused",
        TEACHER,
        "branding.organization",
        lambda world: {"organization_id": world.union_id},
        refused("Preview", {"Colour": "#ffff00"}),
        422,
    ),
    Scene(
        "branding preview",
        TEACHER,
        "branding.preview",
        lambda world: {"branding_id": world.branding_id},
    ),
)
PASSWORDS: Final = {"Present password": "not this one", "New password": "short"}
ACCOUNT: Final = (
    Scene("account", LEARNER, "accounts.account"),
    Scene("account saved", LEARNER, "accounts.account", act=save_the_profile),
    *(
        Scene(
            f"account refused: {section}",
            LEARNER,
            "accounts.account",
            act=refused(button, typed, section),
            status=422,
        )
        for section, button, typed in (
            ("Name and language", "Save", {"Your name": ""}),
            ("Password", "Change the password", PASSWORDS),
            ("Delete my account", "Delete my account", {}),
        )
    ),
)
TEACHING: Final = (
    Scene("teaching", TEACHER, "teaching.index"),
    Scene("reviews", TEACHER, "teaching.reviews"),
    Scene("review sheet", TEACHER, "teaching.review", waiting),
    Scene(
        "review sheet refused",
        TEACHER,
        "teaching.review",
        waiting,
        refused("Save the points", {"Gives a reason": "7", "Names somebody": "0"}),
        422,
    ),
    Scene(
        "review sheet judged",
        TEACHER,
        "teaching.review",
        lambda world: {"attempt_id": world.judged_attempt},
    ),
    Scene("learners of a quiz", TEACHER, "teaching.learners", quiz(0)),
    Scene("learners of the workshop", TEACHER, "teaching.learners", workshop_quiz),
    Scene("a learner and a quiz", TEACHER, "teaching.learner", hers_in(0)),
    Scene(
        "a learner and a quiz refused",
        TEACHER,
        "teaching.learner",
        hers_in(0),
        refused("Grant", {"Minutes more": "many", "Reason": "no"}),
        422,
    ),
    Scene("statistics", TEACHER, "quiz_statistics.statistics", quiz(0)),
    Scene("statistics of too few", TEACHER, "quiz_statistics.statistics", quiz(2)),
)
# The last ones: when there is an administrator, the link for the first one is over.
ADMINISTERING: Final = (
    Scene("teaching as administrator", ADMINISTRATOR, "teaching.index", administering()),
    Scene("regrade", ADMINISTRATOR, "teaching.regrade", administering(workshop_quiz)),
    Scene(
        "regrade refused",
        ADMINISTRATOR,
        "teaching.regrade",
        administering(workshop_quiz),
        refused("Change 1 result", {"Reason": "no"}),
        422,
    ),
    Scene(
        "regrade with nothing to change",
        ADMINISTRATOR,
        "teaching.regrade",
        administering(quiz(0)),
    ),
    Scene("questions in and out", ADMINISTRATOR, "questions.exchange", administering()),
    Scene("questions brought in", ADMINISTRATOR, "questions.quiz", administering(quiz(0))),
    Scene(
        "questions that cannot be read",
        ADMINISTRATOR,
        "questions.quiz",
        administering(quiz(0)),
        bring_in_what_is_none,
        422,
    ),
)
SCENES: Final = (
    *ANYBODYS,
    *BECOMING_SOMEBODY,
    *LEARNING,
    *QUIZ,
    *ACCOUNT,
    *CERTIFICATES,
    *TEACHING,
    *ADMINISTERING,
)
