"""A storm: the server is killed and its connection broken again and again at moments that nobody chose."""

import contextlib
import random
from dataclasses import dataclass, field

from tests.faults.running import Gone, Running, runs, witness
from tests.infra.ssh.proxy import Proxy
from tests.infra.ssh.sshd import Sshd

BREAKS = 4


@dataclass
class Storm:
    """It comes over this server and the way to its machine; the same ``seed`` gives the same breaks."""

    server: Running
    sshd: Sshd
    proxy: Proxy
    seed: int
    kills: int = 10
    jobs_a_kill: int = 10
    sent: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def rage(self) -> None:
        """Hand in jobs that note each time they are run, while everything breaks. The server is dead afterwards."""
        for _ in range(self.kills):
            self.server.start()
            for _ in range(self.jobs_a_kill):
                self.sent.append(f"job{len(self.sent)}")
                what = self.dice.choice([["true"], ["sleep", "0.2"]])
                self.server.submit(witness(self.server.ground, self.sent[-1], what))
            for _ in range(BREAKS):
                self._let_it_work()
                self._break()
            self._let_it_work()
            self.server.kill()
            self.proxy.resume()

    def fates(self, *, within_s: float) -> dict[str, str]:
        """How each job has closed, once all have."""
        return {row["name"]: row["fate"] for row in self.server.all_closed(within_s=within_s)}

    def not_once(self) -> list[str]:
        """The jobs that were not run exactly once."""
        return [name for name in self.sent if runs(self.server.ground, name) != 1]

    def _break(self) -> None:
        """Something happens to the connection, now or a few bytes later; what stands still goes on with the next."""
        self.proxy.resume()
        match self.dice.choice(["kill", "cut", "cut later", "stall", "nothing"]):
            case "kill":
                self.sshd.cut()
            case "cut":
                self.proxy.cut()
            case "cut later":
                self.proxy.after("cut", down=self.dice.randrange(5_000))
            case "stall":
                self.proxy.after("stall", up=self.dice.randrange(5_000))
            case _:
                pass

    def _let_it_work(self) -> None:
        """For a random while, counted in questions that the server answers."""
        with contextlib.suppress(Gone):
            for _ in range(self.dice.randrange(40)):
                self.server.ask("GET", "/health")
