"""The exit codes of every command, in one place."""

from enum import IntEnum


class Exit(IntEnum):
    """What the number means that a command leaves to the shell."""

    SUCCEEDED = 0
    FAILED = 1
    USAGE = 2
    CANCELLED = 3
    LOST = 4
    NOT_OVER = 5
    FINDINGS = 6
    BAD_INPUT = 10
    NOT_FOUND = 11
    AMBIGUOUS = 12
    CONFLICT = 13
    REFUSED = 14
    SERVER = 20
    TARGET = 30
    CRASHED = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


MEANINGS = {
    Exit.SUCCEEDED: "done; for run and wait: every job has succeeded",
    Exit.FAILED: "run, wait: a job has failed",
    Exit.USAGE: "the command line cannot be understood",
    Exit.CANCELLED: "run, wait: a job was cancelled",
    Exit.LOST: "run, wait: a job is lost: it is over and nobody can say how",
    Exit.NOT_OVER: "wait: a job is still open after --timeout, or is a draft",
    Exit.FINDINGS: "doctor and the checks: at least one error was found",
    Exit.BAD_INPUT: "a value, option or file will not do",
    Exit.NOT_FOUND: "there is no such job, template, target or file",
    Exit.AMBIGUOUS: "the words fit more than one job",
    Exit.CONFLICT: "the thing exists already, or is in a state that does not allow this",
    Exit.REFUSED: "the server refused: no valid token, or a limit of size or number",
    Exit.SERVER: "trouble with Argosy's own server or database",
    Exit.TARGET: "trouble with a target: unreachable, needs a login, full, busy, refused",
    Exit.CRASHED: "a fault in Argosy itself; the details are in a file that the message names",
    Exit.INTERRUPTED: "interrupted with Ctrl-C; jobs go on",
    Exit.PIPE_CLOSED: "whoever read the output went away, as in 'argosy ls | head'",
}

_FATES = {"succeeded": Exit.SUCCEEDED, "failed": Exit.FAILED, "cancelled": Exit.CANCELLED, "lost": Exit.LOST}
_WORST_FIRST = (Exit.LOST, Exit.FAILED, Exit.CANCELLED, Exit.NOT_OVER)

_ERRORS = {
    "bad_input": Exit.BAD_INPUT,
    "not_found": Exit.NOT_FOUND,
    "ambiguous": Exit.AMBIGUOUS,
    "conflict": Exit.CONFLICT,
    "unauthorised": Exit.REFUSED,
    "too_much": Exit.REFUSED,
    "request_error": Exit.BAD_INPUT,
    "target_error": Exit.TARGET,
    "unreachable": Exit.TARGET,
    "needs_login": Exit.TARGET,
    "denied": Exit.TARGET,
    "no_room": Exit.TARGET,
    "queue_full": Exit.TARGET,
    "garbled": Exit.TARGET,
    "busy": Exit.TARGET,
}


def of_fates(fates: "list[str]") -> Exit:
    """The code for how several jobs ended: that of the worst."""
    codes = {_FATES.get(fate, Exit.NOT_OVER) for fate in fates}
    return next((code for code in _WORST_FIRST if code in codes), Exit.SUCCEEDED)


def of_error(code: str) -> Exit:
    """The exit code for an error, by the error's own code; errors that are not listed are the server's."""
    return _ERRORS.get(code, Exit.SERVER)


def table() -> str:
    """All codes with their meanings, one to a line."""
    return "\n".join(f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
