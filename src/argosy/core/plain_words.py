"""What is wrong with a value that was given, in words for people. Pure."""

from collections.abc import Mapping
from typing import Any

from argosy.core.slurm import SLURM_WORD_PATTERN
from argosy.core.spec import VARIABLE_PATTERN, WORD_PATTERN
from argosy.core.template_views import VERSIONED

_WORD = "it may hold letters, digits and . _ / - only, and must begin and end with a letter or a digit"
_OF_PATTERNS = {
    WORD_PATTERN: _WORD,
    VERSIONED: f"{_WORD}; a version may follow, as in namd/nvt@1.2.0",
    VARIABLE_PATTERN: "the name of a variable holds letters, digits and _ only, and does not begin with a digit",
    SLURM_WORD_PATTERN: "it must not be empty, begin with '-', or hold blanks, quotes, backslashes, '#', '$' or '`'",
}


def place(fault: Mapping[str, Any], *, below: int = 0) -> str:
    """Where a fault is, as a path with dots, without its first ``below`` parts; empty for the whole of what was given.

    That a name in a table is wrong, and not its value, is said by the words of the fault.
    """
    return ".".join(str(part) for part in fault["loc"][below:] if part != "[key]")


def plain_words(fault: Mapping[str, Any]) -> str:
    """One fault as pydantic tells it, in our words where we have better ones."""
    if fault["type"] == "extra_forbidden":
        return "there is no such field"
    if fault["type"] == "string_pattern_mismatch":
        return _OF_PATTERNS.get(fault["ctx"]["pattern"]) or str(fault["msg"])
    return str(fault["msg"]).removeprefix("Value error, ")
