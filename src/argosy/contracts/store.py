"""What the store promises: durable memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from argosy.core.bulk import Relabel
from argosy.core.job import Attempt, Job, Wish
from argosy.core.memory import Entry, KeptFile, Lease, Move, Outdated, Restored, Work
from argosy.core.outputs import Results
from argosy.core.preset import Preset
from argosy.core.report import Account
from argosy.core.slurm import SlurmWishes
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.views import Event, JobPage, JobQuery, JobRow

NO_LIMITS: Mapping[SlurmWishes, int] = MappingProxyType({})


class Store(Protocol):
    """Durable memory. Every write is one transaction: all of it is on disk when the call returns, or none of it is."""

    async def accept(
        self, accepted: Sequence[tuple[Job, Attempt]], entries: Sequence[Entry], templates: Sequence[Template] = ()
    ) -> None:
        """Take in new jobs with their first attempts, and remember the templates. A known job id raises Conflict."""
        ...

    async def restore(self, restored: Sequence[Restored], entries: Sequence[Entry]) -> tuple[str, ...]:
        """Take in those jobs that are not known, as they were, and the entries about them; returns their ids."""
        ...

    async def job(self, job: str) -> Job:
        """The job; raises NotFound."""
        ...

    async def template(self, digest: str) -> Template | None:
        """The template of that digest, if a job that was taken in was made from it."""
        ...

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """All attempts of a job, oldest first; raises NotFound."""
        ...

    async def attempts_of(self, jobs: Sequence[str]) -> Mapping[str, Attempt]:
        """The latest attempt of each job; unknown jobs are left out."""
        ...

    async def children(self, job: str) -> tuple[str, ...]:
        """Jobs whose parent this is, oldest first."""
        ...

    async def rows(self, query: JobQuery) -> JobPage:
        """A page of the list, newest first."""
        ...

    async def find(self, words: str, *, limit: int = 10) -> tuple[JobRow, ...]:
        """Jobs whose id or short id begins with these words, else whose name equals them; newest first.

        ``last`` is the newest of all.
        """
        ...

    async def work(
        self, target: str, now: datetime, *, queued: int, limited: Mapping[SlurmWishes, int] = NO_LIMITS
    ) -> Work:
        """What there is to do for a target now, with at most ``queued`` from the head of its queue.

        The queue goes by priority, then by age.
        Of each ``limited`` kind at most so many come beside these, so that none stands in the way of the others.
        """
        ...

    async def advance(self, moves: Sequence[Move], lease: Lease) -> tuple[bool, ...]:
        """Write each move whose version is still as seen; nothing at all when the lease is no longer held.

        A move to Staged is on disk when this returns. A power cut may take back the last of the others, each as a
        whole: the next look finds out again what they said.
        """
        ...

    async def change(self, move: Move) -> bool:
        """Write one move without a lease, for what users do (retry, release); False when somebody else was first.

        Unless it begins a further attempt, the record of its job on its target is ``outdated`` then.
        """
        ...

    async def wish(self, job: str, wish: Wish, entry: Entry) -> Attempt:
        """Note the wish on the latest attempt and return it.

        A wish on a closed attempt, or a second one, changes nothing; but a forced one makes the first one forced.
        """
        ...

    async def goals(self) -> tuple[tuple[Job, Attempt], ...]:
        """Jobs whose latest attempt is over and has a goal for which something is still to be done, oldest first."""
        ...

    async def open_count(self, target: str | None = None) -> int:
        """How many attempts are neither draft nor closed."""
        ...

    async def events(self, *, after: int, job: str | None = None, limit: int = 500) -> tuple[Event, ...]:
        """Events with a higher number, in order."""
        ...

    async def last_event(self) -> int:
        """The number of the newest event, 0 when there is none."""
        ...

    async def log(self, entries: Sequence[Entry]) -> None:
        """Write down things that happened outside any move."""
        ...

    async def results(self, job: str, attempt: int) -> Results | None:
        """The results of an attempt."""
        ...

    async def keep_results(self, job: str, attempt: int, results: Results) -> None:
        """Remember results that were read after the attempt had closed; nothing else changes."""
        ...

    async def accounts(self, since: datetime | None, before: datetime | None) -> tuple[Account, ...]:
        """Each job that ended in this time, with what is known of what it has used; in the order of their creation."""
        ...

    async def kept_files(self, job: str, attempt: int | None = None) -> tuple[KeptFile, ...]:
        """The files that are remembered for a job."""
        ...

    async def forget(self, job: str, entry: Entry) -> None:
        """Remove a job with everything that is remembered of it; the entry stays as an event.

        Raises Conflict while it is open.
        """
        ...

    async def take_off(self, jobs: Sequence[str], entries: Sequence[Entry]) -> tuple[str, ...]:
        """Take jobs off the list with everything that is remembered of them, open ones too; returns their ids.

        Entries about them stay as events. Unknown jobs are left out, and so are those that no target knows of: drafts,
        and jobs that wait for their turn or for others.
        """
        ...

    async def relabel(self, job: str, change: Relabel, entry: Entry) -> None:
        """Change the labels of a job, whose record on its target is ``outdated`` then; raises NotFound."""
        ...

    async def outdated(self, target: str, *, most: int) -> tuple[Outdated, ...]:
        """Jobs whose record on this target does not tell yet what users changed, by id, at most so many."""
        ...

    async def told(self, told: Sequence[Outdated]) -> None:
        """The records of these were written anew; what was changed meanwhile stays outdated."""
        ...

    async def targets(self) -> tuple[Target, ...]:
        """All targets by name."""
        ...

    async def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        ...

    async def drop_target(self, name: str) -> None:
        """Remove a target; raises NotFound, or Conflict while jobs on it are open."""
        ...

    async def rename_target(self, name: str, new: str) -> None:
        """Give a target another name, also where it is remembered of its jobs. Events stay as they were told.

        Raises NotFound, and Conflict while jobs on it are open, or when the name is taken.
        """
        ...

    async def presets(self) -> tuple[Preset, ...]:
        """All presets by name."""
        ...

    async def put_presets(self, presets: Sequence[Preset]) -> None:
        """Add or replace presets, all of them or none."""
        ...

    async def drop_preset(self, name: str) -> None:
        """Remove a preset; raises NotFound."""
        ...

    async def setting(self, key: str) -> str | None:
        """A setting of the server."""
        ...

    async def settings(self) -> Mapping[str, str]:
        """All settings."""
        ...

    async def put_setting(self, key: str, value: str | None) -> None:
        """Change a setting; None removes it."""
        ...

    async def lease(self, target: str, holder: str, now: datetime, *, ttl_s: float) -> Lease | None:
        """Take or prolong the lease; None while another holder's has not expired. A guarded UPDATE."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give a lease back, if it is still ours."""
        ...

    async def backup(self, into: Path) -> Path:
        """A consistent copy while the server runs; returns the file written."""
        ...

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the database; empty when it is sound."""
        ...

    async def close(self) -> None:
        """Let go of the database."""
        ...
