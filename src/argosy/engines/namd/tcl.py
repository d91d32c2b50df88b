"""Tcl as text: commands and their words, and what can be said of them without running anything.

NAMD's configuration is a program. Nothing here executes it: words are split by Tcl's rules, variables that were set to
plain values are put in, and sums are done; everything else stays unknown. No text is an error, and each is read in time
that grows with its length.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_BLANKS = re.compile(r"(?:[ \t\r\f\v]|\\\r?\n)*")
_BETWEEN = re.compile(r"(?:[\s;]|\\\r?\n)*", re.ASCII)
_COMMENT = re.compile(r"#(?:[^\n\\]|\\[\s\S])*\\?")
_BARE = re.compile(r"(?:[^\s;\[\\]|\\(?!\r?\n)[\s\S]?)+", re.ASCII)
_PAIRS = {"{": (re.compile(r"[{}\\]"), "}"), "[": (re.compile(r"[\[\]\\]"), "]")}
_QUOTE = re.compile(r'["\\]')
_PATIENCE = 5
"""How many brackets that never close are followed to the end of the text."""

_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_0-9:]+)(\()?)")
_SUM = re.compile(r"\[\s*expr\s+([^\[\]]*)\]")
_PLAIN_SUM = re.compile(r"[0-9eE.+\-*/%() \t]{1,200}")


class Word(NamedTuple):
    """One word of a command; in braces it is taken as it stands."""

    text: str
    braced: bool = False


class Command(NamedTuple):
    """One command and the lines that it stands on, counted from 1."""

    line: int
    last_line: int
    words: tuple[Word, ...]


def commands(text: str) -> Iterator[Command]:
    """The commands of a script, in order; comments are none."""
    scanner = _Scanner(text)
    while scanner.more():
        command = scanner.command()
        if command.words:
            yield command


def resolved(word: Word, variables: Mapping[str, str | None]) -> str | None:
    """What a word stands for; None when only running the script would tell."""
    if word.braced:
        return word.text
    if "$" not in word.text and "[" not in word.text:
        return _unescaped(word.text)
    text = _filled(word.text, variables)
    text = None if text is None else _summed(text)
    return None if text is None or "[" in text else _unescaped(text)


class _Scanner:
    """A place in a text, which only moves on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._patience = _PATIENCE

    def more(self) -> bool:
        """Go to the next command; False when there is none."""
        self._skip(_BETWEEN)
        while self._text.startswith("#", self._at):
            self._skip(_COMMENT)
            self._skip(_BETWEEN)
        return self._at < len(self._text)

    def command(self) -> Command:
        """The command here, up to its end."""
        line = self._lines()
        words: list[Word] = []
        while True:
            self._skip(_BLANKS)
            if self._at >= len(self._text) or self._text[self._at] in "\n;":
                return Command(line, self._lines(), tuple(words))
            words.append(self._word())

    def _lines(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()

    def _word(self) -> Word:
        start, first = self._at, self._text[self._at]
        if first == "{":
            end = self._closing("{")
            text = self._text[start + 1 : end - 1 if self._text[end - 1] == "}" else end]
            self._at = end
            return Word(text, braced=True)
        if first == '"':
            end = self._quoted()
            text = self._text[start + 1 : end - 1 if end - 1 > start and self._text[end - 1] == '"' else end]
            self._at = end
            return Word(text)
        return self._bare(start)

    def _bare(self, start: int) -> Word:
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                self._at = self._closing("[")
                continue
            match = _BARE.match(self._text, self._at)
            if match is None:
                break
            self._at = match.end()
        return Word(self._text[start : self._at])

    def _closing(self, bracket: str) -> int:
        """Where the bracket that opens here has closed; the end of the line when it never does."""
        if self._patience:
            end = _after_pair(self._text, self._at, bracket)
            if end is not None:
                return end
            self._patience -= 1
        return self._end_of_line()

    def _quoted(self) -> int:
        if self._patience:
            at = self._at + 1
            while match := _QUOTE.search(self._text, at):
                if match[0] == '"':
                    return match.end()
                at = match.end() + 1
            self._patience -= 1
        return self._end_of_line()

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at + 1)
        return len(self._text) if end < 0 else end


def _after_pair(text: str, start: int, bracket: str) -> int | None:
    pattern, closing = _PAIRS[bracket]
    depth, at = 0, start
    while match := pattern.search(text, at):
        at = match.end()
        if match[0] == "\\":
            at += 1
        else:
            depth += -1 if match[0] == closing else 1
            if depth == 0:
                return at
    return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


def _filled(text: str, variables: Mapping[str, str | None]) -> str | None:
    """The text with its variables put in; None when one of them is not known."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        found = variables.get(match[1] or match[2] or "")
        unknown = unknown or found is None or bool(match[3])
        return found or ""

    filled = _VARIABLE.sub(value, text)
    return None if unknown else filled


def _summed(text: str) -> str | None:
    """The text with each ``[expr ...]`` done; None when one of them is more than a sum of numbers."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        number = _calculated(match[1].strip().removeprefix("{").removesuffix("}").strip())
        unknown = unknown or number is None
        return "" if number is None else str(number)

    summed = _SUM.sub(value, text)
    return None if unknown else summed


def _calculated(text: str) -> float | None:
    if not _PLAIN_SUM.fullmatch(text) or "**" in text or "//" in text:
        return None
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(_value(left), op, _value(right))
        case _:
            raise ValueError("not a sum")


def _combined(left: float, op: ast.operator, right: float) -> float:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Mod():
            return left % right
        case ast.Div() if isinstance(left, int) and isinstance(right, int):
            return left // right
        case ast.Div():
            return left / right
        case _:
            raise ValueError("not a sum")
