"""Shells that stay, and channels that others wait for."""

from argosy.core.command import Command
from argosy.transports.far.shells import Shells
from tests.transports.far.sh_line import ShChannel, ShLine


class NarrowLine(ShLine):
    """Somebody waits for its only channel as soon as that is lent."""

    async def open(self, command: bytes, *, lent: bool = False) -> ShChannel:
        channel = await super().open(command, lent=lent)
        if lent and self.crowded is not None:
            self.crowded()
        return channel


async def test_a_shell_that_is_wanted_back_while_it_opens_serves_once_and_goes() -> None:
    line = NarrowLine()
    shells = Shells(line)
    for number in (1, 2):
        answer = await shells.run(Command(argv=("echo", "served")))
        assert answer.stdout == b"served\n"
        assert await line.channels[-1].process.wait() is not None, "its channel is given back"
        assert line.opened == number
    await shells.close()
