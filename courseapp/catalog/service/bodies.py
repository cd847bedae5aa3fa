"""What is stored of an authored text: rendered HTML and plain texts, and digests over the authored words.

Digests are taken over what the author wrote, not over the HTML: a change of our renderer is no new
version of a lesson.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from courseapp.catalog.content.authored import (
    AuthoredCourse,
    AuthoredTerm,
    CourseText,
    LessonText,
    ModuleText,
    QuestionText,
    QuizText,
    TermText,
)
from courseapp.core.markdown import LinkResolver, curl_apostrophes, render, render_inline
from courseapp.core.types import JsonObject


def digest_of(*parts: Any) -> str:
    """Return the SHA-256 of values, by their one canonical JSON form."""
    canonical = json.dumps(
        parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=list
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def link_resolver(
    course: AuthoredCourse, module_key: str, picture_digests: dict[str, str]
) -> LinkResolver:
    """Return what turns authored link targets into addresses of this site."""

    def resolve(target: str) -> str:
        scheme, _, key = target.partition(":")
        if scheme == "glossary":
            return f"/courses/{course.key}/glossary#{key}"
        if scheme == "lesson":
            return f"/courses/{course.key}/lessons/{key}"
        if scheme == "https":
            return target
        return f"/pictures/{picture_digests[f'{module_key}/{target}']}"

    return resolve


def course_body(text: CourseText, resolve: LinkResolver) -> JsonObject:
    """Return a course's texts as stored."""
    of_module = {
        "module_certificate_title": text.module_certificate_title,
        "module_certificate_statement": text.module_certificate_statement,
    }
    return {
        "title": curl_apostrophes(text.title),
        "summary": curl_apostrophes(text.summary),
        "about_html": render(text.about, resolve),
        "notice": curl_apostrophes(text.notice),
        "certificate_title": curl_apostrophes(text.certificate_title),
        "certificate_statement": curl_apostrophes(text.certificate_statement),
        **{name: curl_apostrophes(words) for name, words in of_module.items() if words is not None},
    }


def module_body(text: ModuleText, resolve: LinkResolver) -> JsonObject:
    """Return a module's texts as stored."""
    return {
        "title": curl_apostrophes(text.title),
        "summary": curl_apostrophes(text.summary),
        "brief": curl_apostrophes(text.brief),
        "objectives": {
            key: render_inline(objective, resolve) for key, objective in text.objectives.items()
        },
    }


def lesson_body(text: LessonText, resolve: LinkResolver) -> JsonObject:
    """Return a lesson's text as stored."""
    return {
        "title": curl_apostrophes(text.title),
        "html": render(text.body, resolve),
        "sources": [
            {"text": curl_apostrophes(source.text), "year": source.year} for source in text.sources
        ],
    }


def lesson_words(text: LessonText) -> JsonObject:
    """Return what of a lesson's text its digest is taken over."""
    return {
        "title": text.title,
        "body": text.body,
        "sources": [[source.text, source.year] for source in text.sources],
    }


def quiz_body(text: QuizText, resolve: LinkResolver) -> JsonObject:
    """Return a quiz's own texts as stored."""
    return {"title": curl_apostrophes(text.title), "intro_html": render(text.intro, resolve)}


def question_body(text: QuestionText, resolve: LinkResolver) -> JsonObject:
    """Return a question's texts as stored; the kind's own texts keep their shape."""
    return {
        "prompt_html": render(text.prompt, resolve),
        "explanation_html": render(text.explanation, resolve),
        "source_html": render_inline(text.source, resolve),
        "texts": _rendered_leaves(text.kind_texts, resolve),
    }


def glossary_body(
    terms: Sequence[tuple[AuthoredTerm, TermText]], resolve: LinkResolver
) -> JsonObject:
    """Return a glossary in one language as stored."""
    return {
        "terms": [
            {
                "key": term.key,
                "term": curl_apostrophes(text.term),
                "definition_html": render_inline(text.definition, resolve),
                "official_terms": dict(term.official_terms),
            }
            for term, text in terms
        ]
    }


def _rendered_leaves(tree: JsonObject, resolve: LinkResolver) -> JsonObject:
    return {
        key: _rendered_leaves(value, resolve)
        if isinstance(value, dict)
        else render_inline(value, resolve)
        for key, value in tree.items()
    }
