r"""Names of files as text.

A file name on a POSIX system is any bytes but ``/`` and NUL. JSON, databases and terminals want text. A name is
*spelled*: UTF-8 that can be printed stays as it is, a backslash doubles, and every other byte becomes ``\\xNN``.
The spelling is reversible, fits one line, and equals the name itself for nearly every file in the world.
"""

import re

from argosy.core.errors import BadInput

MAX_NAME_BYTES = 255

# What every reader understands, for the description of the door. The readers below also take escapes that nobody needs.
_ESCAPED = r"\\(?:\\|x(?:0[1-9a-f]|1[0-9a-f]|7f|[89a-f][0-9a-f]))"
_PART = rf"\.*(?:[^./\\\x00]|{_ESCAPED})(?:[^/\\\x00]|{_ESCAPED})*"
RELATIVE_PATTERN = rf"^{_PART}(?:/{_PART})*$"
ABSOLUTE_PATTERN = rf"^/(?:[^\\\x00]|{_ESCAPED})*$"

_EXAMPLE = r"\xff"
_ESCAPE = re.compile(rb"\\(\\|x[0-9a-f]{2})?")


def spell(name: bytes) -> str:
    """The name as printable text; ``unspell`` gives the same bytes back."""
    text = name.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_spell_character(character) for character in text)


def unspell(text: str) -> bytes:
    """The bytes of a spelled name; raises BadInput for a lone backslash, which no spelling contains."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{text[:40]!r} is not text", hint=f"Write its odd bytes as {_EXAMPLE}.") from None
    return _ESCAPE.sub(_unspell_match, raw) if b"\\" in raw else raw


def relative(text: str) -> str:
    """The usual spelling of a spelled relative path that stays inside its directory; raises BadInput otherwise."""
    raw = unspell(text)
    parts = raw.split(b"/")
    if any(part in {b"", b".", b".."} for part in parts):
        msg = f"{text[:200]!r} is not a relative path that stays inside the work directory"
        raise BadInput(msg, hint="Use a path such as data/input.pdb, without '..' and without a leading '/'.")
    _refuse_nul(raw, text)
    if any(len(part) > MAX_NAME_BYTES for part in parts):
        msg = f"{text[:40]!r}... has a part of more than {MAX_NAME_BYTES} bytes, which file systems refuse"
        raise BadInput(msg, hint="Give the file a shorter name in the job: --file short-name=PATH.")
    return spell(raw)


def absolute(text: str) -> str:
    """The usual spelling of a spelled absolute path; raises BadInput otherwise."""
    raw = unspell(text)
    if not raw.startswith(b"/"):
        raise BadInput(f"{text[:200]!r} is not an absolute path", hint="Give the whole path, beginning with '/'.")
    _refuse_nul(raw, text)
    return spell(raw)


def _refuse_nul(raw: bytes, text: str) -> None:
    if b"\0" in raw:
        raise BadInput(f"{text[:200]!r} contains a NUL byte, which no file name can have", hint="Remove it.")


def _spell_character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def _unspell_match(match: re.Match[bytes]) -> bytes:
    what: bytes | None = match[1]
    if what is None:
        msg = f"{match.string.decode('utf-8', 'replace')!r} has a lone backslash"
        raise BadInput(msg, hint="Write a backslash in a file name as two backslashes.")
    return what if what == b"\\" else bytes([int(what[1:], 16)])
