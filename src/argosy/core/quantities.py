"""Durations and sizes as people write them.

Durations: ``90s``, ``30m``, ``4h``, ``1h30m``, ``2d``, ``1.5h``, ``04:00:00``, ``2-03:00:00``, ``1-00:00``, ``1-12``.
A bare number is refused: Slurm reads it as minutes, people mean hours.

Sizes: ``500M``, ``16GiB`` and ``16G`` are binary (as in Slurm); ``16GB`` is decimal and is rounded up to a whole MiB.
A bare number is refused here too.
"""

import math
import re

from argosy.core.errors import BadInput

MAX_DURATION_S = 10 * 366 * 86_400
MAX_SIZE_MIB = 1 << 40

_SHOWN_CHARS = 60
_UNITS_S = {"d": 86_400, "h": 3_600, "m": 60, "min": 60, "s": 1}
_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,15})?)"
_PART = rf"{_NUMBER}\s*(d|h|min|m|s)"
_FLAGS = re.ASCII | re.IGNORECASE
_WORDS = re.compile(rf"(?:{_PART}\s*)+", _FLAGS)
_CLOCK = re.compile(r"(?:([0-9]{1,9})-)?([0-9]{1,9}):([0-5]?[0-9]):([0-5]?[0-9])")
_DAYS = re.compile(r"([0-9]{1,9})-([0-9]{1,2})(?::([0-5]?[0-9]))?")
_SIZE = re.compile(rf"{_NUMBER}\s*([KMGTP])(iB|B)?", _FLAGS)
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def parse_duration_s(text: str) -> int:
    """Whole seconds, rounded up, between one second and ten years; raises BadInput with the reason."""
    seconds = _duration(text.strip())
    if seconds is None:
        msg = f"{_quoted(text)} is not a duration"
        hint = "Write it like 90s, 30m, 4h, 1h30m, 2d, 04:00:00 or 2-03:00:00 (days-hours:minutes:seconds)."
        raise BadInput(msg, hint=hint)
    if not 1 <= seconds <= MAX_DURATION_S:
        msg = f"{_quoted(text)} is not a usable duration: it must lie between one second and ten years"
        raise BadInput(msg)
    return math.ceil(seconds)


def parse_memory_mib(text: str) -> int:
    """Whole mebibytes, rounded up, between 1 MiB and 1 EiB; raises BadInput with the reason."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        msg = f"{_quoted(text)} is not an amount of memory with a unit"
        raise BadInput(msg, hint="Write it like 500M, 16GiB or 1.5T. The unit is always needed.")
    base = 1000 if (match[3] or "").lower() == "b" else 1024
    mebibytes = math.ceil(float(match[1]) * base ** _POWERS[match[2].lower()] / 1024**2)
    if not 1 <= mebibytes <= MAX_SIZE_MIB:
        msg = f"{_quoted(text)} is not a usable amount of memory: it must lie between 1 MiB and 1 EiB"
        raise BadInput(msg)
    return mebibytes


def spell_duration(seconds: float) -> str:
    """A duration for people, rounded to the second: ``2d 3h``, ``4h 5m``, ``12s``.

    ``parse_duration_s`` reads it back as the same number of seconds, if that is not 0.
    """
    days, rest = divmod(round(seconds), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (left, "s")]
    said = [f"{number}{unit}" for number, unit in parts if number]
    return " ".join(said) or "0s"


def spell_span(seconds: float) -> str:
    """How long something took, with two digits or units that count: ``0.4s``, ``12s``, ``5m 10s``, ``3h 05m``."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"


def spell_number(number: float) -> str:
    """A number with six digits that count."""
    return f"{number:.6g}"


def spell_memory(mebibytes: int) -> str:
    """An amount of memory that ``parse_memory_mib`` reads back as the same number."""
    for unit, size in (("TiB", 1 << 20), ("GiB", 1 << 10)):
        if mebibytes % size == 0:
            return f"{mebibytes // size}{unit}"
    return f"{mebibytes}MiB"


_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")


def spell_size(size_bytes: int) -> str:
    """A file size for people, in decimal units with three digits: ``812 B``, ``1.20 MB``."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in _SIZES[1:-1]:
        size /= 1000
        if size < 999.5:  # what would be shown as 1000 goes to the next unit
            return f"{_three_digits(size)} {unit}"
    return f"{_three_digits(size / 1000)} PB"


def spell_part(part_bytes: int, whole_bytes: int) -> str:
    """How much of a size there is, with the unit said once: ``120 of 512 MB``."""
    number, unit = spell_size(whole_bytes).split(" ")
    places = len(number.partition(".")[2])
    return f"{min(part_bytes, whole_bytes) / 1000 ** _SIZES.index(unit):.{places}f} of {number} {unit}"


def _three_digits(number: float) -> str:
    return next(
        (f"{number:.{places}f}" for places in (2, 1) if round(number, places) < 10 ** (3 - places)), f"{number:.0f}"
    )


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}...")


def _duration(text: str) -> float | None:
    if _WORDS.fullmatch(text):
        return sum(float(number) * _UNITS_S[unit.lower()] for number, unit in re.findall(_PART, text, _FLAGS))
    match = _CLOCK.fullmatch(text)
    if match:
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    match = _DAYS.fullmatch(text)
    if match:
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60
    return None
