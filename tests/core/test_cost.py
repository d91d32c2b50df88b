from typing import Any

import pytest

from argosy.core.cost import cost_after, cost_before
from argosy.core.profiles import profile
from argosy.core.resources import Resources
from argosy.core.slurm import Partition, QosLimits, Slurm, SlurmWishes
from argosy.core.spec import JobSpec
from argosy.core.spending import Spent

SITE = Slurm(
    partition="cpu",
    partitions=(
        Partition(name="cpu", cores=64, memory_per_core_mib=4096, su_per_core_hour=1.0),
        Partition(name="gpu", gpus=3, su_per_core_hour=1.0, su_per_gpu_hour=100.0, su_per_gpu_hour_of={"slice": 50.0}),
        Partition(name="free"),
    ),
    qos_limits=(QosLimits(name="trial", su_factor=0.1),),
)


def before(resources: dict[str, Any], **wishes: Any) -> float | None:
    spec = JobSpec(name="a", argv=("true",), resources=Resources(**resources), slurm=SlurmWishes.model_validate(wishes))
    cost = cost_before(SITE, spec)
    return cost and cost.amount


@pytest.mark.parametrize(
    ("resources", "wishes", "amount"),
    [
        ({"cpus": 8, "walltime_s": 7200}, {}, 16),
        ({"cpus": 1, "memory_mib": 16_384, "walltime_s": 3600}, {}, 4),
        ({"cpus": 1, "walltime_s": 3600}, {"exclusive": True}, 64),
        ({"cpus": 4, "gpus": 2, "walltime_s": 3600}, {"partition": "gpu"}, 204),
        ({"cpus": 4, "gpus": 2, "walltime_s": 3600}, {"partition": "gpu", "gpu_type": "slice"}, 104),
        ({"cpus": 4, "gpus": 2, "walltime_s": 3600}, {"partition": "gpu", "qos": "trial"}, 20.4),
        ({"cpus": 4}, {}, None),
        ({"cpus": 4, "walltime_s": 3600}, {"partition": "free"}, None),
        ({"cpus": 4, "walltime_s": 3600}, {"partition": "unknown"}, None),
    ],
)
def test_the_most_that_a_job_may_cost(resources: dict[str, Any], wishes: dict[str, Any], amount: float | None) -> None:
    assert before(resources, **wishes) == (amount if amount is None else pytest.approx(amount))


def test_what_it_has_cost_is_by_what_it_held() -> None:
    used = Spent(elapsed_s=1800, cpus=4, gpus=2, gpu_types={"slice": 1}, partition="gpu", billing=7)
    cost = cost_after(SITE, used)
    assert cost is not None
    assert (cost.amount, cost.unit) == (pytest.approx((4 + 50 + 100) / 2), "SU")


def test_where_the_target_knows_no_rates_the_cluster_bills() -> None:
    used = Spent(elapsed_s=7200, cpus=4, partition="free", billing=4)
    for site in (SITE, Slurm(), None):
        cost = cost_after(site, used)
        assert cost is not None
        assert (cost.amount, cost.unit) == (8, "billing units")
    assert cost_after(None, Spent(elapsed_s=7200, cpus=4)) is None


def test_an_hour_on_a_whole_gpu_node_of_alpine() -> None:
    site = Slurm.model_validate(profile("alpine")["slurm"])
    used = Spent(elapsed_s=3600, cpus=64, gpus=3, gpu_types={"a100-40gb": 3}, partition="aa100", qos="gpu-normal")
    cost = cost_after(site, used)
    assert cost is not None
    assert cost.amount == pytest.approx(64 + 3 * 108.6)
