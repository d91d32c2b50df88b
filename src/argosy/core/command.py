"""A command for a machine, and its answer. A command is an argv; quoting happens once, in the transport."""

from pydantic import Field

from argosy.core.values import Value


class Command(Value):
    """What to run: words, standard input, and the time that it may take in seconds.

    A word is bytes where it is a path that need not be UTF-8.
    """

    argv: tuple[str | bytes, ...] = Field(min_length=1)
    stdin: bytes = b""
    timeout_s: float = Field(default=60.0, gt=0)


class Answer(Value):
    """What came back. A command that fails is an answer, not an error. ``code`` is negative for a signal."""

    code: int
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def complaint(self) -> str:
        """The end of what it said on standard error, for people."""
        return self.stderr.decode("utf-8", "replace").strip()[-2_000:]
