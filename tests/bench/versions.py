"""What exactly was compared, and how the peers were set up."""

import platform
import sqlite3
import subprocess
from pathlib import Path

from argosy.core.version import VERSION
from tests.bench.peer import Peer

SETTINGS = {
    "Argosy": "As installed: SQLite, the target `local` with as many jobs at once as there are processors.",
    "AiiDA": "`verdi presto --use-zeromq`: a fresh profile on SQLite; its daemon runs only where the table says so.",
    "PSI/J": "Executor `local`, launcher `single`, as installed. It has no limit of jobs at once.",
    "HyperQueue": "`LocalCluster` with one worker of as many cores as there are processors; no journal.",
    "dpdispatcher": "Over SSH with batch type Shell; it polls as often as the table says.",
    "submitit": "`SlurmExecutor`, without its wait of 0.2 s before each job, and without srun.",
    "Slurm": "Debian's, with seven nodes on this machine, accounting, and limits that hold.",
    "OpenSSH": "Server on loopback with its usual settings; scp, sftp and rsync use its client, all as they come.",
}


def versions() -> dict[str, str]:
    """The versions of all that was measured, and of what Argosy ran on."""
    return {
        "Argosy": f"{VERSION} ({_commit()})",
        "AiiDA": Peer("aiida").version("aiida-core"),
        "PSI/J": Peer("psij").version("psij-python"),
        "HyperQueue": Peer("hyperqueue").version("hyperqueue"),
        "dpdispatcher": Peer("dpdispatcher").version("dpdispatcher"),
        "paramiko": Peer("dpdispatcher").version("paramiko"),
        "submitit": Peer("submitit").version("submitit"),
        "ParmEd": Peer("parmed").version("parmed"),
        "asyncssh": Peer("aiida").version("asyncssh"),
        "OpenSSH": _first("ssh", "-V").split()[0].removeprefix("OpenSSH_"),
        "Slurm": _first("slurmctld", "-V").split()[1],
        "rsync": _first("rsync", "--version").split()[2],
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


def _first(*argv: str) -> str:
    """The first line that a program says of itself."""
    done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.splitlines()[0]


def _commit() -> str:
    """The commit that was measured; outside a repository nobody can say."""
    argv = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, cwd=Path(__file__).parent)
    return done.stdout.strip() if done.returncode == 0 else "no commit"
