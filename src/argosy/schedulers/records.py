"""What all schedulers read from the directory of an attempt, and how their shell programs frame an answer.

``SHELL`` stands above every such program. An answer closes with the number of attempts that it is about; the entry of
an attempt begins with ``attempt TOKEN`` and ends with ``end TOKEN``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from typing import NamedTuple, TypeVar

from argosy.core.command import Answer
from argosy.core.errors import Garbled, Unreachable
from argosy.core.names import unspell
from argosy.core.sighting import Presence, Sighting, Watched
from argosy.core.wrapper import ExitReport, StartRecord, parse_exit, parse_start

Record = TypeVar("Record", StartRecord, ExitReport)

SHELL = files("argosy.schedulers").joinpath("records.sh").read_text("utf-8")


class Records(NamedTuple):
    """The wrapper's records of an attempt; ``damage`` says which cannot be used and why."""

    start: StartRecord | None
    report: ExitReport | None
    damage: str


def pairs(watched: Sequence[Watched]) -> Iterator[str | bytes]:
    """Token and directory of each, as words of a command; for an adopted one what its scheduler knows it by."""
    for one in watched:
        yield one.token
        yield unspell(one.adopted.place if one.adopted else one.directory)


def complete(answer: Answer, count: int) -> list[str]:
    """The lines of an answer that closes by saying how many attempts it was about; raises Garbled for any other."""
    lines = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    if answer.code != 0 or lines[-1] != f"complete {count}":
        said = answer.complaint or lines[-1] or "nothing at all"
        raise Garbled(f"the answer about {count} jobs is not complete (exit code {answer.code}): {said[:300]!r}")
    return lines[:-1]


def tokens(watched: Sequence[Watched], lines: Iterable[str], words: tuple[str, ...]) -> frozenset[str]:
    """The tokens that were answered with one of these words; raises Garbled for a line about none of them."""
    known = {f"{word} {one.token}": one.token for one in watched for word in words}
    lines = tuple(lines)
    strange = [line for line in lines if line not in known]
    if strange:
        raise Garbled(f"the answer about {len(watched)} jobs says {strange[0][:200]!r}, which is about none of them")
    return frozenset(known[line] for line in lines)


def entry(token: str, lines: Iterator[str]) -> list[str]:
    """The lines of an attempt's entry; raises Garbled when it is missing or cut short."""
    if next(lines, None) != f"attempt {token}":
        raise Garbled(f"the listing has no entry for {token}")
    block: list[str] = []
    for line in lines:
        if line == f"end {token}":
            return block
        block.append(line)
    raise Garbled(f"the entry for {token} is cut short")


def not_there(watched: Watched, block: Sequence[str]) -> Sighting | None:
    """The sighting of an attempt whose directory is gone for certain; None when it is there.

    Raises Unreachable when its directory cannot be seen, as below a file system that is not mounted.
    """
    if block == ["gone"]:
        words = f"its directory {watched.directory} is gone from the target"
        return Sighting(token=watched.token, presence=Presence.ABSENT, directory_exists=False, words=words)
    if block == ["hidden"]:
        jobs = watched.directory.rsplit("/", 2)[0]
        hint = "Is its file system mounted? If it was removed for good, make it again, empty: its jobs are then closed."
        raise Unreachable(f"{jobs}, where the jobs of this target lie, cannot be seen", hint=hint)
    return None


def records(token: str, block: Sequence[str]) -> Records:
    """The records in an entry: one damaged file must not hide what is known of the others."""
    start, bad_start = _read(parse_start, token, copied(block, "start "))
    report, bad_report = _read(parse_exit, token, copied(block, "exit "))
    return Records(start, report, "".join(f"; {bad}" for bad in (bad_start, bad_report) if bad))


def copied(block: Sequence[str], prefix: str) -> str:
    """A file that was copied into an entry line by line."""
    return "".join(f"{line.removeprefix(prefix)}\n" for line in block if line.startswith(prefix))


def refusal(complaint: str) -> str:
    """Why a wrapper could not begin, from what it said; empty when it did not say so."""
    said = [line for line in complaint.split("\n") if line.startswith("argosy: ")]
    return said[-1].removeprefix("argosy: ") if said else ""


def _read(parse: Callable[[str], Record], token: str, text: str) -> tuple[Record | None, str]:
    if not text:
        return None, ""
    try:
        record = parse(text)
    except Garbled as damage:
        return None, damage.message
    if record.token != token:
        return None, f"a record in its directory belongs to {record.token[:100]}"
    return record, ""
