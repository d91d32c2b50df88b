import pytest
from pydantic import ValidationError

from argosy.core.slurm import Slurm, SlurmWishes
from argosy.core.target import Polling, Target


def test_a_job_says_what_differs_from_its_target() -> None:
    site = Slurm(account="lab", partition="cpu", exclusive=True, extra=("--hint=nomultithread",))
    job = SlurmWishes(partition="gpu", exclusive=False, extra=("--nice=10",))
    assert site.wishes(job) == SlurmWishes(
        account="lab", partition="gpu", exclusive=False, extra=("--hint=nomultithread", "--nice=10")
    )


@pytest.mark.parametrize("word", ["a b", 'a"b', "a'b", "a\\b", "#a", "-a", "", "a\nb", "a`b", "$USER"])
def test_a_value_that_sbatch_would_read_as_something_else_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        SlurmWishes(partition=word)


@pytest.mark.parametrize("word", ["lab.group_1", "[rack1&rack2]*2|a100", "matlab:2,fluent@srv:1", "now+1hour", "a@b.c"])
def test_odd_names_of_clusters_are_taken(word: str) -> None:
    assert SlurmWishes(constraint=word).constraint == word


def test_a_shared_scheduler_is_asked_less_often_than_a_machine_of_ones_own() -> None:
    assert Target(name="a", root="/a").polling == Polling()
    assert Target(name="a", root="/a", scheduler="slurm").polling == Polling(floor_s=2, ceiling_s=60)
    given = Target(name="a", root="/a", scheduler="slurm", polling=Polling(floor_s=7))
    assert given.polling == Polling(floor_s=7)
    assert Target.model_validate(given.model_dump()) == given
