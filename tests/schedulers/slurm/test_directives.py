from typing import Any

import pytest

from argosy.contracts import Order
from argosy.core.cluster import nodes_of
from argosy.core.resources import Resources
from argosy.core.slurm import Slurm as Site
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import JobSpec
from argosy.core.target import Target
from argosy.schedulers.slurm.directives import clock, directives, options
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import TOKEN, directory


def order(resources: dict[str, Any] | None = None, **facts: Any) -> Order:
    spec = JobSpec(name="test", argv=("true",), resources=Resources.model_validate(resources or {}), **facts)
    return Order(token=TOKEN, directory=directory(TOKEN), spec=spec)


def asked(one: Order, site: Site | None = None) -> set[str]:
    return {option for option, _ in options(one, site or Site())}


def test_a_job_that_asks_for_nothing_asks_for_one_processor() -> None:
    assert asked(order()) == {
        f"--job-name={TOKEN}",
        "--nodes=1",
        "--ntasks=1",
        "--cpus-per-task=1",
        "--no-requeue",
        "--open-mode=append",
    }


def test_every_option_stands_below_its_reason() -> None:
    lines = directives(order({"memory_mib": "3GiB", "walltime_s": "90m", "nodes": 2, "gpus": 4}), Site(account="lab"))
    assert len(lines) % 2 == 0
    for why, option in zip(lines[::2], lines[1::2], strict=True):
        assert why.startswith("# ")
        assert why.endswith(":")
        assert option.startswith("#SBATCH --")
    assert "# 3GiB for the job, over 2 nodes:\n#SBATCH --mem=1536M" in "\n".join(lines)


def test_what_a_site_may_need_is_said() -> None:
    site = Site(
        account="lab.group_1", partition="acpu", qos="cpu-normal", constraint="ib&(milan|rome)", reservation="class",
        licenses="matlab:2", exclusive=True, begin="now+1hour", mail_user="ada@example.org", mail_type="END,FAIL",
        extra=("--hint=nomultithread",),
    )  # fmt: skip
    assert asked(order(), site) >= {
        "--account=lab.group_1", "--partition=acpu", "--qos=cpu-normal", "--constraint=ib&(milan|rome)",
        "--reservation=class", "--licenses=matlab:2", "--exclusive", "--begin=now+1hour",
        "--mail-user=ada@example.org", "--mail-type=END,FAIL", "--hint=nomultithread",
    }  # fmt: skip


def test_a_job_overrides_its_target() -> None:
    site = Site(partition="acpu", exclusive=True, extra=("--hint=nomultithread",))
    said = asked(order(slurm=SlurmWishes(partition="gpu", exclusive=False, extra=("--nice=5",))), site)
    assert "--partition=gpu" in said
    assert {"--partition=acpu", "--exclusive"}.isdisjoint(said)
    assert said >= {"--hint=nomultithread", "--nice=5"}


@pytest.mark.parametrize(
    ("resources", "cores", "nodes"),
    [
        ({"tasks": 96}, None, 1),
        ({"tasks": 96}, 48, 2),
        ({"tasks": 97}, 48, 3),
        ({"tasks": 4, "cpus": 32}, 48, 4),
        ({"tasks": 1, "cpus": 64}, 48, 1),
        ({"tasks": 2, "nodes": 5}, 48, 5),
    ],
)
def test_the_number_of_nodes_follows_from_the_tasks(resources: dict[str, int], cores: int | None, nodes: int) -> None:
    assert nodes_of(Resources.model_validate(resources), Site(cores_per_node=cores)) == nodes


def test_memory_always_has_its_unit_and_is_for_the_whole_job() -> None:
    resources = {"memory_mib": 10_000, "tasks": 3, "cpus": 2, "nodes": 3}
    assert "--mem=3334M" in asked(order(resources))
    assert "--mem-per-cpu=1667M" in asked(order(resources), Site(memory="cpu"))


@pytest.mark.parametrize(
    ("site", "option"),
    [
        (Site(), "--gres=gpu:2"),
        (Site(gpu_type="a100"), "--gres=gpu:a100:2"),
        (Site(gpus="total"), "--gpus=3"),
        (Site(gpus="total", gpu_type="a100"), "--gpus=a100:3"),
    ],
)
def test_gpus_are_asked_for_by_node_or_for_the_whole_job(site: Site, option: str) -> None:
    assert option in asked(order({"gpus": 3, "nodes": 2}), site)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "0:00:01"), (60, "0:01:00"), (3600, "1:00:00"), (86_400, "24:00:00"), (93_784, "26:03:04")],
)
def test_a_walltime_cannot_be_read_as_anything_else(seconds: int, text: str) -> None:
    assert clock(seconds) == text
    assert f"--time={text}" in asked(order({"walltime_s": seconds}))


def test_the_early_warning_goes_to_the_wrapper_when_the_job_wants_one() -> None:
    assert "--signal=B:USR1@300" in asked(order(warning_signal="USR2"), Site(warning_s=300))
    assert not [option for option in asked(order()) if "signal" in option]


def test_the_target_of_a_job_says_how_slurm_is_spoken_to() -> None:
    target = Target(name="hpc", scheduler="slurm", root="/scratch/ada", slurm=Site(partition="gpu"))
    assert "#SBATCH --partition=gpu" in SCHEDULER.directives(order(), target)
    bare = Target(name="hpc", scheduler="slurm", root="/scratch/ada")
    assert "#SBATCH --nodes=1" in SCHEDULER.directives(order(), bare)
    site = Site(setup=("module load slurm", "export SLURM_CONF=/etc/slurm.conf"), cluster="two")
    program = str(SCHEDULER.at(target.model_copy(update={"slurm": site})).list([]).argv[2])
    assert "\nmodule load slurm\nexport SLURM_CONF=/etc/slurm.conf\n}" in program
    assert "cluster='--clusters=two'" in program
