"""One job, for scripts and notebooks."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argosy.client import calls, calls_of_lineage, calls_of_queues
from argosy.client.archiving import archive
from argosy.client.getting import Wanted, get
from argosy.client.progress import Told, unheard
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core import ids
from argosy.core.alteration import Alteration
from argosy.core.goal import read_aim
from argosy.core.job import Closed, Draft, Progress, fate
from argosy.core.outputs import MOST_FILES, FileEntry, Results
from argosy.core.views import JobView

if TYPE_CHECKING:
    from argosy.core.family import Family
    from argosy.core.remedies import Diagnosed

_TEXT_BYTES = 1 << 20
_EAGER_S = 0.02
_CALM_S = 1.0


@dataclass(frozen=True)
class Job:
    """A handle on one job; every property and method asks the server, so two reads may differ."""

    road: Road
    id: str

    def __repr__(self) -> str:
        return f"<argosy.Job {ids.short(self.id)}>"

    @property
    def view(self) -> JobView:
        """Everything that is known of it."""
        return self.road.send(calls.job(self.id))

    @property
    def name(self) -> str:
        """What it is called."""
        return self.view.job.spec.name

    @property
    def fate(self) -> str:
        """One word: succeeded, failed, cancelled or lost once it is over, else its state."""
        return fate(self.view.latest.state)

    @property
    def progress(self) -> Progress | None:
        """How far its program is, if it tells."""
        return self.view.latest.progress

    def wait(self, timeout_s: float | None = None, *, told: Callable[[JobView], None] | None = None) -> str:
        """Block until the job is over and return its fate; ``told`` hears of every look.

        Raises TimeoutError when it is not over in time, which changes nothing for the job; ValueError for a draft,
        which will not run before it is released.
        """
        give_up = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = _EAGER_S
        while True:
            view = self.view
            state = view.latest.state
            if told:
                told(view)
            if isinstance(state, Closed):
                return fate(state)
            if isinstance(state, Draft):
                raise ValueError(f"job {ids.short(self.id)} is a draft: release it first")
            if give_up is not None and time.monotonic() >= give_up:
                raise TimeoutError(f"job {ids.short(self.id)} is still {fate(state)} after {timeout_s:g} s")
            time.sleep(pause_s if give_up is None else max(min(pause_s, give_up - time.monotonic()), 0.0))
            pause_s = min(pause_s * 1.3, _CALM_S)

    def results(self, *, attempt: int | None = None) -> Results:
        """Its numbers, series and tables, with units; empty when it has none."""
        return self.road.send(calls.results(self.id, attempt)).results

    def logs(self, stream: str = "stdout", *, attempt: int | None = None) -> str:
        """What its program has written so far to ``stdout`` or ``stderr``.

        When the job is over and its target cannot be asked: what was kept, which is the ends of long ones.
        """
        pieces: list[str] = []
        start, kept = 0, None
        while True:
            chunk = self.road.send(calls.text(self.id, stream, start=start, limit=_TEXT_BYTES, attempt=attempt))
            if start and chunk.kept != kept:  # the target was lost, or is back: the places are not the same in both
                pieces, start = [], 0
                continue
            kept = chunk.kept
            pieces.append(chunk.text)
            if chunk.over or chunk.next == start:
                return "".join(pieces)
            start = chunk.next

    def files(self, *, attempt: int | None = None) -> tuple[FileEntry, ...]:
        """The files in its work directory."""
        return self.road.send(calls.files(self.id, attempt, limit=MOST_FILES)).files

    def get(
        self,
        into: "str | os.PathLike[str]" = ".",
        *patterns: str,
        overwrite: bool = False,
        told: Told = unheard,
    ) -> tuple[Path, ...]:
        """Bring files of its work directory into a local directory; returns where they lie.

        ``patterns`` are like ``*.csv`` or ``traj/*``; without any, all files come. Each file appears whole or not at
        all. Raises Conflict, before anything is brought, when a file is there already with other content and
        ``overwrite`` is False.
        """
        return get(self.road, Wanted(self.id, patterns), Path(into), overwrite=overwrite, told=told).paths

    def archive(
        self, file: "str | os.PathLike[str]", *patterns: str, inputs: bool = False, overwrite: bool = False
    ) -> Path:
        """Bring files of its work directory, or its inputs, as one archive; returns where it lies.

        The name says which form it has: ``.tar``, ``.tar.gz``, ``.tgz`` or ``.zip``.
        """
        place = Path(file)
        archive(self.road, Wanted(self.id, patterns), place, inputs=inputs, overwrite=overwrite)
        return place

    def cancel(self, *, now: bool = False) -> None:
        """Wish it cancelled. It is over soon after; ``wait`` tells when.

        With ``now`` its program is killed at once, also when it was told to stop before and takes its time.
        """
        self.road.send(calls.cancel(self.id, now=now))

    def retry(self) -> None:
        """Give it another attempt; raises Conflict while it is open."""
        self.road.send(calls.retry(self.id))

    def restart(self, **otherwise: Any) -> "Job":
        """Go on from what it left, as a new job. ``otherwise`` are fields of ``Onward``: values, resources, slurm, ...

        With ``template`` the new job is the next stage, which waits for this one if that is not over. Raises Conflict
        while it is open, and when it left nothing to go on from.
        """
        from argosy.core.onward import Onward

        view = self.road.send(calls_of_lineage.restart(self.id, checked(Onward, otherwise)))
        return Job(self.road, view.job.id)

    def edit(self, **otherwise: Any) -> "Job":
        """Send it again with these changes, as a new job. ``otherwise`` are fields of ``Onward``, but for the template.

        No file is sent again. Raises Conflict while it is open, BadInput for what will not do or changes nothing.
        """
        from argosy.core.onward import Onward

        view = self.road.send(calls_of_lineage.edit(self.id, checked(Onward, otherwise)))
        return Job(self.road, view.job.id)

    def extend(self, to: str) -> None:
        """Have it gone on from by itself, until it has come so far: ``300ns`` or ``2000000 steps``.

        Raises Conflict for a job that cannot be made longer.
        """
        self.road.send(calls_of_lineage.extend(self.id, read_aim(to)))

    @property
    def family(self) -> "Family":
        """All jobs that go on from each other, of which this is one."""
        return self.road.send(calls_of_lineage.family(self.id))

    @property
    def diagnosis(self) -> "Diagnosed":
        """Why it ended as it did, and what helps; raises Conflict while it is open."""
        return self.road.send(calls_of_lineage.diagnosis(self.id))

    def fix(self) -> "Job":
        """Do what the diagnosis proposes; returns this job when it is tried again, else the new one.

        Raises Conflict when nothing is known that helps.
        """
        return Job(self.road, self.road.send(calls_of_lineage.fix(self.id)).job.id)

    def release(self) -> None:
        """Let a draft go, or a job that is held at its scheduler; raises Conflict for any other job."""
        self.road.send(calls.release(self.id))

    def hold(self) -> None:
        """Keep it from starting until it is released; raises Conflict unless it waits at its scheduler."""
        self.road.send(calls_of_queues.hold(self.id))

    def alter(self, **wishes: Any) -> None:
        """Have it ask for something else while it waits at its scheduler.

        ``wishes`` are the fields of ``Alteration``: walltime_s, memory_mib, nice, account, partition, qos, constraint,
        reservation, begin. Raises Conflict when it does not wait there, BadInput for what the scheduler refuses.
        """
        self.road.send(calls_of_queues.alter(self.id, checked(Alteration, wishes)))

    def _repr_html_(self) -> str:
        return _card(self.view)


def ids_of(jobs: Iterable[Any]) -> tuple[str, ...]:
    """The ids of jobs that are given as handles or ids."""
    return tuple(job.id if isinstance(job, Job) else str(job) for job in jobs)


def _card(view: JobView) -> str:
    from html import escape

    spec = view.job.spec
    words = f"{ids.short(view.job.id)} · {fate(view.latest.state)} · {spec.engine} · {view.latest.target}"
    return f"<div><strong>{escape(spec.name)}</strong><br>{escape(words)}</div>"
