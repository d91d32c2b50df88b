"""Finding, starting and stopping real servers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from argosy.client import calls
from argosy.client.road import Road
from argosy.client.start import announced, running, start, stop
from argosy.core.errors import ServerDown, VersionMismatch
from argosy.core.home import HOME_VARIABLE, Home
from argosy.core.submission import Submission
from argosy.core.views import JobQuery
from tests.client.served import home_at

pytestmark = pytest.mark.infra


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    place = home_at(tmp_path / "a home")
    monkeypatch.setenv(HOME_VARIABLE, str(place.data))
    yield place
    stop(place)


def rewritten(home: Home, **fields: object) -> None:
    record = json.loads(home.server_file.read_text())
    home.server_file.write_text(json.dumps({**record, **fields}))


def test_the_first_request_starts_a_server_and_the_next_finds_it(fresh: Home) -> None:
    pid = Road(fresh).send(calls.server()).pid
    assert Road(fresh).send(calls.server()).pid == pid
    assert stop(fresh)
    assert not stop(fresh)
    assert running(fresh) is None


def test_who_may_not_start_a_server_starts_none(fresh: Home) -> None:
    with pytest.raises(ServerDown, match="no server is running"):
        Road(fresh, may_start=False).send(calls.server())
    assert announced(fresh) is None


def test_after_a_kill_the_same_road_leads_to_a_new_server(fresh: Home) -> None:
    road = Road(fresh)
    first = road.send(calls.server()).pid
    os.kill(first, signal.SIGKILL)
    second = road.send(calls.server()).pid
    assert second != first


@pytest.mark.parametrize("text", ["", "nonsense", '{"pid": 1}', '{"pid": 1, "port": 9, "token": "x", "version": "1"}'])
def test_a_server_file_that_tells_nothing_is_no_server(fresh: Home, text: str) -> None:
    fresh.state.mkdir(parents=True)
    fresh.server_file.write_text(text)
    assert Road(fresh).send(calls.health()).pid > 1


def test_a_port_that_another_program_has_now_is_not_taken_for_a_server(fresh: Home, home: Home) -> None:
    """The file tells of the port of somebody else's server, which does not know our token."""
    other = announced(home)
    assert other is not None
    fresh.state.mkdir(parents=True)
    fresh.server_file.write_text(other.model_copy(update={"token": "wrong" * 8}).model_dump_json())
    assert Road(fresh).send(calls.health()).pid != other.pid


def test_an_idle_server_of_another_version_is_replaced(fresh: Home) -> None:
    wire = start(fresh)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("argosy.client.start.VERSION", "9.9.9")
        rewritten(fresh, version="0.0.1")
        first = wire.server.pid
        assert Road(fresh).send(calls.health()).pid != first


def test_a_server_of_another_version_with_open_jobs_is_left_alone(fresh: Home) -> None:
    wire = start(fresh)
    wire.send(calls.submit([Submission(argv=("sleep", "60"))]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("argosy.client.start.VERSION", "9.9.9")
        with pytest.raises(VersionMismatch, match=r"this is argosy 9\.9\.9, and it has open jobs") as caught:
            Road(fresh).send(calls.server())
    assert "argosy server stop" in caught.value.hint
    assert wire.send(calls.health()).pid == wire.server.pid
    (row,) = wire.send(calls.jobs(JobQuery())).jobs
    wire.send(calls.cancel(row.id))


def test_a_server_that_cannot_start_says_why(fresh: Home) -> None:
    fresh.config.mkdir(parents=True)
    (fresh.config / "config.toml").write_text("[server]\nport = 'no'\n")
    with pytest.raises(ServerDown, match=r"could not be started(.|\n)*server\.port") as caught:
        start(fresh)
    assert "argosy server run" in caught.value.hint


@pytest.mark.usefixtures("fresh")
def test_many_who_start_it_at_once_find_one_server() -> None:
    code = "from argosy import Client; from argosy.client import calls; print(Client().road.send(calls.health()).pid)"
    asking = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=120) for process in asking]
    assert len({out.strip() for out, _ in answers}) == 1, answers


def test_a_relative_home_is_the_same_for_client_and_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "here")
    road = Road()
    try:
        assert road.send(calls.server()).home == str(tmp_path / "here")
    finally:
        stop(road.home)
