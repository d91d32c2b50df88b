"""One cluster for many test processes: up for the first that asks, down when the last has gone, however that ended.

Each process that uses the cluster holds a shared lock on one file. The keeper, a process of its own, brings the cluster
up and then waits for that lock alone: it gets it when nobody is left, because the kernel frees the locks of the dead.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infra.slurm.cluster import Cluster
from tests.infra.slurm.making import bring_up, make
from tests.infra.wrapped import until

REPOSITORY = Path(__file__).parents[3]
START_TIMEOUT_S = 120


@contextmanager
def joined(top: Path) -> Iterator[Cluster]:
    """The cluster in this directory, brought up when it is not there, and kept up as long as this goes on."""
    with held(beside(top, "users"), fcntl.LOCK_SH):
        with held(beside(top, "starting"), fcntl.LOCK_EX):
            cluster = Cluster.load(top) or _brought_up(top)
        yield cluster


@contextmanager
def held(path: Path, kind: int) -> Iterator[None]:
    """A lock on a file, shared or exclusive. One that was removed while we waited is no lock any more."""
    while True:
        with path.open("a") as file:
            fcntl.flock(file, kind)
            if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                yield
                return


def beside(top: Path, name: str) -> Path:
    """A file of the cluster that is not in its directory: that one comes later and goes earlier."""
    return top.with_name(f"{top.name}.{name}")


def keep(top: Path) -> None:
    """Bring the cluster up, wait until nobody uses it any more, and leave nothing of it."""
    cluster = make(top)
    try:
        bring_up(cluster)
        with held(beside(top, "users"), fcntl.LOCK_EX):
            take_down(cluster)
            for name in ("starting", "log", "users"):
                beside(top, name).unlink()
    except BaseException:
        take_down(cluster, keep_logs=True)
        raise


def take_down(cluster: Cluster, *, keep_logs: bool = False) -> None:
    """End every job and daemon; remove the directory, unless somebody has to read why it failed."""
    with contextlib.suppress(AssertionError):
        cluster.end_jobs()
    for name in reversed(cluster.names()):
        cluster.stop(name)
    _end_strays(cluster)
    if not keep_logs:
        shutil.rmtree(cluster.top)


def _brought_up(top: Path) -> Cluster:
    log = beside(top, "log")
    environment = os.environ | {"PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    command = ["setsid", "--fork", sys.executable, "-m", "tests.infra.slurm.keeper", str(top)]
    with log.open("wb") as out:
        subprocess.run(command, check=True, env=environment, cwd=REPOSITORY, stdout=out, stderr=out, close_fds=True)

    def up() -> Cluster | None:
        assert "Traceback" not in log.read_text(), f"the cluster did not come up:\n{log.read_text()}"
        return Cluster.load(top)

    until(up, f"the cluster is up; see {log}", within_s=START_TIMEOUT_S)
    cluster = Cluster.load(top)
    assert cluster is not None
    return cluster


def _end_strays(cluster: Cluster) -> None:
    """kill -9 of what a killed daemon has left: job steps and their programs know the cluster's configuration."""
    mark = f"SLURM_CONF={cluster.conf}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
