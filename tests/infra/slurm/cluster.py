"""The cluster as tests see it: commands, daemons, and a clean state."""

import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from tests.infra.slurm.daemons import Daemon
from tests.infra.ssh.people import Person, person
from tests.infra.wrapped import until

NODES = ("c1", "c2", "c3", "c4", "g1", "g2", "t1")
CALM = {"idle"}
COMMAND_TIMEOUT_S = 60


@dataclass(frozen=True)
class Ports:
    """Where the daemons listen; ``nodes`` in the order of NODES."""

    ctld: int
    dbd: int
    db: int
    nodes: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """A cluster that lives in the directory ``top``."""

    top: Path
    ports: Ports

    @property
    def conf(self) -> Path:
        """slurm.conf."""
        return self.top / "etc" / "slurm.conf"

    @property
    def projects(self) -> Path:
        """A directory of the person's."""
        return self.top / "projects"

    @property
    def scratch(self) -> Path:
        """Another one."""
        return self.top / "scratch"

    @cached_property
    def person(self) -> Person:
        """Whose jobs run here."""
        return person()

    def environment(self) -> dict[str, str]:
        """The environment of a program of this host that talks with the cluster."""
        strangers = {name for name in os.environ if name.startswith(("SLURM_", "SBATCH_", "SQUEUE_", "SACCT_"))}
        kept = {name: value for name, value in os.environ.items() if name not in strangers}
        return kept | {"SLURM_CONF": str(self.conf)}

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command as the person, in the projects directory."""
        identity = [f"--reuid={self.person.uid}", f"--regid={self.person.gid}", "--clear-groups"]
        return self.run_as_root("setpriv", *identity, "--", *command, stdin=stdin)

    def administer(self, *command: str, stdin: str = "") -> str:
        """A command as root, which must succeed; returns what it says."""
        answer = self.run_as_root(*command, stdin=stdin)
        assert answer.returncode == 0, f"{command}: {answer.stderr or answer.stdout}"
        return answer.stdout.strip()

    def daemon(self, name: str) -> Daemon:
        """munged, mariadbd, slurmdbd, slurmctld, or slurmd.c1 and its like."""
        log = self.top / "log" / name
        return Daemon(name, self._command(name), self.top / "run" / f"{name}.pid", log)

    def start(self, name: str) -> None:
        """Start a daemon unless it runs, and wait until it answers."""
        daemon = self.daemon(name)
        daemon.start(self.environment())
        try:
            until(lambda: daemon.pid() is None or self._answers(name), f"{name} answers")
        finally:
            assert daemon.pid() is not None, f"{name} ended:\n{daemon.log.read_text()[-2000:]}"

    def kill(self, name: str) -> None:
        """kill -9 of a daemon."""
        self.daemon(name).kill()

    def stop(self, name: str) -> None:
        """An orderly end of a daemon."""
        self.daemon(name).stop()

    def names(self) -> list[str]:
        """The daemons in the order in which they start."""
        return ["munged", "mariadbd", "slurmdbd", "slurmctld", *(f"slurmd.{node}" for node in NODES)]

    def until_saved(self, job: str) -> None:
        """Wait until slurmctld has on disk what it knows now, of this job and all others: killed, it forgets the rest.

        It answers before it writes, and writes when it learns something, here a comment that no other job has. A job
        that it has saved only as it waited is ended when it comes back.
        """
        comment = f"saved-{secrets.token_hex(4)}"
        self.administer("scontrol", "update", f"jobid={job}", f"comment={comment}")
        state = self.top / "ctld" / "job_state"
        until(lambda: state.exists() and comment.encode() in state.read_bytes(), f"job {job} is saved")

    def reset(self) -> None:
        """Every daemon runs, no job is left, and every node and partition is in service."""
        for name in self.names():
            self.start(name)
        self.end_jobs()
        for partition in set(self.administer("sinfo", "-h", "-o", "%R").split()):
            self.administer("scontrol", "update", f"partitionname={partition}", "state=up")
        until(self._calm, f"every node is idle: {self.nodes()}")

    def end_jobs(self) -> None:
        """Cancel every job and wait until none is left."""
        for user in (self.person.name, "root"):
            self.administer("scancel", "--quiet", f"--user={user}")
        until(lambda: not self.administer("squeue", "-h", "-o", "%i"), "the queue is empty")

    def nodes(self) -> dict[str, str]:
        """The state of each node as sinfo says it."""
        return dict(line.split() for line in self.administer("sinfo", "-hN", "-o", "%N %T").splitlines())

    @contextmanager
    def configured(self, **settings: object) -> Iterator[None]:
        """Other values in slurm.conf for a while; only those that ``scontrol reconfigure`` takes over."""
        before = self.conf.read_text()
        text = before
        for name, value in settings.items():
            text, count = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", text)
            assert count == 1, f"slurm.conf has no {name}"
        try:
            self._reconfigure(text)
            yield
        finally:
            self._reconfigure(before)

    @contextmanager
    def at_most(self, jobs: int) -> Iterator[None]:
        """For a while the QOS of everybody allows each user so many jobs, waiting or running."""
        limit = ("sacctmgr", "-i", "modify", "qos", "normal", "set")
        self.administer(*limit, f"MaxSubmitJobsPerUser={jobs}")
        try:
            yield
        finally:
            self.administer(*limit, "MaxSubmitJobsPerUser=-1")

    def save(self) -> None:
        """Say to other processes that the cluster is up."""
        draft = self.top / "cluster.new"
        draft.write_text(json.dumps(asdict(self.ports)))
        draft.replace(self.top / "cluster.json")

    @classmethod
    def load(cls, top: Path) -> "Cluster | None":
        """The cluster in a directory, once it is up."""
        try:
            facts = json.loads((top / "cluster.json").read_text())
        except FileNotFoundError:
            return None
        return cls(top, Ports(**facts | {"nodes": tuple(facts["nodes"])}))

    def run_as_root(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command as root, in the projects directory."""
        return subprocess.run(
            command,
            env=self.environment(),
            cwd=self.projects,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
        )

    def _reconfigure(self, text: str) -> None:
        draft = self.conf.with_name("slurm.conf.new")
        draft.write_text(text)
        draft.replace(self.conf)  # commands read it at any time
        self.administer("scontrol", "reconfigure")

    def _calm(self) -> bool:
        odd = {node for node, state in self.nodes().items() if state not in CALM}
        for node in odd:
            # Refused while the node is still busy with its return; the next look asks again.
            self.run_as_root("scontrol", "update", f"nodename={node}", "state=resume")
        return not odd

    def _answers(self, name: str) -> bool:
        question = self._question(name)
        return not question or self.run_as_root(*question).returncode == 0

    def _question(self, name: str) -> list[str]:
        """A command that succeeds once the daemon works."""
        if name == "munged":
            return ["munge", "--no-input", f"--socket={self.top}/munge/socket"]
        if name == "mariadbd":
            return ["mariadb-admin", "--no-defaults", f"--socket={self.top}/mysql/socket", "ping"]
        if name == "slurmdbd":
            return ["sacctmgr", "-n", "show", "cluster"]
        if name == "slurmctld":
            return ["sh", "-c", "scontrol ping | grep -q 'is UP'"]
        return ["sh", "-c", f"sinfo -hN -n {name.partition('.')[2]} -o %T | grep -qv 'unk\\|\\*$'"]

    def _command(self, name: str) -> list[str]:
        top = self.top
        commands: Mapping[str, list[str]] = {
            "munged": [
                *("setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "--", "/usr/sbin/munged"),
                *("--foreground", "--force", "--num-threads=10"),
                *(
                    f"--{what}={top}/munge/{what}"
                    for what in ("key-file", "socket", "pid-file", "log-file", "seed-file")
                ),
            ],
            "mariadbd": [
                *("setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups", "--", "/usr/sbin/mariadbd"),
                *("--no-defaults", f"--datadir={top}/mysql/data", f"--socket={top}/mysql/socket"),
                *(f"--pid-file={top}/mysql/pid", f"--init-file={top}/etc/database.sql", f"--port={self.ports.db}"),
                *("--bind-address=127.0.0.1", "--skip-log-bin", "--max-allowed-packet=16M"),
                *("--innodb-buffer-pool-size=256M", "--innodb-log-file-size=64M", "--innodb-lock-wait-timeout=900"),
                "--innodb-flush-log-at-trx-commit=2",
            ],
            "slurmdbd": ["/usr/sbin/slurmdbd", "-D"],
            "slurmctld": ["/usr/sbin/slurmctld", "-D", "-f", str(self.conf)],
        }
        return commands[name] if name in commands else self._slurmd(name.partition(".")[2])

    def _slurmd(self, node: str) -> list[str]:
        """A node with a host name of its own, and an /etc/hosts that knows all the others."""
        setting_up = 'hostname "$0" && mount --bind "$1" /etc/hosts && shift && exec "$@"'
        return [
            *("unshare", "--uts", "--mount", "--propagation", "slave", "--", "sh", "-c", setting_up),
            *(node, f"{self.top}/etc/hosts", "/usr/sbin/slurmd", "-D", "-f", str(self.conf), "-N", node),
        ]
