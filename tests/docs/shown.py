"""Whether a command has shown what a page says that it shows.

What differs from run to run may differ: ids, times, measured numbers, and the blanks between columns. ``…`` stands for
any text on its line, and alone on a line for any number of lines.
"""

import re
from collections.abc import Sequence

_FLUID = re.compile(
    r"(?P<long>\bj[0-9a-hjkmnp-tv-z]{21}\b)"
    r"|(?P<id>\b(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-hjkmnp-tv-z]{8}\b)"
    r"|(?P<stamp>\b\d{8}T\d{6}\.\d{6}Z)"
    r"|(?P<clock>\b\d\d:\d\d:\d\d\b)"
    r"|(?P<moment>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?\b)"
    r"|(?P<span>\b\d+(\.\d+)?(ms|s|m|h|d)\b( \d\d(s|m)\b)?)"
    r"|(?P<number>-?\b\d[\d,]*\.\d+(e[+-]?\d+)?\b)"
    r"|(?P<any>…)"
    r"|(?P<blanks> +)"
    r"|(?P<rule>[─━-]{3,})"
)
_PATTERNS = {
    "long": r"j[0-9a-hjkmnp-tv-z]{21}",
    "id": r"[0-9a-hjkmnp-tv-z]{8}",
    "stamp": r"\d{8}T\d{6}\.\d{6}Z",
    "clock": r"\d\d:\d\d:\d\d",
    "moment": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?",
    "span": r"\d+(?:\.\d+)?(?:ms|s|m|h|d)(?: \d\d(?:s|m))?",
    "number": r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?",
    "any": r"[^\n]*",
    "blanks": r" +",
    "rule": r"[─━-]+",
}


def is_shown(expected: Sequence[str], seen: str) -> bool:
    """Whether the output is as the lines say; a command with no lines may show anything."""
    wanted = [line.rstrip() for line in expected]
    while wanted and not wanted[-1]:
        wanted.pop()
    if not wanted:
        return True
    lines = [r"(?:[^\n]*\n)*?" if line.strip() == "…" else f"{_pattern(line)}\n" for line in wanted]
    text = "\n".join(line.rstrip() for line in seen.strip("\n").splitlines()) + "\n"
    return re.fullmatch("".join(lines), text) is not None


def _pattern(line: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _FLUID.finditer(line):
        parts += [re.escape(line[end : match.start()]), _PATTERNS[match.lastgroup or "any"]]
        end = match.end()
    return "".join((*parts, re.escape(line[end:]))).replace(r"\ ", " ")
