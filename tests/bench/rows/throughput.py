"""How fast many short jobs get done."""

import time
from functools import partial
from itertools import count

import httpx

from tests.bench.figures import Aim, Figure, Row
from tests.bench.setting import Setting, serving
from tests.bench.turns import in_turns

JOBS = 500
TIMES = 7
LOOK_EVERY_S = 0.1
OPEN = ("waiting", "queued", "staged", "submitted", "running", "ended")

PSIJ = "PSI/J local, a thread for each job, no limit"


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs, slots = setting.times(JOBS), str(setting.slots)
    place = setting.place("throughput")
    numbers = count()

    def hyperqueue() -> float:
        directory = setting.directory / f"hyperqueue-{next(numbers)}"
        return _rate(jobs, setting.hyperqueue.ask("hyperqueue_jobs.py", str(jobs), slots, str(directory)))

    ours = (f"Argosy, {slots} at a time", "Argosy, no limit")
    with serving(place), place.client() as client:
        run(client, 10)  # warm
        measures = {
            ours[0]: partial(run, client, jobs, at_once=setting.slots),
            ours[1]: partial(run, client, jobs),
            f"PSI/J local, {slots} at a time": lambda: _rate(jobs, setting.psij.ask("psij_jobs.py", str(jobs), slots)),
            PSIJ: lambda: _rate(jobs, setting.psij.ask("psij_jobs.py", str(jobs), "0")),
            f"HyperQueue, {slots} resident workers": hyperqueue,
        }
        taken = in_turns(measures, setting.times(TIMES))
    row = Row(
        name="throughput",
        title=f"{jobs} jobs of /bin/true",
        how=f"From the first request to all outcomes recorded, with {slots} slots where there is a limit: Argosy's "
        "default is as many as there are processors; HyperQueue has one worker with as many cores. Argosy takes all "
        "jobs in one request, writes every step to disk before it acts, and keeps a directory, a script and both "
        "outputs of each job. PSI/J records nothing: its jobs are over when its process knows it. HyperQueue takes all "
        "in one call too, runs without its journal, and keeps both outputs of each task.",
        unit="jobs/s",
        better="more",
        figures=tuple(_figure(name, values, ours) for name, values in taken.items()),
    )
    return (row,)


def run(client: httpx.Client, jobs: int, *, at_once: int | None = None) -> float:
    """Run this many jobs, with a limit of jobs at once or without one; returns how many got done in a second."""
    target = client.get("/v1/targets/local").raise_for_status().json()["profile"]
    limits = {"running": at_once, "cpus": at_once}
    client.put("/v1/targets/local", json={**target, "limits": limits}).raise_for_status()
    began = time.perf_counter()
    client.post("/v1/jobs", json=[{"argv": ["/bin/true"]}] * jobs).raise_for_status()
    while client.get("/v1/jobs", params={"fate": OPEN, "limit": 1}).raise_for_status().json()["jobs"]:
        time.sleep(LOOK_EVERY_S)
    took_s = time.perf_counter() - began
    last = client.get("/v1/jobs", params={"limit": min(jobs, 1000)}).raise_for_status().json()["jobs"]
    assert [job["fate"] for job in last] == ["succeeded"] * jobs
    return jobs / took_s


def _rate(jobs: int, said: dict[str, float]) -> float:
    assert said["completed"] == jobs, said
    return jobs / said["took_s"]


def _figure(name: str, values: tuple[float, ...], ours: tuple[str, ...]) -> Figure:
    aim = Aim(at_least=1.0, times=PSIJ) if name == ours[0] else None
    return Figure(name=name, values=values, ours=name in ours, beside=PSIJ if name != PSIJ else "", aim=aim)
