"""Jobs that ask for the same are tasks of arrays on a real cluster, and each of them stays a job of its own."""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from argosy.contracts import Order
from argosy.contracts.queue import Steered
from argosy.core.alteration import Alteration, altered
from argosy.core.errors import Garbled
from argosy.core.job import Cause
from argosy.core.names import spell
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.slurm import SlurmWishes
from tests.contracts.scheduler_suite import LOOKS, reported
from tests.infra.slurm.cluster import Cluster
from tests.schedulers.slurm.cluster_yard import ClusterYard
from tests.schedulers.slurm.telling import TOKENS

pytestmark = pytest.mark.infra

HELD = {"slurm": SlurmWishes(extra=("--hold",)), "resources": {"walltime_s": 600, "memory_mib": 100}}


async def several(yard: ClusterYard, count: int, *argv: str, **facts: object) -> list[Order]:
    """Orders that ask for the same."""
    return [await yard.order(*argv, **facts) for _ in range(count)]


async def handed_in(yard: ClusterYard, *orders: Order) -> list[str]:
    """The handles of orders that Slurm took."""
    taken = await yard.submit(*orders)
    replies = [taken[order.token] for order in orders]
    assert all(isinstance(reply, Launched) for reply in replies), replies
    return [reply.handle for reply in replies if isinstance(reply, Launched)]


async def looked(yard: ClusterYard, *watched: Watched) -> list[Sighting]:
    """One look at these, in their order."""
    seen = yard.scheduler.parse_list(watched, await yard.run(yard.scheduler.list(watched)))
    return [seen[one.token] for one in watched]


def arrays(handles: list[str]) -> list[int]:
    """How many tasks each array has."""
    return sorted(Counter(handle.partition("_")[0] for handle in handles).values())


async def test_jobs_that_ask_for_the_same_are_one_array_and_those_that_differ_are_not(yard: ClusterYard) -> None:
    equal = await several(yard, 3, "true", spec=HELD)
    other = await yard.order("true", spec=HELD | {"resources": {"walltime_s": 900}})
    handles = await handed_in(yard, equal[0], other, *equal[1:])
    assert [handles[0].partition("_")[2], handles[2].partition("_")[2], handles[3].partition("_")[2]] == ["0", "1", "2"]
    assert "_" not in handles[1]
    seen = await yard.look(*equal, other)
    assert [one.presence for one in seen] == [Presence.PENDING] * 4
    assert [one.handle for one in seen] == [handles[0], *handles[2:], handles[1]]


async def test_tasks_of_mixed_fates_are_told_apart(yard: ClusterYard) -> None:
    good, bad = await yard.order("echo", "fine"), await yard.order("sh", "-c", "exit 3")
    stopped, killed = await yard.order("sleep", "600"), await yard.order("sh", "-c", "kill -9 $$")
    handles = await handed_in(yard, good, bad, stopped, killed)
    assert arrays(handles) == [4]
    await yard.until(stopped, lambda seen: seen.start)
    yard.cluster.administer("scancel", handles[2])
    ends = [(await yard.until(order, reported)).report for order in (good, bad, stopped, killed)]
    assert [(end.code, end.signal) for end in ends if end][:2] == [(0, None), (3, None)]
    assert ends[2] is not None
    assert ends[2].cancelled is not None
    assert ends[3] is not None
    assert ends[3].signal == 9
    assert await yard.text(good, "stdout") == "fine\n"


async def test_as_what_a_task_was_handed_in_is_read_whatever_its_directory_is_called(
    yard: ClusterYard, tmp_path: Path
) -> None:
    place = "argosy-array-0123456789abcdef0123-3"
    odd = tmp_path / "a name\nof two lines = \\ \n"
    odd.mkdir()
    (odd / "array").write_text(f"{place}\n17_3\n")
    first = Watched(token=TOKENS[0], directory=spell(os.fsencode(odd)))
    second = Watched(token=TOKENS[1], directory=spell(os.fsencode(tmp_path)))
    one, other = await looked(yard, first, second)
    assert (one.also, one.handle, one.unexplained) == ((place,), "17_3", True)
    assert (other.also, other.handle, other.unexplained) == ((), "", False)


async def test_what_cannot_be_told_apart_is_never_taken_for_a_job_that_is_gone(
    yard: ClusterYard, tmp_path: Path
) -> None:
    odd = tmp_path / "a\n" / "\nb"
    odd.mkdir(parents=True)
    (odd / "array").write_text("argosy-array-0123456789abcdef0123-3\n")
    with pytest.raises(Garbled, match="places"):
        await looked(yard, Watched(token=TOKENS[0], directory=spell(f"{tmp_path}/a\n//\nb".encode())))


async def test_what_the_node_says_of_a_task_lies_with_its_attempt_and_nowhere_else(
    yard: ClusterYard, tmp_path: Path
) -> None:
    orders = await several(yard, 2, "sleep", "600")
    handles = await handed_in(yard, *orders)
    for order in orders:
        await yard.until(order, lambda seen: seen.start)
    yard.cluster.administer("scancel", handles[0])
    await yard.until(orders[0], reported)
    for _ in range(LOOKS):
        if "CANCELLED" in await yard.text(orders[0], "launch"):
            break
        await asyncio.sleep(0.01)
    assert "CANCELLED" in await yard.text(orders[0], "launch")
    assert await yard.text(orders[1], "launch") == ""
    assert list((tmp_path / "arrays").iterdir()) == []


async def test_many_tasks_are_cancelled_together_and_the_others_stay(yard: ClusterYard) -> None:
    orders = await several(yard, 12, "sleep", "600", spec=HELD)
    await handed_in(yard, *orders)
    stopped = orders[1:4] + orders[7:11]
    assert await yard.cancel(*stopped) == {order.token for order in stopped}
    assert {one.presence for one in await yard.look(*stopped)} == {Presence.OVER}
    rest = [order for order in orders if order not in stopped]
    assert {one.presence for one in await yard.look(*rest)} == {Presence.PENDING}


async def test_a_task_that_was_cancelled_from_outside_before_it_began_is_known_by_the_books(yard: ClusterYard) -> None:
    orders = await several(yard, 3, "true", spec=HELD)
    handles = await handed_in(yard, *orders)
    yard.cluster.administer("scancel", handles[1])
    seen = await yard.until(orders[1], lambda seen: seen.presence is Presence.ABSENT)
    for _ in range(LOOKS):
        if (told := await yard.explained(seen)).stopped_by:
            break
        await asyncio.sleep(0.05)
    assert (told.presence, told.stopped_by) == (Presence.OVER, "somebody at the cluster")
    assert {one.presence for one in await yard.look(orders[0], orders[2])} == {Presence.PENDING}


async def test_a_task_is_held_released_and_changed_alone(yard: ClusterYard) -> None:
    later = {"slurm": SlurmWishes(begin="now+1hour"), "resources": {"walltime_s": 600, "memory_mib": 100}}
    orders = await several(yard, 3, "true", spec=later)
    handles = await handed_in(yard, *orders)
    assert await yard.steer(orders[1], "hold") == Steered()
    assert [yard.told(handle, "Priority") == "0" for handle in handles] == [False, True, False]
    assert await yard.steer(orders[1], "release") == Steered()
    change = Alteration(walltime_s=5430)
    changed = orders[2].model_copy(update={"spec": altered(orders[2].spec, change)})
    assert await yard.steer(changed, change) == Steered()
    assert yard.told(handles[2], "TimeLimit") == "01:31:00"
    assert yard.told(handles[1], "TimeLimit") == "00:10:00"


async def test_tasks_whose_answer_was_lost_are_found_by_what_stands_on_the_target(yard: ClusterYard) -> None:
    orders = await several(yard, 3, "sh", "-c", "echo ran >> $ARGOSY_JOB_DIR/ran; sleep 1")
    await handed_in(yard, *orders)
    handles, yard.handles = dict(yard.handles), {}
    seen = await yard.look(*orders)
    assert [one.presence is Presence.ABSENT for one in seen] == [False] * 3
    assert all(one.handle in {"", handles[one.token]} for one in seen)
    await handed_in(yard, *orders)  # as if nobody had looked: the claim lets each start once
    for order in orders:
        assert (await yard.until(order, reported)).report
        assert await yard.text(order, "ran") == "ran\n"


async def test_the_books_tell_what_each_task_has_used(yard: ClusterYard) -> None:
    program = "import time\nwhile time.process_time() < 2: pass"
    orders = await several(yard, 2, "python3", "-c", program, spec={"resources": {"cpus": 2, "walltime_s": 600}})
    handles = await handed_in(yard, *orders)
    for order in orders:
        await yard.until(order, reported)
    for _ in range(LOOKS):
        if len(found := await yard.spent(*orders)) == len(orders):
            break
        await asyncio.sleep(0.05)
    assert [found[order.token].handle for order in orders] == handles
    assert {found[order.token].cpus for order in orders} == {2}


async def test_where_arrays_are_not_wanted_each_is_a_job_of_its_own(yard: ClusterYard) -> None:
    site = yard.target.slurm
    assert site
    yard.scheduler = yard.scheduler.at(
        yard.target.model_copy(update={"slurm": site.model_copy(update={"arrays": False})})
    )
    assert arrays(await handed_in(yard, *await several(yard, 3, "true", spec=HELD))) == [1, 1, 1]


async def test_an_array_is_divided_where_the_cluster_allows_only_small_ones(
    slurm_alone: Cluster, tmp_path: Path
) -> None:
    yard = ClusterYard(slurm_alone, tmp_path)
    try:
        with slurm_alone.configured(MaxArraySize=5):
            slurm_alone.kill("slurmctld")  # it reads this setting at its start only
            slurm_alone.start("slurmctld")
            orders = await several(yard, 11, "true", spec=HELD)
            handles = await handed_in(yard, *orders)
            assert max(arrays(handles)) <= 5
            seen = await yard.look(*orders)
            assert [one.handle for one in seen] == handles
    finally:
        slurm_alone.kill("slurmctld")
        slurm_alone.start("slurmctld")
        yard.clean_up()


async def test_what_is_over_a_limit_is_refused_as_waiting_and_the_rest_is_taken(
    slurm_alone: Cluster, tmp_path: Path
) -> None:
    yard = ClusterYard(slurm_alone, tmp_path)
    try:
        orders = await several(yard, 9, "true", spec=HELD)
        with slurm_alone.at_most(5):
            taken = await yard.submit(*orders)
        refused = [one for one in taken.values() if isinstance(one, Refused)]
        assert len(refused) == 4
        assert all(one.full and one.passing for one in refused)
        assert "takes no further jobs now" in refused[-1].explanation
    finally:
        yard.clean_up()


@pytest.mark.slow
async def test_a_task_that_reaches_its_walltime_is_told_apart_from_the_others(yard: ClusterYard) -> None:
    orders = await several(yard, 2, "sleep", "600", spec={"resources": {"walltime_s": 60}})
    await handed_in(yard, *orders)
    seen = await yard.until(orders[0], lambda seen: seen.start)
    await yard.cancel(orders[1])
    for _ in range(200):  # Slurm looks at the clock twice a minute
        (seen,) = await yard.look(orders[0])
        if seen.presence is Presence.OVER:
            break
        await asyncio.sleep(1)
    assert seen.cause is Cause.WALLTIME
