from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.client.filewords import FileWord
from argosy.client.jobfile import KEYS, read_job_file
from argosy.core.errors import BadInput

WHOLE = """
template = "openmm/nvt"
name = "water"
after = ["last"]
retries = 2

[values]
temperature = 310

[files]
system = "box/system.xml"
state = { path = "job:last:state.xml", mutable = true }
"""


def written(folder: Path, text: str, name: str = "job.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_job_file_says_what_a_submission_needs(tmp_path: Path) -> None:
    read = read_job_file(written(tmp_path, WHOLE))
    assert read.wishes == {
        "template": "openmm/nvt",
        "name": "water",
        "after": ["last"],
        "retries": 2,
        "values": {"temperature": 310},
    }
    assert read.files == (FileWord("system", "box/system.xml"), FileWord("state", "job:last:state.xml", mutable=True))
    assert read.directory == tmp_path


def test_json_says_the_same(tmp_path: Path) -> None:
    read = read_job_file(written(tmp_path, '{"command": ["true"], "draft": true}', "job.json"))
    assert read.wishes == {"argv": ["true"], "draft": True}


def refusal(path: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_job_file(path)
    return caught.value


def test_an_unknown_key_is_named_with_its_line_and_the_known_ones(tmp_path: Path) -> None:
    refused = refusal(written(tmp_path, 'command = ["true"]\n\nwalltim = "2h"\n'))
    assert "job.toml, line 3: unknown key 'walltim'" in refused.message
    assert all(key in refused.hint for key in KEYS)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("command = 3", "command must be a list of texts, not 3"),
        ('command = ["a", 1]', "command must be a list of texts"),
        ('command = ["a"]\nretries = true', "line 2: retries must be a whole number, not True"),
        ('command = ["a"]\ndraft = "yes"', "line 2: draft must be true or false"),
        ('command = ["a"]\nlabels = "x"', "line 2: labels must be a table"),
        ('command = ["a"]\n[files]\nx = 3', "line 3: file x must be a path, not 3"),
        ('command = ["a"]\n[files]\nx = {pth = "3"}', "file x must be a path"),
        ('command = ["a"]\ntemplate = "b"', "either template or command"),
        ('name = "a"', "either template or command"),
        ("command = [", "line 1, the end of the file"),
        ("a = 1\na = 2", "line 2"),
    ],
)
def test_what_will_not_do_is_named_with_file_and_line(tmp_path: Path, line: str, words: str) -> None:
    message = refusal(written(tmp_path, line)).message
    assert "job.toml" in message
    assert words in message


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_bytes(b'name = "a"\nx = "\xff"\n')
    assert "line 2: this is not UTF-8" in refusal(path).message


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.toml").message
    assert "Is a directory" in refusal(tmp_path).message


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    refused = refusal(written(tmp_path, "[" * 100_000, "job.json"))
    assert "job.json" in refused.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*KEYS, "other"]), JSON, max_size=5))
def test_whatever_a_file_says_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, Any]
) -> None:
    import json

    path = written(tmp_path_factory.mktemp("said"), json.dumps(said), "job.json")
    with suppress(BadInput):
        read = read_job_file(path)
        assert ("template" in read.wishes) != ("argv" in read.wishes)
