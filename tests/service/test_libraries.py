"""The user's own templates on disk: versions, replacing, removing only what belongs to a template."""

from pathlib import Path

import pytest

from argosy.core.errors import Conflict, NotFound
from argosy.core.template import Template
from argosy.service.libraries import Library

ONE = Template.model_validate(
    {"name": "lab/one", "version": "1.0.0", "argv": ("true",), "files": ({"name": "in.txt", "text": "{{ 1 }}"},)}
)
TWO = ONE.model_copy(update={"version": "1.10.0", "files": ()})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "templates")


def kept(library: Library) -> list[Template | None]:
    return [one.template for one in library.all()]


def test_versions_stay_beside_each_other_the_newest_first(library: Library) -> None:
    for version in ("1.9.0", "1.10.0", "1.0.0"):
        library.put(ONE.model_copy(update={"version": version}), replace=False)
    assert [one.version for one in library.all()] == ["1.10.0", "1.9.0", "1.0.0"]


def test_a_version_that_is_there_is_replaced_only_when_that_is_wished(library: Library) -> None:
    library.put(ONE, replace=False)
    changed = ONE.model_copy(update={"title": "changed", "files": ()})
    with pytest.raises(Conflict, match=r"1\.0\.0 is there already"):
        library.put(changed, replace=False)
    place = library.put(changed, replace=True)
    assert kept(library) == [changed]
    assert sorted(path.name for path in place.iterdir()) == ["template.toml"]


def test_a_template_that_was_written_by_hand_is_changed_where_it_lies(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "mine"
    folder.mkdir(parents=True)
    (folder / "template.toml").write_text('name = "lab/one"\n[command]\nargv = ["false"]\n')
    (folder / "notes.txt").write_text("mine")
    assert library.put(ONE, replace=True) == folder
    assert kept(library) == [ONE]
    assert (folder / "notes.txt").read_text() == "mine"


def test_removing_takes_the_files_of_the_template_and_no_others(library: Library) -> None:
    place = library.put(ONE, replace=False)
    (place / "notes.txt").write_text("mine")
    library.put(TWO, replace=False)
    library.remove("lab/one", "1.0.0")
    assert kept(library) == [TWO]
    assert [path.name for path in place.iterdir()] == ["notes.txt"]
    library.remove("lab/one", None)
    assert kept(library) == []
    with pytest.raises(NotFound, match="lab/one"):
        library.remove("lab/one", None)


def test_a_file_that_describes_itself_is_one_of_the_library(library: Library, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    text = '# /// argosy\n# name = "lab/one"\n# [command]\n# argv = ["cat", "a.conf"]\n# ///\nhello\n'
    (tmp_path / "templates" / "a.conf").write_text(text)
    assert [one.name for one in library.all()] == ["lab/one"]
    library.put(ONE, replace=True)
    assert kept(library) == [ONE]


def test_a_broken_template_is_there_with_its_fault(library: Library, tmp_path: Path) -> None:
    (tmp_path / "templates" / "odd").mkdir(parents=True)
    (tmp_path / "templates" / "odd" / "template.toml").write_text("name = ")
    (one,) = library.all()
    assert (one.name, one.template) == ("odd", None)
    assert "template.toml" in one.findings[0].what
