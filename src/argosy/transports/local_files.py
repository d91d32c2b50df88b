"""Files of this machine: placed whole, read in pieces, copied cheaply, removed only when marked. Blocking; runs in threads."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from argosy.contracts import Parcel, Piece, Stored, Text, There
from argosy.core.errors import Denied, NoRoom, TargetError
from argosy.core.names import relative, spell, unspell
from argosy.core.outputs import FileEntry

LINK_FROM_BYTES = 1 << 20
"""Smaller files are copied: a copy is as cheap as a link, and nobody can spoil the original through it."""

_PIECE = 1 << 20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_TEMPORARY = b".argosy-part"


def translated(fault: OSError, path: str) -> TargetError:
    """An error of the operating system in our words: which path, what, and what to do."""
    where = spell(os.fsencode(fault.filename)) if fault.filename is not None else path
    said = f"{where}: {fault.strerror or fault}"
    if fault.errno in _NO_ROOM:
        return NoRoom(said, hint="Make room or choose another root; waiting jobs go on by themselves.")
    hints = {
        errno.EACCES: "Check who may write there.",
        errno.EPERM: "Check who may write there.",
        errno.ENOTDIR: "A part of this path is a file, not a directory.",
        errno.ENAMETOOLONG: "Use a shorter name.",
    }
    return Denied(said, hint=hints.get(fault.errno or 0, ""))


def place(parcel: Parcel) -> None:
    """Make the directory hold every item of the parcel; existing items stay as they are."""
    top = unspell(parcel.directory)
    os.makedirs(top, mode=0o755, exist_ok=True)
    for name in parcel.subdirectories:
        os.makedirs(os.path.join(top, unspell(relative(name))), exist_ok=True)
    for item in parcel.items:
        path = os.path.join(top, unspell(relative(item.name)))
        if not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _place_item(item, path)


def write_whole(path: bytes, data: bytes) -> None:
    """Replace a file atomically; the temporary file does not stay behind when this fails."""
    temporary = path + _TEMPORARY
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        _discard(temporary)
        raise


def read_piece(path: bytes, start: int, limit: int) -> Piece:
    """Part of a regular file; a FIFO or device is refused rather than waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise Denied(f"{spell(path)} is not a regular file")
        begin = max(about.st_size + start, 0) if start < 0 else start
        file.seek(begin)
        return Piece(data=file.read(limit), start=begin, size=about.st_size)


def list_tree(top: bytes, limit: int) -> list[FileEntry]:
    """Regular files and links below a directory, sorted by path."""
    entries: list[FileEntry] = []
    for path, entry in _walk(top, b""):
        if len(entries) >= limit:
            break
        about = entry.stat(follow_symlinks=False)
        modified = datetime.fromtimestamp(about.st_mtime, UTC)
        entries.append(FileEntry(path=spell(path), size=about.st_size, modified=modified, link=entry.is_symlink()))
    return sorted(entries, key=lambda entry: entry.path)


def fetch(directory: bytes, paths: Sequence[str], into: Path) -> list[str]:
    """Copy files into a local directory; those that are gone or are no regular files are left out."""
    home: list[str] = []
    for name in paths:
        source = os.path.join(directory, unspell(relative(name)))
        goal = os.path.join(os.fsencode(into), unspell(name))
        try:
            regular = stat.S_ISREG(os.stat(source).st_mode)
        except FileNotFoundError:
            continue
        if regular:
            os.makedirs(os.path.dirname(goal), exist_ok=True)
            _copy(source, goal)
            home.append(name)
    return home


def remove_marked(directory: bytes, marker: str, holds: str) -> bool:
    """Remove a tree whose marker file holds the text; the marker goes last, so that a second call can finish the work."""
    if not os.path.isdir(directory) or os.path.islink(directory):
        return False
    mark = os.path.join(directory, os.fsencode(marker))
    if not _marked(mark, holds):
        message = f"{spell(directory)} is not marked as the directory of this job, so it is not removed"
        raise Denied(message, hint="Look at it yourself, and remove it by hand if it is not needed.")
    with os.scandir(directory) as entries:
        others = [entry for entry in entries if entry.name != os.fsencode(marker)]
    for entry in others:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
    os.unlink(mark)
    os.rmdir(directory)
    return True


def _marked(mark: bytes, holds: str) -> bool:
    try:
        with open(mark, "rb") as file:
            return holds.encode() in file.read(1 << 20)
    except OSError:
        return False


def _place_item(item: Text | Stored | There, path: bytes) -> None:
    temporary = path + _TEMPORARY
    _discard(temporary)
    try:
        _fill(item, temporary)
        if item.executable:
            os.chmod(temporary, 0o755)
        os.replace(temporary, path)
    except OSError:
        _discard(temporary)
        raise


def _fill(item: Text | Stored | There, temporary: bytes) -> None:
    if isinstance(item, Text):
        with open(temporary, "wb") as file:
            file.write(item.data)
    elif isinstance(item, There):
        _copy_blocks(unspell(item.source), temporary)
    elif item.size < LINK_FROM_BYTES or item.mutable or item.executable or not _linked(item.source, temporary):
        _copy_verified(item, temporary)


def _linked(source: Path, path: bytes) -> bool:
    try:
        os.link(source, path)
    except OSError as fault:
        if fault.errno in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            return False
        raise
    return True


def _copy_verified(item: Stored, path: bytes) -> None:
    digest = hashlib.sha256()
    with open(item.source, "rb") as source, open(path, "wb") as goal:
        while piece := source.read(_PIECE):
            digest.update(piece)
            goal.write(piece)
    if digest.hexdigest() != item.sha256:
        _discard(path)
        message = f"{item.name}: the stored copy of this file is damaged"
        raise Denied(message, hint=f"Remove {item.source} and submit the job again; the file is then sent anew.")


def _copy(source: bytes, goal: bytes) -> None:
    temporary = goal + _TEMPORARY
    try:
        _copy_blocks(source, temporary)
        os.replace(temporary, goal)
    except OSError:
        _discard(temporary)
        raise


def _copy_blocks(source: bytes, goal: bytes) -> None:
    """Copy inside the kernel, which shares blocks where the file system can; holes stay holes where it does."""
    with open(source, "rb") as read, open(goal, "wb") as written:
        try:
            while os.copy_file_range(read.fileno(), written.fileno(), 1 << 30):
                pass
        except OSError as fault:
            if fault.errno not in {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}:
                raise
            shutil.copyfileobj(read, written, _PIECE)


def _walk(top: bytes, below: bytes) -> Iterator[tuple[bytes, "os.DirEntry[bytes]"]]:
    try:
        with os.scandir(os.path.join(top, below)) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        path = os.path.join(below, entry.name) if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(top, path)
        elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
            yield path, entry


def _discard(path: bytes) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
