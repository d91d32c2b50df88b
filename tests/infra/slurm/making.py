"""What a cluster needs on disk before its first daemon starts."""

import os
import secrets
import shutil
import socket
import stat
import subprocess
from pathlib import Path
from string import Template

from tests.infra.slurm.cluster import NODES, Cluster, Ports
from tests.infra.ssh.sshd import free_port

TEMPLATES = Path(__file__).parent / "etc"
SHAPE = "Boards=1 SocketsPerBoard=2 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=250000 TmpDisk=1000"
FEATURES = {"c": "Feature=milan", "g": "Gres=gpu:a100:3 Feature=milan,a100", "t": "Feature=milan"}
BY_CONTROL_GROUPS = """ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=UsePss"""
BY_POLLING = """ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=OverMemoryKill"""
NULL_DEVICE = os.makedev(1, 3)
LARGEST_FIRST_JOB = 1_000_000


def make(top: Path) -> Cluster:
    """Directories, keys, configuration and an empty database; nothing is started."""
    ports = Ports(free_port(), free_port(), free_port(), tuple(free_port() for _ in NODES))
    assert len({ports.ctld, ports.dbd, ports.db, *ports.nodes}) == 3 + len(NODES), "two daemons were given one port"
    cluster = Cluster(top, ports)
    _directories(cluster)
    _configuration(cluster)
    _munge_key(top / "munge")
    _devices(top / "dev")
    _database(top)
    return cluster


def bring_up(cluster: Cluster) -> None:
    """Start everything, make the accounts, and return when every node takes jobs."""
    for name in ("munged", "mariadbd", "slurmdbd"):
        cluster.start(name)
    cluster.administer("sacctmgr", "-i", "add", "cluster", "alpine")
    words = Template((TEMPLATES / "accounts.sacctmgr").read_text()).substitute(person=cluster.person.name)
    # Some of these words answer with 1 because they change nothing; what counts is the user at the end.
    cluster.run_as_root("sacctmgr", "-i", "-Q", stdin=words)
    assert cluster.administer("sacctmgr", "-nP", "show", "user", cluster.person.name, "format=user")
    cluster.reset()
    cluster.save()


def has_control_groups() -> bool:
    """Whether the kernel can hold jobs to their memory here; else Slurm looks now and then."""
    places = [Path("/sys/fs/cgroup") / name / "cgroup.procs" for name in ("memory", "freezer")]
    return all(os.access(place, os.W_OK) for place in places)


def _directories(cluster: Cluster) -> None:
    top = cluster.top
    top.mkdir(parents=True, exist_ok=True)
    top.chmod(0o755)
    for name in ("etc", "spool", "dev", *(f"spool/{node}" for node in NODES)):
        (top / name).mkdir()
    for name, owner in {"run": "slurm", "log": "slurm", "ctld": "slurm", "munge": "munge", "mysql": "mysql"}.items():
        (top / name).mkdir()
        shutil.chown(top / name, owner, owner)
    cluster.person.folder(cluster.projects)
    cluster.person.folder(cluster.scratch)


def _configuration(cluster: Cluster) -> None:
    top, host = cluster.top, socket.gethostname().partition(".")[0]
    in_groups = has_control_groups()
    lines = [
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} {SHAPE} {FEATURES[node[0]]}"
        for node, port in zip(NODES, cluster.ports.nodes, strict=True)
    ]
    values = {
        "top": top,
        "host": host,
        "ctld_port": cluster.ports.ctld,
        "dbd_port": cluster.ports.dbd,
        "db_port": cluster.ports.db,
        "db_password": secrets.token_urlsafe(12),
        "first_job": secrets.randbelow(LARGEST_FIRST_JOB) + 1,
        "plugins": plugins(),
        "tracking": BY_CONTROL_GROUPS if in_groups else BY_POLLING,
        "nodes": "\n".join(lines),
    }
    for name in ("slurm.conf", "slurmdbd.conf", "gres.conf", "database.sql", *(["cgroup.conf"] if in_groups else [])):
        (top / "etc" / name).write_text(Template((TEMPLATES / name).read_text()).substitute(values))
    (top / "etc" / "plugstack.conf").touch()
    (top / "etc" / "hosts").write_text(f"127.0.0.1 localhost {host} {' '.join(NODES)}\n")
    for name, owner in {"slurmdbd.conf": "slurm", "database.sql": "mysql"}.items():
        shutil.chown(top / "etc" / name, owner, owner)
        (top / "etc" / name).chmod(0o600)


def plugins() -> Path:
    """Where Debian keeps Slurm's plug-ins."""
    return next(Path("/usr/lib").glob("*/slurm-wlm"))


def _munge_key(folder: Path) -> None:
    key = folder / "key-file"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(1024))
    shutil.chown(key, "munge", "munge")
    key.chmod(0o400)


def _devices(folder: Path) -> None:
    for number in range(3):
        device = folder / f"nvidia{number}"
        os.mknod(device, 0o666 | stat.S_IFCHR, NULL_DEVICE)
        device.chmod(0o666)


def _database(top: Path) -> None:
    command = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={top}/mysql/data", "--skip-test-db"]
    command += ["--auth-root-authentication-method=socket"]
    with (top / "log" / "mariadb-install").open("wb") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log)
