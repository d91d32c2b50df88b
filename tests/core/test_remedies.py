"""What is proposed for a job that failed, and what that makes of it."""

from typing import Any

import pytest

from argosy.core.failures import FailureRule, Fix
from argosy.core.job import Cancelled, Cause, Failed, Lost, Outcome, RetryClass, Succeeded
from argosy.core.onward import Onward, going_on
from argosy.core.outputs import RestartPlan
from argosy.core.remedies import Case, Remedy, anew, remedy
from argosy.core.resources import Resources
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import Content, InputFile, JobSpec, TemplateRef

SOURCE = Content(sha256="0" * 64, size=1)


def spec(**more: Any) -> JobSpec:
    values = {"timestep": 2.0, "steps": 100, "build": "gpu-resident", "structure_file": "a.psf", "seed": None}
    template = TemplateRef(name="namd/production", version="1", digest="d", values=values)
    file = InputFile(name="a.psf", role="structure_file", source=SOURCE)
    return JobSpec(name="run", engine="namd", argv=("sh",), template=template, inputs=(file,), **more)


def failed(retry: RetryClass, cause: Cause = Cause.EXIT_CODE) -> Failed:
    return Failed(cause=cause, explanation="It broke.", retry=retry)


def proposed(outcome: Outcome, *, job: JobSpec | None = None, fix: Fix | None = None, goes: bool = False) -> Remedy:
    rule = FailureRule(signature="s", pattern="x", explanation="e.", advice="a.", fix=fix) if fix else None
    return remedy(Case(job or spec(), outcome, rule, goes))


def said(one: Remedy) -> list[str]:
    return [f"{change.what}: {change.before} -> {change.after}" for change in one.changes]


def test_more_memory_is_half_as_much_again() -> None:
    one = proposed(failed(RetryClass.MORE_MEMORY), job=spec(resources=Resources(memory_mib=2048)))
    assert (one.way, said(one)) == ("anew", ["memory_mib: 2GiB -> 3GiB"])
    again = proposed(failed(RetryClass.MORE_MEMORY), job=spec(resources=Resources(memory_mib=2048)), goes=True)
    assert again.way == "go_on"


def test_a_job_that_asked_for_no_memory_has_none_to_raise() -> None:
    one = proposed(failed(RetryClass.MORE_MEMORY))
    assert one.way == "none"
    assert "memory_mib" in one.words


def test_a_walltime_is_doubled_only_where_there_is_no_checkpoint() -> None:
    outcome = failed(RetryClass.MORE_TIME, Cause.WALLTIME)
    job = spec(resources=Resources(walltime_s=3600))
    assert said(proposed(outcome, job=job)) == ["walltime_s: 1h -> 2h"]
    one = proposed(outcome, job=job, goes=True)
    assert (one.way, one.changes) == ("go_on", ())


def test_a_rule_brings_its_own_change() -> None:
    halved = Fix(go_on=True, factors={"timestep": 0.5})
    one = proposed(failed(RetryClass.AFTER_CHANGE), fix=halved, goes=True)
    assert (one.way, said(one), one.onward.values) == ("go_on", ["timestep: 2.0 -> 1.0"], {"timestep": 1.0})
    other = proposed(failed(RetryClass.NEVER), fix=Fix(values={"build": "cuda"}, environment={"A": "1"}))
    assert (other.way, said(other)) == ("anew", ["build: gpu-resident -> cuda", "A:  -> 1"])


def test_what_a_job_needs_at_least_is_proposed_where_it_asked_for_less() -> None:
    needs = Fix(at_least={"gpus": 1})
    one = proposed(failed(RetryClass.NEVER), fix=needs)
    assert (one.way, said(one), one.onward.resources) == ("anew", ["gpus: 0 -> 1"], {"gpus": 1})
    asked = proposed(failed(RetryClass.NEVER), job=spec(resources=Resources(gpus=2)), fix=needs)
    assert asked.way == "none"
    assert "has the change already" in asked.words


def test_a_job_that_lost_its_place_without_a_checkpoint_runs_again_from_the_start() -> None:
    outcome = failed(RetryClass.CHECKPOINT, Cause.PREEMPTED)
    assert proposed(outcome).way == "retry"
    assert proposed(outcome, goes=True).way == "go_on"
    assert proposed(failed(RetryClass.CHECKPOINT)).way == "none"


def test_a_change_of_what_the_job_does_not_have_is_not_proposed() -> None:
    assert proposed(failed(RetryClass.NEVER), fix=Fix(values={"colour": "red"})).way == "none"


@pytest.mark.parametrize("retry", [RetryClass.AS_IS, RetryClass.WAIT, RetryClass.ONCE, RetryClass.OTHER_NODE])
def test_what_may_pass_is_tried_again_or_gone_on_from(retry: RetryClass) -> None:
    assert proposed(failed(retry)).way == "retry"
    assert proposed(failed(retry), goes=True).way == "go_on"


@pytest.mark.parametrize("retry", [RetryClass.NEVER, RetryClass.AFTER_CHANGE])
def test_where_only_a_person_can_help_nothing_is_proposed(retry: RetryClass) -> None:
    assert proposed(failed(retry), goes=True).way == "none"


def test_a_job_that_succeeded_has_nothing_to_mend_and_others_are_tried_again() -> None:
    assert proposed(Succeeded()).way == "none"
    assert proposed(Cancelled(by="ada")).way == "retry"
    assert proposed(Lost(explanation="gone"), goes=True).way == "go_on"


def test_a_job_runs_anew_with_all_that_it_had_but_what_was_changed() -> None:
    job = spec(resources=Resources(memory_mib=2048, cpus=4), labels={"a": "b"}, environment={"X": "1"})
    again = anew(job, "renamed", Onward(values={"timestep": 1.0}, resources={"memory_mib": 3072}))
    assert again.template == "namd/production"
    assert again.values == {"timestep": 1.0, "steps": 100, "build": "gpu-resident"}
    assert (again.resources["memory_mib"], again.resources["cpus"]) == (3072, 4)
    assert (again.target, again.inputs, again.labels, again.environment) == (
        "renamed", job.inputs, {"a": "b"}, {"X": "1"}
    )  # fmt: skip
    command = JobSpec(name="c", argv=("true",), outputs=("*.txt",))
    assert (anew(command, "here", Onward()).argv, anew(command, "here", Onward()).outputs) == (("true",), ("*.txt",))


def test_a_job_that_goes_on_asks_for_what_is_said_now_and_else_for_what_was_said_then() -> None:
    former = spec(
        resources=Resources(cpus=4, memory_mib=2048, walltime_s=60), slurm=SlurmWishes(qos="long", account="a")
    )
    plan = RestartPlan(template="namd/production", values={"first_step": 50}, inputs=former.inputs, words="")
    other = InputFile(name="b.psf", role="structure_file", source=SOURCE)
    onward = Onward(
        values={"seed": 7}, resources={"memory": "4GiB", "cpus": 8}, slurm=SlurmWishes(qos="short"), inputs=(other,)
    )
    made = going_on(former, plan, "renamed", onward)
    assert made.resources == {"nodes": 1, "tasks": 1, "cpus": 8, "gpus": 0, "memory_mib": "4GiB", "walltime_s": 60}
    assert made.values == {"first_step": 50, "seed": 7}
    assert (made.slurm.qos, made.slurm.account, made.inputs, made.target) == ("short", "a", (other,), "renamed")


def test_another_kind_of_run_takes_another_time() -> None:
    former = spec(resources=Resources(cpus=4, walltime_s=60))
    made = going_on(former, RestartPlan(template="namd/heat", values={}, words=""), "here", Onward())
    assert "walltime_s" not in made.resources
    assert made.resources["cpus"] == 4
