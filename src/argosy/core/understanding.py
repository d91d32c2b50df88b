"""Input files that somebody has, understood as jobs: what an engine made of them, and what it could not follow."""

from typing import Any

from pydantic import Field

from argosy.core.findings import Finding
from argosy.core.spec import Line, RelativePath, Word
from argosy.core.values import Value, Whole, YesOrNo

MOST_FILES = 5_000
LONGEST_PATH = 1_000


class Lying(Value):
    """Files as they lie: paths as seen from a folder (``../toppar/water.str`` is beside it), with texts of small ones.

    ``only`` is the one that is meant, where a single file was named.
    """

    files: dict[str, str | None] = Field(max_length=MOST_FILES)
    only: str | None = Field(default=None, max_length=LONGEST_PATH)


class StageFile(Value):
    """A file that a stage needs: where it lies as seen from the folder, and its name in the work directory.

    One that the stage writes anew is ``mutable``.
    """

    path: str
    name: RelativePath
    mutable: YesOrNo = False


class FromStage(Value):
    """A file that an earlier stage leaves, by the number of that stage, counted from 0; it keeps its path."""

    stage: Whole = Field(ge=0)
    path: RelativePath


class Stage(Value):
    """One job of what was understood. ``words`` tell what it does; ``findings`` what could not be followed."""

    name: Line
    template: Word
    values: dict[str, Any]
    files: tuple[StageFile, ...] = ()
    earlier: tuple[FromStage, ...] = ()
    words: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Understood(Value):
    """Jobs in an order in which they can run, and what there is to say of the whole."""

    stages: tuple[Stage, ...] = ()
    findings: tuple[Finding, ...] = ()
