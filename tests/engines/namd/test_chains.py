"""Stages, chains and mended runs through the real server, with the stand-in."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from argosy import Client
from argosy.client import calls, calls_of_lineage
from argosy.client.filewords import gather, read_file_word
from argosy.client.job import Job
from argosy.client.joining import join
from argosy.core.errors import Conflict
from argosy.core.home import HOME_VARIABLE, Home
from tests.engines.namd.record import chosen
from tests.engines.namd.trajectories import steps_in

pytestmark = pytest.mark.infra

PATIENCE_S = 120
OFTEN = {"restart_freq": 100, "dcd_freq": 100, "xst_freq": 100, "output_energies_freq": 100}
SLOW = {"NAMD_STANDIN_PAUSE_S": "0.05"}


@pytest.fixture
def client(home: Home) -> Client:
    return Client(home)


@pytest.fixture
def production(client: Client, system: Mapping[str, Path], namd: Path) -> Callable[..., Job]:
    def submitted(*, environment: Mapping[str, str] | None = None, walltime: str = "1h", **values: Any) -> Job:
        return client.submit(
            "namd/production",
            files=chosen(system),
            name="prod",
            values={**OFTEN, "program": str(namd), **values},
            resources={"walltime": walltime, "cpus": 1},
            environment=dict(environment or {}),
        )

    return submitted


def test_a_goal_is_reached_over_walltimes_by_itself(
    client: Client, production: Callable[..., Job], tmp_path: Path
) -> None:
    first = production(
        environment=SLOW, walltime="3s", output_energies_freq=20, restart_freq=20, steps=400, timestep=2.0
    )
    first.extend("0.006ns")
    members = settled(first)
    assert members[-1].goal.settled.startswith("the goal of 0.006 ns is reached at step 3000")
    assert [one.goal.settled.startswith("job ") for one in members[:-1]] == [True] * (len(members) - 1)
    assert len(members) >= 3
    assert {one.fate for one in members} <= {"succeeded", "failed"}
    whole = join(client.road, members[-1].id, tmp_path)
    assert (whole.segments, whole.first, whole.last) == (len(members), 100, 3000)
    assert steps_in(whole.trajectory) == list(range(100, 3001, 100))
    assert whole.cell is not None
    rows = [int(line.split()[0]) for line in whole.cell.read_text().splitlines() if not line.startswith("#")]
    assert rows == sorted(set(rows))
    assert set(range(100, 3001, 100)) <= set(rows)


def test_a_goal_of_a_run_that_is_over_begins_at_once_and_may_be_given_up(production: Callable[..., Job]) -> None:
    first = production(steps=200)
    assert first.wait(PATIENCE_S) == "succeeded"
    first.extend("600 steps")
    members = settled(first)
    assert [one.fate for one in members] == ["succeeded", "succeeded"]
    with pytest.raises(Conflict, match="goes on from job"):
        first.extend("900 steps")


def test_a_chain_ends_with_words_when_two_links_fail_in_a_row(production: Callable[..., Job]) -> None:
    first = production(environment={"NAMD_STANDIN_FAILS": "gpu_fault@150"}, steps=400)
    first.extend("2000 steps")
    members = settled(first)
    assert len(members) == 2
    assert members[-1].goal.settled.startswith("it stops: 2 links failed in a row. The GPU code failed")


def test_a_chain_ends_with_words_when_a_link_makes_no_progress(production: Callable[..., Job]) -> None:
    first = production(environment=SLOW, walltime="1s", restart_freq=10_000, output_energies_freq=20, steps=10_000)
    first.extend("10000 steps")
    (only,) = settled(first)
    assert "nothing to go on from beyond step 0" in only.goal.settled


def test_a_chain_goes_on_after_the_server_was_killed(
    home: Home, production: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(home.data))  # for the server that is started anew
    first = production(environment=SLOW, walltime="2s", output_energies_freq=20, restart_freq=20, steps=200)
    first.extend("1600 steps")
    eventually(lambda: len(first.family.members) >= 2)
    os.kill(Client(home).road.send(calls.health()).pid, signal.SIGKILL)
    members = settled(Job(Client(home).road, first.id))
    assert members[-1].goal.settled.startswith("the goal of 1,600 steps is reached at step 1600")
    assert [one.depth for one in members] == list(range(len(members)))


def test_a_chain_that_is_given_up_ends_with_what_runs(production: Callable[..., Job], client: Client) -> None:
    first = production(environment=SLOW, output_energies_freq=20, steps=400)
    first.extend("40000 steps")
    client.road.send(calls_of_lineage.extend_no_more(first.id))
    assert first.wait(PATIENCE_S) == "succeeded"
    (only,) = settled(first)
    assert "gave it up" in only.goal.settled


def test_the_stages_of_an_origami_follow_each_other_without_a_file_of_ours(
    client: Client, system: Mapping[str, Path], namd: Path
) -> None:
    vacuum = client.submit(
        "namd/vacuum-optimization",
        files=chosen(system, "extrabonds_file"),
        name="vacuum",
        values={**OFTEN, "restart_freq": 1000, "program": str(namd), "steps": 1200, "output_name": "vacuum"},
    )
    minimised = next_stage(vacuum, "namd/minimise", steps=4800)
    held = str(system["restraints_file"])
    first = next_stage(minimised, "namd/equilibrate", files=held, restraint_scale=0.5, steps=400)
    second = next_stage(first, "namd/equilibrate", restraint_scale=0.1, steps=400)
    third = next_stage(second, "namd/equilibrate", restraint_scale=0.01, steps=400)
    last = next_stage(third, "namd/production", steps=400)
    assert last.fate in {"waiting", "queued"}
    for job in (vacuum, minimised, first, second, third, last):
        assert job.wait(PATIENCE_S) == "succeeded", (job.name, job.view.latest.state)
    scales = [job.view.job.spec.template.values["restraint_scale"] for job in (first, second, third)]
    assert scales == [0.5, 0.1, 0.01]
    assert [one.kind for one in last.family.members] == ["new", *["continue"] * 5]
    assert {scalar.name: scalar.value for scalar in minimised.results().scalars}["last_step"] == 4800


def test_the_next_stage_of_a_run_that_failed_is_refused_with_what_to_do(production: Callable[..., Job]) -> None:
    job = production(environment={"NAMD_STANDIN_FAILS": "unstable@150"}, steps=400)
    assert job.wait(PATIENCE_S) == "failed"
    with pytest.raises(Conflict) as refused:
        job.restart(template="namd/heat")
    assert "argosy restart" in refused.value.hint


def test_a_diagnosis_leads_from_its_evidence_to_a_mended_run(production: Callable[..., Job]) -> None:
    job = production(environment={"NAMD_STANDIN_FAILS": "moving_too_fast@250"}, steps=400, timestep=2.0)
    assert job.wait(PATIENCE_S) == "failed"
    found = job.diagnosis
    assert (found.signature, found.known, found.remedy.way) == ("moving_too_fast", True, "go_on")
    (clue,) = found.clues
    assert clue.where == "namd.log"
    assert clue.line is not None
    assert "velocity is" in clue.text
    assert [(one.what, one.before, one.after) for one in found.remedy.changes] == [("timestep", "2.0", "1.0")]
    child = job.fix()
    spec = child.view.job.spec
    assert (spec.template.values["timestep"], spec.template.values["first_step"]) == (1.0, 200)
    assert child.view.job.parent == job.id


def test_a_run_that_is_broken_is_stopped_if_its_user_wants_that(
    client: Client, system: Mapping[str, Path], namd: Path
) -> None:
    job = client.submit(
        "namd/production",
        files=chosen(system),
        values={**OFTEN, "output_energies_freq": 20, "steps": 1_000_000, "program": str(namd)},
        resources={"cpus": 1},
        environment={**SLOW, "NAMD_STANDIN_FAILS": "nan@100"},
        stop_if_broken=True,
    )
    assert job.wait(PATIENCE_S) == "failed"
    outcome = job.view.latest.state.outcome
    assert outcome.signature == "unstable"
    assert "the energies are no numbers any more" in outcome.excerpt
    assert job.view.latest.wish.kind == "broken"


def test_an_unknown_failure_says_so_and_shows_what_tells_most(client: Client) -> None:
    job = client.submit(["sh", "-c", "echo begun; echo 'the flux capacitor failed' >&2; exit 3"])
    assert job.wait(PATIENCE_S) == "failed"
    found = job.diagnosis
    assert not found.known
    assert [(clue.where, clue.text) for clue in found.clues] == [("stderr", "the flux capacitor failed")]
    with pytest.raises(Conflict, match="cannot be mended"):
        job.fix()


def test_a_job_that_needs_more_memory_runs_anew_with_more(client: Client) -> None:
    script = "echo MemoryError >&2; exit 1"
    job = client.submit(["sh", "-c", script], resources={"memory": "100M"}, labels={"study": "a"})
    assert job.wait(PATIENCE_S) == "failed"
    child = job.fix().view.job
    assert (child.kind, child.parent, child.spec.resources.memory_mib) == ("copy", job.id, 150)
    assert child.spec.labels == {"study": "a"}


def next_stage(job: Job, template: str, files: str = "", **values: Any) -> Job:
    words = [read_file_word(f"restraints_file={files}")] if files else []
    return job.restart(
        template=template,
        values={**values, "output_name": template.rpartition("/")[2]},
        inputs=gather(job.road, words, roles=True),
    )


def eventually(what: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def settled(job: Job) -> list[Any]:
    """The family, once its last member has a goal for which nothing is left to be done."""

    def over() -> bool:
        goal = job.family.members[-1].goal
        return goal is not None and not goal.is_open

    eventually(over)
    return list(job.family.members)
