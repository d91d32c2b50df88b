"""Runs N times /bin/true on a resident worker of HyperQueue; says as JSON how long it took.

usage: hyperqueue_jobs.py N SLOTS DIRECTORY    in HyperQueue's own environment

Its client asks once a second whether a job is over, which would hide what its workers can do. So the end is taken from
the newest output file of a task, which is made when that task starts: one task too early, in HyperQueue's favour.
"""

import contextlib
import io
import json
import sys
import time
from pathlib import Path

from hyperqueue import Client, Job, LocalCluster
from hyperqueue.cluster import WorkerConfig


def main() -> None:
    count, slots, directory = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    server = directory / "server"
    server.mkdir(parents=True)
    with LocalCluster(str(server), WorkerConfig(cores=slots)) as cluster:
        client = cluster.client()
        run(client, directory / "warm", 1)
        figures = run(client, directory / "tasks", count)
    json.dump(figures, sys.stdout)


def run(client: Client, directory: Path, count: int) -> dict[str, float]:
    directory.mkdir()
    job = Job(default_workdir=directory)
    for _ in range(count):
        job.program(["/bin/true"])
    began = time.time()
    with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
        well = client.wait_for_jobs([client.submit(job)], raise_on_error=False)
    waited_s = time.time() - began
    last = max(output.stat().st_mtime for output in directory.iterdir())
    return {"took_s": last - began, "waited_s": waited_s, "completed": count if well else 0}


if __name__ == "__main__":
    main()
