"""One file of a job as it arrives: under a temporary name until it is whole, and going on where it broke off.

The temporary name tells of which file, and of which version of it, the bytes are: a file that has changed since begins
anew. Two that bring the same file at once do not write into each other's bytes.
"""

import errno
import hashlib
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from argosy.client import calls
from argosy.client.progress import Step, Told
from argosy.client.road import Road
from argosy.client.wire import Broken
from argosy.core.errors import BadInput, NoRoom
from argosy.core.names import spell
from argosy.core.outputs import MOST_FILES, FileEntry
from argosy.lock import take
from argosy.sparse import append

_OWNER_ONLY = 0o600
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Changed(Exception):
    """The file is not the one any more that the first bytes are of."""


@dataclass(frozen=True)
class Source:
    """A file in the work directory of a job's attempt (the latest when None), as it was listed just now."""

    road: Road
    job: str
    attempt: int | None
    entry: FileEntry

    def is_still_the_same(self) -> bool:
        """Whether another look finds the file as it was listed."""
        return self.entry in self.road.send(calls.files(self.job, self.attempt, limit=MOST_FILES)).files

    @property
    def part(self) -> str:
        """The temporary name of this version."""
        return f"{self.part_of_any_version}{_short(str(self.entry.size), self.entry.modified.isoformat())}.part"

    @property
    def part_of_any_version(self) -> str:
        """How the temporary names of all versions begin."""
        return f".argosy-{_short(self.job, self.entry.path)}-"


def bring(source: Source, place: Path, told: Told) -> None:
    """The file lies at its place, whole. When this breaks off, a part stays, and a second call goes on from it.

    What there is of other versions is removed.
    """
    _remove_others(source, place)
    path = place.with_name(source.part)
    file = _opened(path)
    if _is_ours(file, path):
        _arrive(source, path, file, told)
    else:
        os.close(file)
        _arrive_apart(source, place, told)
        path = place.with_name(_apart(source))
    path.replace(place)


def holds_the_same(source: Source, place: Path, told: Told) -> bool:
    """Whether the file here holds the bytes that the far one has now.

    Nothing else tells that of a link: its size and time, as they are listed, are its own. Raises NotFound when there is
    no file at its end, and OSError when the one here cannot be read.
    """
    call = calls.file(source.job, f"work/{source.entry.path}", source.attempt)
    with place.open("rb") as file, source.road.flow(call) as flow:
        if os.fstat(file.fileno()).st_size != flow.size:
            return False
        done = 0
        for piece in flow.pieces:
            if file.read(len(piece)) != piece:
                return False
            done += len(piece)
            told(Step(f"comparing {source.entry.path}", done, flow.size))
        return done == flow.size


def _arrive(source: Source, path: Path, file: int, told: Told) -> None:
    try:
        try:
            _fill_up(source, file, told)
        except Changed:
            os.ftruncate(file, 0)
            _fill_up(source, file, told)
        finish(path, source.entry, os.fstat(file).st_size)
    except BaseException:
        if not os.fstat(file).st_size:
            path.unlink(missing_ok=True)
        raise
    finally:
        os.close(file)


def _arrive_apart(source: Source, place: Path, told: Told) -> None:
    """All of it under a name of our own, which goes when this breaks off: another process brings the same file."""
    path = place.with_name(_apart(source))
    path.unlink(missing_ok=True)
    try:
        _arrive(source, path, _opened(path), told)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _apart(source: Source) -> str:
    return f".argosy-{os.getpid()}-{threading.get_ident()}-{_short(source.part)}.part"


def _remove_others(source: Source, place: Path) -> None:
    for other in place.parent.glob(f"{source.part_of_any_version}*.part"):
        if other.name != source.part:
            file = _opened(other)
            if _is_ours(file, other):
                other.unlink(missing_ok=True)
            os.close(file)


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), _OWNER_ONLY)


def _is_ours(file: int, path: Path) -> bool:
    """Whether we hold its lock, and it has not come into place meanwhile."""
    try:
        return take(file) and os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False  # a file system that cannot lock


def _fill_up(source: Source, file: int, told: Told) -> None:
    """Append what is missing, and go on after a break as long as something has come before it.

    Where nothing comes, the refusal tells why: the target is away, or it waits for a login.
    """
    while True:
        begun = os.fstat(file).st_size
        try:
            _fill(source, file, told)
        except Broken:
            if os.fstat(file).st_size <= begun:
                raise
        else:
            return


def _fill(source: Source, file: int, told: Told) -> None:
    """Append what is missing. Raises Changed when there was a part, and the file is another one than it was of."""
    began = done = min(os.fstat(file).st_size, source.entry.size)
    os.ftruncate(file, began)
    os.lseek(file, began, os.SEEK_SET)
    entry = source.entry
    if began < entry.size or not entry.size:
        call = calls.file(source.job, f"work/{entry.path}", source.attempt, start=began)
        with source.road.flow(call) as flow:
            if began and flow.size != entry.size:
                raise Changed
            for piece in flow.pieces:
                append(file, piece)
                done += len(piece)
                told(Step(f"getting {entry.path}", done, entry.size))
    if began and not source.is_still_the_same():
        raise Changed


def finish(part: Path, entry: FileEntry, done: int) -> None:
    """Give the file its permissions and, when it is still the one that was listed, its time."""
    umask = os.umask(0)
    os.umask(umask)
    part.chmod(0o666 & ~umask)
    if done == entry.size:
        moment = entry.modified.timestamp()
        with suppress(PermissionError):
            os.utime(part, (moment, moment))


def _short(*words: str) -> str:
    return hashlib.blake2s("\0".join(words).encode(), digest_size=8).hexdigest()


@contextmanager
def explained(place: Path) -> Generator[None]:
    """What this machine says against a file that is to lie here becomes one of our errors."""
    try:
        yield
    except OSError as trouble:
        if trouble.filename is None and trouble.errno not in _FULL:
            raise
        kind = NoRoom if trouble.errno in _FULL else BadInput
        where = spell(os.fsencode(place))
        hint = "Make room there, or choose another directory with --into; then ask again, and it goes on."
        raise kind(f"{where} cannot be written: {trouble.strerror}", hint=hint) from None
