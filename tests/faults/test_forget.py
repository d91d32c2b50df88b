"""The list is cleared here alone: nothing is touched, and a sync brings every job back as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.running import Running, runs, until, witness
from tests.faults.test_mirror import pictured
from tests.faults.test_sync import closed, from_job, rows, same, shell, synced, views

pytestmark = [pytest.mark.faults, pytest.mark.infra]


def test_all_jobs_leave_the_list_and_come_back_with_all_that_was_known_of_them(server: Running) -> None:
    server.start()
    first, second = server.submit(
        shell("echo 1 > a.csv", "witness good", outputs=["*.csv"]), shell("exit 3", "failing", retries=0)
    )
    (child,) = server.submit(shell("cat a.csv", "child") | {"inputs": [from_job(first, "a.csv")], "after": [first]})
    for job in (first, second, child):
        closed(server, job)
    server.ask("POST", f"/jobs/{second}/retry")
    until(lambda: len(server.ask("GET", f"/jobs/{second}")["attempts"]) == 2, "it is tried again")
    closed(server, second)
    before = views(server), rows(server)
    lying = pictured(server.top / "local"), pictured(server.top / "home")
    done = server.argosy("forget", "--all", "--yes")
    assert done.returncode == 0, done.stderr
    assert b"argosy target sync local" in done.stdout
    assert server.jobs() == []
    assert (pictured(server.top / "local"), pictured(server.top / "home")) == lying
    assert sorted(synced(server)["taken"]) == sorted([first, second, child])
    after = views(server), rows(server)
    same(after[0], before[0])
    same(after[1], before[1])


def test_jobs_that_run_go_on_and_start_no_second_time(server: Running) -> None:
    server.start()
    go = server.top / "go"
    waits = f"while ! [ -e {go} ]; do sleep 0.05; done"
    seen, unseen = server.submit(
        witness(server.top, "seen", ["sh", "-c", waits]),
        witness(server.top, "unseen", ["sh", "-c", f"{waits}; exit 3"]),
    )
    until(lambda: server.fate(seen) == server.fate(unseen) == "running", "both run")
    before = server.attempt(seen)["state"]
    directory = Path(server.attempt(unseen)["state"]["directory"])
    done = server.ask("POST", "/jobs/forget", json={"jobs": [seen, unseen]})
    assert ({one["job"] for one in done["leaving"]}, done["staying"]) == ({seen, unseen}, [])
    assert server.jobs() == []
    go.touch()
    until((directory / "exit").exists, "it has ended, and nobody watched")
    assert set(synced(server)["open"]) <= {seen, unseen}
    assert server.outcome(seen)["kind"] == "succeeded"
    assert server.outcome(unseen)["cause"] == "exit_code"
    after = server.ask("GET", f"/jobs/{seen}")["attempts"][0]["state"]
    assert after["directory"] == before["directory"]
    assert (runs(server.top, "seen"), runs(server.top, "unseen")) == (1, 1)


def test_what_could_not_come_back_stays_and_is_named(server: Running) -> None:
    server.start()
    go = server.top / "go"
    (parent,) = server.submit(witness(server.top, "parent", ["sh", "-c", f"while ! [ -e {go} ]; do sleep 0.05; done"]))
    until(lambda: server.fate(parent) == "running", "it runs")
    (other,) = server.submit(shell("true", "other"))
    server.outcome(other)
    waiting, draft = server.submit(shell("true", "waiting", after=[parent]), shell("true", "draft", draft=True))
    shown = server.ask("POST", "/jobs/forget", params={"dry_run": "true"}, json={"jobs": None})
    assert len(server.jobs()) == 4
    done = server.ask("POST", "/jobs/forget", json={"jobs": None})
    assert done == shown | {"done": True}
    assert [one["job"] for one in done["leaving"]] == [other]
    why = {one["job"]: one["why"] for one in done["staying"]}
    assert set(why) == {parent, waiting, draft}
    assert "still waits for it" in why[parent]
    assert "no target knows of it" in why[draft]
    go.touch()
    assert server.outcome(waiting)["kind"] == "succeeded"


def test_the_list_is_cleared_while_the_target_is_away(server: Running) -> None:
    server.start()
    (job,) = server.submit(shell("true", "job"))
    closed(server, job)
    before = views(server)
    away = server.top / "away"
    (server.top / "local").rename(away)
    done = server.argosy("forget", "job", "--yes", "--json")
    assert [one["job"] for one in json.loads(done.stdout)["leaving"]] == [job]
    away.rename(server.top / "local")
    assert synced(server)["taken"] == [job]
    same(views(server), before)


def test_nothing_is_forgotten_before_somebody_agreed(server: Running) -> None:
    server.start()
    (job,) = server.submit(shell("true", "job"))
    closed(server, job)
    asked: Any = server.argosy("forget", "--all")
    assert asked.returncode != 0
    assert b"nobody is there to be asked" in asked.stderr
    assert b"which jobs" in server.argosy("forget").stderr
    assert [row["id"] for row in server.jobs()] == [job]
