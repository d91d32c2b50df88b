"""What the door shows of jobs, targets, events and the server: the shapes that every window reads."""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from argosy.core.connection import Connection
from argosy.core.findings import Finding
from argosy.core.job import Attempt, Job, Progress, State, Trouble
from argosy.core.outputs import FileEntry, Results
from argosy.core.quantities import spell_part
from argosy.core.spec import Word
from argosy.core.values import AskedMoment, Moment, Value


class Sending(Value):
    """Inputs on their way to a target, in bytes: those of this job, and of others that travel with it."""

    sent: int = Field(ge=0)
    total: int = Field(ge=0)

    @property
    def words(self) -> str:
        """As people say it: ``sending 120 of 512 MB``."""
        return f"sending {spell_part(self.sent, self.total)}"


class JobRow(Value):
    """One job in a list. ``fate`` is the outcome once there is one, else the state."""

    id: str
    name: str
    engine: str
    template: str = ""
    target: str
    labels: dict[str, str] = Field(default_factory=dict)
    owner: str = ""
    fate: str
    attempt: int
    created: Moment
    updated: Moment
    started: Moment | None = None
    ended: Moment | None = None
    fraction: float | None = None
    words: str = ""
    sending: Sending | None = None


class JobPage(Value):
    """A page of jobs, newest first; ``next`` is the cursor of the page after it, None on the last.

    ``need_login`` are targets of open jobs on it that wait for a person's login.
    """

    jobs: tuple[JobRow, ...]
    next: str | None = None
    need_login: tuple[str, ...] = ()


_CURSOR: dict[str, JsonValue] = {"pattern": "^[0-9a-f]{1,16}$"}


class JobConditions(Value):
    """Which jobs are meant. All conditions must hold."""

    text: str = Field(
        default="",
        max_length=200,
        description="Words that must all occur in the name, a label, the engine, the template, the target or the id.",
    )
    fate: tuple[str, ...] = Field(
        default=(), description="States and outcomes, such as running or failed; a job must be in one of them."
    )
    target: str | None = Field(default=None, description="The name of the target that the job is for.")
    engine: str | None = Field(default=None, description="The name of the engine.")
    label: tuple[str, ...] = Field(default=(), description="KEY or KEY=VALUE; the job must have all of these labels.")
    since: AskedMoment | None = Field(default=None, description="Only jobs that were made then or later.")
    before: AskedMoment | None = Field(default=None, description="Only jobs that were made earlier.")


class JobQuery(JobConditions):
    """Which jobs to list. All conditions must hold."""

    limit: int = Field(default=50, ge=1, le=1000, description="At most so many jobs on the page.")
    after: str | None = Field(
        default=None,
        max_length=200,
        description="The `next` of a page: what comes behind it.",
        json_schema_extra=_CURSOR,
    )


class JobView(Value):
    """One job with all its attempts, newest last. ``home`` is where its outputs were brought, if any were.

    ``sending`` tells how much of its inputs has reached the target, while they are on their way. ``findings`` are what
    could be better, as its speed shows while it runs.
    """

    job: Job
    attempts: tuple[Attempt, ...]
    children: tuple[str, ...] = ()
    home: str = ""
    sending: Sending | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def latest(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]


class Event(Value):
    """One thing that happened, in order, never changed. ``seq`` grows without gaps being promised."""

    seq: int
    at: Moment
    kind: str
    job: str | None = None
    attempt: int | None = None
    target: str | None = None
    words: str = ""
    state: State | None = None
    progress: Progress | None = None
    trouble: Trouble | None = None


class Chunk(Value):
    """Part of a growing file: ``text`` begins at byte ``start``; ask again from ``next``.

    ``over`` when no more will come. ``kept`` is when it was read, if it is what was kept of a job that is over, since
    its target does not show it now.
    """

    text: str
    start: int
    next: int
    over: bool = False
    kept: Moment | None = None


FILE_SIZE = "Argosy-File-Size"
FILE_OVER = "Argosy-File-Over"
FILE_KEPT = "Argosy-File-Kept"
"""The headers beside the bytes of a file: how long it is now, whether it will never grow any more, and when it was read
if it is only what was kept of it."""


class Files(Value):
    """The files of an attempt: what lies in its work directory, and what was brought home."""

    directory: str
    files: tuple[FileEntry, ...]
    home: str = ""
    at_home: tuple[str, ...] = ()
    reachable: bool = True
    complete: bool = True


class Picked(Value):
    """Files of a work directory by their paths, exactly as they were listed."""

    paths: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=8192)], ...], Field(min_length=1)]


class Removal(Value):
    """What would go, or has gone, when a job is removed."""

    job: str
    name: str
    paths: tuple[str, ...]
    size: int
    removed: bool = False
    refusal: str = ""


class Leaving(Value):
    """A job that leaves the list."""

    job: str
    name: str
    target: str
    fate: str


class Staying(Value):
    """A job that stays on the list, and why: its target could not bring it back."""

    job: str
    name: str
    why: str


class Forgotten(Value):
    """What would leave the list, or has left it. Nothing of it is touched on any target or disk."""

    leaving: tuple[Leaving, ...] = ()
    staying: tuple[Staying, ...] = ()
    done: bool = False


class JobResults(Value):
    """The science of one job, with how it was judged."""

    job: str
    attempt: int
    fate: str
    results: Results


class TargetView(Value):
    """A target with what holds there now."""

    name: str
    transport: str
    scheduler: str
    root: str
    state: str
    words: str = ""
    live: int = 0
    queued: int = 0
    connection: Connection | None = None
    profile: dict[str, Any] = Field(default_factory=dict)


class TargetCheck(Value):
    """What a look at a target found. ``looked`` are the things that were looked at, also those that are well."""

    target: str
    findings: tuple[Finding, ...]
    looked: tuple[str, ...] = ()


class TargetLook(Value):
    """What a machine tells to whoever makes a target of it.

    ``home`` is where its user lives there, ``scratch`` where the site wants large files, as absolute, spelled paths;
    empty where it does not tell. ``scheduler`` is the one that is there, with the ``setup`` lines that its commands
    need.
    """

    target: str
    host: str = ""
    home: str = ""
    scratch: str = ""
    processors: int | None = None
    scheduler: str = "process"
    setup: tuple[str, ...] = ()


class NewName(Value):
    """The name that a target shall have."""

    name: Word


class Synced(Value):
    """What reading a target's own records brought: how many jobs were ``found`` there and how many of them ``known``.

    ``taken`` are the ids of those that are on the list again, ``open`` those of them that go on.
    """

    target: str
    found: int
    known: int
    taken: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class TemplateRow(Value):
    """One template in a list. ``versions`` are all that can be had, the one that counts first."""

    name: str
    version: str
    engine: str
    title: str
    summary: str
    origin: str
    purpose: str = ""
    versions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class EngineView(Value):
    """An engine that this server knows."""

    name: str
    title: str
    summary: str
    templates: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


class Health(Value):
    """That the server is there, and which one it is."""

    status: Literal["ok"] = "ok"
    version: str
    pid: int
    started: Moment
    idle: bool = True


class ServerView(Value):
    """The server in numbers."""

    version: str
    pid: int
    started: Moment
    home: str
    database: str
    memory_mib: float
    live: int
    leases: tuple[str, ...] = ()
