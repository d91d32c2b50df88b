"""Many small files on their way to this machine, from a real server and a real job."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from argosy import Client
from argosy.client.call import Call
from argosy.client.job import Job
from argosy.client.progress import Step
from argosy.client.road import Road
from argosy.client.wire import Broken, Flow
from argosy.core.errors import NotFound
from argosy.core.home import Home

pytestmark = pytest.mark.infra

LEAVES = r"""
mkdir -p many/a 'hollow/deep er'
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $n > many/$n; head -c 50000 /dev/urandom > many/a/$n; done
head -c 2000000 /dev/urandom > large; : > nothing; printf x > "$(printf 'caf\351')"; printf y > "$(printf 'new\nline')"
printf begin > holes; truncate -s 900000 holes
"""


@pytest.fixture
def job(home: Home) -> Job:
    job = Client(home).submit(["sh", "-c", LEAVES])
    assert job.wait(60) == "succeeded"
    return job


def there(job: Job) -> Path:
    """The files themselves: the target is this machine."""
    return Path(getattr(job.view.latest.state, "directory", "")) / "work"


def pictured(top: Path) -> dict[bytes, tuple[bytes, float] | None]:
    """All that lies below a directory: bytes and times of files, and that there are directories."""
    return {os.fsencode(path.relative_to(top)): _facts(path) for path in top.rglob("*")}


def _facts(path: Path) -> tuple[bytes, float] | None:
    if path.is_dir():
        return None
    return path.read_bytes(), round(path.stat().st_mtime, 3)


@dataclass
class Watched:
    """The real road, and what was asked for over it; it breaks off once after so many bytes if wanted."""

    asked: list[Call[Any]] = field(default_factory=list[Call[Any]])
    cut_at: int | None = None

    def patched(self, patch: pytest.MonkeyPatch) -> "Watched":
        whole = Road.flow

        @contextmanager
        def flow(road: Road, call: Call[None]) -> Iterator[Flow]:
            self.asked.append(call)
            with whole(road, call) as flow:
                yield replace(flow, pieces=self._pieces(flow))

        patch.setattr(Road, "flow", flow)
        return self

    def _pieces(self, flow: Flow) -> Generator[bytes]:
        came = 0
        for piece in flow.pieces:
            if self.cut_at is not None and came + len(piece) > self.cut_at:
                end, self.cut_at = self.cut_at - came, None
                yield piece[:end]
                raise Broken("cut")
            came += len(piece)
            yield piece

    def picked(self) -> list[int]:
        """How many files each stream was to have."""
        return [len(call.body["paths"]) for call in self.asked if isinstance(call.body, dict)]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched().patched(monkeypatch)


def test_small_files_come_by_one_request_and_everything_is_as_it_is_there(
    job: Job, tmp_path: Path, watched: Watched
) -> None:
    steps: list[Step] = []
    into = tmp_path / "home"
    job.get(into, told=steps.append)
    assert pictured(into) == pictured(there(job))
    assert (into / "hollow/deep er").is_dir()
    assert (into / "holes").stat().st_blocks * 512 < 100_000
    assert watched.picked() == [28]
    assert len(watched.asked) == 2, "the large file comes by itself"
    small = [step for step in steps if step.what == "getting small files"]
    assert small[-1].done == small[-1].total
    assert job.get(into) != ()
    assert len(watched.asked) == 2, "what lies here already is not sent again"


def test_a_stream_that_breaks_off_goes_on_with_what_is_missing(job: Job, tmp_path: Path, watched: Watched) -> None:
    watched.cut_at = 300_000
    into = tmp_path / "home"
    job.get(into)
    assert pictured(into) == pictured(there(job))
    first, second = watched.picked()
    assert 0 < second < first


def test_a_stream_that_brings_nothing_is_an_error_and_leaves_nothing_half(
    job: Job, tmp_path: Path, watched: Watched
) -> None:
    watched.cut_at = 100
    into = tmp_path / "home"
    with pytest.raises(Broken):
        job.get(into, "many/")
    assert [path for path in into.rglob("*") if path.is_file()] == []


def test_a_file_that_is_gone_by_then_is_named_and_the_others_lie_there(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Road.flow

    @contextmanager
    def late(road: Road, call: Call[None]) -> Iterator[Flow]:
        (there(job) / "many/7").unlink(missing_ok=True)
        with whole(road, call) as flow:
            yield flow

    monkeypatch.setattr(Road, "flow", late)
    into = tmp_path / "home"
    with pytest.raises(NotFound, match="many/7"):
        job.get(into, "many/?")
    assert sorted(path.name for path in (into / "many").iterdir()) == ["1", "2", "3", "4", "5", "6", "8", "9"]
