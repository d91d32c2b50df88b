"""What a window sends to have a job made: a template with values, or a bare command."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, JsonValue, Strict, model_validator

from argosy.core.cost import Cost
from argosy.core.errors import BadInput
from argosy.core.findings import Finding
from argosy.core.prospect import Trial
from argosy.core.retry_wishes import Retries, RetryWishes
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import (
    Argument,
    Environment,
    FromJob,
    InputFile,
    JobId,
    JobSpec,
    Labels,
    Priority,
    RenderedFile,
    Word,
)
from argosy.core.template import Template
from argosy.core.understanding import FromStage
from argosy.core.values import AskedMoment, Value, Whole, YesOrNo

_NO_TEMPLATE: dict[str, JsonValue] = {"template": {"type": ["string", "null"], "maxLength": 0}}
_NO_COMMAND: dict[str, JsonValue] = {"argv": {"type": "array", "maxItems": 0}}
_SOME_TEMPLATE: list[JsonValue] = [{"type": "string", "minLength": 1}, {"type": "object"}]
_ONE_OF_TWO: list[JsonValue] = [
    {"required": ["template"], "properties": {**_NO_COMMAND, "template": {"anyOf": _SOME_TEMPLATE}}},
    {"required": ["argv"], "properties": {**_NO_TEMPLATE, "argv": {"type": "array", "minItems": 1}}},
]


class Submission(Value):
    """A request for one job. Exactly one of ``template`` and ``argv`` is given.

    ``template`` is the name of one that the server knows, or a whole one that the window brings along. Without a
    ``target`` it runs where the server's settings say. ``resources`` holds only what differs from the template's and
    the target's defaults, in people's words. ``slurm`` matters on targets that are driven by Slurm, and nowhere else.
    ``resource_set`` names one of the target's, which holds where the two say nothing.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": _ONE_OF_TWO})

    template: str | Template | None = None
    argv: tuple[Argument, ...] = ()
    values: dict[str, Any] = Field(default_factory=dict)
    name: str | None = None
    engine: Word | None = None
    target: Word | None = None
    resources: dict[str, Whole | Annotated[str, Strict()]] = Field(default_factory=dict)
    environment: Environment = Field(default_factory=dict)
    inputs: tuple[InputFile, ...] = ()
    earlier: tuple[FromStage, ...] = Field(
        default=(), description="Files that submissions before it in the same request will leave."
    )
    rendered: tuple[RenderedFile, ...] = ()
    outputs: tuple[str, ...] | None = None
    labels: Labels = Field(default_factory=dict)
    slurm: SlurmWishes = SlurmWishes()
    resource_set: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    after: tuple[JobId, ...] = ()
    retries: Retries | None = Field(
        default=None, description="Further attempts by themselves where that may help; else as the target says."
    )
    retry: RetryWishes = Field(
        default_factory=dict, description="How often each cause or class of failures is tried again, over the target's."
    )
    stop_if_broken: YesOrNo = Field(
        default=False, description="Stop it as soon as its numbers show that the rest is worth nothing."
    )
    priority: Priority = Field(
        default=0, description="Among those that wait in Argosy: the larger, the sooner; then the older goes first."
    )
    begin: AskedMoment | None = Field(default=None, description="It does not start before.")
    draft: YesOrNo = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.template) == bool(self.argv):
            msg = "give either a template or a command, not both and not neither"
            raise ValueError(msg)
        return self

    def behind(self, jobs: Sequence[str]) -> Self:
        """The submission when those before it in its request are these jobs; raises BadInput for any other."""
        for one in self.earlier:
            if one.stage >= len(jobs):
                what = f"{one.path} is to come from submission {one.stage}, which does not stand before it"
                raise BadInput(what, hint="Submissions are counted from 0, each behind those that it takes files from.")
        taken = (InputFile(name=one.path, source=FromJob(job=jobs[one.stage], path=one.path)) for one in self.earlier)
        return self.model_copy(update={"inputs": (*self.inputs, *taken), "earlier": ()}) if self.earlier else self


class Preview(Value):
    """What a submission would become, without anything being kept: the job, its script, and what the checks say.

    ``cost`` is what it costs if it takes all of its walltime, where the target says what an hour costs. ``trial`` is
    what its scheduler would do with it, where that was asked.
    """

    spec: JobSpec
    script: str
    directory: str
    findings: tuple[Finding, ...] = ()
    cost: Cost | None = None
    trial: Trial | None = None
