"""What to change about a job that failed, and what that makes of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import Field

from argosy.core.failures import Clue, FailureRule, Fix
from argosy.core.job import Cancelled, Cause, Failed, Outcome, RetryClass, Succeeded
from argosy.core.next_time import NextTime
from argosy.core.onward import Onward, over, replaced
from argosy.core.quantities import MAX_DURATION_S, MAX_SIZE_MIB, spell_duration, spell_memory
from argosy.core.resources import RESOURCE_WORDS
from argosy.core.spec import JobSpec
from argosy.core.submission import Submission
from argosy.core.values import Value

_MORE_MEMORY = Fix(go_on=True, factors={"memory_mib": 1.5})
_MORE_TIME = Fix(factors={"walltime_s": 2.0})
_AS_IT_WAS = frozenset({RetryClass.AS_IS, RetryClass.WAIT, RetryClass.ONCE, RetryClass.OTHER_NODE})
_FROM_CHECKPOINT = frozenset({RetryClass.CHECKPOINT, RetryClass.MORE_TIME})
_MOST = {"memory_mib": MAX_SIZE_MIB, "walltime_s": MAX_DURATION_S}

_HAS_IT = "It has the change already that mostly helps; do what stands above with 'argosy edit'."

Way = Literal["none", "retry", "go_on", "anew"]


class Changed(Value):
    """One thing that would be otherwise: what it is called, as it was, and as it would be."""

    what: str
    before: str
    after: str


class Remedy(Value):
    """What can be done by one command, in words, and all that it changes.

    ``retry`` is another attempt at the same job, ``go_on`` a job that goes on from what this one left, ``anew`` a job
    that runs again from the start, ``none`` nothing that helps without a person.
    """

    way: Way
    words: str
    changes: tuple[Changed, ...] = ()
    onward: Onward = Onward()


class Diagnosed(Value):
    """Why a job ended as it did, from its evidence to what helps.

    ``known`` says whether a rule of the catalogue fits; ``clues`` are the lines that it fits on, or else the most
    telling ones. ``unread`` says why its files could not be looked at, if so.
    """

    job: str
    name: str
    attempt: int
    fate: str
    cause: Cause | None = None
    signature: str = ""
    known: bool = False
    explanation: str
    advice: str = ""
    retry: RetryClass | None = None
    clues: tuple[Clue, ...] = Field(default=())
    unread: str = ""
    remedy: Remedy


class Case(NamedTuple):
    """A job that is over: what it was, how it ended, the rule that fits, and whether it can be gone on from.

    ``rest`` is what the rest of it would best ask for.
    """

    spec: JobSpec
    outcome: Outcome
    rule: FailureRule | None
    can_go_on: bool
    rest: NextTime = NextTime()


def remedy(case: Case) -> Remedy:
    """What helps."""
    outcome = case.outcome
    if isinstance(outcome, Succeeded):
        return Remedy(way="none", words="It succeeded; there is nothing to mend.")
    if isinstance(outcome, Cancelled):
        return _again(case, "It was stopped, not broken")
    if not isinstance(outcome, Failed):
        return _again(case, "Nobody knows how it ended")
    fix = _fix(case, outcome)
    if fix is not None:
        return _changed(case, fix)
    if outcome.retry in _AS_IT_WAS or outcome.cause is Cause.PREEMPTED:
        return _again(case, "This may pass by itself")
    if outcome.retry in _FROM_CHECKPOINT and case.can_go_on:
        return _gone_on(case, outcome)
    return Remedy(way="none", words="No change is known that helps by itself; do what stands above with 'argosy edit'.")


def _gone_on(case: Case, outcome: Failed) -> Remedy:
    """With the walltime that the rest takes, where the walltime was the trouble and the rest is known."""
    walltime_s = case.rest.walltime_s
    if outcome.cause is not Cause.WALLTIME or walltime_s is None:
        return Remedy(way="go_on", words="It goes on from what it left, with the same request.")
    onward = Onward(resources={"walltime_s": walltime_s})
    words = f"It goes on from what it left, with {case.rest.words[0]}."
    return Remedy(way="go_on", words=words, changes=tuple(_changes(case.spec, onward)), onward=onward)


def _fix(case: Case, outcome: Failed) -> Fix | None:
    if case.rule is not None and case.rule.fix is not None:
        return case.rule.fix
    if outcome.retry is RetryClass.MORE_MEMORY:
        return _MORE_MEMORY
    return _MORE_TIME if outcome.retry is RetryClass.MORE_TIME and not case.can_go_on else None


def _again(case: Case, why: str) -> Remedy:
    if case.can_go_on:
        return Remedy(way="go_on", words=f"{why}: it goes on from what it left.")
    return Remedy(way="retry", words=f"{why}: it is tried again as it is.")


def _changed(case: Case, fix: Fix) -> Remedy:
    onward = _onward(case.spec, fix)
    changes = tuple(_changes(case.spec, onward))
    if not changes:
        what = ", ".join((*fix.factors, *fix.values))
        words = f"{what} would have to be changed, which this job does not say: see 'argosy edit'."
        return Remedy(way="none", words=words if what else _HAS_IT)
    if fix.go_on and case.can_go_on:
        return Remedy(way="go_on", words="It goes on from what it left, changed so:", changes=changes, onward=onward)
    return Remedy(way="anew", words="It runs again from the start, changed so:", changes=changes, onward=onward)


def _onward(spec: JobSpec, fix: Fix) -> Onward:
    values = spec.template.values if spec.template else {}
    resources = {
        name: min(int(asked * fix.factors[name]), most)
        for name, most in _MOST.items()
        if name in fix.factors and (asked := getattr(spec.resources, name)) is not None
    }
    scaled = {
        name: _scaled(values[name], factor)
        for name, factor in fix.factors.items()
        if name not in _MOST and isinstance(values.get(name), int | float) and not isinstance(values[name], bool)
    }
    known = {name: value for name, value in fix.values.items() if name in values}
    needed = {name: least for name, least in fix.at_least.items() if getattr(spec.resources, name) < least}
    return Onward(values={**scaled, **known}, resources={**resources, **needed}, environment=fix.environment)


def _scaled(value: float, factor: float) -> float:
    return max(round(value * factor), 1) if isinstance(value, int) else value * factor


def _changes(spec: JobSpec, onward: Onward) -> Iterator[Changed]:
    values = spec.template.values if spec.template else {}
    for name, after in onward.resources.items():
        before = getattr(spec.resources, name)
        if before != after:
            yield Changed(what=name, before=_spelled(name, before), after=_spelled(name, after))
    for before_in, after_in in ((values, onward.values), (spec.environment, onward.environment)):
        yield from _differences(before_in, after_in)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    for name, value in after.items():
        if before.get(name) != value:
            yield Changed(what=name, before=str(before.get(name, "")), after=str(value))


def _spelled(name: str, amount: Any) -> str:
    return {"memory_mib": spell_memory, "walltime_s": spell_duration}.get(name, str)(amount)


def anew(spec: JobSpec, target: str, onward: Onward) -> Submission:
    """The same job once more from the start, changed so. ``target`` is where it lies: that may have been renamed.

    The template of ``onward`` is not looked at.
    """
    roles = {file.role for file in spec.inputs if file.role}
    fields: dict[str, Any] = {"argv": spec.argv, "engine": spec.engine, "rendered": spec.rendered}
    if spec.template is not None:
        kept = {name: value for name, value in spec.template.values.items() if value is not None and name not in roles}
        fields = {"template": spec.template.name, "values": {**kept, **onward.values}}
    asked = {RESOURCE_WORDS.get(word, word): amount for word, amount in onward.resources.items()}
    return Submission(
        **fields,
        name=onward.name or spec.name,
        target=target,
        resources=spec.resources.model_dump(exclude_none=True) | asked,
        environment=spec.environment | onward.environment,
        inputs=replaced(spec.inputs, onward.inputs),
        outputs=spec.outputs,
        labels=spec.labels | onward.labels,
        after=spec.after,
        slurm=over(spec.slurm, onward.slurm),
        retries=spec.retries,
        retry=spec.retry,
        stop_if_broken=spec.stop_if_broken,
        priority=spec.priority,
    )
