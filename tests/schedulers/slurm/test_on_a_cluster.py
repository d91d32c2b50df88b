"""The contract, and what happens to jobs, on a real cluster."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from argosy.contracts.queue import Steered
from argosy.contracts.survey import Surveyed
from argosy.core.alteration import Alteration, altered
from argosy.core.errors import Denied, Unreachable
from argosy.core.job import Cause
from argosy.core.sighting import Presence, Refused, Sighting
from argosy.core.slurm import Slurm as Site
from argosy.core.slurm import SlurmWishes
from argosy.schedulers.slurm.scheduler import Slurm
from tests.contracts.scheduler_suite import LOOKS, SchedulerSuite, reported
from tests.schedulers.slurm.cluster_yard import ClusterYard

pytestmark = pytest.mark.infra


class TestSlurm(SchedulerSuite):
    pass


HELD = {"slurm": SlurmWishes(extra=("--hold",)), "resources": {"walltime_s": 600, "memory_mib": 100}}


def over(seen: Sighting) -> bool:
    return seen.presence is Presence.OVER


# --- From outside ----------------------------------------------------------------------------------------------------


async def test_a_running_job_that_is_cancelled_from_outside_reports_and_no_cause_is_made_up(yard: ClusterYard) -> None:
    order = await yard.begun("sleep", "600")
    yard.cluster.administer("scancel", yard.handles[order.token])
    seen = await yard.until(order, reported)
    assert seen.report is not None
    assert (seen.report.cancelled is None, seen.cause) == (False, None)


async def test_a_pending_job_that_is_cancelled_from_outside_never_started_and_the_books_know_by_whom(
    yard: ClusterYard,
) -> None:
    order, number = await yard.taken("true", spec={"slurm": SlurmWishes(extra=("--hold",))})
    yard.cluster.administer("scancel", number)
    seen = await yard.until(order, over)
    assert (seen.claimed, seen.cause, seen.unexplained) == (False, None, True)
    for _ in range(LOOKS):
        if (told := await yard.explained(seen)).stopped_by:
            break
        await asyncio.sleep(0.01)
    assert (told.stopped_by, told.cause) == ("user 0 of the cluster", None)


async def test_a_held_job_says_so_and_goes_on_when_it_is_released(yard: ClusterYard) -> None:
    order, number = await yard.taken("true", spec={"slurm": SlurmWishes(extra=("--hold",))})
    seen = await yard.until(order, lambda seen: "held" in seen.words)
    assert (seen.presence, seen.claimed) == (Presence.PENDING, False)
    yard.cluster.administer("scontrol", "release", number)
    assert (await yard.until(order, reported)).report


async def test_a_renamed_job_is_found_and_cancelled_all_the_same(yard: ClusterYard) -> None:
    order = await yard.begun("sleep", "600")
    yard.cluster.administer("scontrol", "update", f"jobid={yard.handles[order.token]}", "name=renamed")
    assert (await yard.look(order))[0].presence is Presence.RUNNING
    assert await yard.cancel(order) == {order.token}
    assert (await yard.until(order, reported)).report


async def test_a_job_that_was_put_back_does_not_run_again_and_is_told_apart(yard: ClusterYard) -> None:
    order = await yard.order("sh", "-c", "trap '' TERM; echo ran >>$ARGOSY_JOB_DIR/ran; exec sleep 600", grace_s=60)
    await yard.submit(order)
    await yard.until(order, lambda seen: seen.start)
    number = yard.handles[order.token]
    yard.cluster.administer("scontrol", "update", f"jobid={number}", "requeue=1")
    yard.cluster.administer("scontrol", "requeue", number)
    seen = await yard.until(order, over)
    assert seen.cause is Cause.REQUEUED
    await yard.until(order, lambda _: yard.told(number, "JobState") in {"FAILED", "COMPLETED", ""})
    (seen,) = await yard.look(order)
    assert (seen.presence, seen.cause, seen.report) == (Presence.OVER, Cause.REQUEUED, None)
    assert await yard.text(order, "ran") == "ran\n"


# --- Jobs that wait --------------------------------------------------------------------------------------------------


async def test_a_job_that_waits_is_held_and_let_go(yard: ClusterYard) -> None:
    order, number = await yard.taken("true", spec={"slurm": SlurmWishes(begin="now+1hour")})
    for _ in range(2):
        assert await yard.steer(order, "hold") == Steered()
    assert yard.told(number, "Priority") == "0"
    assert await yard.steer(order, "release") == Steered()
    assert yard.told(number, "Priority") != "0"
    assert (await yard.look(order))[0].expected is not None


async def test_jobs_that_wait_are_held_and_let_go_together_each_for_itself(yard: ClusterYard) -> None:
    later = {"slurm": SlurmWishes(begin="now+1hour")}
    waiting = [(await yard.taken("true", spec=later)) for _ in range(3)]
    running, missing = await yard.begun("sleep", "600"), await yard.order("true")
    held = [order for order, _ in waiting[:2]]
    done = await yard.steer_all([held[0], running, missing, held[1]], "hold")
    assert done == {
        held[0].token: Steered(),
        running.token: Steered(begun=True),
        missing.token: Steered(missing=True),
        held[1].token: Steered(),
    }
    assert [yard.told(number, "Priority") == "0" for _, number in waiting] == [True, True, False]
    assert set((await yard.steer_all(held, "release")).values()) == {Steered()}
    assert [yard.told(number, "Priority") == "0" for _, number in waiting] == [False] * 3


async def test_a_job_that_waits_is_changed_and_read_back(yard: ClusterYard) -> None:
    order, number = await yard.taken("true", spec=HELD)
    change = Alteration(walltime_s=5430, memory_mib=300, nice=50, qos="long", partition="long")
    changed = order.model_copy(update={"spec": altered(order.spec, change)})
    assert await yard.steer(changed, change) == Steered()
    assert yard.told(number, "TimeLimit") == "01:31:00"
    assert yard.told(number, "MinMemoryNode") == "300M"
    assert (yard.told(number, "Nice"), yard.told(number, "QOS")) == ("50", "long")
    assert yard.told(number, "Partition") == "long"
    assert await yard.text(order, "walltime") == "5430\n"


async def test_a_change_that_slurm_refuses_says_why_and_leaves_the_walltime(yard: ClusterYard) -> None:
    order, number = await yard.taken("true", spec=HELD)
    done = await yard.steer(order, Alteration(walltime_s=60, qos="nosuch"))
    assert done.refusal is not None
    assert "no such QOS" in done.refusal.explanation
    assert yard.told(number, "TimeLimit") == "00:10:00"
    with pytest.raises(Denied):
        await yard.text(order, "walltime")


async def test_what_has_begun_or_is_not_there_cannot_be_held(yard: ClusterYard) -> None:
    order = await yard.begun("sleep", "600")
    assert await yard.steer(order, "hold") == Steered(begun=True)
    assert await yard.steer(await yard.order("true"), "hold") == Steered(missing=True)


# --- Limits ----------------------------------------------------------------------------------------------------------


async def test_memory_that_ran_out_is_the_cause(yard: ClusterYard) -> None:
    eater = "import time; eaten = bytearray(400 << 20); time.sleep(30)"
    order = await yard.order("python3", "-c", eater, spec={"resources": {"memory_mib": 60}})
    await yard.submit(order)
    seen = await yard.until(order, lambda seen: over(seen) and (seen.report or seen.conclusive))
    assert seen.cause is Cause.OUT_OF_MEMORY


@pytest.mark.slow
async def test_the_early_warning_comes_and_then_the_end_of_the_walltime(yard: ClusterYard) -> None:
    yard.target = yard.target.model_copy(
        update={"slurm": yard.target.slurm.model_copy(update={"warning_s": 50})} if yard.target.slurm else {}
    )
    program = "trap 'echo warned' USR2; echo ready; while :; do sleep 0.1; done"
    spec = {"resources": {"walltime_s": 60}, "warning_signal": "USR2"}
    order = await yard.order("sh", "-c", program, spec=spec, warning_signal="USR2")
    await yard.submit(order)
    for _ in range(200):  # Slurm looks at the clock twice a minute
        (seen,) = await yard.look(order)
        if over(seen):
            break
        await asyncio.sleep(1)
    assert "warned\n" in await yard.text(order, "stdout")
    assert seen.cause is Cause.WALLTIME
    assert seen.report is not None
    assert seen.report.warned is not None


async def test_a_job_that_is_over_before_the_first_look_is_seen_with_its_report(yard: ClusterYard) -> None:
    order, number = await yard.taken("true")
    for _ in range(LOOKS):
        if yard.told(number, "JobState") == "COMPLETED":
            break
        await asyncio.sleep(0.01)
    (seen,) = await yard.look(order)
    assert seen.report is not None
    assert seen.report.code == 0


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "explanation"),
    [
        ({"slurm": {"partition": "nosuch"}}, "no such partition"),
        ({"slurm": {"account": "nosuch.account"}}, "no such account"),
        ({"slurm": {"qos": "nosuch"}}, "no such QOS"),
        ({"slurm": {"constraint": "warp&drive"}}, "features"),
        ({"slurm": {"extra": ["--no-such-option"]}}, "one of the options"),
        ({"slurm": {"partition": "testing"}, "resources": {"walltime_s": 7200}}, "walltime"),
        ({"resources": {"memory_mib": 900_000}}, "that much memory"),
        ({"resources": {"nodes": 50, "tasks": 50}}, "more nodes"),
        ({"resources": {"gpus": 1}}, "processors, memory or GPUs"),
        ({"slurm": {"partition": "gpu"}, "resources": {"gpus": 9}}, "processors, memory or GPUs"),
        ({"resources": {"tasks": 1000}}, "more processors"),
        ({"slurm": {"reservation": "nosuch"}}, "no such reservation"),
        ({"slurm": {"licenses": "nosuch:1"}}, "no such license"),
        ({"slurm": {"qos": "long", "partition": "testing"}}, "no such QOS"),
        ({"slurm": {"extra": ["--nodelist=nosuch"]}}, "node that it names"),
        ({"slurm": {"extra": ["--nodelist=g1"]}}, "node that it names"),
        ({"slurm": {"extra": ["--gres=nosuch:1"]}}, "no GPUs of that name"),
        ({"slurm": {"extra": ["--array=0-20000"]}}, "array has more tasks"),
        ({"slurm": {"extra": ["--dependency=afterok:1x"]}}, "not known any more"),
        ({"slurm": {"extra": ["--mail-type=SOMETIMES"]}}, "one of the options"),
        ({"slurm": {"extra": ["--time-min=9-00:00:00"]}, "resources": {"walltime_s": 60}}, "A time"),
        ({"slurm": {"begin": "yesteryear"}}, "one of the options"),
    ],
)
async def test_a_refusal_says_what_is_wrong_and_keeps_no_other_back(
    yard: ClusterYard, spec: dict[str, object], explanation: str
) -> None:
    bad, good = await yard.order("true", spec=spec), await yard.order("true")
    taken = await yard.submit(bad, good)
    refusal = taken[bad.token]
    assert isinstance(refusal, Refused)
    assert not refusal.passing
    assert explanation in refusal.explanation
    assert (await yard.until(good, reported)).report


async def test_a_configuration_that_is_cut_short_refuses_nothing_for_good(yard: ClusterYard, tmp_path: Path) -> None:
    order = await yard.order("true")
    (tmp_path / "slurm.conf").write_bytes(yard.cluster.conf.read_bytes()[:40])
    whole, yard.scheduler = yard.scheduler, Slurm(Site(setup=(f"export SLURM_CONF={tmp_path}/slurm.conf",)))
    refusal = (await yard.submit(order))[order.token]
    assert isinstance(refusal, Refused)
    assert refusal.passing
    with pytest.raises(Unreachable, match="does not answer"):
        await yard.look(order)
    yard.scheduler = whole
    await yard.submit(order)
    assert (await yard.until(order, reported)).report


async def test_gpus_memory_and_tasks_are_those_of_the_job(yard: ClusterYard) -> None:
    wishes = SlurmWishes(partition="gpu", gpu_type="a100", extra=("--hold",))
    resources = {"nodes": 2, "tasks": 6, "cpus": 4, "gpus": 4, "memory_mib": 6000, "walltime_s": 5400}
    order, number = await yard.taken("true", spec={"slurm": wishes, "resources": resources})
    assert yard.told(number, "NumNodes") == "2-2"
    assert yard.told(number, "NumTasks") == "6"
    assert yard.told(number, "MinMemoryNode") == "3000M"
    assert yard.told(number, "TresPerNode") == "gres:gpu:a100:2"
    assert yard.told(number, "TimeLimit") == "01:30:00"
    assert yard.told(number, "JobName") == order.token
    assert yard.told(number, "Requeue") == "0"


# --- What it would do ---------------------------------------------------------------------------------------------


async def test_it_says_when_and_where_a_job_would_start_and_hands_nothing_in(yard: ClusterYard) -> None:
    trial = await yard.tried("true", slurm=SlurmWishes(partition="compute"))
    assert trial.start is not None
    assert trial.start > datetime(2000, 1, 1, tzinfo=UTC)
    assert (trial.partition, trial.nodes[:1], trial.refusal) == ("compute", "c", None)


async def test_it_says_why_a_job_would_be_refused(yard: ClusterYard) -> None:
    strange = await yard.tried("true", slurm=SlurmWishes(partition="nosuch"))
    large = await yard.tried("true", resources={"nodes": 40, "tasks": 40})
    said = [trial.refusal.explanation if trial.refusal else "" for trial in (strange, large)]
    assert ["no such partition" in said[0], "more nodes" in said[1]] == [True, True], said


# --- What was used ---------------------------------------------------------------------------------------------------


async def test_the_books_tell_what_a_job_has_used(yard: ClusterYard) -> None:
    wishes = SlurmWishes(partition="gpu", gpu_type="a100")
    resources = {"cpus": 2, "gpus": 1, "memory_mib": 200, "walltime_s": 600}
    program = "x = bytearray(40 << 20)\nimport time\nwhile time.process_time() < 2: pass"
    order, _ = await yard.taken("python3", "-c", program, spec={"slurm": wishes, "resources": resources})
    await yard.until(order, reported)
    for _ in range(LOOKS):
        if found := (await yard.spent(order)).get(order.token):
            break
        await asyncio.sleep(0.01)
    assert found
    assert (found.cpus, found.gpus, found.nodes) == (2, 1, 1)
    assert (found.memory_mib, found.walltime_s, found.partition) == (200, 600, "gpu")
    assert found.node_list in {"g1", "g2"}
    assert found.elapsed_s >= 1
    assert found.cpu_s is not None
    assert 1 < found.cpu_s < 30


async def test_the_books_say_nothing_of_what_runs_or_was_never_there(yard: ClusterYard) -> None:
    order, never = await yard.begun("sleep", "600"), await yard.order("true")
    assert await yard.spent(order, never) == {}


# --- What the cluster offers -----------------------------------------------------------------------------------------


async def test_all_that_the_cluster_offers_is_read(yard: ClusterYard) -> None:
    assert isinstance(yard.scheduler, Surveyed)
    offer = yard.scheduler.parse_survey(await yard.run(yard.scheduler.survey()))
    partitions = {one.name: one for one in offer.partitions}
    assert set(partitions) == {"compute", "gpu", "testing", "long"}
    gpu, testing = partitions["gpu"], partitions["testing"]
    assert (gpu.gpus, gpu.gpu_types, gpu.max_walltime_s) == (3, ("a100",), 86_400)
    assert (testing.max_nodes, testing.max_walltime_s) == (1, 3600)
    assert {"normal", "long", "testing"} <= {one.name for one in offer.qos}
    assert offer.defaults["partition"] == "compute"
    assert offer.accounts
    assert offer.version.startswith("22.05")
    assert offer.max_array
    assert {"milan", "a100"} <= set(offer.features)
    assert "srun" in offer.programs


async def test_how_full_the_cluster_is_is_counted_with_what_is_mine(yard: ClusterYard) -> None:
    wishes = SlurmWishes(partition="gpu", gpu_type="a100", extra=("--nodelist=g1",))
    held = SlurmWishes(partition="gpu", extra=("--hold",))
    running = await yard.begun("sleep", "600", spec={"slurm": wishes, "resources": {"gpus": 2}})
    await yard.taken("true", spec={"slurm": held})
    assert isinstance(yard.scheduler, Surveyed)
    found = yard.scheduler.parse_crowd(await yard.run(yard.scheduler.crowd()))
    gpu = {one.name: one for one in found.partitions}["gpu"]
    assert (gpu.up, gpu.cpus, gpu.gpus) == (True, 128, {"a100": 6})
    assert gpu.gpus_free["a100"] <= 4
    assert gpu.cpus_free < 128
    assert gpu.queue.running_mine >= 1
    assert gpu.queue.waiting_mine >= 1
    assert "root" in {one.name for one in found.allowances}
    assert found.notes == ()
    await yard.cancel(running)
