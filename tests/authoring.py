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
FINAL: Final = "quizzes/small/final.yaml"

# One question of each kind that the quiz does not ask: the second lesson shows them for practice. What gives
# their answers away is not said anywhere else, so that tests can look for it.
PRACTICE: Final = (
    "pair-up",
    "sort-them",
    "in-order",
    "how-many",
    "the-word",
    "fill-in",
    "in-your-words",
)

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

        ```question
        pair-up
        ```

        ```question
        sort-them
        ```

        ```question
        in-order
        ```

        ```question
        how-many
        ```

        ```question
        the-word
        ```

        ```question
        fill-in
        ```

        ```question
        in-your-words
        ```

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
          - key: pair-up
            kind: matching
            objective: count
            use: practice
            prompt: Which animal counts what?
            pairs:
              - key: cat
                text: The cat
                match: whiskers
                feedback: She has twenty-four of them.
              - key: hen
                text: The hen
                match: feathers
              - key: bee
                text: The bee
                match: hexagons
            distractors:
              - key: clocks
                text: hours
            explanation: Each counts what it has at hand.
            source: "A bestiary (2001)"
          - key: sort-them
            kind: categorise
            objective: count
            use: practice
            prompt: Even or odd?
            categories:
              - key: even
                text: even
              - key: odd
                text: odd
            items:
              - key: eleven
                text: eleven
                category: odd
              - key: twelve
                text: twelve
                category: even
                feedback: A dozen is made of pairs.
              - key: thirteen
                text: thirteen
                category: odd
            explanation: Whatever halves without a rest is of that sort.
            source: "A primer (2002)"
          - key: in-order
            kind: ordering
            objective: count
            use: practice
            prompt: Bring the years into their order.
            steps:
              - key: war
                text: the end of a war
              - key: charter
                text: a charter
              - key: standard
                text: a standard
              - key: protection
                text: a recommendation
            explanation: Peace came first and the floor came last.
            source: "A chronicle (2003)"
          - key: how-many
            kind: numeric
            objective: count
            use: practice
            prompt: How many grains are in the jar?
            accept:
              - value: 271828
                tolerance: 5
                feedback: Counted by hand on a long evening.
              - value: 314159
                credit: 50
                feedback: That is the other jar.
            units:
              - text: grains
              - text: sacks
                factor: 1000
            explanation: Nobody eats rice in this story.
            source: "A farmer (2004)"
          - key: the-word
            kind: short_text
            objective: count
            use: practice
            prompt: What is fifteen called in Rome?
            accept:
              - text: quindecim
                feedback: The Romans would agree.
              - text: quin*cem
                credit: 40
                feedback: Almost as they said it.
            wildcards: true
            explanation: Five and ten make the name.
            source: "A grammar (2005)"
          - key: fill-in
            kind: gaps
            objective: count
            use: practice
            prompt: |
              A gross is [[gross]] and a score is [[score]]; the word comes from [[origin]].
            gaps:
              - key: gross
                accept:
                  - value: 161803
                    tolerance: 2
                units:
                  - text: pieces
              - key: score
                accept:
                  - text: viginti
                accents: required
              - key: origin
                options:
                  - key: notch
                    text: a notch
                    correct: true
                  - key: song
                    text: a song
                  - key: goal
                    text: a goal
            explanation: Shepherds cut every twentieth sheep into wood.
            source: "A shepherd (2006)"
          - key: in-your-words
            kind: free_text
            objective: count
            use: practice
            prompt: Why do people count?
            most_characters: 300
            rubric:
              - key: says-why
                text: Gives a reason that holds in every market
                points: 2
              - key: example
                text: Names somebody who miscounted
                points: 1
            explanation: Who counts can share.
            source: "A merchant (2007)"
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
          pair-up:
            prompt: Quel animal compte quoi ?
            pairs:
              cat: {text: Le chat, match: les moustaches, feedback: Il en a vingt-quatre.}
              hen: {text: La poule, match: les plumes}
              bee: {text: L'abeille, match: les hexagones}
            distractors:
              clocks: {text: les heures}
            explanation: Chacun compte ce qu'il a sous la main.
            source: "Un bestiaire (2001)"
          sort-them:
            prompt: Pair ou impair ?
            categories:
              even: {text: pair}
              odd: {text: impair}
            items:
              eleven: {text: onze}
              twelve: {text: douze, feedback: Une douzaine est faite de paires.}
              thirteen: {text: treize}
            explanation: Ce qui se partage en deux sans reste est de cette sorte.
            source: "Un abécédaire (2002)"
          in-order:
            prompt: Mettez les années dans leur ordre.
            steps:
              war: {text: la fin d'une guerre}
              charter: {text: une charte}
              standard: {text: une norme}
              protection: {text: une recommandation}
            explanation: La paix d'abord et le socle à la fin.
            source: "Une chronique (2003)"
          how-many:
            prompt: Combien de grains y a-t-il dans le bocal ?
            feedback:
              "0": Comptés à la main un long soir.
              "1": C'est l'autre bocal.
            explanation: Personne ne mange de riz dans cette histoire.
            source: "Un paysan (2004)"
          fill-in:
            prompt: |
              Le mot vient d'[[origin]] ; une grosse fait [[gross]], une vingtaine [[score]].
            gaps:
              origin:
                options: {notch: une entaille, song: une chanson, goal: un but}
            explanation: Les bergers entaillaient chaque vingtième mouton.
            source: "Un berger (2006)"
          in-your-words:
            prompt: Pourquoi compte-t-on ?
            rubric:
              says-why: {text: Donne une raison qui vaut sur tous les marchés}
              example: {text: Nomme quelqu'un qui s'est trompé}
            explanation: Qui compte peut partager.
            source: "Un marchand (2007)"
        """,
}
# A quiz over the whole course, for those who ask for one: it comes last, and asks one question.
FINAL_TEXT: Final = """\
key: final
title: "The final quiz"
pass_mark: 100
attempts: unlimited
questions:
  - key: floor-or-ceiling
    kind: true_false
    objective: first/tell
    prompt: A floor is a ceiling.
    answer: false
    explanation: You stand on the one and under the other.
    source: "An architect (2008)"
"""


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

    def ask_everything(self) -> None:
        """Let the quiz ask, after its own three, the questions that the second lesson shows for practice."""
        for key in PRACTICE:
            self.change(LESSON_2, f"```question\n{key}\n```\n\n", "")
        self.put(QUIZ, self.text(QUIZ).replace("    use: practice\n", ""))

    def add_final_quiz(self) -> None:
        """Let the course end with a quiz over all of it."""
        self.change(COURSE, "modules: [first]\n", "modules: [first]\nfinal_quiz: final\n")
        self.put(FINAL, FINAL_TEXT)

    def line_of(self, name: str, words: str) -> int:
        """Return the number of the first line of a file that holds these words."""
        lines = self.text(name).splitlines()
        return next(number for number, line in enumerate(lines, start=1) if words in line)

    def problems(self) -> Sequence[Problem]:
        """Return what the content check finds."""
        return check_content(self.root)
