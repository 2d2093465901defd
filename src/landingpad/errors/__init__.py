"""Errors of the API: wire code, HTTP status and text.

The domain raises them; `rpc.dispatch` turns them into answers. A method declares the ones that it can raise; in
development and tests an undeclared one is a defect. `calls` has those that any call may end with, the other files those
of a subject.
"""

from typing import ClassVar


class ApiError(Exception):
    """Base of all API errors. The text says what failed and, where useful, why and what to do."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    text: ClassVar[str]

    def __init__(self, text: str | None = None) -> None:
        super().__init__(text or self.text)
        self.extra: dict[str, str] = {}

    @property
    def body(self) -> dict[str, str]:
        """Members of the JSON answer."""
        return {"error": self.code, "error_description": str(self), **self.extra}


class OperatorError(Exception):
    """What whoever runs the server asked for cannot be done. The text says what failed, why and what to do."""
