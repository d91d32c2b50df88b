"""Programs as processes of a machine without a scheduler.

They are started detached, found again by their records, and capped by Argosy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple, TypeVar

from argosy.contracts import Order
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled, Unreachable
from argosy.core.job import Cause
from argosy.core.names import unspell
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.target import Target
from argosy.core.wrapper import ExitReport, StartRecord, parse_exit, parse_start

Record = TypeVar("Record", StartRecord, ExitReport)

_PROGRAM = files("argosy.schedulers").joinpath("process.sh").read_text("utf-8")


class _Life(NamedTuple):
    """What the processes of an attempt tell; ``conclusive`` when a second look could not tell otherwise."""

    presence: Presence
    words: str
    conclusive: bool = False
    cause: Cause | None = None


_LIVES = {
    "unstarted": _Life(Presence.ABSENT, "it has not started yet"),
    "unreadable": _Life(Presence.OVER, "its start record is damaged, so its processes cannot be looked for"),
    "unseen": _Life(Presence.OVER, "its processes are not on this machine, whose name has changed since it began"),
    "elsewhere": _Life(Presence.RUNNING, "it runs on another machine that shares this directory"),
    "rebooted": _Life(
        Presence.OVER, "the machine was restarted while it ran", conclusive=True, cause=Cause.NODE_FAILURE
    ),
    "running": _Life(Presence.RUNNING, "its processes are alive", conclusive=True),
    "orphaned": _Life(Presence.RUNNING, "its program is alive, but the wrapper around it was killed", conclusive=True),
    "dead": _Life(
        Presence.OVER,
        "its processes are gone and left no exit report: the wrapper around the program was killed",
        conclusive=True,
    ),
}
_FORBIDDEN = _Life(Presence.OVER, "its start was forbidden before it began", conclusive=True, cause=Cause.START_FAILED)
_CLAIMED_ONLY = _Life(Presence.OVER, "it was about to start but left no record of it")
_CLAIMS = frozenset({"no", "yes", "forbidden"})


class Process:
    """The scheduler of a machine that has none."""

    name = "process"

    def directives(self, order: Order, target: Target) -> tuple[str, ...]:
        """None: nobody reads comments here."""
        del order, target
        return ()

    def submit(self, orders: Sequence[Order]) -> Command:
        """One shell that starts every script detached and returns at once."""
        return _command("launch", [unspell(order.directory) for order in orders])

    def parse_submit(self, orders: Sequence[Order], answer: Answer) -> Mapping[str, Launched | Refused]:
        """The process id of each wrapper; a script that is not there is refused."""
        lines = _complete(answer, len(orders))
        if len(lines) != len(orders):
            raise Garbled(f"the launch of {len(orders)} jobs was answered with {len(lines)} lines")
        return {order.token: _launched(line) for order, line in zip(orders, lines, strict=True)}

    def list(self, watched: Sequence[Watched]) -> Command:
        """One shell that reads the records of all attempts and looks whether their processes live."""
        return _command("list", _pairs(watched))

    def parse_list(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Sighting]:
        """A sighting for each attempt; a block that is cut short or missing raises Garbled.

        Raises Unreachable when the directories cannot be seen at all, as below a file system that is not mounted.
        """
        lines = iter(_complete(answer, len(watched)))
        sightings = {one.token: _sighting(one, _block(one.token, lines)) for one in watched}
        if (rest := next(lines, None)) is not None:
            raise Garbled(f"the listing does not end where it should, but says {rest[:200]!r}")
        return sightings

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started, and tells the rest to stop.

        What is told a second time after it has lost its wrapper is killed.
        """
        return _command("cancel", _pairs(watched))

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """All tokens that were told or are over; those that are just about to start must be told again."""
        return _tokens(watched, answer, ("forbidden", "told"))

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started."""
        return _command("forbid", _pairs(watched))

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens whose start was taken."""
        return _tokens(watched, answer, ("forbidden",))


def _command(mode: str, arguments: Iterable[str | bytes]) -> Command:
    return Command(argv=("sh", "-c", _PROGRAM, "argosy", mode, *arguments))


def _pairs(watched: Sequence[Watched]) -> Iterator[str | bytes]:
    for one in watched:
        yield one.token
        yield unspell(one.directory)


def _complete(answer: Answer, count: int) -> list[str]:
    """The lines of an answer that closes by saying how many attempts it was about."""
    lines = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    if answer.code != 0 or lines[-1] != f"complete {count}":
        said = answer.complaint or lines[-1] or "nothing at all"
        raise Garbled(f"the answer about {count} jobs is not complete (exit code {answer.code}): {said[:300]!r}")
    return lines[:-1]


def _tokens(watched: Sequence[Watched], answer: Answer, words: tuple[str, ...]) -> frozenset[str]:
    """The tokens that were answered with one of these words."""
    known = {f"{word} {one.token}": one.token for one in watched for word in words}
    lines = _complete(answer, len(watched))
    strange = [line for line in lines if line not in known]
    if strange:
        raise Garbled(f"the answer about {len(watched)} jobs says {strange[0][:200]!r}, which is about none of them")
    return frozenset(known[line] for line in lines)


def _launched(line: str) -> Launched | Refused:
    word, _, pid = line.partition(" ")
    if word == "launched" and pid.isascii() and pid.isdigit():
        return Launched(handle=pid, words=f"process {pid}")
    if line == "missing":
        explanation = "Its start script is not in its directory any more."
        return Refused(words=line, explanation=explanation, advice="Try again with 'argosy retry'.")
    raise Garbled(f"a launch was answered with {line[:200]!r}")


def _block(token: str, lines: Iterator[str]) -> list[str]:
    if next(lines, None) != f"attempt {token}":
        raise Garbled(f"the listing has no entry for {token}")
    block: list[str] = []
    for line in lines:
        if line == f"end {token}":
            return block
        block.append(line)
    raise Garbled(f"the entry for {token} is cut short")


def _sighting(watched: Watched, block: Sequence[str]) -> Sighting:
    if block == ["gone"]:
        words = f"its directory {watched.directory} is gone from the target"
        return Sighting(token=watched.token, presence=Presence.ABSENT, directory_exists=False, words=words)
    if block == ["hidden"]:
        raise _hidden(watched)
    claim, life = _facts(watched.token, block)
    start, bad_start = _read(parse_start, watched.token, _record(block, "start "))
    report, bad_report = _read(parse_exit, watched.token, _record(block, "exit "))
    seen = _seen(claim, life, _record(block, "launch "))
    damage = "".join(f"; {bad}" for bad in (bad_start, bad_report) if bad)
    return Sighting(
        token=watched.token,
        presence=seen.presence,
        words=seen.words + damage,
        handle=str(start.pid) if start else watched.handle,
        claimed=claim != "no",
        conclusive=seen.conclusive,
        start=start,
        report=report,
        cause=None if report else seen.cause,
    )


def _hidden(watched: Watched) -> Unreachable:
    jobs = watched.directory.rsplit("/", 2)[0]
    hint = "Is its file system mounted? If it was removed for good, make it again, empty: its jobs are then closed."
    return Unreachable(f"{jobs}, where the jobs of this target lie, cannot be seen", hint=hint)


def _facts(token: str, block: Sequence[str]) -> tuple[str, str]:
    """The first two lines of an entry: whether its start was claimed, and what its processes tell."""
    facts = [line.partition(" ") for line in block[:2]]
    if [fact[0] for fact in facts] == ["claimed", "life"]:
        claim, life = (fact[2] for fact in facts)
        if claim in _CLAIMS and life in _LIVES:
            return claim, life
    raise Garbled(f"the entry for {token} begins with {' / '.join(block[:2])[:200]!r}")


def _seen(claim: str, life: str, complaint: str) -> _Life:
    if claim == "forbidden":
        return _FORBIDDEN
    if life != "unstarted":
        return _LIVES[life]
    refusals = [line for line in complaint.split("\n") if line.startswith("argosy: ")]
    if refusals:
        words = f"its start failed: {refusals[-1].removeprefix('argosy: ')}"
        return _Life(Presence.OVER, words, conclusive=True, cause=Cause.START_FAILED)
    return _CLAIMED_ONLY if claim == "yes" else _LIVES[life]


def _read(parse: Callable[[str], Record], token: str, text: str) -> tuple[Record | None, str]:
    """A record, or why it cannot be used: one damaged file must not hide what is known of the others."""
    if not text:
        return None, ""
    try:
        record = parse(text)
    except Garbled as damage:
        return None, damage.message
    if record.token != token:
        return None, f"a record in its directory belongs to {record.token[:100]}"
    return record, ""


def _record(block: Sequence[str], prefix: str) -> str:
    return "".join(f"{line.removeprefix(prefix)}\n" for line in block if line.startswith(prefix))


SCHEDULER = Process()
