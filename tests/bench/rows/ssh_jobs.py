"""What jobs on a machine without a scheduler cost that is reached by SSH."""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from statistics import median

import httpx

from tests.bench.far import COUNTED, HOST, Yard, yard
from tests.bench.figures import Aim, Figure, Row, beside
from tests.bench.runners import aiida_s, copies_s, counted, dpdispatcher_s, driving, run
from tests.bench.setting import Setting
from tests.bench.turns import in_turns
from tests.server.running import Place

JOBS, SHARED_MIB = 100, 200
TIMES = 3
ARGOSY, AIIDA, DPDISPATCHER = "Argosy", "AiiDA, core.ssh_async and core.direct", "dpdispatcher, SSHContext and Shell"
INPUT = "the input alone"


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs = setting.times(JOBS)
    with yard(setting) as far:
        logins: dict[str, list[float]] = {}
        commands: list[float] = []
        measures = {
            ARGOSY: partial(_argosy_s, setting, far, jobs, commands),
            AIIDA: partial(aiida_s, setting, far, jobs, "core.direct"),
            DPDISPATCHER: partial(dpdispatcher_s, setting, far, jobs, "Shell"),
        }
        noting = {
            name: partial(counted, act, far.sshd.logins, logins.setdefault(name, [])) for name, act in measures.items()
        }
        taken = in_turns(noting, setting.times(TIMES))
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
        run(client, COUNTED, [asked] * jobs)
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


def _argosy_s(setting: Setting, far: Yard, jobs: int, commands: list[float]) -> float:
    with _driving(setting, far, HOST) as (place, client):
        took_s = copies_s(client, place, jobs)
        hours = client.get(f"/v1/targets/{HOST}/usage").raise_for_status().json()["hours"]
        commands.append(sum(hour["commands"] for hour in hours))
    return took_s


def _driving(setting: Setting, far: Yard, host: str) -> AbstractContextManager[tuple[Place, httpx.Client]]:
    return driving(setting, far.target(far.fresh(), host=host).model_dump(mode="json"))
