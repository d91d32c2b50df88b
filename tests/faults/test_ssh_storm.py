"""A storm over the way to another machine: no job is lost, none run twice, every outcome is right."""

import pytest

from tests.faults.running import Running
from tests.faults.storming import Storm
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

pytestmark = [pytest.mark.faults, pytest.mark.infra]


def test_a_hundred_jobs_over_ssh_run_once_each_whatever_is_killed_or_cut(
    proxied_server: Running, sshd: Sshd, proxy: Proxy
) -> None:
    storm = Storm(proxied_server, sshd, proxy, seed=3)
    storm.rage()
    proxied_server.start()
    assert storm.fates(within_s=180) == dict.fromkeys(storm.sent, "succeeded")
    assert storm.not_once() == []
    assert proxy.connections > storm.kills, "it was no storm"


def test_jobs_for_slurm_behind_ssh_run_once_each_whatever_is_killed_or_cut(
    proxied_cluster_server: Running, login_node: Sshd, login_proxy: Proxy
) -> None:
    storm = Storm(proxied_cluster_server, login_node, login_proxy, seed=4, kills=6)
    storm.rage()
    proxied_cluster_server.start()
    assert storm.fates(within_s=300) == dict.fromkeys(storm.sent, "succeeded")
    assert storm.not_once() == []
    assert login_proxy.connections > storm.kills, "it was no storm"
