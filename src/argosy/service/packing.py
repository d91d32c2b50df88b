"""Archives that are written piece by piece: tar, plain or compressed, and ZIP. Only the piece at hand is held."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from stat import S_IFDIR
from tarfile import DIRTYPE, GNU_FORMAT, TarInfo
from typing import IO, Literal, Protocol

from argosy.core.errors import BadInput
from argosy.core.names import spell

Form = Literal["tar", "tar.gz", "zip"]
MEDIA: dict[str, str] = {"tar": "application/x-tar", "tar.gz": "application/gzip", "zip": "application/zip"}

_BLOCK = 512
_LEVEL = 6
_GZIP = 31
_ZIP_YEARS = datetime(1980, 1, 2, tzinfo=UTC), datetime(2107, 12, 30, tzinfo=UTC)
_SHOWN = 3
_FOLDER_MODE = 0o755
_DOS_FOLDER = 0x10


@dataclass(frozen=True)
class Member:
    """A file of an archive: its name, its size in bytes, when it last changed, and whether it is a program."""

    name: bytes
    size: int
    modified: datetime
    executable: bool = False

    @property
    def mode(self) -> int:
        """Its permissions."""
        return 0o755 if self.executable else 0o644


class Packer(Protocol):
    """Turns files into the bytes of an archive. Each method returns what may be sent on."""

    def begin(self, member: Member) -> bytes:
        """A file begins; exactly its size follows by ``add``."""
        ...

    def add(self, data: bytes) -> bytes:
        """Bytes of the file that was begun."""
        ...

    def end(self) -> bytes:
        """The file is whole."""
        ...

    def folder(self, name: bytes, modified: datetime) -> bytes:
        """An empty directory."""
        ...

    def finish(self) -> bytes:
        """The archive is whole."""
        ...


def packer(form: Form) -> Packer:
    """What writes archives of this form."""
    return _Zip() if form == "zip" else _Tar(compressed=form == "tar.gz")


def whole(to: Packer, member: Member, data: bytes) -> bytes:
    """A file with all that is in it."""
    return to.begin(member) + to.add(data) + to.end()


def refuse_unspeakable(form: Form, names: Sequence[bytes]) -> None:
    """Raises BadInput when the form cannot hold these names: tar holds any, ZIP only text."""
    odd = [name for name in names if not _is_text(name)] if form == "zip" else []
    if odd:
        shown = ", ".join(spell(name) for name in odd[:_SHOWN])
        more = f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
        raise BadInput(
            f"a ZIP file cannot hold these names, which are not UTF-8: {shown}{more}",
            hint="Take a tar file, which holds any name, or leave them out by patterns.",
        )


def _is_text(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Tar:
    """GNU's format, which all of tar's kinds read and which holds any name and any size."""

    def __init__(self, *, compressed: bool) -> None:
        self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if compressed else None
        self._size = 0

    def begin(self, member: Member) -> bytes:
        about = TarInfo(member.name.decode("utf-8", "surrogateescape"))
        about.size, about.mode, about.mtime = member.size, member.mode, int(member.modified.timestamp())
        self._size = member.size
        return self._through(about.tobuf(GNU_FORMAT, "utf-8", "surrogateescape"))

    def add(self, data: bytes) -> bytes:
        return self._through(data)

    def end(self) -> bytes:
        return self._through(bytes(-self._size % _BLOCK))

    def folder(self, name: bytes, modified: datetime) -> bytes:
        about = TarInfo(name.decode("utf-8", "surrogateescape"))
        about.type, about.mode, about.mtime = DIRTYPE, _FOLDER_MODE, int(modified.timestamp())
        return self._through(about.tobuf(GNU_FORMAT, "utf-8", "surrogateescape"))

    def finish(self) -> bytes:
        return self._through(bytes(2 * _BLOCK)) + (self._gzip.flush() if self._gzip else b"")

    def _through(self, data: bytes) -> bytes:
        return self._gzip.compress(data) if self._gzip else data


class _Drain:
    """A file that cannot be sought in, and that is emptied after every step."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


class _Zip:
    def __init__(self) -> None:
        self._drain = _Drain()
        self._zip = zipfile.ZipFile(self._drain, "w", zipfile.ZIP_DEFLATED)  # type: ignore[arg-type]
        self._file: IO[bytes] | None = None

    def begin(self, member: Member) -> bytes:
        about = zipfile.ZipInfo(member.name.decode("utf-8"), _zip_time(member.modified))
        about.compress_type, about.external_attr, about.file_size = zipfile.ZIP_DEFLATED, member.mode << 16, member.size
        self._file = self._zip.open(about, "w", force_zip64=member.size >= zipfile.ZIP64_LIMIT // 2)
        return self._drain.taken()

    def add(self, data: bytes) -> bytes:
        if self._file is not None:
            self._file.write(data)
        return self._drain.taken()

    def end(self) -> bytes:
        if self._file is not None:
            self._file.close()
        return self._drain.taken()

    def folder(self, name: bytes, modified: datetime) -> bytes:
        about = zipfile.ZipInfo(name.decode("utf-8") + "/", _zip_time(modified))
        about.external_attr = (S_IFDIR | _FOLDER_MODE) << 16 | _DOS_FOLDER
        self._zip.writestr(about, b"")
        return self._drain.taken()

    def finish(self) -> bytes:
        self._zip.close()
        return self._drain.taken()


def _zip_time(moment: datetime) -> tuple[int, int, int, int, int, int]:
    earliest, latest = _ZIP_YEARS
    local = min(max(moment, earliest), latest).astimezone()
    return local.year, local.month, local.day, local.hour, local.minute, local.second
