"""Who runs jobs on the far machine: Argosy, AiiDA and dpdispatcher, each job with a file of input and one of output."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tests.bench.far import HOST, Yard
from tests.bench.peer import Aiida, Peer
from tests.bench.setting import Setting, serving
from tests.server.running import Place

LOOK_EVERY_S = 0.05
OPEN = ("waiting", "queued", "staged", "submitted", "running", "ended")


@contextmanager
def driving(setting: Setting, target: Mapping[str, Any]) -> Iterator[tuple[Place, httpx.Client]]:
    """A fresh server of Argosy that knows the target, and has not logged in there yet."""
    place = Place(setting.fresh())
    with serving(place), place.client() as client:
        client.put(f"/v1/targets/{target['name']}", json=target).raise_for_status()
        yield place, client


def run(client: httpx.Client, target: str, asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Have these jobs run; returns their ids once all outcomes are recorded. All must have succeeded."""
    submissions = [{"target": target, **one} for one in asked]
    made = [view["job"]["id"] for view in client.post("/v1/jobs", json=submissions).raise_for_status().json()]
    while client.get("/v1/jobs", params={"fate": OPEN, "limit": 1}).raise_for_status().json()["jobs"]:
        time.sleep(LOOK_EVERY_S)
    last = client.get("/v1/jobs", params={"limit": len(made)}).raise_for_status().json()["jobs"]
    assert [job["fate"] for job in last] == ["succeeded"] * len(made)
    return made


def copies_s(client: httpx.Client, place: Place, jobs: int) -> float:
    """How long it takes until so many jobs have copied their input and all copies are at home and as they must be."""
    asked = [
        {
            "argv": ["sh", "-c", "cat in.txt > out.txt"],
            "rendered": [{"name": "in.txt", "text": f"{number}\n"}],
            "outputs": ["out.txt"],
        }
        for number in range(jobs)
    ]
    began = time.perf_counter()
    made = run(client, HOST, asked)
    took_s = time.perf_counter() - began
    results = [(place.top / "home" / job / "attempt-1/work/out.txt").read_text() for job in made]
    assert results == [f"{number}\n" for number in range(jobs)]
    return took_s


def aiida_s(setting: Setting, far: Yard, jobs: int, scheduler: str) -> float:
    """The same with AiiDA, whose jobs add two numbers; ``scheduler`` is one of its plug-ins."""
    aiida = Aiida.made(setting.fresh(), home=far.laptop.home)
    with aiida.daemon():
        return _took_s(jobs, aiida.ask("aiida_ssh_jobs.py", scheduler, HOST, str(far.fresh()), str(jobs)))


def dpdispatcher_s(setting: Setting, far: Yard, jobs: int, batch: str) -> float:
    """The same with dpdispatcher; ``batch`` is its word for a scheduler."""
    server, here = far.sshd, setting.fresh()
    dpdispatcher = Peer("dpdispatcher", {"HOME": str(here)})
    return _took_s(
        jobs,
        dpdispatcher.ask(
            "dpdispatcher_jobs.py",
            *(batch, str(here), str(jobs)),
            *(str(server.port), server.person.name, str(far.laptop.key), str(far.fresh())),
            there=here,
        ),
    )


def counted(act: Callable[[], float], count: Callable[[], int], counts: list[float]) -> float:
    """What ``act`` returns; how much more ``count`` says after it is added to ``counts``."""
    before = count()
    took_s = act()
    counts.append(count() - before)
    return took_s


def _took_s(jobs: int, said: Mapping[str, float]) -> float:
    assert said["completed"] == jobs, said
    return said["took_s"]
