"""What it costs to watch jobs that run."""

import time
from collections.abc import Callable
from functools import partial

import httpx

from tests.bench.figures import Figure, Row
from tests.bench.machine import processor_s
from tests.bench.setting import Setting, serving

LIVE = 4
WINDOWS, WINDOW_S = 3, 5
LATER_S = 40
"""A job of this age is looked at as seldom as any."""


def measure(setting: Setting) -> tuple[Row, ...]:
    place, window_s = setting.place("rounds"), setting.times(WINDOW_S)
    with serving(place) as pid, place.client() as client:
        share = partial(_shares, partial(processor_s, [pid]), window_s)
        _make_room(client)
        time.sleep(setting.times(6))
        idle = share()
        jobs = _sleepers(client, 3600)
        young = share()
        time.sleep(max(0, setting.times(LATER_S) - WINDOWS * window_s))
        old = share()
        for job in jobs:
            client.post(f"/v1/jobs/{job}/cancel").raise_for_status()
        _until_open(client, lambda states: not states)
    row = Row(
        name="rounds",
        title="Watching jobs that run",
        how="Share of one core that the server of Argosy computes, with nothing to watch and with four running jobs. "
        "It looks at them after every twentieth of the age of the youngest: often in their first "
        f"{WINDOWS * WINDOW_S} s, every 2 s from {LATER_S} s on.",
        unit="%",
        figures=(
            Figure(name="nothing runs", values=idle, ours=True),
            Figure(name=f"{LIVE} jobs, just started", values=young, ours=True),
            Figure(name=f"{LIVE} jobs, running for {LATER_S} s", values=old, ours=True),
        ),
    )
    return (row,)


def _shares(spent_s: Callable[[], float], window_s: float) -> tuple[float, ...]:
    shares: list[float] = []
    for _ in range(WINDOWS):
        before = spent_s()
        time.sleep(window_s)
        shares.append((spent_s() - before) / window_s * 100)
    return tuple(shares)


def _make_room(client: httpx.Client) -> None:
    target = client.get("/v1/targets/local").raise_for_status().json()["profile"]
    limits = {"running": LIVE, "cpus": LIVE}
    client.put("/v1/targets/local", json={**target, "limits": limits}).raise_for_status()


def _sleepers(client: httpx.Client, seconds: int) -> list[str]:
    asked = [{"argv": ["sleep", str(seconds)]}] * LIVE
    views = client.post("/v1/jobs", json=asked).raise_for_status().json()
    _until_open(client, lambda states: states == ["running"] * LIVE)
    return [view["job"]["id"] for view in views]


def _until_open(client: httpx.Client, wanted: Callable[[list[str]], bool]) -> None:
    """Wait until the states of all open jobs are as wanted."""
    while True:
        page = client.get("/v1/jobs", params={"limit": LIVE}).raise_for_status().json()["jobs"]
        if wanted([job["fate"] for job in page if job["fate"] != "cancelled"]):
            return
        time.sleep(0.05)
