"""What was seen of attempts in one round of looking at a target. What it means is decided in ``belief``."""

from enum import StrEnum
from typing import Literal

from argosy.core.adopted import Adopted
from argosy.core.job import Cause, Told, Witness
from argosy.core.values import Moment, Value
from argosy.core.wrapper import ExitReport, StartRecord


class Presence(StrEnum):
    """What the scheduler says of an attempt."""

    PENDING = "pending"
    RUNNING = "running"
    OVER = "over"
    ABSENT = "absent"


class Sighting(Value):
    """Everything that the witnesses said of one attempt in one round.

    ``claimed`` tells whether the attempt's one start has been taken. ``conclusive`` is True when absence or the end is
    certain (the processes are dead on the very host and boot where they ran), False when it may be a gap between two
    looks. ``directory_exists`` is False only when the attempt's directory is certainly gone. ``stopped_by`` names who
    told the scheduler to stop it, where the scheduler knows. ``unexplained`` asks for a second question: the
    scheduler's books may know how it ended; ``open_in_books`` says that they have it as waiting or running still, which
    they do for a while when they were closed at its end. ``expected`` is when the scheduler thinks that it starts,
    where it says so; ``began`` is when it says that it did. ``witness`` is who said ``words``. ``also`` are names by
    which the scheduler may know it besides its token. ``walltime_s`` and ``nodes`` are what the scheduler gives it, in
    seconds and in number, where it says so. ``told`` is how it says that a job ended which has no wrapper,
    since it was ``adopted``.
    """

    token: str
    presence: Presence
    words: str = ""
    handle: str = ""
    claimed: bool = False
    directory_exists: bool = True
    conclusive: bool = False
    start: StartRecord | None = None
    report: ExitReport | None = None
    cause: Cause | None = None
    stopped_by: str = ""
    unexplained: bool = False
    open_in_books: bool = False
    expected: Moment | None = None
    began: Moment | None = None
    told: Told | None = None
    witness: Witness = Witness.SCHEDULER
    also: tuple[str, ...] = ()
    walltime_s: int | None = None
    nodes: int | None = None
    adopted: Adopted | None = None


class Watched(Value):
    """An attempt to look at: its token, its directory on the target, and the scheduler's handle if it has one.

    ``begun``: its start record has been read before; a look may spare itself reading it again. One that is ``adopted``
    has no directory; whoever looks at it, or tells it to stop, goes by what its scheduler knows.
    """

    token: str
    directory: str
    handle: str = ""
    begun: bool = False
    adopted: Adopted | None = None


class Launched(Value):
    """The scheduler took an order; ``reason`` says why it does not run at once, where that is known."""

    kind: Literal["launched"] = "launched"
    handle: str
    words: str = ""
    reason: str = ""


class Refused(Value):
    """The scheduler will not take an order; ``passing`` when the same order may be taken later.

    ``full``: as soon as others have ended, since there are too many now.
    """

    kind: Literal["refused"] = "refused"
    words: str
    explanation: str
    advice: str = ""
    passing: bool = False
    full: bool = False
