"""Everything that can go wrong, as one tree.

    ArgosyError
    ├── RequestError            the caller's mistake; asking again the same way will not help
    │   ├── BadInput            a value, file or option that cannot be accepted (carries findings)
    │   ├── NotFound            no such job, target, template, file
    │   ├── Ambiguous           a short id that fits more than one job
    │   ├── Conflict            the thing exists already, or is not in a state that allows this
    │   ├── Unauthorised        the token is missing or wrong
    │   └── TooMuch             a limit of size or number is exceeded
    ├── TargetError             the far end; the job is not to blame
    │   ├── Unreachable         no answer; wait and change nothing
    │   ├── NeedsLogin          a person must act; jobs wait
    │   ├── Denied              the far end understood and refused: permission, a missing file, a wrong name
    │   ├── NoRoom              the place is full or read-only: jobs wait until somebody makes room
    │   ├── QueueFull           its scheduler has too many jobs of this kind already: they wait until some end
    │   ├── Busy                too many requests wait for the target already: ask again in a moment
    │   └── Garbled             the answer cannot be trusted; never read as "no jobs"
    └── ServerError             Argosy's own server or database
        ├── ServerDown          the server does not answer or cannot be started
        ├── VersionMismatch     client and server are of different versions
        ├── StoreBroken         the database is corrupt, locked for good, or not ours
        └── StoreTooNew         the database was written by a newer Argosy

A failed job is not an error; it is an outcome. Every class has a stable ``code`` that crosses the
wire, and every error may carry a ``hint``: the thing to do next.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from argosy.core.findings import Finding


class ArgosyError(Exception):
    """The root. ``message`` says what, which and why; ``hint`` says what to do next."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    classes: ClassVar[dict[str, type["ArgosyError"]]] = {}

    def __init__(self, message: str, *, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        ArgosyError.classes[cls.code] = cls

    def to_wire(self) -> dict[str, Any]:
        """The one shape in which an error crosses the wire."""
        findings = [finding.model_dump(mode="json") for finding in self.findings]
        return {"code": self.code, "message": self.message, "hint": self.hint, "findings": findings}

    @staticmethod
    def from_wire(shape: Mapping[str, Any]) -> "ArgosyError":
        """The same error again, on the other side; an unknown code becomes a plain ``ArgosyError``."""
        kind = ArgosyError.classes.get(str(shape.get("code", "")), ArgosyError)
        findings = tuple(Finding.model_validate(item) for item in shape.get("findings") or ())
        return kind(str(shape.get("message", "")), hint=str(shape.get("hint", "")), findings=findings)


class RequestError(ArgosyError):
    """The caller's mistake."""

    code = "request_error"
    status = 400


class BadInput(RequestError):
    """A value, file or option that cannot be accepted."""

    code = "bad_input"
    status = 422


class NotFound(RequestError):
    """There is no such thing."""

    code = "not_found"
    status = 404


class Ambiguous(RequestError):
    """The words given fit more than one thing."""

    code = "ambiguous"
    status = 409


class Conflict(RequestError):
    """The thing is in a state that does not allow this."""

    code = "conflict"
    status = 409


class Unauthorised(RequestError):
    """The request carries no valid token, or comes from a place that may not ask."""

    code = "unauthorised"
    status = 401


class TooMuch(RequestError):
    """A limit of size or number is exceeded."""

    code = "too_much"
    status = 413


class TargetError(ArgosyError):
    """The far end failed us; no job is to blame and no state may change because of it."""

    code = "target_error"
    status = 502


class Unreachable(TargetError):
    """No answer from the target: wait, change nothing, try again."""

    code = "unreachable"
    status = 503


class NeedsLogin(TargetError):
    """A person must log in; jobs wait until then."""

    code = "needs_login"
    status = 503


class Denied(TargetError):
    """The far end understood and refused this one thing: permission, a missing file, a name it cannot have."""

    code = "denied"
    status = 502


class NoRoom(TargetError):
    """The place is full, over quota or read-only. It would refuse every job, so all wait until somebody makes room."""

    code = "no_room"
    status = 507


class QueueFull(TargetError):
    """Its scheduler takes no further jobs of this kind, since there are too many already: they wait until some end."""

    code = "queue_full"
    status = 503


class Busy(TargetError):
    """Too many requests of windows wait for their turn at the target already. Jobs are not concerned."""

    code = "busy"
    status = 503


class Garbled(TargetError):
    """An answer that cannot be trusted: cut short, mixed with noise, or of another grammar."""

    code = "garbled"
    status = 502


class ServerError(ArgosyError):
    """Argosy's own server or database is in trouble."""

    code = "server_error"
    status = 500


class ServerDown(ServerError):
    """The server does not answer, or cannot be started."""

    code = "server_down"
    status = 503


class VersionMismatch(ServerError):
    """Client and server are of different versions."""

    code = "version_mismatch"
    status = 409


class StoreBroken(ServerError):
    """The database cannot be used: corrupt, not a database, or not ours."""

    code = "store_broken"
    status = 500


class StoreTooNew(ServerError):
    """The database was written by a newer Argosy; this one must not touch it."""

    code = "store_too_new"
    status = 500
