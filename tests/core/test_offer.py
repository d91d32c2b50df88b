from typing import Any

from argosy.core.offer import proposal
from argosy.core.offered import Offer
from argosy.core.slurm import Partition, QosLimits, Slurm
from argosy.core.target import Target

CPU = Partition(name="cpu", cores=64, max_walltime_s=86_400, su_per_core_hour=1.5, needs_gpu=False)


def target(**slurm: Any) -> Target:
    return Target(name="cluster", root="/a", scheduler="slurm", slurm=Slurm.model_validate(slurm))


def differences(one: Target, offer: Offer) -> dict[str, tuple[str, str]]:
    return {change.field: (change.before, change.after) for change in proposal(one, offer).changes}


def test_a_target_that_says_nothing_yet_learns_everything() -> None:
    offer = Offer(partitions=(CPU, Partition(name="gpu", gpus=3)), qos=(QosLimits(name="long", max_nodes=2),))
    found = differences(Target(name="cluster", root="/a", scheduler="slurm"), offer)
    assert found == {
        "slurm.partitions.cpu": ("", "cores 64, max walltime 1d"),
        "slurm.partitions.gpu": ("", "gpus 3"),
        "slurm.qos_limits.long": ("", "max nodes 2"),
    }


def test_what_was_read_wins_and_what_cannot_be_read_stays() -> None:
    read = Partition(name="cpu", cores=128, max_walltime_s=86_400, qos=("normal",))
    one = target(partitions=[CPU], setup=["module load slurm"], needs=["qos"])
    assert differences(one, Offer(partitions=(read,))) == {
        "slurm.partitions.cpu.cores": ("64", "128"),
        "slurm.partitions.cpu.qos": ("", "normal"),
    }
    after = Target.model_validate(proposal(one, Offer(partitions=(read,))).profile)
    assert after.slurm is not None
    (partition,) = after.slurm.partitions
    assert (partition.cores, partition.su_per_core_hour) == (128, 1.5)
    assert (after.slurm.setup, after.slurm.needs) == (("module load slurm",), ("qos",))


def test_a_second_look_finds_nothing_more_to_say() -> None:
    offer = Offer(partitions=(Partition(name="cpu", cores=4), Partition(name="x")), qos=(QosLimits(name="q"),))
    after = Target.model_validate(proposal(target(partitions=[CPU], partition="gone"), offer).profile)
    assert proposal(after, offer.model_copy(update={"defaults": {"partition": "cpu"}})).changes == ()


def test_what_is_not_offered_any_more_goes_and_its_successor_comes() -> None:
    one = target(partitions=[CPU], partition="cpu", account="old", qos="normal", renamed={"normal": "cpu-normal"})
    offer = Offer(
        partitions=(Partition(name="acpu"),),
        qos=(QosLimits(name="cpu-normal"),),
        accounts=("lab",),
        defaults={"partition": "acpu", "account": "lab"},
    )
    found = differences(one, offer)
    assert found["slurm.partitions.cpu"] == ("described", "")
    assert found["slurm.partition"] == ("cpu", "acpu")
    assert found["slurm.account"] == ("old", "lab")
    assert found["slurm.qos"] == ("normal", "cpu-normal")


def test_arrays_are_as_large_as_the_cluster_takes_and_as_the_target_wishes() -> None:
    assert differences(target(), Offer(max_array=1001)) == {"slurm.array_size": ("", "1001")}
    assert differences(target(array_size=5000), Offer(max_array=1001)) == {"slurm.array_size": ("5000", "1001")}
    assert differences(target(array_size=100), Offer(max_array=1001)) == {}
    assert differences(target(), Offer(max_array=0)) == {"slurm.array_size": ("", "0")}
    after = Target.model_validate(proposal(target(), Offer(max_array=1001)).profile)
    assert after.slurm is not None
    assert after.slurm.array_size == 1001
    assert proposal(after, Offer(max_array=1001)).changes == ()


def test_what_could_not_be_read_changes_nothing() -> None:
    one = target(partitions=[CPU], qos_limits=[{"name": "long"}], account="lab", qos="long")
    assert proposal(one, Offer()).changes == ()
    assert Target.model_validate(proposal(one, Offer()).profile) == one
