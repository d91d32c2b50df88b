"""Runs N short calculations of AiiDA over SSH; says as JSON how long it took until all results were home.

usage: AIIDA_PATH=... aiida_ssh_jobs.py SCHEDULER HOST REMOTE N    in AiiDA's own environment, with its daemon running

SCHEDULER is core.direct or core.slurm. HOST is a name of ~/.ssh/config: the transport core.ssh_async takes everything
from there. A calculation has one input and one output file, and its result is parsed (core.arithmetic.add).
"""

import json
import sys
import time

from aiida import engine, load_profile, orm

LOOK_EVERY_S = 0.2


def main() -> None:
    scheduler, host, remote, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    load_profile()
    code = orm.InstalledCode(
        label="bash",
        computer=computer(scheduler, host, remote),
        filepath_executable="/bin/bash",
        default_calc_job_plugin="core.arithmetic.add",
    )
    code.store()
    run(code, 1)  # warm
    began = time.perf_counter()
    completed = run(code, count)
    json.dump({"took_s": time.perf_counter() - began, "completed": completed}, sys.stdout)


def computer(scheduler: str, host: str, remote: str) -> orm.Computer:
    """The machine, polled as often as it may be without being impolite: AiiDA's own default for SSH is 30 s."""
    made = orm.Computer(
        label=f"far-{scheduler}",
        hostname=host,
        transport_type="core.ssh_async",
        scheduler_type=scheduler,
        workdir=remote,
    ).store()
    made.set_minimum_job_poll_interval(1.0)
    made.set_default_mpiprocs_per_machine(1)
    made.configure(host=host, backend="asyncssh", safe_interval=0.0, use_login_shell=False)
    return made


def run(code: orm.InstalledCode, count: int) -> int:
    """Hand in calculations, wait for all of them; returns how many gave the right sum."""
    nodes = [engine.submit(builder(code, number)) for number in range(count)]
    while not all(node.is_terminated for node in nodes):
        time.sleep(LOOK_EVERY_S)
    return sum(node.is_finished_ok and node.outputs.sum.value == number + 1 for number, node in enumerate(nodes))


def builder(code: orm.InstalledCode, number: int) -> engine.ProcessBuilder:
    made = code.get_builder()
    made.x, made.y = orm.Int(number), orm.Int(1)
    made.metadata.options.resources = {"num_machines": 1, "num_mpiprocs_per_machine": 1}
    made.metadata.options.withmpi = False
    return made


if __name__ == "__main__":
    main()
