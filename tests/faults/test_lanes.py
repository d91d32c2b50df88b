"""Short jobs follow each other in lanes; what happens when the lane, the server, or a job in it does not go on."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults.running import Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

JOBS = 60


def _short(server: Running, name: str) -> dict[str, object]:
    return dict(witness(server.top, name, ("sleep", "0.02")))


def _limit(server: Running, running: int) -> None:
    target = server.ask("GET", "/targets/local")["profile"]
    server.ask("PUT", "/targets/local", json={**target, "limits": {"running": running}})


def _lanes(server: Running) -> list[int]:
    """The shells of lanes at this home."""
    mine = os.fsencode(server.top)
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"for directory do" in words and b"launch_lane" not in words and mine in words:
            found.append(int(process.name))
    return found


def test_a_lane_that_is_killed_again_and_again_neither_loses_nor_doubles_a_job(server: Running) -> None:
    server.start()
    _limit(server, 1)
    server.submit(*(_short(server, f"job{n}") for n in range(JOBS)))
    for _ in range(2):
        for pid in until(lambda: _lanes(server), "a lane begins"):
            os.kill(pid, signal.SIGKILL)
    rows = server.all_closed(within_s=120)
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [row["name"] for row in rows if runs(server.top, row["name"]) != 1] == []


def test_a_lane_goes_on_without_the_server_and_its_jobs_are_judged_afterwards(server: Running) -> None:
    server.start()
    _limit(server, 1)
    server.submit(*(_short(server, f"job{n}") for n in range(JOBS)))
    until(lambda: _lanes(server), "a lane begins")
    server.kill()
    until(lambda: not _lanes(server), "the lane ends by itself")
    server.start()
    rows = server.all_closed(within_s=120)
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [row["name"] for row in rows if runs(server.top, row["name"]) != 1] == []


def test_who_stands_behind_a_long_job_is_started_elsewhere_when_there_is_room(server: Running) -> None:
    server.start()
    _limit(server, 1)
    short = [_short(server, f"job{n}") for n in range(JOBS)]
    long = dict(witness(server.top, "long", ("sleep", "300")))
    server.submit(*short[:20], long, *short[20:])
    until(lambda: runs(server.top, "long") == 1, "the long job begins")
    _limit(server, 2)
    until(lambda: all(runs(server.top, f"job{n}") == 1 for n in range(JOBS)), "the short ones pass the long one")
    (behind,) = [row["id"] for row in server.jobs() if row["name"] == "long"]
    server.ask("POST", f"/jobs/{behind}/cancel")
    rows = server.all_closed(within_s=120)
    assert {row["fate"] for row in rows if row["name"] != "long"} == {"succeeded"}
    assert [row["name"] for row in rows if runs(server.top, row["name"]) != 1] == []
