"""Going on from a job: what the job that goes on shall have otherwise. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, Strict

from argosy.core.next_time import NextTime
from argosy.core.outputs import RestartPlan
from argosy.core.resources import RESOURCE_WORDS
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import Environment, InputFile, JobSpec, Labels, Line
from argosy.core.submission import Submission
from argosy.core.values import Value, Whole


class Onward(Value):
    """What the job that goes on has otherwise than its engine plans and the former job had.

    With ``template`` it is the next stage, which starts from the final files of the former job; without, the engine
    decides from what was left. ``inputs`` take the place of files with the same role or name. ``resources`` are in
    people's words.
    """

    template: str | None = Field(default=None, max_length=200, description="The template of the next stage.")
    values: dict[str, Any] = Field(default_factory=dict, description="Values over those that are planned.")
    inputs: tuple[InputFile, ...] = ()
    name: Annotated[Line, Field(min_length=1)] | None = None
    resources: dict[str, Whole | Annotated[str, Strict()]] = Field(default_factory=dict)
    environment: Environment = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)
    slurm: SlurmWishes = SlurmWishes()


def going_on(spec: JobSpec, plan: RestartPlan, target: str, onward: Onward) -> Submission:
    """The job that goes on. ``target`` is where the former one lies; it may have been renamed since."""
    asked = {RESOURCE_WORDS.get(word, word): amount for word, amount in onward.resources.items()}
    return Submission(
        template=plan.template,
        values={**plan.values, **onward.values},
        inputs=replaced(plan.inputs, onward.inputs),
        name=onward.name or spec.name,
        target=target,
        resources=_asked(spec, plan) | asked,
        environment=spec.environment | onward.environment,
        labels=spec.labels | onward.labels,
        slurm=over(spec.slurm, onward.slurm),
        retries=spec.retries,
        retry=spec.retry,
        stop_if_broken=spec.stop_if_broken,
        priority=spec.priority,
    )


def with_rest(onward: Onward, rest: NextTime) -> Onward:
    """The same, asking for what the rest of the job needs wherever nothing else was said."""
    fitting = {"walltime_s": rest.walltime_s, "memory_mib": rest.memory_mib}
    said = {RESOURCE_WORDS.get(word, word): amount for word, amount in onward.resources.items()}
    known = {word: amount for word, amount in fitting.items() if amount is not None}
    return onward.model_copy(update={"resources": {**known, **said}})


def replaced(planned: Sequence[InputFile], given: Sequence[InputFile]) -> tuple[InputFile, ...]:
    """The planned files, but those for which others are given, and the given ones."""
    roles, names = {file.role for file in given if file.role}, {file.name for file in given}
    return (*(file for file in planned if file.role not in roles and file.name not in names), *given)


def over(first: SlurmWishes, then: SlurmWishes) -> SlurmWishes:
    """Wishes over wishes: what the second do not say stays as the first have it."""
    said: Mapping[str, Any] = then.model_dump(exclude_defaults=True)
    return SlurmWishes.model_validate({**first.model_dump(), **said})


def _asked(spec: JobSpec, plan: RestartPlan) -> dict[str, Any]:
    """What the former job asked for. How long another kind of run takes is not known from it."""
    same = spec.template is not None and spec.template.name == plan.template
    return spec.resources.model_dump(exclude_none=True, exclude=None if same else {"walltime_s"})
