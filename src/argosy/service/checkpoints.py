"""Restart files that nobody has to go back to: looked for on a target, and removed there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from argosy.contracts import Checkpoints, Engine, Glance, Transport
from argosy.core import layout
from argosy.core.cleaning import Lying, Scene, Stale, stale_checkpoint
from argosy.core.command import Command
from argosy.core.family import past
from argosy.core.job import Job
from argosy.core.names import unspell
from argosy.core.outputs import FileEntry
from argosy.service.families import Families

TOGETHER = 100
"""So many directories are listed, and files removed, by one command."""

_DROP = """\
cd -- "$1" && grep -qF -- "$2" "$3" || { printf '%s\\n' "it is not marked as the directory of this job" >&2; exit 1; }
shift 3 && rm -f -- "$@"
"""


@dataclass(frozen=True)
class OldCheckpoints:
    """What engines know of the files of jobs, and what is known of those that go on from them."""

    families: Families
    engines: Mapping[str, Engine]

    async def among(self, transport: Transport, scene: Scene, some: Sequence[Lying]) -> list[Stale]:
        """The restart files of those jobs that came to their end, or that one which goes on from them has."""
        found: list[Stale] = []
        jobs = [(one, await self.families.store.job(one.job)) for one in await self._past(some)]
        known = [(lying, job) for lying, job in jobs if isinstance(self.engines.get(job.spec.engine), Checkpoints)]
        asked = [(lying.job, number, job) for lying, job in known for number in sorted(lying.attempts)]
        for first in range(0, len(asked), TOGETHER):
            batch = asked[first : first + TOGETHER]
            directories = [f"{layout.job_directory(scene.kept.root, job)}/attempt-{number}" for job, number, _ in batch]
            seen = await transport.glance([Glance(directory=one, below=layout.WORK) for one in directories])
            for (id_, number, job), glanced in zip(batch, seen, strict=True):
                found += [stale_checkpoint(scene, id_, number, file) for file in self._saved(job, glanced.files)]
        return found

    async def drop(self, transport: Transport, top: str, job: str, some: Sequence[Stale]) -> str:
        """Remove files below the job's directory if it is marked as that; empty, or why they stay."""
        start = len(top) + 1
        holds = f'"id": "{job}"'
        for first in range(0, len(some), TOGETHER):
            names = [unspell(one.path[start:]) for one in some[first : first + TOGETHER]]
            argv = ("sh", "-c", _DROP, "argosy", unspell(top), holds, layout.RECORD, *names)
            answer = await transport.run(Command(argv=argv, timeout_s=60))
            if answer.code != 0:
                return answer.complaint or "they cannot be removed"
        return ""

    async def _past(self, some: Sequence[Lying]) -> list[Lying]:
        """Those that nobody has to go back to; a family is looked at once."""
        looked: set[str] = set()
        passed: set[str] = set()
        for lying in some:
            if lying.job not in looked:
                family = await self.families.family(lying.job)
                looked |= {lying.job, *(member.id for member in family.members)}
                passed |= past(family)
        return [lying for lying in some if lying.job in passed]

    def _saved(self, job: Job, files: Sequence[FileEntry]) -> Sequence[FileEntry]:
        """What it wrote on its way, and neither started with nor only points to."""
        engine = self.engines[job.spec.engine]
        given = {file.name for file in job.spec.inputs}
        own = [file for file in files if file.path not in given and not file.link]
        return engine.checkpoints(job.spec, own) if isinstance(engine, Checkpoints) else ()
