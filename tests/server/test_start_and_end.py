"""Real server processes: started, started twice, killed, stopped, left alone."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.server.running import Place, end, soon

pytestmark = pytest.mark.infra


def test_a_server_says_how_it_is_reached_to_its_owner_only(place: Place) -> None:
    with place.running() as process:
        assert place.server_file.stat().st_mode & 0o777 == 0o600
        assert place.state.stat().st_mode & 0o777 == 0o700
        record = place.record()
        assert set(record) == {"pid", "port", "token", "version", "started"}
        assert len(record["token"]) >= 32
        health = place.get("/v1/health")
        assert health["pid"] == process.pid == record["pid"]
        assert health["version"] == record["version"]


def test_it_listens_on_the_loopback_only(place: Place) -> None:
    with place.running():
        port = place.record()["port"]
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        mine = [line[1] for line in listening if line[3] == "0A" and line[1].endswith(f":{port:04X}")]
        assert mine == [f"0100007F:{port:04X}"]
        six = Path("/proc/net/tcp6")
        assert not six.exists() or f":{port:04X} " not in six.read_text()


def test_of_two_started_at_once_one_runs_and_the_other_names_it(place: Place) -> None:
    processes = [place.start() for _ in range(3)]
    try:
        soon(lambda: sum(process.poll() is not None for process in processes) == 2, "more than one kept running")
        (winner,) = [process for process in processes if process.poll() is None]
        assert place.record()["pid"] == winner.pid
        for loser in processes:
            if loser is not winner:
                said, complained = loser.communicate()
                assert loser.returncode == 0, complained
                assert f"pid {winner.pid}, port {place.record()['port']}" in said
        assert place.get("/v1/health")["pid"] == winner.pid
    finally:
        for process in processes:
            end(process)


def test_after_kill_9_the_next_server_takes_over(place: Place) -> None:
    with place.running() as first:
        first.kill()
        first.wait()
        stale = place.record()
        with place.running() as second:
            assert place.record()["pid"] == second.pid
            assert place.record()["token"] != stale["token"]
            assert place.get("/v1/health")["pid"] == second.pid


@pytest.mark.parametrize(
    "content",
    [
        '{"pid": 1, "port": 1, "token": "of-a-server-long-gone", "version": "0", "started": "2020-01-01T00:00:00Z"}',
        "{}",
        "\xff not json",
        "",
    ],
    ids=["a living pid of another program", "an empty record", "no json", "nothing"],
)
def test_a_stale_file_is_replaced(place: Place, content: str) -> None:
    place.state.mkdir(parents=True)
    place.server_file.write_bytes(content.encode("latin-1"))
    place.server_file.chmod(0o644)
    with place.running() as process:
        assert place.get("/v1/health")["pid"] == process.pid
        assert place.server_file.stat().st_mode & 0o777 == 0o600


def test_a_file_of_another_user_is_replaced(place: Place) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give a file away")
    place.state.mkdir(parents=True)
    place.server_file.write_text("{}")
    os.chown(place.server_file, 12345, 12345)
    with place.running():
        assert place.server_file.stat().st_uid == os.getuid()


def test_a_port_in_use_is_told_and_nothing_is_announced(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        place.configure(port=port)
        process = place.start()
        said, complained = process.communicate(timeout=30)
    assert process.returncode == 3
    assert said == ""
    assert f"port {port}" in complained
    assert "in use" in complained
    assert "config.toml" in complained
    assert "Traceback" not in complained
    assert not place.server_file.exists()


def test_a_fixed_port_is_taken_again_right_after_the_last_server(place: Place) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place.configure(port=port)
    for _ in range(2):
        with place.running() as process:
            assert place.record()["port"] == port
            assert place.get("/v1/health")["status"] == "ok"
            process.terminate()
            assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("config", ["[server\n", "[server]\nport = 'x'\n", "[server]\ncolour = 1\n", "server = 1\n"])
def test_a_config_that_cannot_be_used_is_told_without_a_trace(place: Place, config: str) -> None:
    place.configure()
    (place.top / "config" / "config.toml").write_text(config)
    process = place.start()
    _, complained = process.communicate(timeout=30)
    assert process.returncode == 1
    assert complained.startswith("error: ")
    assert "Traceback" not in complained
    assert not place.server_file.exists()


def test_a_home_that_cannot_be_made_is_told_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    process = Place(tmp_path / "file" / "home").start()
    _, complained = process.communicate(timeout=30)
    assert process.returncode == 1
    assert complained.startswith("error: ")
    assert "ARGOSY_HOME" in complained
    assert "Traceback" not in complained


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(place: Place, number: signal.Signals) -> None:
    with place.running() as process:
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert not place.server_file.exists()
        assert "the server has stopped" in place.log()


def test_the_terminal_may_go(place: Place) -> None:
    with place.running() as process:
        process.send_signal(signal.SIGHUP)
        assert place.get("/v1/health")["pid"] == process.pid


def test_stopping_through_the_door_is_prompt_even_with_a_listener(place: Place) -> None:
    with place.running() as process, place.client() as client, client.stream("GET", "/v1/events") as answer:
        began = time.monotonic()
        place.post("/v1/server/stop")
        assert list(answer.iter_lines()) == []
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - began < 5


def test_stopping_leaves_running_jobs_alone_and_the_next_server_sees_them_end(place: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    script = 'echo begun; while [ ! -e "$0" ]; do sleep 0.05; done; echo ended'
    with place.running() as process:
        job = place.post("/v1/jobs", [{"argv": ["sh", "-c", script, str(gate)]}])[0]["job"]["id"]
        soon(lambda: state(place, job)["kind"] == "running", "the job does not run")
        place.post("/v1/server/stop")
        assert process.wait(timeout=20) == 0
    assert not gate.exists()
    gate.touch()
    with place.running():
        soon(lambda: state(place, job)["kind"] == "closed", "the job does not end")
        assert state(place, job)["outcome"]["kind"] == "succeeded"
        assert place.get(f"/v1/jobs/{job}/text?path=stdout")["text"] == "begun\nended\n"


def state(place: Place, job: str) -> dict[str, object]:
    return place.get(f"/v1/jobs/{job}")["attempts"][-1]["state"]


def test_it_ends_by_itself_when_nobody_needs_it(place: Place) -> None:
    place.configure(idle_exit_s=0.5)
    with place.running() as process:
        assert process.wait(timeout=20) == 0
        assert not place.server_file.exists()
        assert "nothing to do" in place.log()


def test_an_open_job_keeps_it_awake(place: Place, tmp_path: Path) -> None:
    place.configure(idle_exit_s=3)
    gate = tmp_path / "gate"
    with place.running() as process:
        place.post("/v1/jobs", [{"argv": ["sh", "-c", 'while [ ! -e "$0" ]; do sleep 0.05; done', str(gate)]}])
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        gate.touch()
        assert process.wait(timeout=20) == 0


def test_an_open_window_keeps_it_awake(place: Place) -> None:
    place.configure(idle_exit_s=3)
    with place.running() as process, place.client() as client:
        with client.stream("GET", "/v1/events"), pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        assert process.wait(timeout=20) == 0


def test_a_server_whose_home_is_gone_ends(place: Place) -> None:
    place.configure(idle_exit_s=2)
    with place.running() as process:
        (place.state / "server.lock").unlink()
        place.server_file.unlink()
        assert process.wait(timeout=20) == 0
        assert not place.server_file.exists()
        assert "is gone" in place.log()


def test_a_server_file_that_was_taken_away_comes_back(place: Place) -> None:
    place.configure(idle_exit_s=4)
    with place.running() as process:
        record = place.record()
        place.server_file.unlink()
        soon(place.server_file.exists, "the file does not come back")
        assert place.record() == record
        assert process.poll() is None


def test_the_log_never_holds_the_token(place: Place) -> None:
    with place.running() as process:
        token = place.record()["token"]
        with place.client() as client:
            client.get("/v1/nothing")
            client.get(f"/v1/{token}")
            client.get("/v1/jobs", params={"text": token})
            client.put("/v1/settings/server.port", json={"value": token})
            client.post("/v1/jobs", content=b"{", headers={"Content-Type": "application/json"})
        port = place.record()["port"]
        httpx.get(f"http://127.0.0.1:{port}/v1/health", headers={"Authorization": f"Bearer {token}x"})
        process.terminate()
        process.wait(timeout=20)
        said, complained = process.communicate()
    kept = [path for path in place.state.iterdir() if path.is_file() and token in path.read_text(errors="replace")]
    assert kept == []
    assert token not in said + complained
    assert (place.state / "server.log").stat().st_mode & 0o777 == 0o600


def test_the_password_of_the_database_is_not_shown(place: Place) -> None:
    url = "postgresql+psycopg://ada:s3cret-w0rd@127.0.0.1:1/none"
    process = place.start(ARGOSY_DATABASE=url)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complained.startswith("error: ")
    assert "s3cret-w0rd" not in said + complained + place.log()
