import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from argosy.core.errors import BadInput
from argosy.core.quantities import MAX_DURATION_S, MAX_SIZE_MIB
from argosy.core.resources import RESOURCE_WORDS, Resources, read_resources


def test_what_people_write_becomes_resources() -> None:
    given = {"nodes": 2, "tasks": "8", "cpus": 4, "gpus": 1, "memory": "16GiB", "walltime": "4h"}
    resources = Resources.model_validate(read_resources(given))
    assert (resources.total_cpus, resources.memory_mib, resources.walltime_s) == (32, 16_384, 14_400)
    assert resources.words() == "32 cpu, 8 tasks, 2 nodes, 1 gpu, 16GiB, 4h"
    assert Resources().words() == "1 cpu"


@given(st.integers(1, MAX_SIZE_MIB), st.integers(1, MAX_DURATION_S), st.integers(1, 64))
def test_resources_survive_the_way_through_json(memory: int, walltime: int, cpus: int) -> None:
    resources = Resources(memory_mib=memory, walltime_s=walltime, cpus=cpus)
    assert Resources.model_validate_json(resources.model_dump_json()) == resources


@pytest.mark.parametrize(
    "wrong",
    [
        {"cpus": 0},
        {"cpus": 1.5},
        {"gpus": -1},
        {"nodes": 10**9},
        {"memory_mib": "16"},
        {"memory_mib": 0},
        {"walltime_s": "0s"},
        {"walltime_s": 10**12},
        {"cores": 4},
    ],
)
def test_what_no_machine_has_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Resources.model_validate(wrong)


def test_a_word_that_is_not_ours_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="unknown resource 'mem'") as refusal:
        read_resources({"mem": "1G"})
    assert all(word in refusal.value.hint for word in RESOURCE_WORDS)


def test_a_resource_under_both_of_its_names_is_refused() -> None:
    with pytest.raises(BadInput, match="walltime is given twice"):
        read_resources({"walltime": "1h", "walltime_s": 60})
