"""Reading published content. Versions never change, so each process reads one from the database once.

Which version is the current one, and the newest text of a language, can change: those answers are kept
for a minute at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.catalog import models
from courseapp.catalog.errors import CourseNotFound
from courseapp.catalog.types import (
    CourseContent,
    CourseId,
    CourseListing,
    CourseVersionId,
    LessonContent,
    LessonSummary,
    LessonVersionId,
    ModuleContent,
    QuestionContent,
    QuizContent,
    QuizEdition,
    QuizId,
    QuizRules,
    QuizSummary,
    QuizVersionId,
    Source,
    Term,
)
from courseapp.core.types import JsonObject

FRESH_SECONDS: Final = 60.0
MOST_CACHED: Final = 2000
Content = TypeVar("Content")


class _Cache:
    """Content by key, for a while. It holds frozen values only, so threads may share them."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[float, Any]] = {}
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], Content]) -> Content:
        found = self._entries.get(key)
        if found is not None and found[0] > time.monotonic():
            content: Content = found[1]
            return content
        content = load()
        with self._lock:
            if len(self._entries) >= MOST_CACHED:
                self._entries.clear()
            self._entries[key] = (time.monotonic() + FRESH_SECONDS, content)
        return content

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


_cache = _Cache()


def forget_cached_content() -> None:
    """Read everything anew, after a publication in this process."""
    _cache.clear()


def list_courses(session: Session, language: str) -> Sequence[CourseListing]:
    """Return all published courses, by key."""
    rows = session.execute(
        select(models.Course.key)
        .join(models.CoursePublication, models.CoursePublication.course_id == models.Course.id)
        .order_by(models.Course.key)
    ).scalars()
    courses = [get_current_course(session, key, language) for key in rows]
    return [CourseListing(c.id, c.key, c.title, c.summary) for c in courses]


def get_current_course(session: Session, key: str, language: str) -> CourseContent:
    """Return the version of a course that new enrollments take; raises CourseNotFound."""
    # The key may be anything somebody typed; only keys that exist are remembered.
    return _cache.get(
        ("current", _database(session), key, language),
        lambda: _load_current_course(session, key, language),
    )


def get_course(session: Session, version_id: CourseVersionId, language: str) -> CourseContent:
    """Return one course version; it exists, since an enrollment points at it."""
    return _cache.get(
        ("course", version_id, language), lambda: _load_course(session, version_id, language)
    )


def get_lesson(session: Session, version_id: LessonVersionId, language: str) -> LessonContent:
    """Return a lesson version's text, in the language or else in the course's own."""
    return _cache.get(
        ("lesson", version_id, language), lambda: _load_lesson(session, version_id, language)
    )


def get_quiz(session: Session, version_id: QuizVersionId, language: str) -> QuizContent:
    """Return a quiz version with all its questions, answer keys included."""
    return _cache.get(
        ("quiz", version_id, language), lambda: _load_quiz(session, version_id, language)
    )


def list_quiz_versions(session: Session, quiz_id: QuizId) -> Sequence[QuizEdition]:
    """Return every edition of a quiz, the newest first."""
    rows = session.scalars(
        select(models.QuizVersion)
        .where(models.QuizVersion.quiz_id == quiz_id)
        .order_by(models.QuizVersion.number.desc())
    )
    return [QuizEdition(row.id, row.number, row.published_at) for row in rows]


def list_terms(session: Session, course_id: CourseId, language: str) -> Sequence[Term]:
    """Return a course's glossary, by term."""
    return _cache.get(
        ("glossary", course_id, language), lambda: _load_terms(session, course_id, language)
    )


def find_picture(session: Session, digest: str) -> tuple[str, bytes] | None:
    """Return an image's media type and bytes."""
    row = session.get(models.Picture, digest)
    return None if row is None else (row.media_type, row.content)


def _database(session: Session) -> str:
    """Return what tells one database of this process from another."""
    return str(session.get_bind().engine.url)


def _load_current_course(session: Session, key: str, language: str) -> CourseContent:
    version_id = session.scalar(
        select(models.CoursePublication.course_version_id)
        .join(models.Course, models.Course.id == models.CoursePublication.course_id)
        .where(models.Course.key == key)
    )
    if version_id is None:
        raise CourseNotFound
    return _load_course(session, version_id, language)


def _newest_bodies(
    session: Session, table: type[Any], owner: Any, ids: Sequence[UUID], languages: Sequence[str]
) -> dict[UUID, tuple[str, JsonObject]]:
    """Return, by owner, the newest text in the first of the languages that has one."""
    rows = session.execute(
        select(owner, table.language, table.body)
        .where(owner.in_(ids), table.language.in_(languages))
        .order_by(table.number)
    )
    found: dict[UUID, dict[str, JsonObject]] = {}
    for owner_id, language, body in rows:
        found.setdefault(owner_id, {})[language] = body
    return {
        owner_id: next((tag, texts[tag]) for tag in languages if tag in texts)
        for owner_id, texts in found.items()
    }


def _load_course(session: Session, version_id: CourseVersionId, language: str) -> CourseContent:
    version, course = session.execute(
        select(models.CourseVersion, models.Course)
        .join(models.Course, models.Course.id == models.CourseVersion.course_id)
        .where(models.CourseVersion.id == version_id)
    ).one()
    languages = list(dict.fromkeys([language, course.language]))
    found_language, body = _newest_bodies(
        session,
        models.CourseText,
        models.CourseText.course_version_id,
        [version_id],
        languages,
    )[version_id]
    quizzes = _load_quiz_summaries(session, version_id, languages)
    return CourseContent(
        id=course.id,
        version_id=version_id,
        key=course.key,
        number=version.number,
        digest=version.digest,
        language=found_language,
        requires_lessons=version.requires_lessons,
        requires_quizzes=version.requires_quizzes,
        modules=_load_modules(session, version_id, languages, quizzes),
        final_quiz=quizzes.get(None),
        certificate_shows_score=version.certificate_shows_score,
        **body,
    )


def _load_modules(
    session: Session,
    version_id: CourseVersionId,
    languages: Sequence[str],
    quizzes: Mapping[UUID | None, QuizSummary],
) -> Sequence[ModuleContent]:
    rows = session.execute(
        select(models.Module.key, models.ModuleVersion)
        .join(models.ModuleVersion, models.ModuleVersion.module_id == models.Module.id)
        .join(
            models.CourseVersionModule,
            models.CourseVersionModule.module_version_id == models.ModuleVersion.id,
        )
        .where(models.CourseVersionModule.course_version_id == version_id)
        .order_by(models.CourseVersionModule.position)
    ).all()
    texts = _newest_bodies(
        session,
        models.ModuleText,
        models.ModuleText.module_version_id,
        [module_version.id for _, module_version in rows],
        languages,
    )
    lessons = _load_lesson_summaries(session, version_id, languages)
    modules = []
    for key, module_version in rows:
        _, body = texts[module_version.id]
        modules.append(
            ModuleContent(
                key=key,
                title=body["title"],
                summary=body["summary"],
                brief=body["brief"],
                pictogram=module_version.pictogram,
                accent=module_version.accent,
                # JSONB does not keep the order of keys; the structure does.
                objectives={
                    name: body["objectives"][name]
                    for name in module_version.structure["objectives"]
                },
                lessons=lessons[module_version.id],
                quiz=quizzes[module_version.id],
            )
        )
    return modules


def _load_lesson_summaries(
    session: Session, version_id: CourseVersionId, languages: Sequence[str]
) -> dict[UUID, list[LessonSummary]]:
    rows = session.execute(
        select(
            models.CourseVersionActivity.module_version_id,
            models.Lesson.key,
            models.LessonVersion,
        )
        .join(
            models.LessonVersion,
            models.LessonVersion.id == models.CourseVersionActivity.lesson_version_id,
        )
        .join(models.Lesson, models.Lesson.id == models.LessonVersion.lesson_id)
        .where(models.CourseVersionActivity.course_version_id == version_id)
        .order_by(models.CourseVersionActivity.position)
    ).all()
    texts = _newest_bodies(
        session,
        models.LessonText,
        models.LessonText.lesson_version_id,
        [version.id for _, _, version in rows],
        languages,
    )
    found: dict[UUID, list[LessonSummary]] = {}
    for module_version_id, key, version in rows:
        # Only the final quiz has none.
        found.setdefault(cast("UUID", module_version_id), []).append(
            LessonSummary(
                id=version.lesson_id,
                version_id=version.id,
                key=key,
                number=version.number,
                compatible_since=version.compatible_since,
                minutes=version.minutes,
                title=texts[version.id][1]["title"],
            )
        )
    return found


def _load_quiz_summaries(
    session: Session, version_id: CourseVersionId, languages: Sequence[str]
) -> dict[UUID | None, QuizSummary]:
    """Return the quizzes of a course version by the module version that each belongs to."""
    rows = session.execute(
        select(models.CourseVersionActivity.module_version_id, models.Quiz.key, models.QuizVersion)
        .join(
            models.QuizVersion,
            models.QuizVersion.id == models.CourseVersionActivity.quiz_version_id,
        )
        .join(models.Quiz, models.Quiz.id == models.QuizVersion.quiz_id)
        .where(models.CourseVersionActivity.course_version_id == version_id)
    ).all()
    ids = [version.id for _, _, version in rows]
    texts = _newest_bodies(
        session, models.QuizText, models.QuizText.quiz_version_id, ids, languages
    )
    pools: dict[UUID, int] = {}
    for quiz_version_id in session.scalars(
        select(models.QuizVersionQuestion.quiz_version_id).where(
            models.QuizVersionQuestion.quiz_version_id.in_(ids),
            models.QuizVersionQuestion.practice.is_(False),
        )
    ):
        pools[quiz_version_id] = pools.get(quiz_version_id, 0) + 1
    found: dict[UUID | None, QuizSummary] = {}
    for module_version_id, key, version in rows:
        rules = _rules_of(version)
        found[module_version_id] = QuizSummary(
            id=version.quiz_id,
            version_id=version.id,
            key=key,
            title=texts[version.id][1]["title"],
            rules=rules,
            question_count=rules.question_count(pools[version.id]),
        )
    return found


def _rules_of(version: models.QuizVersion) -> QuizRules:
    return QuizRules.from_stored(version.pass_mark, version.attempts_allowed, version.rules)


def _load_lesson(session: Session, version_id: LessonVersionId, language: str) -> LessonContent:
    version, source_language = session.execute(
        select(models.LessonVersion, models.Course.language)
        .join(models.Lesson, models.Lesson.id == models.LessonVersion.lesson_id)
        .join(models.Course, models.Course.id == models.Lesson.course_id)
        .where(models.LessonVersion.id == version_id)
    ).one()
    found_language, body = _newest_bodies(
        session,
        models.LessonText,
        models.LessonText.lesson_version_id,
        [version_id],
        list(dict.fromkeys([language, source_language])),
    )[version_id]
    return LessonContent(
        version_id=version_id,
        digest=version.digest,
        language=found_language,
        title=body["title"],
        html=body["html"],
        minutes=version.minutes,
        objectives=version.structure["objectives"],
        sources=[Source(source["text"], source["year"]) for source in body["sources"]],
    )


def _load_quiz(session: Session, version_id: QuizVersionId, language: str) -> QuizContent:
    version, key, source_language = session.execute(
        select(models.QuizVersion, models.Quiz.key, models.Course.language)
        .join(models.Quiz, models.Quiz.id == models.QuizVersion.quiz_id)
        .join(models.Course, models.Course.id == models.Quiz.course_id)
        .where(models.QuizVersion.id == version_id)
    ).one()
    languages = list(dict.fromkeys([language, source_language]))
    _, body = _newest_bodies(
        session, models.QuizText, models.QuizText.quiz_version_id, [version_id], languages
    )[version_id]
    return QuizContent(
        id=version.quiz_id,
        version_id=version_id,
        key=key,
        title=body["title"],
        intro_html=body["intro_html"],
        rules=_rules_of(version),
        questions=_load_questions(session, version_id, languages, practice=False),
        practice=_load_questions(session, version_id, languages, practice=True),
    )


def _load_questions(
    session: Session, version_id: QuizVersionId, languages: Sequence[str], *, practice: bool
) -> Sequence[QuestionContent]:
    rows = session.execute(
        select(models.Question.key, models.QuestionVersion)
        .join(models.QuestionVersion, models.QuestionVersion.question_id == models.Question.id)
        .join(
            models.QuizVersionQuestion,
            models.QuizVersionQuestion.question_version_id == models.QuestionVersion.id,
        )
        .where(
            models.QuizVersionQuestion.quiz_version_id == version_id,
            models.QuizVersionQuestion.practice.is_(practice),
        )
        .order_by(models.QuizVersionQuestion.position)
    ).all()
    texts = _newest_bodies(
        session,
        models.QuestionText,
        models.QuestionText.question_version_id,
        [version.id for _, version in rows],
        languages,
    )
    questions = []
    for key, version in rows:
        language, body = texts[version.id]
        questions.append(
            QuestionContent(
                id=version.question_id,
                version_id=version.id,
                key=key,
                kind=version.kind,
                objective=version.objective,
                structure=version.structure,
                language=language,
                **body,
            )
        )
    return questions


def _load_terms(session: Session, course_id: CourseId, language: str) -> Sequence[Term]:
    source_language = session.scalars(
        select(models.Course.language).where(models.Course.id == course_id)
    ).one()
    texts = _newest_bodies(
        session,
        models.GlossaryText,
        models.GlossaryText.course_id,
        [course_id],
        list(dict.fromkeys([language, source_language])),
    )
    if course_id not in texts:
        return []
    _, body = texts[course_id]
    terms = [Term(**term) for term in body["terms"]]
    return sorted(terms, key=lambda term: term.term.casefold())
