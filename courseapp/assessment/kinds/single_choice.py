"""Single choice: several options, exactly one of them right."""

from __future__ import annotations

from courseapp.assessment.kinds.base import AuthoredOptions, OneRightOption, read_options
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields


class SingleChoice(AuthoredOptions, OneRightOption):
    """An answer is `{"option": key}`."""

    name = "single_choice"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the options; exactly one must be right."""
        body, right = read_options(fields)
        if len(right) != 1:
            fields.report("options", f"mark exactly one option as correct, {len(right)} are marked")
        return body


KIND = SingleChoice()
