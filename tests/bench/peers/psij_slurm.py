"""Hands N jobs to Slurm through PSI/J; says as JSON how long it took until all were handed in.

usage: psij_slurm.py DIRECTORY N    in PSI/J's own environment, on the login node

Every job asks for other memory than all others, and waits for an hour before it may begin. PSI/J has no job arrays,
and does not look at the queue meanwhile.
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from psij import Job, JobAttributes, JobExecutor, JobSpec, ResourceSpecV1
from psij.executors.batch.batch_scheduler_executor import BatchSchedulerExecutorConfig


def main() -> None:
    directory, count = Path(sys.argv[1]), int(sys.argv[2])
    config = BatchSchedulerExecutorConfig(work_directory=directory, initial_queue_polling_delay=3600)
    executor = JobExecutor.get_instance("slurm", config=config)
    jobs = [Job(spec(number)) for number in range(count)]
    began = time.perf_counter()
    for job in jobs:
        executor.submit(job)
    took_s = time.perf_counter() - began
    json.dump({"took_s": took_s, "completed": len({job.native_id for job in jobs})}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # its thread would wait to watch the queue


def spec(number: int) -> JobSpec:
    return JobSpec(
        executable="/bin/true",
        resources=ResourceSpecV1(memory=(100 + number) << 20),
        attributes=JobAttributes(duration=timedelta(minutes=10), custom_attributes={"slurm.begin": "now+1hour"}),
    )


if __name__ == "__main__":
    main()
