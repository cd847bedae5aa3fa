"""A small valid course in files: tests of content break one thing in it at a time."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final, Self

from courseapp.core.authored import Problem
from courseapp.ops.setup import check_content

# The smallest PNG there is: one grey pixel.
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
)

COURSE: Final = "modules/small/course.yaml"
COURSE_FR: Final = "modules/small/course.fr.yaml"
GLOSSARY: Final = "modules/small/glossary.yaml"
GLOSSARY_FR: Final = "modules/small/glossary.fr.yaml"
MODULE: Final = "modules/small/first/module.yaml"
MODULE_FR: Final = "modules/small/first/module.fr.yaml"
LESSON: Final = "modules/small/first/01-start.en.md"
LESSON_FR: Final = "modules/small/first/01-start.fr.md"
LESSON_2: Final = "modules/small/first/02-go-on.en.md"
PICTURE: Final = "modules/small/first/pixel.png"
QUIZ: Final = "quizzes/small/first.yaml"
QUIZ_FR: Final = "quizzes/small/first.fr.yaml"

FILES: Final = {
    COURSE: """\
        key: small
        language: en
        title: A small course
        summary: Everything that the format knows, once.
        about: |
          Starts with [the first lesson](lesson:start).
        notice: Made up for tests.
        modules: [first]
        lesson_words: [5, 200]
        completion:
          lessons: all
          quizzes: all
        certificate:
          title: Certificate
          statement: has completed the course
        """,
    COURSE_FR: """\
        title: Un petit cours
        summary: Tout le format, une fois.
        about: |
          Commence par [la première leçon](lesson:start).
        notice: Inventé pour les tests.
        certificate:
          title: Certificat
          statement: a terminé le cours
        """,
    GLOSSARY: """\
        terms:
          - key: floor
            term: social protection floor
            definition: What everybody is owed. See [the start](lesson:start).
            fr: socle de protection sociale
          - key: scheme
            term: scheme
            definition: A set of rules about who pays and who is paid.
        """,
    GLOSSARY_FR: """\
        terms:
          floor:
            term: socle de protection sociale
            definition: Ce qui est dû à chacun.
        """,
    MODULE: """\
        key: first
        title: The first module
        summary: There is only one.
        brief: A brief
        pictogram: balance
        accent: plum
        objectives:
          - key: tell
            text: tell a floor from a ceiling
          - key: count
            text: count to three
        """,
    MODULE_FR: """\
        title: Le premier module
        summary: Il n'y en a qu'un.
        brief: Une note
        objectives:
          tell: distinguer un socle d'un plafond
          count: compter jusqu'à trois
        """,
    LESSON: """\
        ---
        key: start
        title: The start
        minutes: 5
        objectives: [tell]
        sources:
          - text: "ILO, Recommendation No. 202"
            year: 2012
        ---

        A [floor](glossary:floor) is no ceiling, says [the ILO](https://www.ilo.org/).

        ## A heading

        ![One grey pixel](pixel.png)

        ::: case Uruguay: a year for each child
        It was decided in 2008.
        :::

        ```chart
        caption: Covered, 2023
        unit: "%"
        max: 100
        rows:
          - [Women, 50.1]
          - [Men, 54.6]
        source: ILO (2024)
        ```

        ::: union What to raise in your union
        - A question to ask.
        :::
        """,
    LESSON_FR: """\
        ---
        key: start
        title: Le début
        minutes: 5
        objectives: [tell]
        sources:
          - text: "OIT, recommandation nº 202"
            year: 2012
        ---

        Un [socle](glossary:floor) n'est pas un plafond.

        ::: case Uruguay : un an par enfant
        Décidé en 2008.
        :::

        ::: union À soulever dans votre syndicat
        - Une question à poser.
        :::
        """,
    LESSON_2: """\
        ---
        key: go-on
        title: Going on
        minutes: 7
        objectives: [count]
        sources:
          - text: A source
            year: 2020
        ---

        One, two, three, and [back to the start](lesson:start).

        ::: example Counting to three
        One and two are three.
        :::

        ::: union What to raise in your union
        - Another question.
        :::
        """,
    QUIZ: """\
        key: first
        title: "Quiz: the first module"
        intro: Three questions.
        pass_mark: 70
        attempts: unlimited
        questions:
          - key: floor-is
            kind: single_choice
            objective: tell
            prompt: What is a floor?
            options:
              - key: least
                text: the least
                correct: true
              - key: most
                text: the most
                feedback: That is a ceiling.
              - key: mean
                text: the mean
            explanation: It is what nobody may fall below.
            source: "ILO, Recommendation No. 202 (2012)"
          - key: numbers
            kind: multiple_choice
            objective: count
            prompt: Which of these are numbers?
            options:
              - key: one
                text: one
                correct: true
              - key: two
                text: two
                correct: true
              - key: green
                text: green
              - key: blue
                text: blue
            explanation: Green and blue are colours.
            source: "A dictionary (2020)"
          - key: three-is-more
            kind: true_false
            objective: count
            prompt: Three is more than two.
            answer: true
            explanation: It is two and one.
            source: "A dictionary (2020)"
        """,
    QUIZ_FR: """\
        title: "Quiz : le premier module"
        intro: Trois questions.
        questions:
          floor-is:
            prompt: Qu'est-ce qu'un socle ?
            options:
              least: {text: le minimum}
              most: {text: le maximum, feedback: C'est un plafond.}
              mean: {text: la moyenne}
            explanation: Personne ne doit tomber plus bas.
            source: "OIT, recommandation nº 202 (2012)"
          three-is-more:
            prompt: Trois est plus que deux.
            explanation: C'est deux et un.
            source: "Un dictionnaire (2020)"
        """,
}


@dataclass(frozen=True, slots=True)
class AuthoredContent:
    """Content files below a folder, and ways to change them."""

    root: Path

    @classmethod
    def write(cls, root: Path) -> Self:
        """Write the small course."""
        content = cls(root)
        for name, text in FILES.items():
            content.put(name, dedent(text))
        content.put(PICTURE, PIXEL)
        return content

    def put(self, name: str, text: str | bytes) -> None:
        """Write a file, or write over it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def text(self, name: str) -> str:
        """Return what a file holds."""
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a piece of text that a file holds exactly once."""
        text = self.text(name)
        if text.count(old) != 1:
            raise ValueError(f"{name} holds {old!r} {text.count(old)} times")
        self.put(name, text.replace(old, new))

    def add(self, name: str, text: str) -> None:
        """Write something at the end of a file."""
        self.put(name, self.text(name) + text)

    def remove(self, name: str) -> None:
        """Delete a file."""
        (self.root / name).unlink()

    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name."""
        (self.root / name).rename(self.root / new_name)

    def line_of(self, name: str, words: str) -> int:
        """Return the number of the first line of a file that holds these words."""
        lines = self.text(name).splitlines()
        return next(number for number, line in enumerate(lines, start=1) if words in line)

    def problems(self) -> Sequence[Problem]:
        """Return what the content check finds."""
        return check_content(self.root)
