"""Queued → Staged: everything the job needs lies in its directory on the target."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from argosy.contracts import Order, Parcel, Scheduler, Stored, Text, There
from argosy.core import layout, wrapper
from argosy.core.capacity import never_fits
from argosy.core.errors import Denied, TargetError
from argosy.core.findings import Finding
from argosy.core.job import Attempt, Cause, Closed, Failed, Job, RetryClass, Staged, Witness, said
from argosy.core.spec import Content, FromJob, InputFile, JobSpec
from argosy.core.target import Target
from argosy.service import record
from argosy.service.contents import content_path
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, put_off

_T = TypeVar("_T")


async def stage(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Place all files of these attempts; a parcel that the target refuses closes its attempt, the others go on."""
    if not dues:
        return []
    station.at(Mark.STAGE_BEGUN)
    parents = await station.store.attempts_of(sorted({parent for due in dues for parent in due.job.spec.parents}))
    directories = [layout.run_directory(station.target, due.attempt) for due in dues]
    hoped = [_staged(station, due, directory, None) for due, directory in zip(dues, directories, strict=True)]
    try:
        parcels = [
            await _parcels(station, change, directory, parents)
            for change, directory in zip(hoped, directories, strict=True)
        ]
        refusals = await _told(station, dues, _placed(station, parcels))
    except TargetError as trouble:
        await station.record([put_off(due, trouble, station.clock(), station.jitter()) for due in dues])
        return []
    changes = [_staged(station, due, where, no) for due, where, no in zip(dues, directories, refusals, strict=True)]
    await record.closing(station, changes)
    station.at(Mark.STAGE_PLACED)
    written = await station.record(changes)
    station.at(Mark.STAGE_RECORDED)
    return [due for due in written if due.attempt.state.kind == "staged"]


async def _told(station: Station, dues: Sequence[Due], placing: Awaitable[_T]) -> _T:
    """What comes of it; meanwhile windows can see whose files are on their way."""
    tokens = {due.attempt.token for due in dues}
    station.placing.update(tokens)
    try:
        return await placing
    finally:
        station.placing.difference_update(tokens)


async def _placed(station: Station, parcels: Sequence[Sequence[Parcel]]) -> list[Denied | None]:
    """Place all parcels; what is wrong with those of one attempt."""
    answers = iter(await station.transport.place([parcel for some in parcels for parcel in some]))
    return [next((no for no in [next(answers) for _ in some] if no), None) for some in parcels]


async def _parcels(station: Station, hoped: Change, directory: str, parents: Mapping[str, Attempt]) -> list[Parcel]:
    """Everything that an attempt needs; when it runs in scratch also the record where it will be kept.

    That record says that all is in place once it is, and so before the launch.
    """
    due = hoped.due
    mark = Text(name=layout.RECORD, data=record.text(station, due))
    told = mark.model_copy(update={"finally_": await record.text_after(station, hoped)})
    mirror = layout.mirror_of(station.target, due.attempt)
    if mirror is None:
        return [_parcel(station, due, directory, mark=told, parents=parents)]
    kept = Parcel(directory=mirror.project.rpartition("/")[0], items=(told,))
    return [_parcel(station, due, directory, mark=mark, parents=parents), kept]


async def turn_away(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Close what can never fit on its target, whose limits were lowered since; returns the others in their order."""
    findings = {due.attempt.token: never_fits(station.target, due.job.spec.resources) for due in dues}
    changes = [_turned_away(station, due, found[0]) for due in dues if (found := findings[due.attempt.token])]
    await record.closing(station, changes)
    await station.record(changes)
    return [due for due in dues if not findings[due.attempt.token]]


def _turned_away(station: Station, due: Due, finding: Finding) -> Change:
    now = station.clock()
    outcome = Failed(
        cause=Cause.REJECTED, explanation=f"It can never run there: {finding.what}.", advice=finding.remedy
    )
    return moved(due, Closed(outcome=outcome, evidence=said(Witness.ARGOSY, finding.what, now)), now)


def script(job: Job, attempt: Attempt, target: Target, scheduler: Scheduler) -> str:
    """The complete script of an attempt, as it lies on the target."""
    directory = layout.run_directory(target, attempt)
    order = Order(token=attempt.token, directory=directory, spec=job.spec)
    return wrapper.script(
        wrapper.Launch(
            token=attempt.token,
            directory=directory,
            argv=job.spec.argv,
            environment=tuple((_threads(job.spec) | target.environment | job.spec.environment).items()),
            path=target.path,
            prologue=target.preparation(job.spec.named_words),
            grace_s=job.spec.grace_s,
            walltime_s=job.spec.resources.walltime_s,
            # Of queues that are shared; to look into a protocol would take longer than all the rest of a script.
            ask_walltime=getattr(scheduler, "ask_walltime", ()),
            warning_signal=job.spec.warning_signal,
            directives=scheduler.directives(order, target),
        )
    )


def _threads(spec: JobSpec) -> dict[str, str]:
    """Programs with threads would otherwise take the whole machine, whatever the job asked for."""
    cpus = str(spec.resources.cpus)
    return {"OMP_NUM_THREADS": cpus, "OPENMM_CPU_THREADS": cpus}


def _parcel(station: Station, due: Due, directory: str, *, mark: Text, parents: Mapping[str, Attempt]) -> Parcel:
    spec = due.job.spec
    top, _, attempt = directory.rpartition("/")
    work = f"{attempt}/{layout.WORK}"
    text = script(due.job, due.attempt, station.target, station.scheduler)
    items: list[Text | Stored | There] = [
        # The record goes first: it marks the directory as ours, so that it may be removed whatever happens next.
        mark,
        Text(name=f"{attempt}/{layout.SCRIPT}", data=text.encode("utf-8", "surrogateescape"), executable=True),
    ]
    items += [
        Text(name=f"{work}/{file.name}", data=file.text.encode(), executable=file.executable) for file in spec.rendered
    ]
    items += [_item(station.home.contents, file, parents, work) for file in spec.inputs]
    # The wrapper's own directory is made here, so that it needs no process for that.
    return Parcel(directory=top, items=tuple(items), subdirectories=(work, f"{attempt}/{layout.CLAIM}"))


def _item(contents: Path, file: InputFile, parents: Mapping[str, Attempt], work: str) -> Stored | There:
    name = f"{work}/{file.name}"
    source = file.source
    if isinstance(source, Content):
        return Stored(
            name=name,
            sha256=source.sha256,
            size=source.size,
            source=content_path(contents, source.sha256),
            executable=file.executable,
            mutable=file.mutable,
        )
    if isinstance(source, FromJob):
        left = getattr(parents[source.job].state, "directory", None) if source.job in parents else None
        return There(name=name, source=f"{left or '/nowhere'}/{layout.WORK}/{source.path}", executable=file.executable)
    return There(name=name, source=source.path, executable=file.executable)


def _staged(station: Station, due: Due, directory: str, refusal: Denied | None) -> Change:
    now, mirror = station.clock(), layout.mirror_of(station.target, due.attempt)
    if refusal is None:
        evidence = said(Witness.ARGOSY, "all its files are in place", now)
        return moved(due, Staged(directory=directory, evidence=evidence), now, mirror=mirror)
    outcome = Failed(
        cause=Cause.START_FAILED,
        explanation=f"Its files could not be placed on {station.target.name}: {refusal.message}.",
        advice=refusal.hint,
        retry=RetryClass.AFTER_CHANGE,
    )
    evidence = said(Witness.ARGOSY, refusal.message, now)
    return moved(due, Closed(outcome=outcome, directory=directory, evidence=evidence), now, mirror=mirror)
