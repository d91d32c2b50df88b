"""Programs behind modules: what a module needs before it can be loaded, and what programs say that they are."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import NamedTuple

from pydantic import ValidationError

from argosy.core.command import Answer, Command
from argosy.core.offered import Offer
from argosy.core.proposals import Program
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.sections import read_sections

MOST_MODULES = 12
"""How many modules are looked into: each costs a second or so on a busy login node."""
_MOST_ASKED = 40
_LONGEST_VERSION = 60
_PROGRAM = shell("modules.sh")
_BEFORE = re.compile(r"load all module\(s\)|modules? .* before the .* module", re.IGNORECASE)
_MODULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/:@=-]*", re.ASCII)
_NEEDS = frozenset({"prereq", "prereq-all", "depends-on", "depends_on", "load"})
_DIGITS = re.compile(r"(\d+)", re.ASCII)


class Known(NamedTuple):
    """A program that is looked for: modules that may hold it, and how it tells its version."""

    name: str
    modules: tuple[str, ...]
    ask: str
    version: re.Pattern[str] | None


class Looked(NamedTuple):
    """A place where a program is looked for: behind these modules, in order; without any, in the PATH as it is."""

    known: Known
    modules: tuple[str, ...]


@cache
def known() -> tuple[Known, ...]:
    """All programs that are looked for."""
    table = tomllib.loads(files("argosy.schedulers.slurm").joinpath("programs.toml").read_text("utf-8"))
    return tuple(
        Known(
            name,
            tuple(one.get("modules", ())),
            one.get("ask", "-"),
            re.compile(one["version"], re.MULTILINE) if "version" in one else None,
        )
        for one in table["program"]
        for name in one["names"]
    )


def known_programs() -> tuple[str, ...]:
    """Their names."""
    return tuple(one.name for one in known())


def candidates(offer: Offer) -> tuple[str, ...]:
    """The newest module of each kind that may hold a program which is not in the PATH, so many as are looked into."""
    wanted = dict.fromkeys(kind for one in known() if one.name not in offer.programs for kind in one.modules)
    found = (_newest(kind, offer.modules) for kind in wanted)
    return tuple(name for name in found if name)[:MOST_MODULES]


def unasked(offer: Offer) -> tuple[str, ...]:
    """Modules that matter, those that they need included, of which it is not known yet what they need."""
    wanted = dict.fromkeys((*candidates(offer), *(one for direct in offer.needs.values() for one in direct)))
    return tuple(one for one in wanted if one not in offer.needs)[: max(_MOST_ASKED - len(offer.needs), 0)]


def ask_needs(site: Site, offer: Offer) -> Command | None:
    """How the modules that matter are loaded; None where all of that is known."""
    names = unasked(offer)
    return ask(site, _PROGRAM, ("needs", *names)) if names else None


def parse_needs(offer: Offer, answer: Answer) -> Offer:
    """The offer, with what must be loaded before each of those modules."""
    names = unasked(offer)
    found = read_sections(iter(complete(answer, 0)), [f"m{number}" for number in range(len(names))])
    told = {name: needed(found[f"m{number}"].lines) for number, name in enumerate(names)}
    needs = {name: tuple(_in_full(one, offer.modules) for one in direct) for name, direct in told.items()}
    return offer.model_copy(update={"needs": offer.needs | needs})


def ask_finds(site: Site, offer: Offer) -> Command | None:
    """Where programs are, and what they say that they are; None where nothing is to be looked for."""
    places = looked_for(offer)
    words = [word for one in places for word in (one.known.name, one.known.ask, " ".join(one.modules))]
    return ask(site, _PROGRAM, ("finds", *words)) if places else None


def parse_finds(offer: Offer, answer: Answer) -> Offer:
    """The offer, with versions, and with the programs that are there once modules are loaded."""
    places = looked_for(offer)
    found = read_sections(iter(complete(answer, 0)), [f"p{number}" for number in range(len(places))])
    versions, behind = dict(offer.versions), dict(offer.behind)
    for number, one in enumerate(places):
        section = found[f"p{number}"]
        if section.code or not any(line.startswith("at ") for line in section.lines):
            continue
        version = version_of(one.known, section.lines)
        if not one.modules:
            versions |= {one.known.name: version} if version else {}
        elif one.known.name not in behind and (program := _program(one.modules, version)):
            behind[one.known.name] = program
    return offer.model_copy(update={"versions": versions, "behind": behind})


def looked_for(offer: Offer) -> tuple[Looked, ...]:
    """In the PATH those that are there; the others behind each module that may hold them."""
    chosen = candidates(offer)
    here = [Looked(one, ()) for one in known() if one.name in offer.programs and one.version]
    there = [
        Looked(one, (*offer.before(name), name))
        for one in known()
        if one.name not in offer.programs
        for name in chosen
        if _kind(name) in one.modules
    ]
    return (*here, *there)


def needed(lines: Sequence[str]) -> tuple[str, ...]:
    """What must be loaded before a module, from ``module spider`` (Lmod) or ``module show`` (Tcl and Lmod).

    Lmod names whole chains, one on a line: the first will do. ``module show`` names what the module asks for itself.
    """
    start = next((number for number, line in enumerate(lines) if _BEFORE.search(line)), None)
    if start is None:
        return tuple(_asked_for(lines))
    rest = iter(lines[start + 1 :])
    for line in rest:  # the sentence may go on, up to an empty line
        if not line.strip():
            break
    block = takewhile(str.strip, _from_first_words(rest))
    return _modules_of(next(block, ""))


def version_of(program: Known, lines: Iterable[str]) -> str:
    """What a program said of its version; empty when it did not."""
    text = "\n".join(line for line in lines if not line.startswith("at "))
    match = program.version.search(text) if program.version else None
    return match[1].rstrip(",;")[:_LONGEST_VERSION] if match else ""


def _from_first_words(lines: Iterable[str]) -> Iterator[str]:
    """The lines from the first that is not empty on."""
    begun = False
    for line in lines:
        begun = begun or bool(line.strip())
        if begun:
            yield line


def _asked_for(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        words = re.split(r"[\s(),\"']+", line.strip())
        if words[0] in _NEEDS:
            names = _modules_of(" ".join(words[1:]))
            yield from names[:1] if words[0] == "prereq" else names  # any one of them will do


def _modules_of(line: str) -> tuple[str, ...]:
    return tuple(word for word in line.split() if _MODULE.fullmatch(word))


def _in_full(name: str, listed: Sequence[str]) -> str:
    """A module with its version, where one is listed."""
    return name if "/" in name or name in listed else _newest(name.lower(), listed) or name


def _newest(kind: str, listed: Iterable[str]) -> str:
    """The highest version of a module; empty when it is not listed."""
    versions = [name for name in listed if _kind(name).lower() == kind and _MODULE.fullmatch(name)]
    return max(versions, key=_order, default="")


def _order(name: str) -> list[tuple[int, str]]:
    """Versions by their numbers: 3.10 is above 3.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name)]


def _kind(name: str) -> str:
    return name.partition("/")[0].lower()


def _program(modules: tuple[str, ...], version: str) -> Program | None:
    try:
        return Program(modules=modules, version=version)
    except ValidationError:
        return None
