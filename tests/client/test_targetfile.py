from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.client.targetfile import one, read, read_all, several, table
from argosy.core import profiles
from argosy.core.errors import BadInput
from argosy.core.target import Target

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
LINES = st.lists(WORDS, max_size=3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


FIELDS = st.fixed_dictionaries(
    {"name": st.from_regex(r"\A[a-z][a-z0-9._/-]{0,8}[a-z0-9]\Z"), "root": st.just("/scratch/ada/it's ☃ here")},
    optional={
        "transport": st.sampled_from(["local", "ssh"]),
        "scheduler": st.sampled_from(["process", "slurm"]),
        "ssh": st.fixed_dictionaries(
            {"host": st.just("login.site.org")},
            optional={"port": maybe(st.integers(1, 65_535)), "keyring": st.booleans(), "identities": LINES},
        ),
        "rates": maybe(st.fixed_dictionaries({}, optional={"burst": st.integers(1, 50)})),
        "polling": st.fixed_dictionaries({}, optional={"floor_s": st.floats(0.5, 1.0)}),
        "retention": st.fixed_dictionaries({}, optional={"cache_days": maybe(st.floats(0, 100))}),
        "limits": st.fixed_dictionaries({}, optional={"running": maybe(st.integers(1, 99))}),
        "environment": st.dictionaries(st.sampled_from(["A", "B_2"]), WORDS),
        "prologue": LINES,
        "modules": st.lists(st.sampled_from(["gcc/14.2.0", "openmpi"])),
        "options": st.dictionaries(WORDS, WORDS, max_size=2),
        "slurm": st.fixed_dictionaries(
            {}, optional={"partitions": st.lists(st.fixed_dictionaries({"name": st.just("gpu"), "gpus": st.just(4)}))}
        ),
    },
)


@given(st.lists(FIELDS, min_size=1, max_size=3, unique_by=lambda fields: fields["name"]))
def test_targets_come_back_from_a_file_as_they_were(fields: list[dict[str, Any]]) -> None:
    targets = tuple(Target.model_validate(one_of_them) for one_of_them in fields)
    assert read_all(several(targets), "targets.toml") == targets
    assert [read(table(one(target), "this"), "this") for target in targets] == list(targets)
    assert read_all(one(targets[0]), "one.toml") == targets[:1]


@pytest.mark.parametrize("name", profiles.profile_names())
def test_a_cluster_that_argosy_knows_goes_through_a_file(name: str) -> None:
    target = Target.model_validate({"name": name, "root": "/scratch", **profiles.profile(name)})
    assert read_all(several([target]), "file") == (target,)


def test_a_file_says_only_what_differs_from_what_is_usual() -> None:
    target = Target.model_validate(
        {"name": "far", "transport": "ssh", "root": "/r", "ssh": {"host": "h"}, "rates": None, "modules": ["gcc"]}
    )
    assert several([target]).split("\n\n", 1)[1] == (
        '[[target]]\nname = "far"\ntransport = "ssh"\nscheduler = "process"\nroot = "/r"\n'
        'modules = ["gcc"]\nrates = false\n\n[target.ssh]\nhost = "h"\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("root = /scratch", "targets.toml is not TOML: .* line 1"),
        ("", "target 1 of targets.toml: name"),
        ('target = "x"', "has no target in it"),
        ("target = []", "has no target in it"),
        ("target = [1]", "target 1 of targets.toml is no table"),
        ('name = "a"\n[[target]]\nname = "b"', "mixes one target with several"),
        ('[[target]]\nname = "a"\nroot = "/r"\n[[target]]\nname = "b"\nroot = "r"', "target 2 of targets.toml: root"),
        ('[[target]]\nname = "a"\nroot = "/r"\n[[target]]\nname = "a"\nroot = "/r"', "the target a twice"),
        ('name = "a"\nroot = "/r"\ncolour = "red"', "colour: there is no such field"),
        ('name = "a"\nroot = "/r"\nmodules = ["gcc; rm"]', "modules.0"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_all(text, "targets.toml")
