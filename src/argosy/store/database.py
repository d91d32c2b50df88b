"""The store on a SQL database: the asynchronous face of the modules beside it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from argosy.contracts import Entry, KeptFile, Lease, Move, Outdated, Restored, Work
from argosy.contracts.store import NO_LIMITS
from argosy.core.bulk import Relabel
from argosy.core.job import Attempt, Job, Wish
from argosy.core.outputs import Results
from argosy.core.preset import Preset
from argosy.core.report import Account
from argosy.core.slurm import SlurmWishes
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.views import Event, JobPage, JobQuery, JobRow
from argosy.store.aims import read_goals
from argosy.store.checks import check_all
from argosy.store.connections import Connections
from argosy.store.copies import back_up
from argosy.store.events import last_event, read_events, write_events
from argosy.store.finding import find_jobs
from argosy.store.jobs import (
    accept_jobs,
    forget_job,
    latest_attempts,
    read_attempts,
    read_children,
    read_job,
    read_template,
    take_jobs_off,
)
from argosy.store.kept import keep_results, read_files, read_results
from argosy.store.leases import give_back, take_lease
from argosy.store.ledger import read_accounts
from argosy.store.listing import read_page
from argosy.store.moves import note_wish, write_driven
from argosy.store.outdated import forget_outdated, read_outdated, write_change
from argosy.store.presets import drop_preset, put_presets, read_presets
from argosy.store.relabelling import relabel_job
from argosy.store.renaming import rename_target
from argosy.store.restoring import restore_jobs
from argosy.store.settings import drop_target, put_setting, put_target, read_settings, read_targets
from argosy.store.work import Asked, Remembered, count_open, read_work


class Database:
    """Implements ``argosy.contracts.Store``. Several may use one database, in one process or in many."""

    def __init__(self, ways: Connections, clock: Callable[[], datetime]) -> None:
        self._ways = ways
        self._clock = clock
        self._remembered = Remembered()

    async def accept(
        self, accepted: Sequence[tuple[Job, Attempt]], entries: Sequence[Entry], templates: Sequence[Template] = ()
    ) -> None:
        """Take in new jobs with their first attempts, and remember the templates.

        A job id that is known raises Conflict, and nothing is taken in.
        """
        await self._ways.write(accept_jobs, accepted, entries, templates, now=self._clock())

    async def restore(self, restored: Sequence[Restored], entries: Sequence[Entry]) -> tuple[str, ...]:
        """Take in those jobs that are not known, as they were, and the entries about them; returns their ids.

        They stand in the list where they stood; jobs of the same millisecond in the order of their ids.
        """
        return await self._ways.write(restore_jobs, restored, entries, now=self._clock())

    async def job(self, job: str) -> Job:
        """The job; raises NotFound."""
        return await self._ways.read(read_job, job)

    async def template(self, digest: str) -> Template | None:
        """The template of that digest, if a job that was taken in was made from it."""
        return await self._ways.read(read_template, digest)

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """All attempts of a job, oldest first; raises NotFound."""
        return await self._ways.read(read_attempts, job)

    async def attempts_of(self, jobs: Sequence[str]) -> Mapping[str, Attempt]:
        """The latest attempt of each job; unknown jobs are left out."""
        return await self._ways.read(latest_attempts, jobs) if jobs else {}

    async def children(self, job: str) -> tuple[str, ...]:
        """Jobs whose parent this is, oldest first."""
        return await self._ways.read(read_children, job)

    async def rows(self, query: JobQuery) -> JobPage:
        """A page of the list, newest first: by the moment of creation, then by arrival.

        Every word of ``text`` must occur in the name, a label (``key=value``), the engine, template, target or id;
        words of one or two letters only where a word begins. Case and accents do not matter. Raises BadInput for a
        cursor that no page gave.
        """
        return await self._ways.read(read_page, query)

    async def find(self, words: str, *, limit: int = 10) -> tuple[JobRow, ...]:
        """Jobs whose id or short id begins with these words, else those that are named so; newest first.

        ``last`` is the newest job.
        """
        return await self._ways.read(find_jobs, words, limit)

    async def work(
        self, target: str, now: datetime, *, queued: int, limited: Mapping[SlurmWishes, int] = NO_LIMITS
    ) -> Work:
        """What there is to do for a target now, with at most ``queued`` from the head of its queue.

        Of each ``limited`` kind at most so many come beside these, so that none stands in the way of the others.
        The queue goes by the priority of jobs, then by their age. Jobs that wait for others are left out while those
        are neither over nor lost.
        """
        return await self._ways.read(read_work, self._remembered, Asked(target, now, queued, limited))

    async def advance(self, moves: Sequence[Move], lease: Lease) -> tuple[bool, ...]:
        """Write each move whose version is still as seen, as the version that follows.

        Nothing at all is written when the lease is not held at the time of the latest move. Raises ValueError, and
        writes nothing, when a move would take a state to the left, change an outcome, or is not of the lease's target.
        """
        # The intent must be on the disk before the act. All that follows is found out again by looking.
        is_intent = any(move.attempt.state.kind == "staged" for move in moves)
        write = self._ways.write if is_intent else self._ways.write_brisk
        return await write(write_driven, moves, lease)

    async def change(self, move: Move) -> bool:
        """Write one move without a lease, for what users do; False when somebody else was first.

        Unless it begins a further attempt, the record of its job on its target is outdated then.
        """
        return await self._ways.write(write_change, move)

    async def wish(self, job: str, wish: Wish, entry: Entry) -> Attempt:
        """Note the wish on the latest attempt, which becomes due, and return it; raises NotFound.

        A wish on a closed attempt, or a second one, changes nothing; but a forced one makes the first one forced.
        """
        return await self._ways.write(note_wish, job, wish, entry)

    async def goals(self) -> tuple[tuple[Job, Attempt], ...]:
        """Jobs whose latest attempt is over and has a goal for which something is still to be done, oldest first."""
        return await self._ways.read(read_goals)

    async def open_count(self, target: str | None = None) -> int:
        """How many attempts are neither draft nor closed."""
        return await self._ways.read(count_open, target)

    async def events(self, *, after: int, job: str | None = None, limit: int = 500) -> tuple[Event, ...]:
        """Events with a higher number, in order. No event with a lower number appears later, whoever writes it."""
        return await self._ways.read(read_events, after, job, limit)

    async def last_event(self) -> int:
        """The number of the newest event, 0 when there is none."""
        return await self._ways.read(last_event)

    async def log(self, entries: Sequence[Entry]) -> None:
        """Write down things that happened outside any move, now."""
        now = self._clock()
        await self._ways.write(write_events, [(entry, now) for entry in entries])

    async def results(self, job: str, attempt: int) -> Results | None:
        """The results of an attempt."""
        return await self._ways.read(read_results, job, attempt)

    async def keep_results(self, job: str, attempt: int, results: Results) -> None:
        """Remember results that were read after the attempt had closed; raises NotFound for an unknown job."""
        await self._ways.write(keep_results, job, attempt, results)

    async def accounts(self, since: datetime | None, before: datetime | None) -> tuple[Account, ...]:
        """Each job that ended in this time, with what is known of what it has used; in the order of their creation."""
        return await self._ways.read(read_accounts, since, before)

    async def kept_files(self, job: str, attempt: int | None = None) -> tuple[KeptFile, ...]:
        """The files that are remembered for a job, by attempt, kind and path."""
        return await self._ways.read(read_files, job, attempt)

    async def forget(self, job: str, entry: Entry) -> None:
        """Remove a job with everything that is remembered of it, its events too; the entry stays as an event.

        Raises NotFound, and Conflict while it is open.
        """
        await self._ways.write(forget_job, job, entry, now=self._clock())

    async def take_off(self, jobs: Sequence[str], entries: Sequence[Entry]) -> tuple[str, ...]:
        """Take jobs off the list with everything that is remembered of them, open ones too; returns their ids.

        Entries about them stay as events. Unknown jobs are left out, and so are drafts and jobs that wait for their
        turn or for others.
        """
        return await self._ways.write(take_jobs_off, jobs, entries, now=self._clock())

    async def relabel(self, job: str, change: Relabel, entry: Entry) -> None:
        """Change the labels of a job, and nothing else of it; its record on its target is outdated then.

        Raises NotFound.
        """
        await self._ways.write(relabel_job, job, change, entry, now=self._clock())
        self._remembered = Remembered()

    async def outdated(self, target: str, *, most: int) -> tuple[Outdated, ...]:
        """Jobs whose record on this target does not tell yet what users changed, by id, at most so many."""
        found = await self._ways.read(read_outdated, target, most)
        if found:  # another server may have changed them, which this one still remembers as they were
            self._remembered = Remembered()
        return found

    async def told(self, told: Sequence[Outdated]) -> None:
        """The records of these were written anew; what was changed meanwhile stays outdated."""
        await self._ways.write_brisk(forget_outdated, told)

    async def targets(self) -> tuple[Target, ...]:
        """All targets by name."""
        return await self._ways.read(read_targets)

    async def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        await self._ways.write(put_target, target)

    async def drop_target(self, name: str) -> None:
        """Remove a target; raises NotFound, or Conflict while jobs on it are open."""
        await self._ways.write(drop_target, name)

    async def rename_target(self, name: str, new: str) -> None:
        """Give a target and all its jobs another name.

        Raises NotFound, and Conflict while jobs on it are open, or when the name is taken.
        """
        await self._ways.write(rename_target, name, new)

    async def presets(self) -> tuple[Preset, ...]:
        """All presets by name."""
        return await self._ways.read(read_presets)

    async def put_presets(self, presets: Sequence[Preset]) -> None:
        """Add or replace presets, all of them or none."""
        await self._ways.write(put_presets, presets)

    async def drop_preset(self, name: str) -> None:
        """Remove a preset; raises NotFound."""
        await self._ways.write(drop_preset, name)

    async def setting(self, key: str) -> str | None:
        """A setting of the server; None when it was never made, or removed."""
        return (await self.settings()).get(key)

    async def settings(self) -> Mapping[str, str]:
        """All settings."""
        return await self._ways.read(read_settings)

    async def put_setting(self, key: str, value: str | None) -> None:
        """Change a setting; None removes it."""
        await self._ways.write(put_setting, key, value)

    async def lease(self, target: str, holder: str, now: datetime, *, ttl_s: float) -> Lease | None:
        """Take or prolong the lease until ``now`` + ``ttl_s``; None while another holder's has not expired."""
        return await self._ways.write(take_lease, target, holder, now, ttl_s=ttl_s)

    async def release(self, lease: Lease) -> None:
        """Give a lease back, if it is still ours."""
        await self._ways.write(give_back, lease)

    async def backup(self, into: Path) -> Path:
        """A consistent copy while the server runs, readable by its owner only; returns the file written.

        ``into`` is a file that does not exist, or a directory. Nothing is left there when it fails. Raises Conflict
        when the file exists, or when the database is not a file; NoRoom when the disk is full; BadInput for a place
        that cannot be written.
        """
        return await asyncio.to_thread(back_up, self._ways.address, into)

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the database; empty when it is sound. Reads all of it."""
        return await asyncio.to_thread(check_all, self._ways)

    async def close(self) -> None:
        """Finish what has begun and let go of the database."""
        await asyncio.to_thread(self._ways.dispose)
