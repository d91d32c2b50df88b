"""The cluster of the rows about Slurm: a real one of seven nodes on this machine, and its login node behind SSH."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from argosy.core.target import Target
from tests.bench.far import HOST, Yard, yard
from tests.bench.runners import LOOK_EVERY_S
from tests.bench.setting import Setting
from tests.infra.slurm.cluster import Cluster
from tests.infra.slurm.keeper import joined

LATER = "now+1hour"
LATER_JOB = {"target": HOST, "argv": ["/bin/true"], "slurm": {"begin": LATER}}
"""A job that waits for an hour, so that it takes no time from what is measured."""
_NOT_YET = ("waiting", "queued", "staged")
_BY_USER = re.compile(r"^\s*(\S+)\s+\(\s*[0-9]+\) count:([0-9]+)", re.MULTILINE)
_LISTINGS = frozenset({"REQUEST_JOB_INFO", "REQUEST_JOB_USER_INFO", "REQUEST_JOB_INFO_SINGLE"})


@dataclass(frozen=True)
class Site:
    """The cluster, and how a laptop reaches its login node."""

    cluster: Cluster
    far: Yard

    def target(self, root: Path) -> dict[str, Any]:
        """The cluster as a target of Argosy, as it comes."""
        reached = self.far.target(root)
        made = Target(name=HOST, transport="ssh", scheduler="slurm", root=reached.root, ssh=reached.ssh)
        return made.model_dump(mode="json")

    def asked(self) -> int:
        """How many things the controller was asked for by the account that logs in, since it came up."""
        return self._counts().get(self.far.sshd.person.name, 0)

    def listings(self) -> int:
        """How often anybody asked the controller for jobs of the queue, since it came up."""
        counts = self._counts()
        return sum(counts.get(name, 0) for name in _LISTINGS)

    def _counts(self) -> dict[str, int]:
        """What ``sdiag`` counts, by the kind of what was asked for and by who asked."""
        return {name: int(count) for name, count in _BY_USER.findall(self.cluster.administer("sdiag"))}


@contextmanager
def site(setting: Setting) -> Iterator[Site]:
    """The cluster that nobody else uses; no job stays, and the last to leave takes it down."""
    with (
        joined(Path(os.environ.get("ARGOSY_TEST_SLURM") or f"/tmp/argosy-bench-slurm-{os.getpid()}")) as cluster,
        yard(setting, lines=[f"SetEnv SLURM_CONF={cluster.conf}"]) as far,
    ):
        try:
            yield Site(cluster, far)
        finally:
            cluster.end_jobs()


def later_sweep(jobs: int) -> dict[str, Any]:
    """A sweep of so many jobs that ask for the same, so that they can go in as arrays."""
    one = {**LATER_JOB, "resources": {"walltime": "10m", "memory": "100M"}}
    return {"submission": one, "axes": [{"key": "environment.NUMBER", "values": list(range(jobs))}]}


def handed_in_s(client: httpx.Client, noun: str, body: object) -> float:
    """How long it takes from a request for jobs until the scheduler has all of them and their numbers are recorded."""
    began = time.perf_counter()
    client.post(f"/v1/{noun}", json=body).raise_for_status()
    while client.get("/v1/jobs", params={"fate": _NOT_YET, "limit": 1}).raise_for_status().json()["jobs"]:
        time.sleep(LOOK_EVERY_S)
    return time.perf_counter() - began
