"""From a folder of files to authored courses, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from courseapp.catalog.content.authored import (
    AuthoredCourse,
    AuthoredModule,
    AuthoredTerm,
    CourseText,
    ModuleText,
    Place,
    TermText,
)
from courseapp.catalog.content.checks import check_course
from courseapp.catalog.content.languages import find_translations, tag_problem
from courseapp.catalog.content.lessons import load_lessons
from courseapp.catalog.content.quizzes import load_quiz
from courseapp.catalog.types import QuestionKinds
from courseapp.core.authored import Fields, Problem, Problems, read_yaml

PICTOGRAMS: Final = ("balance", "stall", "coins", "tree", "book")
ACCENTS: Final = ("plum", "clay", "forest", "ocean", "wine")
_OFFICIAL_LANGUAGES: Final = ("fr", "es", "ar", "ru", "zh")


def load_content(
    root: Path, kinds: QuestionKinds
) -> tuple[Sequence[AuthoredCourse], Sequence[Problem]]:
    """Read all courses under `root` (the folder that holds `modules/` and `quizzes/`).

    Returns every course that could be read and every problem; publish only when there is none.
    """
    problems = Problems(root)
    courses = []
    modules_dir = root / "modules"
    if not modules_dir.is_dir():
        problems.add(modules_dir, 1, "there is no folder modules/ here")
    for folder in _folders(modules_dir):
        course = _load_course(folder, root / "quizzes" / folder.name, kinds, problems)
        if course is not None:
            check_course(course, problems)
            courses.append(course)
    for folder in _folders(root / "quizzes"):
        if not (modules_dir / folder.name).is_dir():
            problems.add(folder, 1, f"there is no course {folder.name!r} for these quizzes")
    return courses, problems.sorted()


def _folders(parent: Path) -> Sequence[Path]:
    if not parent.is_dir():
        return []
    return sorted(p for p in parent.iterdir() if p.is_dir() and not p.name.startswith((".", "_")))


def _load_course(
    folder: Path, quizzes_dir: Path, kinds: QuestionKinds, problems: Problems
) -> AuthoredCourse | None:
    fields = read_yaml(folder / "course.yaml", problems)
    if fields is None:
        return None
    key = fields.key()
    if key and key != folder.name:
        fields.report("key", f"the course's key is {key!r} but its folder is {folder.name!r}")
    language = fields.line_text("language")
    if language and (message := tag_problem(language)):
        fields.report("language", message)
    least, most = _lesson_words(fields)
    completion = fields.child("completion")
    lessons_rule = completion.choice("lessons", ["all", "none"])
    quizzes_rule = completion.choice("quizzes", ["all", "none"])
    completion.close()
    if lessons_rule == quizzes_rule == "none":
        fields.report("completion", "completion asks for nothing: ask for lessons, quizzes or both")
    certificate = fields.child("certificate")
    shows_score = certificate.boolean("score", default=False)
    texts = {language: _course_text(fields, certificate)}
    module_keys = fields.keys("modules")
    final_key = fields.key("final_quiz") if "final_quiz" in fields else None
    if shows_score and final_key is None:
        certificate.report(
            "score",
            "the certificate shows the result of the final quiz, and there is no final_quiz",
        )
    if final_key in module_keys:
        fields.report("final_quiz", f"{final_key} is a module's key already: choose another")
        final_key = None
    fields.close()
    for tag, path in find_translations(fields.path, language, problems):
        if (translated := read_yaml(path, problems)) is not None:
            texts[tag] = _course_text(translated, translated.child("certificate"))
            _compare_certificates(translated, texts[language], texts[tag])
            translated.close()
    modules = _load_modules(
        folder, quizzes_dir, module_keys, language, kinds, problems, fields.line_of("modules")
    )
    final_quiz = (
        load_quiz(quizzes_dir / f"{final_key}.yaml", language, kinds, problems)
        if final_key
        else None
    )
    terms = _load_glossary(folder, language, problems)
    _report_strays(folder, quizzes_dir, module_keys, final_key, problems)
    return AuthoredCourse(
        key=key,
        language=language,
        least_words=least,
        most_words=most,
        requires_lessons=lessons_rule == "all",
        requires_quizzes=quizzes_rule == "all",
        modules=modules,
        terms=terms or [],
        texts=texts,
        place=Place(folder / "course.yaml", fields.line),
        images=_images(folder, module_keys),
        final_quiz=final_quiz,
        certificate_shows_score=shows_score,
        is_whole=terms is not None and len(modules) == len(module_keys),
    )


def _lesson_words(fields: Fields) -> tuple[int, int]:
    bounds = fields.value("lesson_words")
    if bounds is None:
        return 1, 100_000
    match bounds:
        case [int(least), int(most)] if 0 < least <= most:
            return least, most
    fields.report("lesson_words", "lesson_words must be [least, most], for example [500, 900]")
    return 1, 100_000


def _course_text(fields: Fields, certificate: Fields) -> CourseText:
    of_module = certificate.child("module") if "module" in certificate else None
    text = CourseText(
        title=fields.line_text("title"),
        summary=fields.line_text("summary"),
        about=fields.text("about"),
        notice=fields.line_text("notice"),
        certificate_title=certificate.line_text("title"),
        certificate_statement=certificate.line_text("statement"),
        module_certificate_title=of_module.line_text("title") if of_module else None,
        module_certificate_statement=of_module.line_text("statement") if of_module else None,
    )
    if of_module is not None:
        of_module.close()
    certificate.close()
    return text


def _compare_certificates(translated: Fields, source: CourseText, text: CourseText) -> None:
    if (source.module_certificate_title is None) != (text.module_certificate_title is None):
        translated.report(
            "certificate", "certificate.module must stand in every language of a course or in none"
        )


def _load_modules(
    folder: Path,
    quizzes_dir: Path,
    keys: Sequence[str],
    language: str,
    kinds: QuestionKinds,
    problems: Problems,
    line: int,
) -> Sequence[AuthoredModule]:
    modules = []
    for key in keys:
        module_dir = folder / key
        if not module_dir.is_dir():
            problems.add(
                folder / "course.yaml", line, f"there is no folder {key}/ for module {key}"
            )
            continue
        module = _load_module(module_dir, quizzes_dir, language, kinds, problems)
        if module is not None:
            modules.append(module)
    return modules


def _load_module(
    folder: Path, quizzes_dir: Path, language: str, kinds: QuestionKinds, problems: Problems
) -> AuthoredModule | None:
    path = folder / "module.yaml"
    fields = read_yaml(path, problems)
    translations = [
        (tag, read_yaml(file, problems))
        for tag, file in find_translations(path, language, problems)
    ]
    lessons = load_lessons(folder, language, problems)
    quiz = load_quiz(quizzes_dir / f"{folder.name}.yaml", language, kinds, problems)
    if fields is None:
        return None
    key = fields.key()
    if key and key != folder.name:
        fields.report("key", f"the module's key is {key!r} but its folder is {folder.name!r}")
    objectives = [(entry.key(), entry) for entry in fields.children("objectives", most=20)]
    for objective, entry in objectives:
        if [other for other, _ in objectives].count(objective) > 1:
            entry.report("key", f"the objective {objective} is there twice")
    texts = {
        language: _module_text(fields, {key: e.line_text("text") for key, e in objectives}),
    }
    for _, entry in objectives:
        entry.close()
    module = AuthoredModule(
        # Everything else goes by the name of the folder.
        key=folder.name,
        pictogram=fields.choice("pictogram", PICTOGRAMS),
        accent=fields.choice("accent", ACCENTS),
        objectives=[objective for objective, _ in objectives],
        lessons=lessons,
        quiz=quiz,
        texts=texts,
        place=Place(folder / "module.yaml", fields.line),
    )
    fields.close()
    for tag, translated in translations:
        if translated is not None:
            texts[tag] = _translated_module_text(translated, module.objectives)
    return module


def _module_text(fields: Fields, objectives: Mapping[str, str]) -> ModuleText:
    return ModuleText(
        title=fields.line_text("title"),
        summary=fields.line_text("summary"),
        brief=fields.line_text("brief"),
        objectives=objectives,
    )


def _translated_module_text(fields: Fields, objectives: Sequence[str]) -> ModuleText:
    texts = fields.child("objectives")
    text = _module_text(fields, {key: texts.line_text(key) for key in objectives})
    texts.close()
    fields.close()
    return text


def _load_glossary(
    folder: Path, language: str, problems: Problems
) -> Sequence[AuthoredTerm] | None:
    """Return the terms, or None when their file cannot be read."""
    path = folder / "glossary.yaml"
    if not path.exists():
        return []
    fields = read_yaml(path, problems)
    if fields is None:
        return None
    translated = {
        tag: file_fields
        for tag, file in find_translations(path, language, problems)
        if (file_fields := read_yaml(file, problems)) is not None
    }
    terms: list[AuthoredTerm] = []
    for entry in fields.children("terms"):
        key = entry.key()
        if any(term.key == key for term in terms):
            entry.report("key", f"the term {key} is there twice")
        terms.append(
            AuthoredTerm(
                key=key,
                official_terms={
                    tag: entry.line_text(tag) for tag in _OFFICIAL_LANGUAGES if tag in entry
                },
                texts={language: _term_text(entry)},
                place=Place(path, entry.line),
            )
        )
        entry.close()
    fields.close()
    for tag, file_fields in translated.items():
        terms = _with_translation(terms, tag, file_fields)
    return terms


def _term_text(fields: Fields) -> TermText:
    return TermText(fields.line_text("term"), fields.line_text("definition"))


def _with_translation(terms: list[AuthoredTerm], tag: str, fields: Fields) -> list[AuthoredTerm]:
    entries = fields.child("terms")
    translated = []
    for term in terms:
        if term.key in entries:
            entry = entries.child(term.key)
            translated.append(replace(term, texts={**term.texts, tag: _term_text(entry)}))
            entry.close()
        else:
            translated.append(term)
    for unknown in set(entries.names()) - {term.key for term in terms}:
        entries.report(unknown, f"the glossary has no term {unknown} to translate")
    fields.close()
    return translated


def _images(folder: Path, module_keys: Sequence[str]) -> Mapping[str, Path]:
    """Return the pictures that lessons may show, by `<module>/<file name>`."""
    return {
        f"{key}/{path.name}": path
        for key in module_keys
        for path in sorted((folder / key).glob("*"))
        if path.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp"}
    }


def _report_strays(
    folder: Path,
    quizzes_dir: Path,
    module_keys: Sequence[str],
    final_key: str | None,
    problems: Problems,
) -> None:
    """Report what no learner would ever reach."""
    for module_dir in _folders(folder):
        if module_dir.name not in module_keys:
            problems.add(
                module_dir, 1, f"course.yaml does not list the module {module_dir.name}: add it"
            )
    if quizzes_dir.is_dir():
        for path in sorted(quizzes_dir.glob("*.yaml")):
            if path.name.split(".")[0] not in {*module_keys, final_key}:
                problems.add(path, 1, "no module of the course has this name: nobody sees it")
