"""The content check: one test for each kind of problem that it knows, with file, line and what to do.

Each case breaks one thing in a small course that is otherwise right, and expects exactly the problems that
follow from it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from courseapp.ops.setup import check_content
from tests.authoring import (
    COURSE,
    COURSE_FR,
    FILES,
    FINAL,
    FINAL_TEXT,
    GLOSSARY,
    GLOSSARY_FR,
    LESSON,
    LESSON_2,
    LESSON_FR,
    MODULE,
    MODULE_FR,
    PICTURE,
    PRACTICE,
    QUIZ,
    QUIZ_FR,
    AuthoredContent,
)

Break = Callable[[AuthoredContent], None]
# File, line (a number, or words that stand on it), and the beginning or the telling words of the message.
Expected = tuple[str, int | str, str]


def change(name: str, old: str, new: str) -> Break:
    return lambda content: content.change(name, old, new)


def add(name: str, text: str) -> Break:
    return lambda content: content.add(name, text)


def put(name: str, text: str | bytes) -> Break:
    return lambda content: content.put(name, text)


def remove(name: str) -> Break:
    return lambda content: content.remove(name)


def rename(name: str, new_name: str) -> Break:
    return lambda content: content.rename(name, new_name)


def with_final_quiz(*breaks: Break) -> Break:
    """Break something in the course that ends with a quiz over all of it."""
    return both(AuthoredContent.add_final_quiz, *breaks)


def of_every_practice(message: str) -> list[Expected]:
    """Return what is said of each question that the second lesson shows."""
    return [(QUIZ, f"key: {key}", message.format(key=key)) for key in PRACTICE]


def both(*breaks: Break) -> Break:
    def break_all(content: AuthoredContent) -> None:
        for break_it in breaks:
            break_it(content)

    return break_all


# A second module, right in itself, that lists as listed in course.yaml.
SECOND = "modules/small/second"
UNION = "::: union What to raise in your union\n- A question to ask.\n:::\n"

CASES: dict[str, tuple[Break, list[Expected]]] = {
    # Folders and files.
    "no course.yaml": (
        remove(COURSE),
        [(COURSE, 1, "the file cannot be read: No such file")],
    ),
    "a file that is not UTF-8": (
        put(GLOSSARY_FR, "terms: {floor: {term: socle, definition: dû}}".encode("latin-1")),
        [(GLOSSARY_FR, 1, "the file is not UTF-8 text: save it again as UTF-8")],
    ),
    "a file that is not YAML": (
        change(GLOSSARY_FR, "term: socle", "term: [socle"),
        [(GLOSSARY_FR, "definition:", "this is not valid YAML")],
    ),
    "a file that holds a list": (
        put(GLOSSARY_FR, "- floor\n"),
        [(GLOSSARY_FR, 1, "this file must hold fields")],
    ),
    "a module without a folder": (
        change(COURSE, "[first]", "[first, absent]"),
        [(COURSE, "modules:", "there is no folder absent/ for module absent")],
    ),
    "a module that the course does not list": (
        put(f"{SECOND}/module.yaml", "key: second\n"),
        [(SECOND, 1, "course.yaml does not list the module second: add it")],
    ),
    "a module without module.yaml": (
        both(change(COURSE, "[first]", "[first, second]"), put(f"{SECOND}/notes.txt", "")),
        [
            (f"{SECOND}/module.yaml", 1, "the file cannot be read"),
            ("quizzes/small/second.yaml", 1, "there is no such quiz: write this file"),
        ],
    ),
    "a translation into no language": (
        rename(MODULE_FR, "modules/small/first/module.french.yaml"),
        [("modules/small/first/module.french.yaml", 1, "'french' is not a language tag")],
    ),
    "a translation into the source language": (
        rename(QUIZ_FR, "quizzes/small/first.en.yaml"),
        [("quizzes/small/first.en.yaml", 1, "en is the source language: its texts stand in first")],
    ),
    "a module without a quiz": (
        both(remove(QUIZ), remove(QUIZ_FR)),
        [(QUIZ, 1, "there is no such quiz: write this file")],
    ),
    "a quiz without a module": (
        put("quizzes/small/other.yaml", "key: other\n"),
        [("quizzes/small/other.yaml", 1, "no module of the course has this name")],
    ),
    "quizzes without a course": (
        put("quizzes/great/first.yaml", "key: first\n"),
        [("quizzes/great", 1, "there is no course 'great' for these quizzes")],
    ),
    # course.yaml.
    "a course whose key is not its folder's name": (
        change(COURSE, "key: small", "key: tiny"),
        [(COURSE, "key:", "the course's key is 'tiny' but its folder is 'small'")],
    ),
    "a missing field": (
        change(COURSE, "title: A small course\n", ""),
        [(COURSE, 1, "title is missing: add `title: ...`")],
    ),
    "a misspelt field": (
        change(COURSE, "notice: Made", "notise: Made"),
        [
            (COURSE, 1, "notice is missing"),
            (COURSE, "notise:", "there is no field 'notise' here; known are about, certificate"),
        ],
    ),
    "a field given twice": (
        add(COURSE, "title: Another\n"),
        [(COURSE, "title: Another", "title is given twice")],
    ),
    "an empty field": (
        change(COURSE, "title: A small course", "title: ''"),
        [(COURSE, "title:", "title is empty")],
    ),
    "a field of several lines that must be one": (
        change(COURSE, "title: A small course", "title: |\n  A small\n  course"),
        [(COURSE, "title:", "title must be one line")],
    ),
    "a number in place of a text": (
        change(COURSE, "title: A small course", "title: 2026"),
        [(COURSE, "title:", "title must be a text: put it into quotes")],
    ),
    "a language that is none": (
        change(COURSE, "language: en", "language: english"),
        [
            (COURSE, "language:", "'english' is not a language tag such as en or pt-BR"),
            (MODULE, 1, "this module has no lesson"),
            (MODULE, 1, "no lesson teaches the objective tell"),
            (MODULE, 1, "no lesson teaches the objective count"),
            (LESSON, 1, "there is no lesson start in english that this translates"),
            (LESSON_2, 1, "there is no lesson go-on in english that this translates"),
            *of_every_practice("no lesson shows {key}"),
            (LESSON_FR, 1, "there is no lesson start in english that this translates"),
            (COURSE, 1, "the course has no lesson start"),
            (COURSE_FR, 1, "the course has no lesson start"),
            (GLOSSARY, "key: floor", "the course has no lesson start"),
        ],
    ),
    "a completion that asks for nothing": (
        change(COURSE, "lessons: all\n  quizzes: all", "lessons: none\n  quizzes: none"),
        [(COURSE, "completion:", "completion asks for nothing")],
    ),
    "a completion rule that nobody knows": (
        change(COURSE, "quizzes: all", "quizzes: most"),
        [(COURSE, "quizzes:", "quizzes is 'most': use one of all, none")],
    ),
    "a course without a certificate": (
        change(
            COURSE,
            "certificate:\n  title: Certificate\n  statement: has completed the course\n",
            "",
        ),
        [(COURSE, 1, "certificate is missing")],
    ),
    "a certificate that is a text": (
        change(
            COURSE,
            "certificate:\n  title: Certificate\n  statement: has completed the course\n",
            "certificate: yes please\n",
        ),
        [(COURSE, "certificate:", "certificate must hold fields")],
    ),
    "a list of modules that is a text": (
        change(COURSE, "modules: [first]", "modules: first"),
        [
            (COURSE, "modules:", "modules must be a list of keys, for example [one, two]"),
            (COURSE, 1, "the course has no lesson start"),
            (COURSE_FR, 1, "the course has no lesson start"),
            (GLOSSARY, "key: floor", "the course has no lesson start"),
            ("modules/small/first", 1, "course.yaml does not list the module first: add it"),
            (QUIZ, 1, "no module of the course has this name"),
            (QUIZ_FR, 1, "no module of the course has this name"),
        ],
    ),
    "a module listed twice": (
        change(COURSE, "[first]", "[first, first]"),
        [(COURSE, "modules:", "modules names first twice")],
    ),
    "bounds of words the wrong way round": (
        change(COURSE, "[5, 200]", "[200, 5]"),
        [(COURSE, "lesson_words:", "lesson_words must be [least, most], for example [500, 900]")],
    ),
    "a course page that links to nothing": (
        change(COURSE, "lesson:start", "lesson:absent"),
        [(COURSE, 1, "the course has no lesson absent")],
    ),
    "a translated course without one of its texts": (
        change(COURSE_FR, "title: Un petit cours\n", ""),
        [(COURSE_FR, 1, "title is missing")],
    ),
    "a translation that says what belongs to the course alone": (
        add(COURSE_FR, "modules: [first]\n"),
        [(COURSE_FR, "modules:", "there is no field 'modules' here")],
    ),
    "a translated course page that links to nothing": (
        change(COURSE_FR, "lesson:start", "lesson:absent"),
        [(COURSE_FR, 1, "the course has no lesson absent")],
    ),
    # glossary.yaml.
    "a term given twice": (
        change(GLOSSARY, "key: scheme", "key: floor"),
        [(GLOSSARY, 6, "the term floor is there twice")],
    ),
    "a term without a definition": (
        change(GLOSSARY, "    definition: A set of rules about who pays and who is paid.\n", ""),
        [(GLOSSARY, "key: scheme", "definition is missing")],
    ),
    "a definition that links to nothing": (
        change(GLOSSARY, "lesson:start", "glossary:ceiling"),
        [(GLOSSARY, "key: floor", "the glossary has no term ceiling")],
    ),
    "a glossary that is no list": (
        put(GLOSSARY, "terms: {}\n"),
        [
            (GLOSSARY, 1, "terms must be a list: start each entry with `- `"),
            (GLOSSARY_FR, "floor:", "the glossary has no term floor to translate"),
            (LESSON, "A [floor]", "the glossary has no term floor"),
            (LESSON_FR, "Un [socle]", "the glossary has no term floor"),
        ],
    ),
    "a translated term that the glossary does not have": (
        add(GLOSSARY_FR, "  ceiling: {term: plafond, definition: Pas un socle.}\n"),
        [(GLOSSARY_FR, "ceiling:", "the glossary has no term ceiling to translate")],
    ),
    # module.yaml.
    "a module whose key is not its folder's name": (
        change(MODULE, "key: first", "key: last"),
        [(MODULE, "key:", "the module's key is 'last' but its folder is 'first'")],
    ),
    "a pictogram that is not drawn": (
        change(MODULE, "pictogram: balance", "pictogram: whale"),
        [(MODULE, "pictogram:", "pictogram is 'whale': use one of balance, stall, coins")],
    ),
    "an accent that the style sheet does not have": (
        change(MODULE, "accent: plum", "accent: pink"),
        [(MODULE, "accent:", "accent is 'pink': use one of plum, clay, forest")],
    ),
    "an objective given twice": (
        change(MODULE, "key: count", "key: tell"),
        [
            (MODULE, 8, "the objective tell is there twice"),
            (MODULE, 10, "the objective tell is there twice"),
            (MODULE_FR, "count:", "there is no field 'count' here; known are tell"),
            (LESSON_2, "key: go-on", "module.yaml has no objective count"),
            (QUIZ, "key: numbers", "module.yaml has no objective count"),
            (QUIZ, "key: three-is-more", "module.yaml has no objective count"),
            *of_every_practice("module.yaml has no objective count"),
        ],
    ),
    "an objective that no lesson teaches and no question asks about": (
        both(
            add(MODULE, "  - key: sing\n    text: sing\n"),
            change(MODULE_FR, "  tell:", "  sing: chanter\n  tell:"),
        ),
        [
            (MODULE, 1, "no lesson teaches the objective sing"),
            (QUIZ, 1, "no question asks about sing"),
        ],
    ),
    "an objective that is not translated": (
        change(MODULE_FR, "  count: compter jusqu'à trois\n", ""),
        [(MODULE_FR, "objectives:", "count is missing")],
    ),
    "an objective that links to nothing": (
        change(MODULE, "tell a floor", "tell a [floor](glossary:absent)"),
        [(MODULE, 1, "the glossary has no term absent")],
    ),
    "an objective with a picture": (
        change(MODULE, "tell a floor", "tell a ![floor](pixel.png)"),
        [(MODULE, 1, "pictures stand in lessons and questions only")],
    ),
    "a module without lessons": (
        both(remove(LESSON), remove(LESSON_FR), remove(LESSON_2)),
        [
            (MODULE, 1, "this module has no lesson"),
            (MODULE, 1, "no lesson teaches the objective tell"),
            (MODULE, 1, "no lesson teaches the objective count"),
            (COURSE, 1, "the course has no lesson start"),
            (COURSE_FR, 1, "the course has no lesson start"),
            (GLOSSARY, "key: floor", "the course has no lesson start"),
            *of_every_practice("no lesson shows {key}"),
        ],
    ),
    # Lessons: their files and fields.
    "a lesson whose file is named otherwise": (
        rename(LESSON_2, "modules/small/first/go-on.md"),
        [
            ("modules/small/first/go-on.md", 1, "name the file NN-<key>.<language>.md"),
            (MODULE, 1, "no lesson teaches the objective count"),
            *of_every_practice("no lesson shows {key}"),
        ],
    ),
    "a lesson whose language is none": (
        rename(LESSON_FR, "modules/small/first/01-start.french.md"),
        [
            (
                "modules/small/first/01-start.french.md",
                1,
                "'french' is not a language tag such as en or pt-BR",
            )
        ],
    ),
    "a lesson without fields": (
        put(LESSON_FR, "Un texte.\n"),
        [(LESSON_FR, 1, "start the file with its fields between two lines of ---")],
    ),
    "a lesson whose fields do not end": (
        change(LESSON_FR, "    year: 2012\n---\n", "    year: 2012\n"),
        [(LESSON_FR, 1, "start the file with its fields between two lines of ---")],
    ),
    "a lesson whose fields are not YAML": (
        change(LESSON_FR, "title: Le début", "title: [Le début"),
        [(LESSON_FR, "minutes:", "this is not valid YAML")],
    ),
    "a lesson whose key is not its file's": (
        change(LESSON_2, "key: go-on", "key: stop"),
        [(LESSON_2, "key:", "the lesson's key is 'stop' but its file says 'go-on'")],
    ),
    "a lesson without a key": (
        change(LESSON_2, "key: go-on\n", ""),
        [(LESSON_2, 2, "key is missing")],
    ),
    "a lesson that takes no time": (
        change(LESSON_2, "minutes: 7", "minutes: 0"),
        [(LESSON_2, "minutes:", "minutes must be a whole number, 1 to 120")],
    ),
    "a lesson with an objective that its module does not have": (
        change(LESSON_2, "objectives: [count]", "objectives: [count, dance]"),
        [(LESSON_2, "key:", "module.yaml has no objective dance")],
    ),
    "a lesson without objectives": (
        change(LESSON, "objectives: [tell]\n", ""),
        [
            (LESSON, 2, "objectives is missing: add `objectives: [...]`"),
            (MODULE, 1, "no lesson teaches the objective tell"),
        ],
    ),
    "a lesson without sources": (
        change(LESSON_2, "sources:\n  - text: A source\n    year: 2020\n", ""),
        [(LESSON_2, 2, "sources must be a list")],
    ),
    "a source without a year": (
        change(LESSON_2, "    year: 2020\n", ""),
        [(LESSON_2, "text: A source", "year is missing: add a whole number, 1900 to 2100")],
    ),
    "a source that is a text": (
        change(LESSON_2, "  - text: A source\n    year: 2020\n", "  - A source (2020)\n"),
        [(LESSON_2, "A source (2020)", "each entry of sources must hold fields")],
    ),
    "a kind of change that nobody knows": (
        change(LESSON_2, "minutes: 7", "minutes: 7\nchange: tiny"),
        [(LESSON_2, "change:", "change is 'tiny': use one of major, minor")],
    ),
    "a field that lessons do not have": (
        change(LESSON_2, "minutes: 7", "minutes: 7\nauthor: me"),
        [(LESSON_2, "author:", "there is no field 'author' here")],
    ),
    "a translated lesson without its original": (
        both(
            rename(LESSON_FR, "modules/small/first/03-more.fr.md"),
            change("modules/small/first/03-more.fr.md", "key: start", "key: more"),
        ),
        [
            (
                "modules/small/first/03-more.fr.md",
                1,
                "there is no lesson more in en that this translates",
            )
        ],
    ),
    "two lessons of a module with one key": (
        lambda content: content.put("modules/small/first/03-start.en.md", content.text(LESSON)),
        [
            (
                "modules/small/first/03-start.en.md",
                "key:",
                "another lesson of the course has the key start",
            )
        ],
    ),
    "two translations of a lesson into one language": (
        lambda content: content.put("modules/small/first/02-start.fr.md", content.text(LESSON_FR)),
        [
            (
                "modules/small/first/02-start.fr.md",
                1,
                "another file has the lesson start in fr",
            )
        ],
    ),
    "a lesson with the key of its module": (
        both(
            rename(LESSON_2, "modules/small/first/02-first.en.md"),
            change("modules/small/first/02-first.en.md", "key: go-on", "key: first"),
        ),
        [
            (
                "modules/small/first/02-first.en.md",
                "key:",
                "first is a module's key already: choose another",
            )
        ],
    ),
    # Lessons: their texts.
    "too few words": (
        change(COURSE, "[5, 200]", "[18, 200]"),
        [
            (LESSON_FR, 10, "the lesson has 13 words: write 18 to 200"),
            (LESSON_2, 10, "the lesson has 15 words: write 18 to 200"),
        ],
    ),
    "too many words": (
        add(LESSON_2, "\n" + "word " * 200 + "\n\n" + UNION),
        [
            (LESSON_2, 10, "the lesson has 219 words: write 5 to 200"),
            (LESSON_2, 10, "end the lesson with exactly one box of the kind union"),
        ],
    ),
    "a heading of level one": (
        change(LESSON, "## A heading", "# A heading"),
        [(LESSON, "# A heading", "start headings at level two (##): the title is level one")],
    ),
    "HTML in a lesson": (
        change(LESSON, "## A heading", "<b>Bold</b>"),
        [(LESSON, "<b>", "HTML is shown as text: use Markdown")],
    ),
    "a box that is not closed": (
        change(LESSON_2, "One and two are three.\n:::\n", "One and two are three.\n"),
        [
            (LESSON_2, "::: example", "this box is not closed: end it with a line :::"),
            # What follows stands inside it now.
            (LESSON_2, 10, "end the lesson with exactly one box of the kind union"),
        ],
    ),
    "a box of an unknown kind": (
        change(LESSON, "## A heading", "::: poem A title\nInside.\n:::"),
        [(LESSON, "::: poem", "there is no such kind of box")],
    ),
    "a box without a title": (
        change(LESSON, "## A heading", "::: key\nInside.\n:::"),
        [(LESSON, "::: key", "give the box a title after its kind")],
    ),
    "a chart that cannot be drawn": (
        change(LESSON, "max: 100", "max: 50"),
        [(LESSON, "```chart", "a chart's values must lie between 0 and its max")],
    ),
    "a lesson without a case or an example": (
        change(LESSON_2, "::: example Counting", "::: note Counting"),
        [(LESSON_2, 10, "the lesson has no country case and no worked example")],
    ),
    "a lesson without a union box": (
        change(LESSON_2, "::: union What", "::: note What"),
        [(LESSON_2, 10, "end the lesson with exactly one box of the kind union")],
    ),
    "a lesson that goes on after its union box": (
        add(LESSON_2, "\nAnd more.\n"),
        [(LESSON_2, 10, "end the lesson with exactly one box of the kind union")],
    ),
    "a lesson with two union boxes": (
        add(LESSON_2, "\n" + UNION),
        [(LESSON_2, 10, "end the lesson with exactly one box of the kind union")],
    ),
    "a link to a term that the glossary does not have": (
        change(LESSON, "glossary:floor", "glossary:ceiling"),
        [(LESSON, "glossary:ceiling", "the glossary has no term ceiling")],
    ),
    "a link to a lesson that the course does not have": (
        change(LESSON_2, "lesson:start", "lesson:end"),
        [(LESSON_2, "lesson:end", "the course has no lesson end")],
    ),
    "a link that is not encrypted": (
        change(LESSON, "https://www.ilo.org/", "http://www.ilo.org/"),
        [(LESSON, "http:", "link to glossary:, lesson: or https://, not to 'http://www.ilo.org/'")],
    ),
    "a link to a file": (
        change(LESSON_2, "lesson:start", "01-start.en.md"),
        [(LESSON_2, "01-start", "link to glossary:, lesson: or https://, not to '01-start.en.md'")],
    ),
    "a picture without words": (
        change(LESSON, "![One grey pixel]", "![]"),
        [(LESSON, "![]", "describe the image between its brackets")],
    ),
    "a picture that is not there": (
        remove(PICTURE),
        [(LESSON, "pixel.png", "there is no image pixel.png beside this lesson")],
    ),
    "a translated lesson with a broken link": (
        change(LESSON_FR, "glossary:floor", "glossary:socle"),
        [(LESSON_FR, "glossary:socle", "the glossary has no term socle")],
    ),
    # Quizzes.
    "a quiz whose key is not its module's": (
        change(QUIZ, "key: first\n", "key: last\n"),
        [(QUIZ, 1, "the quiz's key is 'last' but its file is first.yaml")],
    ),
    "a pass mark above 100": (
        change(QUIZ, "pass_mark: 70", "pass_mark: 101"),
        [(QUIZ, "pass_mark:", "pass_mark must be a whole number, 1 to 100")],
    ),
    "no attempt at all": (
        change(QUIZ, "attempts: unlimited", "attempts: 0"),
        [(QUIZ, "attempts:", "attempts must be a whole number, 1 to 100")],
    ),
    "attempts that are neither a number nor unlimited": (
        change(QUIZ, "attempts: unlimited", "attempts: [3]"),
        [(QUIZ, "attempts:", "attempts must be a whole number, 1 to 100")],
    ),
    "a question given twice": (
        change(QUIZ, "key: three-is-more", "key: numbers"),
        [
            (QUIZ, 39, "the question numbers is there twice"),
            (QUIZ_FR, "three-is-more:", "the quiz has no question three-is-more to translate"),
        ],
    ),
    "a kind of question that nobody knows": (
        change(QUIZ, "kind: true_false", "kind: essay"),
        [
            (QUIZ, "kind: essay", "kind is 'essay': use one of categorise, free_text, gaps, "),
            # The first kind stands in for it, so that the rest of the question is read, too.
            (QUIZ, "key: three-is-more", "categories must be a list"),
            (QUIZ, "key: three-is-more", "items must be a list"),
            (QUIZ, "answer: true", "there is no field 'answer' here"),
            (QUIZ_FR, "three-is-more:", "categories is missing"),
            (QUIZ_FR, "three-is-more:", "items is missing"),
        ],
    ),
    "a question about an objective that its module does not have": (
        change(QUIZ, "objective: tell", "objective: sell"),
        [
            (QUIZ, "key: floor-is", "module.yaml has no objective sell"),
            (QUIZ, 1, "no question asks about tell"),
        ],
    ),
    "a question without an explanation": (
        change(QUIZ, "    explanation: It is what nobody may fall below.\n", ""),
        [(QUIZ, "key: floor-is", "explanation is missing")],
    ),
    "a question without a source line": (
        change(QUIZ, '    source: "ILO, Recommendation No. 202 (2012)"\n', ""),
        [(QUIZ, "key: floor-is", "source is missing")],
    ),
    "a source line without a year": (
        change(QUIZ, "No. 202 (2012)", "No. 202"),
        [(QUIZ, "key: floor-is", "the source line of floor-is needs a year")],
    ),
    "a single choice with two right options": (
        change(QUIZ, "text: the most", "text: the most\n        correct: true"),
        [(QUIZ, "options:", "mark exactly one option as correct, 2 are marked")],
    ),
    "a multiple choice without a right option": (
        both(
            change(QUIZ, "text: one\n        correct: true", "text: one"),
            change(QUIZ, "text: two\n        correct: true", "text: two"),
        ),
        [(QUIZ, 26, "mark at least one option as correct, but not all of them")],
    ),
    "a multiple choice without a wrong option": (
        both(
            change(QUIZ, "text: green", "text: green\n        correct: true"),
            change(QUIZ, "text: blue", "text: blue\n        correct: true"),
        ),
        [(QUIZ, 26, "mark at least one option as correct, but not all of them")],
    ),
    "a true or false without an answer": (
        change(QUIZ, "    answer: true\n", ""),
        [(QUIZ, "key: three-is-more", "answer must be true or false")],
    ),
    "an option given twice": (
        change(QUIZ, "key: blue", "key: green"),
        [(QUIZ, 35, "green is there twice")],
    ),
    "an option that is right in words": (
        change(
            QUIZ, "text: the least\n        correct: true", "text: the least\n        correct: very"
        ),
        [
            (QUIZ, "correct: very", "correct must be true or false"),
            (QUIZ, "options:", "mark exactly one option as correct, 0 are marked"),
        ],
    ),
    "a single choice with one option": (
        change(
            QUIZ,
            "      - key: most\n        text: the most\n        feedback: That is a ceiling.\n"
            "      - key: mean\n        text: the mean\n",
            "",
        ),
        [
            (QUIZ, "options:", "options has 1 entries: give 2 to 8"),
            (QUIZ_FR, "most:", "there is no field 'most' here; known are least"),
            (QUIZ_FR, "mean:", "there is no field 'mean' here; known are least"),
        ],
    ),
    "a question with nine options": (
        change(
            QUIZ,
            "      - key: blue\n        text: blue\n",
            "".join(f"      - key: c{n}\n        text: colour {n}\n" for n in range(6)),
        ),
        [(QUIZ, 26, "options has 9 entries: give 2 to 8")],
    ),
    "a question with a broken link": (
        change(QUIZ, "What is a floor?", "What is a [floor](glossary:ground)?"),
        [(QUIZ, "key: floor-is", "the glossary has no term ground")],
    ),
    "an option with a broken link": (
        change(QUIZ, "text: the mean", "text: the [mean](lesson:average)"),
        [(QUIZ, "key: floor-is", "the course has no lesson average")],
    ),
    "an explanation with HTML": (
        change(QUIZ, "It is two and one.", "It is <b>two</b> and one."),
        [(QUIZ, "key: three-is-more", "HTML is shown as text: use Markdown")],
    ),
    "a question with a picture that is not there": (
        change(QUIZ, "What is a floor?", "'![A floor](floor.png)'"),
        [(QUIZ, "key: floor-is", "there is no image floor.png beside the module's lessons")],
    ),
    "a question with a picture without words": (
        change(QUIZ, "What is a floor?", "'![](pixel.png)'"),
        [(QUIZ, "key: floor-is", "describe the image between its brackets")],
    ),
    "an introduction with a picture": (
        change(QUIZ, "intro: Three questions.", 'intro: "![One pixel](pixel.png)"'),
        [(QUIZ, 1, "pictures stand in lessons and questions only")],
    ),
    "an introduction that links to nothing": (
        change(QUIZ, "intro: Three questions.", "intro: See [this](lesson:absent)."),
        [(QUIZ, 1, "the course has no lesson absent")],
    ),
    "a translated question that the quiz does not have": (
        change(QUIZ_FR, "  three-is-more:", "  four-is-more:"),
        [(QUIZ_FR, "four-is-more:", "the quiz has no question four-is-more to translate")],
    ),
    "a translated question without one of its options": (
        change(QUIZ_FR, "      mean: {text: la moyenne}\n", ""),
        [(QUIZ_FR, "options:", "mean is missing")],
    ),
    "a translated question with an option too many": (
        change(QUIZ_FR, "      mean:", "      average: {text: la moyenne}\n      mean:"),
        [(QUIZ_FR, "average:", "there is no field 'average' here")],
    ),
    "a translation that leaves out the feedback": (
        change(QUIZ_FR, ", feedback: C'est un plafond.", ""),
        [(QUIZ_FR, 1, "floor-is does not have the same parts as in en")],
    ),
    "a translation without questions": (
        put(QUIZ_FR, "title: Un quiz\n"),
        [(QUIZ_FR, 1, "questions is missing")],
    ),
    # Quizzes: their rules.
    **{
        f"a rule that cannot be: {rule}": (
            change(QUIZ, "attempts: unlimited", f"attempts: unlimited\n{rule}"),
            [(QUIZ, rule.partition(":")[0], words)],
        )
        for rule, words in (
            ("pause_minutes: -1", "pause_minutes must be a whole number, 0 to 43200"),
            ("pause_minutes: long", "pause_minutes must be a whole number, 0 to 43200"),
            ("counts: middle", "counts is 'middle': use one of best, last"),
            ("time_limit_minutes: 0", "time_limit_minutes must be a whole number, 1 to 1440"),
            ("time_limit_minutes: short", "time_limit_minutes must be a whole number, 1 to 1440"),
            ("grace_seconds: 601", "grace_seconds must be a whole number, 0 to 600"),
            ("shuffle_questions: often", "shuffle_questions must be true or false"),
            ("shuffle_options: often", "shuffle_options must be true or false"),
            ("feedback: soon", "feedback is 'soon': use one of at_once, after_submission, "),
            ("layout: round", "layout is 'round': use one of one_at_a_time, all_on_a_page"),
            ("draw: some", "draw must be a whole number, 1 to 500"),
            ("draw: 0", "draw must be a whole number, 1 to 500"),
            ("draw: {}", "draw must be all, a number, or a number for each objective"),
            ("draw: {tell: 0}", "draw must be all, a number, or a number for each objective"),
            ("draw: {tell: one}", "draw must be all, a number, or a number for each objective"),
        )
    },
    "a draw of more questions than there are": (
        # Those for practice are not among them.
        change(QUIZ, "attempts: unlimited", "attempts: unlimited\ndraw: 4"),
        [(QUIZ, 1, "draw asks for 4 questions: there are 3")],
    ),
    "a draw of more questions about an objective than there are": (
        change(
            QUIZ, "attempts: unlimited", "attempts: unlimited\ndraw: {tell: 1, count: 3, sing: 1}"
        ),
        [
            (QUIZ, 1, "draw asks for 3 questions about count: there are 2"),
            (QUIZ, 1, "draw asks for 1 questions about sing: there are 0"),
        ],
    ),
    # Questions for lessons to show.
    "a use that nobody knows": (
        change(
            QUIZ,
            "kind: matching\n    objective: count\n    use: practice",
            "kind: matching\n    objective: count\n    use: fun",
        ),
        [
            (QUIZ, "use: fun", "use is 'fun': use one of quiz, practice"),
            # Then it is one of the quiz.
            (
                LESSON_2,
                "```question",
                "pair-up is asked in the quiz: a lesson would give its answer away",
            ),
        ],
    ),
    "a lesson that shows what the quiz asks": (
        change(LESSON_2, "pair-up", "numbers"),
        [
            (
                LESSON_2,
                "```question",
                "numbers is asked in the quiz: a lesson would give its answer away; ",
            ),
            (QUIZ, "key: pair-up", "no lesson shows pair-up"),
        ],
    ),
    "a lesson that shows a question which there is not": (
        change(LESSON_2, "pair-up", "pair-down"),
        [
            (LESSON_2, "```question", "the quiz has no question pair-down"),
            (QUIZ, "key: pair-up", "no lesson shows pair-up"),
        ],
    ),
    "a lesson that shows a question twice": (
        change(LESSON_2, "in-order", "pair-up"),
        [
            (LESSON_2, 21, "pair-up is shown twice in this lesson"),
            (QUIZ, "key: in-order", "no lesson shows in-order"),
        ],
    ),
    "an objective that is only practised": (
        change(QUIZ, "objective: tell", "objective: tell\n    use: practice"),
        [
            (QUIZ, 1, "no question asks about tell"),
            (QUIZ, "key: floor-is", "no lesson shows floor-is"),
        ],
    ),
    # Each kind of question.
    "an option of a single choice that earns all without being right": (
        change(QUIZ, "text: the mean", "text: the mean\n        credit: 100"),
        [(QUIZ, "credit: 100", "credit must be a whole number, 1 to 99")],
    ),
    "a multiple choice whose option earns a part": (
        change(QUIZ, "text: blue", "text: blue\n        credit: 50"),
        [(QUIZ, 26, "credit belongs to single choice: here every option weighs the same")],
    ),
    "a penalty above 100": (
        change(QUIZ, "Which of these are numbers?", "Which?\n    penalty: 101"),
        [(QUIZ, "penalty:", "penalty must be a whole number, 0 to 100")],
    ),
    "two pairs with the same match": (
        change(QUIZ, "match: feathers", "match: whiskers"),
        [(QUIZ, 58, "two items have the same match: use the kind categorise")],
    ),
    "a distractor with the key of a pair": (
        change(QUIZ, "key: clocks", "key: hen"),
        [
            (QUIZ, 63, "hen is there twice"),
            # A translator finds what is left.
            (QUIZ_FR, "distractors:", "hen is missing"),
            (QUIZ_FR, "clocks:", "there is no field 'clocks' here; known are hen"),
        ],
    ),
    "a distractor that is a match": (
        change(QUIZ, "text: hours", "text: feathers"),
        [(QUIZ, "text: feathers", "a match has the same text")],
    ),
    "a single pair": (
        both(
            change(QUIZ, "      - key: hen\n        text: The hen\n        match: feathers\n", ""),
            change(QUIZ, "      - key: bee\n        text: The bee\n        match: hexagons\n", ""),
            change(QUIZ_FR, "      hen: {text: La poule, match: les plumes}\n", ""),
            change(QUIZ_FR, "      bee: {text: L'abeille, match: les hexagones}\n", ""),
        ),
        [(QUIZ, "pairs:", "pairs has 1 entries: give 2 to 10")],
    ),
    "an item in a category that there is not": (
        change(QUIZ, "category: even", "category: prime"),
        [
            (QUIZ, "category: prime", "category is 'prime': use one of even, odd"),
        ],
    ),
    "a category that nothing belongs into": (
        change(QUIZ, "category: even", "category: odd"),
        [(QUIZ, "categories:", "every category needs an item that belongs into it")],
    ),
    "two steps": (
        both(
            change(QUIZ, "      - key: war\n        text: the end of a war\n", ""),
            change(QUIZ, "      - key: charter\n        text: a charter\n", ""),
            change(QUIZ_FR, "      war: {text: la fin d'une guerre}\n", ""),
            change(QUIZ_FR, "      charter: {text: une charte}\n", ""),
        ),
        [(QUIZ, "steps:", "steps has 2 entries: give 3 to 8")],
    ),
    "a number that is a text": (
        change(QUIZ, "value: 271828", "value: many"),
        [(QUIZ, "value: many", "value must be a number, for example 12.5")],
    ),
    "a tolerance below zero": (
        change(QUIZ, "tolerance: 5", "tolerance: -5"),
        [(QUIZ, "tolerance: -5", "tolerance must be 0 or more")],
    ),
    "a first accepted number that does not earn all": (
        change(QUIZ, "tolerance: 5", "tolerance: 5\n        credit: 90"),
        [(QUIZ, "credit: 90", "the first accepted answer must earn 100")],
    ),
    "a unit of nothing": (
        change(QUIZ, "factor: 1000", "factor: 0"),
        [(QUIZ, "factor: 0", "factor must be above zero, and 1 for the first unit")],
    ),
    "a first unit that is made of others": (
        change(QUIZ, "text: grains", "text: grains\n        factor: 2"),
        [(QUIZ, "factor: 2", "factor must be above zero, and 1 for the first unit")],
    ),
    "a first accepted text that does not earn all": (
        change(QUIZ, "text: quindecim", "text: quindecim\n        credit: 90"),
        [(QUIZ, "credit: 90", "the first accepted answer must earn 100")],
    ),
    "an accepted text that nobody can type": (
        change(QUIZ, "text: quindecim", f"text: {'x' * 501}"),
        [(QUIZ, "xxx", "an accepted text has at most 500 characters")],
    ),
    "a comparison that nobody knows": (
        change(QUIZ, "wildcards: true", "wildcards: true\n    case: sometimes"),
        [(QUIZ, "case: sometimes", "case is 'sometimes': use one of ignore, required")],
    ),
    "a gap that the prompt does not hold": (
        change(QUIZ, "a score is [[score]]", "a score is many"),
        [
            (QUIZ, "prompt: |", "the prompt must hold the gap [[score]] once"),
        ],
    ),
    "a gap that the prompt holds twice": (
        change(QUIZ, "a score is [[score]]", "a score is [[score]], really [[score]]"),
        [(QUIZ, "prompt: |", "the prompt must hold the gap [[score]] once")],
    ),
    "a gap in the prompt that is none": (
        change(QUIZ, "a score is [[score]]", "a [[thing]] is [[score]]"),
        [(QUIZ, "prompt: |", "there is no gap thing")],
    ),
    "a translated prompt without one of the gaps": (
        change(QUIZ_FR, "une vingtaine [[score]]", "une vingtaine vingt"),
        [(QUIZ_FR, "prompt: |", "the prompt must hold the gap [[score]] once")],
    ),
    "a gap with feedback": (
        change(QUIZ, "- text: viginti", "- text: viginti\n            feedback: Well said."),
        [(QUIZ, 152, "there is no feedback in gaps: say it in the explanation")],
    ),
    "a gap with two right options": (
        change(QUIZ, "text: a song", "text: a song\n            correct: true"),
        [(QUIZ, 156, "mark exactly one option as correct, 2 are marked")],
    ),
    "a gap that accepts nothing": (
        change(QUIZ, "        accept:\n          - text: viginti\n        accents: required\n", ""),
        [(QUIZ, "key: score", "accept must be a list")],
    ),
    "a line of a rubric without points": (
        change(QUIZ, "        points: 2\n", ""),
        [(QUIZ, "key: says-why", "points is missing: add a whole number, 1 to 10")],
    ),
    "a line of a rubric with more points than there are": (
        change(QUIZ, "points: 2", "points: 11"),
        [(QUIZ, "points: 11", "points must be a whole number, 1 to 10")],
    ),
    "an answer longer than anybody reads": (
        change(QUIZ, "most_characters: 300", "most_characters: 10001"),
        [(QUIZ, "most_characters:", "most_characters must be a whole number, 1 to 10000")],
    ),
    "a broken link in what accompanies an answer": (
        both(
            change(QUIZ, "A dozen is made of pairs.", "See [this](lesson:absent)."),
            change(QUIZ, "Counted by hand on a long evening.", "See [this](lesson:absent)."),
            change(QUIZ, "Names somebody who miscounted", "See [this](lesson:absent)."),
        ),
        [
            (QUIZ, f"key: {key}", "the course has no lesson absent")
            for key in ("sort-them", "how-many", "in-your-words")
        ],
    ),
    # The quiz over the whole course.
    "a final quiz that is not there": (
        change(COURSE, "modules: [first]", "modules: [first]\nfinal_quiz: final"),
        [(FINAL, 1, "there is no such quiz: write this file")],
    ),
    "a final quiz that the course does not name": (
        with_final_quiz(change(COURSE, "final_quiz: final\n", "")),
        [(FINAL, 1, "no module of the course has this name: nobody sees it")],
    ),
    "a final quiz with the key of a module": (
        change(COURSE, "modules: [first]", "modules: [first]\nfinal_quiz: first"),
        [(COURSE, "final_quiz:", "first is a module's key already: choose another")],
    ),
    "a final quiz with the key of a lesson": (
        both(
            change(COURSE, "modules: [first]", "modules: [first]\nfinal_quiz: start"),
            lambda content: content.put(
                "quizzes/small/start.yaml",
                FINAL_TEXT.replace("key: final\n", "key: start\n"),
            ),
        ),
        [("quizzes/small/start.yaml", 1, "start is the key of a lesson already")],
    ),
    "a final quiz about an objective that there is not": (
        with_final_quiz(change(FINAL, "objective: first/tell", "objective: first/sing")),
        [
            (
                FINAL,
                "key: floor-or-ceiling",
                "there is no objective first/sing: write <module>/<objective>",
            )
        ],
    ),
    "a final quiz that does not name the module": (
        with_final_quiz(change(FINAL, "objective: first/tell", "objective: tell")),
        [
            (
                FINAL,
                "key: floor-or-ceiling",
                "there is no objective tell: write <module>/<objective>",
            ),
            (FINAL, 1, "no question asks about the module first"),
        ],
    ),
    "an objective that is no key": (
        with_final_quiz(change(FINAL, "objective: first/tell", "objective: first/tell/all")),
        [
            (
                FINAL,
                "objective:",
                "objective is 'first/tell/all': name one of the objectives by its",
            ),
            (
                FINAL,
                "key: floor-or-ceiling",
                "there is no objective first/tell/all: write <module>/<objective>",
            ),
        ],
    ),
    "a final quiz with a question for practice": (
        with_final_quiz(change(FINAL, "kind: true_false", "kind: true_false\n    use: practice")),
        [
            (FINAL, "key: floor-or-ceiling", "questions for practice belong to a module's quiz"),
            (FINAL, 1, "no question asks about the module first"),
            (FINAL, 1, "this quiz has no question that is not for practice"),
        ],
    ),
    "a final quiz that draws more than it has": (
        with_final_quiz(
            change(FINAL, "attempts: unlimited", "attempts: unlimited\ndraw: {first: 2}")
        ),
        [(FINAL, 1, "draw asks for 2 questions about first: there are 1")],
    ),
    "a final quiz with a picture": (
        with_final_quiz(change(FINAL, "A floor is a ceiling.", "'![A floor](pixel.png)'")),
        [(FINAL, "key: floor-or-ceiling", "pictures stand in lessons and questions only")],
    ),
}


def place(content: AuthoredContent, expected: Expected) -> tuple[str, int]:
    name, line, _ = expected
    return name, line if isinstance(line, int) else content.line_of(name, line)


@pytest.mark.parametrize("name", CASES)
def test_the_check_reports(name: str, authored: AuthoredContent) -> None:
    break_it, expected = CASES[name]
    break_it(authored)
    found = list(authored.problems())

    for problem in sorted(expected, key=lambda e: place(authored, e)):
        at = place(authored, problem)
        match = next(
            (p for p in found if (p.path, p.line) == at and p.message.startswith(problem[2])), None
        )
        assert match is not None, f"expected {at} {problem[2]!r} among {list(map(str, found))}"
        found.remove(match)
    assert found == []


@pytest.mark.parametrize(
    "change_it",
    [
        lambda _: None,
        AuthoredContent.ask_everything,
        AuthoredContent.add_final_quiz,
    ],
    ids=["as it is", "asking everything", "with a final quiz"],
)
def test_the_small_course_has_no_problem(authored: AuthoredContent, change_it: Break) -> None:
    change_it(authored)
    assert authored.problems() == []


def test_a_folder_without_content_is_a_problem(tmp_path: Path) -> None:
    assert [str(problem) for problem in check_content(tmp_path)] == [
        "modules:1: there is no folder modules/ here"
    ]


def test_a_key_that_another_module_has_is_reported_in_both(authored: AuthoredContent) -> None:
    authored.change(COURSE, "[first]", "[first, second]")
    for name in FILES:
        if "/first" in name:
            text = authored.text(name).replace("key: first", "key: second")
            authored.put(name.replace("/first", "/second"), text)
    authored.put(f"{SECOND}/pixel.png", b"")

    problems = [problem for problem in authored.problems() if "another lesson" in problem.message]

    assert sorted({problem.path for problem in problems}) == [
        LESSON,
        LESSON_2,
        LESSON.replace("/first", "/second"),
        LESSON_2.replace("/first", "/second"),
    ]


def test_all_problems_are_reported_at_once_by_file_and_line(authored: AuthoredContent) -> None:
    authored.change(COURSE, "title: A small course", "title: ''")
    authored.change(GLOSSARY, "key: scheme", "key: Scheme")
    authored.change(LESSON, "minutes: 5", "minutes: long")
    authored.change(LESSON, "## A heading", "# A heading")
    authored.change(LESSON_2, "lesson:start", "lesson:end")
    authored.change(QUIZ, "pass_mark: 70", "pass_mark: 700")
    authored.change(QUIZ_FR, "title:", "titre:")

    problems = authored.problems()

    assert [(p.path, p.line) for p in problems] == sorted((p.path, p.line) for p in problems)
    assert {p.path for p in problems} == {COURSE, GLOSSARY, LESSON, LESSON_2, QUIZ, QUIZ_FR}
    assert len(problems) == 8


@pytest.mark.parametrize("broken", [name for name in FILES if name != COURSE])
def test_a_file_that_cannot_be_read_keeps_no_other_from_being_read(
    authored: AuthoredContent, broken: str
) -> None:
    for name in FILES:
        authored.put(name, authored.text(name).replace("title:", "titel:", 1))
    authored.put(broken, "key: [never closed")
    has_title = [name for name in FILES if "titel:" in authored.text(name)]

    problems = authored.problems()

    # Whose texts a translation holds is not known when what it translates cannot be read.
    unknown = {QUIZ: {QUIZ_FR}, MODULE: {MODULE_FR}, LESSON: set()}.get(broken, set())
    assert {p.path for p in problems} >= {broken, *has_title} - unknown


def test_of_a_file_that_cannot_be_read_nothing_is_said_to_be_missing(
    authored: AuthoredContent,
) -> None:
    authored.put(GLOSSARY, "terms: [")
    authored.put(MODULE, "key: [")

    assert [problem.path for problem in authored.problems()] == [MODULE, GLOSSARY]


def test_without_course_yaml_the_other_courses_are_checked(authored: AuthoredContent) -> None:
    authored.put(COURSE, "key: [")
    authored.put("modules/other/course.yaml", "key: other\n")

    assert {p.path for p in authored.problems()} == {COURSE, "modules/other/course.yaml"}


def test_files_that_editors_and_systems_leave_behind_are_no_content(
    authored: AuthoredContent,
) -> None:
    authored.put("modules/.DS_Store", "")
    authored.put("modules/small/.cache/module.yaml", "")
    authored.put("modules/small/_drafts/module.yaml", "")
    authored.put("modules/README.md", "")

    assert authored.problems() == []


Span = tuple[int, int]


def values_by_path(node: yaml.Node, path: str = "") -> dict[str, yaml.Node]:
    """Return one node for every path of names in a YAML file; of a list's entries the last one."""
    found = {path: node}
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            found |= values_by_path(value, f"{path}/{name.value}")
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            found |= values_by_path(entry, f"{path}/-")
    return found


def span_of(node: yaml.Node) -> Span:
    """Return where a value stands."""
    return node.start_mark.index, node.end_mark.index


def questions_in(root: yaml.Node) -> list[yaml.Node]:
    """Return the questions of a quiz, or of its translation; other files have none."""
    questions = values_by_path(root).get("/questions")
    if isinstance(questions, yaml.MappingNode):
        return [value for _, value in questions.value]
    return questions.value if questions is not None else []


def with_odd(text: str, spans: Sequence[Span], odd: str) -> str:
    """Put something odd where these values stand; none of them stands in another."""
    for start, end in sorted(spans, reverse=True):
        line_end = "\n" if "\n" in text[start:end] else ""
        text = f"{text[:start]} {odd}{line_end}{text[end:]}"
    return text


YAML_FILES = [name for name in FILES if name.endswith(".yaml")]
# What may stand where something else belongs: every type that YAML has, and some of its traps.
ODD_VALUES = [
    "~",
    "17",
    "yes",
    "2026-11-23",
    "2026-13-45",
    "[]",
    "{}",
    "[[1], {a: b}]",
    "{a: {b: [c]}}",
    "!!binary aGVsbG8=",
    "!!python/object:os.system {}",
    "'![a](b)'",
]


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_whatever_stands_in_a_field_the_check_goes_on_to_its_end(
    authored: AuthoredContent, odd: str
) -> None:
    texts = {name: authored.text(name) for name in YAML_FILES}
    roots = {name: yaml.compose(text, Loader=yaml.SafeLoader) for name, text in texts.items()}
    fields = {
        name: [
            [
                span_of(value)
                for path, value in values_by_path(root).items()
                if path and not path.startswith("/questions/")
            ]
        ]
        for name, root in roots.items()
    }
    questions = {
        name: [
            list(map(span_of, values_by_path(question).values())) for question in questions_in(root)
        ]
        for name, root in roots.items()
    }
    # One value at a time in each file; then one in each question, which does not keep others from being read.
    # course.yaml by itself: without it nothing below is read.
    for group in ({COURSE: fields.pop(COURSE)}, fields, questions):
        for number in range(max(len(spans) for lists in group.values() for spans in lists)):
            for name, lists in group.items():
                broken = [spans[number % len(spans)] for spans in lists]
                authored.put(name, with_odd(texts[name], broken, odd))

            for problem in authored.problems():
                assert problem.line >= 1
                assert problem.message

            for name in group:
                authored.put(name, texts[name])
