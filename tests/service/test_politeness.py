"""Turns, lines and shared answers."""

import asyncio

import pytest

from argosy.core.errors import Busy
from argosy.core.target import Rates, Target
from argosy.service.sharing import Sharing
from argosy.service.turnstile import Turnstile


class Loop:
    """The time of the running loop, moved on by hand as far as a test wants to look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def turnstile(time: Loop, **rates: float) -> Turnstile:
    return Turnstile("desk", Rates.model_validate({"commands_per_s": 1000.0, **rates}), time)


async def through(stile: Turnstile, who: str, order: list[str], *, first: bool = False) -> None:
    await stile.turn(first=first)
    order.append(who)


async def all_through(time: Loop, tasks: list[asyncio.Task[None]]) -> None:
    """Turn the clock on until all have gone through."""
    async with asyncio.timeout(5):
        while not all(task.done() for task in tasks):
            time.now += 0.001
            await asyncio.sleep(0.001)


async def test_a_burst_goes_through_and_then_the_rate_holds() -> None:
    time = Loop()
    stile = turnstile(time, burst=3)
    for _ in range(3):
        await stile.turn(first=False)
    late = asyncio.create_task(stile.turn(first=False))
    await settle()
    assert not late.done()
    time.now += 0.001
    await asyncio.wait_for(late, 5)


async def test_rounds_go_first_but_not_for_ever() -> None:
    time, order = Loop(), list[str]()
    stile = turnstile(time, burst=1)
    await stile.turn(first=False)
    tasks = [asyncio.create_task(through(stile, "window", order)) for _ in range(2)]
    await settle()
    tasks += [asyncio.create_task(through(stile, "round", order, first=True)) for _ in range(6)]
    await settle()
    await all_through(time, tasks)
    assert order == ["round"] * 4 + ["window"] + ["round"] * 2 + ["window"]


async def test_the_line_of_windows_is_short_and_says_so() -> None:
    time = Loop()
    stile = turnstile(time, burst=1, waiting=2)
    await stile.turn(first=False)
    tasks = [asyncio.create_task(stile.turn(first=False)) for _ in range(2)]
    await settle()
    with pytest.raises(Busy, match="2 requests wait for target desk already") as refusal:
        await stile.turn(first=False)
    assert "few seconds" in refusal.value.hint
    assert (stile.refused, stile.waiting) == (1, 2)
    tasks += [asyncio.create_task(stile.turn(first=True))]  # a round is never turned away
    await all_through(time, tasks)


async def test_whoever_leaves_the_line_takes_no_turn() -> None:
    time, order = Loop(), list[str]()
    stile = turnstile(time, burst=1)
    await stile.turn(first=False)
    gone = asyncio.create_task(through(stile, "gone", order))
    stays = asyncio.create_task(through(stile, "stays", order))
    await settle()
    gone.cancel()
    await settle()
    time.now += 0.001
    await asyncio.wait_for(stays, 5)
    assert order == ["stays"]
    assert stile.waiting == 0


async def test_five_windows_with_one_question_are_one_command() -> None:
    time, asked, go = Loop(), list[int](), asyncio.Event()
    sharing = Sharing(0.2, time)

    async def act() -> int:
        asked.append(1)
        await go.wait()
        return len(asked)

    tasks = [asyncio.create_task(sharing.ask("tail", act)) for _ in range(5)]
    await settle()
    tasks[0].cancel()
    go.set()
    assert await asyncio.gather(*tasks[1:]) == [1] * 4
    assert await sharing.ask("tail", act) == 1
    assert sharing.shared == 5
    time.now += 0.2
    assert await sharing.ask("tail", act) == 2
    assert await sharing.ask("another", act) == 3


async def test_an_error_is_shared_by_those_who_wait_and_never_kept() -> None:
    sharing, asked = Sharing(10, Loop()), list[int]()

    async def act() -> int:
        asked.append(1)
        await asyncio.sleep(0)
        if len(asked) == 1:
            raise Busy("no")
        return len(asked)

    both = await asyncio.gather(sharing.ask("q", act), sharing.ask("q", act), return_exceptions=True)
    assert [type(one) for one in both] == [Busy, Busy]
    assert await sharing.ask("q", act) == 2


def test_a_machine_elsewhere_is_asked_gently_by_itself() -> None:
    there = Target.model_validate({"name": "t", "transport": "ssh", "root": "/r", "ssh": {"host": "h"}})
    assert there.rates == Rates()
    assert there.rates.commands_per_s == 5
    assert there.polling.floor_s == 0.5
    assert Target.model_validate({"name": "t", "root": "/r"}).rates is None
    free = Target.model_validate({"name": "t", "transport": "ssh", "root": "/r", "ssh": {"host": "h"}, "rates": None})
    assert free.rates is None
