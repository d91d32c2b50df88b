"""Jobs, attempts, and where an attempt is: states and outcomes as sum types.

A state carries exactly its own facts and the evidence for them. States only move right; a retry is a new attempt.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from argosy.core import ids
from argosy.core.adopted import Adopted
from argosy.core.alteration import Alteration
from argosy.core.goal import Goal
from argosy.core.grant import Grant
from argosy.core.spec import JobId, JobSpec, Priority
from argosy.core.values import Moment, Value
from argosy.core.wrapper import ExitReport


class Witness(StrEnum):
    """Who said so."""

    ARGOSY = "argosy"
    USER = "user"
    WRAPPER = "wrapper"
    SCHEDULER = "scheduler"
    ACCOUNTING = "accounting"
    ENGINE = "engine"


class Evidence(Value):
    """Who said it, in which words, and when."""

    witness: Witness
    words: str
    at: Moment


class Draft(Value):
    """Written down but not to be run yet."""

    kind: Literal["draft"] = "draft"
    evidence: Evidence


class Waiting(Value):
    """Accepted, but something else must happen first."""

    kind: Literal["waiting"] = "waiting"
    why: str
    evidence: Evidence


class Queued(Value):
    """Ready to go as soon as its target has a place."""

    kind: Literal["queued"] = "queued"
    evidence: Evidence


class Staged(Value):
    """Everything it needs lies in its directory on the target. This record is the intent to launch it."""

    kind: Literal["staged"] = "staged"
    directory: str
    evidence: Evidence


class Submitted(Value):
    """Handed to the scheduler; ``handle`` is the scheduler's own name for it.

    Attempts with the same ``lane`` run one after another, and take the room of one. A lane has the token of its first.
    """

    kind: Literal["submitted"] = "submitted"
    directory: str
    handle: str
    reason: str = ""
    lane: str = ""
    evidence: Evidence


class Running(Value):
    """Its program runs on ``host`` since ``since``, in the ``lane`` that it was handed in with."""

    kind: Literal["running"] = "running"
    directory: str
    handle: str
    host: str = ""
    lane: str = ""
    since: Moment
    evidence: Evidence


class Told(Value):
    """How the script of a job ended, as its scheduler alone tells it; None where it tells no code or signal."""

    succeeded: bool
    code: int | None = None
    signal: int | None = None


class Ended(Value):
    """Its program is over.

    ``report`` is the wrapper's own; without one, ``evidence`` says why we believe that it is over, and ``since`` tells
    when it began, if that was seen.
    ``cause`` is what the scheduler knows better than the report, for example that the walltime was reached.
    ``stopped_by`` names who told the scheduler to stop it, where the scheduler knows and it was no wish of ours.
    ``told`` is all that there is to go by for a job that Argosy did not start, and that has no wrapper to report.
    """

    kind: Literal["ended"] = "ended"
    directory: str
    report: ExitReport | None = None
    since: Moment | None = None
    cause: "Cause | None" = None
    stopped_by: str = ""
    told: Told | None = None
    evidence: Evidence


class Closed(Value):
    """Over for good, with an outcome that never changes."""

    kind: Literal["closed"] = "closed"
    directory: str | None = None
    outcome: "Outcome"
    evidence: Evidence


class Cause(StrEnum):
    """Why an attempt failed."""

    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    WALLTIME = "walltime"
    OUT_OF_MEMORY = "out_of_memory"
    NODE_FAILURE = "node_failure"
    PREEMPTED = "preempted"
    REQUEUED = "requeued"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    START_FAILED = "start_failed"


class RetryClass(StrEnum):
    """What a further attempt would need in order to have a chance."""

    NEVER = "never"
    WAIT = "wait"
    AS_IS = "as_is"
    MORE_MEMORY = "more_memory"
    MORE_TIME = "more_time"
    OTHER_NODE = "other_node"
    CHECKPOINT = "checkpoint"
    ONCE = "once"
    AFTER_CHANGE = "after_change"


class Succeeded(Value):
    """The wrapper reported exit 0 and the engine found the outputs complete.

    Of a job that Argosy did not start only its scheduler tells, which ``remark`` says then.
    """

    kind: Literal["succeeded"] = "succeeded"
    remark: str = ""


class Failed(Value):
    """It did not do what it should. ``excerpt`` is the line or lines that tell, ``advice`` what to do."""

    kind: Literal["failed"] = "failed"
    cause: Cause
    explanation: str
    advice: str = ""
    excerpt: str = ""
    signature: str = ""
    retry: RetryClass = RetryClass.AFTER_CHANGE


class Cancelled(Value):
    """Stopped because somebody wished so, or because what it waited for will never come."""

    kind: Literal["cancelled"] = "cancelled"
    by: str
    explanation: str = ""


class Lost(Value):
    """Over, but nobody can say how. ``evidence`` is all that is known."""

    kind: Literal["lost"] = "lost"
    explanation: str
    advice: str = ""


Outcome = Annotated[Succeeded | Failed | Cancelled | Lost, Field(discriminator="kind")]
State = Annotated[Draft | Waiting | Queued | Staged | Submitted | Running | Ended | Closed, Field(discriminator="kind")]

Ended.model_rebuild()
Closed.model_rebuild()

RANKS = {"draft": 0, "waiting": 1, "queued": 2, "staged": 3, "submitted": 4, "running": 5, "ended": 6, "closed": 7}
LIVE = ("staged", "submitted", "running")
"""States in which something may exist at the scheduler."""
OPEN = tuple(kind for kind in RANKS if kind not in {"draft", "closed"})
"""States in which the server has something to do or to watch."""
UNPLACED = ("draft", "waiting", "queued")
"""States in which nothing of an attempt lies on its target yet."""
OutcomeName = Literal["succeeded", "failed", "cancelled", "lost"]
OUTCOMES: tuple[OutcomeName, ...] = ("succeeded", "failed", "cancelled", "lost")
FATES = (*RANKS, *OUTCOMES)


def rank(state: State) -> int:
    """How far right a state is; it never falls within an attempt."""
    return RANKS[state.kind]


def fate(state: State) -> str:
    """One word for people: the outcome once there is one, else the state."""
    return state.outcome.kind if isinstance(state, Closed) else state.kind


class Wish(Value):
    """Somebody wants the job cancelled; read at every door.

    A ``broken`` one is stopped by Argosy itself, as its user wished for such a case; ``words`` say what shows it. With
    ``forced`` its program gets no time to end in good order.
    """

    kind: Literal["cancel", "broken"] = "cancel"
    by: str
    at: Moment
    words: str = ""
    forced: bool = False


class Job(Value):
    """A JobSpec with an identity; it never changes after submission.

    ``adopted`` tells of a job that Argosy did not start how its scheduler knows it. It has one attempt, which has no
    directory of Argosy's.
    """

    id: JobId
    spec: JobSpec
    owner: str
    created: Moment
    parent: JobId | None = None
    root: JobId
    kind: Literal["new", "restart", "continue", "copy"] = "new"
    adopted: Adopted | None = None


class Progress(Value):
    """How far the program is, in its own words: ``step`` of ``total`` in ``unit``, ``rate`` in ``rate_unit``.

    ``broken`` says what in its numbers shows that the rest of the run is worth nothing, if anything does.
    """

    step: float
    total: float | None = None
    unit: str = "steps"
    rate: float | None = None
    rate_unit: str = ""
    remaining_s: float | None = None
    metrics: dict[str, float] = Field(default_factory=dict)
    broken: str = ""

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, or None when the end is not known."""
        return min(max(self.step / self.total, 0.0), 1.0) if self.total else None


class Trouble(Value):
    """The last thing that kept an attempt from moving, and how often in a row."""

    code: str
    message: str
    hint: str = ""
    times: int = Field(ge=1)
    at: Moment


class Mirror(Value):
    """The directory of an attempt below the scratch root, where it runs, and the one where what it leaves is kept."""

    scratch: str
    project: str


class Attempt(Value):
    """One try at a job. ``version`` grows with every write; a write names the version that it has seen.

    ``altered`` is what it asks for instead of what its job says, since somebody changed that while it waited.
    ``expected`` is when its scheduler thinks that it starts; it may be earlier or later. ``granted`` is what its
    scheduler gives it instead of what it asks for. ``goal`` is what its job is to be gone on from once this attempt, as
    the latest, is over. ``priority`` is the one that counts now.
    """

    job: JobId
    number: int = Field(ge=1)
    target: str
    state: State
    version: int = 0
    due: Moment
    wish: Wish | None = None
    trouble: Trouble | None = None
    progress: Progress | None = None
    cancel_sent: Moment | None = None
    missing_since: Moment | None = None
    mirror: Mirror | None = None
    altered: Alteration | None = None
    expected: Moment | None = None
    granted: Grant | None = None
    goal: Goal | None = None
    priority: Priority = 0

    @property
    def token(self) -> str:
        """The name under which schedulers and processes know this attempt."""
        return ids.token(self.job, self.number)


def said(witness: Witness, words: str, at: datetime) -> Evidence:
    """Evidence in one call."""
    return Evidence(witness=witness, words=words, at=at)
