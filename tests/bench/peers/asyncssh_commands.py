"""Runs N small commands on one connection of asyncssh; says as JSON how long that took in two ways.

usage: asyncssh_commands.py PORT USER KEY N AT_ONCE    in an environment that has asyncssh

``exec_s``: a channel for each, AT_ONCE of them at the same time. ``shell_s``: all are written to one shell, which does
without anything that would keep them apart.
"""

import asyncio
import json
import sys
import time

import asyncssh


async def main() -> None:
    port, user, key, commands, at_once = sys.argv[1:]
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, client_keys=[key], known_hosts=None, config=None, agent_path=None
    ) as connection:
        await channels(connection, int(at_once), int(at_once))  # warm
        exec_s = await channels(connection, int(commands), int(at_once))
        shell_s = await shell(connection, int(commands))
    json.dump({"exec_s": exec_s, "shell_s": shell_s}, sys.stdout)


async def channels(connection: asyncssh.SSHClientConnection, commands: int, at_once: int) -> float:
    numbers = iter(range(commands))

    async def some() -> None:
        for number in numbers:
            done = await connection.run(f"echo {number}", check=True)
            assert done.stdout == f"{number}\n"

    began = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(at_once)))
    return time.perf_counter() - began


async def shell(connection: asyncssh.SSHClientConnection, commands: int) -> float:
    async with connection.create_process("exec sh") as process:
        process.stdin.write("echo ready\n")
        await process.stdout.readline()
        began = time.perf_counter()
        process.stdin.write("".join(f"( echo {number} )\n" for number in range(commands)))
        process.stdin.write_eof()
        said = await process.stdout.read()
        took_s = time.perf_counter() - began
    assert said == "".join(f"{number}\n" for number in range(commands))
    return took_s


if __name__ == "__main__":
    asyncio.run(main())
