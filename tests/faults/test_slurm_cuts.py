"""The connection to a login node breaks while jobs are handed in and looked for; none is lost, doubled or wrong."""

import pytest

from tests.faults.breaking import MOMENTS, WAYS, Breaking
from tests.faults.halting_server import HALTED
from tests.faults.running import Running, runs, until, witness
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]

PATIENCE_S = 150.0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", ["start-asked", "start-answered", "listing"])
def test_a_connection_that_breaks_while_slurm_is_asked_costs_no_job(
    proxied_cluster_server: Running, login_node: Sshd, login_proxy: Proxy, moment: str, way: str
) -> None:
    server, proxy = proxied_cluster_server, login_proxy
    mark, direction, count, _ = MOMENTS[moment]
    server.start("tests.faults.halting_server", str(server.top), mark)
    jobs = server.submit(*(witness(server.ground, f"job{one}", ["sleep", "1"]) for one in range(3)))
    until((server.top / HALTED).exists, f"the server passes the mark {mark}")
    if direction == "up":
        proxy.after("stall", up=count)
    else:
        proxy.after("stall", down=count)
    (server.top / HALTED).unlink()
    until(lambda: proxy.stalled, "the network stands still")
    WAYS[way](Breaking(server, login_node, proxy))
    assert {server.outcome(job, within_s=PATIENCE_S)["kind"] for job in jobs} == {"succeeded"}
    assert [runs(server.ground, f"job{one}") for one in range(3)] == [1, 1, 1]
    assert {row["id"] for row in server.jobs()} == set(jobs)
