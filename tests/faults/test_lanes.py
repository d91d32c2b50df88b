"""Short jobs follow each other in lanes; what happens when the lane, the server, or a job in it does not go on."""

import contextlib
import os
import signal

import pytest

from tests.faults.lane_stopping_server import lanes
from tests.faults.running import Gone, Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

JOBS = 60


def _short(server: Running, name: str) -> dict[str, object]:
    return dict(witness(server.top, name, ("sleep", "0.02")))


def _limit(server: Running, running: int) -> None:
    target = server.ask("GET", "/targets/local")["profile"]
    server.ask("PUT", "/targets/local", json={**target, "limits": {"running": running}})


def test_a_lane_that_is_killed_again_and_again_neither_loses_nor_doubles_a_job(server: Running) -> None:
    server.start()
    _limit(server, 1)
    server.submit(*(_short(server, f"job{n}") for n in range(JOBS)))
    for _ in range(2):
        for pid in until(lambda: lanes(server.top), "a lane begins"):
            os.kill(pid, signal.SIGKILL)
    rows = server.all_closed(within_s=120)
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [row["name"] for row in rows if runs(server.top, row["name"]) != 1] == []


def test_a_lane_goes_on_without_the_server_and_its_jobs_are_judged_afterwards(server: Running) -> None:
    server.start()
    _limit(server, 1)
    server.submit(*(_short(server, f"job{n}") for n in range(JOBS)))
    until(lambda: lanes(server.top), "a lane begins")
    server.kill()
    until(lambda: not lanes(server.top), "the lane ends by itself")
    server.start()
    rows = server.all_closed(within_s=120)
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [row["name"] for row in rows if runs(server.top, row["name"]) != 1] == []


def test_jobs_whose_lane_was_never_written_down_run_once_when_the_lane_is_gone_before_their_turn(
    server: Running,
) -> None:
    server.start()
    _limit(server, 1)
    server.stop()
    server.start("tests.faults.lane_stopping_server", str(server.top))
    with contextlib.suppress(Gone):
        server.submit(*(_short(server, f"job{n}") for n in range(2 * JOBS)))
    until(server.died, "jobs are put behind a lane, which stands still, and the server dies", within_s=120)
    standing = lanes(server.top)
    server.start()
    until(lambda: "staged" not in {row["fate"] for row in server.jobs()}, "all that was handed in is found")
    for lane in standing:
        os.kill(lane, signal.SIGKILL)
    rows = server.all_closed(within_s=180)
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
