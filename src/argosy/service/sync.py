"""The list rebuilt from a target alone: jobs that the store does not know are read from their records there."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

from argosy.contracts import Entry, Glance, Glanced, KeptFile, Restored, Store, Transport
from argosy.core import layout
from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, Garbled
from argosy.core.findings import Finding, warning
from argosy.core.home import Home
from argosy.core.ids import short
from argosy.core.job import Attempt, fate
from argosy.core.names import spell, unspell
from argosy.core.record import Record, at_target, read_record
from argosy.core.target import Target
from argosy.core.views import JobQuery, Synced
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets

TOGETHER = 200
"""How many records are read by one call."""
RECORD_BYTES = 128 * 1024
"""Longer records are read by a call of their own."""
LONGEST_RECORD_BYTES = 256 * 1024 * 1024

_SCRIPT = files("argosy.service").joinpath("known_jobs.sh").read_text("ascii")


@dataclass(frozen=True)
class Syncs:
    """Finding again what the targets know of jobs."""

    store: Store
    targets: Targets
    reconciler: Reconciler
    home: Home

    async def sync(self, name: str, *, take_over: bool = False) -> Synced:
        """Take in every job of a target that is not on the list, as its record says.

        Open jobs go on being watched from where they are; nothing is started twice. Those that another installation
        drives are left to it unless ``take_over``; then their records name this one. Records that cannot be used are
        findings. Raises TargetError when the target cannot be asked.
        """
        target = await self.targets.target(name)
        visit = _Visit(self, target, self.reconciler.transport(target), take_over=take_over)
        listed, findings = await visit.listed()
        known = await self.store.attempts_of(listed)
        unknown = [job for job in listed if job not in known]
        taken: list[str] = []
        for first in range(0, len(unknown), TOGETHER):
            ids, more = await visit.take_in(unknown[first : first + TOGETHER])
            taken += ids
            findings += more
        if taken:
            self.reconciler.stirred()
            self.reconciler.ring(name)
        still = await self.store.attempts_of(taken)
        goes_on = tuple(job for job, attempt in still.items() if attempt.state.kind != "closed")
        return Synced(
            target=name,
            found=len(listed),
            known=len(known),
            taken=tuple(taken),
            open=goes_on,
            findings=tuple(findings),
        )


@dataclass(frozen=True)
class _Visit:
    """One target that is looked through."""

    service: Syncs
    target: Target
    transport: Transport
    take_over: bool

    async def listed(self) -> tuple[list[str], list[Finding]]:
        """The jobs that have a record there, oldest first. No directory means none, where no job was sent before."""
        command = Command(argv=("sh", "-c", _SCRIPT, "argosy", unspell(self.target.root)), timeout_s=300)
        answer = await self.transport.run(command)
        rows = await self.service.store.rows(JobQuery(target=self.target.name, limit=1))
        return _listed(self.target, answer, used=bool(rows.jobs))

    async def take_in(self, jobs: Sequence[str]) -> tuple[tuple[str, ...], list[Finding]]:
        """Read the records of these jobs and take in those that can be used; returns their ids."""
        read = await self._records(jobs)
        findings = [one for one in read if isinstance(one, Finding)]
        records = [one for one in read if isinstance(one, Record)]
        if self.take_over:
            findings += await self._sign([one for one in records if self._is_others(one)])
        else:
            findings += [self._left_alone(one) for one in records if self._is_others(one)]
            records = [one for one in records if not self._is_others(one)]
        restored = [
            Restored(
                job=one.job,
                attempts=one.attempts,
                started=one.started,
                ended=one.ended,
                files=await asyncio.to_thread(_at_home, self.service.home, one),
            )
            for one in records
        ]
        entries = [_entry(one.latest) for one in records]
        return await self.service.store.restore(restored, entries), findings

    async def _records(self, jobs: Sequence[str]) -> list[Record | Finding]:
        directories = [layout.job_directory(self.target.root, job) for job in jobs]
        glances = [Glance(directory=one, tails=(layout.RECORD,), tail_bytes=RECORD_BYTES) for one in directories]
        seen = await self.transport.glance(glances)
        return [
            await self._record(job, directory, one) for job, directory, one in zip(jobs, directories, seen, strict=True)
        ]

    async def _record(self, job: str, directory: str, seen: Glanced) -> Record | Finding:
        where = f"{directory}/{layout.RECORD}"
        piece = seen.tails.get(layout.RECORD)
        if piece is None:
            return warning(where, "it cannot be read", remedy="Check who may read there.")
        if len(piece.data) < piece.size:
            try:
                piece = await self.transport.read(where, limit=LONGEST_RECORD_BYTES)
            except Denied as refusal:
                return warning(where, refusal.message, remedy=refusal.hint)
        record = read_record(piece.data, name=job, where=where)
        if isinstance(record, Finding):
            return record
        here = at_target(record, self.target.name, directory)
        if here is None:
            what = f"job {short(job)} is {fate(record.latest.state)} in another directory than this one"
            return warning(where, what, remedy="Give the target the root that it was started with, and sync again.")
        return here

    def _is_others(self, record: Record) -> bool:
        return record.is_open and record.driver not in {"", self.service.reconciler.holder}

    def _left_alone(self, record: Record) -> Finding:
        host = record.driver.partition(":")[0]
        what = f"job {short(record.id)} ({record.job.spec.name}) is open and driven by another Argosy, on {host}"
        remedy = f"If that one is gone for good: argosy target sync {self.target.name} --take-over"
        return warning(f"{layout.job_directory(self.target.root, record.id)}/{layout.RECORD}", what, remedy=remedy)

    async def _sign(self, records: Sequence[Record]) -> list[Finding]:
        """Write our name on what is taken over; what cannot be written is taken over all the same."""
        texts = {
            f"{layout.job_directory(self.target.root, one.id)}/{layout.RECORD}": one.model_copy(
                update={"driver": self.service.reconciler.holder}
            ).text()
            for one in records
        }
        if not texts:
            return []
        refused = await self.transport.write(texts)
        return [warning(path, refusal.message, remedy=refusal.hint) for path, refusal in refused.items()]


def _listed(target: Target, answer: Answer, *, used: bool) -> tuple[list[str], list[Finding]]:
    lines = answer.stdout.decode("ascii", "replace").splitlines()
    word, _, others = (lines or [""])[-1].partition(" ")
    if answer.code != 0 or word != "complete" or not others.isdigit():
        said = answer.complaint or "".join(lines[-1:]) or "nothing at all"
        raise Garbled(f"the list of jobs below {target.root} is not complete: {said[:300]!r}")
    jobs = f"{target.root}/jobs"
    findings: list[Finding] = []
    if "absent" in lines and used:
        findings.append(warning(jobs, "there is no such directory", remedy="Is its file system mounted?"))
    if "closed" in lines:
        findings.append(warning(jobs, "it cannot be looked into", remedy="Check who may read there."))
    if int(others):
        findings.append(warning(jobs, f"{others} directories there hold no record of a job", remedy=_STRANGERS))
    return sorted(line.removeprefix("job ") for line in lines if line.startswith("job ")), findings


_STRANGERS = "They are left alone. Look at them yourself, and remove by hand what is not needed."


def _entry(attempt: Attempt) -> Entry:
    return Entry(
        kind="state",
        job=attempt.job,
        attempt=attempt.number,
        target=attempt.target,
        words=f"{fate(attempt.state)}: found again on {attempt.target}",
        state_json=attempt.state.model_dump_json(),
    )


def _at_home(home: Home, record: Record) -> tuple[KeptFile, ...]:
    """The outputs that were brought home before, and lie there still."""
    return tuple(
        KeptFile(job=record.id, attempt=attempt.number, path=path, size=size, kind="home")
        for attempt in record.attempts
        for path, size in _files_below(home.attempt_home(record.id, attempt.number) / layout.WORK)
        if any(fnmatchcase(path, pattern) for pattern in record.job.spec.outputs)
    )


def _files_below(top: Path) -> Iterator[tuple[str, int]]:
    for directory, _, names in os.walk(top):
        for name in names:
            path = Path(directory, name)
            if path.is_file():
                yield spell(os.fsencode(path.relative_to(top))), path.stat().st_size
