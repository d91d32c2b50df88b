"""Runs N short jobs through dpdispatcher over SSH; says as JSON how long it took until all results were home.

usage: dpdispatcher_jobs.py BATCH DIRECTORY N PORT USER KEY REMOTE    in dpdispatcher's own environment

BATCH is Shell or Slurm. Each job has one input and one output file. The machine is 127.0.0.1; host keys are whatever
dpdispatcher makes of them.
"""

import json
import sys
import time
from pathlib import Path

from dpdispatcher import Machine, Resources, Submission, Task


def main() -> None:
    batch, directory, count, port, user, key, remote = sys.argv[1:]
    here = Path(directory)
    for number in range(int(count)):
        work = here / f"task-{number}"
        work.mkdir(parents=True)
        (work / "in.txt").write_text(f"{number}\n", encoding="ascii")
    reach = {"hostname": "127.0.0.1", "port": int(port), "username": user, "key_filename": key, "timeout": 30}
    queue = "compute" if batch == "Slurm" else ""
    began = time.perf_counter()
    submission = Submission(
        work_base=".",
        machine=machine(batch, here, remote, reach),
        resources=Resources(number_node=1, cpu_per_node=1, gpu_per_node=0, queue_name=queue, group_size=1),
        task_list=[task(number) for number in range(int(count))],
    )
    submission.run_submission(check_interval=1)
    took_s = time.perf_counter() - began
    home = sum((here / f"task-{number}" / "out.txt").read_text() == f"{number}\n" for number in range(int(count)))
    json.dump({"took_s": took_s, "completed": home}, sys.stdout)


def machine(batch: str, here: Path, remote: str, reach: dict[str, object]) -> Machine:
    return Machine.load_from_dict(
        {
            "batch_type": batch,
            "context_type": "SSHContext",
            "local_root": str(here),
            "remote_root": remote,
            "remote_profile": reach,
        }
    )


def task(number: int) -> Task:
    return Task(
        command="cat in.txt > out.txt",
        task_work_path=f"task-{number}",
        forward_files=["in.txt"],
        backward_files=["out.txt"],
    )


if __name__ == "__main__":
    main()
