"""Fills a database with jobs as a busy group has them after some years: campaigns, engines, failures, results.

Usage: python -m tests.bench.fill sqlite:////tmp/many.db 100000
"""

import asyncio
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from argosy.contracts import Entry, Store
from argosy.core import ids
from argosy.core.job import (
    Attempt,
    Cancelled,
    Cause,
    Closed,
    Evidence,
    Failed,
    Job,
    Lost,
    Outcome,
    Queued,
    Succeeded,
    Witness,
)
from argosy.core.resources import Resources
from argosy.core.spec import Content, InputFile, JobSpec, RenderedFile, TemplateRef
from argosy.service.station import state_entry
from argosy.store import open_store

AT_ONCE = 2_000
SYSTEMS = (
    *("water-box", "lysozyme", "1AKE", "NaCl", "graphene", "MgO-surface", "POPC_membrane", "ubiquitin", "ice-Ih"),
    "\N{GREEK SMALL LETTER ALPHA}-quartz",
)
STAGES = ("minimise", "nvt", "npt", "production", "relax", "scf", "bands", "phonons")
ENGINES = {"openmm": 40, "command": 25, "namd": 12, "gromacs": 10, "crystal": 8, "lammps": 5}
TARGETS = {"local": 30, "workstation": 15, "hpc-cluster": 45, "gpu-box": 10}
TEMPERATURES_K = (273, 280, 290, 300, 310, 320, 350)
LAST_MOMENT = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Scale:
    """How many jobs, over how many days up to the last moment, and how many of the newest are still queued."""

    jobs: int
    days: int = 1_000
    queued: int = 0


def finished_jobs(scale: Scale, *, seed: int = 1) -> Iterator[tuple[Job, Attempt]]:
    """Jobs oldest first, each with its one attempt. The same seed gives the same jobs."""
    chance = random.Random(seed)
    step = timedelta(days=scale.days) / scale.jobs
    created = LAST_MOMENT - timedelta(days=scale.days)
    campaign = 0
    for number in range(scale.jobs):
        if chance.random() < 0.004:
            campaign += 1
        created += step * chance.uniform(0.2, 1.8)
        job = _job(chance, created, number, campaign)
        open_still = number >= scale.jobs - scale.queued
        yield job, _queued(job) if open_still else _closed(chance, job)


async def fill(store: Store, scale: Scale, *, seed: int = 1) -> None:
    """Take these jobs in, with the events that tell of their ends."""
    jobs = finished_jobs(scale, seed=seed)
    while some := list(islice(jobs, AT_ONCE)):
        await store.accept(some, [entry for job, attempt in some for entry in _entries(job, attempt)])


def _job(chance: random.Random, created: datetime, number: int, campaign: int) -> Job:
    system, stage = chance.choice(SYSTEMS), chance.choice(STAGES)
    engine = chance.choices(list(ENGINES), list(ENGINES.values()))[0]
    temperature_k = chance.choice(TEMPERATURES_K)
    identity = ids.job_id(created, chance.getrandbits(ids.ENTROPY_BITS))
    spec = JobSpec(
        name=f"{system} {stage} {temperature_k}K run{number % 997}",
        engine=engine,
        target=chance.choices(list(TARGETS), list(TARGETS.values()))[0],
        argv=("python3", "run.py", "--seed", str(chance.randrange(1 << 30))),
        resources=Resources(cpus=chance.choice((1, 4, 8, 16)), memory_mib=4096, walltime_s=14_400),
        rendered=(RenderedFile(name="settings.json", text=f'{{"temperature_k": {temperature_k}}}\n' * 10),),
        inputs=(InputFile(name="input.pdb", source=Content(sha256=f"{chance.getrandbits(256):064x}", size=120_345)),),
        outputs=("*.csv", "*.dcd", "final.chk"),
        labels={"campaign": f"c{campaign}", "system": system.lower(), "stage": stage},
        template=TemplateRef(name=f"{engine}/{stage}", version="1.2.0", digest=f"{campaign:064x}"),
    )
    return Job(id=identity, spec=spec, owner="marie", created=created, root=identity)


def _queued(job: Job) -> Attempt:
    evidence = Evidence(witness=Witness.USER, words="submitted", at=job.created)
    return Attempt(job=job.id, number=1, target=job.spec.target, state=Queued(evidence=evidence), due=job.created)


def _closed(chance: random.Random, job: Job) -> Attempt:
    at = job.created + timedelta(seconds=chance.expovariate(1 / 3_000))
    evidence = Evidence(witness=Witness.ENGINE, words="exit code 0, outputs complete", at=at)
    directory = f"/scratch/marie/argosy/jobs/{job.id}/attempt-1"
    state = Closed(directory=directory, outcome=_outcome(chance), evidence=evidence)
    return Attempt(job=job.id, number=1, target=job.spec.target, state=state, version=5, due=at)


def _outcome(chance: random.Random) -> Outcome:
    luck = chance.random()
    if luck < 0.90:
        return Succeeded()
    if luck < 0.96:
        explanation = "The simulation became unstable: a coordinate is not a number."
        advice = "Use a smaller time step, or minimise for longer."
        return Failed(cause=Cause.EXIT_CODE, explanation=explanation, advice=advice, signature="openmm.nan")
    if luck < 0.995:
        return Cancelled(by="marie", explanation="No longer needed.")
    return Lost(explanation="The machine was restarted while the job ran.")


def _entries(job: Job, attempt: Attempt) -> list[Entry]:
    accepted = Entry(kind="accepted", job=job.id, attempt=1, target=attempt.target, words="accepted")
    return [accepted, state_entry(attempt)]


async def _main(url: str, count: int) -> None:
    store = await open_store(url)
    try:
        await fill(store, Scale(jobs=count))
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
