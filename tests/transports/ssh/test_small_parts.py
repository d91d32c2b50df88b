import asyncio
import copy
import pickle

import pytest

from argosy.core.errors import Unreachable
from argosy.transports.ssh.backoff import LONGEST_S, Backoff
from argosy.transports.ssh.login import is_for_password
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.secrets import Kind, Opens, Secret, Secrets
from argosy.transports.ssh.slots import FEWER_S, MOST, STEP_S, Slots
from argosy.transports.ssh.wallet import Wallet

ACCOUNT = Opens(Kind.PASSWORD, "sci@far")


# --- Secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_shows_itself_to_nobody_by_accident() -> None:
    secrets = Secrets()
    secrets.keep(ACCOUNT, Secret("hush"))
    memory = Memory(Wallet(keyring=False, tell=print))
    memory.late[ACCOUNT] = Secret("hush")
    for thing in (Secret("hush"), secrets, memory, memory.wallet, [Secret("hush")]):
        assert "hush" not in f"{thing!r} {thing!s} {thing}"
    for way in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="not copied"):
            way(Secret("hush"))


async def test_a_refused_secret_is_forgotten_and_all_are_when_one_leaves() -> None:
    wallet = Wallet(keyring=False, tell=print)
    await wallet.keep(ACCOUNT, Secret("hush"))
    assert (secret := await wallet.get(ACCOUNT)) is not None
    assert secret.reveal() == "hush"
    await wallet.forget(ACCOUNT)
    assert await wallet.get(ACCOUNT) is None
    await wallet.keep(ACCOUNT, Secret("hush"))
    await wallet.clear((), ())
    assert await wallet.get(ACCOUNT) is None


@pytest.mark.parametrize(
    ("text", "echo", "is_it"),
    [
        ("Password: ", False, True),
        ("(sci@far) Password:", False, True),
        ("sci's password", False, True),
        ("Password: ", True, False),
        ("Passcode or option (1-3): ", False, False),
        ("One-time password (OATH) for sci:", False, False),
        ("New password: ", False, False),
        ("Retype new password: ", False, False),
        ("Verification code: ", False, False),
    ],
)
def test_only_a_hidden_question_for_the_password_is_answered_with_it(text: str, echo: bool, is_it: bool) -> None:
    assert is_for_password(text, echo) is is_it


# --- Backoff ---------------------------------------------------------------------------------------------------------


def test_each_pause_is_longer_and_none_is_endless() -> None:
    now = 0.0
    backoff = Backoff(clock=lambda: now, jitter=lambda: 1.0)
    pauses: list[float] = []
    for _ in range(10):
        backoff.failed(Unreachable("the name is not known", hint="Look."))
        start = now
        with pytest.raises(Unreachable, match=r"the name is not known; tried again in") as trouble:
            backoff.check()
        assert trouble.value.hint == "Look."
        now = backoff.until
        backoff.check()
        pauses.append(now - start)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1.0, LONGEST_S)


def test_after_an_answer_the_next_pause_is_short_again() -> None:
    backoff = Backoff(clock=lambda: 0.0, jitter=lambda: 0.0)
    for _ in range(5):
        backoff.failed(Unreachable("no"))
    backoff.worked()
    backoff.check()
    backoff.failed(Unreachable("no"))
    assert backoff.until == pytest.approx(2 / 3)


# --- Slots -----------------------------------------------------------------------------------------------------------


async def test_places_are_given_in_the_order_of_asking() -> None:
    slots, came = Slots(1), list[int]()

    async def come(number: int) -> None:
        await slots.take()
        came.append(number)

    waiting = [asyncio.create_task(come(number)) for number in range(4)]
    for number in range(4):
        while len(came) <= number:  # noqa: ASYNC110
            await asyncio.sleep(0)
        slots.give()
    await asyncio.gather(*waiting)
    assert came == [0, 1, 2, 3]


async def test_who_gives_up_leaves_the_place_to_the_next() -> None:
    slots = Slots(1)
    await slots.take()
    first, second = asyncio.create_task(slots.take()), asyncio.create_task(slots.take())
    await asyncio.sleep(0)
    slots.give()  # wakes the first
    first.cancel()
    await asyncio.wait_for(second, 5)
    assert first.cancelled()


async def test_a_machine_that_refuses_lowers_the_bound_but_never_to_nothing() -> None:
    slots = Slots()
    assert slots.bound == MOST
    slots.fewer(3)
    assert slots.bound == 3
    slots.fewer(5)
    assert slots.bound == 3
    slots.fewer(0)
    assert slots.bound == 1


async def test_a_bound_that_has_fallen_rises_again_one_by_one_when_somebody_waits() -> None:
    now = [1000.0]
    slots = Slots(3, clock=lambda: now[0])
    slots.fewer(1)
    await slots.take()
    second = asyncio.create_task(slots.take())
    await asyncio.sleep(0)
    assert not second.done(), "the machine is believed for a while"
    second.cancel()
    now[0] += FEWER_S
    await asyncio.wait_for(slots.take(), 5)
    assert slots.bound == 2
    now[0] += STEP_S
    await asyncio.wait_for(slots.take(), 5)
    assert slots.bound == 3


async def test_a_machine_that_goes_on_refusing_is_tried_later_each_time() -> None:
    now = [1000.0]
    slots = Slots(3, clock=lambda: now[0])
    await slots.take()
    for pause in (FEWER_S, 2 * FEWER_S, 4 * FEWER_S):
        slots.fewer(1)
        now[0] += pause - 1
        early = asyncio.create_task(slots.take())
        await asyncio.sleep(0)
        assert not early.done()
        early.cancel()
        now[0] += 1
        await asyncio.wait_for(slots.take(), 5)
        slots.give()  # it was refused


async def test_who_waits_while_all_places_are_lent_has_one_asked_back() -> None:
    asked: list[str] = []
    slots = Slots(1, crowded=lambda: asked.append("please"))
    await slots.take()
    slots.opened(lent=True)
    waiting = asyncio.create_task(slots.take())
    await asyncio.sleep(0)
    assert asked == ["please"]
    slots.closed(lent=True)
    await asyncio.wait_for(waiting, 5)


async def test_nobody_is_asked_back_while_a_place_will_be_free_by_itself() -> None:
    asked: list[str] = []
    slots = Slots(2, crowded=lambda: asked.append("please"))
    for lent in (True, False):
        await slots.take()
        slots.opened(lent=lent)
    waiting = asyncio.create_task(slots.take())
    await asyncio.sleep(0)
    assert asked == []
    slots.closed(lent=False)
    await asyncio.wait_for(waiting, 5)
