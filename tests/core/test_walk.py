"""An attempt's whole walk as a property: whatever is seen, wished and refused, its rank never falls."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.belief import believe
from argosy.core.job import RANKS, Attempt, Cause, Closed, Ended, Queued, Staged, Submitted, Witness, rank, said
from argosy.core.judgement import judge
from argosy.core.lifecycle import Step, next_step
from argosy.core.outputs import Complete, Incomplete
from argosy.core.sighting import Presence, Sighting
from tests.core.cases import DIRECTORY, DRAFT, NOW, QUEUED, TOKEN, WAITING, WISH, attempt, report, start

reports = st.none() | st.sampled_from(
    [report(0), report(1), report(signal=9), report(0, cancelled=NOW), report(stage="setup", cancelled=NOW)]
)
sightings = st.builds(
    Sighting,
    token=st.just(TOKEN),
    presence=st.sampled_from(Presence),
    words=st.sampled_from(["", "Priority", "R", "gone"]),
    handle=st.sampled_from(["", "17"]),
    claimed=st.booleans(),
    directory_exists=st.booleans(),
    conclusive=st.booleans(),
    start=st.none() | st.just(start()),
    report=reports,
    cause=st.none() | st.sampled_from(Cause),
)
verdicts = st.sampled_from([Complete(), Complete(by_exit_code=True), Incomplete(explanation="no")])
pauses = st.sampled_from([0.0, 0.1, 10.0, 200.0, -3600.0])
turns = st.tuples(sightings, pauses, st.booleans(), verdicts)


@dataclass
class Walk:
    """Takes the steps that the decisions of the core ask for, as the service does."""

    attempt: Attempt
    now: object = NOW
    ranks: list[int] = field(default_factory=list)

    def turn(self, seen: Sighting, pause_s: float, wished: bool, verdict: Complete | Incomplete) -> None:
        self.now += timedelta(seconds=pause_s)
        if wished and self.attempt.wish is None and self.attempt.state.kind != "closed":
            self.attempt = self.attempt.model_copy(update={"wish": WISH})
        self.take(next_step(self.attempt, self.now), seen, verdict)
        self.ranks.append(rank(self.attempt.state))

    def take(self, step: Step, seen: Sighting, verdict: Complete | Incomplete) -> None:
        evidence = said(Witness.ARGOSY, step.value, self.now)
        match step:
            case Step.RELEASE:
                self.enter(Queued(evidence=evidence))
            case Step.STAGE:
                self.enter(Staged(directory=DIRECTORY, evidence=evidence))
            case Step.WATCH | Step.CANCEL | Step.FORBID:
                self.look(seen)
            case Step.LAUNCH:
                self.look(seen)
                if self.attempt.state.kind == "staged":
                    self.enter(Submitted(directory=DIRECTORY, handle="17", evidence=evidence))
            case Step.COLLECT:
                self.enter(Closed(outcome=judge(self.attempt, verdict, None), evidence=evidence))
            case Step.ABANDON | Step.REST:
                pass

    def look(self, seen: Sighting) -> None:
        belief = believe(self.attempt, seen, self.now)
        if belief.state is not None:
            self.enter(belief.state)
        else:
            self.attempt = self.attempt.model_copy(update={"missing_since": belief.missing_since})

    def enter(self, state: object) -> None:
        self.attempt = self.attempt.model_copy(update={"state": state, "missing_since": None})


@given(st.sampled_from([DRAFT, WAITING, QUEUED]), st.lists(turns, max_size=30))
def test_the_rank_of_a_state_never_falls(begun: object, taken: list[tuple[Sighting, float, bool, Complete]]) -> None:
    walk = Walk(attempt(begun))
    walk.ranks.append(rank(walk.attempt.state))
    for one in taken:
        walk.turn(*one)
    assert walk.ranks == sorted(walk.ranks)


@given(st.lists(turns, max_size=30))
def test_success_is_never_believed_without_a_report_of_exit_code_0(
    taken: list[tuple[Sighting, float, bool, Complete]],
) -> None:
    walk = Walk(attempt(QUEUED))
    last: Ended | None = None
    for one in taken:
        walk.turn(*one)
        last = walk.attempt.state if isinstance(walk.attempt.state, Ended) else last
    state = walk.attempt.state
    if isinstance(state, Closed) and state.outcome.kind == "succeeded":
        assert last is not None
        assert last.report is not None
        assert last.report.code == 0


@pytest.mark.parametrize("presence", [Presence.ABSENT, Presence.OVER])
@given(st.integers(0, 40), st.booleans())
def test_a_staged_attempt_never_waits_for_ever(presence: Presence, looks: int, claimed: bool) -> None:
    """Looked at every ten seconds and never seen again, it is over, or its start is about to be forbidden."""
    walk = Walk(attempt(QUEUED))
    seen = Sighting(token=TOKEN, presence=presence, claimed=claimed)
    for _ in range(looks):
        walk.turn(seen, 10.0, False, Complete())
    if looks >= 30:
        over = RANKS[walk.attempt.state.kind] >= RANKS["ended"]
        assert over or next_step(walk.attempt, walk.now) is Step.FORBID
