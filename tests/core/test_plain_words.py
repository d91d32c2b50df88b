"""Faults of validation in words for people."""

import pytest
from pydantic import TypeAdapter, ValidationError

from argosy.core.plain_words import plain_words
from argosy.core.target import Target
from argosy.core.template_views import VersionedName


def said(**fields: object) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        Target.model_validate({"name": "here", "root": "/data"} | fields)
    return [plain_words(fault) for fault in refusal.value.errors()]


def test_a_name_that_will_not_do_is_told_what_it_may_hold() -> None:
    (words,) = said(name="a b")
    assert words == "it may hold letters, digits and . _ / - only, and must begin and end with a letter or a digit"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"environment": {"2ND": "x"}}, "the name of a variable holds letters, digits and _ only"),
        ({"scheduler": "slurm", "slurm": {"partition": "my nodes"}}, "it must not be empty, begin with '-', or hold"),
    ],
)
def test_no_pattern_is_shown_to_people(fields: dict[str, object], words: str) -> None:
    assert [one[: len(words)] for one in said(**fields)] == [words]


def test_a_template_that_is_named_wrongly_is_told_how_names_and_versions_are_written() -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(VersionedName).validate_python("my template@1")
    (words,) = (plain_words(fault) for fault in refusal.value.errors())
    assert words.endswith("; a version may follow, as in namd/nvt@1.2.0")


def test_an_unknown_field_is_told_plainly() -> None:
    assert said(colour="red") == ["there is no such field"]


def test_other_words_stay_as_they_are_without_the_marks_of_the_library() -> None:
    assert not any(words.startswith("Value error") for words in said(root="not absolute"))
