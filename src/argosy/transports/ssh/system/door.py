"""Where ssh's questions come in: a private socket, and the small program that carries them there."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from argosy.core.errors import TargetError
from argosy.core.quoting import quote

PROGRAM = Path(__file__).with_name("askpass.py")


@dataclass(frozen=True)
class Asked:
    """A question of ssh. ``hint`` is ``confirm`` for yes or no, ``none`` when nothing is to be answered."""

    text: str
    hint: str


Answer = Callable[[Asked], Awaitable[str | None]]
"""The answer to one question; None when there is none to be given. Raises TargetError to end the login."""


@dataclass
class Door:
    """Open during one login. ``program`` is what ssh runs; ``ended`` has the reason why nobody answers any more."""

    program: Path
    ended: "asyncio.Future[TargetError]"


@asynccontextmanager
async def open_door(folder: Path, answer: Answer) -> AsyncGenerator[Door]:
    """A door in a private folder.

    A question that ends the login stays without an answer until ssh is gone: it takes a program that fails for an
    empty password, and would try that.
    """
    door = Door(folder / "askpass", asyncio.get_running_loop().create_future())
    visits: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "streams are served by tasks"
        visits.add(task)
        try:
            await _served(reader, writer, answer, door)
        finally:
            visits.discard(task)
            writer.close()

    place = folder / "a"
    server = await asyncio.start_unix_server(visit, place)
    _write_program(door.program, place)
    try:
        yield door
    finally:
        server.close()
        for task in tuple(visits):
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def _served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, door: Door) -> None:
    with contextlib.suppress(OSError, ValueError):
        said = json.loads(await reader.readline())
        try:
            reply = await answer(Asked(str(said["text"]), str(said["hint"])))
        except TargetError as trouble:
            if not door.ended.done():
                door.ended.set_result(trouble)
            await reader.read()
            return
        if reply is not None:
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        else:
            await reader.read()


def _write_program(program: Path, place: Path) -> None:
    words = " ".join(quote(word) for word in (sys.executable, "-I", "-S", str(PROGRAM), str(place)))
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
