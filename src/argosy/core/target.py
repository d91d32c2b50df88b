"""A target: a named place where jobs run."""

from typing import Annotated

from pydantic import Field

from argosy.core.resources import Resources
from argosy.core.spec import AbsolutePath, Argument, Environment, Word
from argosy.core.values import Value


class Limits(Value):
    """What Argosy may have running there at once; None means no limit of ours.

    ``cpus`` and ``memory_mib`` cap the sum over running jobs on targets whose scheduler does not (``process``).
    """

    running: int | None = Field(default=None, ge=1)
    cpus: int | None = Field(default=None, ge=1)
    memory_mib: int | None = Field(default=None, ge=1)


class Polling(Value):
    """How often a target may be asked, in seconds: quickly after something moved, slowly while nothing does."""

    floor_s: float = Field(default=0.02, gt=0, le=3600)
    ceiling_s: float = Field(default=2.0, gt=0, le=3600)


class Target(Value):
    """How a place is reached, which scheduler it has, where files live there, and what holds for its jobs.

    ``root`` is an absolute, spelled path on the target. ``prologue`` are shell lines that run before every program
    (``module load ...``); ``path`` is put in front of the program's PATH.
    """

    name: Word
    transport: Word = "local"
    scheduler: Word = "process"
    root: AbsolutePath
    limits: Limits = Limits()
    polling: Polling = Polling()
    defaults: Resources = Resources()
    environment: Environment = Field(default_factory=dict)
    path: tuple[Argument, ...] = ()
    prologue: tuple[Annotated[str, Field(pattern=r"^[^\x00\n]*$")], ...] = ()
    options: dict[str, str] = Field(default_factory=dict)
