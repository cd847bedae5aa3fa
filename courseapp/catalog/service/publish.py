"""Publishing: new versions for what changed, nothing for what did not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.catalog import models
from courseapp.catalog.content.authored import (
    AuthoredCourse,
    AuthoredLesson,
    AuthoredModule,
    AuthoredQuestion,
    AuthoredQuiz,
    CourseText,
)
from courseapp.catalog.service import bodies
from courseapp.catalog.types import QuizRules
from courseapp.core import audit
from courseapp.core.markdown import LinkResolver
from courseapp.core.types import JsonObject

_MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


@dataclass(slots=True)
class PublishReport:
    """What a publication wrote, in words such as `lesson pension-models: version 2`."""

    changes: list[str] = field(default_factory=list)


def publish_course(
    session: Session, course: AuthoredCourse, *, by: UUID | None, at: datetime
) -> PublishReport:
    """Store a checked course as immutable versions and make it the one that new enrollments take.

    Unchanged content writes nothing. Enrollments and attempts keep the versions they have.
    """
    publication = _Publication(session, course, at)
    publication.run()
    if publication.report.changes:
        audit.record(
            session,
            "course.published",
            "course",
            publication.course_row.id,
            by=by,
            at=at,
            changes=len(publication.report.changes),
        )
    session.flush()
    return publication.report


class _Publication:
    """One run of publishing one course."""

    def __init__(self, session: Session, course: AuthoredCourse, at: datetime) -> None:
        self.session = session
        self.course = course
        self.at = at
        self.report = PublishReport()
        self.picture_digests = {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in course.images.items()
        }
        self.course_row = self._lasting(models.Course, key=course.key)

    def run(self) -> None:
        self._pictures()
        modules = [self._module(module) for module in self.course.modules]
        lessons = {lesson.key: self._lesson(lesson, m) for m, lesson in self._lessons()}
        quizzes = {
            module.key: self._quiz(module.quiz, module.key)
            for module in self.course.modules
            if module.quiz is not None
        }
        if self.course.final_quiz is not None:
            quizzes[self.course.final_quiz.key] = self._quiz(self.course.final_quiz)
        self._course_version(modules, lessons, quizzes)
        self._glossary()

    def _lessons(self) -> list[tuple[AuthoredModule, AuthoredLesson]]:
        return [(module, lesson) for module in self.course.modules for lesson in module.lessons]

    def _resolver(self, module_key: str = "") -> LinkResolver:
        return bodies.link_resolver(self.course, module_key, self.picture_digests)

    def _lasting(self, table: type[Any], **identity: Any) -> Any:
        """Return the lasting row of something, made on its first publication."""
        row = self.session.scalars(select(table).filter_by(**identity)).one_or_none()
        if row is None:
            extra = {"language": self.course.language} if table is models.Course else {}
            row = table(**identity, **extra)
            self.session.add(row)
            self.session.flush()
        return row

    def _version(
        self, table: type[Any], owner: Mapping[str, UUID], digest: str, name: str, **columns: Any
    ) -> tuple[Any, bool]:
        """Return the version that has this digest, or a new one; and whether it is new.

        What returns to an earlier wording is that earlier version again: who has done it has done it.
        """
        versions = self.session.scalars(
            select(table).filter_by(**owner).order_by(table.number.desc())
        ).all()
        for version in versions:
            if version.digest == digest:
                return version, False
        newest = versions[0] if versions else None
        number = newest.number + 1 if newest else 1
        if "minor_change" in columns:
            minor = columns.pop("minor_change")
            columns["compatible_since"] = newest.compatible_since if minor and newest else number
        version = table(**owner, number=number, digest=digest, published_at=self.at, **columns)
        self.session.add(version)
        self.session.flush()
        self.report.changes.append(f"{name}: version {number}")
        return version, True

    def _text(
        self,
        table: type[Any],
        owner: Mapping[str, UUID],
        language: str,
        render_body: Callable[[], JsonObject],
        words: Any,
        name: str,
    ) -> None:
        """Store a text of a version, unless its newest one says the same: then nothing is rendered."""
        digest = bodies.digest_of(words)
        newest = self.session.scalars(
            select(table)
            .filter_by(**owner, language=language)
            .order_by(table.number.desc())
            .limit(1)
        ).first()
        if newest is not None and newest.digest == digest:
            return
        number = newest.number + 1 if newest else 1
        self.session.add(
            table(
                **owner,
                language=language,
                number=number,
                digest=digest,
                published_at=self.at,
                body=render_body(),
            )
        )
        if number > 1 or language != self.course.language:
            self.report.changes.append(f"{name} ({language}): text {number}")

    def _pictures(self) -> None:
        for name, path in self.course.images.items():
            digest = self.picture_digests[name]
            if self.session.get(models.Picture, digest) is None:
                self.session.add(
                    models.Picture(
                        digest=digest,
                        media_type=_MEDIA_TYPES[path.suffix.lower()],
                        content=path.read_bytes(),
                    )
                )
                self.session.flush()

    def _module(self, module: AuthoredModule) -> models.ModuleVersion:
        row = self._lasting(models.Module, course_id=self.course_row.id, key=module.key)
        structure: JsonObject = {"objectives": list(module.objectives)}
        source = module.texts[self.course.language]
        version, _ = self._version(
            models.ModuleVersion,
            {"module_id": row.id},
            bodies.digest_of(module.pictogram, module.accent, structure, asdict(source)),
            f"module {module.key}",
            pictogram=module.pictogram,
            accent=module.accent,
            structure=structure,
        )
        for language, text in module.texts.items():
            self._text(
                models.ModuleText,
                {"module_version_id": version.id},
                language,
                partial(bodies.module_body, text, self._resolver()),
                asdict(text),
                f"module {module.key}",
            )
        found: models.ModuleVersion = version
        return found

    def _lesson(self, lesson: AuthoredLesson, module: AuthoredModule) -> models.LessonVersion:
        row = self._lasting(models.Lesson, course_id=self.course_row.id, key=lesson.key)
        structure: JsonObject = {"objectives": list(lesson.objectives)}
        source = lesson.texts[self.course.language]
        pictures = {
            image.value: self.picture_digests[f"{module.key}/{image.value}"]
            for image in source.outline.images
        }
        version, _ = self._version(
            models.LessonVersion,
            {"lesson_id": row.id},
            bodies.digest_of(lesson.minutes, structure, bodies.lesson_words(source), pictures),
            f"lesson {lesson.key}",
            minutes=lesson.minutes,
            minor_change=lesson.minor_change,
            structure=structure,
        )
        for language, text in lesson.texts.items():
            self._text(
                models.LessonText,
                {"lesson_version_id": version.id},
                language,
                partial(bodies.lesson_body, text, self._resolver(module.key)),
                bodies.lesson_words(text),
                f"lesson {lesson.key}",
            )
        found: models.LessonVersion = version
        return found

    def _quiz(self, quiz: AuthoredQuiz, module_key: str = "") -> models.QuizVersion:
        row = self._lasting(models.Quiz, course_id=self.course_row.id, key=quiz.key)
        questions = [
            (self._question(row.id, question, quiz, module_key), question.practice)
            for question in quiz.questions
        ]
        stored = quiz.rules.as_json()
        usual = QuizRules(pass_mark=quiz.rules.pass_mark).as_json()
        has_practice = any(practice for _, practice in questions)
        # A quiz that says nothing of what came later has the digest that it always had: it is no new version.
        later = [stored, [practice for _, practice in questions]]
        source = quiz.texts[self.course.language]
        version, is_new = self._version(
            models.QuizVersion,
            {"quiz_id": row.id},
            bodies.digest_of(
                quiz.rules.pass_mark,
                quiz.rules.attempts_allowed,
                asdict(source),
                [str(question.id) for question, _ in questions],
                *(later if has_practice or stored != usual else []),
            ),
            f"quiz {quiz.key}",
            pass_mark=quiz.rules.pass_mark,
            attempts_allowed=quiz.rules.attempts_allowed,
            rules=stored,
        )
        if is_new:
            self.session.add_all(
                models.QuizVersionQuestion(
                    quiz_version_id=version.id,
                    position=position,
                    question_version_id=question.id,
                    practice=practice,
                )
                for position, (question, practice) in enumerate(questions, start=1)
            )
        for language, text in quiz.texts.items():
            self._text(
                models.QuizText,
                {"quiz_version_id": version.id},
                language,
                partial(bodies.quiz_body, text, self._resolver()),
                asdict(text),
                f"quiz {quiz.key}",
            )
        found: models.QuizVersion = version
        return found

    def _question(
        self, quiz_id: UUID, question: AuthoredQuestion, quiz: AuthoredQuiz, module_key: str
    ) -> models.QuestionVersion:
        row = self._lasting(models.Question, quiz_id=quiz_id, key=question.key)
        source = question.texts[self.course.language]
        name = f"question {quiz.key}/{question.key}"
        version, _ = self._version(
            models.QuestionVersion,
            {"question_id": row.id},
            bodies.digest_of(
                question.kind, question.objective, question.body.structure, asdict(source)
            ),
            name,
            kind=question.kind,
            objective=question.objective,
            structure=question.body.structure,
        )
        for language, text in question.texts.items():
            self._text(
                models.QuestionText,
                {"question_version_id": version.id},
                language,
                partial(bodies.question_body, text, self._resolver(module_key)),
                asdict(text),
                name,
            )
        found: models.QuestionVersion = version
        return found

    def _course_version(
        self,
        modules: list[models.ModuleVersion],
        lessons: Mapping[str, models.LessonVersion],
        quizzes: Mapping[str, models.QuizVersion],
    ) -> None:
        source = self.course.texts[self.course.language]
        contents = [
            [str(version.id), *(str(row.id) for row in self._activities(module, lessons, quizzes))]
            for version, module in zip(modules, self.course.modules, strict=True)
        ]
        final_quiz = self.course.final_quiz
        if final_quiz is not None:
            contents.append([str(quizzes[final_quiz.key].id)])
        version, is_new = self._version(
            models.CourseVersion,
            {"course_id": self.course_row.id},
            bodies.digest_of(
                self.course.requires_lessons,
                self.course.requires_quizzes,
                _facts_of(source),
                contents,
                *([True] if self.course.certificate_shows_score else []),
            ),
            f"course {self.course.key}",
            requires_lessons=self.course.requires_lessons,
            requires_quizzes=self.course.requires_quizzes,
            certificate_shows_score=self.course.certificate_shows_score,
        )
        if is_new:
            self._list_contents(version, modules, lessons, quizzes)
        for language, text in self.course.texts.items():
            self._text(
                models.CourseText,
                {"course_version_id": version.id},
                language,
                partial(bodies.course_body, text, self._resolver()),
                _facts_of(text),
                f"course {self.course.key}",
            )
        self._make_current(version, is_new=is_new)

    def _make_current(self, version: models.CourseVersion, *, is_new: bool) -> None:
        publication = self.session.get(models.CoursePublication, self.course_row.id)
        if publication is None:
            publication = models.CoursePublication(course_id=self.course_row.id)
            self.session.add(publication)
        elif publication.course_version_id != version.id and not is_new:
            self.report.changes.append(f"course {self.course.key}: version {version.number} again")
        publication.course_version_id = version.id

    def _activities(
        self,
        module: AuthoredModule,
        lessons: Mapping[str, models.LessonVersion],
        quizzes: Mapping[str, models.QuizVersion],
    ) -> list[models.LessonVersion | models.QuizVersion]:
        return [*(lessons[lesson.key] for lesson in module.lessons), quizzes[module.key]]

    def _list_contents(
        self,
        version: models.CourseVersion,
        modules: list[models.ModuleVersion],
        lessons: Mapping[str, models.LessonVersion],
        quizzes: Mapping[str, models.QuizVersion],
    ) -> None:
        activities: list[tuple[models.ModuleVersion | None, Any]] = []
        for position, (module_version, module) in enumerate(
            zip(modules, self.course.modules, strict=True), start=1
        ):
            self.session.add(
                models.CourseVersionModule(
                    course_version_id=version.id,
                    position=position,
                    module_version_id=module_version.id,
                )
            )
            activities += [
                (module_version, activity)
                for activity in self._activities(module, lessons, quizzes)
            ]
        if self.course.final_quiz is not None:
            activities.append((None, quizzes[self.course.final_quiz.key]))
        for position, (belongs_to, activity) in enumerate(activities, start=1):
            is_lesson = isinstance(activity, models.LessonVersion)
            self.session.add(
                models.CourseVersionActivity(
                    course_version_id=version.id,
                    position=position,
                    module_version_id=belongs_to.id if belongs_to else None,
                    lesson_version_id=activity.id if is_lesson else None,
                    quiz_version_id=None if is_lesson else activity.id,
                )
            )

    def _glossary(self) -> None:
        languages = {language for term in self.course.terms for language in term.texts}
        for language in sorted(languages):
            terms = [
                (term, term.texts.get(language) or term.texts[self.course.language])
                for term in self.course.terms
            ]
            self._text(
                models.GlossaryText,
                {"course_id": self.course_row.id},
                language,
                partial(bodies.glossary_body, terms, self._resolver()),
                [[term.key, dict(term.official_terms), asdict(text)] for term, text in terms],
                "glossary",
            )


def _facts_of(text: CourseText) -> JsonObject:
    """Return what a course's text says; what it leaves out does not count, so that older digests hold."""
    return {name: value for name, value in asdict(text).items() if value is not None}
