"""Commands of Slurm that hang, time out, crash, or print half of it, nonsense, or banners: nobody believes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.clusters import (
    begun,
    directory,
    driven,
    forgotten,
    handed_in,
    job,
    kill_all,
    leaving_no_job,
    outcome,
    troubled,
)
from tests.faults.moods import NAMES, Moods
from tests.faults.running import Running, runs, until
from tests.infra.slurm.cluster import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.infra]

LONGER_THAN_ABSENCE_S = 600


@pytest.fixture
def moods(tmp_path: Path) -> Moods:
    return Moods(tmp_path / "moods").make()


@pytest.fixture
def home(server: Running, slurm: Cluster, moods: Moods) -> Iterator[Running]:
    with leaving_no_job(slurm, server.top):
        yield driven(server.start(), slurm, moods.setup)


@pytest.fixture
def home_alone(server: Running, slurm_alone: Cluster, moods: Moods) -> Iterator[Running]:
    with leaving_no_job(slurm_alone, server.top):
        yield driven(server.start(), slurm_alone, moods.setup)


def gated(server: Running, name: str) -> str:
    """A job that runs until the file NAME.go is there."""
    gate = server.top / f"{name}.go"
    return begun(server, name, "sh", "-c", f"while ! [ -e {gate} ]; do sleep 0.1; done; echo > {gate}.over")


def let_end(server: Running, name: str) -> None:
    """Returns when the program of such a job has ended, whoever knows."""
    (server.top / f"{name}.go").touch()
    until((server.top / f"{name}.go.over").exists, f"{name} ends")


def test_banners_around_every_command_change_nothing(home: Running, moods: Moods) -> None:
    for name in NAMES:
        moods.put(name, "noise")
    good, bad = job(home, "good", "sleep", "2"), job(home, "bad", "sh", "-c", "exit 3")
    long = begun(home, "long", "sleep", "600")
    held = handed_in(home, "held")
    home.ask("POST", f"/jobs/{held}/release")
    home.ask("POST", f"/jobs/{long}/cancel")
    assert [outcome(home, one)["kind"] for one in (good, bad, long, held)] == [
        "succeeded", "failed", "cancelled", "succeeded",
    ]  # fmt: skip
    assert [runs(home.top, name) for name in ("good", "bad", "long", "held")] == [1, 1, 1, 1]
    assert until(lambda: home.ask("GET", f"/jobs/{good}/spent")["spent"], "the books know it")["nodes"] == 1


@pytest.mark.parametrize("mood", ["timed out", "half", "garbled", "crash"])
def test_a_queue_that_cannot_be_read_moves_nobody(home: Running, moods: Moods, mood: str) -> None:
    made, held = gated(home, "made"), handed_in(home, "held")
    moods.set("squeue", mood)
    until(lambda: troubled(home), "the trouble is shown")
    let_end(home, "made")
    moods.misbehaved("squeue", 2)
    assert (home.fate(made), home.fate(held)) == ("running", "submitted")
    moods.calm("squeue")
    home.ask("POST", f"/jobs/{held}/release")
    assert (outcome(home, made)["kind"], outcome(home, held)["kind"]) == ("succeeded", "succeeded")
    assert (runs(home.top, "made"), runs(home.top, "held")) == (1, 1)


def test_a_queue_that_hangs_holds_up_no_other_target_and_no_restart(home: Running, moods: Moods) -> None:
    made = gated(home, "made")
    moods.set("squeue", "hang")
    let_end(home, "made")
    (here,) = home.submit({"argv": ["true"], "name": "here"})
    assert outcome(home, here)["kind"] == "succeeded"
    assert home.fate(made) == "running"
    home.kill()
    before = moods.called("squeue")
    home.start()
    moods.misbehaved("squeue", 1, since=before)
    assert home.fate(made) == "running"
    moods.calm("squeue")
    assert outcome(home, made)["kind"] == "succeeded"
    assert runs(home.top, "made") == 1


def test_a_queue_that_says_nothing_at_all_is_outweighed_by_the_books(
    server: Running, slurm: Cluster, moods: Moods
) -> None:
    offset = server.top.with_name("offset")
    offset.write_text("")
    server.start("tests.faults.jumping_server", str(server.top), str(offset))
    with leaving_no_job(slurm, server.top):
        made = gated(driven(server, slurm, moods.setup), "made")
        moods.set("squeue", "nothing at all")
        until(lambda: server.attempt(made)["missing_since"], "it is missed", within_s=60)
        offset.write_text(str(LONGER_THAN_ABSENCE_S))
        moods.misbehaved("squeue", 3)
        assert server.fate(made) == "running"
        let_end(server, "made")
        assert outcome(server, made)["kind"] == "succeeded"
        assert runs(server.top, "made") == 1


def test_without_a_word_of_the_books_an_end_is_not_guessed(
    home_alone: Running, slurm_alone: Cluster, moods: Moods
) -> None:
    home = home_alone
    made = begun(home, "made", "sleep", "600")
    moods.put("sacct", "timed out")
    with slurm_alone.configured(MinJobAge=2):
        kill_all(home, made)
        forgotten(slurm_alone)
        for mood in ("timed out", "half", "crash", "garbled", "hang"):
            moods.set("sacct", mood)
            assert home.fate(made) == "running"
        moods.calm("sacct")
        told = outcome(home, made)
    assert told["kind"] == "lost"
    assert "FAILED" in told["explanation"]
    assert runs(home.top, "made") == 1


@pytest.mark.parametrize("mood", ["done, but timed out", "timed out", "half", "crash"])
def test_a_submission_that_was_not_answered_is_looked_for_before_it_is_made_again(
    home: Running, moods: Moods, mood: str
) -> None:
    moods.put("sbatch", mood)
    made = [job(home, f"job{one}", "sleep", "1") for one in range(3)]
    moods.misbehaved("sbatch", 1)
    moods.calm("sbatch")
    assert {outcome(home, one)["kind"] for one in made} == {"succeeded"}
    assert [runs(home.top, f"job{one}") for one in range(3)] == [1, 1, 1]


def test_a_server_that_is_killed_while_a_submission_hangs_neither_loses_nor_doubles_it(
    home: Running, moods: Moods
) -> None:
    moods.put("sbatch", "hang")
    made = job(home, "made", "sleep", "1")
    moods.misbehaved("sbatch", 1)
    home.kill()
    home.start()
    until(lambda: directory(home, made).is_dir(), "it lies on the cluster")
    moods.calm("sbatch")
    assert outcome(home, made)["kind"] == "succeeded"
    assert runs(home.top, "made") == 1


@pytest.mark.parametrize("mood", ["timed out", "crash"])
def test_a_cancellation_that_was_not_answered_is_said_again(home: Running, moods: Moods, mood: str) -> None:
    running, held = begun(home, "running", "sleep", "600"), handed_in(home, "held")
    moods.put("scancel", mood)
    for one in (running, held):
        home.ask("POST", f"/jobs/{one}/cancel")
    moods.misbehaved("scancel", 1)
    assert home.fate(running) == "running"
    moods.calm("scancel")
    assert (outcome(home, running)["kind"], outcome(home, held)["kind"]) == ("cancelled", "cancelled")
    assert runs(home.top, "held") == 0
