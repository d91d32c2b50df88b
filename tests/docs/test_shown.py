import pytest

from tests.docs.pages import Block, blocks, commands
from tests.docs.shown import is_shown


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("job k3v9x2m4 submitted", "job 0q7wfz1a submitted\n"),
        (
            "ID        FATE       TOOK\nk3v9x2m4  succeeded  1.2s",
            "ID        FATE       TOOK\n0q7wfz1a  succeeded  1m 05s\n",
        ),
        ("density  0.98 g/mL", "density  0.9731 g/mL\n"),
        ("first\n…\nlast", "first\nsecond\nthird\nlast\n"),
        ("first\n…\nlast", "first\nlast\n"),
        ("it lies in …/work", "it lies in /tmp/a/work\n"),
    ],
)
def test_what_differs_from_run_to_run_may_differ(expected: str, seen: str) -> None:
    assert is_shown(expected.splitlines(), seen)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("k3v9x2m4  succeeded", "k3v9x2m4  failed\n"),
        ("hello", "hello\nand more\n"),
        ("exit code 3", "exit code 4\n"),
        ("first\n…\nlast", "first\nsecond\n"),
        ("hello", ""),
    ],
)
def test_what_says_something_else_is_found(expected: str, seen: str) -> None:
    assert not is_shown(expected.splitlines(), seen)


def test_a_page_is_read_into_files_and_commands() -> None:
    text = 'Words.\n\n```python title="a.py"\nprint(1)\n```\n\n```console\n$ one \\\n> two\nseen\n$ three\n```\n'
    file, console = blocks(text)
    assert (file.title, file.text, file.line) == ("a.py", "print(1)\n", 3)
    first, second = commands(console)
    assert (first.words, first.shows) == ("one \\\ntwo", ("seen",))
    assert (second.words, second.shows, second.line) == ("three", (), 11)


def test_a_block_inside_a_list_loses_its_indentation() -> None:
    assert list(blocks("- x\n\n    ```sh\n    ls\n    ```\n")) == [Block("sh", "", "ls\n", 3)]
