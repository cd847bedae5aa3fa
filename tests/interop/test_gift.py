"""GIFT is read as Moodle reads it, and what Moodle would refuse is refused with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from courseapp.interop.questions.answers import true_false
from courseapp.interop.questions.gift.read import read
from courseapp.interop.questions.gift.write import write
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
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


def only(text):
    """Return the only question of a file that is taken without a remark."""
    reading = read(text.encode())
    assert not reading.remarks
    [question] = reading.questions
    return question


def remarks(text, severity):
    return [
        (remark.line, remark.message)
        for remark in read(text.encode()).remarks
        if remark.severity is severity
    ]


def written(interaction, **fields):
    """Return the file of one question, and what is said of it."""
    writing = write([ExchangedQuestion("Who decides?", interaction, **fields)])
    return writing.content.decode(), [remark.message for remark in writing.remarks]


# -- Sorts of questions -------------------------------------------------------------------------------


def test_one_equals_sign_makes_a_choice_of_one():
    question = only(
        "Who elects the shop steward? {~the employer ~%50%the works council =the members}"
    )
    assert question.prompt == "Who elects the shop steward?"
    assert question.interaction == Choice(
        (Option("the employer"), Option("the works council", 50), Option("the members", 100))
    )


def test_weights_alone_make_a_choice_of_several():
    question = only(
        "Which are branches?{\n~%33.33333%Sickness\n~%33.333%Old age#Yes.\n~%33.33%Family\n~%-100%Tax}"
    )
    assert question.interaction == Choice(
        (
            Option("Sickness", 33),
            Option("Old age", 33, "Yes."),
            Option("Family", 33),
            Option("Tax", -100),
        ),
        many=True,
    )


@pytest.mark.parametrize(
    ("answer", "is_true"), [("T", True), ("TRUE", True), ("F", False), ("FALSE", False)]
)
def test_true_and_false_have_feedback_for_wrong_and_right_answers(answer, is_true):
    assert only(f"A strike is a right.{{{answer}}}").interaction == true_false(answer=is_true)
    with_feedback = only(f"A strike is a right.{{{answer}#Look again.#Quite so.}}").interaction
    right, wrong = "Quite so.", "Look again."
    assert with_feedback == true_false(
        answer=is_true,
        if_true=right if is_true else wrong,
        if_false=wrong if is_true else right,
    )


def test_answers_with_equals_signs_alone_are_typed_in():
    question = only("Our motto?{=solidarity#Well said. =%75%unity =%0%*#Ask a colleague.}")
    assert question.interaction == TextEntry(
        (
            Option("solidarity", 100, "Well said."),
            Option("unity", 75),
            Option("*", 0, "Ask a colleague."),
        ),
        wildcards=True,
    )


def test_an_answer_may_stand_without_its_sign():
    assert only("Our motto?{solidarity}").interaction == TextEntry((Option("solidarity", 100),))


def test_a_typed_answer_is_words_even_if_it_has_a_format():
    assert only("How?{=[html]<b>to</b>gether}").interaction == TextEntry((Option("together", 100),))
    assert only("How?{=[plain]<b>  so\n}").interaction == TextEntry((Option("<b> so", 100),))
    assert only("How many?{>5}").interaction == TextEntry((Option(">5", 100),))


def test_an_asterisk_with_a_backslash_is_itself():
    assert only("Times?{=2 \\\\* 3}").interaction == TextEntry((Option("2 * 3", 100),))


@pytest.mark.parametrize(
    ("answer", "value", "tolerance"),
    [
        ("#183", "183", "0"),
        ("#3:2", "3", "2"),
        ("#1..5", "3", "2"),
        ("#5..1", "3", "2"),
        ("#3.141..3.142", "3.1415", "0.0005"),
        ("#-2.5:0.5", "-2.5", "0.5"),
        ("#3,5", "3.5", "0"),
        ("#1e3", "1000", "0"),
        ("# = 14 : 1 ", "14", "1"),
    ],
)
def test_numbers_have_a_tolerance_or_are_a_range(answer, value, tolerance):
    assert only(f"How many weeks?{{{answer}}}").interaction == NumberEntry(
        (AcceptedNumber(Decimal(value), Decimal(tolerance)),)
    )


def test_several_numbers_have_weights_and_feedback():
    question = only("The year?{#\n=1952:0#Exactly.\n=%50%1952:2#Nearly.\n}")
    assert question.interaction == NumberEntry(
        (
            AcceptedNumber(Decimal(1952), Decimal(0), 100, "Exactly."),
            AcceptedNumber(Decimal(1952), Decimal(2), 50, "Nearly."),
        )
    )


def test_arrows_make_something_to_match():
    question = only("Match.{\n=C102 -> Minimum standards\n=C183->Maternity\n= -> Wages\n}")
    assert question.interaction == Matching(
        (Pair("C102", "Minimum standards"), Pair("C183", "Maternity")), ("Wages",)
    )


def test_partners_are_plain_words():
    question = only("Match.{=[html]<b>a</b> -> x_1 * [y] =b -> 2 &lt; 3}")
    assert question.interaction == Matching((Pair("**a**", "x_1 * \\[y\\]"), Pair("b", "2 < 3")))


def test_empty_braces_ask_for_an_essay():
    assert only("Write to your members. {}").interaction == Essay()
    with_explanation = only("Write to your members. {####Short is best.}")
    assert with_explanation.interaction == Essay()
    assert with_explanation.explanation == "Short is best."


def test_steps_to_put_in_order_stand_on_lines():
    question = only(
        "Put in order.{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\nHear\nDraft\nVote\n}"
    )
    assert question.interaction == Ordering(("Hear", "Draft", "Vote"))
    assert only("Put in order.{>3\nabc\nALL\nVote}").interaction == Ordering(("abc", "ALL", "Vote"))


def test_a_part_of_the_steps_is_all_of_them_here():
    text = "Put in order.{>3 RANDOM\na\nb\nc\nd}"
    assert len(read(text.encode()).questions) == 1
    assert remarks(text, Severity.CHANGED) == [(1, "All 4 steps are shown here, not 3 of them.")]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("A stoppage is a {=strike ~rest} of workers.", "A stoppage is a ____ of workers."),
        ("Two and two make {=four =4}.", "Two and two make ____."),
        ("{=Solidarity ~Envy} is our motto", "____ is our motto"),
        ("[html]Our motto is {=solidarity ~envy}<br>always.", "Our motto is ____\\\nalways."),
        ("[markdown]Our *motto* is {=solidarity ~envy}!", "Our *motto* is ____!"),
    ],
)
def test_an_answer_in_the_middle_leaves_a_blank(text, prompt):
    assert only(text).prompt == prompt


# -- What stands around answers -----------------------------------------------------------------------


def test_a_question_has_a_name_a_key_and_an_objective():
    question = only(
        "// [id:c183-weeks] [tag:objective:check-maternity]\n"
        "::Weeks of leave::How many weeks?{#14####The Convention says so.}"
    )
    assert (question.title, question.key) == ("Weeks of leave", "c183-weeks")
    assert question.objective == "check-maternity"
    assert question.explanation == "The Convention says so."
    assert question.line == 2


def test_a_name_that_does_not_end_is_none():
    question = only("::Who decides?{T}")
    assert (question.title, question.prompt) == ("", "Who decides?")


def test_other_tags_have_no_place():
    text = "// [tag:maternity] [tags:leave\\]]\nHow many weeks?{#14}"
    assert remarks(text, Severity.CHANGED) == [
        (2, "There is no place for tags: maternity, leave].")
    ]


def test_comments_are_passed_over():
    question = only("// Weeks\nHow many {~2\n// two is a trap\n~13 =14} weeks?\n// The end\n")
    assert question.prompt == "How many ____ weeks?"
    assert [option.text for option in question.interaction.options] == ["2", "13", "14"]


def test_escaped_signs_are_themselves():
    question = only(
        "::a\\:b::Is 2 \\= 2 \\~ \\{x\\} \\# \\: \\\\?\\nYes\\: {=a \\= b#\\#1 ~c \\-> d\\~}"
    )
    assert question.title == "a:b"
    assert question.prompt == "Is 2 = 2 ~ {x} # : \\\\?\\\nYes:"
    assert question.interaction == Choice((Option("a = b", 100, "#1"), Option("c \\\\-> d~", 0)))


@pytest.mark.parametrize(
    ("prompt", "markdown"),
    [
        ("a *b* <b>c</b>", "a \\*b\\* **c**"),
        ("a\nb <b>c</b>\nd", "a\\\nb **c** d"),
        ("[moodle]a *b* <b>c</b>", "a \\*b\\* **c**"),
        ("[html]<p>a *b* &amp; <i>c</i></p>", "a \\*b\\* & *c*"),
        ("[plain]a *b* <b>c</b>", "a \\*b\\* &lt;b>c&lt;/b>"),
        ("[markdown]a *b* **c**", "a *b* **c**"),
        ("[markdown]a <b>b</b> [c](https://example.org)", "a **b** [c](https://example.org)"),
        ("[wiki]a", "\\[wiki\\]a"),
        ("[html", "\\[html"),
    ],
)
def test_texts_name_their_format(prompt, markdown):
    assert only(f"{prompt} {{=x ~y}}").prompt == markdown


def test_answers_have_the_format_of_the_question_or_their_own():
    question = only("[html]<b>a</b>{=<i>b</i>#[plain]<i>c</i> ~[markdown]*d*####[moodle]e\nf}")
    assert question.interaction == Choice((Option("*b*", 100, "&lt;i>c&lt;/i>"), Option("*d*")))
    assert question.explanation == "e\\\nf"


def test_categories_are_noted():
    text = "$CATEGORY: $course$/top/Maternity\n\nHow many weeks?{#14}"
    assert len(read(text.encode()).questions) == 1
    assert remarks(text, Severity.NOTED) == [
        (1, "From here on, questions are in the category $course$/top/Maternity.")
    ]


def test_lower_case_truth_is_words_to_type_in():
    text = "A strike is a right.{true}"
    [question] = read(text.encode()).questions
    assert question.interaction == TextEntry((Option("true", 100),))
    [(line, message)] = remarks(text, Severity.NOTED)
    assert line == 1
    assert "capital letters" in message


# -- What is refused, and what is changed -------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("Read this first.", "not a question"),
        ("How many? {=1", "braces"),
        ("How many? =1}", "braces"),
        ("How many? } {=1", "braces"),
        ("The set {=\\frac{1}{2}}?", "brace inside"),
        ("How many?{~one}", "two options"),
        ("How many?{~one ~two}", "No option is marked as right"),
        ("How many?{~%150%one ~two}", "150 %"),
        ("How many?{#}", "no number"),
        ("How many?{#many}", "This is no number: many"),
        ("How many?{#1:x}", "This is no number: 1:x"),
        ("How many?{#1e999}", "This is no number"),
        ("How many?{#*}", "no number that would be right"),
        ("How many?{=}", "no answer that would be right"),
        ("Match.{=a -> b}", "two things"),
        ("Match.{=a -> b =c}", "arrow"),
        ("Match.{=a -> =b -> c}", "no partner"),
        ("Put in order.{>3 ALL\na}", "two steps"),
        ("x" * 50_001 + "{}", "too long"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_line(block, message):
    reading = read(f"First?{{T}}\n\n// a comment\n{block}\n\nLast?{{F}}".encode())
    last = 6 + block.count("\n")
    assert [question.line for question in reading.questions] == [1, last]
    [remark] = reading.remarks
    assert remark.severity is Severity.REFUSED
    assert remark.line == 4
    assert message in remark.message


def test_a_question_right_behind_a_category_is_a_part_of_its_name():
    text = "$CATEGORY: Maternity\nHow many weeks?{#14}"
    assert not read(text.encode()).questions
    [(line, message)] = remarks(text, Severity.REFUSED)
    assert line == 2
    assert "empty line" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("How many?{#3~#Count again.}", "feedback on all other numbers: Count again."),
        ("How many?{#=3 =%20%*}", "Any other number would earn 20 %"),
        ("One {=1} of {=2}", "first pair of braces"),
        ("[html]A <video>b</video> film?{T}", "a video"),
        ("What is \\\\(x\\\\)?{T}", "the layout of a formula"),
        ("![A map](map.png){T}", ""),
        ("[markdown]![A map](map.png){T}", "an image"),
        ("[html]Which?{=a ~<br> ~b}", "shows nothing"),
    ],
)
def test_what_has_no_counterpart_is_said(text, message):
    assert len(read(text.encode()).questions) == 1
    found = remarks(text, Severity.CHANGED)
    assert all(message in said for _, said in found)
    assert len(found) == bool(message)


def test_a_file_in_the_old_windows_encoding_is_read():
    [question] = read("Où est l’égalité ?{T}".encode("cp1252")).questions
    assert question.prompt == "Où est l’égalité ?"


# -- Writing ------------------------------------------------------------------------------------------


def test_a_file_looks_as_if_somebody_had_typed_it():
    content, said = written(
        Choice((Option("Members", 100, "Yes: *they* do."), Option("50% of them"), Option("%1", 0))),
        key="who-decides",
        title="Decisions",
        objective="explain",
        source="Rule 4 (2020)",
        explanation="The general meeting does.",
    )
    assert not said
    assert content == (
        "// [id:who-decides] [tag:objective:explain]\n"
        "// source: Rule 4 (2020)\n"
        "::Decisions::[markdown]Who decides?{\n"
        "\t=Members#Yes\\: *they* do.\n"
        "\t~50% of them\n"
        "\t~%0%%1\n"
        "\t####The general meeting does.\\n\\n— Rule 4 (2020)\n"
        "}\n"
    )


def test_words_that_look_like_html_come_back_as_words():
    matching = Matching((Pair("a", "&lt;b>"), Pair("c", "&amp;amp; < d")))
    content, said = written(matching, title="The tag <b> & &lt;")
    assert not said
    [question] = read(content.encode()).questions
    assert question.interaction == matching
    assert question.title == "The tag <b> & &lt;"


def test_thirds_are_written_as_moodle_has_them():
    thirds = Choice((*(Option(text, 33) for text in "abc"), Option("d", -100)), many=True)
    content, said = written(thirds)
    assert content.count("~%33.33333%") == 3
    assert not said


@pytest.mark.parametrize(
    ("interaction", "fields", "message"),
    [
        (Essay(most_characters=500), {}, "how much is written"),
        (NumberEntry((AcceptedNumber(Decimal(1)),), (Unit("%"),)), {}, "no units"),
        (TextEntry((Option("a", 100),), case_sensitive=True), {}, "capital letters"),
        (Choice((Option("a", 100), Option("b")), shuffle=False), {}, "keep their order"),
        (Choice((Option("a", 100), Option("b", 45))), {}, "45 %"),
        (Matching((Pair("a", "*b*"), Pair("c", "d"))), {}, "only words"),
        (Matching((Pair("a", "b", "Yes."), Pair("c", "d"))), {}, "no feedback"),
        (Essay(), {"pictures": (Picture("a.png", b""),)}, "no pictures"),
    ],
)
def test_what_gift_does_not_hold_is_said(interaction, fields, message):
    content, said = written(interaction, **fields)
    assert len(read(content.encode()).questions) == 1
    assert len(said) == 1
    assert message in said[0]


@pytest.mark.parametrize(
    "interaction",
    [
        Gaps({"a": TextEntry((Option("b", 100),))}),
        TextEntry((Option("a -> b", 100),)),
        TextEntry(()),
        TextEntry((Option(" ", 100),)),
        Choice((Option("a"), Option("b")), many=True),
        NumberEntry((AcceptedNumber(Decimal("1E+99")),)),
        NumberEntry((AcceptedNumber(Decimal("NaN")),)),
        NumberEntry(()),
        Matching((Pair("a", "b"),)),
        Matching((Pair("a", ""), Pair("c", "d"))),
        Choice((Option("a", 50), Option("b"))),
        Choice((Option("a", 100),)),
        Choice((Option("", 100), Option("b"))),
        Choice((Option("True", 100), Option("False", 100)), is_true_false=True),
        Ordering(("a", "{b}")),
        Ordering(("a", "// b")),
        Ordering(("a",)),
    ],
)
def test_what_gift_cannot_hold_is_refused(interaction):
    writing = write([ExchangedQuestion("Who decides?", interaction)])
    assert [remark.severity for remark in writing.remarks] == [Severity.REFUSED]
    assert not read(writing.content).questions
