"""What every scheduler must hold, shown with real jobs.

The test class of a scheduler inherits from SchedulerSuite and gives the fixture ``yard``: a scheduler, a machine where
it works, and a fresh directory there.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from argosy.contracts import Order, Parcel, Scheduler, Text, Transport
from argosy.core import ids, wrapper
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.names import spell, unspell
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.spec import JobSpec
from argosy.core.target import Target

LOOKS = 3_000


class Yard:
    """Jobs at a scheduler. ``root`` is the spelled absolute path of a fresh directory on the machine."""

    def __init__(self, scheduler: Scheduler, transport: Transport, root: str) -> None:
        self.scheduler = scheduler
        self.transport = transport
        self.root = root
        self.target = Target(name="yard", root=root)
        self.handles: dict[str, str] = {}

    async def run(self, command: Command) -> Answer:
        """The answer of the machine."""
        return await self.transport.run(command)

    async def order(
        self, *argv: str, folder: str = "jobs", spec: Mapping[str, Any] | None = None, **facts: Any
    ) -> Order:
        """A job that is staged and may be launched. ``spec`` are fields of the job, ``facts`` those of its script."""
        job = ids.job_id(datetime.now(UTC), secrets.randbits(ids.ENTROPY_BITS))
        directory = f"{self.root}/{folder}/{job}/attempt-1"
        order = Order(token=ids.token(job, 1), directory=directory, spec=JobSpec(name="test", argv=argv, **spec or {}))
        given = {"token": order.token, "directory": os.fsdecode(unspell(directory)), "argv": argv, "grace_s": 2} | facts
        launch = wrapper.Launch.model_validate(given | {"directives": self.scheduler.directives(order, self.target)})
        run = Text(name="run.sh", data=os.fsencode(wrapper.script(launch)), executable=True)
        assert list(
            await self.transport.place([Parcel(directory=directory, items=(run,), subdirectories=("work",))])
        ) == [None]
        return order

    def watched(self, *orders: Order) -> list[Watched]:
        """How these orders are asked about."""
        return [
            Watched(token=order.token, directory=order.directory, handle=self.handles.get(order.token, ""))
            for order in orders
        ]

    async def submit(self, *orders: Order) -> Mapping[str, Launched | Refused]:
        """Hand the orders in."""
        taken = self.scheduler.parse_submit(orders, await self.run(self.scheduler.submit(orders)))
        self.handles |= {token: one.handle for token, one in taken.items() if isinstance(one, Launched)}
        return taken

    async def look(self, *orders: Order) -> list[Sighting]:
        """One look at all of them, in their order."""
        watched = self.watched(*orders)
        seen = self.scheduler.parse_list(watched, await self.run(self.scheduler.list(watched)))
        assert list(seen) == [order.token for order in orders]
        return [seen[order.token] for order in orders]

    async def until(self, order: Order, true: Callable[[Sighting], object]) -> Sighting:
        """Look until it is true."""
        seen = None
        for _ in range(LOOKS):
            (seen,) = await self.look(order)
            if true(seen):
                return seen
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain; last seen: {seen}")

    async def begun(self, *argv: str, **facts: Any) -> Order:
        """A job whose program runs."""
        order = await self.order(*argv, **facts)
        await self.submit(order)
        await self.until(order, lambda seen: seen.presence is Presence.RUNNING and seen.start)
        return order

    async def said(self, order: Order, words: str) -> None:
        """Wait until the program has printed this."""
        for _ in range(LOOKS):
            if words in await self.text(order, "stdout"):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"waited in vain for {words!r}")

    async def cancel(self, *orders: Order) -> frozenset[str]:
        """Tell them to stop; the tokens that were told."""
        watched = self.watched(*orders)
        return self.scheduler.parse_cancel(watched, await self.run(self.scheduler.cancel(watched)))

    async def kill(self, *orders: Order) -> frozenset[str]:
        """Kill them; the tokens that were told."""
        watched = self.watched(*orders)
        return self.scheduler.parse_cancel(watched, await self.run(self.scheduler.kill(watched)))

    async def forbid(self, *orders: Order) -> frozenset[str]:
        """Take their one start; the tokens whose start was taken."""
        watched = self.watched(*orders)
        return self.scheduler.parse_forbid(watched, await self.run(self.scheduler.forbid(watched)))

    async def text(self, order: Order, name: str) -> str:
        """A file of an attempt."""
        return (await self.transport.read(f"{order.directory}/{name}")).data.decode()


def reported(seen: Sighting) -> object:
    """The exit report is there."""
    return seen.report


class SchedulerSuite:
    """What holds for any scheduler."""

    async def test_a_program_runs_to_its_report(self, yard: Yard) -> None:
        good, bad = await yard.order("sh", "-c", "echo $ARGOSY_TOKEN"), await yard.order("sh", "-c", "exit 7")
        taken = await yard.submit(good, bad)
        assert all(isinstance(one, Launched) and one.handle for one in taken.values())
        codes = [(await yard.until(order, reported)).report for order in (good, bad)]
        assert [report.code for report in codes if report] == [0, 7]
        assert await yard.text(good, "stdout") == f"{good.token}\n"

    async def test_a_running_program_is_seen_with_its_start_record(self, yard: Yard) -> None:
        order = await yard.begun("sleep", "600")
        (seen,) = await yard.look(order)
        assert (seen.presence, seen.claimed, seen.report) == (Presence.RUNNING, True, None)
        assert seen.start is not None
        assert seen.start.token == order.token
        await yard.cancel(order)

    async def test_what_was_never_launched_is_absent_and_may_still_start(self, yard: Yard) -> None:
        (seen,) = await yard.look(await yard.order("true"))
        assert (seen.presence, seen.claimed, seen.directory_exists) == (Presence.ABSENT, False, True)
        assert (seen.start, seen.report, seen.cause) == (None, None, None)

    async def test_launched_again_and_again_it_runs_once(self, yard: Yard) -> None:
        order = await yard.order("sh", "-c", "echo ran >>$ARGOSY_JOB_DIR/ran; sleep 0.2")
        await asyncio.gather(*(yard.submit(order) for _ in range(5)))
        await yard.submit(order)
        await yard.until(order, reported)
        await yard.submit(order)
        await yard.forbid(order)
        assert await yard.text(order, "ran") == "ran\n"

    async def test_many_are_launched_and_listed_at_once(self, yard: Yard) -> None:
        orders = [await yard.order("sh", "-c", f"exit {number}") for number in range(20)]
        assert set(await yard.submit(*orders)) == {order.token for order in orders}
        reports = [(await yard.until(order, reported)).report for order in orders]
        assert [report.code for report in reports if report] == list(range(20))

    async def test_a_script_that_is_not_there_is_refused_and_keeps_no_other_back(self, yard: Yard) -> None:
        good = await yard.order("true")
        bad = good.model_copy(update={"token": "argosy-nowhere-1", "directory": f"{yard.root}/jobs/nowhere/attempt-1"})
        taken = await yard.submit(bad, good)
        assert isinstance(taken[bad.token], Refused)
        assert isinstance(taken[good.token], Launched)
        await yard.until(good, reported)

    async def test_nothing_to_ask_about_is_no_fault(self, yard: Yard) -> None:
        assert await yard.look() == []
        assert await yard.cancel() == await yard.forbid() == frozenset()

    # --- Stopping --------------------------------------------------------------------------------------------------

    async def test_a_running_program_is_told_to_stop(self, yard: Yard) -> None:
        order = await yard.begun("sleep", "600")
        assert await yard.cancel(order) == {order.token}
        report = (await yard.until(order, reported)).report
        assert report is not None
        assert report.cancelled is not None
        assert report.code != 0

    async def test_a_program_that_ignores_the_word_is_ended_after_its_grace(self, yard: Yard) -> None:
        order = await yard.begun("sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done', grace_s=1)
        await yard.said(order, "ready")
        await yard.cancel(order)
        report = (await yard.until(order, reported)).report
        assert report is not None
        assert (report.signal, report.cancelled is None) == (9, False)

    @pytest.mark.parametrize("told_before", [False, True])
    async def test_a_program_that_will_not_stop_is_killed_and_reported_so(
        self, yard: Yard, *, told_before: bool
    ) -> None:
        order = await yard.begun("sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done', grace_s=3600)
        await yard.said(order, "ready")
        if told_before:
            await yard.cancel(order)
        assert await yard.kill(order) == {order.token}
        report = (await yard.until(order, reported)).report
        assert report is not None
        assert (report.signal, report.cancelled is None) == (9, False)
        assert await yard.kill(order) == {order.token}

    async def test_killed_before_its_start_it_never_starts(self, yard: Yard) -> None:
        order = await yard.order("touch", "../ran")
        assert await yard.kill(order) == {order.token}
        await self.never_starts(yard, order)

    async def test_cancelling_what_is_over_changes_nothing(self, yard: Yard) -> None:
        order = await yard.order("true")
        await yard.submit(order)
        before = await yard.until(order, reported)
        assert await yard.cancel(order) == {order.token}
        (after,) = await yard.look(order)
        assert (after.report, after.start) == (before.report, before.start)

    async def test_cancelled_before_its_start_it_never_starts(self, yard: Yard) -> None:
        order = await yard.order("touch", "../ran")
        assert await yard.cancel(order) == {order.token}
        await self.never_starts(yard, order)

    async def test_forbidden_before_its_start_it_never_starts(self, yard: Yard) -> None:
        order = await yard.order("touch", "../ran")
        assert await yard.forbid(order) == {order.token}
        assert await yard.forbid(order) == {order.token}
        await self.never_starts(yard, order)

    @staticmethod
    async def never_starts(yard: Yard, order: Order) -> None:
        last = await yard.order("true")
        await yard.submit(order, last)
        await yard.until(last, reported)
        (seen,) = await yard.look(order)
        assert (seen.presence, seen.conclusive, seen.start, seen.report) == (Presence.OVER, True, None, None)
        assert f"{order.directory.rsplit('/', 1)[-1]}/ran" not in str(await yard.transport.files(order.directory))

    async def test_what_has_started_cannot_be_forbidden(self, yard: Yard) -> None:
        running, over = await yard.begun("sleep", "600"), await yard.order("true")
        await yard.submit(over)
        await yard.until(over, reported)
        assert await yard.forbid(running, over) == frozenset()
        assert (await yard.look(running))[0].presence is Presence.RUNNING
        await yard.cancel(running)

    async def test_a_race_between_launch_and_prohibition_has_one_winner(self, yard: Yard) -> None:
        for _ in range(5):
            order = await yard.order("touch", "../ran")
            _, taken = await asyncio.gather(yard.submit(order), yard.forbid(order))
            if taken:
                await self.never_starts(yard, order)
            else:
                assert (await yard.until(order, reported)).report

    # --- Answers that cannot be trusted ----------------------------------------------------------------------------

    async def answers(self, yard: Yard) -> list[tuple[Callable[[Answer], object], Answer]]:
        """An answer of each kind, about several attempts in several conditions, with what reads it."""
        scheduler, orders = yard.scheduler, [await yard.order("true") for _ in range(4)]
        watched = yard.watched(*orders)
        forbidden = await yard.run(scheduler.forbid(watched[:1]))
        launched = await yard.run(scheduler.submit(orders[1:3]))
        scheduler.parse_submit(orders[1:3], launched)
        await yard.until(orders[1], reported)
        await yard.until(orders[2], reported)
        return [
            (lambda answer: scheduler.parse_forbid(watched[:1], answer), forbidden),
            (lambda answer: scheduler.parse_submit(orders[1:3], answer), launched),
            (lambda answer: scheduler.parse_list(watched, answer), await yard.run(scheduler.list(watched))),
            (lambda answer: scheduler.parse_cancel(watched, answer), await yard.run(scheduler.cancel(watched))),
        ]

    async def test_an_answer_that_is_cut_short_anywhere_is_garbled(self, yard: Yard) -> None:
        for parse, answer in await self.answers(yard):
            parse(answer)
            whole = answer.stdout.rstrip(b"\n")
            for length in range(len(whole)):
                with pytest.raises(Garbled):
                    parse(answer.model_copy(update={"stdout": whole[:length]}))

    async def test_an_answer_without_any_of_its_lines_is_garbled(self, yard: Yard) -> None:
        for parse, answer in await self.answers(yard):
            lines = answer.stdout.splitlines(keepends=True)
            for number, line in enumerate(lines):
                if line.startswith((b"start ", b"exit ", b"forbidden ", b"told ")):
                    continue  # a record without it is damaged, and a token without it was not told
                with pytest.raises(Garbled):
                    parse(answer.model_copy(update={"stdout": b"".join(lines[:number] + lines[number + 1 :])}))

    @pytest.mark.parametrize("noise", [b"Welcome to the cluster!\n", b"\xff\xfe\0\n", b"complete 0\n", b"\n"])
    async def test_an_answer_with_noise_before_or_after_is_garbled(self, yard: Yard, noise: bytes) -> None:
        for parse, answer in await self.answers(yard):
            with pytest.raises(Garbled):
                parse(answer.model_copy(update={"stdout": noise + answer.stdout}))
            if noise.strip():
                with pytest.raises(Garbled):
                    parse(answer.model_copy(update={"stdout": answer.stdout + noise}))

    async def test_a_command_that_failed_has_no_answer(self, yard: Yard) -> None:
        for parse, answer in await self.answers(yard):
            with pytest.raises(Garbled, match="no shell today"):
                parse(answer.model_copy(update={"code": 1, "stderr": b"no shell today", "stdout": b""}))
            with pytest.raises(Garbled):
                parse(answer.model_copy(update={"code": 1}))

    async def test_an_answer_about_others_is_garbled(self, yard: Yard) -> None:
        mine, other = yard.watched(await yard.order("true"), await yard.order("true"))
        answer = await yard.run(yard.scheduler.list([other]))
        with pytest.raises(Garbled):
            yard.scheduler.parse_list([mine], answer)
        with pytest.raises(Garbled):
            yard.scheduler.parse_list([mine, other], answer)
        with pytest.raises(Garbled):
            yard.scheduler.parse_list([], answer)

    # --- Places ----------------------------------------------------------------------------------------------------

    async def test_a_directory_that_vanished_is_told_and_hides_no_other(self, yard: Yard) -> None:
        gone, there = await yard.order("true"), await yard.order("true")
        await yard.run(Command(argv=("rm", "-r", unspell(gone.directory))))
        missing, absent = await yard.look(gone, there)
        assert (missing.directory_exists, missing.presence) == (False, Presence.ABSENT)
        assert (absent.directory_exists, absent.presence) == (True, Presence.ABSENT)
        assert await yard.forbid(gone) == {gone.token}

    @pytest.mark.parametrize("folder", ['it\'s "here" $HOME', spell(b"a\nb \xff"), "-rf *", "a=b;c&d", "jobs/"])
    async def test_a_directory_may_have_any_name(self, yard: Yard, folder: str) -> None:
        order = await yard.order("pwd", folder=folder)
        await yard.submit(order)
        report = (await yard.until(order, reported)).report
        assert report is not None
        assert report.code == 0
