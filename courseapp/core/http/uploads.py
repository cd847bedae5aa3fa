"""How large a request may be. Most are small; a view that takes files says how large they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, request

View = TypeVar("View", bound=Callable[..., Any])

_MARK: Final = "courseapp_most_bytes"
# What surrounds the files: names of fields, other fields, the token.
_AROUND: Final = 64 * 1024


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Mark a view as taking files of so many bytes together."""

    def mark(view: View) -> View:
        setattr(view, _MARK, most_bytes)
        return view

    return mark


def allow_files(app: Flask) -> None:
    """Let marked views take large requests. To be registered before anything reads the form."""

    @app.before_request
    def allow() -> None:
        view = app.view_functions.get(request.endpoint or "")
        most: int | None = getattr(view, _MARK, None)
        if most is not None:
            request.max_content_length = most + _AROUND
