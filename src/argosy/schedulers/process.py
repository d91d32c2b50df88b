"""Programs as processes of a machine without a scheduler: started detached, found again by their records, capped by Argosy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TypeVar

from argosy.contracts import Order
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.job import Cause
from argosy.core.names import unspell
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.target import Target
from argosy.core.wrapper import parse_exit, parse_start

Record = TypeVar("Record")

_PROGRAM = files(__package__).joinpath("process.sh").read_text("utf-8")

_LIVES = {
    "unstarted": (Presence.ABSENT, "it has not started yet", False),
    "elsewhere": (Presence.RUNNING, "it runs on another machine that shares this directory", False),
    "rebooted": (Presence.OVER, "the machine was restarted while it ran", True),
    "running": (Presence.RUNNING, "its processes are alive", True),
    "orphaned": (Presence.RUNNING, "its program is alive, but the wrapper around it was killed", True),
    "dead": (Presence.OVER, "its processes are gone and left no exit report: they were killed from outside", True),
}


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
        """A sighting for each attempt; a block that is cut short or missing raises Garbled."""
        lines = iter(_complete(answer, len(watched)))
        return {one.token: _sighting(one.token, _block(one.token, lines)) for one in watched}

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started, and tells the rest to stop."""
        return _command("cancel", _pairs(watched))

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """All tokens that were answered."""
        return frozenset(line.split(" ")[1] for line in _complete(answer, len(watched)))

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started."""
        return _command("forbid", _pairs(watched))

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens whose start was taken."""
        return frozenset(line.split(" ")[1] for line in _complete(answer, len(watched)))


def _command(mode: str, arguments: Sequence[str | bytes]) -> Command:
    return Command(argv=("sh", "-c", _PROGRAM, "argosy", mode, *arguments))


def _pairs(watched: Sequence[Watched]) -> list[str | bytes]:
    return [word for one in watched for word in (one.token, unspell(one.directory))]


def _complete(answer: Answer, count: int) -> list[str]:
    """The lines of an answer that closes by saying how many attempts it was about."""
    lines = answer.stdout.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
    if answer.code != 0 or not lines or lines[-1] != f"complete {count}":
        said = answer.complaint or (lines[-1] if lines else "nothing at all")
        raise Garbled(f"the answer about {count} jobs is not complete (exit code {answer.code}): {said[:300]}")
    return lines[:-1]


def _launched(line: str) -> Launched | Refused:
    word, _, pid = line.partition(" ")
    if word == "launched" and pid.isdigit():
        return Launched(handle=pid, words=f"process {pid}")
    return Refused(
        words=line, explanation="Its start script is not in its directory.", advice="Try again with 'argosy retry'."
    )


def _block(token: str, lines: Iterator[str]) -> list[str]:
    if next(lines, None) != f"attempt {token}":
        raise Garbled(f"the listing has no entry for {token}")
    block: list[str] = []
    for line in lines:
        if line == f"end {token}":
            return block
        block.append(line)
    raise Garbled(f"the entry for {token} is cut short")


def _sighting(token: str, block: Sequence[str]) -> Sighting:
    if block == ["gone"]:
        return Sighting(token=token, presence=Presence.ABSENT, directory_exists=False, words="its directory is gone")
    facts = dict(line.split(" ", 1) for line in block[:2])
    presence, words, conclusive = _LIVES[facts["life"]]
    if facts["claimed"] == "forbidden":
        presence, words, conclusive = Presence.OVER, "its start was forbidden before it began", True
    elif facts["claimed"] == "yes" and facts["life"] == "unstarted":
        presence, words = Presence.OVER, "it was about to start but left no record of it"
    cause = Cause.NODE_FAILURE if facts["life"] == "rebooted" else None
    if facts["claimed"] == "forbidden":
        cause = Cause.START_FAILED
    report, damage = _readable(parse_exit, _record(block, "exit "))
    start, _ = _readable(parse_start, _record(block, "start "))
    return Sighting(
        token=token,
        presence=presence,
        words=f"{words}; its exit report is damaged: {damage}" if damage else words,
        claimed=facts["claimed"] != "no",
        conclusive=conclusive,
        start=start,
        report=report,
        cause=None if report else cause,
    )


def _readable(parse: Callable[[str], Record], text: str) -> tuple[Record | None, str]:
    """A record, or why it cannot be read: one damaged file must not hide what is known of the others."""
    if not text:
        return None, ""
    try:
        return parse(text), ""
    except Garbled as damage:
        return None, damage.message


def _record(block: Sequence[str], prefix: str) -> str:
    return "".join(f"{line.removeprefix(prefix)}\n" for line in block if line.startswith(prefix))


SCHEDULER = Process()
