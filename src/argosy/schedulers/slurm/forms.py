"""The forms in which Slurm writes times, amounts and lists. Every reader knows them all; others mean nothing to it."""

import re
from functools import lru_cache

from argosy.core.quantities import MAX_DURATION_S

_CLOCK = re.compile(r"(?:(\d{1,6})-)?(?:(\d{1,9}):)?(\d{1,9}):(\d{2})(?:\.(\d{1,6}))?", re.ASCII)
_DAYS = re.compile(r"(\d{1,6})-(\d{1,2})(?::(\d{2}))?", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)([KMGTPE]?)[nc]?", re.ASCII)
_BYTES = {"": 1 << 20, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50, "E": 1 << 60}
_HOURS_OF_A_DAY = 24
ENDLESS = frozenset({"UNLIMITED", "INFINITE", "infinite", "unlimited", "Partition_Limit", "NOT_SET", "NONE", "n/a"})


def seconds(text: str) -> float | None:
    """``1:30:00``, ``2-03:00:00``, ``05:12.345`` (minutes), ``1-12``; None for UNLIMITED and all that is no time."""
    word = text.strip()
    if match := _DAYS.fullmatch(word):
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return float(((days * _HOURS_OF_A_DAY + hours) * 60 + minutes) * 60)
    if match := _CLOCK.fullmatch(word):
        days, hours, minutes, rest, part = match.groups()
        whole = ((int(days or 0) * _HOURS_OF_A_DAY + int(hours or 0)) * 60 + int(minutes)) * 60 + int(rest)
        return whole + (float(f"0.{part}") if part else 0.0)
    return None


@lru_cache(maxsize=256)  # a queue has few limits and many jobs
def limit(text: str) -> int | None:
    """A time limit in seconds; of one without an end the longest there is, None for what is none."""
    if text == "UNLIMITED":
        return MAX_DURATION_S
    found = seconds(text)
    return round(found) if found else None


def size(text: str) -> int | None:
    """Bytes of ``3840M``, ``4G``, ``88277K``, ``1.5G``, and of a bare number, which counts mebibytes."""
    match = _AMOUNT.fullmatch(text.strip())
    return None if match is None else round(float(match[1]) * _BYTES[match[2]])


def number(text: str) -> int | None:
    """A whole number, with whatever mark stands behind it (``64+``); None for anything else."""
    word = text.strip().rstrip("+")
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 15 else None


def share(text: str) -> float | None:
    """A number from 0 on, such as a factor or a percentage; None for anything else (``inf``, ``N/A``)."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found < 1e15 else None


def tres(text: str) -> dict[str, str]:
    """``billing=4,cpu=4,gres/gpu:a100=1,mem=16G`` as a table; parts that are none are left out."""
    pairs = (part.partition("=") for part in text.split(","))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals and name.strip()}


def gpus(text: str) -> dict[str, int]:
    """Kinds of GPUs and how many: ``gpu:a100:3(S:0-1)``, ``gpu:2``, ``gpu:a100:2(IDX:0-1),gpu:v100:1``, ``(null)``.

    GPUs without a kind have an empty one.
    """
    found: dict[str, int] = {}
    for part in re.split(r",(?![^(]*\))", text.strip()):
        words = re.sub(r"\(.*\)?", "", part).split(":")
        if words[0] != "gpu":
            continue
        count = number(words[-1]) if len(words) > 1 else 1
        kind = ":".join(words[1:-1]) if count is not None else ":".join(words[1:])
        found[kind] = found.get(kind, 0) + (1 if count is None else count)
    return found


def fields(line: str) -> dict[str, str]:
    """``Name=value Other=value`` as ``scontrol -o show`` writes it; what belongs to no name is left out."""
    return {match[1]: match[2] for match in re.finditer(r"(?:^|\s)([A-Za-z][A-Za-z0-9/_:]*)=(\S*)", line)}
