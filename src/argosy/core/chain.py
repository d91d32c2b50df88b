"""How a chain of jobs comes to its goal: what follows when a link of it is over. Pure."""

from typing import NamedTuple

from argosy.core.goal import MOST_FAILURES, Goal, Standing
from argosy.core.job import Attempt, Cancelled, Cause, Closed, Failed, Outcome, RetryClass, Succeeded

_OF_THE_PLACE = frozenset({Cause.WALLTIME, Cause.PREEMPTED, Cause.REQUEUED})
"""Ends that are no fault: the run goes on from what it left."""
_AS_IT_WAS = frozenset({RetryClass.AS_IS, RetryClass.WAIT, RetryClass.OTHER_NODE, RetryClass.ONCE})


class Settled(NamedTuple):
    """Nothing follows, and why."""

    words: str


class Again(NamedTuple):
    """The same link is tried again, since it left nothing to go on from."""

    goal: Goal


class Link(NamedTuple):
    """Another job goes on to this step."""

    last_step: int
    goal: Goal


Following = Settled | Again | Link


def following(attempt: Attempt, standing: Standing) -> Following:
    """What follows on a link that is over.

    The files decide whether the goal is reached, also where time ran out in the moment in which it was. A link that
    was stopped by hand, whose failure cannot pass by itself, that is the second in a row to fail, or that made no
    progress, ends the chain. Raises ValueError for an attempt that is not over or has no goal.
    """
    goal = attempt.goal
    if goal is None or not isinstance(attempt.state, Closed):
        msg = f"only an attempt that is over and has a goal has something to follow it, not {attempt.token}"
        raise ValueError(msg)
    outcome = attempt.state.outcome
    last_step = goal.aim.last_step(standing.timestep_fs)
    if last_step is None:
        return Settled("it stops: its files do not tell how long a step is")
    if isinstance(outcome, Succeeded) and standing.step is not None and standing.step >= last_step:
        return Settled(f"the goal of {goal.aim.words} is reached at step {standing.step}")
    return _ended_in_vain(outcome, goal) or _gone_on(goal, outcome, standing, last_step)


def _ended_in_vain(outcome: Outcome, goal: Goal) -> Settled | None:
    """Why nothing follows whatever the files say; None when they decide."""
    if isinstance(outcome, Cancelled):
        return Settled(f"it stops: the job was cancelled by {outcome.by}")
    if isinstance(outcome, Succeeded) or _is_of_the_place(outcome):
        return None
    if isinstance(outcome, Failed) and outcome.retry in {RetryClass.NEVER, RetryClass.AFTER_CHANGE}:
        return Settled(f"it stops: this failure does not pass by itself. {outcome.explanation}")
    if goal.failures + 1 >= MOST_FAILURES:
        return Settled(f"it stops: {MOST_FAILURES} links failed in a row. {outcome.explanation}")
    return None


def _gone_on(goal: Goal, outcome: Outcome, standing: Standing, last_step: int) -> Following:
    failed = not isinstance(outcome, Succeeded) and not _is_of_the_place(outcome)
    if not failed and standing.step is not None and standing.step >= last_step:
        reached = f"the goal of {goal.aim.words} is reached at step {standing.step}"
        return Settled(f"{reached}, by its restart files: the last link was stopped before it came to its end")
    then = goal.model_copy(update={"failures": goal.failures + 1 if failed else 0})
    if standing.step is not None and standing.step > standing.began:
        return Link(last_step, then)
    if failed and (not isinstance(outcome, Failed) or outcome.retry in _AS_IT_WAS):
        return Again(then)
    return Settled(
        f"it stops: this link left nothing to go on from beyond step {standing.began}, where it began. "
        "Let it write restart files more often, or take a longer walltime, and extend it again"
    )


def _is_of_the_place(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.cause in _OF_THE_PLACE
