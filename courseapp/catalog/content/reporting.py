"""What all checks of content share: places, and links and pictures that exist."""

from __future__ import annotations

from collections.abc import Iterable

from courseapp.catalog.content.authored import AuthoredCourse, AuthoredModule, Place
from courseapp.core.authored import Problems
from courseapp.core.markdown import Located, outline


def report(problems: Problems, place: Place, message: str) -> None:
    """Note a problem at a place."""
    problems.add(place.path, place.line, message)


def place_in(course: AuthoredCourse, language: str, place: Place) -> Place:
    """Return where the translation of something stands: its file, without a line."""
    if language == course.language:
        return place
    return Place(place.path.with_name(f"{place.path.stem}.{language}{place.path.suffix}"))


class Lines:
    """Reports problems by their line within a text that starts somewhere in a file."""

    def __init__(self, place: Place, problems: Problems) -> None:
        """Remember where the text starts."""
        self._place = place
        self._problems = problems

    def report(self, line: int, message: str) -> None:
        """Note a problem on a line of the text, from 1."""
        self._problems.add(self._place.path, self._place.line + line - 1, message)

    def report_all(self, places: Iterable[Located], message: str) -> None:
        """Note the same problem at several places."""
        for place in places:
            self.report(place.line, message)


def link_problem(course: AuthoredCourse, target: str) -> str | None:
    """Return what is wrong with the target of a link, or None."""
    scheme, _, key = target.partition(":")
    match scheme:
        case "glossary":
            if course.is_whole and not any(term.key == key for term in course.terms):
                return f"the glossary has no term {key}"
        case "lesson":
            if course.is_whole and not any(lesson.key == key for lesson in course.lessons):
                return f"the course has no lesson {key}"
        case "https":
            return None
        case _:
            return f"link to glossary:, lesson: or https://, not to {target!r}"
    return None


def check_links(
    course: AuthoredCourse,
    markdown: str,
    place: Place,
    problems: Problems,
    *,
    pictures_of: AuthoredModule | None = None,
) -> None:
    """Check a text that is no lesson; it may show the pictures of one module, or none."""
    found = outline(markdown)
    for link in found.links:
        if message := link_problem(course, link.value):
            report(problems, place, message)
    for image in found.images:
        if pictures_of is None:
            report(problems, place, "pictures stand in lessons and questions only")
        elif f"{pictures_of.key}/{image.value}" not in course.images:
            report(problems, place, f"there is no image {image.value} beside the module's lessons")
    if found.images_without_text:
        report(problems, place, "describe the image between its brackets")
    if found.html:
        report(problems, place, "HTML is shown as text: use Markdown")
