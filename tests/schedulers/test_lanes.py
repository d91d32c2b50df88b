"""Lanes: orders that start one after another on the target, without a word from the server."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from argosy.contracts import Order
from argosy.core.sighting import Launched, Presence, Refused
from tests.contracts.scheduler_suite import reported
from tests.contracts.transport_suite import shell
from tests.faults.running import until
from tests.schedulers.test_process import SHELLS, HereYard

pytestmark = pytest.mark.infra


@pytest.fixture(params=SHELLS)
async def yard(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HereYard]:
    yard = HereYard(SHELLS[request.param], tmp_path)
    yield yard
    for pid in set(yard.handles.values()):
        end_shell(pid, tmp_path)
    yard.clean_up()


def end_shell(pid: str, place: Path) -> None:
    """End a shell of these tests, and no other process that has its id by now."""
    with contextlib.suppress(OSError):
        if os.fsencode(place) in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(int(pid), signal.SIGKILL)


async def lane(yard: HereYard, *commands: str) -> list[Order]:
    """Orders of one lane, one for each line of shell."""
    orders = [await yard.order("sh", "-c", command) for command in commands]
    return [order.model_copy(update={"lane": orders[0].token}) for order in orders]


async def shell_of(yard: HereYard, order: Order) -> int:
    """The process that starts the orders of a lane."""
    return int(yard.handles[order.token])


async def over(shell: int) -> None:
    """Wait until a process has ended, whether or not somebody has asked for its status."""
    await asyncio.to_thread(until, lambda: _state(shell) in {"", "Z"}, "the shell has ended")


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


async def test_jobs_of_a_lane_run_in_order_and_never_two_at_once(yard: HereYard) -> None:
    note = yard.place / "note"
    command = f'mkdir "{note}.room" || exit 9; echo "$ARGOSY_TOKEN" >>"{note}"; sleep 0.05; rmdir "{note}.room"'
    orders = await lane(yard, *[command] * 5)
    alone = await yard.order("true")
    taken = await yard.submit(*orders, alone)
    assert len({one.handle for one in taken.values() if isinstance(one, Launched)}) == 2
    for order in (*orders, alone):
        seen = await yard.until(order, reported)
        assert seen.report is not None
        assert seen.report.code == 0
    assert note.read_text().split() == [order.token for order in orders]


async def test_programs_see_the_variables_that_their_user_has_exported_whatever_their_names(
    yard: HereYard, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [*await lane(yard, "env", "env"), await yard.order("env")]
    texts = " ".join(map(str, yard.scheduler.submit(orders).argv)) + await yard.text(orders[0], "run.sh")
    names = {name for name in re.findall(r"[a-z][a-z0-9_]*", texts) if not name.startswith("argosy_")}
    names |= {"directory", "size", "word", "line", "name", "path", "file", "job", "count"}
    for name in names:
        monkeypatch.setenv(name, "the user's own")
    await yard.submit(*orders)
    for order in orders:
        await yard.until(order, reported)
        seen = set((await yard.text(order, "stdout")).splitlines())
        assert {f"{name}=the user's own" for name in names} - seen == set()


async def test_who_waits_for_its_turn_is_pending_and_can_be_forbidden(yard: HereYard) -> None:
    gate = yard.place / "gate"
    orders = await lane(yard, f'while ! [ -e "{gate}" ]; do sleep 0.02; done', "true", "true")
    await yard.submit(*orders)
    await yard.until(orders[0], lambda seen: seen.presence is Presence.RUNNING)
    _, *others = await yard.look(*orders)
    assert [(seen.presence, seen.claimed) for seen in others] == [(Presence.PENDING, False)] * 2
    assert await yard.forbid(orders[1]) == {orders[1].token}
    gate.touch()
    last = await yard.until(orders[2], reported)
    assert last.report is not None
    (forbidden,) = await yard.look(orders[1])
    assert (forbidden.presence, forbidden.start, forbidden.report) == (Presence.OVER, None, None)


async def test_when_the_shell_of_a_lane_is_killed_the_rest_is_known_to_be_left(yard: HereYard) -> None:
    gate = yard.place / "gate"
    orders = await lane(yard, f'while ! [ -e "{gate}" ]; do sleep 0.02; done', "echo once", "echo once")
    await yard.submit(*orders)
    await yard.until(orders[0], lambda seen: seen.presence is Presence.RUNNING)
    os.kill(await shell_of(yard, orders[0]), signal.SIGKILL)
    left = await yard.until(orders[1], lambda seen: seen.presence is Presence.ABSENT)
    assert (left.conclusive, left.claimed) == (True, False)
    running, _, _ = await yard.look(*orders)
    assert running.presence is Presence.RUNNING, "the job that runs is not its shell's prisoner"
    await yard.submit(*(order.model_copy(update={"lane": orders[1].token}) for order in orders[1:]))
    gate.touch()
    for order in orders:
        await yard.until(order, reported)
    assert [await yard.text(order, "stdout") for order in orders[1:]] == ["once\n", "once\n"]


async def test_a_job_that_was_handed_in_twice_runs_once_wherever_its_turn_comes_first(yard: HereYard) -> None:
    gate = yard.place / "gate"
    orders = await lane(yard, f'while ! [ -e "{gate}" ]; do sleep 0.02; done', "echo once", "true")
    await yard.submit(*orders)
    await yard.submit(orders[1].model_copy(update={"lane": orders[1].token}))
    await yard.until(orders[1], reported)
    gate.touch()
    await yard.until(orders[2], reported)
    assert await yard.text(orders[1], "stdout") == "once\n"


async def test_a_script_that_is_missing_is_refused_and_the_lane_goes_on(yard: HereYard) -> None:
    orders = await lane(yard, "true", "true", "true")
    await shell(yard.transport, 'rm "$1/run.sh"', orders[1].directory)
    taken = await yard.submit(*orders)
    assert [type(taken[order.token]) for order in orders] == [Launched, Refused, Launched]
    await yard.until(orders[2], reported)


async def test_each_job_of_a_lane_tells_the_time_of_its_own_start(yard: HereYard) -> None:
    orders = await lane(yard, "sleep 1.2", "true")
    await yard.submit(*orders)
    reports = [(await yard.until(order, reported)).report for order in orders]
    starts = [report.started for report in reports if report]
    assert (starts[1] - starts[0]).total_seconds() >= 1


async def test_a_lane_goes_on_with_what_is_put_behind_its_last_one(yard: HereYard) -> None:
    gate = yard.place / "gate"
    orders = await lane(yard, f'while ! [ -e "{gate}" ]; do sleep 0.02; done', "echo once", "echo once", "echo once")
    await yard.submit(*orders[:2])
    behind = [order.model_copy(update={"behind": orders[1].directory}) for order in orders[2:]]
    taken = await yard.submit(*behind)
    assert {one.handle for one in taken.values() if isinstance(one, Launched)} == {yard.handles[orders[0].token]}
    _, *others = await yard.look(*orders)
    assert [(seen.presence, seen.claimed) for seen in others] == [(Presence.PENDING, False)] * 3
    gate.touch()
    for order in orders:
        await yard.until(order, reported)
    assert [await yard.text(order, "stdout") for order in orders[1:]] == ["once\n"] * 3


async def test_what_is_put_behind_a_lane_that_has_ended_starts_in_a_lane_of_its_own(yard: HereYard) -> None:
    orders = await lane(yard, "true", "true", "echo once", "echo once")
    await yard.submit(*orders[:2])
    await yard.until(orders[1], reported)
    shell = await shell_of(yard, orders[1])
    await over(shell)
    await yard.submit(orders[2].model_copy(update={"behind": orders[1].directory}))
    await yard.submit(orders[3].model_copy(update={"behind": orders[2].directory}))
    for order in orders[2:]:
        await yard.until(order, reported)
    assert [await yard.text(order, "stdout") for order in orders[2:]] == ["once\n"] * 2
    assert await shell_of(yard, orders[2]) != shell


async def test_the_walltime_of_a_job_in_a_lane_holds_also_when_its_lane_is_killed(yard: HereYard) -> None:
    orders = [await yard.order("sh", "-c", f"sleep {60 + n}", walltime_s=2) for n in range(2)]
    orders = [order.model_copy(update={"lane": orders[0].token}) for order in orders]
    await yard.submit(*orders)
    await yard.until(orders[0], lambda seen: seen.presence is Presence.RUNNING and seen.start)
    os.kill(await shell_of(yard, orders[0]), signal.SIGKILL)
    report = (await yard.until(orders[0], reported)).report
    assert report is not None
    assert report.walltime_reached is not None


async def test_the_memory_of_a_job_in_a_lane_is_watched_once_it_takes_a_while(yard: HereYard) -> None:
    orders = await lane(yard, "true", "sleep 4", "true")
    await yard.submit(*orders)
    reports = [(await yard.until(order, reported)).report for order in orders]
    assert [report.peak_memory_kib is not None for report in reports if report] == [False, True, False]


async def test_a_damaged_script_does_not_end_its_lane(yard: HereYard) -> None:
    orders = await lane(yard, "true", "true", "true")
    for order in orders[:2]:
        await shell(yard.transport, 'printf "argosy_x=\\$((\\nif (" > "$1/run.sh"', order.directory)
    await yard.submit(*orders)
    await yard.until(orders[2], reported)
    for order in orders[:2]:
        (seen,) = await yard.look(order)
        assert (seen.claimed, seen.report) == (False, None)


async def test_a_program_in_a_lane_sees_the_same_environment_as_one_alone(
    yard: HereYard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("whole", "mine")
    alone = await yard.order("env")
    orders = await lane(yard, "exec env", "exec env")
    await yard.submit(alone)
    await yard.submit(*orders)
    for order in (alone, *orders):
        await yard.until(order, reported)
    seen = [_told(await yard.text(order, "stdout")) for order in (alone, *orders)]
    assert "whole=mine" in seen[0]
    assert seen[0] == seen[1] == seen[2]


def _told(environment: str) -> set[str]:
    own = ("ARGOSY_TOKEN=", "ARGOSY_JOB_DIR=", "PWD=", "OLDPWD=", "_=", "SHLVL=")
    return {line for line in environment.splitlines() if not line.startswith(own)}
