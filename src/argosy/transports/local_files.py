"""Files of this machine: placed whole, read in pieces, copied cheaply, removed only when marked.

Everything here blocks, and runs in threads. Names that are not UTF-8 are held as surrogates inside ``Path``.
"""

import errno
import hashlib
import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from argosy.contracts import Doomed, Glance, Glanced, Parcel, Piece, Stored, Text, There
from argosy.core.errors import Denied, NoRoom, TargetError
from argosy.core.names import relative, spell, unspell
from argosy.core.outputs import FileEntry
from argosy.core.values import EARLIEST, LATEST
from argosy.sparse import append
from argosy.transports.local_arrival import arriving, make_folder, write_new

LINK_FROM_BYTES = 1 << 20
"""Smaller files are copied: a copy is as cheap as a link, and nobody can spoil the original through it."""

LISTED = 100_000
"""How many files of one directory a glance lists, at most."""

Moved = Callable[[int], object]
"""Told of bytes that were copied."""

_PIECE = 1 << 20
_KERNEL_PIECE = 1 << 26
_SECTOR = 512
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_NO_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS})
_NO_KERNEL_COPY = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})
_OUT_OF_SIGHT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG})
_HINTS = {
    errno.EACCES: "Check who may read and write there.",
    errno.EPERM: "Check who may read and write there.",
    errno.ENOTDIR: "A part of this path is a file, not a directory.",
    errno.EEXIST: "A file lies where a directory is needed.",
    errno.ENAMETOOLONG: "Use a shorter name.",
}


def unheard(count: int) -> None:
    """Nobody wants to know."""
    del count


def path_of(spelled: str) -> Path:
    """The path that a spelled one stands for."""
    return Path(os.fsdecode(unspell(spelled)))


def translated(fault: OSError, path: str) -> TargetError:
    """An error of the operating system in our words: which path, what, and what to do."""
    where = spell(os.fsencode(fault.filename)) if fault.filename is not None else path
    said = f"{where}: {fault.strerror or fault}"
    if fault.errno in _FULL:
        return NoRoom(said, hint="Make room or choose another root; waiting jobs go on by themselves.")
    return Denied(said, hint=_HINTS.get(fault.errno or 0, ""))


def place(parcel: Parcel, moved: Moved = unheard) -> None:
    """Make the directory hold every item of the parcel; files that lie there already stay as they are.

    Only those that hold something else in the end are replaced, once all others are in place. ``moved`` is told of
    bytes that were copied. A new directory of texts alone comes into place by one rename, with all that it holds.
    """
    texts = [item for item in parcel.items if isinstance(item, Text)]
    if len(texts) == len(parcel.items) and not os.path.lexists(unspell(parcel.directory)):
        with arriving(os.fsdecode(unspell(parcel.directory)), make_folder) as part:
            _fill(part, parcel.subdirectories, texts)
        return
    top = path_of(parcel.directory)
    top.mkdir(parents=True, exist_ok=True)
    for name in parcel.subdirectories:
        _inside(top, name).mkdir(parents=True, exist_ok=True)
    for item in parcel.items:
        path = _inside(top, item.name)
        if not _lies_there(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _place_item(item, path, moved)
    for item in parcel.items:
        if isinstance(item, Text) and item.finally_ is not None:
            write_whole(f"{parcel.directory}/{item.name}", item.finally_)


def write_whole(path: str, data: bytes) -> None:
    """Replace a file atomically; nothing stays behind when this fails."""
    with arriving(os.fsdecode(unspell(path)), lambda part: write_new(part, data, 0o666)):
        pass


def read_piece(path: str, start: int, limit: int) -> Piece:
    """Part of a regular file; a FIFO or device is refused rather than waited for."""
    with _opened(path_of(path)) as file:
        size = os.fstat(file.fileno()).st_size
        begin = max(size + start, 0) if start < 0 else start
        file.seek(min(begin, size))  # no file system has all the places that a number can name
        return Piece(data=file.read(limit) if begin < size else b"", start=begin, size=size)


def glance(asked: Glance) -> Glanced:
    """The list and the ends that are asked for; what cannot be seen is left out."""
    files = () if asked.below is None else tuple(list_tree(_below(asked.directory, asked.below), LISTED))
    tails: dict[str, Piece] = {}
    for name in asked.tails:
        with suppress(OSError, Denied):
            tails[name] = read_piece(_below(asked.directory, name), asked.first_byte, asked.tail_bytes)
    return Glanced(files=files, tails=tails)


def _below(directory: str, name: str) -> str:
    return f"{directory}/{name}" if name else directory


def list_tree(top: str, limit: int) -> list[FileEntry]:
    """Regular files and links below a directory, sorted by path; what cannot be seen is left out."""
    return sorted(islice(_entries(unspell(top)), limit), key=lambda entry: entry.path)


def list_hollows(top: str) -> list[str]:
    """The empty directories below a directory, sorted; what cannot be looked into counts as no empty one."""
    start = unspell(top)
    walked = os.walk(start)
    below = (place for place, folders, names in walked if not folders and not names and place != start)
    return sorted(spell(os.path.relpath(place, start)) for place in below if os.access(place, os.R_OK | os.X_OK))


def fetch(directory: str, names: Sequence[str], into: Path) -> list[str]:
    """Copy files into a local directory; those that are gone, unreadable or no regular files are left out."""
    return [name for name in names if _fetched(_inside(path_of(directory), name), _inside(into, name))]


def remove_marked(doomed: Doomed) -> int | None:
    """Remove a tree whose marker file holds the text, or all that is beside the marker.

    Returns how many bytes its files had; None when it is not there.

    The marker goes last, so that a second call can finish what this one could not.
    """
    directory = path_of(doomed.directory)
    if directory.is_symlink() or not directory.is_dir():
        return None
    mark = _inside(directory, doomed.marker)
    record = _marker(mark)
    if doomed.holds.encode() not in record:
        message = f"{doomed.directory} is not marked as the directory of this job, so it is not removed"
        raise Denied(message, hint="Look at it yourself, and remove it by hand if it is not needed.")
    size = sum(entry.size for entry in _entries(os.fsencode(directory)))
    _remove([entry for entry in directory.iterdir() if entry != mark])
    if doomed.keep_marker:
        return size
    mark.unlink()
    try:
        directory.rmdir()
    except OSError:
        mark.write_bytes(record)  # something new has appeared: it stays marked, and can be removed later
        raise
    return size


# --- Placing -------------------------------------------------------------------------------------------------------


def _inside(top: Path, name: str) -> Path:
    return top / path_of(relative(name))


def _lies_there(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        raise Denied(f"{spell(os.fsencode(path))}: something lies there already that is no file")
    return True


def _fill(top: str, subdirectories: Sequence[str], texts: Sequence[Text]) -> None:
    """Put these texts into a new directory, as they are in the end."""
    named = [(os.fsdecode(unspell(relative(one.name))), one) for one in texts]
    folders = [os.fsdecode(unspell(relative(name))) for name in subdirectories]
    paths = [*(f"{folder}/" for folder in folders), *(name for name, _ in named)]
    for folder in sorted({above for path in paths for above in _above(path)}):  # what holds others comes first
        os.mkdir(f"{top}/{folder}")  # noqa: PTH102  a Path is slow
    for name, one in named:
        data = one.data if one.finally_ is None else one.finally_
        write_new(f"{top}/{name}", data, 0o777 if one.executable else 0o666)


def _above(path: str) -> Iterator[str]:
    """The directories that hold a path: ``a`` and ``a/b`` for ``a/b/c``."""
    return (path[:at] for at, letter in enumerate(path) if letter == "/")


def _place_item(item: Text | Stored | There, path: Path, moved: Moved) -> None:
    with arriving(str(path)) as spelled:
        part = Path(spelled)
        if isinstance(item, Text):
            part.write_bytes(item.data)
        elif isinstance(item, There):
            _copy(path_of(item.source), part, moved)
        else:
            _place_stored(item, part, moved)
        if item.executable:
            part.chmod(part.stat().st_mode | 0o111)


def _place_stored(item: Stored, part: Path, moved: Moved) -> None:
    shared = item.size >= LINK_FROM_BYTES and not item.mutable and not item.executable
    if shared and _digest_of(item.source) == item.sha256 and _linked(item.source, part):
        return
    if _copy_hashed(item.source, part, moved) != item.sha256:
        message = f"{item.name}: the stored copy of this file is damaged"
        raise Denied(message, hint=f"Remove {item.source} and submit the job again; the file is then sent anew.")


def _digest_of(source: Path) -> str:
    about = source.stat()
    return _digest(source, about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=4096)
def _digest(source: Path, inode: int, size: int, modified_ns: int) -> str:
    """SHA-256 of a file, read once for each state that it is in: a thousand jobs may share it."""
    del inode, size, modified_ns
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _linked(source: Path, path: Path) -> bool:
    try:
        path.hardlink_to(source)
    except OSError as fault:
        if fault.errno in _NO_LINK:
            return False
        raise
    return True


def _copy_hashed(source: Path, path: Path, moved: Moved) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as read, path.open("wb") as written:
        while piece := read.read(_PIECE):
            digest.update(piece)
            written.write(piece)
            moved(len(piece))
    return digest.hexdigest()


# --- Copying -------------------------------------------------------------------------------------------------------


def _opened(path: Path) -> BinaryIO:
    """A regular file for reading; anything else is Denied, and nothing is waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Denied(f"{spell(os.fsencode(path))} is not a regular file")
    return os.fdopen(descriptor, "rb")


def _fetched(source: Path, goal: Path) -> bool:
    try:
        file = _opened(source)
    except Denied:
        return False
    except OSError as fault:
        if fault.errno in _OUT_OF_SIGHT:
            return False
        raise
    with file:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with arriving(str(goal)) as part, Path(part).open("wb") as written:
            _copy_open(file, written, unheard)
    return True


def _copy(source: Path, goal: Path, moved: Moved) -> None:
    with _opened(source) as read, goal.open("wb") as written:
        _copy_open(read, written, moved)


def _copy_open(read: BinaryIO, written: BinaryIO, moved: Moved) -> None:
    """Copy inside the kernel, which shares blocks where the file system can; what it does not copy is copied here.

    The kernel would fill holes.
    """
    about = os.fstat(read.fileno())
    try:
        while about.st_blocks * _SECTOR >= about.st_size and (
            count := os.copy_file_range(read.fileno(), written.fileno(), _KERNEL_PIECE)
        ):
            moved(count)
    except OSError as fault:
        if fault.errno not in _NO_KERNEL_COPY:
            raise
    while piece := read.read(_PIECE):
        append(written.fileno(), piece)
        moved(len(piece))


# --- Listing and removing --------------------------------------------------------------------------------------------


def _entries(top: bytes) -> Iterator[FileEntry]:
    waiting = [b""]
    while waiting:
        below = waiting.pop()
        for entry in _scanned(os.path.join(top, below)):  # noqa: PTH118 -- bytes, and a hundred thousand of them
            path = below + b"/" + entry.name if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                yield from _entry(path, entry)


def _scanned(directory: bytes) -> list["os.DirEntry[bytes]"]:
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name, reverse=True)
    except OSError as fault:
        if fault.errno in _OUT_OF_SIGHT:
            return []
        raise


def _entry(path: bytes, entry: "os.DirEntry[bytes]") -> Iterator[FileEntry]:
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # it went while we looked
    yield FileEntry(path=spell(path), size=about.st_size, modified=_moment(about.st_mtime), link=entry.is_symlink())


def _moment(seconds: float) -> datetime:
    """A file's time; the nearest one that we hold, since programs write any."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST.timestamp()), LATEST.timestamp()), UTC)


def _marker(mark: Path) -> bytes:
    try:
        with _opened(mark) as file:
            return file.read(_PIECE)
    except (OSError, Denied):
        return b""


def _remove(entries: list[Path]) -> None:
    """Remove files, links and trees, however deep, also where a program has closed its own directories."""
    if not entries or not _complaint("rm", "-rf", entries):
        return
    _complaint("chmod", "-R", [entry for entry in entries if entry.is_dir() and not entry.is_symlink()], "u+rwx")
    complaint = _complaint("rm", "-rf", entries)
    if complaint:
        raise Denied(complaint, hint="Check who may write there.")


def _complaint(program: str, option: str, paths: list[Path], *words: str) -> str:
    """What the system's own program has to say against it; unlike ours, it knows no depth that is too deep."""
    command = [program, option, *words, "--", *paths]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"LC_ALL": "C"})
    return done.stderr.decode("utf-8", "replace").strip()[:500] if done.returncode else ""
