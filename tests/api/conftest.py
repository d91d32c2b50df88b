import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from argosy.api.app import create_app
from argosy.api.door import Door
from argosy.core.home import Home, home_from
from argosy.server.doctor import look_over
from argosy.server.listener import Listener, listen
from argosy.server.numbers import numbers
from argosy.server.places import make_directories
from argosy.server.wiring import House, open_house

TOKEN = "a-token-that-nobody-guesses"
PORT = 4711


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_from({"ARGOSY_HOME": str(tmp_path / "home")}, data=tmp_path, config=tmp_path, state=tmp_path)
    make_directories(home)
    return home


@pytest.fixture
async def house(home: Home) -> AsyncIterator[House]:
    async with open_house(home) as house:
        yield house


@pytest.fixture
async def door(house: House) -> Door:
    return door_of(house)


@pytest.fixture
async def app(house: House, door: Door) -> FastAPI:
    return create_app(house.services, door)


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Asks without a token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client


@pytest.fixture
async def client(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """Asks as the owner."""
    stranger.headers["Authorization"] = f"Bearer {TOKEN}"
    return stranger


@pytest.fixture
async def driven(house: House) -> AsyncIterator[House]:
    """The house with its reconciler at work: submitted jobs run."""
    driving = asyncio.create_task(house.services.reconciler.run())
    yield house
    house.services.reconciler.stop()
    await driving


@dataclass(frozen=True)
class Listening:
    """A door on a real socket."""

    address: str
    door: Door


@pytest.fixture
async def listening(house: House, door: Door) -> AsyncIterator[Listening]:
    async with served(house, door) as at:
        yield at


@asynccontextmanager
async def served(house: House, door: Door) -> AsyncIterator[Listening]:
    with listen(0) as listening_socket:
        here = replace(door, port=_port(listening_socket))
        listener = Listener(create_app(house.services, here), here.stopping, nullcontext())
        serving = asyncio.create_task(listener.serve([listening_socket]))
        yield Listening(f"http://127.0.0.1:{here.port}", here)
        here.stopping.set()
        await serving


def _port(listening_socket: socket.socket) -> int:
    return listening_socket.getsockname()[1]


def owner_of(listening: Listening) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """Asks a real socket as the owner."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.AsyncClient(base_url=listening.address, headers=headers, timeout=20)


def door_of(house: House) -> Door:
    """The server's side of the door, as the server makes it."""
    stopping = asyncio.Event()
    started = datetime.now(UTC)
    return Door(
        token=TOKEN,
        port=PORT,
        version="0.1.0",
        started=started,
        owner="ada",
        backups=house.home.backups,
        stop=stopping.set,
        stopping=stopping,
        doctor=partial(look_over, house),
        numbers=partial(numbers, house, started),
    )


async def soon(what: Callable[[], object]) -> None:
    """Return as soon as ``what`` is true; fails when it is not within five seconds."""
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110  what is waited for is on disk or in another task, and has no event
            await asyncio.sleep(0.01)
