from pathlib import Path

import pytest

from tools.check_sizes import MAX_FILE_LINES, MAX_FUNCTION_LINES, complaints_about, main


def written(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def function_of(lines: int) -> str:
    return "def sail():\n" + "    pass\n" * (lines - 1)


def test_a_file_of_the_largest_allowed_size_passes(tmp_path: Path) -> None:
    assert complaints_about(written(tmp_path, "ship.py", "x = 1\n" * MAX_FILE_LINES)) == []


def test_one_line_more_is_too_large(tmp_path: Path) -> None:
    [complaint] = complaints_about(written(tmp_path, "ship.py", "x = 1\n" * (MAX_FILE_LINES + 1)))
    assert f"file has {MAX_FILE_LINES + 1} lines" in complaint


def test_a_function_of_the_largest_allowed_size_passes(tmp_path: Path) -> None:
    assert complaints_about(written(tmp_path, "ship.py", function_of(MAX_FUNCTION_LINES))) == []


@pytest.mark.parametrize("prefix", ["", "async "])
def test_a_function_of_one_line_more_is_too_large(tmp_path: Path, prefix: str) -> None:
    path = written(tmp_path, "ship.py", "\n" + prefix + function_of(MAX_FUNCTION_LINES + 1))
    assert complaints_about(path) == [f"{path}:2: function sail has 41 lines, at most 40 are allowed"]


@pytest.mark.parametrize("folder", ["migrations", "generated"])
def test_migrations_and_generated_code_are_exempt(tmp_path: Path, folder: str) -> None:
    assert complaints_about(written(tmp_path, f"src/{folder}/ship.py", "x = 1\n" * (MAX_FILE_LINES + 1))) == []


@pytest.mark.parametrize("name", ["JobManager", "Handler", "PathHelpers", "TextUtils", "SchedulerBase", "StoreImpl"])
def test_a_class_name_that_says_nothing_is_refused_in_src_only(tmp_path: Path, name: str) -> None:
    text = f"class {name}: ...\n"
    [complaint] = complaints_about(written(tmp_path, "src/ship.py", text))
    assert f"class {name}" in complaint
    assert complaints_about(written(tmp_path, "tests/ship.py", text)) == []


@pytest.mark.parametrize("name", ["Database", "Managers2", "Helpdesk", "Implicit"])
def test_a_name_that_only_looks_like_one_passes(tmp_path: Path, name: str) -> None:
    assert complaints_about(written(tmp_path, "src/ship.py", f"class {name}: ...\n")) == []


@pytest.mark.parametrize("name", ["utils", "job_helpers", "base", "path_manager"])
def test_a_module_name_that_says_nothing_is_refused(tmp_path: Path, name: str) -> None:
    [complaint] = complaints_about(written(tmp_path, f"src/{name}.py", ""))
    assert f"module {name}" in complaint


def test_the_exit_code_tells_whether_there_was_a_complaint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "src/good.py", "x = 1\n")
    assert main([str(tmp_path)]) == 0
    written(tmp_path, "src/utils.py", "")
    assert main([str(tmp_path)]) == 1
    assert "module utils" in capsys.readouterr().out
