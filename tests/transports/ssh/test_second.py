"""When a second connection carries large contents, and when everything goes by the first one."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from argosy.core.errors import NeedsLogin, Unreachable
from argosy.transports.far.line import Channel, Starter
from argosy.transports.far.streams import Opened, everything
from argosy.transports.ssh import second
from argosy.transports.ssh.link import ChannelRefused
from argosy.transports.ssh.second import MUCH, Second
from tests.contracts.transport_suite import eventually
from tests.transports.far.sh_line import ShLine


@dataclass
class Asking:
    """A target whose budget has room for so many more logins."""

    logins: int = 100
    target: str = "far"
    told: list[str] = field(default_factory=list)

    def tell(self, words: str) -> None:
        self.told.append(words)

    def another_login(self) -> bool:
        self.logins -= 1
        return self.logins >= 0


@dataclass
class Standing:
    """A connection whose channels are shells of this machine."""

    line: ShLine
    trouble: Exception | None = None
    lost: str | None = None
    second: None = None
    words: str = ""
    hung_up: bool = False
    opened: int = 0

    async def start(self, command: bytes, left: Callable[[], None]) -> Channel:
        if self.trouble is not None:
            raise self.trouble
        self.opened += 1
        channel = await self.line.open(command)
        close = channel.close

        async def closed() -> None:
            await close()
            left()

        channel.close = closed  # type: ignore[method-assign]
        return channel

    async def hang_up(self) -> None:
        self.hung_up = True

    async def let_go(self) -> None:
        await self.hang_up()


@dataclass
class Dialling:
    """What is dialled: these connections, or this trouble."""

    stands: list[Standing | Exception]
    dialled: int = 0
    lost: Callable[[], None] = lambda: None

    async def __call__(self, target: str, tell: Callable[[str], None], lost: Callable[[], None]) -> Standing:
        del target, tell
        self.dialled += 1
        self.lost = lost
        stand = self.stands.pop(0)
        if isinstance(stand, Exception):
            raise stand
        return stand


async def said(starter: Starter, script: bytes) -> bytes:
    """What a script says there."""
    channel = await Opened.of(starter, script)
    try:
        return await everything(channel.receive)
    finally:
        await channel.close()


async def test_one_login_serves_all_that_is_large_and_what_is_small_needs_none() -> None:
    stand, asker, line = Standing(ShLine()), Asking(), ShLine()
    dialling = Dialling([stand])
    beside = Second(dialling)
    assert await beside.starter(asker, line, MUCH - 1) is None
    assert dialling.dialled == 0
    starters = await asyncio.gather(*(beside.starter(asker, line, MUCH) for _ in range(3)))
    for starter in starters:
        assert starter is not None
        assert await said(starter, b"echo there") == b"there\n"
    assert (dialling.dialled, asker.logins) == (1, 99)
    assert (stand.opened, line.opened) == (4, 1), "but for one look where each of them leads"
    await beside.close()
    assert stand.hung_up
    assert await beside.starter(asker, line, MUCH) is None


async def test_a_budget_without_room_is_told_of_and_asked_again_later() -> None:
    asker, dialling = Asking(logins=0), Dialling([Standing(ShLine())])
    beside = Second(dialling)
    assert await beside.starter(asker, ShLine(), MUCH) is None
    assert "the budget of logins has no room" in asker.told[-1]
    assert dialling.dialled == 0
    asker.logins = 1
    assert await beside.starter(asker, ShLine(), MUCH) is not None


@pytest.mark.parametrize("trouble", [NeedsLogin("it wants the password"), Unreachable("it hung up")])
async def test_a_login_that_is_refused_is_told_of_and_not_tried_again(trouble: Exception) -> None:
    asker, dialling = Asking(), Dialling([trouble])
    beside = Second(dialling)
    for _ in range(2):
        assert await beside.starter(asker, ShLine(), MUCH) is None
    assert dialling.dialled == 1
    assert asker.told == [f"second connection, for large files: {trouble}; they go by the first one"]


async def test_a_name_that_leads_to_another_machine_this_time_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "uname").write_text("#!/bin/sh\necho another\n")
    (tmp_path / "uname").chmod(0o755)
    stand = Standing(ShLine(environment=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}))
    asker, beside = Asking(), Second(Dialling([stand]))
    assert await beside.starter(asker, ShLine(), MUCH) is None
    assert "it leads to another machine behind the same name" in asker.told[-1]
    assert stand.hung_up


async def test_a_channel_that_is_not_to_be_had_is_opened_by_the_first_connection() -> None:
    stand, asker, line = Standing(ShLine()), Asking(), ShLine()
    starter = await Second(Dialling([stand])).starter(asker, line, MUCH)
    assert starter is not None
    stand.trouble = ChannelRefused("administratively prohibited")
    before = line.opened
    assert await said(starter, b"echo there") == b"there\n"
    assert line.opened == before + 1
    assert "administratively prohibited; it goes by the first one" in asker.told[-1]


async def test_a_connection_that_is_lost_is_not_made_again() -> None:
    stand, asker = Standing(ShLine(), lost="cut"), Asking()
    dialling = Dialling([stand])
    beside = Second(dialling)
    assert await beside.starter(asker, ShLine(), MUCH) is not None
    dialling.lost()
    assert await beside.starter(asker, ShLine(), MUCH) is None
    assert "it was lost: cut" in asker.told[-1]
    assert dialling.dialled == 1


async def test_at_rest_it_is_given_back_and_made_again_for_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "REST_S", 0.0)
    first, later, asker = Standing(ShLine()), Standing(ShLine()), Asking()
    beside = Second(Dialling([first, later]))
    assert await beside.starter(asker, ShLine(), MUCH) is not None

    async def hung_up() -> bool:
        return first.hung_up

    await eventually(hung_up)
    assert await beside.starter(asker, ShLine(), MUCH) is not None
    assert asker.logins == 98
    await beside.close()
