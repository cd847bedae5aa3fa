"""Counting what is asked of the database."""

from __future__ import annotations

from typing import Any, Final, Self

from sqlalchemy import Engine, event

_NOT_COUNTED: Final = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA")


class QueryRecorder:
    """Records the statements that are executed within a block, by whatever session.

    BEGIN, SAVEPOINT and the like do not count: a test has more of them than a real request.

        with QueryRecorder() as queries:
            browser.get("/courses/social-protection")
        assert len(queries) <= 4, queries
    """

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> Self:
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def __len__(self) -> int:
        return len(self.statements)

    def __repr__(self) -> str:
        return "\n".join([f"{len(self)} statements:", *self.statements])

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            self.statements.append(" ".join(statement.split()))
