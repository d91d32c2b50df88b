"""Runs N times /bin/true through PSI/J's local executor; says as JSON how long it took.

usage: psij_jobs.py N SLOTS    in PSI/J's own environment

SLOTS jobs run at once, handed in by one thread; with 0, each job has a thread and there is no limit.

PSI/J has no limit of its own, so that the slots are counted here. Handing in from one thread was its fastest way with
two slots: from a thread for each slot it took six times as long.
"""

import json
import sys
import time
from threading import Semaphore, Thread

from psij import Job, JobExecutor, JobSpec, JobState, JobStatus, JobStatusCallback


def main() -> None:
    count, slots = int(sys.argv[1]), int(sys.argv[2])
    executor = JobExecutor.get_instance("local")
    jobs = [Job(JobSpec(executable="/bin/true")) for _ in range(count)]
    began = time.perf_counter()
    if slots:
        few_at_once(executor, jobs, slots)
    else:
        a_thread_each(executor, jobs)
    took_s = time.perf_counter() - began
    completed = sum(job.status.state is JobState.COMPLETED for job in jobs)
    json.dump({"took_s": took_s, "completed": completed}, sys.stdout)


class Room(JobStatusCallback):
    """Counts the free slots."""

    def __init__(self, slots: int) -> None:
        self.free = Semaphore(slots)

    def job_status_changed(self, _job: Job, status: JobStatus) -> None:
        if status.final:
            self.free.release()


def few_at_once(executor: JobExecutor, jobs: list[Job], slots: int) -> None:
    room = Room(slots)
    executor.set_job_status_callback(room)
    for job in jobs:
        room.free.acquire()
        executor.submit(job)
    for job in jobs:
        job.wait()


def a_thread_each(executor: JobExecutor, jobs: list[Job]) -> None:
    def to_its_end(job: Job) -> None:
        executor.submit(job)
        job.wait()

    threads = [Thread(target=to_its_end, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
