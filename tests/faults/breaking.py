"""Three ways in which a connection breaks that stands still at a moment of a test's choice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from argosy.service.marks import Mark
from tests.faults.far import connection
from tests.faults.running import Running, until
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

MIB = 1 << 20
LARGE = 24 * MIB
MOST_OF_IT = 16 * MIB


@dataclass(frozen=True)
class Breaking:
    """A server whose machine is reached through a network that stands still at a moment of the test's choice."""

    server: Running
    sshd: Sshd
    proxy: Proxy

    def killed(self) -> None:
        """The processes of the SSH server there are killed."""
        self.sshd.cut()
        self.proxy.resume()

    def reset(self) -> None:
        """The network ends the connection."""
        self.proxy.cut()
        self.proxy.resume()

    def hung(self) -> None:
        """Nothing passes until the server has given the connection up; then all that was held back passes."""
        until(lambda: connection(self.server) != "connected", "the server gives up the connection")
        self.proxy.resume()


WAYS: dict[str, Callable[[Breaking], None]] = {
    "killed": Breaking.killed,
    "reset": Breaking.reset,
    "hung": Breaking.hung,
}


class Moment(NamedTuple):
    """The network stands still so many bytes after a mark of the walk; ``size`` is that of the job's files."""

    mark: Mark
    way: str
    count: int
    size: int = 1000


MOMENTS = {
    "upload": Moment(Mark.STAGE_BEGUN, "up", MOST_OF_IT, LARGE),
    "start-asked": Moment(Mark.LAUNCH_BEGUN, "up", 100),
    "start-answered": Moment(Mark.LAUNCH_BEGUN, "down", 0),
    "listing": Moment(Mark.WATCH_BEGUN, "down", 0),
    "download": Moment(Mark.COLLECT_JUDGED, "down", MOST_OF_IT, LARGE),
}
