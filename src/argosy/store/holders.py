"""Who holds a file: which processes have it locked, where the system tells."""

from pathlib import Path

from argosy.store.address import Address

_LOCKS = Path("/proc/locks")


def holders_of(address: Address) -> list[str]:
    """The processes that hold locks on a SQLite database, as ``name (process 123)``.

    Empty where the system does not tell.
    """
    if address.file is None:
        return []
    inodes = {str(file.stat().st_ino) for file in _files(address.file) if file.exists()}
    try:
        lines = _LOCKS.read_text().splitlines()
    except OSError:
        return []
    pids = {pid for pid, inode in map(_pid_and_inode, lines) if inode in inodes}
    return [f"{_name(pid)} (process {pid})" for pid in sorted(pids, key=int)]


def _files(database: Path) -> list[Path]:
    return [database, database.with_name(database.name + "-shm")]


def _pid_and_inode(line: str) -> tuple[str, str]:
    """From a line such as ``1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF``; a waiting lock has an arrow in it."""
    words = [word for word in line.split() if word != "->"]
    return (words[4], words[5].rpartition(":")[2]) if len(words) > 5 else ("", "")


def _name(pid: str) -> str:
    try:
        return Path("/proc", pid, "comm").read_text().strip()
    except OSError:
        return "a program"
