"""The client of scripts and notebooks, against a real server and real jobs."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

import argosy
from argosy import Client
from argosy.core.errors import BadInput, Conflict, NotFound
from argosy.core.home import Home
from argosy.core.spec import FromJob

pytestmark = pytest.mark.infra


@pytest.fixture
def client(home: Home) -> Client:
    return Client(home)


def test_a_command_runs_and_its_files_come_home(client: Client, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("sea")
    job = client.submit(["sh", "-c", "cat in.txt > out.txt; echo said; echo bad >&2"], files=[tmp_path / "in.txt"])
    assert job.wait(60) == "succeeded"
    assert job.fate == "succeeded"
    assert job.logs() == "said\n"
    assert job.logs("stderr") == "bad\n"
    assert {file.path for file in job.files()} == {"in.txt", "out.txt"}
    (brought,) = job.get(tmp_path / "home", "out.txt")
    assert brought.read_text() == "sea"
    assert client.job("last") == job


def test_the_output_of_a_job_outlives_its_directory(client: Client) -> None:
    job = client.submit(["sh", "-c", "echo said; echo bad >&2"])
    assert job.wait(60) == "succeeded"
    shutil.rmtree(Path(getattr(job.view.latest.state, "directory", "")))
    assert (job.logs(), job.logs("stderr")) == ("said\n", "bad\n")


def test_a_second_job_takes_what_the_first_left(client: Client) -> None:
    first = client.submit(["sh", "-c", "echo 7 > x"])
    second = client.submit(["cat", "given"], files={"given": FromJob(job=first.id, path="x")})
    assert second.wait(60) == "succeeded"
    assert second.logs() == "7\n"


def test_a_failure_is_tried_again_as_often_as_its_cause_may_be(client: Client) -> None:
    job = client.submit(["sh", "-c", "exit 3"], retry={"exit_code": "1:1s"})
    assert job.wait(60) == "failed"
    first, second = job.view.attempts
    assert (second.due - first.state.evidence.at).total_seconds() >= 1
    assert client.preview(["true"], retry={"lost": 2}).spec.retry == {"lost": "2"}


def test_it_works_while_an_event_loop_is_running(home: Home) -> None:
    """As in a notebook's cell."""

    async def cell() -> str:
        return Client(home).submit(["true"], name="in a notebook").wait(60)

    assert asyncio.run(cell()) == "succeeded"


def test_not_over_in_time_changes_nothing(client: Client) -> None:
    job = client.submit(["sleep", "60"])
    with pytest.raises(TimeoutError, match="is still"):
        job.wait(0.2)
    job.cancel()
    assert job.wait(60) == "cancelled"


def test_one_thing_is_done_to_many_jobs(client: Client) -> None:
    drafts = [client.submit(["true"], labels={"study": "bulk"}, draft=True) for _ in range(2)]
    told = client.bulk("label", label="study=bulk", wishes={"put": {"study": "whole"}})
    assert {one.job for one in told.touched} == {job.id for job in drafts}
    assert {one.fate for one in client.bulk("release", drafts).touched} == {"queued"}
    assert [job.wait(60) for job in drafts] == ["succeeded", "succeeded"]
    assert [one.code for one in client.bulk("hold", drafts).spared] == ["conflict", "conflict"]
    for wrong in ({"deed": "sink"}, {"deed": "hold", "jobs": drafts, "target": "local"}, {"deed": "hold", "sea": "x"}):
        with pytest.raises(BadInput):
            client.bulk(**wrong)


def test_a_draft_is_not_waited_for(client: Client) -> None:
    job = client.submit(["true"], draft=True)
    with pytest.raises(ValueError, match="draft"):
        job.wait(5)
    job.release()
    assert job.wait(60) == "succeeded"


def test_jobs_are_found_by_words_and_by_fate(client: Client) -> None:
    job = client.submit(["false"], name="sirocco", labels={"wind": "south"})
    job.wait(60)
    assert client.jobs("sirocco") == [job]
    assert job in client.jobs(fate="failed", label="wind=south")
    assert client.jobs("sirocco", fate="succeeded") == []


def test_a_wrong_wish_is_refused_by_its_name(client: Client) -> None:
    with pytest.raises(BadInput, match="walltme: there is no such field") as caught:
        client.submit(["true"], walltme="2h")
    assert "resources" in caught.value.hint
    with pytest.raises(BadInput, match="not UTF-8"):
        client.submit([os.fsdecode(b"caf\xe9")])
    with pytest.raises(NotFound):
        client.job("no such job")


def test_nothing_is_overwritten_silently(client: Client, tmp_path: Path) -> None:
    job = client.submit(["sh", "-c", "echo new > a; echo new > b"])
    job.wait(60)
    (tmp_path / "b").write_text("old")
    with pytest.raises(Conflict, match="b would be overwritten"):
        job.get(tmp_path)
    assert not (tmp_path / "a").exists()
    job.get(tmp_path, overwrite=True)
    assert (tmp_path / "b").read_text() == "new\n"
    (tmp_path / "a").unlink()
    assert len(job.get(tmp_path)) == 2  # the one that lies there already is not brought again


def test_any_name_that_a_job_gives_a_file_comes_home(client: Client, tmp_path: Path) -> None:
    command = (
        r"""printf 1 > "$(printf 'caf\351')"; printf 2 > '-rf'; printf 3 > "it's $(printf 'a\nb')"; printf 4 > 'a\b'"""
    )
    job = client.submit(["sh", "-c", command])
    assert job.wait(60) == "succeeded"
    job.get(tmp_path)
    names = {os.fsencode(path.name) for path in tmp_path.iterdir()}
    assert names == {b"caf\xe9", b"-rf", b"it's a\nb", b"a\\b"}


def test_the_front_page_offers_the_client_and_nothing_by_accident() -> None:
    assert argosy.Client is Client
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        _ = argosy.Clinet  # type: ignore[attr-defined]


def label_of(job: argosy.Job) -> str:
    return job.view.job.spec.labels["sweep"]


def test_a_sweep_makes_a_job_for_each_combination_in_the_order_of_its_values(client: Client) -> None:
    runs = client.sweep(["sh", "-c", "echo $A$B"], {"environment.A": [1, 2], "environment.B": ["x"]}, name="pair")
    assert [run.view.job.spec.environment for run in runs] == [{"A": "1", "B": "x"}, {"A": "2", "B": "x"}]
    compared = {line.key: line.cells for line in client.compare(runs[0], runs[1].id).lines}
    assert compared["environment.A"] == ("1", "2")
    assert compared["environment.B"] == ("x", "x")
    assert [job.name for job in client.compare(label=f"sweep={label_of(runs[0])}").jobs] == ["pair-1", "pair-2"]
    with pytest.raises(BadInput, match="nothing"):
        client.sweep(["true"], {"nothing": [1]})
