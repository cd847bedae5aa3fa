"""Moodle XML is read as Moodle reads it; what has no counterpart is said, and nothing of it is lost in silence."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest

from courseapp.interop.questions.answers import true_false
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.moodle_xml.read import read
from courseapp.interop.questions.moodle_xml.write import write
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Picture,
    Severity,
    TextEntry,
    Unit,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"a map"
# What Moodle writes for every question, whether somebody wanted it or not.
USUAL = """
  <name><text>A question</text></name>
  <generalfeedback format="html"><text></text></generalfeedback>
  <defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>
  <idnumber></idnumber>
  <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
  <partiallycorrectfeedback format="html"><text>Your answer is partially correct.</text>
  </partiallycorrectfeedback>
  <incorrectfeedback format="html"><text>Your answer is incorrect.</text></incorrectfeedback>
  <shownumcorrect/><tags></tags>
"""
PROMPT = '<questiontext format="html"><text>Who decides?</text></questiontext>'


def question(kind, body="", prompt=PROMPT, usual=USUAL):
    return f'<question type="{kind}">{usual}{prompt}{body}</question>'


def quiz(*questions):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>"
    ).encode()


def only(*parts, **named):
    """Return the one question of a file, which is taken without a remark."""
    reading = read(quiz(question(*parts, **named)))
    assert not reading.remarks
    [found] = reading.questions
    return found


def refusal(*parts, **named):
    """Return why the one question of a file is refused."""
    reading = read(quiz(question(*parts, **named)))
    assert not reading.questions
    [remark] = reading.remarks
    assert remark.severity is Severity.REFUSED
    assert (remark.line, remark.about) == (3, "A question")
    return remark.message


def changes(*parts, **named):
    """Return what is said of the one question of a file, which is taken."""
    reading = read(quiz(question(*parts, **named)))
    assert len(reading.questions) == 1
    assert all(remark.severity is Severity.CHANGED for remark in reading.remarks)
    return [remark.message for remark in reading.remarks]


def text(words, text_format="html"):
    return f'<questiontext format="{text_format}"><text>{words}</text></questiontext>'


def answer(words, fraction="0", feedback="", **elements):
    more = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return (
        f'<answer fraction="{fraction}" format="html"><text>{words}</text>'
        f'<feedback format="html"><text>{feedback}</text></feedback>{more}</answer>'
    )


# -- Sorts of questions -------------------------------------------------------------------------------


def test_a_choice_of_one():
    body = "<single>true</single><shuffleanswers>true</shuffleanswers>" + answer(
        "&lt;p&gt;the &lt;b&gt;members&lt;/b&gt;&lt;/p&gt;", "100", "Yes."
    )
    found = only("multichoice", body + answer("the works council", "33.33333") + answer("nobody"))
    assert found.prompt == "Who decides?"
    assert found.title == "A question"
    assert found.line == 3
    assert found.interaction == Choice(
        (Option("the **members**", 100, "Yes."), Option("the works council", 33), Option("nobody"))
    )


def test_a_choice_of_several_keeps_its_order_if_it_is_not_shuffled():
    body = "<single>false</single>" + answer("a", "50") + answer("b", "50") + answer("c", "-100")
    assert only("multichoice", body).interaction == Choice(
        (Option("a", 50), Option("b", 50), Option("c", -100)), many=True, shuffle=False
    )


@pytest.mark.parametrize("true_first", [True, False])
def test_true_and_false_are_known_by_their_words(true_first):
    answers = [answer("true", "0", "Look again."), answer("false", "100", "Quite so.")]
    body = "".join(answers if true_first else reversed(answers))
    assert only("truefalse", body).interaction == true_false(
        answer=False, if_true="Look again.", if_false="Quite so."
    )


def test_in_old_files_true_comes_first_in_any_language():
    body = answer("Vrai", "100", "Oui.") + answer("Faux", "0")
    assert only("truefalse", body).interaction == true_false(answer=True, if_true="Oui.")


def test_typed_words_with_and_without_wildcards():
    body = "<usecase>1</usecase>" + answer("solidar*", "100") + answer("unity", "50", "Nearly.")
    assert only("shortanswer", body).interaction == TextEntry(
        (Option("solidar*", 100), Option("unity", 50, "Nearly.")),
        case_sensitive=True,
        wildcards=True,
    )
    plain = only("shortanswer", answer("2 \\* 3 &lt; 7", "100")).interaction
    assert plain == TextEntry((Option("2 * 3 < 7", 100),))


def test_numbers_with_tolerance_and_units():
    units = (
        "<units><unit><multiplier>1000</multiplier><unit_name>g</unit_name></unit>"
        "<unit><multiplier>1</multiplier><unit_name>kg</unit_name></unit></units>"
        "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty><showunits>0</showunits>"
    )
    body = answer("1,5", "100", tolerance="0.25") + answer("1.5", "50", "Nearly.", tolerance="1")
    assert only("numerical", body + units).interaction == NumberEntry(
        (
            AcceptedNumber(Decimal("1.5"), Decimal("0.25")),
            AcceptedNumber(Decimal("1.5"), Decimal(1), 50, "Nearly."),
        ),
        (Unit("kg"), Unit("g", Decimal("0.001"))),
    )


@pytest.mark.parametrize("kind", ["matching", "match"])
def test_things_to_match_and_partners_of_nothing(kind):
    body = "<shuffleanswers>false</shuffleanswers>" + "".join(
        f'<subquestion format="html"><text>{text}</text><answer><text>{match}</text></answer></subquestion>'
        for text, match in [("C102", "Minimum &amp;lt; *[a]"), ("C183", "Maternity"), ("", "Wages")]
    )
    assert only(kind, body).interaction == Matching(
        (Pair("C102", "Minimum < \\*\\[a\\]"), Pair("C183", "Maternity")),
        ("Wages",),
        shuffle=False,
    )


def test_steps_come_in_the_order_of_the_file():
    body = "<selecttype>ALL</selecttype><selectcount>2</selectcount>" + answer("Hear", "1.0")
    assert only("ordering", body + answer("Draft", "2.0") + answer("Vote", "3.0")).interaction == (
        Ordering(("Hear", "Draft", "Vote"))
    )


def test_an_essay_with_a_rubric():
    body = (
        "<responseformat>editor</responseformat><responserequired>1</responserequired>"
        "<attachments>0</attachments><maxwordlimit></maxwordlimit><responsetemplate><text></text>"
        '</responsetemplate><graderinfo format="markdown"><text>- Names *the article* (2)\n'
        "- Gives a reason (1)</text></graderinfo>"
    )
    assert only("essay", body).interaction == Essay(
        (Criterion("Names *the article*", 2), Criterion("Gives a reason", 1))
    )


@pytest.mark.parametrize("kind", ["cloze", "multianswer"])
def test_gaps_of_every_sort(kind):
    prompt = text(
        "&lt;p&gt;C102 has {1:NUMERICAL:=9:0#Yes.~%50%9:1} branches; "
        "{1:MCS:=sickness~&lt;i&gt;tax&lt;/i&gt;#No.} is {:SHORTANSWER:=one~%50%un*} of "
        "{1:SAC:Them#?~=them}.&lt;/p&gt;"
    )
    found = only(kind, prompt=prompt)
    assert found.prompt == "C102 has [[gap-1]] branches; [[gap-2]] is [[gap-3]] of [[gap-4]]."
    assert found.interaction == Gaps(
        {
            "gap-1": NumberEntry(
                (
                    AcceptedNumber(Decimal(9), Decimal(0), 100, "Yes."),
                    AcceptedNumber(Decimal(9), Decimal(1), 50),
                )
            ),
            "gap-2": Choice((Option("sickness", 100), Option("tax", 0, "No."))),
            "gap-3": TextEntry((Option("one", 100), Option("un*", 50)), wildcards=True),
            "gap-4": TextEntry((Option("Them", 0, "?"), Option("them", 100)), case_sensitive=True),
        }
    )


@pytest.mark.parametrize(
    "name", ["MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"]
)
@pytest.mark.parametrize("shuffled", ["", "S"])
def test_every_way_to_show_a_choice_is_a_choice(name, shuffled):
    joint = "_" if shuffled and name == "MULTICHOICE" else ""
    prompt = text(f"a {{1:{name}{joint}{shuffled}:=b~c}}")
    assert only("cloze", prompt=prompt).interaction == Gaps(
        {"gap-1": Choice((Option("b", 100), Option("c")), shuffle=bool(shuffled))}
    )


@pytest.mark.parametrize(
    ("body", "credits"),
    [
        ("=a~=b~c", [50, 50, -50]),
        ("%100%a~%50%b~%0%c", [67, 33, 0]),
        ("=a~=b~%-20%c", [50, 50, -20]),
    ],
)
def test_several_right_options_share_the_point_of_a_gap(body, credits):
    gap = only("cloze", prompt=text(f"x {{1:MULTIRESPONSE_S:{body}}}")).interaction.gaps["gap-1"]
    assert gap.many
    assert gap.shuffle
    assert [option.credit for option in gap.options] == credits


def test_signs_in_gaps_mean_themselves_behind_a_backslash_or_as_entities():
    prompt = text(
        "<![CDATA[x {1:SA:=a\\}b\\#1&amp;#126;&#39;é&eacute;#say \\} &lt;b&gt;c&lt;/b&gt;}]]>"
    )
    assert only("cloze", prompt=prompt).interaction == Gaps(
        {"gap-1": TextEntry((Option("a}b#1&#126;'éé", 100, "say } **c**"),))}
    )


def test_words_that_look_like_a_gap_are_no_gap():
    found = only("cloze", prompt=text("See [[note]] and {1:SA:=a} and {1:XX:=b} and {1:SA"))
    assert found.prompt == "See [ \\[note\\]\\] and [[gap-1]] and {1:XX:=b} and {1:SA"


@pytest.mark.parametrize(
    ("kind", "element"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")]
)
def test_gaps_that_share_their_choices(kind, element):
    choices = "".join(
        f"<{element}><text>{words}</text><group>{group}</group></{element}>"
        for words, group in [("ten", 1), ("&lt;b&gt;nine&lt;/b&gt;", 1), ("law", 2), ("habit", 2)]
    )
    body = f"<shuffleanswers>1</shuffleanswers>{choices}"
    found = only(kind, body, prompt=text("It has [[2]] branches by [[3]]."))
    assert found.prompt == "It has [[gap-1]] branches by [[gap-2]]."
    assert found.interaction == Gaps(
        {
            "gap-1": Choice((Option("ten"), Option("nine", 100))),
            "gap-2": Choice((Option("law", 100), Option("habit"))),
        }
    )


# -- Texts and pictures -------------------------------------------------------------------------------

CHOICE = answer("a", "100") + answer("b")


@pytest.mark.parametrize(
    ("words", "text_format", "markdown"),
    [
        ("&lt;p&gt;a *b* &lt;b&gt;c&lt;/b&gt;&lt;/p&gt;", "html", "a \\*b\\* **c**"),
        ("<![CDATA[<p>a</p><ul><li>b</li></ul>]]>", "html", "a\n\n- b"),
        ("a *b*\n[c](https://example.org)", "markdown", "a *b*\n[c](https://example.org)"),
        ("a &lt;b&gt;b&lt;/b&gt;", "markdown", "a **b**"),
        ("a *b*\nc &lt;d&gt;", "plain_text", "a \\*b\\*\\\nc &lt;d>"),
        ("a *b*\nc", "moodle_auto_format", "a \\*b\\*\\\nc"),
        ("a *b*", "something_new", "a \\*b\\*"),
        ("a <p>b <b>c</b> &amp; d</p>", "html", "a\n\nb **c** & d"),
    ],
)
def test_texts_of_every_format(words, text_format, markdown):
    assert only("multichoice", CHOICE, prompt=text(words, text_format)).prompt == markdown


def test_markdown_is_shorter_than_html_can_be():
    words = "a " * 7_501
    assert len(changes("multichoice", CHOICE, prompt=text(words))) == 0
    message = refusal("multichoice", CHOICE, prompt=text(words, "markdown"))
    assert "longer than any question" in message


def test_texts_without_a_format_have_that_of_the_question():
    body = (
        '<answer fraction="100"><text>*a*</text></answer>'
        '<answer fraction="0" format="html"><text>*b*</text></answer>'
    )
    found = only("multichoice", body, prompt=text("Who?", "markdown"))
    assert [option.text for option in found.interaction.options] == ["*a*", "\\*b\\*"]


def file(name, content=PNG, path="/"):
    encoded = base64.b64encode(content).decode()
    return f'<file name="{name}" path="{path}" encoding="base64">{encoded}</file>'


def illustrated(address, *files, text_format="html"):
    image = f'<img src="{address}" alt="A map">'
    words = f"![A map]({address})" if text_format == "markdown" else image
    return (
        f'<questiontext format="{text_format}"><text><![CDATA[Look: {words}]]></text>'
        f"{''.join(files)}</questiontext>"
    )


@pytest.mark.parametrize(
    ("address", "files", "name"),
    [
        ("@@PLUGINFILE@@/map.png", [file("map.png")], "map.png"),
        ("@@PLUGINFILE@@/my%20m%C3%A4p.png?time=1", [file("my mäp.png")], "my-map.png"),
        ("@@PLUGINFILE@@/old/map.png", [file("map.png", path="/old/")], "map.png"),
        ("@@PLUGINFILE@@/map.gif", [file("map.gif", PNG)], "map.png"),
        ("@@PLUGINFILE@@/m.JPEG", [file("m.JPEG", b"\xff\xd8\xff\xe0")], "m.JPEG"),
        ("@@PLUGINFILE@@/ü.webp", [file("ü.webp", b"RIFF\0\0\0\0WEBPVP8 ")], "u.webp"),
        ("@@PLUGINFILE@@/地図.png", [file("地図.png")], "picture.png"),
        (f"data:image/png;base64,{base64.b64encode(PNG).decode()}", [], "picture1.png"),
    ],
)
@pytest.mark.parametrize("text_format", ["html", "markdown"])
def test_pictures_are_taken_under_plain_names(address, files, name, text_format):
    prompt = illustrated(address, *files, text_format=text_format)
    found = only("multichoice", CHOICE, prompt=prompt)
    assert found.prompt == f"Look: ![A map]({name})"
    assert [picture.name for picture in found.pictures] == [name]


def test_pictures_of_the_same_name_stay_apart_and_the_same_picture_is_taken_once():
    other = f"{illustrated('@@PLUGINFILE@@/map.png', file('map.png', PNG + b'!'))}"
    same = f"{illustrated('@@PLUGINFILE@@/map.png', file('map.png'))}"
    body = "".join(
        f'<answer fraction="{fraction}" format="html">{holder}</answer>'.replace(
            '<questiontext format="html">', ""
        ).replace("</questiontext>", "")
        for fraction, holder in [("100", other), ("0", same)]
    )
    prompt = illustrated("@@PLUGINFILE@@/map.png", file("map.png"))
    found = only("multichoice", body, prompt=prompt)
    assert [option.text for option in found.interaction.options] == [
        "Look: ![A map](map-2.png)",
        "Look: ![A map](map.png)",
    ]
    assert found.pictures == (Picture("map.png", PNG), Picture("map-2.png", PNG + b"!"))


@pytest.mark.parametrize(
    ("address", "files", "message"),
    [
        ("@@PLUGINFILE@@/map.gif", [file("map.gif", b"GIF89a")], "only PNG, JPEG and WebP"),
        ("@@PLUGINFILE@@/map.svg", [file("map.svg", b"<svg/>")], "only PNG, JPEG and WebP"),
        ("@@PLUGINFILE@@/map.png", [file("map.png").replace("iVBOR", "iVBO")], "is damaged"),
        ("@@PLUGINFILE@@/map.png", [file("other.png")], "an image"),
        ("https://example.org/map.png", [], "an image"),
        ("../map.png", [], "an image"),
        (
            "@@PLUGINFILE@@/map.png",
            [file("map.png", PNG + bytes(2_000_000))],
            "larger than two megabytes",
        ),
    ],
)
def test_pictures_that_cannot_be_taken_are_named(address, files, message):
    prompt = illustrated(address, *files)
    assert message in changes("multichoice", CHOICE, prompt=prompt)[0]
    [found] = read(quiz(question("multichoice", CHOICE, prompt=prompt))).questions
    assert found.prompt == "Look: A map"
    assert not found.pictures


def test_very_old_files_have_a_picture_beside_the_text():
    encoded = base64.b64encode(PNG).decode()
    body = f"<image>images/map.png</image><image_base64>\n{encoded}\n</image_base64>{CHOICE}"
    found = only("multichoice", body)
    assert found.prompt == "Who decides?\n\n![](map.png)"
    assert found.pictures == (Picture("map.png", PNG),)


def test_a_question_has_a_key_an_explanation_and_an_objective():
    usual = (
        USUAL.replace("<idnumber></idnumber>", "<idnumber>who-decides</idnumber>")
        .replace(
            '<generalfeedback format="html"><text></text>',
            '<generalfeedback format="html"><text>&lt;p&gt;Rule 4.&lt;/p&gt;</text>',
        )
        .replace("<tags></tags>", "<tags><tag><text>objective:explain</text></tag></tags>")
    )
    found = only("multichoice", CHOICE, usual=usual)
    assert (found.key, found.explanation, found.objective) == ("who-decides", "Rule 4.", "explain")


# -- What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("description", "not a question"),
        ("calculated", "drawn by chance (calculated)"),
        ("calculatedmulti", "drawn by chance (calculatedmulti)"),
        ("calculatedsimple", "drawn by chance (calculatedsimple)"),
        ("random", "drawn by chance (random)"),
        ("randomsamatch", "drawn by chance (randomsamatch)"),
        ("ddimageortext", "type ddimageortext"),
        ("ddmarker", "type ddmarker"),
        ("coderunner", "type coderunner"),
        ("", "type (none)"),
    ],
)
def test_sorts_without_a_counterpart_are_refused_by_name(kind, message):
    assert message in refusal(kind, CHOICE)


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("multichoice", answer("a", "100"), "two options"),
        ("multichoice", answer("a") + answer("b"), "No option is marked as right"),
        ("multichoice", answer("a", "50") + answer("b", "50"), "No option earns all"),
        ("multichoice", answer("a", "105") + answer("b"), "105 %"),
        ("multichoice", answer("a", "many") + answer("b"), "many %"),
        ("multichoice", answer("a" * 50_001, "100") + answer("b"), "longer than any question"),
        ("truefalse", "", "Neither true nor false"),
        ("shortanswer", answer("a", "50"), "No answer earns all"),
        ("numerical", answer("nine", "100"), "no number: nine"),
        ("numerical", answer("9", "100", tolerance="x"), "no number: 9"),
        ("numerical", answer("9", "50"), "No number earns all"),
        (
            "numerical",
            answer("9", "100") + "<units><unit><multiplier>0</multiplier></unit></units>",
            "A unit has no name",
        ),
        (
            "numerical",
            answer("9", "100")
            + "<units><unit><multiplier>2</multiplier><unit_name>m</unit_name></unit></units>",
            "multiplier 1",
        ),
        ("matching", "<subquestion><text>a</text></subquestion>", "no partner"),
        ("matching", "", "two things"),
        ("ordering", answer("a", "1"), "two steps"),
        ("essay", "<responseformat>noinline</responseformat>", "with a file"),
        ("cloze", "", "no gap in the text"),
        ("gapselect", "", "no gap in the text"),
    ],
)
def test_questions_that_moodle_would_not_take_are_refused(kind, body, message):
    assert message in refusal(kind, body)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("{1:MULTICHOICE}", "no gap"),
        ("{1:MC:=a}", "two options"),
        ("{1:MC:a~b}", "fully right"),
        ("{1:MC:%50%a~b}", "fully right"),
        ("{1:MR:a~b}", "no option that is right"),
        ("{1:MC:%101%a~b}", "101 %"),
        ("{1:NM:=nine}", "no number: nine"),
        ("{1:SA:%50%a}", "fully right"),
        ("&lt;script&gt;{1:SA:=a}&lt;/script&gt;", "where no text can be"),
        ("{1:SA:=a}" * 101, "more gaps"),
    ],
)
def test_broken_gaps_are_refused(words, message):
    assert message in refusal("cloze", prompt=text(words))


@pytest.mark.parametrize(
    ("choices", "prompt", "message"),
    [
        ("<selectoption><text>a</text></selectoption>", "x [[2]]", "no choice for the gap [[2]]"),
        ("<selectoption><text>a</text></selectoption>", "x [[0]]", "no choice for the gap [[0]]"),
        ("<selectoption><text></text></selectoption>", "x [[1]]", "has no text"),
        ("<selectoption><text>a</text></selectoption>", "[[1]]" * 101, "more gaps"),
    ],
)
def test_gaps_without_their_choice_are_refused(choices, prompt, message):
    assert message in refusal("gapselect", choices, prompt=text(prompt))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html></html>", "its first element is <html>"),
        (b"<questestinterop/>", "not quiz"),
        (b"plain words", "line 1"),
        (b"<quiz>\n<question></quiz>", "line 2"),
    ],
)
def test_what_is_no_moodle_xml_is_refused(content, message):
    with pytest.raises(Unreadable, match=message):
        read(content)


# -- What is changed, and what is noted ---------------------------------------------------------------


def test_what_moodle_always_writes_is_not_worth_a_word():
    assert changes("multichoice", CHOICE) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<hint format='html'><text>Think.</text></hint>", "no hints"),
        ("<tags><tag><text>maternity</text></tag></tags>", "no place for tags: maternity"),
    ],
)
def test_what_has_no_place_here_is_said(body, message):
    [said] = changes("multichoice", CHOICE + body, usual="<name><text>A question</text></name>")
    assert message in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Your answer is incorrect.", "Ask your steward!", "as a whole: Ask your steward!"),
        ("0.3333333", "0.25", "costs 0.25"),
    ],
)
def test_what_somebody_has_set_is_said(old, new, message):
    [said] = changes("multichoice", CHOICE, usual=USUAL.replace(old, new))
    assert message in said


def test_the_usual_feedback_is_known_in_other_languages():
    usual = USUAL.replace("Your answer is correct.", "Die Antwort ist richtig.").replace(
        "Your answer is incorrect.", "Votre réponse est incorrecte."
    )
    assert changes("multichoice", CHOICE, usual=usual) == []


def test_a_question_that_counts_for_more_than_the_others_is_named():
    usual = USUAL.replace("1.0000000", "10.0000000")
    same = [question("multichoice", CHOICE, usual=usual)] * 2
    assert not read(quiz(*same)).remarks
    heavier = question("multichoice", CHOICE, usual=USUAL.replace("1.0000000", "20.5"))
    [remark] = read(quiz(*same, heavier)).remarks
    assert "counts for 20.5" in remark.message


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("multichoice", CHOICE + answer("&lt;p&gt;&lt;/p&gt;"), "shows nothing"),
        ("numerical", answer("9", "100") + answer("*", "0", "No."), "other numbers: No."),
        ("numerical", answer("9", "100") + answer("*", "20"), "would earn 20 %"),
        ("numerical", answer("9", "100") + "<unitgradingtype>1</unitgradingtype>", "wrong unit"),
        ("ordering", answer("a", "1", "Yes.") + answer("b", "2"), "single steps"),
        (
            "ordering",
            "<selecttype>RANDOM</selecttype><selectcount>2</selectcount>"
            + "".join(map(answer, "abc")),
            "All 3 steps are shown here, not 2",
        ),
        ("ordering", "<gradingtype>ALL_OR_NOTHING</gradingtype>" + CHOICE, "partly right"),
        ("essay", "<attachments>1</attachments>", "Files cannot be handed in"),
        ("essay", "<maxwordlimit>300</maxwordlimit>", "at most 300"),
        ("essay", "<minwordlimit>30</minwordlimit>", "at least 30"),
        ("essay", "<responsetemplate><text>Dear members</text></responsetemplate>", "start from"),
        ("essay", "<graderinfo><text>Be kind.</text></graderinfo>", "notes on grading: Be kind."),
    ],
)
def test_what_a_sort_of_question_has_no_place_for_is_said(kind, body, message):
    [said] = changes(kind, body)
    assert message in said


def test_gaps_that_count_differently_are_said():
    assert changes("cloze", prompt=text("{1:SA:=a} {2:SA:=b}")) == ["All gaps count the same here."]
    assert changes("cloze", prompt=text("{1:NM:=1~*#No.}")) == [
        "There is no feedback on all other numbers: No."
    ]


def test_categories_are_noted():
    category = (
        '<question type="category"><category><text>$course$/top/Leave</text></category></question>'
    )
    reading = read(quiz(category, question("multichoice", CHOICE)))
    assert len(reading.questions) == 1
    [remark] = reading.remarks
    assert (remark.severity, remark.line) == (Severity.NOTED, 3)
    assert "$course$/top/Leave" in remark.message


def test_one_bad_question_does_not_spoil_the_others():
    reading = read(quiz(question("multichoice"), question("essay"), question("coderunner")))
    assert [type(found.interaction) for found in reading.questions] == [Essay]
    assert [remark.severity for remark in reading.remarks] == [Severity.REFUSED] * 2
    assert reading.remarks[0].line < reading.questions[0].line < reading.remarks[1].line


# -- Writing ------------------------------------------------------------------------------------------


def said_of(interaction, prompt="Who decides?", **fields):
    writing = write([ExchangedQuestion(prompt, interaction, **fields)])
    return writing.content.decode(), [(r.severity, r.message) for r in writing.remarks]


def test_a_question_is_written_as_moodle_writes_it():
    content, remarks = said_of(
        Choice((Option("*Members*", 100, "Yes."), Option("b ]]> <c>", 33)), shuffle=False),
        key="who-decides",
        title="Decisions",
        objective="explain",
        source="Rule 4 (2020)",
        explanation="The general meeting does.",
    )
    assert not remarks
    assert content.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<quiz>\n")
    for part in (
        '<question type="multichoice">',
        '<questiontext format="markdown">',
        "<text>The general meeting does.\n\n— Rule 4 (2020)</text>",
        "<idnumber>who-decides</idnumber>",
        "<single>true</single>",
        "<shuffleanswers>false</shuffleanswers>",
        '<answer format="markdown" fraction="33.33333">',
        "<text>b ]]&gt; &lt;c&gt;</text>",
        "<text>objective:explain</text>",
    ):
        assert part in content, part


def test_gaps_are_written_into_the_text():
    gaps = Gaps(
        {
            "base": Choice((Option("a<b", 100, "*Yes* & no."), Option("c~d}")), shuffle=False),
            "rate": NumberEntry((AcceptedNumber(Decimal("4.5"), Decimal("0.1")),)),
            "word": TextEntry((Option("e#f", 100), Option("*", 50)), case_sensitive=True),
        }
    )
    content, remarks = said_of(gaps, "[[rate]] of [[base]] is [[word]].")
    assert not remarks
    assert (
        "<text>{1:NUMERICAL:=4.5:0.1} of {1:MULTICHOICE:=a&amp;amp;lt;b#&lt;em&gt;Yes&lt;/em&gt; "
        "&amp;amp;amp; no.~%0%c&amp;#126;d\\}} is {1:SHORTANSWER_C:=e\\#f~%50%\\*}.</text>"
    ) in content


def test_words_that_look_like_html_come_back_as_words():
    matching = Matching((Pair("a", "&lt;b>"), Pair("c", "&amp;amp; < d")))
    content, remarks = said_of(matching, title="The tag <b> & &lt;")
    assert not remarks
    [found] = read(content.encode()).questions
    assert found.interaction == matching
    assert found.title == "The tag <b> & &lt;"


def test_a_name_is_made_for_a_question_that_has_none():
    assert "<name>\n      <text>who</text>" in said_of(Essay(), key="who")[0]
    assert "<name>\n      <text>Who decides?</text>" in said_of(Essay(), "Who *decides*?")[0]


@pytest.mark.parametrize(
    ("interaction", "fields", "message"),
    [
        (Choice((Option("a", 100), Option("b", 45))), {}, "45 %"),
        (Choice((Option("a", 100), Option("b", 100)), many=True), {}, "add up to 100 %"),
        (Matching((Pair("a", "*b*"), Pair("c", "d"))), {}, "only words"),
        (Matching((Pair("a", "b", "Yes."), Pair("c", "d"))), {}, "no feedback"),
        (Essay(most_characters=500), {}, "how many characters"),
        (Essay(), {"pictures": (Picture("a.png", PNG),)}, "shows the picture a.png"),
        (
            Gaps({"a": NumberEntry((AcceptedNumber(Decimal(1)),), (Unit("%"),))}),
            {"prompt": "[[a]]"},
            "no units in gaps",
        ),
        (
            Gaps({"a": Choice((Option("b", 100), Option("c", 100)), many=True)}),
            {"prompt": "[[a]]"},
            "share its point",
        ),
    ],
)
def test_what_moodle_does_not_hold_is_said(interaction, fields, message):
    content, remarks = said_of(interaction, **fields)
    assert len(read(content.encode()).questions) == 1
    [(severity, said)] = remarks
    assert severity is Severity.CHANGED
    assert message in said


WORD = TextEntry((Option("a", 100),))


@pytest.mark.parametrize(
    ("interaction", "prompt"),
    [
        (Choice((Option("a", 100),)), "x"),
        (Choice((Option("a", 50), Option("b"))), "x"),
        (Choice((Option("a"), Option("b"))), "x"),
        (Choice((Option("a", 100), Option(" "))), "x"),
        (Choice((Option("True", 50), Option("False", 50)), is_true_false=True), "x"),
        (TextEntry((Option("a", 50),)), "x"),
        (TextEntry((Option("a", 100), Option(""))), "x"),
        (NumberEntry((AcceptedNumber(Decimal(1), credit=50),)), "x"),
        (NumberEntry((AcceptedNumber(Decimal(1)),), (Unit("m", Decimal(2)),)), "x"),
        (NumberEntry((AcceptedNumber(Decimal(1)),), (Unit("m"), Unit("k", Decimal(0)))), "x"),
        (Matching((Pair("a", "b"),)), "x"),
        (Matching((Pair("a", ""), Pair("b", "c"))), "x"),
        (Matching((Pair("", "b"), Pair("c", "d"))), "x"),
        (Ordering(("a", "")), "x"),
        (Gaps({"a": WORD}), "no gap"),
        (Gaps({"a": WORD}), "[[a]] [[a]]"),
        (Gaps({"a": WORD}), "[[a]] {1:SA:=b}"),
        (Gaps({"a": TextEntry((Option("", 100),))}), "[[a]]"),
        (Gaps({"a": Choice((Option("b", 100),))}), "[[a]]"),
        (Gaps({"a": Choice((Option("b", 50), Option("c")))}), "[[a]]"),
    ],
)
def test_what_moodle_cannot_hold_is_refused(interaction, prompt):
    content, remarks = said_of(interaction, prompt)
    assert [severity for severity, _ in remarks] == [Severity.REFUSED]
    assert not read(content.encode()).questions
