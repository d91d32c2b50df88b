"""Which links there are: one for each machine and account, whichever targets use it."""

from dataclasses import dataclass, field
from pathlib import Path

from argosy.contracts import Surroundings
from argosy.core.target import Ssh
from argosy.transports.ssh.line import SshLine
from argosy.transports.ssh.link import Link, Listener
from argosy.transports.ssh.own import own_way
from argosy.transports.ssh.system.way import system_way

OWN_HOSTS = "known_hosts"
"""The file of approved host keys, in Argosy's directory for what its user configures."""


@dataclass
class Links:
    """The links of this process; targets whose section ``ssh`` says the same share one, so one login serves them."""

    _links: dict[tuple[Path, Ssh], Link] = field(default_factory=dict[tuple[Path, Ssh], Link])

    def line(self, target: str, ssh: Ssh, around: Surroundings) -> SshLine:
        """A line for a target over the link that it shares."""
        own_hosts = around.home.config / OWN_HOSTS
        link = self._links.get((own_hosts, ssh))
        if link is None or not link.listeners:  # the last one that used it has closed it
            link = self._links[own_hosts, ssh] = _link(ssh, own_hosts, around.home.state)
        return SshLine(target, around, link)


def _link(ssh: Ssh, own_hosts: Path, state: Path) -> Link:
    listeners: list[Listener] = []

    def say(words: str) -> None:
        for listener in tuple(listeners):
            listener.tell(words)

    way = system_way if ssh.backend == "openssh" else own_way
    return Link(ssh.host, way(ssh, own_hosts, state, say), listeners)


LINKS = Links()
