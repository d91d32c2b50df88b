"""Why a job is pending, in plain words. The words are data: ``reasons.toml``."""

import re
import tomllib
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from argosy.core.values import Value


class Reason(Value):
    """One row of the table. ``wants`` says who must act: nobody, the user, or that it cannot start as it is."""

    pattern: Annotated[str, Field(min_length=1)]
    words: Annotated[str, Field(min_length=1)]
    unless: str = ""
    wants: Literal["wait", "user", "never"] = "wait"

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern)

    def fits(self, reason: str) -> bool:
        """Whether this row is about that reason."""
        return bool(self.regex.match(reason)) and not (self.unless and re.search(self.unless, reason))


REASONS = tuple(
    Reason.model_validate(row)
    for row in tomllib.loads(files("argosy.schedulers.slurm").joinpath("reasons.toml").read_text("utf-8"))["reason"]
)
_LONGEST = 200


@lru_cache(maxsize=256)  # thousands wait for the same reason
def why_pending(reason: str) -> str:
    """One line for people, with Slurm's own word behind it; empty while Slurm has not looked at the job yet."""
    word = reason.strip().removeprefix("(").removesuffix(")")
    if word in {"", "None"}:
        return ""
    raw = word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..."
    row = reason_of(word)
    return f"{row.words} ({raw})" if row else f"Slurm says {raw}"


def reason_of(word: str) -> Reason | None:
    """The row about a reason; None for one that is not in the table."""
    return next((row for row in REASONS if row.fits(word)), None)


def never_starts(word: str) -> bool:
    """Whether a job for this reason cannot start as it is."""
    row = reason_of(word)
    return row is not None and row.wants == "never"
