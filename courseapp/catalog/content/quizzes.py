"""Quiz files: structure and texts in the source language, and texts by key in every other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from courseapp.catalog.content.authored import (
    AuthoredQuestion,
    AuthoredQuiz,
    Place,
    QuestionText,
    QuizText,
)
from courseapp.catalog.content.languages import find_translations
from courseapp.catalog.types import (
    CountedResult,
    FeedbackTime,
    QuestionKinds,
    QuizLayout,
    QuizRules,
)
from courseapp.core.authored import KEY, Fields, Problems, read_yaml
from courseapp.core.types import JsonObject

MOST_QUESTIONS: Final = 500


def load_quiz(
    path: Path, language: str, kinds: QuestionKinds, problems: Problems
) -> AuthoredQuiz | None:
    """Read a quiz and its translations; its key is the name of its file."""
    if not path.exists():
        problems.add(path, 1, "there is no such quiz: write this file")
        return None
    fields = read_yaml(path, problems)
    translations = [
        (tag, read_yaml(file, problems))
        for tag, file in find_translations(path, language, problems)
    ]
    if fields is None:
        return None
    key = fields.key()
    if key and key != path.stem:
        fields.report("key", f"the quiz's key is {key!r} but its file is {path.name}")
    quiz = AuthoredQuiz(
        key=key,
        rules=_rules(fields),
        questions=_questions(fields, language, kinds),
        texts={language: _quiz_text(fields)},
        place=Place(path, fields.line),
    )
    fields.close()
    for tag, translated in translations:
        if translated is not None:
            quiz = _with_translation(quiz, tag, translated, kinds)
    return quiz


def _rules(fields: Fields) -> QuizRules:
    usual = QuizRules(pass_mark=100)
    return QuizRules(
        pass_mark=fields.whole_number("pass_mark", least=1, most=100),
        attempts_allowed=_limit(fields, "attempts", "unlimited", most=100),
        pause_minutes=_number_or(fields, "pause_minutes", usual.pause_minutes, most=30 * 24 * 60),
        counted_result=CountedResult(
            fields.choice("counts", list(CountedResult), default=usual.counted_result)
        ),
        time_limit_minutes=_limit(fields, "time_limit_minutes", "none", most=24 * 60),
        grace_seconds=_number_or(fields, "grace_seconds", usual.grace_seconds, most=600),
        draw=_draw(fields),
        shuffle_questions=fields.boolean("shuffle_questions", default=usual.shuffle_questions),
        shuffle_options=fields.boolean("shuffle_options", default=usual.shuffle_options),
        feedback=FeedbackTime(
            fields.choice("feedback", list(FeedbackTime), default=usual.feedback)
        ),
        layout=QuizLayout(fields.choice("layout", list(QuizLayout), default=usual.layout)),
    )


def _limit(fields: Fields, name: str, no_limit: str, *, most: int) -> int | None:
    value = fields.value(name)
    if value is None or value == no_limit:
        return None
    return fields.whole_number(name, least=1, most=most)


def _number_or(fields: Fields, name: str, default: int, *, most: int) -> int:
    return fields.whole_number(name, least=0, most=most) if name in fields else default


def _draw(fields: Fields) -> int | Mapping[str, int] | None:
    value = fields.value("draw")
    if value is None or value == "all":
        return None
    if not isinstance(value, dict):
        return fields.whole_number("draw", least=1, most=MOST_QUESTIONS)
    counts = {str(name): number for name, number in value.items()}
    if not counts or not all(type(n) is int and 0 < n <= MOST_QUESTIONS for n in counts.values()):
        fields.report("draw", "draw must be all, a number, or a number for each objective")
        return None
    return counts


def _quiz_text(fields: Fields) -> QuizText:
    return QuizText(fields.line_text("title"), fields.text("intro", required=False))


def _questions(fields: Fields, language: str, kinds: QuestionKinds) -> Sequence[AuthoredQuestion]:
    questions: list[AuthoredQuestion] = []
    for entry in fields.children("questions", most=MOST_QUESTIONS):
        key = entry.key()
        if any(question.key == key for question in questions):
            entry.report("key", f"the question {key} is there twice")
        kind_name = entry.choice("kind", sorted(kinds))
        body = kinds[kind_name].read(entry)
        questions.append(
            AuthoredQuestion(
                key=key,
                kind=kind_name,
                objective=_objective(entry),
                practice=entry.choice("use", ["quiz", "practice"], default="quiz") == "practice",
                body=body,
                texts={language: _question_text(entry, body.texts)},
                place=Place(entry.path, entry.line),
            )
        )
        entry.close()
    return questions


def _objective(entry: Fields) -> str:
    """Read an objective of the module, or `module/objective` in a quiz over the whole course."""
    text = entry.text("objective")
    if text and not all(KEY.fullmatch(part) for part in text.split("/", 1)):
        entry.report("objective", f"objective is {text!r}: name one of the objectives by its key")
    return text


def _question_text(fields: Fields, kind_texts: JsonObject) -> QuestionText:
    return QuestionText(
        prompt=fields.text("prompt"),
        explanation=fields.text("explanation"),
        source=fields.line_text("source"),
        kind_texts=kind_texts,
    )


def _with_translation(
    quiz: AuthoredQuiz, language: str, fields: Fields, kinds: QuestionKinds
) -> AuthoredQuiz:
    entries = fields.child("questions")
    questions = []
    for question in quiz.questions:
        if question.key not in entries:
            questions.append(question)
            continue
        entry = entries.child(question.key)
        kind_texts = kinds[question.kind].read_texts(entry, question.body.structure)
        texts = {**question.texts, language: _question_text(entry, kind_texts)}
        entry.close()
        questions.append(replace(question, texts=texts))
    quiz_texts = {**quiz.texts, language: _quiz_text(fields)}
    for unknown in set(entries.names()) - {question.key for question in quiz.questions}:
        entries.report(unknown, f"the quiz has no question {unknown} to translate")
    fields.close()
    return replace(quiz, questions=questions, texts=quiz_texts)
