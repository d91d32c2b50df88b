"""Text on a terminal: made harmless, measured, cut."""

import unicodedata

ELLIPSIS = "…"


def harmless(text: str) -> str:
    """The text on one line, with everything that a terminal could obey spelled out: controls, bidi marks, raw bytes."""
    return text if text.isprintable() else "".join(_spelled(character) for character in text)


def harmless_lines(text: str) -> list[str]:
    """The lines of a text, each made harmless; tabs become blanks."""
    return [harmless(line.expandtabs()) for line in text.splitlines()]


def width(text: str) -> int:
    """How many columns a harmless text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def cut_end(text: str, columns: int) -> str:
    """The text, or its beginning and an ellipsis."""
    if width(text) <= columns:
        return text
    return _head(text, columns - 1) + ELLIPSIS


def cut_middle(text: str, columns: int) -> str:
    """The text, or its beginning and its end around an ellipsis: ends of names tell them apart."""
    if width(text) <= columns:
        return text
    tail = (columns - 1) // 2
    return _head(text, columns - 1 - tail) + ELLIPSIS + _head(text[::-1], tail)[::-1]


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with blanks."""
    blanks = " " * max(columns - width(text), 0)
    return blanks + text if right else text + blanks


def _head(text: str, columns: int) -> str:
    taken = 0
    for place, character in enumerate(text):
        taken += _columns(character)
        if taken > columns:
            return text[:place]
    return text


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _spelled(character: str) -> str:
    if character.isprintable():
        return character
    if character in {"\n", "\t", "\r"}:
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[character]
    if "\ud800" <= character <= "\udfff" and not "\udc80" <= character <= "\udcff":
        return f"\\u{ord(character):04x}"  # half of a pair, which is no byte either
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
