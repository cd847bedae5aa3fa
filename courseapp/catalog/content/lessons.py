"""Lesson files: front matter and Markdown, one file for each language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from courseapp.catalog.content.authored import AuthoredLesson, LessonText, Place
from courseapp.catalog.content.languages import tag_problem
from courseapp.catalog.types import Source
from courseapp.core.authored import Fields, Problems, parse_yaml, read_text
from courseapp.core.markdown import outline

_FILE_NAME: Final = re.compile(
    r"(?P<number>\d\d)-(?P<key>[a-z][a-z0-9-]*)\.(?P<language>[A-Za-z-]+)\.md"
)


def load_lessons(
    folder: Path, source_language: str, problems: Problems
) -> Sequence[AuthoredLesson]:
    """Read all lessons of a module, in the order of their numbers."""
    lessons: dict[str, AuthoredLesson] = {}
    translations: list[AuthoredLesson] = []
    for path in sorted(folder.glob("*.md")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            problems.add(
                path, 1, "name the file NN-<key>.<language>.md, for example 01-start.en.md"
            )
            continue
        if message := tag_problem(match["language"]):
            problems.add(path, 1, message)
            continue
        lesson = _load_lesson(path, match["key"], match["language"], problems)
        if lesson is None:
            continue
        if match["language"] != source_language:
            translations.append(lesson)
        elif lesson.key in lessons:
            problems.add(
                path,
                lesson.place.line,
                f"another lesson of the course has the key {lesson.key}",
            )
        else:
            lessons[lesson.key] = lesson
    for translation in translations:
        original = lessons.get(translation.key)
        if original is None:
            problems.add(
                translation.place.path,
                1,
                f"there is no lesson {translation.key} in {source_language} that this translates",
            )
        elif language := next(iter(translation.texts.keys() & original.texts.keys()), None):
            problems.add(
                translation.place.path,
                1,
                f"another file has the lesson {translation.key} in {language}",
            )
        else:
            lessons[translation.key] = replace(
                original, texts={**original.texts, **translation.texts}
            )
    return list(lessons.values())


def _load_lesson(
    path: Path, file_key: str, language: str, problems: Problems
) -> AuthoredLesson | None:
    text = read_text(path, problems)
    if text is None:
        return None
    lines = text.splitlines()
    ends = [number for number, line in enumerate(lines) if line.strip() == "---"]
    if not lines or lines[0].strip() != "---" or len(ends) < 2:
        problems.add(path, 1, "start the file with its fields between two lines of ---")
        return None
    body_starts = ends[1] + 1
    fields = parse_yaml("\n".join(lines[1 : ends[1]]), path, problems, first_line=2)
    if fields is None:
        return None
    key = fields.key()
    if key and key != file_key:
        fields.report("key", f"the lesson's key is {key!r} but its file says {file_key!r}")
    body = "\n".join(lines[body_starts:])
    lesson = AuthoredLesson(
        key=key,
        minutes=fields.whole_number("minutes", least=1, most=120),
        objectives=fields.keys("objectives"),
        minor_change=fields.choice("change", ["major", "minor"], default="major") == "minor",
        texts={
            language: LessonText(
                title=fields.line_text("title"),
                body=body,
                sources=_sources(fields),
                outline=outline(body),
                place=Place(path, body_starts + 1),
            )
        },
        place=Place(path, fields.line_of("key")),
    )
    fields.close()
    return lesson


def _sources(fields: Fields) -> Sequence[Source]:
    found = []
    for entry in fields.children("sources", most=30):
        found.append(
            Source(entry.line_text("text"), entry.whole_number("year", least=1900, most=2100))
        )
        entry.close()
    return found
