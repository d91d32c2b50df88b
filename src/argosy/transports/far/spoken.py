"""How commands are put so that a shell on a machine elsewhere reads them right, whichever shell it is."""

from argosy.core.command import Command
from argosy.core.quoting import quote

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _./:=,+-")
LONGEST = 20_000
"""How many bytes a script on a command line may have: written as numbers it is up to five times as long."""


def spoken(script: bytes) -> bytes:
    """A script of POSIX shell as one command for any login shell: sh, bash, zsh, csh, tcsh or fish.

    They agree on what stands between single quotes as long as it holds no quote, exclamation mark or line break; so all
    but plain letters is written as octal numbers, which ``printf`` puts back. Scripts are short: what is long goes to
    standard input.
    """
    if len(script) > LONGEST:
        msg = f"a script of {len(script)} bytes is too long for a command line"
        raise ValueError(msg)
    octal = "".join(chr(byte) if byte in _PLAIN else f"\\0{byte:03o}" for byte in script)
    return b'exec sh -c \'eval "$(printf %b "' + octal.encode("ascii") + b'")"\''


def quoted(word: str | bytes) -> bytes:
    """One word for a POSIX shell."""
    text = word if isinstance(word, str) else word.decode("utf-8", "surrogateescape")
    return quote(text).encode("utf-8", "surrogateescape")


def called(*words: str | bytes) -> bytes:
    """A program or function with its arguments, for a POSIX shell."""
    return b" ".join(quoted(word) for word in words)


def said(command: Command) -> bytes:
    """A command for a POSIX shell that already runs.

    The text of ``sh -c`` is read by this shell itself: that spares a process, and there is no limit to its arguments.
    """
    if command.argv[:2] != ("sh", "-c") or len(command.argv) < 3:
        return b"exec " + called(*command.argv)
    return b"set -- " + called(*command.argv[4:]) + b"\neval " + quoted(command.argv[2])
