import pytest
from pydantic import ValidationError

from argosy.core.target import Target


def target(**fields: object) -> Target:
    return Target.model_validate({"name": "t", "root": "/r", **fields})


def test_modules_are_loaded_in_order_behind_the_lines_of_the_target() -> None:
    assert target().preparation() == ()
    assert target(prologue=["umask 077"]).preparation() == ("umask 077",)
    first, *_, last = target(prologue=["module purge"], modules=["gcc/14.2.0", "openmpi"]).preparation()
    assert (first, last) == ("module purge", "module load gcc/14.2.0 openmpi")


def test_another_module_leaves_the_connection_as_it_is() -> None:
    assert target(modules=["gcc"]).way() == target().way()


@pytest.mark.parametrize("name", ["", "two words", "a;b", "$(x)", "-f", "a'b", "a\nb"])
def test_what_a_shell_would_read_as_more_than_a_name_is_no_module(name: str) -> None:
    with pytest.raises(ValidationError):
        target(modules=[name])
