from typing import Any

import pytest

from argosy.core.drafting import draft
from argosy.core.errors import BadInput
from argosy.core.profiles import profile
from argosy.core.proposals import SizeHint, size_for
from argosy.core.spec import JobSpec
from argosy.core.submission import Submission
from argosy.core.target import Target

ALPINE = Target.model_validate({**profile("alpine"), "name": "alpine", "root": "/scratch/alpine/ada"})
VASP = Target.model_validate({**profile("gpu-vasp"), "name": "vasp", "root": "/scratch/ada"})


def drafted(target: Target, **fields: Any) -> JobSpec:
    return draft(Submission(argv=("true",), target=target.name, **fields), None, target)[0]


def test_a_resource_set_holds_where_the_job_says_nothing_else() -> None:
    spec = drafted(ALPINE, resource_set="large", resources={"memory": "32G"})
    assert (spec.resources.tasks, spec.resources.memory_mib, spec.resources.walltime_s) == (128, 32_768, 604_800)
    assert (spec.slurm.partition, spec.slurm.qos) == ("acpu", "cpu-long")
    other = drafted(ALPINE, resource_set="large", slurm={"qos": "cpu-normal"})
    assert (other.slurm.partition, other.slurm.qos) == ("acpu", "cpu-normal")


@pytest.mark.parametrize("target", [ALPINE, VASP], ids=lambda one: one.name)
def test_every_resource_set_that_is_shipped_fits_its_own_cluster(target: Target) -> None:
    for one in target.resource_sets:
        _, findings = draft(Submission(argv=("true",), target=target.name, resource_set=one.name), None, target)
        assert findings == ()


def test_an_unknown_preset_names_those_that_are_there() -> None:
    with pytest.raises(BadInput, match="no resource set 'huge'") as refusal:
        drafted(ALPINE, resource_set="huge")
    assert "small-test, production, large, gpu" in refusal.value.hint
    with pytest.raises(BadInput) as refusal:
        drafted(Target(name="t", root="/r"), resource_set="huge")
    assert "argosy target show t" in refusal.value.hint


def test_the_first_size_that_reaches_as_far_is_the_one() -> None:
    def reach(amount: int) -> int | None:
        found = size_for(amount, ALPINE.sizes)
        assert isinstance(found, SizeHint)
        return found.up_to

    assert [reach(amount) for amount in (1, 10_000, 10_001, 150_000, 10**9)] == [10_000, 10_000, 50_000, 150_000, None]


def test_a_program_that_a_job_names_is_found_where_the_target_says() -> None:
    assert VASP.preparation(("vasp_std", "vasp_std"))[-2:] == (
        "PATH='/opt/vasp/bin':$PATH; export PATH",
        "export ARGOSY_LAUNCHER='srun --mpi=pmix'",
    )
    assert ALPINE.preparation(("sh", "namd3"))[-2] == "module load gcc/14.2.0 openmpi/5.0.6 namd/3.0.1_cpu"
    assert not [line for line in ALPINE.preparation(("sh",)) if line.startswith("module load")]


def test_modules_of_a_program_that_the_target_loads_anyway_are_loaded_once() -> None:
    target = Target.model_validate(
        {"name": "t", "root": "/r", "modules": ["gcc/1"], "programs": {"x": {"modules": ["gcc/1", "x/2"]}}}
    )
    assert target.preparation(("x",))[-1] == "module load gcc/1 x/2"
