"""What a window sends to have a job made: a template with values, or a bare command."""

from typing import Any, Self

from pydantic import Field, model_validator

from argosy.core.findings import Finding
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import Argument, Environment, InputFile, JobId, JobSpec, Line, RenderedFile, Word
from argosy.core.values import Value


class Submission(Value):
    """A request for one job. Exactly one of ``template`` and ``argv`` is given.

    ``resources`` holds only what differs from the template's and the target's defaults, in people's words. ``slurm``
    matters on targets that are driven by Slurm, and nowhere else.
    """

    template: str | None = None
    argv: tuple[Argument, ...] = ()
    values: dict[str, Any] = Field(default_factory=dict)
    name: str | None = None
    engine: Word | None = None
    target: Word = "local"
    resources: dict[str, int | str] = Field(default_factory=dict)
    environment: Environment = Field(default_factory=dict)
    inputs: tuple[InputFile, ...] = ()
    rendered: tuple[RenderedFile, ...] = ()
    outputs: tuple[str, ...] | None = None
    labels: dict[Word, Line] = Field(default_factory=dict)
    slurm: SlurmWishes = SlurmWishes()
    after: tuple[JobId, ...] = ()
    retries: int = Field(default=0, ge=0, le=3)
    draft: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.template) == bool(self.argv):
            msg = "give either a template or a command, not both and not neither"
            raise ValueError(msg)
        return self


class Preview(Value):
    """What a submission would become, without anything being kept: the job, its script, and what the checks say."""

    spec: JobSpec
    script: str
    directory: str
    findings: tuple[Finding, ...] = ()
