import pytest
from pydantic import ValidationError

from argosy.core.alteration import Alteration, altered
from argosy.core.resources import Resources
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import JobSpec

SPEC = JobSpec(
    name="a", argv=("true",), resources=Resources(cpus=4, walltime_s=3600), slurm=SlurmWishes(account="lab", qos="long")
)


def test_only_what_is_said_is_changed() -> None:
    changed = altered(SPEC, Alteration(walltime_s="2h", memory_mib="8GiB", qos="normal"))  # pyright: ignore[reportArgumentType]
    assert changed.resources == Resources(cpus=4, walltime_s=7200, memory_mib=8192)
    assert changed.slurm == SlurmWishes(account="lab", qos="normal")
    assert changed.argv == SPEC.argv


def test_a_second_change_stands_on_the_first() -> None:
    first, second = Alteration(walltime_s=60, nice=5), Alteration(walltime_s=120, partition="gpu")
    assert second.after(first) == Alteration(walltime_s=120, nice=5, partition="gpu")
    assert second.after(None) == second


@pytest.mark.parametrize("field", [{"nice": -1}, {"nice": True}, {"qos": "a b"}, {"walltime_s": "2"}, {"begin": ""}])
def test_what_cannot_be_asked_for_is_refused(field: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Alteration.model_validate(field)


def test_a_change_is_told_in_the_words_of_people() -> None:
    change = Alteration(walltime_s=5400, memory_mib=2048, nice=0, begin="now+1hour")
    assert change.words() == "walltime 1h 30m, memory 2GiB, nice 0, begin now+1hour"
