"""What a look at a machine means for a target: whether jobs can run there, and what to do where they cannot. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from argosy.core.errors import Garbled
from argosy.core.findings import Finding, error, warning
from argosy.core.quantities import spell_duration
from argosy.core.target import Target
from argosy.core.views import TargetLook

LOGIN, SHELL, PROGRAMS, CLOCK, SCHEDULER = "login", "shell", "programs", "clock", "scheduler"

_LITTLE_KIB = 1024 * 1024
_FEW_NAMES = 10_000
_SKEW_S = 60

_WHY_CLOSED = (
    ("read-only file system", "it is on a read-only file system", "Wait until it may be written again, or {other}"),
    ("no space left", "its file system is full", "Make room there, or {other}"),
    ("quota exceeded", "your quota there is used up", "Make room there (what is large: du -sh ~/*), or {other}"),
    ("permission denied", "you may not write there", "Ask for the permission, or {other}"),
    ("operation not permitted", "you may not write there", "Ask for the permission, or {other}"),
)


@dataclass(frozen=True)
class Probed:
    """What a machine said to the probe, line by line, and when that was by our clock."""

    lines: tuple[str, ...]
    at: datetime


def looked_at(target: Target) -> tuple[str, ...]:
    """What a check looks at, in order."""
    reached = () if target.transport == "local" else (LOGIN,)
    return (*reached, SHELL, PROGRAMS, CLOCK, *_places(target), SCHEDULER)


def whole(said: str) -> tuple[str, ...]:
    """The lines of an answer; raises Garbled when it is cut short."""
    *lines, last = said.rstrip("\n").split("\n")
    if last != "complete":
        raise Garbled(f"a look at the machine ended with {last[:200]!r}", hint="Look at its login files.")
    return tuple(lines)


def findings_of(target: Target, probed: Probed) -> tuple[Finding, ...]:
    """What is wrong there, or soon will be."""
    words = [line.partition(" ") for line in probed.lines]
    found = [finding for word, _, rest in words for finding in _about(target, word, rest, probed.at)]
    missing = [rest for word, _, rest in words if word == "missing"]
    return (*_missing(missing), *found)


def _places(target: Target) -> dict[str, str]:
    return {"root": target.root} | ({"scratch": target.scratch} if target.scratch else {})


def _about(target: Target, word: str, rest: str, now: datetime) -> Iterator[Finding]:
    places = _places(target)
    if word in places:
        yield from _about_place(target, word, places[word], rest)
    elif word == "hashless":
        what = "there is no sha256sum, shasum or openssl, so nothing that arrives can be verified"
        yield error(PROGRAMS, what, remedy="Ask for coreutils to be installed there.")
    elif word == "sessionless":
        why = "What a program leaves behind is then found by its environment only, and may live on."
        yield warning(PROGRAMS, "setsid is not there", why=why, remedy="Ask for util-linux to be installed there.")
    elif word == "clock" and rest.isdigit():
        yield from _about_clock(int(rest) - now.timestamp())
    elif word == "quota":
        remedy = f"Make room, or {_other(target, 'root')}"
        yield warning("root", f"your quota is used up: {rest.strip()}", remedy=remedy)


def _about_clock(ahead_s: float) -> Iterator[Finding]:
    if abs(ahead_s) > _SKEW_S:
        side = "ahead of" if ahead_s > 0 else "behind"
        what = f"its clock is {spell_duration(abs(ahead_s))} {side} the clock of this machine"
        why = "The times of its jobs are told by its clock."
        yield warning(CLOCK, what, why=why, remedy="Set the clocks, or ask its administrator to (NTP).")


def _about_place(target: Target, which: str, path: str, said: str) -> Iterator[Finding]:
    word, _, rest = said.partition(" ")
    other = _other(target, which)
    numbers = [int(number) for number in rest.split() if number.isdigit()]
    match word, numbers:
        case "inside", _:
            what = f"{path} cannot be made: {rest} is a file" if rest != path else f"{path} is a file, not a directory"
            yield error(which, what, remedy=f"Move the file, or {other}")
        case "closed", _:
            yield _closed(which, path, rest, other)
        case "free", [free] if free < _LITTLE_KIB:
            yield warning(which, f"only {free // 1024} MiB are free at {path}", remedy=f"Make room, or {other}")
        case "names", [free, number] if number and free < _FEW_NAMES:
            what = f"only {free} more files can be made at {path}"
            yield warning(which, what, remedy=f"Remove files there, or {other}")
        case "noexec", _:
            what = f"programs that lie at {path} cannot be started (its file system says noexec)"
            yield warning(which, what, remedy=f"Start programs that you send through their interpreter, or {other}")
        case _:
            return


def _closed(which: str, path: str, said: str, other: str) -> Finding:
    lower = said.lower()
    for sign, why, remedy in _WHY_CLOSED:
        if sign in lower:
            return error(which, f"{path} cannot be written: {why}", why=said.strip(), remedy=remedy.format(other=other))
    return error(which, f"{path} cannot be written: {said.strip()}", remedy=f"Look what lies there, or {other}")


def _other(target: Target, which: str) -> str:
    return f"choose another place: argosy target edit {target.name} --set {which}=PATH"


def _missing(programs: Sequence[str]) -> Iterable[Finding]:
    if programs:
        verb = "is" if len(programs) == 1 else "are"
        remedy = "Ask for them to be installed, or put them on the PATH in the login files there."
        yield error(PROGRAMS, f"{', '.join(programs)} {verb} not there", remedy=remedy)


def told(target: str, lines: Iterable[str]) -> TargetLook:
    """What a machine tells of itself."""
    facts = {word: rest for word, _, rest in (line.partition(" ") for line in lines)}
    number = facts.get("processors", "")
    return TargetLook(
        target=target,
        host=facts.get("host", ""),
        home=_absolute(facts.get("home", "")),
        scratch=_absolute(facts.get("scratch", "")),
        processors=int(number) if number.isdigit() else None,
        scheduler="slurm" if "slurm" in facts else "process",
        setup=(". /etc/profile",) if facts.get("slurm") == "login" else (),
    )


def _absolute(path: str) -> str:
    """A path, spelled; none that could not be a place."""
    return path.rstrip("/") if path.startswith("/") and path.strip("/") else ""
