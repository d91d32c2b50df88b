"""What carries files to a machine and back over SSH: each program as one uses it, and Argosy's transport."""

import asyncio
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from argosy.contracts import Parcel, Stored
from argosy.core.command import Command
from argosy.transports.far.far import Far
from tests.bench.far import HOST, Yard
from tests.bench.peer import Peer
from tests.infra.ssh.laptop import Laptop

ARGOSY_ANEW = "Argosy, with a login"
ARGOSY, SCP, RSYNC, SFTP, PARAMIKO, TAR = "Argosy", "scp", "rsync", "sftp", "paramiko", "tar through ssh"

Load = Mapping[Path, str]
"""Files of one directory that are to travel, with their SHA-256."""
Carrier = Callable[[Load, Path], float]
"""Has them travel into an empty directory; returns the seconds from its start to its end."""

_numbers = count()


def carriers_up(far: Yard, paramiko: Peer, *, host: str = HOST) -> dict[str, Carrier]:
    """How files get there. All but paramiko know the machine as ``host``."""
    return {
        ARGOSY: lambda load, goal: asyncio.run(_up(far, load, goal, host)),
        ARGOSY_ANEW: lambda load, goal: asyncio.run(_up(far, load, goal, host, anew=True)),
        SCP: lambda load, goal: far.run_s([*_program("scp", far.laptop), "-q", *load, f"{host}:{goal}"]),
        RSYNC: lambda load, goal: far.run_s([*_rsync(far.laptop), f"{_folder(load)}/", f"{host}:{goal}/"]),
        SFTP: lambda load, goal: _sftp(far, host, f"put {_folder(load)}/* {goal}"),
        PARAMIKO: lambda load, goal: _paramiko(paramiko, far, ["put", str(_folder(load)), str(goal)]),
        TAR: lambda load, goal: far.run_s(
            ["sh", "-c", f"tar -C {_folder(load)} -cf - . | {_ssh(far.laptop)} {host} 'tar -C {goal} -xf -'"]
        ),
    }


def carriers_down(far: Yard, paramiko: Peer) -> dict[str, Carrier]:
    """How files come from there."""
    return {
        ARGOSY: lambda load, goal: asyncio.run(_down(far, load, goal)),
        ARGOSY_ANEW: lambda load, goal: asyncio.run(_down(far, load, goal, anew=True)),
        SCP: lambda load, goal: far.run_s([*_program("scp", far.laptop), "-q", f"{HOST}:{_folder(load)}/*", goal]),
        RSYNC: lambda load, goal: far.run_s([*_rsync(far.laptop), f"{HOST}:{_folder(load)}/", f"{goal}/"]),
        SFTP: lambda load, goal: _sftp(far, HOST, f"get {_folder(load)}/* {goal}"),
        PARAMIKO: lambda load, goal: _paramiko(paramiko, far, ["get", str(_folder(load)), str(goal)]),
        TAR: lambda load, goal: far.run_s(
            ["sh", "-c", f"{_ssh(far.laptop)} {HOST} 'tar -C {_folder(load)} -cf - .' | tar -C {goal} -xf -"]
        ),
    }


def parcel(load: Load, directory: Path) -> Parcel:
    """The files as Argosy places them."""
    return Parcel(
        directory=str(directory),
        items=tuple(
            Stored(name=path.name, sha256=sha256, size=path.stat().st_size, source=path)
            for path, sha256 in load.items()
        ),
    )


async def _up(far: Yard, load: Load, goal: Path, host: str, *, anew: bool = False) -> float:
    """As jobs get their files: each time into a directory that is not there yet, from a cache that may be."""
    began = time.perf_counter()
    async with far.reached(goal, host=host) as transport:
        if not anew:
            began = await _connected(transport)
        assert await transport.place([parcel(load, goal / f"placed-{next(_numbers)}")]) == [None]
    return time.perf_counter() - began


async def _down(far: Yard, load: Load, goal: Path, *, anew: bool = False) -> float:
    began = time.perf_counter()
    async with far.reached(_folder(load)) as transport:
        if not anew:
            began = await _connected(transport)
        came = await transport.fetch(str(_folder(load)), [path.name for path in load], goal)
        assert len(came) == len(load)
    return time.perf_counter() - began


async def _connected(transport: Far) -> float:
    """When its connection stands, as it does in a server of Argosy from job to job."""
    assert (await transport.run(Command(argv=("true",)))).code == 0
    return time.perf_counter()


def _paramiko(paramiko: Peer, far: Yard, words: list[str]) -> float:
    server = far.sshd
    return float(
        paramiko.ask("paramiko_files.py", str(server.port), server.person.name, str(far.laptop.key), *words)["took_s"]
    )


def _sftp(far: Yard, host: str, command: str) -> float:
    batch = far.laptop.home / "batch"
    batch.write_text(f"{command}\n", encoding="utf-8")
    return far.run_s([*_program("sftp", far.laptop), "-q", "-b", batch, host])


def _folder(load: Load) -> Path:
    return next(iter(load)).parent


def _program(name: str, laptop: Laptop) -> list[str]:
    return [name, "-F", str(laptop.config)]


def _ssh(laptop: Laptop) -> str:
    return " ".join(_program("ssh", laptop))


def _rsync(laptop: Laptop) -> list[str]:
    return ["rsync", "--archive", "--rsh", _ssh(laptop)]
