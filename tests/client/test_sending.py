import hashlib
import os
from pathlib import Path

import pytest

from argosy.client import calls
from argosy.client.filewords import FileWord, read_file_word
from argosy.client.progress import Step
from argosy.client.road import Road
from argosy.client.sending import LocalFile, find, send
from argosy.core.errors import BadInput
from argosy.core.spec import Content

pytestmark = pytest.mark.infra


def test_a_file_is_sent_once_and_named_by_what_is_in_it(road: Road, tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(os.urandom(3_000_000))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert road.send(calls.missing([sha256])) == (sha256,)
    steps: list[Step] = []
    (first,) = send(road, [LocalFile(path, "a.dat", "data")], told=steps.append)
    assert first.source == Content(sha256=sha256, size=3_000_000)
    assert road.send(calls.missing([sha256])) == ()
    assert {step.what.split()[0] for step in steps} == {"reading", "sending"}
    steps.clear()
    assert send(road, [LocalFile(path, "a.dat", "data")], told=steps.append) == (first,)
    assert {step.what.split()[0] for step in steps} == {"reading"}


def test_an_empty_file_and_one_twice_are_sent_too(road: Road, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    sent = send(road, [LocalFile(empty, "one"), LocalFile(empty, "two")])
    assert [file.name for file in sent] == ["one", "two"]


def test_an_executable_file_stays_executable(road: Road, tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    assert send(road, [LocalFile(script, "run.sh")])[0].executable


@pytest.mark.parametrize("name", [b"caf\xe9.dat", b"two words", b"it's", b"new\nline", b"-rf", b"$(x)", b"a\\b"])
def test_any_name_that_a_file_can_have_is_spelled(road: Road, tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(name)
    (file,) = find(path)
    (sent,) = send(road, [file])
    assert sent.name.isprintable()
    from argosy.core.names import unspell

    assert unspell(sent.name) == name


def test_all_files_that_cannot_be_read_are_named_before_anything_is_sent(road: Road, tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.write_bytes(os.urandom(100))
    os.mkfifo(tmp_path / "pipe")
    files = [LocalFile(good, "good"), LocalFile(tmp_path / "none", "none"), LocalFile(tmp_path / "pipe", "pipe")]
    with pytest.raises(BadInput, match=r"none: No such file.*pipe is not a regular file"):
        send(road, files)
    assert road.send(calls.missing([hashlib.sha256(good.read_bytes()).hexdigest()]))


def test_a_file_that_changes_while_it_is_read_is_refused(road: Road, tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(os.urandom(3 << 20))

    def grow(_step: Step) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(BadInput, match="growing changed while it was read"):
        send(road, [LocalFile(path, "growing")], told=grow)


def test_a_file_that_changes_between_reading_and_sending_is_refused(road: Road, tmp_path: Path) -> None:
    path = tmp_path / "late"
    path.write_bytes(os.urandom(1 << 20))

    def change(step: Step) -> None:
        if step.done == step.total:
            path.write_bytes(os.urandom(1 << 20))
            os.utime(path, ns=(1, 1))

    with pytest.raises(BadInput, match="late changed while it was read"):
        send(road, [LocalFile(path, "late")], told=change)


def test_a_directory_is_all_files_below_it(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "b").touch()
    (tmp_path / "data" / "a").touch()
    assert [file.name for file in find(Path("data"), below=tmp_path)] == ["data/a", "data/deep/b"]
    assert [file.name for file in find(Path("data"), below=tmp_path, name="in")] == ["in/a", "in/deep/b"]
    with pytest.raises(BadInput, match="must be one file"):
        find(tmp_path / "data", role="system")


def test_a_path_that_climbs_lies_under_its_last_part(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "y.dat").touch()
    assert find(Path("../y.dat"), below=tmp_path / "x")[0].name == "y.dat"
    assert find(tmp_path / "y.dat")[0].name == "y.dat"


@pytest.mark.parametrize(
    ("text", "word", "given"),
    [
        ("data.csv", "", "data.csv"),
        ("in=data.csv", "in", "data.csv"),
        ("in=a=b.csv", "in", "a=b.csv"),
        ("state=job:last:x.xml", "state", "job:last:x.xml"),
        ("job:last:x.xml", "", "job:last:x.xml"),
    ],
)
def test_what_stands_before_the_first_equals_sign_is_the_word(text: str, word: str, given: str) -> None:
    assert read_file_word(text) == FileWord(word, given)


def test_a_file_with_an_equals_sign_in_its_name_is_itself(tmp_path: Path) -> None:
    (tmp_path / "a=b.csv").touch()
    assert read_file_word("a=b.csv", tmp_path) == FileWord("", "a=b.csv")


@pytest.mark.parametrize("text", ["", "in=", "="])
def test_a_word_without_a_file_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="names no file"):
        read_file_word(text)
