"""What jobs on a machine without a scheduler cost that is reached by SSH."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any

import httpx

from tests.bench.far import COUNTED, HOST, Yard, yard
from tests.bench.figures import Aim, Figure, Row, beside
from tests.bench.peer import Aiida, Peer
from tests.bench.setting import Setting, serving
from tests.bench.turns import in_turns
from tests.server.running import Place

JOBS, SHARED_MIB = 100, 200
TIMES = 3
LOOK_EVERY_S = 0.05
OPEN = ("waiting", "queued", "staged", "submitted", "running", "ended")
ARGOSY, AIIDA, DPDISPATCHER = "Argosy", "AiiDA, core.ssh_async and core.direct", "dpdispatcher, SSHContext and Shell"
INPUT = "the input alone"


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs = setting.times(JOBS)
    with yard(setting) as far:
        logins: dict[str, list[float]] = {}
        commands: list[float] = []
        measures = {
            ARGOSY: partial(_argosy_s, setting, far, jobs, commands),
            AIIDA: partial(_aiida_s, setting, far, jobs),
            DPDISPATCHER: partial(_dpdispatcher_s, setting, far, jobs),
        }
        counted = {name: partial(_counted, far, act, logins.setdefault(name, [])) for name, act in measures.items()}
        taken = in_turns(counted, setting.times(TIMES))
        shared = _shared(setting, far, jobs)
    return (_times(jobs, taken), _logins(jobs, logins), _commands(jobs, commands), shared)


# --- rows ------------------------------------------------------------------------------------------------------------


def _times(jobs: int, taken: Mapping[str, tuple[float, ...]]) -> Row:
    best = min((name for name in taken if name != ARGOSY), key=lambda name: median(taken[name]))
    return Row(
        name="ssh-jobs",
        title=f"{jobs} short jobs on a machine that is reached by SSH",
        how="From the first request to the last result at home; each job has a file of input, copies it, and its copy "
        "is brought home. Nobody limits how many run at once, and the machine is this one. Argosy is as it comes, and "
        "its login is in the time: it looks every 0.5 s at most, asks for 5 things a second on average, and judges "
        "every job. AiiDA adds two numbers with bash (core.arithmetic.add) and parses the sum; one calculation has "
        "run before, it polls every second, and it waits 0 s before each connection, where it would wait 15 s. "
        "dpdispatcher polls every second, where it would poll every 30 s.",
        unit="s",
        figures=beside(best, taken, ours=ARGOSY, aim=Aim(at_most=0.2, times=best)),
    )


def _logins(jobs: int, logins: Mapping[str, list[float]]) -> Row:
    return Row(
        name="ssh-logins",
        title=f"Logins for these {jobs} jobs",
        how="Counted in the log of the server of SSH.",
        unit="logins",
        figures=tuple(
            Figure(
                name=name,
                values=tuple(values),
                ours=name == ARGOSY,
                aim=Aim(at_most=1) if name == ARGOSY else None,
            )
            for name, values in logins.items()
        ),
    )


def _commands(jobs: int, commands: list[float]) -> Row:
    return Row(
        name="ssh-asked",
        title=f"What the machine is asked for by Argosy for these {jobs} jobs",
        how="As its server counts what it asks a target for (`argosy target usage`): placing files, handing in, "
        "looking, reading, bringing home, and writing records count as one each, for however many jobs.",
        unit="times",
        figures=(Figure(name=ARGOSY, values=tuple(commands), ours=True, aim=Aim(at_most=jobs)),),
    )


def _shared(setting: Setting, far: Yard, jobs: int) -> Row:
    """One input for all jobs, and the bytes that pass on their way there."""
    data = secrets.token_bytes(setting.times(SHARED_MIB) << 20)
    before = far.proxy.moved["up"]
    with _driving(setting, far, COUNTED) as (_, client):
        content = client.put(f"/v1/content/{hashlib.sha256(data).hexdigest()}", content=data).raise_for_status().json()
        source = {"kind": "content", **content}
        asked = {"argv": ["wc", "-c", "big"], "inputs": [{"name": "big", "source": source}]}
        _run(client, COUNTED, [asked] * jobs)
    moved_mb = (far.proxy.moved["up"] - before) / 1e6
    return Row(
        name="ssh-shared",
        title=f"{jobs} jobs with the same input of {len(data) >> 20} MiB",
        how="All that passes a proxy before the server of SSH on its way there, until all outcomes are recorded.",
        unit="MB",
        figures=(
            Figure(name=ARGOSY, values=(moved_mb,), ours=True, beside=INPUT, aim=Aim(at_most=1.05, times=INPUT)),
            Figure(name=INPUT, values=(len(data) / 1e6,), floor=True),
        ),
    )


# --- who runs them ---------------------------------------------------------------------------------------------------


def _counted(far: Yard, act: Callable[[], float], logins: list[float]) -> float:
    before = far.sshd.logins()
    took_s = act()
    logins.append(far.sshd.logins() - before)
    return took_s


def _argosy_s(setting: Setting, far: Yard, jobs: int, commands: list[float]) -> float:
    with _driving(setting, far, HOST) as (place, client):
        asked = [
            {
                "argv": ["sh", "-c", "cat in.txt > out.txt"],
                "rendered": [{"name": "in.txt", "text": f"{number}\n"}],
                "outputs": ["out.txt"],
            }
            for number in range(jobs)
        ]
        began = time.perf_counter()
        made = _run(client, HOST, asked)
        took_s = time.perf_counter() - began
        hours = client.get(f"/v1/targets/{HOST}/usage").raise_for_status().json()["hours"]
        commands.append(sum(hour["commands"] for hour in hours))
        results = [(place.top / "home" / job / "attempt-1/work/out.txt").read_text() for job in made]
        assert results == [f"{number}\n" for number in range(jobs)]
    return took_s


def _aiida_s(setting: Setting, far: Yard, jobs: int) -> float:
    aiida = Aiida.made(setting.fresh(), home=far.laptop.home)
    with aiida.daemon():
        return _took_s(jobs, aiida.ask("aiida_ssh_jobs.py", "core.direct", HOST, str(far.fresh()), str(jobs)))


def _dpdispatcher_s(setting: Setting, far: Yard, jobs: int) -> float:
    server, here = far.sshd, setting.fresh()
    dpdispatcher = Peer("dpdispatcher", {"HOME": str(here)})
    return _took_s(
        jobs,
        dpdispatcher.ask(
            "dpdispatcher_jobs.py",
            *("Shell", str(here), str(jobs)),
            *(str(server.port), server.person.name, str(far.laptop.key), str(far.fresh())),
            there=here,
        ),
    )


def _took_s(jobs: int, said: dict[str, float]) -> float:
    assert said["completed"] == jobs, said
    return said["took_s"]


@contextmanager
def _driving(setting: Setting, far: Yard, host: str) -> Iterator[tuple[Place, httpx.Client]]:
    """A fresh server of Argosy that has the machine as a target, and has not logged in there yet."""
    place = Place(setting.fresh())
    with serving(place), place.client() as client:
        target = far.target(far.fresh(), host=host).model_dump(mode="json")
        client.put(f"/v1/targets/{host}", json=target).raise_for_status()
        yield place, client


def _run(client: httpx.Client, target: str, asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Have these jobs run; returns their ids once all outcomes are recorded. All must have succeeded."""
    submissions = [{"target": target, **one} for one in asked]
    made = [view["job"]["id"] for view in client.post("/v1/jobs", json=submissions).raise_for_status().json()]
    while client.get("/v1/jobs", params={"fate": OPEN, "limit": 1}).raise_for_status().json()["jobs"]:
        time.sleep(LOOK_EVERY_S)
    last = client.get("/v1/jobs", params={"limit": len(made)}).raise_for_status().json()["jobs"]
    assert [job["fate"] for job in last] == ["succeeded"] * len(made)
    return made
