"""Two servers on one database: each target is driven by one of them, and the other takes over when that one dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, runs, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]


@pytest.fixture(params=["sqlite", "postgres"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    """Two servers with homes of their own and one database."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'shared.db'}"
    pair = tuple(Running(tmp_path / name, {"ARGOSY_DATABASE": url}) for name in ("one", "two"))
    yield pair
    for running in pair:
        running.kill()
        running.end_jobs()


def test_many_jobs_over_two_servers_run_once_each(pair: tuple[Running, Running]) -> None:
    one, two = pair
    one.start()
    two.start()
    for number in range(40):
        server = pair[number % 2]
        server.submit(witness(one.top, f"job{number}"))
    rows = one.all_closed(within_s=120)
    assert len(rows) == 40
    assert {row["fate"] for row in rows} == {"succeeded"}
    assert [runs(one.top, f"job{number}") for number in range(40)] == [1] * 40


def test_the_other_server_takes_over_when_the_driving_one_is_killed(pair: tuple[Running, Running]) -> None:
    one, two = pair
    one.start()
    (job,) = one.submit(witness(one.top, "long", ["sleep", "5"]))
    until(lambda: one.fate(job) == "running", "the job runs")
    two.start()
    one.kill()
    assert two.outcome(job, within_s=120)["kind"] == "succeeded"
    assert runs(one.top, "long") == 1
