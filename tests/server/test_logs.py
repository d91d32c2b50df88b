import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.server.logs import open_log

SECRET = "not-for-your-eyes"


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers.clear()
    yield tmp_path / "server.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_secret_is_hidden_in_words_arguments_and_traces(path: Path) -> None:
    open_log(path, secrets=[SECRET], foreground=False)
    log = logging.getLogger("argosy.test")
    log.warning("the token is %s", SECRET)
    try:
        int(SECRET)
    except ValueError:
        log.exception("it happened")
    text = path.read_text()
    assert SECRET not in text
    assert text.count("***") == 2
    assert "Traceback" in text


def test_the_log_is_bounded_and_every_part_is_the_owners(path: Path) -> None:
    open_log(path, secrets=[], foreground=False)
    line = "x" * 10_000
    for _ in range(1_200):
        logging.getLogger("argosy.test").info(line)
    parts = sorted(path.parent.iterdir())
    assert [part.name for part in parts] == ["server.log", "server.log.1", "server.log.2", "server.log.3"]
    assert sum(part.stat().st_size for part in parts) < 8.1 * 1024 * 1024
    assert {part.stat().st_mode & 0o777 for part in parts} == {0o600}


def test_bytes_that_are_no_text_do_not_stop_the_log(path: Path) -> None:
    open_log(path, secrets=[], foreground=False)
    logging.getLogger("argosy.test").info("a name: %s", b"\xff".decode(errors="surrogateescape"))
    assert "\\udcff" in path.read_text()
