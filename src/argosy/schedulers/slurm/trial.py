"""When Slurm would start a job that is not handed in (``sbatch --test-only``), and others (``squeue --start``)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled, Unreachable
from argosy.core.prospect import Ahead, Trial
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.refusals import refused, trouble
from argosy.schedulers.slurm.sections import Section, read_sections

_PROGRAM = shell("trial.sh")
_NOT_THERE = 127
_DAY_S = 86_400
_PAST, _FAR = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Some clusters write "never" as a time even further away."""
_PLAN = re.compile(
    r"Job \S+ to start at (?P<at>\S+)"
    r"(?: using (?P<cpus>[0-9]{1,9}) processors)?"
    r"(?: on(?: nodes)? (?P<nodes>\S+))?"
    r"(?: in partition (?P<partition>\S+))?"
)
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_EPOCH = re.compile(r"[0-9]{1,12}", re.ASCII)


def ask_test_only(site: Site, script: str) -> Command:
    """The question about a job with this script."""
    command = ask(site, _PROGRAM, ("test",))
    return command.model_copy(update={"stdin": script.encode("utf-8", "surrogateescape")})


def parse_test_only(answer: Answer) -> Trial:
    """When it would start, or why it would be refused."""
    zone, found = _read(answer, "test")
    said = "\n".join(found.lines)
    plan = _PLAN.search(said)
    if found.code == 0 and plan is not None:
        return Trial(
            start=_moment(plan["at"], zone),
            nodes=plan["nodes"] or "",
            partition=plan["partition"] or "",
            cpus=int(plan["cpus"]) if plan["cpus"] else None,
        )
    if found.code == _NOT_THERE:
        raise trouble("sbatch", found.code, said)
    if found.code == 0:
        raise Garbled(f"sbatch --test-only did not say when the job would start, but {said[:200]!r}")
    if isinstance(silence := trouble("sbatch", found.code, said), Unreachable):
        raise silence
    return Trial(refusal=refused(said))


def ask_ahead(site: Site, partition: str) -> Command:
    """The question about those that wait already."""
    return ask(site, _PROGRAM, ("ahead", partition))


def parse_ahead(answer: Answer, now: datetime) -> Ahead:
    """How many wait, and the latest expected start; what lies in the past, or in a far future, is none."""
    zone, found = _read(answer, "ahead")
    if found.code:
        raise trouble("squeue", found.code, "\n".join(found.lines))
    waiting = [line.rstrip("|") for line in found.lines if line.endswith("|")]
    moments = [moment for text in waiting if (moment := _moment(text, zone)) and now < moment < _FAR]
    return Ahead(waiting=len(waiting), expected=len(moments), latest=max(moments, default=None))


def _read(answer: Answer, name: str) -> tuple[timedelta, Section]:
    """How far the clock of the cluster's zone is ahead of UTC, and what the command printed."""
    lines = iter(complete(answer, 0))
    now_s, _ = rows.head(lines, "now")
    zone = _zone(now_s, lines)
    return zone, read_sections(lines, (name,))[name]


def _zone(now_s: int, lines: Iterator[str]) -> timedelta:
    word, _, local = next(lines, "").partition(" ")
    here = _local(local)
    if word != "local" or here is None:
        raise Garbled("the answer does not say what time it is there")
    ahead_s = round(here.timestamp()) - now_s
    if abs(ahead_s) > _DAY_S:
        raise Garbled(f"the clock there says {local[:40]!r}, which is not the time in any zone")
    return timedelta(seconds=ahead_s)


def _moment(text: str, zone: timedelta) -> datetime | None:
    """A time in either form; None for one that is not known (``N/A``) or beyond the calendar."""
    if _EPOCH.fullmatch(text):
        return min(datetime.fromtimestamp(min(int(text), int(_FAR.timestamp())), UTC), _FAR)
    here = _local(text)
    return here - zone if here is not None and _PAST < here < _FAR else None


def _local(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if _LOCAL.fullmatch(text) else None
    except ValueError:
        return None
