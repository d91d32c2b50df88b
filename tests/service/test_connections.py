"""Logins, consoles and counts, with a transport that asks before it lets anybody in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from argosy.contracts import Store
from argosy.core.command import Command
from argosy.core.connection import ConnectionState, Heard, Replies
from argosy.core.errors import BadInput, Conflict, NeedsLogin, Unreachable
from argosy.core.home import Home, home_from
from argosy.core.target import Rates, Target
from argosy.server.places import make_directories
from argosy.service.connections import Connections
from argosy.store import open_store
from tests.service.door_plug import SECRET, profile
from tests.service.knocking import Knocking, open_knocking

TRUE = Command(argv=("true",))


class Hand:
    """A clock turned by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_from({"ARGOSY_HOME": str(tmp_path / "home")}, data=tmp_path, config=tmp_path, state=tmp_path)
    make_directories(home)
    return home


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    store = await open_store(home.database_url)
    yield store
    await store.close()


@pytest.fixture
def clock() -> Hand:
    return Hand()


Opened = Callable[..., Connections]


@pytest.fixture
async def opened(home: Home, store: Store, clock: Hand) -> AsyncIterator[Opened]:
    made: list[Connections] = []

    def open_(**more: float) -> Connections:
        made.append(Connections(home, openers={"knocking": open_knocking}, store=store, clock=clock, **more))
        return made[-1]

    yield open_
    for one in made:
        await one.close()


def target(tmp_path: Path, **more: object) -> Target:
    return Target.model_validate(profile("desk", tmp_path / "root", **more))


def inner(connections: Connections, of: Target) -> Knocking:
    transport = connections._link(of)._transport
    assert isinstance(transport, Knocking)
    return transport


async def log_in(connections: Connections, desk: Target) -> None:
    asked = await connections.connect(desk)
    assert asked.prompt
    connections.reply(desk, Replies(prompt=asked.prompt.id, texts=(SECRET,)))
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED


async def test_a_login_asks_and_lets_in(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    rung: list[str] = []
    connections.ring = rung.append
    asked = await connections.connect(desk)
    assert asked.state is ConnectionState.CONNECTING
    assert asked.prompt
    assert asked.prompt.questions[0].echo is False
    connections.reply(desk, Replies(prompt=asked.prompt.id, texts=(SECRET,)))
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED
    assert rung == ["desk"]
    assert (await connections.transport(desk).run(TRUE)).code == 0


async def test_twenty_windows_see_one_prompt_and_the_first_answer_counts(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    asked = await asyncio.gather(*(connections.connect(desk) for _ in range(20)))
    prompts = {one.prompt.id for one in asked if one.prompt}
    assert len(prompts) == 1
    replies = Replies(prompt=prompts.pop(), texts=(SECRET,))
    connections.reply(desk, replies)
    with pytest.raises(Conflict, match="another window"):
        connections.reply(desk, replies)
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED
    assert inner(connections, desk).prompts == 1


async def test_a_refused_password_ends_the_login_and_says_so(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    asked = await connections.connect(desk)
    assert asked.prompt
    connections.reply(desk, Replies(prompt=asked.prompt.id, texts=("wrong",)))
    refused = await connections.settled(desk, wait_s=10)
    assert (refused.state, refused.words) == (ConnectionState.NEEDS_LOGIN, "the password was refused")
    assert refused.hint == "argosy connect desk"
    with pytest.raises(NeedsLogin, match="argosy connect desk"):
        await connections.transport(desk).run(TRUE)
    assert inner(connections, desk).prompts == 1


async def test_nobody_answers_and_the_login_ends(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(patience_s=0.02), target(tmp_path)
    asked = await connections.connect(desk)
    assert asked.prompt
    over = await connections.settled(desk, seen=asked.prompt.id, wait_s=10)
    assert over.state is ConnectionState.NEEDS_LOGIN
    assert "nobody answered" in over.words


async def test_who_turns_away_ends_the_login(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    asked = await connections.connect(desk)
    assert asked.prompt
    connections.reply(desk, Replies(prompt=asked.prompt.id, texts=None))
    assert "given up" in (await connections.settled(desk, wait_s=10)).words


async def test_a_push_is_shown_while_the_login_goes_on_and_several_questions_are_asked_at_once(
    opened: Opened, tmp_path: Path
) -> None:
    connections, desk = opened(), target(tmp_path, asks="push,code")
    asked = await connections.connect(desk)
    assert asked.prompt
    asked = await connections.settled(desk, seen="", wait_s=10)
    assert asked.prompt
    assert [question.echo for question in asked.prompt.questions] == [False, True]
    with pytest.raises(BadInput, match="2 questions") as refusal:
        connections.reply(desk, Replies(prompt=asked.prompt.id, texts=("12345",)))
    assert "12345" not in str(refusal.value)
    connections.reply(desk, Replies(prompt=asked.prompt.id, texts=("12345", "blue")))
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED


async def test_an_answer_that_nobody_asked_for_is_refused(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    with pytest.raises(Conflict):
        connections.reply(desk, Replies(prompt="x", texts=("y",)))


async def test_disconnected_by_the_user_stays_disconnected_also_after_a_restart(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path, asks="")
    assert (await connections.transport(desk).run(TRUE)).code == 0
    left = await connections.disconnect(desk)
    assert left.state is ConnectionState.DISCONNECTED
    for again in (connections, opened()):
        with pytest.raises(NeedsLogin, match="you have disconnected it"):
            await again.transport(desk).run(TRUE)
    await connections.connect(desk)
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED
    assert (await opened().transport(desk).run(TRUE)).code == 0


async def test_disconnecting_ends_a_login_that_is_under_way(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    asked = await connections.connect(desk)
    assert asked.prompt
    await connections.disconnect(desk)
    with pytest.raises(Conflict):
        connections.reply(desk, Replies(prompt=asked.prompt.id, texts=(SECRET,)))
    assert connections.view(desk).prompt is None


async def test_no_words_about_answers_hold_them(opened: Opened, tmp_path: Path) -> None:
    replies = Replies(prompt="p", texts=(SECRET,))
    assert SECRET not in repr(replies)
    assert SECRET not in str(replies)
    with pytest.raises(ValueError, match="texts") as refusal:
        Replies.model_validate({"prompt": "p", "texts": {SECRET: 1}})
    assert SECRET not in str(refusal.value)
    connections, desk = opened(), target(tmp_path)
    await log_in(connections, desk)
    page = await connections.console(desk, after=0, limit=100, wait_s=0)
    assert page.lines
    assert SECRET not in page.model_dump_json()


async def test_changes_are_events_in_order_and_noise_is_not(opened: Opened, store: Store, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    await log_in(connections, desk)
    await connections.disconnect(desk)
    await connections.close()
    told = [event for event in await store.events(after=0) if event.kind == "connection"]
    assert [event.target for event in told] == ["desk"] * len(told)
    assert [event.words.split(":")[0] for event in told] == ["connecting", "connected", "disconnected"]
    assert told[0].words == "connecting: asks: the password of ada"


async def test_the_console_is_numbered_followed_and_bounded(opened: Opened, clock: Hand, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path, asks="")
    link = connections._link(desk)
    for number in range(2_100):
        link.hear(Heard(at=clock(), kind="command", words=f"command {number}"))
    page = await connections.console(desk, after=0, limit=2_000, wait_s=0)
    assert (len(page.lines), page.lines[0].number, page.next) == (2_000, 101, 2_100)
    coming = asyncio.create_task(connections.console(desk, after=page.next, limit=10, wait_s=20))
    await asyncio.sleep(0)
    link.hear(Heard(at=clock(), kind="command", words="the last"))
    assert [line.words for line in (await coming).lines] == ["the last"]
    fresh = await opened().console(desk, after=2_101, limit=10, wait_s=0)
    assert (fresh.lines, fresh.next) == ((), 0)


async def test_usage_counts_by_the_hour_and_forgets_after_two_days(opened: Opened, clock: Hand, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path, asks="")
    transport = connections.transport(desk)
    await transport.run(Command(argv=("echo", "abc")))
    clock.turn(hours=1)
    await transport.run(TRUE)
    await transport.run(TRUE)
    first, second = connections.usage(desk).hours
    assert (first.commands, first.logins, first.received) == (1, 1, 4)
    assert (second.commands, second.logins) == (2, 0)
    clock.turn(hours=48)
    assert connections.usage(desk).hours == ()


async def test_argosy_does_not_log_in_more_often_than_it_may_but_a_person_does(
    opened: Opened, clock: Hand, tmp_path: Path
) -> None:
    connections = opened()
    desk = target(tmp_path, asks="", rates=Rates(logins_per_hour=3))
    for _ in range(3):
        await connections.transport(desk).run(TRUE)
        await inner(connections, desk).disconnect()
    with pytest.raises(Unreachable, match=r"3 times within an hour.*13:00") as refusal:
        await connections.transport(desk).run(TRUE)
    assert "argosy connect desk" in refusal.value.hint
    await connections.connect(desk)
    assert (await connections.settled(desk, wait_s=10)).state is ConnectionState.CONNECTED
    await inner(connections, desk).disconnect()
    clock.turn(hours=1, seconds=1)
    assert (await connections.transport(desk).run(TRUE)).code == 0


async def test_logins_beside_the_first_one_are_counted_and_leave_it_half_of_the_budget(
    opened: Opened, clock: Hand, tmp_path: Path
) -> None:
    connections = opened()
    desk = target(tmp_path, asks="", rates=Rates(logins_per_hour=5))
    await connections.transport(desk).run(TRUE)
    link = connections._link(desk)
    assert [link.another_login() for _ in range(3)] == [True, False, False]
    assert connections.usage(desk).hours[-1].logins == 2
    await inner(connections, desk).disconnect()
    assert (await connections.transport(desk).run(TRUE)).code == 0, "there is room for logins that are needed"
    clock.turn(hours=1, seconds=1)
    assert link.another_login()
    assert connections._link(target(tmp_path, asks="", rates=None)).another_login()


async def test_a_machine_that_does_not_answer_costs_no_logins(opened: Opened, tmp_path: Path) -> None:
    connections = opened()
    desk = target(tmp_path, asks="", rates=Rates(logins_per_hour=1, burst=100))
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "away").touch()
    for _ in range(5):
        with pytest.raises(Unreachable, match="does not answer"):
            await connections.transport(desk).run(TRUE)
    (tmp_path / "root" / "away").unlink()
    assert (await connections.transport(desk).run(TRUE)).code == 0


async def test_a_change_that_is_not_about_the_way_there_keeps_the_connection(opened: Opened, tmp_path: Path) -> None:
    connections, desk = opened(), target(tmp_path)
    await log_in(connections, desk)
    before = inner(connections, desk)
    limited = desk.model_copy(update={"limits": desk.limits.model_copy(update={"running": 2}), "rates": Rates()})
    assert (await connections.transport(limited).run(TRUE)).code == 0
    assert inner(connections, limited) is before
    elsewhere = limited.model_copy(update={"root": str(tmp_path / "other")})
    assert connections.view(elsewhere).state is ConnectionState.DISCONNECTED
    assert inner(connections, elsewhere) is not before
    await connections.close()
    assert before.connection.state is ConnectionState.DISCONNECTED
