"""The store on a SQL database: the asynchronous face of the modules beside it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from argosy.contracts import Entry, KeptFile, Lease, Move, Work
from argosy.core.job import Attempt, Job, Wish
from argosy.core.outputs import Results
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.views import Event, JobPage, JobQuery, JobRow
from argosy.store import checks as _checks
from argosy.store import copies as _copies
from argosy.store import events as _events
from argosy.store import finding as _finding
from argosy.store import jobs as _jobs
from argosy.store import kept as _kept
from argosy.store import leases as _leases
from argosy.store import listing as _listing
from argosy.store import moves as _moves
from argosy.store import settings as _settings
from argosy.store import work as _work
from argosy.store.connections import Connections


class Database:
    """Implements ``argosy.contracts.Store``; the promises of its methods are there."""

    def __init__(self, ways: Connections, clock: Callable[[], datetime]) -> None:
        self._ways = ways
        self._clock = clock
        self._remembered = _work.Remembered()

    async def accept(
        self, accepted: Sequence[tuple[Job, Attempt]], entries: Sequence[Entry], templates: Sequence[Template] = ()
    ) -> None:
        """Take in new jobs with their first attempts. A job id that is known already raises Conflict."""
        await self._ways.write(_jobs.accept, accepted, entries, templates, self._clock())

    async def job(self, job: str) -> Job:
        """The job; raises NotFound."""
        return await self._ways.read(_jobs.read_job, job)

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """All attempts of a job, oldest first; raises NotFound."""
        return await self._ways.read(_jobs.read_attempts, job)

    async def attempts_of(self, jobs: Sequence[str]) -> Mapping[str, Attempt]:
        """The latest attempt of each job; unknown jobs are left out."""
        return await self._ways.read(_jobs.latest_attempts, jobs)

    async def children(self, job: str) -> tuple[str, ...]:
        """Jobs whose parent this is, oldest first."""
        return await self._ways.read(_jobs.children, job)

    async def rows(self, query: JobQuery) -> JobPage:
        """A page of the list, newest first."""
        return await self._ways.read(_listing.page, query)

    async def find(self, words: str, *, limit: int = 10) -> tuple[JobRow, ...]:
        """Jobs whose id or short id begins with these words, else whose name equals them; newest first. ``last`` is the newest."""
        return await self._ways.read(_finding.find, words, limit)

    async def work(self, target: str, now: datetime, *, queued: int) -> Work:
        """What there is to do for a target now, with at most ``queued`` from the head of its queue."""
        return await self._ways.read(_work.read_work, self._remembered, target, now, queued)

    async def advance(self, moves: Sequence[Move], lease: Lease) -> tuple[bool, ...]:
        """Write each move whose version is still as seen; nothing at all is written when the lease is no longer held."""
        return await self._ways.write(_moves.advance, moves, lease)

    async def change(self, move: Move) -> bool:
        """Write one move without a lease, for what users do; False when somebody else was first."""
        return (await self._ways.write(_moves.write_moves, [move]))[0]

    async def wish(self, job: str, wish: Wish, entry: Entry) -> Attempt:
        """Note the wish on the latest attempt and return it; a wish on a closed attempt, or a second one, changes nothing."""
        return await self._ways.write(_moves.note_wish, job, wish, entry)

    async def open_count(self, target: str | None = None) -> int:
        """How many attempts are neither draft nor closed."""
        return await self._ways.read(_work.count_open, target)

    async def events(self, *, after: int, job: str | None = None, limit: int = 500) -> tuple[Event, ...]:
        """Events with a higher number, in order."""
        return await self._ways.read(_events.read_events, after, job, limit)

    async def last_event(self) -> int:
        """The number of the newest event, 0 when there is none."""
        return await self._ways.read(_events.last_event)

    async def log(self, entries: Sequence[Entry]) -> None:
        """Write down things that happened outside any move."""
        now = self._clock()
        await self._ways.write(_events.write_events, [(entry, now) for entry in entries])

    async def results(self, job: str, attempt: int) -> Results | None:
        """The results of an attempt."""
        return await self._ways.read(_kept.read_results, job, attempt)

    async def kept_files(self, job: str, attempt: int | None = None) -> tuple[KeptFile, ...]:
        """The files that are remembered for a job."""
        return await self._ways.read(_kept.read_files, job, attempt)

    async def forget(self, job: str, entry: Entry) -> None:
        """Remove a job with everything that is remembered of it; the entry stays as an event. Raises Conflict while it is open."""
        await self._ways.write(_jobs.forget, job, entry, self._clock())

    async def targets(self) -> tuple[Target, ...]:
        """All targets by name."""
        return await self._ways.read(_settings.read_targets)

    async def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        await self._ways.write(_settings.put_target, target)

    async def drop_target(self, name: str) -> None:
        """Remove a target; raises NotFound, or Conflict while jobs on it are open."""
        await self._ways.write(_settings.drop_target, name)

    async def setting(self, key: str) -> str | None:
        """A setting of the server."""
        return (await self.settings()).get(key)

    async def settings(self) -> Mapping[str, str]:
        """All settings."""
        return await self._ways.read(_settings.read_settings)

    async def put_setting(self, key: str, value: str | None) -> None:
        """Change a setting; None removes it."""
        await self._ways.write(_settings.put_setting, key, value)

    async def lease(self, target: str, holder: str, now: datetime, *, ttl_s: float) -> Lease | None:
        """Take or prolong the lease; None while another holder's has not expired."""
        return await self._ways.write(_leases.take_lease, target, holder, now, ttl_s)

    async def release(self, lease: Lease) -> None:
        """Give a lease back, if it is still ours."""
        await self._ways.write(_leases.give_back, lease)

    async def backup(self, into: Path) -> Path:
        """A consistent copy while the server runs; returns the file written. Raises Conflict for a file that is there."""
        return await asyncio.to_thread(_copies.back_up, self._ways.address, into)

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the database; empty when it is sound."""
        return await asyncio.to_thread(_checks.check, self._ways)

    async def close(self) -> None:
        """Finish what has begun and let go of the database."""
        await asyncio.to_thread(self._ways.dispose)
