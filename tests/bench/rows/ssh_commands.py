"""How many small commands one connection carries."""

import asyncio
import time
from functools import partial

from argosy.core.command import Command
from argosy.transports.far.far import Far
from tests.bench.far import Yard, yard
from tests.bench.figures import Aim, Figure, Row
from tests.bench.peer import Peer
from tests.bench.setting import Setting
from tests.bench.turns import in_turns

COMMANDS, AT_ONCE = 4_000, 64
CHANNELS, CHANNELS_AT_ONCE = 200, 3
TIMES = 5
ASYNCSSH, SHELL = f"asyncssh, a channel for each, {CHANNELS_AT_ONCE} at once", "one bare shell"


def measure(setting: Setting) -> tuple[Row, ...]:
    commands, channels = setting.times(COMMANDS), setting.times(CHANNELS)
    with yard(setting) as far:
        who = (str(far.sshd.port), far.sshd.person.name, str(far.laptop.key))

        def by_asyncssh(way: str, count: int) -> float:
            said = Peer("aiida").ask("asyncssh_commands.py", *who, str(count), str(CHANNELS_AT_ONCE))
            return count / said[way]

        def by_paramiko() -> float:
            return channels / setting.dpdispatcher.ask("paramiko_commands.py", *who, str(channels))["took_s"]

        ours = (f"Argosy, {AT_ONCE} at once", "Argosy, one after another")
        taken = in_turns(
            {
                ours[0]: lambda: asyncio.run(_rate(far, commands, AT_ONCE)),
                ours[1]: lambda: asyncio.run(_rate(far, commands // 4, 1)),
                ASYNCSSH: partial(by_asyncssh, "exec_s", channels),
                "paramiko, a channel for each": by_paramiko,
                SHELL: partial(by_asyncssh, "shell_s", commands),
            },
            setting.times(TIMES),
        )
    row = Row(
        name="ssh-commands",
        title="Small commands over one SSH connection",
        how="`echo N` on a connection that stands, to the answer with its output. Argosy keeps two shells open there: "
        "each command runs in a subshell of one of them, and has its own exit code, output and complaints. asyncssh "
        "and paramiko open a channel for each command, for which the server starts the login shell. One bare shell "
        "only reads `( echo N )` line by line, all sent at once, and nobody looks which output is whose.",
        unit="commands/s",
        better="more",
        figures=tuple(_figure(name, values, ours) for name, values in taken.items()),
    )
    return (row,)


async def _rate(far: Yard, commands: int, at_once: int) -> float:
    async with far.reached(far.ground) as transport:
        await _run(transport, 2 * at_once, at_once)  # warm
        began = time.perf_counter()
        await _run(transport, commands, at_once)
        return commands / (time.perf_counter() - began)


async def _run(transport: Far, commands: int, at_once: int) -> None:
    numbers = iter(range(commands))

    async def some() -> None:
        for number in numbers:
            answer = await transport.run(Command(argv=("sh", "-c", f"echo {number}")))
            assert answer.stdout == b"%d\n" % number

    await asyncio.gather(*(some() for _ in range(at_once)))


def _figure(name: str, values: tuple[float, ...], ours: tuple[str, ...]) -> Figure:
    return Figure(
        name=name,
        values=values,
        ours=name in ours,
        floor=name == SHELL,
        beside=ASYNCSSH if name not in {ASYNCSSH, SHELL} else "",
        aim=Aim(at_least=2_000) if name == ours[0] else None,
    )
