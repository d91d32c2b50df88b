"""What a job leaves behind, as values: files, excerpts of text, and results with units."""

from typing import Annotated, Literal

from pydantic import Field

from argosy.core.job import Cause, RetryClass
from argosy.core.spec import InputFile
from argosy.core.spending import Spent
from argosy.core.values import Moment, Value

MOST_FILES = 1_000_000
"""So many files of one attempt can be listed, brought and packed."""


class FileEntry(Value):
    """One file in a directory: its spelled path relative to that directory, size in bytes, and when it last changed."""

    path: str
    size: int = Field(ge=0)
    modified: Moment
    link: bool = False


class Excerpt(Value):
    """Text from a file of ``size`` bytes. ``complete`` is False when it was cut: it is then the end of the file."""

    text: str
    size: int = Field(ge=0)
    complete: bool = True


class Outputs(Value):
    """What an engine may look at: the list of files in the work directory, and the texts that it asked for.

    ``stdout`` and ``stderr`` are the ends of the program's streams (64 KiB each).
    """

    files: tuple[FileEntry, ...] = ()
    texts: dict[str, Excerpt] = Field(default_factory=dict)
    stdout: Excerpt = Excerpt(text="", size=0)
    stderr: Excerpt = Excerpt(text="", size=0)

    def text(self, path: str) -> str:
        """The text of a file, or an empty string where there is none."""
        excerpt = self.texts.get(path)
        return excerpt.text if excerpt else ""


class Complete(Value):
    """The engine did what it was asked for.

    ``by_exit_code`` when the engine knows no outputs and has nothing but the exit code to go by. That is no proof for a
    program that was told to stop: many of them save their work and end with 0.
    """

    kind: Literal["complete"] = "complete"
    remark: str = ""
    by_exit_code: bool = False


class Incomplete(Value):
    """The engine did not finish, whatever the exit code says."""

    kind: Literal["incomplete"] = "incomplete"
    explanation: str
    advice: str = ""
    excerpt: str = ""
    cause: Cause = Cause.INCOMPLETE
    retry: RetryClass = RetryClass.AFTER_CHANGE
    signature: str = ""


Verdict = Annotated[Complete | Incomplete, Field(discriminator="kind")]


class Scalar(Value):
    """One number of the result, with its unit (empty for a pure number)."""

    name: str
    value: float
    unit: str = ""
    label: str = ""


class Series(Value):
    """One quantity over another: ``x`` and ``y`` have the same length."""

    name: str
    label: str = ""
    unit: str = ""
    x_label: str
    x_unit: str = ""
    x: tuple[float, ...]
    y: tuple[float, ...]


class Table(Value):
    """Rows under named columns; every row is as long as ``columns``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]


class Results(Value):
    """The science that came out of a job, and what it has ``spent``, where somebody keeps books of that."""

    scalars: tuple[Scalar, ...] = ()
    series: tuple[Series, ...] = ()
    tables: tuple[Table, ...] = ()
    spent: Spent | None = None


class RestartPlan(Value):
    """How to go on from what a job left: a template and its values, and files taken from that job."""

    kind: Literal["plan"] = "plan"
    template: str
    values: dict[str, object]
    inputs: tuple[InputFile, ...] = ()
    words: str


class NoRestart(Value):
    """Why a job cannot be continued."""

    kind: Literal["no_restart"] = "no_restart"
    why: str
    advice: str = ""


Restart = Annotated[RestartPlan | NoRestart, Field(discriminator="kind")]
