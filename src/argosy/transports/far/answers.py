"""What a far machine says of its files, in our words."""

from argosy.core.errors import Denied, NoRoom, TargetError

_FULL = ("no space left on device", "disk quota exceeded", "read-only file system", "file too large", "i/o error")
_HINTS = (
    ("permission denied", "Check who may read and write there."),
    ("not permitted", "Check who may read and write there."),
    ("not a directory", "A part of this path is a file, not a directory: choose another place."),
    ("file exists", "A file lies where a directory is needed: move it, or choose another place."),
    ("name too long", "Use a shorter name."),
    ("tar: not found", "Argosy needs tar on the target: ask for it to be installed."),
    ("tar: command not found", "Argosy needs tar on the target: ask for it to be installed."),
    ("sha256sum", "Install coreutils there."),
)


def refused(path: str, said: str) -> TargetError:
    """NoRoom when the place is full or read-only, else Denied; with what to do where that is known."""
    words = said.strip() or "it failed without a word"
    lower = words.lower()
    message = words if path and path in words else f"{path}: {words}" if path else words
    if any(full in lower for full in _FULL):
        return NoRoom(message, hint="Make room or choose another root; waiting jobs go on by themselves.")
    return Denied(message, hint=next((hint for sign, hint in _HINTS if sign in lower), ""))


def denied(path: str, said: str) -> Denied:
    """The same as a value; raises NoRoom."""
    trouble = refused(path, said)
    if isinstance(trouble, Denied):
        return trouble
    raise trouble
