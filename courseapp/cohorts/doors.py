"""What the doors of features above share: the answer to somebody who is not enrolled yet."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _


def enroll_first(course_key: str) -> ResponseReturnValue:
    """Lead to the course's page, where the course can be started."""
    flash(_("Start the course first: then you can read its lessons and take its quizzes."))
    return redirect(url_for("learning.course", course_key=course_key))
