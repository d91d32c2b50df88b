"""kill -9 of the server at every mark of the walk: no job is lost, none is run twice, every outcome is right.

The jobs are on this machine, on one that is reached by SSH, or on a cluster behind such a machine.
"""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from argosy.service.marks import Mark
from tests.faults.running import Gone, Running, runs, scratched, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

# What has to happen so that a step is taken at all; the others are part of every job's walk.
CANCELLING = {Mark.CANCEL_BEGUN, Mark.CANCEL_TOLD, Mark.CANCEL_RECORDED}
MIRRORING = {Mark.MIRROR_BEGUN, Mark.MIRROR_COPIED, Mark.MIRROR_RECORDED}
ABANDONING = {Mark.ABANDON_DECIDED, Mark.ABANDON_RECORDED}
FORBIDDING = {Mark.FORBID_BEGUN, Mark.FORBID_TAKEN, Mark.FORBID_RECORDED}


ELSEWHERE = {"over-ssh": "far_server", "cluster-over-ssh": "far_cluster_server"}


@pytest.fixture(params=["here", *ELSEWHERE])
def server(request: pytest.FixtureRequest, server: Running) -> Running:
    """A server for jobs of this machine, one for those of a machine that is reached by SSH, and one for a cluster."""
    return server if request.param == "here" else request.getfixturevalue(ELSEWHERE[request.param])


@pytest.mark.parametrize("mark", [mark for mark in Mark if mark not in FORBIDDING], ids=str)
def test_a_server_killed_at_any_mark_neither_loses_nor_doubles_a_job(server: Running, mark: Mark) -> None:
    server.start("tests.faults.dying_server", str(server.top), mark)
    if mark in MIRRORING:
        scratched(server)
    accepted = _walk(server)
    until(server.died, f"the server passes the mark {mark}")
    server.start()
    for row in server.jobs():  # a client that got no answer looks, and asks again
        if row["name"] in {"never", "long"}:
            server.ask("POST", f"/jobs/{row['id']}/cancel")
    rows = server.all_closed()
    assert {row["id"] for row in rows} >= set(accepted.values()), "an accepted job was lost"
    for row in rows:
        _is_right(server, row)
    assert runs(server.ground, "plain") == (0 if "plain" not in accepted and mark is Mark.ACCEPT_DRAFTED else 1)


@pytest.mark.parametrize("mark", sorted(FORBIDDING), ids=str)
def test_a_server_killed_while_it_forbids_a_start_never_lets_the_job_run(server: Running, mark: Mark) -> None:
    server.start("tests.faults.dying_server", str(server.top), Mark.LAUNCH_BEGUN)
    with contextlib.suppress(Gone):
        server.submit(witness(server.ground, "plain"))
    until(server.died, "the server dies with the job staged")
    _wish_behind_its_back(server)
    server.begin("tests.faults.dying_server", str(server.top), mark)
    until(server.died, f"the server passes the mark {mark}")
    server.start()
    (row,) = server.all_closed()
    assert row["fate"] == "cancelled"
    assert runs(server.ground, "plain") == 0


def _walk(server: Running) -> dict[str, str]:
    """Jobs that together pass every mark; returns the ids of those that the server said it took in."""
    accepted: dict[str, str] = {}
    with contextlib.suppress(Gone):
        accepted["plain"] = server.submit(witness(server.ground, "plain"))[0]
        accepted["child"] = server.submit(witness(server.ground, "child") | {"after": [accepted["plain"]]})[0]
        accepted["failing"] = server.submit(witness(server.ground, "failing", ["sh", "-c", "exit 3"]))[0]
        accepted["long"] = server.submit(witness(server.ground, "long", ["sleep", "600"]))[0]
        accepted["never"] = server.submit(witness(server.ground, "never") | {"after": [accepted["long"]]})[0]
        until(lambda: runs(server.ground, "long") or server.died(), "the long job runs")
        server.ask("POST", f"/jobs/{accepted['never']}/cancel")
        server.ask("POST", f"/jobs/{accepted['long']}/cancel")
    return accepted


def _is_right(server: Running, row: dict[str, Any]) -> None:
    name, fate = row["name"], row["fate"]
    count = runs(server.ground, name)
    if name in {"plain", "child"}:
        assert (fate, count) == ("succeeded", 1), row
    elif name == "failing":
        assert (fate, count) == ("failed", 1), row
        assert server.outcome(row["id"])["cause"] == "exit_code"
    elif name == "long":
        assert fate == "cancelled", row
        assert count <= 1
    else:
        assert (name, fate, count) == ("never", "cancelled", 0), row


def _wish_behind_its_back(server: Running) -> None:
    """Wish the job cancelled while no server runs, as a second server on the same database would."""
    import asyncio
    from datetime import UTC, datetime

    from argosy.contracts import Entry
    from argosy.core.job import Wish
    from argosy.core.views import JobQuery
    from argosy.store import open_store

    async def wish(database: Path) -> None:
        store = await open_store(f"sqlite:///{database}")
        (row,) = (await store.rows(JobQuery())).jobs
        await store.wish(row.id, Wish(by="tester", at=datetime.now(UTC)), Entry(kind="wish", job=row.id))
        await store.close()

    asyncio.run(wish(server.top / "argosy.db"))


def test_a_wish_that_comes_when_the_staged_job_has_just_started_still_ends_it(server: Running) -> None:
    server.start("tests.faults.dying_server", str(server.top), Mark.LAUNCH_ASKED)
    with contextlib.suppress(Gone):
        server.submit(witness(server.ground, "long", ["sleep", "600"]))
    until(server.died, "the server dies before it has written down the launch")
    until(lambda: runs(server.ground, "long"), "the program runs, and the database says that it is staged")
    _wish_behind_its_back(server)
    server.start()
    (row,) = server.all_closed()
    assert row["fate"] == "cancelled"
    assert runs(server.ground, "long") == 1
