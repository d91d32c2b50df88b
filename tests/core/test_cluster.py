from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.cluster import cluster_findings
from argosy.core.errors import NotFound
from argosy.core.findings import Finding, Severity
from argosy.core.profiles import profile, profile_names
from argosy.core.resources import Resources
from argosy.core.slurm import Partition, QosLimits, Slurm, SlurmWishes
from argosy.core.target import Target

ALPINE = Target.model_validate({**profile("alpine"), "name": "alpine", "root": "/scratch/alpine/ada"})


def said(resources: dict[str, Any] | None = None, **wishes: Any) -> list[Finding]:
    assert ALPINE.slurm
    size = {} if {"tasks", "cpus", "gpus"} & set(resources or {}) else {"tasks": 16}
    asked = Resources.model_validate({"walltime_s": "4h"} | size | (resources or {}))
    return list(cluster_findings(ALPINE.slurm, ALPINE.slurm.wishes(SlurmWishes.model_validate(wishes)), asked))


def one(found: list[Finding]) -> Finding:
    (finding,) = found
    return finding


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_makes_a_target(name: str) -> None:
    target = Target.model_validate({**profile(name), "name": name, "root": "/scratch"})
    assert target.slurm
    qos = {limits.name for limits in target.slurm.qos_limits}
    assert all(set(partition.qos) <= qos for partition in target.slurm.partitions)
    names = {partition.name for partition in target.slurm.partitions}
    assert set(target.slurm.renamed.values()) <= names | qos
    assert set(target.slurm.renamed).isdisjoint(names | qos)


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(NotFound) as refusal:
        profile("nowhere")
    assert "alpine" in refusal.value.hint


def test_a_job_that_fits_has_nothing_said_against_it() -> None:
    assert said({"tasks": 96, "memory_mib": "300G"}) == []
    assert said({"gpus": 1, "cpus": 8}, partition="aa100", qos="gpu-normal", gpu_type="a100_80gb") == []


def test_a_target_that_describes_nothing_is_not_checked() -> None:
    wishes = SlurmWishes(partition="anything", qos="whatever")
    assert cluster_findings(Slurm(), wishes, Resources(gpus=99, memory_mib=10**9)) == ()


@pytest.mark.parametrize(
    ("resources", "wishes", "where", "words", "remedy"),
    [
        ({}, {"partition": "amilan"}, "slurm.partition", "no partition amilan", "partition=acpu"),
        ({}, {"partition": "moon"}, "slurm.partition", "no partition moon", "acpu, amem"),
        ({}, {"qos": "normal"}, "slurm.qos", "no qos normal", "qos=cpu-normal"),
        ({}, {"qos": "gpu-normal"}, "slurm.qos", "cannot be used in partition acpu", "cpu-normal, cpu-long"),
        ({"walltime_s": None}, {}, "walltime", "how long it may run", "--walltime"),
        ({"walltime_s": "3d"}, {}, "walltime", "more than the 1d of QOS cpu-normal", "qos=cpu-long"),
        ({"walltime_s": "8d"}, {"qos": "cpu-long"}, "walltime", "more than the 7d", "at most 7d"),
        ({"cpus": 200}, {}, "cpus", "a node of partition acpu has 128", "--cpus"),
        ({"nodes": 30, "tasks": 30}, {"qos": "cpu-long"}, "nodes", "30 nodes are more than the 20", "fewer"),
        ({"gpus": 1}, {}, "gpus", "has no GPUs", "partition=NAME"),
        ({}, {"partition": "aa100", "qos": "gpu-normal"}, "gpus", "only jobs with GPUs", "--gpus 1"),
        ({"gpus": 4}, {"partition": "aa100", "qos": "gpu-normal"}, "gpus", "more than the 3", "fewer GPUs"),
        (
            {"gpus": 1},
            {"partition": "al40", "qos": "gpu-normal", "gpu_type": "a100"},
            "slurm.gpu_type",
            "no GPUs named a100",
            "gpu_type=l40",
        ),
        (
            {"gpus": 1, "cpus": 30},
            {"partition": "al40", "qos": "gpu-normal"},
            "cpus",
            "at most 21 cores with each GPU",
            "at most 21",
        ),
        (
            {"memory_mib": "10G"},
            {"partition": "amem", "qos": "mem-normal"},
            "memory",
            "at least 256GiB",
            "--memory",
        ),
        ({}, {"partition": "amem", "qos": "mem-normal"}, "memory", "at least 256GiB", "--memory"),
    ],
)
def test_what_the_cluster_would_refuse_is_found_before_anything_is_sent(
    resources: dict[str, Any], wishes: dict[str, Any], where: str, words: str, remedy: str
) -> None:
    finding = one(said(resources, **wishes))
    assert (finding.severity, finding.where) == (Severity.ERROR, where)
    assert words in finding.what
    assert remedy in finding.remedy


def test_an_old_name_is_answered_with_the_new_one() -> None:
    assert one(said(partition="amilan")).why == "It is called acpu now."


def test_memory_above_the_share_of_its_cores_is_a_warning() -> None:
    finding = one(said({"memory_mib": "100G", "cpus": 16}))
    assert finding.severity is Severity.WARNING
    assert "27 cores" in finding.what


def test_gpus_that_cannot_be_divided_are_a_warning() -> None:
    site = Slurm(partitions=(Partition(name="gpu", gpus=4),), partition="gpu")
    finding = one(list(cluster_findings(site, site.wishes(SlurmWishes()), Resources(nodes=2, gpus=3))))
    assert (finding.severity, finding.where) == (Severity.WARNING, "gpus")


@given(
    st.builds(
        Resources,
        nodes=st.integers(1, 300),
        tasks=st.integers(1, 5000),
        cpus=st.integers(1, 300),
        gpus=st.integers(0, 20),
        memory_mib=st.none() | st.integers(1, 10**7),
        walltime_s=st.none() | st.integers(1, 10**7),
    ),
    st.sampled_from(["acpu", "amem", "aa100", "atesting", "nowhere"]),
)
def test_every_finding_says_where_and_what(resources: Resources, partition: str) -> None:
    assert ALPINE.slurm
    for finding in cluster_findings(ALPINE.slurm, ALPINE.slurm.wishes(SlurmWishes(partition=partition)), resources):
        assert finding.where
        assert finding.what
        assert finding.severity is Severity.WARNING or finding.remedy


def test_limits_of_a_qos_are_read_in_peoples_words() -> None:
    assert QosLimits.model_validate({"name": "long", "max_walltime_s": "7d"}).max_walltime_s == 7 * 86_400


def test_few_cores_in_a_partition_for_many_are_a_warning_that_names_another() -> None:
    site = Slurm(
        partitions=(Partition(name="wide", few_cores=64), Partition(name="usual", few_cores=8)), partition="wide"
    )
    (finding,) = cluster_findings(site, site.wishes(SlurmWishes()), Resources(tasks=16))
    assert (finding.severity, finding.where) == (Severity.WARNING, "cpus")
    assert "partition=usual" in finding.remedy


def test_much_more_memory_than_programs_use_is_a_suggestion() -> None:
    site = Slurm(partitions=(Partition(name="p"),), partition="p", usual_memory_per_core_mib=2048)
    (finding,) = cluster_findings(site, site.wishes(SlurmWishes()), Resources(tasks=4, memory_mib=20_000))
    assert (finding.severity, finding.where) == (Severity.SUGGESTION, "memory")
    assert "--memory 8GiB" in finding.remedy
    assert not list(cluster_findings(site, site.wishes(SlurmWishes()), Resources(tasks=4, memory_mib=16_384)))


def test_what_a_qos_says_of_the_size_of_a_job() -> None:
    limits = QosLimits(name="q", max_cpus=16, max_gpus=1, min_memory_mib=1024)
    site = Slurm(qos_limits=(limits,), qos="q")
    found = cluster_findings(site, site.wishes(SlurmWishes()), Resources(cpus=17, gpus=2))
    assert [finding.where for finding in found] == ["cpus", "gpus", "memory"]


def test_a_missing_qos_is_answered_with_those_that_allow_the_walltime() -> None:
    finding = one([found for found in said({"walltime_s": "3d"}, partition="aa100", qos=None) if "qos" in found.where])
    assert "gpu-long" in finding.remedy
    site = Slurm(needs=("qos",), qos_limits=(QosLimits(name="a", max_walltime_s=60), QosLimits(name="b")))
    (finding,) = cluster_findings(site, site.wishes(SlurmWishes()), Resources(walltime_s=3600))
    assert finding.remedy == "Choose with --slurm qos=b."
