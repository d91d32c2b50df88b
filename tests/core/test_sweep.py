"""Sweeps: lists of values read from words, and the submissions that they become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.submission import Submission
from argosy.core.sweep import Axis, Sweep, count, members, read_axis, shown

COMMON = Submission(template="openmm/nvt", name="water", labels={"project": "ice"}, values={"steps": 5})


def sweep(*words: str, zipped: bool = False, common: Submission = COMMON) -> Sweep:
    return Sweep(submission=common, axes=tuple(map(read_axis, words)), zipped=zipped)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("t=300,310", ("300", "310")),
        ("t=1:10:2", ("1", "3", "5", "7", "9")),
        ("t=1:3", ("1", "2", "3")),
        ("t=3:1:-1", ("3", "2", "1")),
        ("t=0.1:0.5:0.1", ("0.1", "0.2", "0.3", "0.4", "0.5")),
        ("t=1:3,10,x", ("1", "2", "3", "10", "x")),
        ("t=a=b", ("a=b",)),
        ('t=["a,b", 2, [1, 2]]', ("a,b", 2, [1, 2])),
        ("t=5:5", ("5",)),
    ],
)
def test_lists_and_ranges_are_read(words: str, values: tuple[object, ...]) -> None:
    assert read_axis(words).values == values


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("t", "not of the form KEY=VALUES"),
        ("=1", "not of the form KEY=VALUES"),
        ("t=", "a value is empty"),
        ("t=1,,2", "a value is empty"),
        ("t=1:5:0", "the step of 1:5:0 is 0"),
        ("t=5:1", "never lead from 5 to 1"),
        ("t=1:5:-1", "never lead from 1 to 5"),
        ("t=1:20000", "20,000 jobs is more than the 10,000"),
        ("t=0:1:0.000001", "more than the 10,000"),
        ("a\udcbb1:=1,2", "nothing that could be varied"),
        (f"{'k' * 64}=1,2", "nothing that could be varied"),
        ("t=[1,", "begins like a JSON list"),
        ("t=[]", "has no values"),
    ],
)
def test_a_wrong_list_is_refused_in_words_with_a_hint(words: str, message: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_axis(words)
    assert message in refusal.value.message
    assert refusal.value.hint


def test_lists_are_combined_and_the_last_varies_fastest() -> None:
    made = members(sweep("t=300,310", "seed=1:2"), "abc")
    assert [(one.values["t"], one.values["seed"]) for one in made] == [
        ("300", "1"), ("300", "2"), ("310", "1"), ("310", "2"),
    ]  # fmt: skip
    assert [one.name for one in made] == ["water-1", "water-2", "water-3", "water-4"]
    assert {one.values["steps"] for one in made} == {5}
    assert made[1].labels == {"project": "ice", "sweep": "abc", "t": "300", "seed": "2"}


def test_lists_that_are_zipped_go_side_by_side_and_must_be_of_one_length() -> None:
    made = members(sweep("t=300,310", "seed=1:2", zipped=True), "abc")
    assert [(one.values["t"], one.values["seed"]) for one in made] == [("300", "1"), ("310", "2")]
    with pytest.raises(BadInput, match="t has 2, seed has 3 values"):
        count(sweep("t=300,310", "seed=1:3", zipped=True))


def test_resources_and_the_environment_are_varied_by_their_full_names() -> None:
    (first, second) = members(sweep("resources.cpus=[1, 2]", 'env.MODE=["a b"]'), "abc")
    assert (first.resources, second.resources) == ({"cpus": 1}, {"cpus": 2})
    assert first.environment == {"MODE": "a b"}
    assert first.values == {"steps": 5}


def test_a_sweep_that_is_too_large_or_says_a_thing_twice_is_refused_before_anything_is_made() -> None:
    with pytest.raises(BadInput, match="1,000,000 jobs is more than the 10,000"):
        count(sweep("a=1:1000", "b=1:1000"))
    with pytest.raises(BadInput, match="a is varied twice"):
        count(sweep("a=1", "a=2"))


def test_ten_thousand_jobs_are_one_sweep_and_the_first_ten_are_shown() -> None:
    large = sweep("a=1:100", "b=1:100")
    assert count(large) == len(members(large, "x")) == 10_000
    assert shown(large)[:2] == ({"a": "1", "b": "1"}, {"a": "1", "b": "2"})
    assert len(shown(large)) == 10


@given(st.text(max_size=60))
def test_any_words_are_a_list_or_refused(words: str) -> None:
    for text in (words, f"k={words}"):
        try:
            axis = read_axis(text)
        except (BadInput, ValueError):
            continue
        assert axis.values


@given(st.lists(st.lists(st.integers() | st.text(max_size=5), min_size=1, max_size=4), min_size=1, max_size=3))
def test_as_many_are_made_as_are_counted_and_no_two_have_the_same_name(lists: list[list[int | str]]) -> None:
    axes = tuple(Axis(key=f"k{place}", values=tuple(values)) for place, values in enumerate(lists))
    made = members(Sweep(submission=COMMON, axes=axes), "x")
    assert len(made) == len({one.name for one in made}) == count(Sweep(submission=COMMON, axes=axes))
