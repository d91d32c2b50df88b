"""What may be cleared away on a target: which copies, cached contents and files of jobs nobody needs. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from argosy.core import layout
from argosy.core.findings import Finding
from argosy.core.ids import ID_PATTERN
from argosy.core.job import OUTCOMES, Attempt, Closed, Job, OutcomeName, fate
from argosy.core.outputs import FileEntry
from argosy.core.spec import Content
from argosy.core.target import Retention, Target
from argosy.core.values import EARLIEST, LATEST, Moment, Value

DAY_S = 86_400.0
PART_S = DAY_S
"""A part of a content that is as old as this is not being sent any more."""

_MIB = 1 << 20
_CONTENT = re.compile(r"(?:\.part-)?([0-9a-f]{64})")

Seconds = Annotated[float, Field(ge=0, le=3.2e9, allow_inf_nan=False)]


class Asked(Value):
    """What a person wants cleared away, beside what the target's retention says.

    Copies in scratch and cached contents that nobody has needed for ``older_than_s`` go. The files of jobs go that have
    been over for ``files_older_than_s``, and the restart files of those that have been for ``checkpoints_older_than_s``
    and that nobody has to go back to; with None, as the retention says. With ``fates`` nothing goes but what belongs to
    jobs with these outcomes, so no cached content.
    """

    older_than_s: Seconds = 0.0
    files_older_than_s: Seconds | None = None
    checkpoints_older_than_s: Seconds | None = None
    fates: tuple[OutcomeName, ...] = ()


class Rules(Value):
    """What goes: what nobody has needed for so many seconds, and the oldest above so many bytes. None keeps it.

    For files of jobs with the outcomes in ``files_s_by_fate`` that age holds instead. What belongs to jobs goes only if
    their outcome is among ``fates``.
    """

    scratch_s: float | None = None
    cache_s: float | None = None
    cache_bytes: int | None = None
    checkpoints_s: float | None = None
    files_s: float | None = None
    files_s_by_fate: dict[OutcomeName, float] = Field(default_factory=dict[OutcomeName, float])
    files_bytes: int | None = None
    fates: frozenset[OutcomeName] = frozenset(OUTCOMES)

    @property
    def are_any(self) -> bool:
        """Whether anything could ever go."""
        return self != Rules()


def by_itself(retention: Retention) -> Rules:
    """What the server clears away without being asked."""
    return Rules(
        scratch_s=_days(retention.scratch_days),
        cache_s=_days(retention.cache_days),
        cache_bytes=None if retention.cache_mib is None else retention.cache_mib * _MIB,
        checkpoints_s=_days(retention.checkpoints_days),
        files_s=_days(retention.files_days),
        files_s_by_fate={fate: days * DAY_S for fate, days in retention.files_days_by_fate.items()},
        files_bytes=None if retention.files_mib is None else retention.files_mib * _MIB,
    )


def by_hand(retention: Retention, asked: Asked) -> Rules:
    """What is cleared away when a person asks."""
    said: dict[str, object] = {"scratch_s": asked.older_than_s, "cache_s": asked.older_than_s}
    if asked.checkpoints_older_than_s is not None:
        said |= {"checkpoints_s": asked.checkpoints_older_than_s}
    if asked.files_older_than_s is not None:
        said |= {"files_s": asked.files_older_than_s, "files_s_by_fate": {}, "files_bytes": None}
    if asked.fates:
        said |= {"fates": frozenset(asked.fates), "cache_s": None, "cache_bytes": None}
    return by_itself(retention).model_copy(update=said)


def _days(number: float | None) -> float | None:
    return None if number is None else number * DAY_S


class Lying(Value):
    """A job's directory below a root, with the numbers of the attempts that have a directory in it."""

    job: str
    size: int
    attempts: frozenset[int]


class Held(Value):
    """A file in the cache of contents, by its name there; ``used`` is when it was last linked, or came."""

    name: str
    size: int
    used: Moment
    links: int

    @property
    def sha256(self) -> str:
        """The content that it holds, or a part of it."""
        return self.name.removeprefix(".part-")

    @property
    def is_part(self) -> bool:
        """Whether it is not whole yet."""
        return self.name.startswith(".part-")


class Survey(Value):
    """What lies below one root."""

    root: str
    jobs: tuple[Lying, ...] = ()
    contents: tuple[Held, ...] = ()


def read_survey(root: str, said: str) -> Survey | None:
    """The answer of ``survey.sh``; None when it is not whole. Names that are not ours are passed over."""
    lines = said.split("\n")
    if len(lines) < 2 or lines[-2:] != ["complete", ""]:
        return None
    attempts: dict[str, frozenset[int]] = {}
    sizes: dict[str, int] = {}
    contents: list[Held] = []
    for line in lines:
        match line.split(" "):
            case ["job", job, numbers] if ID_PATTERN.fullmatch(job):
                attempts[job] = frozenset(int(one) for one in numbers.split(",") if one.isdigit())
            case ["size", kib, job] if kib.isdigit():
                sizes[job] = int(kib) * 1024
            case ["content", name, size, used, links] if _CONTENT.fullmatch(name) and _are_numbers(size, used, links):
                contents.append(Held(name=name, size=int(size), used=_moment(used), links=int(links)))
            case _:
                pass
    jobs = tuple(Lying(job=job, size=sizes.get(job, 0), attempts=numbers) for job, numbers in attempts.items())
    return Survey(root=root, jobs=jobs, contents=tuple(contents))


def _are_numbers(size: str, used: str, links: str) -> bool:
    return size.isdigit() and links.isdigit() and used.replace(".", "", 1).isdigit()


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(max(float(seconds), EARLIEST.timestamp()), LATEST.timestamp()), UTC)


class Over(Value):
    """A job that is over, with all its attempts."""

    name: str
    attempts: tuple[Attempt, ...]

    @property
    def since(self) -> datetime:
        """When it was over."""
        return self.attempts[-1].state.evidence.at

    @property
    def fate(self) -> str:
        """How it ended."""
        return fate(self.attempts[-1].state)


class Needs(Value):
    """What open jobs, and drafts, still need: contents by their hashes, and the files of jobs by their ids."""

    contents: frozenset[str] = frozenset()
    jobs: frozenset[str] = frozenset()


def needs_of(jobs: Iterable[Job]) -> Needs:
    """What these jobs need."""
    known = tuple(jobs)
    inputs = (file.source for job in known for file in job.spec.inputs)
    return Needs(
        contents=frozenset(source.sha256 for source in inputs if isinstance(source, Content)),
        jobs=frozenset(parent for job in known for parent in job.spec.parents),
    )


class Stale(Value):
    """One thing that goes, or has gone: its path on the target, its size in bytes, since when nobody has needed it.

    ``scratch`` is what an attempt left where it ran, and which is kept elsewhere; ``files`` are the files of a job that
    is over and stays on the list; ``checkpoint`` is a restart file that nobody has to go back to; ``cache`` is a cached
    content. ``job`` and ``name`` are those of the job, if any.
    """

    kind: Literal["scratch", "files", "checkpoint", "cache"]
    path: str
    size: int
    since: Moment
    job: str = ""
    name: str = ""


class Cleaning(Value):
    """What would go from a target, or has gone; ``findings`` tell what could not be done and why."""

    target: str
    stale: tuple[Stale, ...] = ()
    findings: tuple[Finding, ...] = ()
    cleared: bool = False

    @property
    def size(self) -> int:
        """In bytes, together."""
        return sum(one.size for one in self.stale)


class Scene(Value):
    """All that is known of a target when it is decided what goes. ``over`` are jobs of this target, by id."""

    target: Target
    kept: Survey
    scratch: Survey | None = None
    over: dict[str, Over] = Field(default_factory=dict)
    needs: Needs = Needs()
    sendable: frozenset[str] = frozenset()
    """Contents that this server holds, and can send again."""


def stale(scene: Scene, rules: Rules, now: datetime) -> tuple[Stale, ...]:
    """All that goes, the oldest first: files of jobs with their copies in scratch, then other copies, then contents."""
    files = _stale_files(scene, rules, now)
    gone = frozenset(one.path for one in files)
    scratch = [one for one in _stale_scratch(scene, rules, now) if one.path not in gone]
    return (*files, *scratch, *_stale_contents(scene, rules, now))


def losing_checkpoints(scene: Scene, rules: Rules, now: datetime) -> tuple[Lying, ...]:
    """The jobs that have been over for long enough to lose their restart files, if nobody has to go back to them.

    A job whose files all go is not among them, nor one whose files an open job needs.
    """
    if rules.checkpoints_s is None:
        return ()
    gone = frozenset(one.job for one in _stale_files(scene, rules, now))
    return tuple(
        lying
        for lying in scene.kept.jobs
        if lying.job not in gone | scene.needs.jobs
        and _may_go(scene, scene.kept, lying, rules)
        and (now - scene.over[lying.job].since).total_seconds() >= rules.checkpoints_s
    )


def stale_checkpoint(scene: Scene, job: str, number: int, entry: FileEntry) -> Stale:
    """A restart file of this attempt at a job."""
    over = scene.over[job]
    attempt = f"{layout.job_directory(scene.kept.root, job)}/attempt-{number}"
    path = f"{layout.work_directory(attempt)}/{entry.path}"
    return Stale(kind="checkpoint", path=path, size=entry.size, since=over.since, job=job, name=over.name)


def _stale_files(scene: Scene, rules: Rules, now: datetime) -> list[Stale]:
    """The directories of jobs that have been over for too long, or are the oldest of too much."""
    by_job: dict[str, list[Stale]] = {}
    for survey in filter(None, (scene.kept, scene.scratch)):
        for lying in survey.jobs:
            if lying.job not in scene.needs.jobs and _may_go(scene, survey, lying, rules):
                by_job.setdefault(lying.job, []).append(_of_job("files", scene, survey, lying))
    lots = [
        _Lot(job, sum(one.size for one in found), found[0].since, _files_s(rules, scene.over[job]))
        for job, found in by_job.items()
    ]
    return [one for job in _going(lots, rules.files_bytes, now) for one in by_job[job]]


def _files_s(rules: Rules, over: Over) -> float | None:
    """For how long the files of a job with this outcome stay."""
    return next((age_s for name, age_s in rules.files_s_by_fate.items() if name == over.fate), rules.files_s)


def _stale_scratch(scene: Scene, rules: Rules, now: datetime) -> list[Stale]:
    """The copies in scratch of which each attempt lies whole below the root."""
    survey = scene.scratch
    if survey is None:
        return []
    kept = {lying.job: lying.attempts for lying in scene.kept.jobs}
    found = [
        _of_job("scratch", scene, survey, lying)
        for lying in survey.jobs
        if lying.attempts <= kept.get(lying.job, frozenset()) and _may_go(scene, survey, lying, rules)
    ]
    return _in_order(found, _going([_Lot(one.path, one.size, one.since, rules.scratch_s) for one in found], None, now))


def _stale_contents(scene: Scene, rules: Rules, now: datetime) -> list[Stale]:
    """Contents that no open job needs, that can be sent again, and that take room: no job's directory shares them."""
    found = [_of_content(scene, held) for held in scene.kept.contents if _is_idle(scene, held, now)]
    lots = [_Lot(one.path, one.size, one.since, rules.cache_s) for one in found]
    return _in_order(found, _going(lots, rules.cache_bytes, now))


def _is_idle(scene: Scene, held: Held, now: datetime) -> bool:
    if held.sha256 in scene.needs.contents or held.links > 1:
        return False
    return (now - held.used).total_seconds() >= PART_S if held.is_part else held.sha256 in scene.sendable


class _Lot(NamedTuple):
    """What goes or stays together, in bytes, since when nobody has needed it, and after how long it goes."""

    name: str
    size: int
    since: datetime
    stays_s: float | None

    def is_old(self, now: datetime) -> bool:
        return self.stays_s is not None and (now - self.since).total_seconds() >= self.stays_s


def _going(lots: Sequence[_Lot], room: int | None, now: datetime) -> list[str]:
    """The names of what is too old, and of the oldest of what is too much; the oldest first."""
    going: list[str] = []
    kept = 0
    for lot in sorted(lots, key=lambda one: one.since, reverse=True):
        kept += lot.size
        if lot.is_old(now) or (room is not None and kept > room):
            going.append(lot.name)
    return going[::-1]


def _in_order(found: Sequence[Stale], going: Sequence[str]) -> list[Stale]:
    by_path = {one.path: one for one in found}
    return [by_path[path] for path in going]


def _may_go(scene: Scene, survey: Survey, lying: Lying, rules: Rules) -> bool:
    """Whether the job ended in a way that is asked for, and this is the recorded directory of all attempts in it."""
    over = scene.over.get(lying.job)
    if over is None or over.fate not in rules.fates:
        return False
    by_number = {attempt.number: layout.places(attempt) for attempt in over.attempts}
    directory = layout.job_directory(survey.root, lying.job)
    return all(f"{directory}/attempt-{number}" in by_number.get(number, ()) for number in lying.attempts)


def _of_job(kind: Literal["scratch", "files"], scene: Scene, survey: Survey, lying: Lying) -> Stale:
    over = scene.over[lying.job]
    path = layout.job_directory(survey.root, lying.job)
    return Stale(kind=kind, path=path, size=lying.size, since=over.since, job=lying.job, name=over.name)


def _of_content(scene: Scene, held: Held) -> Stale:
    path = f"{layout.content_directory(scene.kept.root)}/{held.name}"
    return Stale(kind="cache", path=path, size=held.size, since=held.used)


def over_in(jobs: Mapping[str, Job], attempts: Mapping[str, tuple[Attempt, ...]], target: str) -> dict[str, Over]:
    """Those of the jobs that are over, and ran last on this target."""
    return {
        job: Over(name=jobs[job].spec.name, attempts=tried)
        for job, tried in attempts.items()
        if isinstance(tried[-1].state, Closed) and tried[-1].target == target
    }
