from pathlib import Path

import pytest

from tools import reference
from tools.markdown import code, kind, table
from tools.reference_templates import explained


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path)
    return tmp_path


def test_what_was_written_passes_the_check(folder: Path) -> None:
    assert reference.main([]) == 0
    assert {path.name for path in folder.iterdir()} == set(reference.PAGES)
    assert reference.main(["--check"]) == 0


def test_a_page_that_says_something_else_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.main([])
    (folder / "errors.md").write_text("# Errors\n\nThere are none.\n")
    assert reference.main(["--check"]) == 1
    assert capsys.readouterr().out.startswith("docs/reference/errors.md ")


def test_a_missing_page_is_stale_and_the_check_writes_nothing(folder: Path) -> None:
    assert reference.main(["--check"]) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("known", [["name"], ["name", "engine", "new"]])
def test_a_key_without_a_meaning_and_a_meaning_without_a_key_stop_the_generator(known: list[str]) -> None:
    with pytest.raises(SystemExit, match="differ"):
        explained(known, {"name": "its name", "engine": "its engine"})


def test_a_bar_in_a_cell_does_not_end_the_cell() -> None:
    assert table(("pattern",), [(code("a|b"),)]).splitlines()[-1] == r"| `a\|b` |"


def test_words_with_backquotes_stay_code() -> None:
    assert code("a`b") == "`` a`b ``"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1.0, "maximum": 1000}, "whole number, at least 1, at most 1,000"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Job"}}, "list of [Job](models.md#job)"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "map of name to true or false"),
        ({"type": "string", "minLength": 1}, "text, not empty"),
    ],
)
def test_a_type_is_said_in_words(schema: dict[str, object], words: str) -> None:
    assert kind(schema) == words
