"""What is wrong with a field of the page, before anything runs."""

from __future__ import annotations


class FieldProblem(ValueError):
    """A field that cannot be used. The message says what was expected.

    Attributes:
        field: the field's name in a request, such as ``"grid"``.
        line: the line within it, from 1, where that is known.
    """

    def __init__(self, field: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.field, self.line = field, line
