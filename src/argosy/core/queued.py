"""The jobs of a user that stand in a cluster's queue, whoever put them there. Pure."""

from pydantic import Field

from argosy.core import ids
from argosy.core.values import Moment, Value


class QueuedJob(Value):
    """One job in the queue. ``state`` is the scheduler's word, ``words`` say what it means.

    ``handle`` is the scheduler's name for it. ``job`` is the id of the job of Argosy that it is; empty for one that
    Argosy did not start. ``limit_s`` is its walltime; None where there is none, or it is not known.
    """

    handle: str
    name: str
    state: str
    words: str = ""
    waits: bool = False
    partition: str = ""
    qos: str = ""
    cpus: int | None = Field(default=None, ge=0)
    nodes: int | None = Field(default=None, ge=0)
    node_list: str = ""
    limit_s: float | None = Field(default=None, ge=0)
    submitted: Moment | None = None
    start: Moment | None = None
    directory: str = ""
    job: str = ""


class Queue(Value):
    """All of them, in the order of the queue. ``notes`` say what could not be read."""

    target: str = ""
    jobs: tuple[QueuedJob, ...] = ()
    notes: tuple[str, ...] = ()


def job_of(name: str, directory: str) -> str:
    """The job of Argosy that bears this name at its scheduler, or runs in this directory; empty for any other."""
    if (parsed := ids.parse_token(name)) is not None:
        return parsed[0]
    job, _, attempt = directory.rstrip("/").rpartition("/")
    identity = job.rpartition("/")[2]
    ours = attempt.startswith("attempt-") and ids.ID_PATTERN.fullmatch(identity)
    return identity if ours else ""
