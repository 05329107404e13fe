"""Every failure that a user can meet, as one tree.

    CairnError                 500  1   something is wrong inside Cairn
    ├── InvalidInput           400  2   the request, spec, file or setting cannot be read
    ├── NotSignedIn            401  3   no valid session or key
    ├── NotAllowed             403  3   signed in, but without the right to do this
    ├── NotFound               404  4   the thing named does not exist
    ├── Conflict               409  5   it exists already, or changed meanwhile
    ├── TooLarge               413  2   a documented limit was passed
    ├── TooManyAttempts        429  3   slow down, then try again
    ├── QueryTimeout           504  6   the question took longer than the limit
    └── Unavailable            503  6   try again shortly (`retry_after_seconds`)
        └── DiskNearlyFull     503  6   the receiver stops before it would lose an event

The first number is the HTTP status, the second the exit code of the command line.
A message says what happened and shows the value; the hint says what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class CairnError(Exception):
    """A failure with a message and a next step, shown alike by the API and the command line."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "internal"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_json(self) -> dict[str, object]:
        """Return the one error shape of the API: status, code, message, hint."""
        return {
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        }


class InvalidInput(CairnError):
    """The request, spec, file or setting cannot be read as given."""

    status = 400
    exit_code = 2
    code = "invalid_input"


class NotSignedIn(CairnError):
    """There is no valid session or key on the request."""

    status = 401
    exit_code = 3
    code = "not_signed_in"


class NotAllowed(CairnError):
    """The caller is known but lacks the right to do this."""

    status = 403
    exit_code = 3
    code = "not_allowed"


class NotFound(CairnError):
    """The thing named does not exist, or not for this caller."""

    status = 404
    exit_code = 4
    code = "not_found"


class Conflict(CairnError):
    """The thing exists already, or was changed meanwhile."""

    status = 409
    exit_code = 5
    code = "conflict"


class TooLarge(CairnError):
    """A documented limit was passed."""

    status = 413
    exit_code = 2
    code = "too_large"


class TooManyAttempts(CairnError):
    """The caller tried too often in a short time."""

    status = 429
    exit_code = 3
    code = "too_many_attempts"


class QueryTimeout(CairnError):
    """The question took longer than the configured limit."""

    status = 504
    exit_code = 6
    code = "query_timeout"


class Unavailable(CairnError):
    """The server cannot do this now; the same request may succeed shortly."""

    status = 503
    exit_code = 6
    code = "unavailable"
    retry_after_seconds: ClassVar[int] = 5


class DiskNearlyFull(Unavailable):
    """Accepting more events could lose them, so the receiver says so first."""

    code = "disk_nearly_full"
    retry_after_seconds = 30
