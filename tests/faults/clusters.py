"""A server whose jobs go to the real cluster, and what tests do with them."""

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.running import Running, runs, until, witness
from tests.infra.slurm.cluster import Cluster

PATIENCE_S = 150.0
TARGET = "cluster"


def driven(server: Running, cluster: Cluster, *setup: str, **slurm: Any) -> Running:
    """The server knows the cluster as a login node does; ``setup`` are further lines before its commands."""
    server.ask(
        "PUT",
        f"/targets/{TARGET}",
        json={
            "name": TARGET,
            "scheduler": "slurm",
            "root": str(server.top / TARGET),
            "polling": {"floor_s": 0.2, "ceiling_s": 2},
            "slurm": {"setup": [f"export SLURM_CONF={cluster.conf}", *setup], **slurm},
        },
    )
    return server


@contextmanager
def leaving_no_job(cluster: Cluster, ground: Path) -> Iterator[None]:
    """Afterwards nothing stays in the queue that lies below this place."""
    try:
        yield
    finally:
        rows = (line.partition(" ") for line in cluster.run_as_root("squeue", "-h", "-o", "%i %Z").stdout.splitlines())
        ours = [number for number, _, place in rows if place.startswith(str(ground))]
        if ours:
            cluster.run_as_root("scancel", "--quiet", *ours)


def job(server: Running, name: str, *then: str, **facts: Any) -> str:
    """A job on the cluster that notes each time it is really run."""
    return server.submit(witness(server.top, name, then) | {"target": TARGET} | facts)[0]


def begun(server: Running, name: str, *then: str, **facts: Any) -> str:
    """A job on the cluster that runs, and is known to run."""
    made = job(server, name, *then, **facts)
    until(lambda: bool(runs(server.top, name)) and server.fate(made) == "running", f"{name} runs", within_s=PATIENCE_S)
    return made


def handed_in(server: Running, name: str, *then: str, **facts: Any) -> str:
    """A job on the cluster that Slurm holds."""
    made = job(server, name, *then, **{"slurm": {"extra": ["--hold"]}, **facts})
    until(lambda: server.fate(made) == "submitted", f"{name} is handed in", within_s=PATIENCE_S)
    return made


def number(server: Running, made: str) -> str:
    """What Slurm calls it."""
    return server.attempt(made)["state"]["handle"]


def directory(server: Running, made: str) -> Path:
    """Where its attempt lies."""
    return Path(server.attempt(made)["state"]["directory"])


def kill_all(server: Running, made: str) -> None:
    """kill -9 of wrapper and program, so that nobody is left to report."""
    lines = dict(line.split("=", 1) for line in (directory(server, made) / "start").read_text().splitlines())
    for key in ("pid", "program_pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(lines[key]), signal.SIGKILL)


def outcome(server: Running, made: str) -> dict[str, Any]:
    """How it closed, once it has."""
    return server.outcome(made, within_s=PATIENCE_S)


def reason(server: Running, made: str) -> str:
    """Why it waits, as users are told."""
    state = server.attempt(made)["state"]
    return state["reason"] if state["kind"] == "submitted" else ""


def troubled(server: Running) -> bool:
    """Whether the server says that something is wrong with the cluster."""
    return server.ask("GET", f"/targets/{TARGET}")["state"] != "driving"


def in_books(cluster: Cluster, server: Running, made: str) -> None:
    """Returns when the books have that it runs. A start that only waits to be written there can be lost for good."""
    row = ("sacct", "-n", "-X", "-P", "-j", number(server, made), "-o", "State")
    until(lambda: cluster.administer(*row).strip() == "RUNNING", "the books know it", within_s=PATIENCE_S)


def forgotten(cluster: Cluster) -> None:
    """Returns when the queue knows nothing any more, not even what is over."""
    until(lambda: not cluster.administer("squeue", "-h", "-t", "all"), "the queue is empty", within_s=PATIENCE_S)
