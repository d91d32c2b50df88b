"""Files of a job on their way to this machine: each appears whole or not at all; nothing is overwritten silently."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from argosy.client import calls
from argosy.client.arriving import Source, bring, explained, holds_the_same
from argosy.client.progress import Told, unheard
from argosy.client.road import Road
from argosy.client.together import FEW, Coming, bring_together
from argosy.core import ids
from argosy.core.errors import BadInput, Conflict, NotFound, TooMuch
from argosy.core.names import spell, unspell
from argosy.core.outputs import MOST_FILES, FileEntry
from argosy.core.patterns import chosen, holds


@dataclass(frozen=True)
class Got:
    """What came: the files that were brought, and those that lay here already just as they are there.

    ``left_out`` are links that nobody named and that lead to no file.
    """

    brought: tuple[Path, ...] = ()
    same: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where all of them lie."""
        return (*self.brought, *self.same)


@dataclass(frozen=True)
class Wanted:
    """Which files: those of a job's attempt (the latest when None) that fit one of the patterns, all without any."""

    job: str
    patterns: tuple[str, ...] = ()
    attempt: int | None = None


def get(road: Road, wanted: Wanted, into: Path, *, overwrite: bool = False, told: Told = unheard) -> Got:
    """Bring the files below ``into``.

    A file that lies there with the same size and time is taken as brought before; for a link, the file that it leads to
    is brought, and compared byte for byte when one lies there. One that broke off goes on where it
    broke off, if it is still the same on the target. Raises NotFound when a pattern fits
    nothing, and Conflict when something else lies where a file is to come and ``overwrite`` is False. Small files come
    together, and empty directories are made.
    """
    entries = chosen(wanted.job, _listed(road, wanted), wanted.patterns)
    plan = [Coming(entry, into / _local(entry.path)) for entry in entries]
    here = {one.place: None for one in plan if _is_same(road, wanted, one, told)}
    to_bring = [one for one in plan if one.place not in here]
    if not overwrite:
        refuse_overwriting([one.place for one in to_bring])
    left_out: dict[Path, str] = {}
    for one in _left(road, wanted, to_bring, told):
        try:
            _bring(_source(road, wanted, one), one.place, told)
        except NotFound:
            if not one.entry.link or one.entry.path in wanted.patterns:
                raise
            left_out[one.place] = one.entry.path
    _make_hollows(road, wanted, into)
    brought = tuple(one.place for one in to_bring if one.place not in left_out)
    return Got(brought, tuple(here), tuple(left_out.values()))


def _source(road: Road, wanted: Wanted, one: Coming) -> Source:
    return Source(road, wanted.job, wanted.attempt, one.entry)


def _left(road: Road, wanted: Wanted, to_bring: Sequence[Coming], told: Told) -> Sequence[Coming]:
    """Those that come by themselves, once many small ones have come together."""
    small = [one for one in to_bring if one.travels_with_others]
    if len(small) < FEW:
        return to_bring
    missing = bring_together(road, wanted.job, attempt=wanted.attempt, coming=small, told=told)
    return [*(one for one in to_bring if not one.travels_with_others), *missing]


def _make_hollows(road: Road, wanted: Wanted, into: Path) -> None:
    for path in road.send(calls.hollows(wanted.job, wanted.attempt)):
        if holds(path, wanted.patterns):
            place = into / _local(path)
            with explained(place):
                place.mkdir(parents=True, exist_ok=True)


def _listed(road: Road, wanted: Wanted) -> Sequence[FileEntry]:
    found = road.send(calls.files(wanted.job, wanted.attempt, limit=MOST_FILES))
    if not found.complete:
        hint = "Have a job pack them, or some of them, into one file; then get that."
        raise TooMuch(f"job {ids.short(wanted.job)} has more than {MOST_FILES} files", hint=hint)
    return found.files


def _local(path: str) -> Path:
    name = unspell(path)
    if name.startswith(b"/") or b".." in name.split(b"/"):
        raise BadInput(f"the job names a file {path!r}, which would lie outside the directory")
    return Path(os.fsdecode(name))


def _is_same(road: Road, wanted: Wanted, one: Coming, told: Told) -> bool:
    entry = one.entry
    try:
        facts = one.place.stat()
        if entry.link:
            return stat.S_ISREG(facts.st_mode) and holds_the_same(_source(road, wanted, one), one.place, told)
    except (OSError, NotFound):
        return False
    return facts.st_size == entry.size and abs(facts.st_mtime - entry.modified.timestamp()) < 0.001


def refuse_overwriting(places: Sequence[Path]) -> None:
    """Raises Conflict when something lies in one of these places."""
    taken = [spell(os.fsencode(place)) for place in places if place.exists() or place.is_symlink()]
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        raise Conflict(
            f"{', '.join(taken[:3])}{more} would be overwritten",
            hint="Choose another directory with --into, or allow it with --overwrite. Nothing was brought.",
        )


def _bring(source: Source, place: Path, told: Told) -> None:
    with explained(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        bring(source, place, told)
