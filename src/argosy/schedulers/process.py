"""Programs as processes of a machine without a scheduler.

They are started detached, found again by their records, and capped by Argosy.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple

from argosy.contracts import Order
from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.job import Cause
from argosy.core.names import unspell
from argosy.core.quoting import quote
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.target import Target
from argosy.schedulers.records import SHELL, complete, copied, entry, not_there, pairs, records, refusal, tokens

_HERE = files("argosy.schedulers")
_LANE = quote(_HERE.joinpath("lane.sh").read_text("utf-8"))
_BODY = _HERE.joinpath("process.sh").read_text("utf-8")
_PROGRAM = f"{SHELL}# shellcheck disable=SC2016  # it is for another shell\nargosy_lane={_LANE}\n{_BODY}"


class _Life(NamedTuple):
    """What the processes of an attempt tell; ``conclusive`` when a second look could not tell otherwise."""

    presence: Presence
    words: str
    conclusive: bool = False
    cause: Cause | None = None


_IN_TURN = "it waits for its turn"
_LIVES = {
    "unstarted": _Life(Presence.ABSENT, "it has not started yet"),
    "waiting": _Life(Presence.PENDING, _IN_TURN),
    "left": _Life(Presence.ABSENT, "whoever was to start it is gone", conclusive=True),
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
_BEFORE_THE_START = frozenset({"unstarted", "waiting", "left"})
_FORBIDDEN = _Life(Presence.OVER, "its start was forbidden before it began", conclusive=True, cause=Cause.START_FAILED)
_CLAIMED_ONLY = _Life(Presence.OVER, "it was about to start but left no record of it")
_CLAIMS = frozenset({"no", "yes", "forbidden"})


class Process:
    """The scheduler of a machine that has none."""

    name = "process"
    in_turn = True

    def at(self, target: Target) -> "Process":
        """The same everywhere."""
        del target
        return self

    def directives(self, order: Order, target: Target) -> tuple[str, ...]:
        """None: nobody reads comments here."""
        del order, target
        return ()

    def submit(self, orders: Sequence[Order]) -> Command:
        """One shell that starts every script detached, those of a lane one after another, and returns at once."""
        lanes = [list(lane) for _, lane in groupby(orders, key=_lane)]
        return _command("launch", [word for lane in lanes for word in _words(lane)])

    def parse_submit(self, orders: Sequence[Order], answer: Answer) -> Mapping[str, Launched | Refused]:
        """The process that starts each; a script that is not there is refused."""
        lines = complete(answer, len(orders))
        if len(lines) != len(orders):
            raise Garbled(f"the launch of {len(orders)} jobs was answered with {len(lines)} lines")
        return {order.token: _launched(line) for order, line in zip(orders, lines, strict=True)}

    def list(self, watched: Sequence[Watched]) -> Command:
        """One shell that reads the records of all attempts and looks whether their processes live."""
        return _command("list", pairs(watched))

    def parse_list(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Sighting]:
        """A sighting for each attempt; a block that is cut short or missing raises Garbled.

        Raises Unreachable when the directories cannot be seen at all, as below a file system that is not mounted.
        """
        lines = iter(complete(answer, len(watched)))
        sightings = {one.token: _sighting(one, entry(one.token, lines)) for one in watched}
        if (rest := next(lines, None)) is not None:
            raise Garbled(f"the listing does not end where it should, but says {rest[:200]!r}")
        return sightings

    def explain(self, unexplained: Sequence[Sighting]) -> None:
        """Nobody keeps books of processes."""
        del unexplained

    def parse_explain(self, unexplained: Sequence[Sighting], answer: Answer) -> Mapping[str, Sighting]:
        """What was seen, and no more."""
        del answer
        return {one.token: one for one in unexplained}

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started, and tells the rest to stop.

        What is told a second time after it has lost its wrapper is killed.
        """
        return _command("cancel", pairs(watched))

    def kill(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started, and kills the rest."""
        return _command("kill", pairs(watched))

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """All tokens that were told or are over; those that are just about to start must be told again."""
        return tokens(watched, complete(answer, len(watched)), ("forbidden", "told"))

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """One shell that takes the start of what has not started."""
        return _command("forbid", pairs(watched))

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens whose start was taken."""
        return tokens(watched, complete(answer, len(watched)), ("forbidden",))


def _command(mode: str, arguments: Iterable[str | bytes]) -> Command:
    return Command(argv=("sh", "-c", _PROGRAM, "argosy", mode, *arguments))


def _lane(order: Order) -> str:
    return order.lane or order.token


def _words(lane: Sequence[Order]) -> list[str | bytes]:
    """How many there are, behind whom, and where they lie."""
    return [str(len(lane)), unspell(lane[0].behind), *(unspell(order.directory) for order in lane)]


def _launched(line: str) -> Launched | Refused:
    word, _, pid = line.partition(" ")
    if word == "launched" and pid.isascii() and pid.isdigit():
        return Launched(handle=pid, words=f"process {pid}", reason=_IN_TURN)
    if line == "missing":
        explanation = "Its start script is not in its directory any more."
        return Refused(words=line, explanation=explanation, advice="Try again with 'argosy retry'.")
    raise Garbled(f"a launch was answered with {line[:200]!r}")


def _sighting(watched: Watched, block: Sequence[str]) -> Sighting:
    if (missing := not_there(watched, block)) is not None:
        return missing
    claim, life = _facts(watched.token, block)
    start, report, damage = records(watched.token, block)
    seen = _seen(claim, life, copied(block, "launch "))
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
    if life not in _BEFORE_THE_START:
        return _LIVES[life]
    if why := refusal(complaint):
        return _Life(Presence.OVER, f"its start failed: {why}", conclusive=True, cause=Cause.START_FAILED)
    return _CLAIMED_ONLY if claim == "yes" else _LIVES[life]


SCHEDULER = Process()
