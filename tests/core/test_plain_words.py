"""Faults of validation in words for people."""

import pytest
from pydantic import ValidationError

from argosy.core.plain_words import plain_words
from argosy.core.target import Target


def said(**fields: object) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        Target.model_validate({"name": "here", "root": "/data"} | fields)
    return [plain_words(fault) for fault in refusal.value.errors()]


def test_a_name_that_will_not_do_is_told_what_it_may_hold() -> None:
    (words,) = said(name="a b")
    assert words == "it may hold letters, digits and . _ / - only, and must begin and end with a letter or a digit"


def test_an_unknown_field_is_told_plainly() -> None:
    assert said(colour="red") == ["there is no such field"]


def test_other_words_stay_as_they_are_without_the_marks_of_the_library() -> None:
    assert not any(words.startswith("Value error") for words in said(root="not absolute"))
