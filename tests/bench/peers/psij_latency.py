"""Runs jobs of PSI/J one after the other; says as JSON how long each took to submit and to be known as over.

usage: psij_latency.py N DIRECTORY PROGRAM [WORD ...]

The program prints the time of its end. Runs in PSI/J's own environment.
"""

import json
import sys
import time
from pathlib import Path

from psij import Job, JobExecutor, JobSpec, JobStatus, JobStatusCallback


class End(JobStatusCallback):
    """Notes when it hears of the end."""

    def __init__(self) -> None:
        self.heard = 0.0

    def job_status_changed(self, _job: Job, status: JobStatus) -> None:
        if status.final:
            self.heard = time.time()


def main() -> None:
    count, directory, program = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    executor, end = JobExecutor.get_instance("local"), End()
    executor.set_job_status_callback(end)
    submit_ms, end_ms = [], []
    for number in range(count):
        out = directory / f"{number}.out"
        job = Job(JobSpec(executable=program[0], arguments=program[1:], stdout_path=out))
        began = time.perf_counter()
        executor.submit(job)
        submit_ms.append((time.perf_counter() - began) * 1000)
        job.wait()
        end_ms.append((end.heard - float(out.read_text())) * 1000)
    json.dump({"submit_ms": submit_ms, "end_ms": end_ms}, sys.stdout)


if __name__ == "__main__":
    main()
