"""Quiz files: structure and texts in the source language, and texts by key in every other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from courseapp.catalog.content.authored import (
    AuthoredQuestion,
    AuthoredQuiz,
    Place,
    QuestionText,
    QuizText,
)
from courseapp.catalog.content.languages import find_translations
from courseapp.catalog.types import QuestionKinds
from courseapp.core.authored import Fields, Problems, read_yaml
from courseapp.core.types import JsonObject


def load_quiz(
    path: Path, language: str, kinds: QuestionKinds, problems: Problems
) -> AuthoredQuiz | None:
    """Read a module's quiz and its translations."""
    if not path.exists():
        problems.add(path, 1, "this module has no quiz: write this file")
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
        pass_mark=fields.whole_number("pass_mark", least=1, most=100),
        attempts_allowed=_attempts_allowed(fields),
        questions=_questions(fields, language, kinds),
        texts={language: _quiz_text(fields)},
        place=Place(path, fields.line),
    )
    fields.close()
    for tag, translated in translations:
        if translated is not None:
            quiz = _with_translation(quiz, tag, translated, kinds)
    return quiz


def _attempts_allowed(fields: Fields) -> int | None:
    value = fields.value("attempts")
    if value is None or value == "unlimited":
        return None
    return fields.whole_number("attempts", least=1, most=100)


def _quiz_text(fields: Fields) -> QuizText:
    return QuizText(fields.line_text("title"), fields.text("intro", required=False))


def _questions(fields: Fields, language: str, kinds: QuestionKinds) -> Sequence[AuthoredQuestion]:
    questions: list[AuthoredQuestion] = []
    for entry in fields.children("questions", most=500):
        key = entry.key()
        if any(question.key == key for question in questions):
            entry.report("key", f"the question {key} is there twice")
        kind_name = entry.choice("kind", sorted(kinds))
        body = kinds[kind_name].read(entry)
        questions.append(
            AuthoredQuestion(
                key=key,
                kind=kind_name,
                objective=entry.key("objective"),
                body=body,
                texts={language: _question_text(entry, body.texts)},
                place=Place(entry.path, entry.line),
            )
        )
        entry.close()
    return questions


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
