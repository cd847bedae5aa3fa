"""What the catalog refuses."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import NotFound


class CourseNotFound(NotFound):
    """No course with this key is published."""

    message = _l("There is no such course.")


class CourseModuleNotFound(NotFound):
    """The course version has no such module."""

    message = _l("There is no such module in this course.")


class LessonNotFound(NotFound):
    """The course version has no such lesson."""

    message = _l("There is no such lesson in this course.")


class QuizNotFound(NotFound):
    """The course version has no such quiz."""

    message = _l("There is no such quiz in this course.")
