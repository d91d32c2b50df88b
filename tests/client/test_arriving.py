"""Files that break off on their way to this machine, from a real server and real jobs."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from argosy import Client
from argosy.client.call import Call
from argosy.client.getting import Wanted, get
from argosy.client.job import Job
from argosy.client.progress import Step
from argosy.client.road import Road
from argosy.client.wire import Flow
from argosy.core.errors import Conflict, NotFound
from argosy.core.home import Home

pytestmark = pytest.mark.infra

SIZE = 3_000_000


@pytest.fixture
def job(home: Home) -> Job:
    job = Client(home).submit(["sh", "-c", f"head -c {SIZE} /dev/urandom > noise"])
    assert job.wait(60) == "succeeded"
    return job


def there(job: Job) -> Path:
    """The file itself: the target is this machine."""
    state = job.view.latest.state
    return Path(getattr(state, "directory", "")) / "work" / "noise"


class Counted:
    """The real road; what comes over it is counted, and breaks off after so many bytes if wanted."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.cut_at: int | None = None
        self.came = 0
        whole = Road.flow

        @contextmanager
        def flow(road: Road, call: Call[None]) -> Iterator[Flow]:
            with whole(road, call) as flow:
                yield replace(flow, pieces=self._pieces(flow))

        patch.setattr(Road, "flow", flow)

    def _pieces(self, flow: Flow) -> Generator[bytes]:
        for piece in flow.pieces:
            if self.cut_at is not None and self.came + len(piece) > self.cut_at:
                yield piece[: self.cut_at - self.came]
                self.came = self.cut_at
                raise ConnectionResetError
            self.came += len(piece)
            yield piece


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def broken_off(job: Job, into: Path, counted: Counted, at: int) -> None:
    counted.cut_at = at
    with pytest.raises(ConnectionResetError):
        job.get(into)
    assert not (into / "noise").exists()
    counted.cut_at, counted.came = None, 0


def test_a_file_that_broke_off_goes_on_and_only_the_rest_is_transferred(
    job: Job, tmp_path: Path, counted: Counted
) -> None:
    broken_off(job, tmp_path, counted, 1_234_567)
    steps: list[Step] = []
    (brought,) = job.get(tmp_path, told=steps.append)
    assert brought.read_bytes() == there(job).read_bytes()
    assert counted.came == SIZE - 1_234_567
    assert steps[0].done > 1_234_567
    assert steps[-1] == Step("getting noise", SIZE, SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["noise"]


def test_a_file_that_was_whole_but_for_its_name_is_not_transferred_again(
    job: Job, tmp_path: Path, counted: Counted
) -> None:
    broken_off(job, tmp_path, counted, SIZE - 1)
    (part,) = tmp_path.iterdir()
    with part.open("ab") as file:
        file.write(there(job).read_bytes()[-1:])
    (brought,) = job.get(tmp_path)
    assert brought.read_bytes() == there(job).read_bytes()
    assert counted.came == 0


def test_a_file_that_changed_since_begins_anew_and_nothing_of_the_old_one_stays(
    job: Job, tmp_path: Path, counted: Counted
) -> None:
    broken_off(job, tmp_path, counted, 1_000_000)
    other = os.urandom(SIZE)
    there(job).write_bytes(other)
    (brought,) = job.get(tmp_path)
    assert brought.read_bytes() == other
    assert counted.came == SIZE
    assert [path.name for path in tmp_path.iterdir()] == ["noise"]


def test_a_file_that_changes_while_it_goes_on_begins_anew(job: Job, tmp_path: Path, counted: Counted) -> None:
    broken_off(job, tmp_path, counted, 1_000_000)
    other = os.urandom(SIZE)
    changes = iter([other])

    def change(_step: Step) -> None:
        for changed in changes:
            there(job).write_bytes(changed)

    (brought,) = job.get(tmp_path, told=change)
    assert brought.read_bytes() == other


def test_a_link_brings_its_file_and_asked_again_lies_there_until_that_file_changes(job: Job, tmp_path: Path) -> None:
    work = there(job).parent
    (work / "latest").symlink_to("noise")
    (work / "round").symlink_to(".")
    (work / "dangling").symlink_to("nowhere")
    road, wanted = job.road, Wanted(job.id)
    first = get(road, wanted, tmp_path)
    assert first.left_out == ("dangling", "round")
    assert sorted(path.name for path in first.brought) == ["latest", "noise"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "noise"]
    again = get(road, wanted, tmp_path)
    assert (again.brought, len(again.same)) == ((), 2)
    other = os.urandom(SIZE)
    there(job).write_bytes(other)
    with pytest.raises(Conflict, match="latest"):
        get(road, Wanted(job.id, ("latest",)), tmp_path)
    get(road, Wanted(job.id, ("latest",)), tmp_path, overwrite=True)
    assert (tmp_path / "latest").read_bytes() == other
    with pytest.raises(NotFound):
        get(road, Wanted(job.id, ("dangling",)), tmp_path)


def test_a_file_that_another_process_is_bringing_comes_beside_it(job: Job, tmp_path: Path, counted: Counted) -> None:
    here = tmp_path / "noise"
    brought: list[bytes] = []

    def meanwhile(_step: Step) -> None:
        if not brought:
            brought.append(b"")
            job.get(tmp_path)
            brought[0] = here.read_bytes()

    job.get(tmp_path, told=meanwhile, overwrite=True)
    assert brought == [there(job).read_bytes()] == [here.read_bytes()]
    assert counted.came == 2 * SIZE
    assert [path.name for path in tmp_path.iterdir()] == ["noise"]
