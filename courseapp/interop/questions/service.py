"""Bringing questions into a quiz file, and taking them out of one.

An import is looked at first: what each question becomes, or why it cannot. Applied, it adds to the author's files
and is published like everything else in them (`courseapp content publish`).
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from courseapp.assessment.queries import list_kinds
from courseapp.catalog.content.authored import AuthoredCourse, AuthoredModule, AuthoredQuiz
from courseapp.catalog.errors import CourseNotFound, QuizNotFound
from courseapp.catalog.service import load_content
from courseapp.core.authored import Problem
from courseapp.interop.questions.authored import Defaults, Entry, name_of, to_entry
from courseapp.interop.questions.errors import (
    ContentNotWritable,
    ImportHasProblems,
    UnknownFormat,
)
from courseapp.interop.questions.exported import from_authored, losses
from courseapp.interop.questions.formats import FORMATS, Format
from courseapp.interop.questions.quiz_file import with_entries, written
from courseapp.interop.questions.types import (
    ExchangedQuestion,
    Picture,
    Remark,
    Severity,
    Writing,
)

_SOFT_BREAK: Final = re.compile(r"(?<!\n)\n(?!\n)")


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """What becomes of one question of an imported file: `kind` is None when it is refused.

    `is_there` says that the quiz has this very question already.
    """

    line: int
    name: str
    key: str | None
    kind: str | None
    is_there: bool
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. `problems` are the content check's about the files as they would be."""

    questions: Sequence[PlannedQuestion]
    # About the file itself: what is no question.
    remarks: Sequence[Remark]
    entries: Sequence[Entry]
    pictures: Sequence[Picture]
    problems: Sequence[Problem]

    @property
    def taken(self) -> int:
        """How many questions are added."""
        return len(self.entries)

    @property
    def yaml(self) -> str:
        """What is added to the quiz file."""
        return written(self.entries) if self.entries else ""


@dataclass(frozen=True, slots=True)
class _Target:
    """The quiz that questions are brought into, with its files."""

    root: Path
    course: AuthoredCourse
    quiz: AuthoredQuiz
    module: AuthoredModule | None

    @property
    def file(self) -> Path:
        return self.root / "quizzes" / self.course.key / f"{self.quiz.key}.yaml"

    @property
    def pictures_dir(self) -> Path | None:
        if self.module is None:
            return None
        return self.root / "modules" / self.course.key / self.module.key

    @property
    def objectives(self) -> Collection[str]:
        """What its questions can ask about."""
        if self.module is not None:
            return self.module.objectives
        return [
            f"{module.key}/{objective}"
            for module in self.course.modules
            for objective in module.objectives
        ]

    @property
    def pictures(self) -> Mapping[str, Path]:
        """The files that the quiz's texts may show, by name."""
        prefix = f"{self.module.key}/" if self.module else "/"
        return {
            name.removeprefix(prefix): path
            for name, path in self.course.images.items()
            if name.startswith(prefix)
        }


@dataclass(slots=True)
class _Draft:
    questions: list[PlannedQuestion] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)


def plan_import(
    root: Path, course_key: str, quiz_key: str, format_name: str, content: bytes, defaults: Defaults
) -> ImportPlan:
    """Return what importing a file into a quiz of the content under `root` would do; writes nothing.

    Raises UnknownFormat, CourseNotFound, QuizNotFound or Unreadable.
    """
    target = _find(root, course_key, quiz_key)
    reading = _format(format_name).read(content)
    there = {
        question.key: exchanged
        for question in target.quiz.questions
        if isinstance(
            exchanged := from_authored(question, target.course.language, target.pictures),
            ExchangedQuestion,
        )
    }
    taken = {question.key for question in target.quiz.questions}
    draft = _Draft()
    for question in reading.questions:
        _plan_question(draft, question, target, there, taken, defaults)
    names = {planned.name for planned in draft.questions}
    refused = [
        PlannedQuestion(remark.line, remark.about, None, None, False, [remark])
        for remark in reading.remarks
        if remark.severity is Severity.REFUSED and remark.about not in names
    ]
    of_questions = {id(remark) for planned in refused for remark in planned.remarks}
    return ImportPlan(
        questions=sorted([*draft.questions, *refused], key=lambda planned: planned.line),
        remarks=[remark for remark in reading.remarks if id(remark) not in of_questions],
        entries=draft.entries,
        pictures=list(draft.pictures.values()),
        problems=_problems_after(target, draft),
    )


def _plan_question(
    draft: _Draft,
    question: ExchangedQuestion,
    target: _Target,
    there: Mapping[str, ExchangedQuestion],
    taken: set[str],
    defaults: Defaults,
) -> None:
    name = name_of(question)
    twin = there.get(question.key)
    if twin is not None and _same(twin, question, defaults):
        draft.questions.append(PlannedQuestion(question.line, name, question.key, None, True, []))
        return
    if reason := _refusal(question, target):
        remark = Remark(Severity.REFUSED, question.line, reason, name)
        draft.questions.append(PlannedQuestion(question.line, name, None, None, False, [remark]))
        return
    question = _with_free_picture_names(question, target, draft)
    if question.objective not in target.objectives:
        question = replace(question, objective="")
    entry, remarks = to_entry(question, taken, defaults)
    if entry is None:
        draft.questions.append(PlannedQuestion(question.line, name, None, None, False, remarks))
        return
    taken.add(entry["key"])
    draft.entries.append(entry)
    draft.pictures.update({picture.name: picture for picture in question.pictures})
    draft.questions.append(
        PlannedQuestion(question.line, name, entry["key"], entry["kind"], False, remarks)
    )


def _refusal(question: ExchangedQuestion, target: _Target) -> str | None:
    """Return why a question cannot come into this very quiz, or None."""
    if question.key in {there.key for there in target.quiz.questions}:
        return f"the quiz has another question with the key {question.key}: that one stays"
    if question.pictures and target.pictures_dir is None:
        return "it shows a picture: only the quizzes of modules can"
    return None


def _same(one: ExchangedQuestion, other: ExchangedQuestion, defaults: Defaults) -> bool:
    """Tell whether two questions would be written the same way."""
    entries = []
    for question in (one, other):
        entry, _ = to_entry(replace(question, line=0), (), defaults)
        # What formats do not carry is no difference.
        entries.append(
            {
                name: _unwrapped(value)
                for name, value in (entry or {}).items()
                if name not in {"objective", "source"}
            }
        )
    return bool(entries[0]) and entries[0] == entries[1]


def _unwrapped(value: Any) -> Any:
    """Return a value as it is read: where lines are broken within a paragraph means nothing."""
    if isinstance(value, dict):
        return {name: _unwrapped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unwrapped(inner) for inner in value]
    return _SOFT_BREAK.sub(" ", value) if isinstance(value, str) else value


def _with_free_picture_names(
    question: ExchangedQuestion, target: _Target, draft: _Draft
) -> ExchangedQuestion:
    """Give pictures names that no other picture has, unless it is the same one."""
    pictures = []
    for picture in question.pictures:
        name, number = picture.name, 1
        while not _is_free(name, picture, target, draft):
            number += 1
            stem, _, suffix = picture.name.rpartition(".")
            name = f"{stem}-{number}.{suffix}"
        pictures.append(replace(picture, name=name))
        if name != picture.name:
            question = replace(
                question,
                prompt=question.prompt.replace(f"]({picture.name})", f"]({name})"),
                explanation=question.explanation.replace(f"]({picture.name})", f"]({name})"),
            )
    return replace(question, pictures=pictures)


def _is_free(name: str, picture: Picture, target: _Target, draft: _Draft) -> bool:
    planned = draft.pictures.get(name)
    if planned is not None:
        return planned.content == picture.content
    there = target.pictures.get(name)
    return there is None or there.read_bytes() == picture.content


def _problems_after(target: _Target, draft: _Draft) -> Sequence[Problem]:
    """Return what the content check says of the files as they would be, and does not say now."""
    if not draft.entries:
        return []
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("modules", "quizzes"):
            shutil.copytree(target.root / part, copy / part)
        _write(replace(target, root=copy), draft.entries, list(draft.pictures.values()))
        _, after = load_content(copy, list_kinds())
    _, before = load_content(target.root, list_kinds())
    known = {(problem.path, problem.message) for problem in before}
    return [problem for problem in after if (problem.path, problem.message) not in known]


def apply_import(
    root: Path, course_key: str, quiz_key: str, format_name: str, content: bytes, defaults: Defaults
) -> ImportPlan:
    """Add a file's questions to a quiz file, with their pictures; return what was done.

    All of those that can be taken, or, when the content check has something against them, none. Imports take
    turns. Raises ImportHasProblems, ContentNotWritable and what `plan_import` raises.
    """
    target = _find(root, course_key, quiz_key)
    with _alone(target.file):
        plan = plan_import(root, course_key, quiz_key, format_name, content, defaults)
        if plan.problems:
            raise ImportHasProblems(plan.problems)
        if plan.entries:
            _write(target, plan.entries, plan.pictures)
    return plan


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the folder of the quiz file for oneself; the file itself is replaced, and with it a lock on it."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise ContentNotWritable from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(target: _Target, entries: Sequence[Entry], pictures: Sequence[Picture]) -> None:
    text = with_entries(target.file.read_text(encoding="utf-8"), entries)
    try:
        for picture in pictures:
            if target.pictures_dir is not None:
                (target.pictures_dir / picture.name).write_bytes(picture.content)
        # Whole or not at all: whoever reads meanwhile, or after a crash, finds the one or the other.
        draft = target.file.with_name(f".{target.file.name}.draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(target.file)
    except OSError as error:
        raise ContentNotWritable from error


def export_quiz(root: Path, course_key: str, quiz_key: str, format_name: str) -> Writing:
    """Return a quiz's questions, answer keys included, as a file of a format, with what could not go into it.

    Raises UnknownFormat, CourseNotFound or QuizNotFound.
    """
    target = _find(root, course_key, quiz_key)
    exported = [
        from_authored(question, target.course.language, target.pictures)
        for question in target.quiz.questions
    ]
    writing = _format(format_name).write(
        [question for question in exported if isinstance(question, ExchangedQuestion)]
    )
    stayed = [remark for remark in exported if isinstance(remark, Remark)]
    lost = [remark for question in target.quiz.questions for remark in losses(question)]
    return Writing(writing.content, [*stayed, *lost, *writing.remarks])


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UnknownFormat(known=", ".join(FORMATS))
    return FORMATS[name]


def _find(root: Path, course_key: str, quiz_key: str) -> _Target:
    courses, _ = load_content(root, list_kinds())
    course = next((course for course in courses if course.key == course_key), None)
    if course is None:
        raise CourseNotFound
    if course.final_quiz is not None and course.final_quiz.key == quiz_key:
        return _Target(root, course, course.final_quiz, None)
    for module in course.modules:
        if module.quiz is not None and module.key == quiz_key:
            return _Target(root, course, module.quiz, module)
    raise QuizNotFound
