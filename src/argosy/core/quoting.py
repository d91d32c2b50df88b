"""The one place where a word becomes shell text."""

from argosy.core.errors import BadInput


def quote(word: str) -> str:
    """``word`` as shell text that any POSIX shell reads back as exactly this one word.

    Everything is literal between single quotes, newlines too; a single quote itself closes them, stands escaped, and
    opens them again. Bytes that are not UTF-8 stand as surrogates (``os.fsdecode``); encode the whole text with
    ``os.fsencode``. Raises BadInput for NUL, which no argument of a program can hold.
    """
    if "\0" in word:
        msg = f"{word[:40]!r} contains a NUL character, which no argument, variable or path can hold"
        raise BadInput(msg, hint="Remove the NUL character.")
    return "'" + word.replace("'", "'\\''") + "'"


def quote_all(words: tuple[str, ...]) -> str:
    """The words of a command, quoted, with a space between."""
    return " ".join(quote(word) for word in words)
