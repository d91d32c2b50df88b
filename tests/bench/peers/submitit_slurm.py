"""Hands N jobs to Slurm through submitit; says as JSON how long it took until all were handed in.

usage: submitit_slurm.py each|array DIRECTORY N    in submitit's own environment, on the login node

With ``each`` every job asks for other memory than all others, with ``array`` they are tasks of one array. All wait
for an hour before they may begin.
"""

import json
import sys
import time

import submitit


def main() -> None:
    how, directory, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    executor = submitit.SlurmExecutor(folder=directory)
    executor._throttling = 0.0  # it would wait 0.2 s before each job, and has no setting for that
    numbers = list(range(count))
    began = time.perf_counter()
    jobs = each(executor, numbers) if how == "each" else array(executor, numbers)
    took_s = time.perf_counter() - began
    json.dump({"took_s": took_s, "completed": len({job.job_id for job in jobs})}, sys.stdout)


def each(executor: submitit.SlurmExecutor, numbers: list[int]) -> list[submitit.Job[int]]:
    jobs = []
    for number in numbers:
        asks(executor, memory_mb=100 + number)
        jobs.append(executor.submit(abs, number))
    return jobs


def array(executor: submitit.SlurmExecutor, numbers: list[int]) -> list[submitit.Job[int]]:
    asks(executor, memory_mb=100, array_parallelism=len(numbers))
    return executor.map_array(abs, numbers)


def asks(executor: submitit.SlurmExecutor, *, memory_mb: int, **more: int) -> None:
    later = {"begin": "now+1hour"}
    executor.update_parameters(time=10, mem=f"{memory_mb}M", additional_parameters=later, use_srun=False, **more)


if __name__ == "__main__":
    main()
