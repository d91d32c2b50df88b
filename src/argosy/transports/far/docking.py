"""Parcels on their way to a machine elsewhere: what is missing there, and nothing else, as one stream."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from argosy.contracts import Parcel, Stored, Text, There
from argosy.core import layout
from argosy.core.command import Answer
from argosy.core.errors import BadInput, Denied, Garbled, Unreachable
from argosy.core.names import relative, spell, unspell
from argosy.transports import room
from argosy.transports.far import archive
from argosy.transports.far.answers import denied
from argosy.transports.far.line import Line, Starter
from argosy.transports.far.spoken import called, quoted
from argosy.transports.far.streams import PIECE, Count, fed

LARGE = 8 << 20
"""From this size on a content travels alone, and goes on where it was cut."""
TOGETHER = 2_000
"""How many contents travel in one stream, at most."""
FLEET = 200
"""How many parcels come into place by one call, at most: a command line has an end."""
CONTENTS = f"/{layout.CONTENTS}".encode("ascii")

_FOLDER = files("argosy.transports.far")
_STORE, _GROW, _DOCK = (_FOLDER.joinpath(f"{name}.sh").read_bytes() for name in ("store", "grow", "dock"))
_TRIES = 4
"""A content may be cleared away between the look and the link; then it is sent again, so often at most."""

Ask = Callable[[bytes], Awaitable[Answer]]


@dataclass
class _Load:
    """One parcel on its way, and why it is not taken along, if so; ``lost`` when a content went away under it."""

    parcel: Parcel
    refusal: Denied | None = None
    lost: bool = False
    names: list[bytes] = field(default_factory=list[bytes])


@dataclass(frozen=True)
class Docking:
    """Places parcels below ``root`` (as bytes), through a line and the shell that stays."""

    line: Line
    ask: Ask
    root: bytes
    sent: Count
    due: Callable[[int, int], None] = lambda _there, _total: None
    """Told before contents are sent: how much of them is there already, and how much they are, in bytes."""

    async def place(self, parcels: Sequence[Parcel]) -> list[Denied | None]:
        """Place them all; one answer for each. Raises NoRoom when there is no room, as well before anything is sent."""
        loads = [_loaded(parcel) for parcel in parcels]
        going = [load for load in loads if load.refusal is None]
        for _ in range(_TRIES):
            await self._sail(going)
            going = [load for load in going if load.lost]
            if not going:
                return [load.refusal for load in loads]
        message = f"contents below {spell(self.root)} are removed again and again while they are being placed"
        raise Unreachable(message, hint="Is something else cleared there? Argosy tries again.")

    async def _sail(self, loads: Sequence[_Load]) -> None:
        bad = await self._bring(_contents(loads))
        for load in loads:
            load.refusal = next((bad[item.sha256] for item in _stored(load) if item.sha256 in bad), None)
        await self._dock([load for load in loads if load.refusal is None])

    # --- contents ------------------------------------------------------------------------------------------------

    async def _bring(self, contents: Sequence[Stored]) -> dict[str, Denied]:
        """Have these contents in the cache there; returns those that could not be brought."""
        if not contents:
            return {}
        missing = await self._missing(contents)
        lacking = [item for item in contents if item.sha256 in missing]
        bad = await asyncio.to_thread(_damages, lacking)
        wanted = [item for item in lacking if item.sha256 not in bad]
        self.due(sum(missing[item.sha256] for item in wanted), sum(item.size for item in wanted))
        small = [item for item in wanted if item.size < LARGE]
        for first in range(0, len(small), TOGETHER):
            bad |= await self._store(small[first : first + TOGETHER])
        return bad | await self._grow_all([item for item in wanted if item.size >= LARGE], missing)

    async def _grow_all(self, items: Sequence[Stored], there: Mapping[str, int]) -> dict[str, Denied]:
        """Send large contents one after another; together they may be worth a way of their own."""
        bad: dict[str, Denied] = {}
        if items:
            by = await self.line.for_much(sum(item.size - there[item.sha256] for item in items))
            for item in items:
                bad |= await self._grow(item, there[item.sha256], by)
        return bad

    async def _missing(self, contents: Sequence[Stored]) -> dict[str, int]:
        """Those that are not there, with how much of each came before."""
        hashes = [item.sha256 for item in contents]
        answer = await self.ask(called("argosy_missing", self.root + CONTENTS, *hashes))
        if answer.code != 0:
            raise denied(spell(self.root), answer.complaint)
        lines = answer.stdout.decode("utf-8", "replace").splitlines()
        records = [line.split() for line in lines if line.startswith("missing ")]
        missing = {sha256: int(size) for _, sha256, size in records}
        needed = sum(item.size - missing[item.sha256] for item in contents if item.sha256 in missing)
        room.check(spell(self.root), lines, needed=needed, files=len(missing))
        return missing

    async def _store(self, items: Sequence[Stored]) -> dict[str, Denied]:
        answer = await self._stream(_STORE, _archived(items), nonce=secrets.token_hex(8).encode())
        lines = _complete(answer, spell(self.root))
        bad = {line.split()[1] for line in lines if line.startswith("bad ")}
        return {item.sha256: _damaged(item) for item in items if item.sha256 in bad}

    async def _grow(self, item: Stored, there: int, by: Starter) -> dict[str, Denied]:
        """Send the rest of one content. A part that is spoilt is begun anew, once.

        What an earlier sending had under way when its line was given up can come in late, between our bytes.
        """
        start = there if there <= item.size else 0
        bad = await self._sent(item, start, by, anew=start != there)
        if bad and start:
            bad = await self._sent(item, 0, by, anew=True)
        return bad

    async def _sent(self, item: Stored, start: int, by: Starter, *, anew: bool) -> dict[str, Denied]:
        if anew:
            await self.ask(called("rm", "-f", "--", self.root + CONTENTS + b"/.part-" + item.sha256.encode()))
        facts = {"hash": item.sha256.encode("ascii"), "size": str(item.size).encode("ascii")}
        answer = await fed(by, self._script(_GROW, facts), _read(item, start), sent=self.sent)
        word, _, why = answer.stdout.decode("utf-8", "replace").strip().partition(" ")
        if word == "stored":
            return {}
        if word == "no":
            return {item.sha256: denied(spell(self.root), why)}
        if word == "bad":
            return {item.sha256: _damaged(item)}
        raise Garbled(f"sending {item.name} was answered with {answer.stdout[:200]!r} {answer.complaint}")

    # --- parcels -------------------------------------------------------------------------------------------------

    async def _dock(self, loads: Sequence[_Load]) -> None:
        if not loads:
            return
        nonce = secrets.token_hex(8).encode("ascii")
        answer = await self._stream(_DOCK, _cargo(loads, nonce), nonce=nonce)
        _refuse_unfit(answer, spell(self.root))
        try:
            lines = _complete(answer, spell(self.root))
        except Denied as refusal:
            if len(loads) == 1:
                loads[0].refusal = refusal
                return
            for load in loads:  # one of them may spoil the stream for all
                await self._dock([load])
            return
        said = dict(line.split(" ", 1) for line in lines if " " in line)
        for number, load in enumerate(loads):
            word, _, why = said.get(str(number), "").partition(" ")
            load.lost = word == "lost"
            if word == "no":
                load.refusal = denied(load.parcel.directory, why)
            elif word not in {"ok", "lost"}:
                raise Garbled(f"placing {len(loads)} parcels was answered with {answer.stdout[-200:]!r}")

    async def _stream(self, script: bytes, pieces: AsyncGenerator[bytes, None], **facts: bytes) -> Answer:
        return await fed(self.line, self._script(script, facts), pieces, sent=self.sent)

    def _script(self, script: bytes, facts: Mapping[str, bytes]) -> bytes:
        """A script with what it is to know before it."""
        known = {"root": self.root, **facts}
        return b"".join(name.encode() + b"=" + quoted(fact) + b"\n" for name, fact in known.items()) + script


def _loaded(parcel: Parcel) -> _Load:
    """The parcel with the bytes of its names; refused when one of them cannot be."""
    load = _Load(parcel)
    try:
        load.names = [unspell(relative(item.name)) for item in parcel.items]
        for name in parcel.subdirectories:
            relative(name)
    except BadInput as fault:
        load.refusal = Denied(fault.message, hint=fault.hint)
    return load


def _stored(load: _Load) -> list[Stored]:
    return [item for item in load.parcel.items if isinstance(item, Stored)]


def _contents(loads: Sequence[_Load]) -> list[Stored]:
    """Each content once."""
    wanted = {item.sha256: item for load in loads if load.refusal is None for item in _stored(load)}
    return list(wanted.values())


def _damages(items: Sequence[Stored]) -> dict[str, Denied]:
    """Which of our own copies cannot be sent, as far as their sizes tell. Blocks: a thread for each costs more."""
    return {item.sha256: _damaged(item) for item in items if _size(item.source) != item.size}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _damaged(item: Stored) -> Denied:
    message = f"{item.name}: the stored copy of this file is damaged, or it was damaged on the way"
    return Denied(message, hint=f"Remove {item.source} and submit the job again; the file is then sent anew.")


def _refuse_unfit(answer: Answer, path: str) -> None:
    """Raises what is wrong with the place itself: it would refuse every parcel, so none of them is to blame."""
    word, _, why = answer.stdout.decode("utf-8", "replace").rstrip("\n").partition(" ")
    if word == "unfit":
        raise denied(path, why)


def _complete(answer: Answer, path: str) -> list[str]:
    """The lines of an answer that says at its end that it is whole. Raises what it complains of."""
    lines = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    if lines[-1] == "complete":
        return lines[:-1]
    if lines[-1].startswith("no "):
        raise denied(path, lines[-1].removeprefix("no "))
    raise Garbled(f"files for {path} were answered with {lines[-1][:200]!r} {answer.complaint}")


async def _archived(items: Sequence[Stored]) -> AsyncGenerator[bytes, None]:
    """Contents under their hashes, many small ones in one piece."""
    for handful in _handfuls(items):
        yield await asyncio.to_thread(_archive_of, handful)
    yield archive.END


def _handfuls(items: Sequence[Stored]) -> Iterator[list[Stored]]:
    handful: list[Stored] = []
    for item in items:
        handful.append(item)
        if sum(one.size + archive.BLOCK for one in handful) >= PIECE:
            yield handful
            handful = []
    if handful:
        yield handful


def _archive_of(items: Sequence[Stored]) -> bytes:
    held = bytearray()
    for item in items:
        held += archive.file(item.sha256.encode("ascii"), item.size, mode=0o444)
        held += _exactly(item.source, item.size)
        held += archive.padding(item.size)
    return bytes(held)


def _exactly(source: Path, size: int) -> bytes:
    """So many bytes, whatever became of the file: what is wrong is found out by its hash."""
    try:
        data = source.read_bytes()[:size]
    except OSError:
        data = b""
    return data + bytes(size - len(data))


async def _read(item: Stored, start: int) -> AsyncGenerator[bytes, None]:
    """The rest of a content. Pieces are small, so that what is read is still at hand when it is sent."""
    with await asyncio.to_thread(item.source.open, "rb", buffering=0) as file:
        file.seek(start)
        left = item.size - start
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


async def _cargo(loads: Sequence[_Load], nonce: bytes) -> AsyncGenerator[bytes, None]:
    """All parcels, each in a directory of its own below one with its number, and the plan at the end."""
    top = b".argosy-in-" + nonce
    held = bytearray(archive.directory(top))
    for number, load in enumerate(loads):
        held += _packed(load, top + b"/" + _berth(number, load))
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    plan = b"".join([*_fleets(loads), *(_plan(number, load) for number, load in enumerate(loads)), b"end\n"])
    yield bytes(held) + archive.whole(top + b"/plan", plan) + archive.END


def _berth(number: int, load: _Load) -> bytes:
    """Where a parcel lies until it comes into its place, which has the same name."""
    return b"%d/" % number + (_place(load)[2] or b"-")


def _place(load: _Load) -> tuple[bytes, bytes, bytes]:
    """The directory that a parcel goes to, cut before its name."""
    return unspell(load.parcel.directory).rpartition(b"/")


def _packed(load: _Load, top: bytes) -> bytes:
    held = bytearray(archive.directory(top))
    for name in load.parcel.subdirectories:
        held += archive.directory(top + b"/" + unspell(name))
    for name, item in zip(load.names, load.parcel.items, strict=True):
        path = top + b"/" + name
        if isinstance(item, Text):
            data = item.data if item.finally_ is None else item.finally_
            held += archive.whole(path, data, mode=0o755 if item.executable else 0o644)
        elif isinstance(item, Stored) and not item.mutable and not item.executable:
            held += archive.link(path, CONTENTS[1:] + b"/" + item.sha256.encode("ascii"))
    return bytes(held)


def _fleets(loads: Sequence[_Load]) -> Iterator[bytes]:
    """Parcels of which all comes in the stream, those together that go into one directory."""
    fleets: dict[bytes, list[bytes]] = {}
    for number, load in enumerate(loads):
        above, _, name = _place(load)
        if name and not any(_is_made_there(item) for item in load.parcel.items):
            fleets.setdefault(above or b"/", []).append(_berth(number, load))
    for above, berths in fleets.items():
        for first in range(0, len(berths), FLEET):
            yield called("fleet", above, *berths[first : first + FLEET]) + b"\n"


def _is_made_there(item: Text | Stored | There) -> bool:
    return isinstance(item, There) or (isinstance(item, Stored) and (item.mutable or item.executable))


def _plan(number: int, load: _Load) -> bytes:
    """What the far script does with one parcel, unless it went with a fleet."""
    directory = unspell(load.parcel.directory)
    lines = [b"if " + called("here", _berth(number, load)) + b"; then"]
    for name, item in zip(load.names, load.parcel.items, strict=True):
        mode = "0755" if item.executable else "0644"
        if isinstance(item, There):
            lines.append(called("there", unspell(item.source), name, mode))
        elif isinstance(item, Text):
            lines.append(called("came", name))
        elif item.mutable or item.executable:
            lines.append(called("copied", item.sha256, name, mode))
        else:
            lines.append(called("linked", item.sha256, name, "0444"))
    each = [called("folder", directory + b"/" + unspell(name)) for name in load.parcel.subdirectories]
    pairs = sorted(zip(load.names, load.parcel.items, strict=True), key=lambda pair: _is_last(pair[1]))
    each += [called("last" if _is_last(item) else "item", directory, name) for name, item in pairs]
    lines.append(called("put", directory) + b" || {\n" + b"\n".join([*each, b":"]) + b"\n}")
    lines += [b"done_with", b"fi"]
    return b"\n".join(lines) + b"\n"


def _is_last(item: Text | Stored | There) -> bool:
    return isinstance(item, Text) and item.finally_ is not None
