"""What reading a file of questions refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.core.authored import Problem
from courseapp.core.errors import DomainError, NotFound


class Unreadable(DomainError):
    """The file as a whole cannot be read; `reason` is the sentence that says why, and where."""

    status = 422
    code = "unreadable_file"
    message = _l("This file cannot be read.")

    def __init__(self, reason: Any) -> None:
        """Keep the sentence, which may be a lazy one."""
        super().__init__(reason=str(reason))
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} {self.reason}"


class UnknownFormat(NotFound):
    """There is no format of this name; `known` lists those that there are."""

    message = _l("There is no such format.")


class ImportHasProblems(DomainError):
    """The quiz would not be in order with these questions; nothing was written."""

    status = 422
    code = "import_has_problems"
    message = _l("With these questions the quiz would have problems. Nothing was written.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep what the content check would say."""
        super().__init__(problems=[str(problem) for problem in problems])
        self.problems = problems


class ContentNotWritable(DomainError):
    """The server may not write the content files."""

    status = 409
    code = "content_not_writable"
    message = _l("The content files cannot be written here. Import on the machine that holds them.")
