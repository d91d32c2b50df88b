"""Templates that lie at the user's: found by path, and by name in the library of the project."""

from pathlib import Path

import pytest

from argosy.client.libraries import LIBRARY, project_library, rows_here, template_here, write_folder
from argosy.core.errors import BadInput, NotFound

PLAIN = 'name = "lab/decay"\nversion = "1.2"\n[command]\nargv = ["true"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a template in its library; the working directory is far below it."""
    (tmp_path / LIBRARY / "decay").mkdir(parents=True)
    (tmp_path / LIBRARY / "decay" / "template.toml").write_text(PLAIN)
    (tmp_path / "runs" / "today").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "runs" / "today")
    return tmp_path


def test_the_library_of_a_project_is_found_from_anywhere_below_it(project: Path) -> None:
    assert project_library(Path.cwd()) == project / LIBRARY
    assert [(row.name, row.version) for row in rows_here()] == [("lab/decay", "1.2")]


@pytest.mark.parametrize(("word", "found"), [("lab/decay", True), ("lab/decay@1.2", True), ("lab/decay@1.3", False)])
def test_a_name_means_the_template_of_the_project(project: Path, word: str, found: bool) -> None:
    del project
    assert (template_here(word) is not None) is found


def test_a_name_that_the_project_does_not_know_is_left_to_the_server(project: Path) -> None:
    del project
    assert template_here("namd/heat") is None


def test_a_path_is_a_path_and_says_when_nothing_is_there(project: Path) -> None:
    found = template_here(f"../../{LIBRARY}/decay")
    assert found is not None
    assert found.name == "lab/decay"
    with pytest.raises(NotFound, match="no such file or folder"):
        template_here("./decay")
    with pytest.raises(BadInput, match=r"no template\.toml"):
        template_here(str(project / "runs"))


def test_a_broken_template_is_listed_with_its_fault_and_hides_no_other(project: Path) -> None:
    (project / LIBRARY / "broken").mkdir()
    (project / LIBRARY / "broken" / "template.toml").write_text("name = ")
    broken, good = rows_here()
    assert (broken.name, good.name) == ("broken", "lab/decay")
    assert "template.toml" in broken.findings[0].what
    assert template_here("lab/decay") is not None


def test_a_folder_is_written_with_all_its_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "made" / "here", {"template.toml": PLAIN, "sub/in put.txt": "x"})
    found = template_here(str(tmp_path / "made" / "here"))
    assert found is not None
    assert (tmp_path / "made" / "here" / "sub" / "in put.txt").read_text() == "x"
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="file"):
        write_folder(tmp_path / "file" / "x", {"template.toml": PLAIN})
