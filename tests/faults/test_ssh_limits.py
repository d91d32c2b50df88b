"""What the profile of a machine that is reached by SSH allows holds, whatever breaks: running jobs, requests, looks."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.far import ALIAS
from tests.faults.running import Running, described, runs, until, witness
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

JOBS = 12
WINDOWS = 20


@pytest.mark.parametrize(
    ("limits", "resources"),
    [
        ({"running": 3}, {}),
        ({"cpus": 6}, {"cpus": 2}),
        ({"memory_mib": 1000}, {"memory": "300 MiB"}),
    ],
    ids=["running", "cpus", "memory"],
)
def test_no_more_runs_at_once_than_the_profile_allows_though_everything_breaks(
    far_server: Running, sshd: Sshd, limits: Mapping[str, int], resources: Mapping[str, object]
) -> None:
    server = far_server.start()
    described(server, limits=limits)
    log = server.ground / "log"
    script = f"echo + >> {log}; sleep 0.4; echo - >> {log}"
    job = {"resources": resources}
    server.submit(*(witness(server.ground, f"job{n}", ["sh", "-c", script]) | job for n in range(JOBS)))
    until(log.exists, "some run")
    sshd.cut()
    until(lambda: log.read_text().count("-") >= 3, "the first have ended")
    server.kill()
    server.start()
    rows = server.all_closed()
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [runs(server.ground, f"job{n}") for n in range(JOBS)] == [1] * JOBS
    assert 1 < most_at_once(log.read_text()) <= 3


def most_at_once(log: str) -> int:
    """How many ran at the same time, at most."""
    most = now = 0
    for mark in log.split():
        now += 1 if mark == "+" else -1
        most = max(most, now)
    return most


def commands(server: Running) -> int:
    """What the machine has been asked so far."""
    return sum(hour["commands"] for hour in server.ask("GET", f"/targets/{ALIAS}/usage")["hours"])


def test_twenty_windows_that_watch_twenty_jobs_cost_the_machine_no_look_of_their_own(far_server: Running) -> None:
    server = far_server.start()
    rates = {"commands_per_s": 0.5, "burst": 100}  # an answer is fresh for two seconds
    described(server, polling={"floor_s": 30, "ceiling_s": 30}, rates=rates)
    jobs = server.submit(*(witness(server.ground, f"job{n}", ["sleep", "600"]) for n in range(WINDOWS)))
    until(lambda: all(runs(server.ground, f"job{n}") for n in range(WINDOWS)), "all run")
    before = commands(server)
    with ThreadPoolExecutor(WINDOWS) as windows:
        asked = [windows.submit(server.ask, "GET", path) for path in ("/jobs", f"/jobs/{jobs[0]}") * WINDOWS]
        asked += [windows.submit(server.ask, "GET", f"/jobs/{jobs[0]}/files") for _ in range(WINDOWS)]
        for one in asked:
            one.result()
    assert commands(server) - before <= 3, "a list of files or two, and what a round has asked meanwhile"


def test_a_line_that_is_full_of_requests_refuses_more_with_words_and_lets_jobs_pass(far_server: Running) -> None:
    server = far_server.start()
    (over,) = server.submit(witness(server.ground, "over", ["sh", "-c", "echo 42 > notes"]))
    assert server.outcome(over)["kind"] == "succeeded"
    described(server, rates={"commands_per_s": 2, "burst": 1, "waiting": 3, "logins_per_hour": 100})
    with ThreadPoolExecutor(WINDOWS) as windows:
        paths = [f"/jobs/{over}/text?path=work/notes&limit={n}" for n in range(1, WINDOWS + 1)]
        asked = [windows.submit(server.answer, "GET", path) for path in paths]
        (job,) = server.submit(witness(server.ground, "job"))
        answers = [one.result() for one in asked]
    refused = [answer.json() for answer in answers if not answer.is_success]
    assert 0 < len(refused) < WINDOWS
    assert {answer.status_code for answer in answers} == {200, 503}
    for refusal in refused:
        assert refusal["code"] == "busy"
        assert "3 requests wait for target far already" in refusal["message"]
        assert "argosy target edit far --set rates.commands_per_s" in refusal["hint"]
    assert server.outcome(job)["kind"] == "succeeded", "jobs go first"
    assert server.ask("GET", f"/targets/{ALIAS}/usage")["refused"] == len(refused)
