"""A power cut takes back what did not wait for the disk: no job is lost by that, none is run twice."""

import contextlib

import pytest

from argosy.service.marks import Mark
from tests.faults.forgetful_server import bring_back
from tests.faults.running import Gone, Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

AFTER_THE_INTENT = [mark for mark in Mark if mark.partition(".")[0] in {"launch", "watch", "collect"}]


@pytest.mark.parametrize("mark", AFTER_THE_INTENT, ids=str)
def test_writes_that_a_power_cut_takes_back_neither_lose_nor_double_a_job(server: Running, mark: Mark) -> None:
    server.start("tests.faults.forgetful_server", str(server.top), mark)
    with contextlib.suppress(Gone):
        server.submit(witness(server.top, "good"), witness(server.top, "bad", ["sh", "-c", "exit 3"]))
    until(server.died, f"the server passes the mark {mark}")
    bring_back(server.top)
    server.start()
    rows = {row["name"]: row["fate"] for row in server.all_closed()}
    assert rows == {"good": "succeeded", "bad": "failed"}
    assert (runs(server.top, "good"), runs(server.top, "bad")) == (1, 1)


def test_a_whole_walk_that_a_power_cut_takes_back_is_found_again(server: Running) -> None:
    server.start("tests.faults.forgetful_server", str(server.top), Mark.ABANDON_RECORDED)
    server.submit(witness(server.top, "good"))
    before = server.all_closed()
    server.kill()
    bring_back(server.top)
    server.begin("tests.faults.dying_server", str(server.top), Mark.WATCH_BEGUN)
    until(server.died, "the job that had ended is open again, so that it is looked at")
    server.start()
    (row,) = server.all_closed()
    assert (row["id"], row["fate"]) == (before[0]["id"], "succeeded")
    assert runs(server.top, "good") == 1
