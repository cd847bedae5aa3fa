"""Bringing questions in and taking them out: through the service, the API, the pages and the command line."""

from __future__ import annotations

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from click.testing import CliRunner

from courseapp.core.errors import NotFound
from courseapp.interop.questions.authored import Defaults
from courseapp.interop.questions.cli import questions as questions_command
from courseapp.interop.questions.errors import ContentNotWritable, ImportHasProblems, UnknownFormat
from courseapp.interop.questions.formats import FORMATS
from courseapp.interop.questions.service import apply_import, export_quiz, plan_import
from courseapp.interop.questions.types import Severity
from tests.authoring import FINAL, PIXEL, QUIZ

DEFAULTS = Defaults("count", "A dictionary (2020)", "Because it is so.")
TWO = b"""\
How many is a pair?
A. two
B. three
ANSWER: A

Which one is even?
A) one
B) four
ANSWER: B
"""
HERE = "/courses/small/quizzes/first"


def plan(authored, content=TWO, format_name="aiken", quiz="first", defaults=DEFAULTS):
    return plan_import(authored.root, "small", quiz, format_name, content, defaults)


def apply(authored, content=TWO, format_name="aiken", quiz="first", defaults=DEFAULTS):
    return apply_import(authored.root, "small", quiz, format_name, content, defaults)


def keys_in(authored, name=QUIZ):
    return [question["key"] for question in yaml.safe_load(authored.text(name))["questions"]]


def test_looking_says_what_each_question_becomes_and_writes_nothing(authored):
    before = authored.text(QUIZ)
    found = plan(authored)
    assert [(q.line, q.name, q.key, q.kind) for q in found.questions] == [
        (1, "How many is a pair?", "how-many-is-a-pair", "single_choice"),
        (6, "Which one is even?", "which-one-is-even", "single_choice"),
    ]
    assert (found.taken, found.problems) == (2, [])
    assert [entry["key"] for entry in yaml.safe_load(found.yaml)] == keys_of(found)
    assert authored.text(QUIZ) == before


def keys_of(found):
    return [entry["key"] for entry in found.entries]


def test_applied_the_questions_stand_in_the_quiz_file_and_are_content(authored):
    before = authored.text(QUIZ)
    apply(authored)
    assert authored.text(QUIZ).startswith(before)
    assert keys_in(authored)[-2:] == ["how-many-is-a-pair", "which-one-is-even"]
    assert authored.problems() == []


def test_the_same_file_again_adds_nothing(authored):
    apply(authored)
    again = apply(authored)
    # Aiken has no keys of its own: by their words alone they are two more.
    assert again.taken == 2
    exported = export_quiz(authored.root, "small", "first", "moodle-xml").content
    export_stays = authored.text(QUIZ)
    third = apply(authored, exported, "moodle-xml")
    assert third.taken == 0
    assert sum(question.is_there for question in third.questions) >= 11
    assert authored.text(QUIZ) == export_stays


@pytest.mark.parametrize("format_name", sorted(set(FORMATS) - {"aiken"}))
def test_what_leaves_in_a_format_comes_back_into_another_quiz_the_same(authored, format_name):
    authored.add_final_quiz()
    exported = export_quiz(authored.root, "small", "first", format_name)
    refused = {r.about for r in exported.remarks if r.severity is Severity.REFUSED}
    authored.put(FINAL, authored.text(QUIZ).split("questions:")[0].replace("first", "final") + ONE)
    defaults = Defaults("first/count", "A dictionary (2020)", "Because it is so.")
    apply(authored, exported.content, format_name, quiz="final", defaults=defaults)
    lossy = {r.about for r in exported.remarks if "practice" not in r.message}
    there = {
        q["key"]: q
        for q in yaml.safe_load(authored.text(QUIZ))["questions"]
        if q["key"] not in lossy
    }
    assert len(there) >= 5
    here = {q["key"]: q for q in yaml.safe_load(authored.text(FINAL))["questions"]}
    assert refused <= {"fill-in", "in-order"}
    for key, question in there.items():
        for name in set(question) - {"objective", "source", "use"}:
            assert without_keys(here[key][name]) == without_keys(question[name]), (key, name)


def without_keys(value):
    """Return a field of an entry without the keys within it: not every format carries them.

    Categories are shuffled when they are shown; their order in a file means nothing.
    """
    if not isinstance(value, list):
        return value.strip() if isinstance(value, str) else value
    parts = [{name: inner for name, inner in part.items() if name != "key"} for part in value]
    return sorted(parts, key=str) if all(set(part) == {"text"} for part in parts) else parts


ONE = """\
questions:
  - key: the-first-one
    kind: true_false
    objective: first/tell
    prompt: One is a number.
    answer: true
    explanation: It is.
    source: "A dictionary (2020)"
  - key: the-second-one
    kind: true_false
    objective: first/count
    prompt: Two is a number.
    answer: true
    explanation: It is.
    source: "A dictionary (2020)"
"""


def test_another_question_with_the_same_key_is_left_as_it_is(authored):
    exported = export_quiz(authored.root, "small", "first", "moodle-xml").content
    before = authored.text(QUIZ)
    authored.change(QUIZ, "What is a floor?", "What is the floor?")
    found = apply(authored, exported, "moodle-xml")
    refused = {q.name: q.remarks[0].message for q in found.questions if q.remarks}
    assert refused["floor-is"] == (
        "the quiz has another question with the key floor-is: that one stays"
    )
    assert authored.text(QUIZ) == before.replace("What is a floor?", "What is the floor?")


def test_a_question_that_cannot_be_taken_is_listed_with_its_line_and_the_others_are_taken(authored):
    content = TWO + b"\nOnly one option?\nA. yes\nANSWER: A\n"
    found = apply(authored, content)
    refused = [question for question in found.questions if question.kind is None]
    assert [(question.line, question.key) for question in refused] == [(13, None)]
    assert refused[0].remarks[0].severity is Severity.REFUSED
    assert found.taken == 2


def test_without_an_explanation_nothing_is_taken(authored):
    found = plan(authored, defaults=Defaults("count", "A dictionary (2020)"))
    assert found.taken == 0
    assert {q.remarks[0].message for q in found.questions} == {
        "it has no explanation: give one for all such questions"
    }


def test_what_would_not_be_content_is_not_written(authored):
    before = authored.text(QUIZ)
    with pytest.raises(ImportHasProblems) as refused:
        apply(authored, defaults=Defaults("juggle", "A dictionary", "So it is."))
    messages = {problem.message for problem in refused.value.problems}
    assert "module.yaml has no objective juggle" in messages
    assert "the source line of how-many-is-a-pair needs a year" in messages
    assert authored.text(QUIZ) == before


def test_problems_that_were_there_before_are_no_obstacle(authored):
    authored.change(QUIZ, "ILO, Recommendation No. 202 (2012)", "ILO, Recommendation No. 202")
    assert apply(authored).taken == 2


def test_a_picture_comes_to_lie_beside_the_lessons_under_a_name_of_its_own(authored):
    content = moodle_question_with_picture(PIXEL)
    apply(authored, content, "moodle-xml")
    (entry,) = plan_entries(authored)
    assert "![a grey pixel](pixel.png)" in entry["prompt"]
    other = PIXEL + b"more"
    apply(authored, moodle_question_with_picture(other, name="another"), "moodle-xml")
    assert (authored.root / "modules/small/first/pixel-2.png").read_bytes() == other
    assert authored.problems() == []


def plan_entries(authored):
    return [q for q in yaml.safe_load(authored.text(QUIZ))["questions"] if "pixel" in q["prompt"]]


def moodle_question_with_picture(picture, name="pictured"):
    encoded = base64.b64encode(picture).decode()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz><question type="truefalse">
  <name><text>{name}</text></name>
  <questiontext format="html"><text><![CDATA[<p>Is this grey?
    <img src="@@PLUGINFILE@@/pixel.png" alt="a grey pixel"></p>]]></text>
    <file name="pixel.png" path="/" encoding="base64">{encoded}</file></questiontext>
  <answer fraction="100"><text>true</text></answer>
  <answer fraction="0"><text>false</text></answer>
</question></quiz>""".encode()


def test_the_final_quiz_takes_no_picture(authored):
    authored.add_final_quiz()
    defaults = Defaults("first/count", "A dictionary (2020)", "So it is.")
    found = plan(authored, moodle_question_with_picture(PIXEL), "moodle-xml", "final", defaults)
    assert found.taken == 0
    assert found.questions[0].remarks[0].message.startswith("it shows a picture")


def test_imports_at_the_same_moment_take_turns(authored):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: apply(authored), range(8)))
    keys = keys_in(authored)
    assert len(keys) == len(set(keys))
    assert sum(key.startswith("how-many-is-a-pair") for key in keys) == 8
    assert authored.problems() == []


def test_a_folder_that_cannot_be_written_is_told_about(authored, monkeypatch):
    def full(*_args, **_options):
        raise OSError("no space left on device")

    before = authored.text(QUIZ)
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(ContentNotWritable):
        apply(authored)
    assert authored.text(QUIZ) == before


def test_formats_and_quizzes_that_there_are_not_are_named(authored):
    with pytest.raises(UnknownFormat):
        plan(authored, format_name="telepathy")
    with pytest.raises(NotFound):
        plan(authored, quiz="second")


def test_practice_questions_leave_with_a_warning(authored):
    exported = export_quiz(authored.root, "small", "first", "moodle-xml")
    practice = [
        question["key"]
        for question in yaml.safe_load(authored.text(QUIZ))["questions"]
        if question.get("use") == "practice"
    ]
    warned = {remark.about for remark in exported.remarks if "practice" in remark.message}
    assert warned == set(practice)


# --- the doors ---


@pytest.fixture
def content(site, study, authored, monkeypatch):
    """The small course published, and the site reading its files."""
    study.publish(authored)
    monkeypatch.setitem(site.app.config, "CONTENT_DIR", authored.root)
    return authored


QUERY = "?format=aiken&objective=count&source=A+dictionary+(2020)&explanation=So+it+is."


def post_file(api, query, content=TWO):
    return api.request(
        "POST",
        f"{HERE}/question-imports{query}",
        data=content,
        content_type="application/octet-stream",
    )


def test_the_api_looks_first_and_adds_on_request(site, content, cast):
    api = cast.dana.api()
    looked = post_file(api, QUERY)
    assert looked.status_code == 200, looked.text
    assert (looked.json["applied"], looked.json["taken"]) == (False, 2)
    assert [q["kind"] for q in looked.json["questions"]] == ["single_choice"] * 2
    assert "how-many-is-a-pair" not in content.text(QUIZ)
    applied = post_file(api, QUERY + "&apply=true")
    assert (applied.json["applied"], applied.json["taken"]) == (True, 2)
    assert "how-many-is-a-pair" in content.text(QUIZ)
    (details,) = [
        row[0]
        for row in site.execute(
            "SELECT details FROM audit_event WHERE action = 'questions.imported'"
        )
    ]
    details = json.loads(details) if isinstance(details, str) else details
    assert (details["taken"], details["quiz"]) == (2, "first")


def test_the_api_gives_out_what_it_can_take_back(content, cast):
    api = cast.dana.api()
    exported = api.get(f"{HERE}/questions?format=moodle-xml")
    assert exported.status_code == 200
    assert 'filename="first.xml"' in exported.headers["Content-Disposition"]
    again = post_file(api, QUERY.replace("aiken", "moodle-xml"), exported.data)
    assert again.json["taken"] == 0
    assert sum(question["is_there"] for question in again.json["questions"]) >= 7


def test_nobody_but_an_administrator_comes_near(site, content, cast):
    for person in (cast.alice, cast.chen):
        api = person.api()
        assert post_file(api, QUERY).status_code == 404
        assert api.get(f"{HERE}/questions?format=gift").status_code == 404
        browser = person.browser()
        for path in ("", "/small/first", "/small/first/gift"):
            assert browser.get(f"/teaching/questions{path}").status_code == 404
    assert post_file(site.api(), QUERY).status_code == 401


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        (QUERY.replace("aiken", "telepathy"), TWO, 422),
        (QUERY.replace("count", "juggle") + "&apply=true", TWO, 422),
        (QUERY.replace("aiken", "moodle-xml"), b"<quiz><question", 422),
        (QUERY.replace("aiken", "moodle-xml"), b"\x00\x01\x02\x03", 422),
        (QUERY, b"x" * (21 * 1024 * 1024), 413),
        ("", TWO, 422),
    ],
)
def test_a_file_that_is_none_gets_a_clear_answer_and_changes_nothing(
    content, cast, query, body, status
):
    before = content.text(QUIZ)
    answer = post_file(cast.dana.api(), query, body)
    assert answer.status_code == status, answer.text
    assert answer.json["title"]
    assert content.text(QUIZ) == before


def test_the_page_shows_what_the_file_holds_and_adds_it(content, cast):
    browser = cast.dana.browser()
    assert "Bring in" in browser.get("/teaching/questions").text
    fields = {
        "format": "aiken",
        "objective": "count",
        "source": "A dictionary (2020)",
        "explanation": "So it is.",
    }
    looked = browser.submit(
        "/teaching/questions/small/first", **fields, apply="0", file=(io.BytesIO(TWO), "two.txt")
    )
    assert looked.status_code == 200
    assert "2 questions can be taken." in looked.text
    assert "how-many-is-a-pair" not in content.text(QUIZ)
    browser.submit(
        "/teaching/questions/small/first", **fields, apply="1", file=(io.BytesIO(TWO), "two.txt")
    )
    assert "how-many-is-a-pair" in content.text(QUIZ)
    without = browser.submit("/teaching/questions/small/first", **fields, apply="0")
    assert without.status_code == 422
    assert "Choose a file." in without.text
    broken = browser.submit(
        "/teaching/questions/small/first",
        **{**fields, "format": "moodle-xml"},
        apply="0",
        file=(io.BytesIO(b"<quiz>"), "broken.xml"),
    )
    assert broken.status_code == 422
    assert "This file cannot be read." in broken.text
    assert browser.get("/teaching/questions/small/first/gift").status_code == 200
    assert browser.get("/teaching/questions/small/first/telepathy").status_code == 404
    assert browser.get("/teaching/questions/small/second").status_code == 404


def test_the_command_line_looks_first_and_adds_on_request(site, content, tmp_path):
    file = tmp_path / "two.txt"
    file.write_bytes(TWO)
    given = [
        "import",
        "aiken",
        str(file),
        "--course",
        "small",
        "--quiz",
        "first",
        "--objective",
        "count",
        "--source",
        "A dictionary (2020)",
        "--explanation",
        "So it is.",
    ]
    run = CliRunner()
    looked = run.invoke(questions_command, given, obj=lambda: site.app)
    assert looked.exit_code == 0, looked.output
    assert "line 1: How many is a pair?: single_choice, key how-many-is-a-pair" in looked.output
    assert "2 questions would be added, 0 are there already, 0 refused." in looked.output
    assert "how-many-is-a-pair" not in content.text(QUIZ)
    applied = run.invoke(questions_command, [*given, "--apply"], obj=lambda: site.app)
    assert "2 questions added" in applied.output
    out = tmp_path / "out.gift"
    exported = run.invoke(
        questions_command,
        ["export", "gift", str(out), "--course", "small", "--quiz", "first"],
        obj=lambda: site.app,
    )
    assert exported.exit_code == 0, exported.output
    assert "How many is a pair?" in out.read_text(encoding="utf-8")
    wrong = run.invoke(
        questions_command,
        ["export", "gift", str(out), "--course", "small", "--quiz", "second"],
        obj=lambda: site.app,
    )
    assert wrong.exit_code == 1
    assert "Error: There is no such quiz" in wrong.output
