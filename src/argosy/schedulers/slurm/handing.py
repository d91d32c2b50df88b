"""Jobs are handed in: those that ask for the same as tasks of arrays, each of the others by itself."""

import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from argosy.contracts import Order
from argosy.core.command import Answer
from argosy.core.errors import Garbled
from argosy.core.names import unspell
from argosy.core.quoting import quote
from argosy.core.sighting import Launched, Refused
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import rows
from argosy.schedulers.slurm.directives import common
from argosy.schedulers.slurm.refusals import refused

OUTPUT = "launch"
"""The file in the directory of an attempt that takes the batch script's own words, and those of its node's daemon."""
_SPOOL = b"arrays"
_LIST_CHARS = 20
_WORTH_TWO = 4
_ONE_BY_ONE = ("--array", "-a", "--dependency=singleton", "-d", "--mail-type")
"""Options that mean something else for a task than for a job."""

Taken = Mapping[str, Launched | Refused]


class Batch(NamedTuple):
    """Orders that go in together: one as a job, several as one list of tasks. ``head`` begins the script of these."""

    orders: tuple[Order, ...]
    head: str = ""

    @property
    def name(self) -> str:
        """The name of the list: the same for the same attempts in the same order, and for no others."""
        tokens = "\n".join(order.token for order in self.orders)
        return f"{rows.LIST}{sha256(tokens.encode()).hexdigest()[:_LIST_CHARS]}"


def batches(site: Site, orders: Sequence[Order]) -> list[Batch]:
    """All orders, those together that ask for the same and lie below one root, in the order in which they came."""
    if not site.arrays or (site.array_size is not None and site.array_size < 2):
        return [Batch((order,)) for order in orders]
    alike: dict[tuple[str, ...], list[Order]] = {}
    for order in orders:
        alike.setdefault(_alike(site, order), []).append(order)
    return [Batch(tuple(group), _head(site, group[0]) if len(group) > 1 else "") for group in alike.values()]


def words(site: Site, orders: Sequence[Order]) -> list[str | bytes]:
    """What the shell program is told: how many orders there are, and what each of its two hands gets."""
    first, second = (list(_words(site, hand)) for hand in _hands(site, orders))
    return [str(len(orders)), str(len(first)), *first, *second]


def _hands(site: Site, orders: Sequence[Order]) -> tuple[list[Batch], list[Batch]]:
    """The batches for two that hand in side by side: those that came first go first. Few need no second."""
    found = batches(site, orders)
    return (found, []) if len(found) < _WORTH_TWO else (found[0::2], found[1::2])


def _words(site: Site, found: Sequence[Batch]) -> Iterator[str | bytes]:
    for one in found:
        if len(one.orders) == 1:
            yield "one"
        else:
            spool = _spool(one.orders[0])
            most = min(len(one.orders), site.array_size or len(one.orders))
            yield from ("array", one.name, spool, _pattern(spool) + b"/%A_%a", str(most), os.fsencode(one.head))
            yield str(len(one.orders))
        for order in one.orders:
            directory = unspell(order.directory)
            yield from (order.token, directory, _pattern(directory) + b"/" + OUTPUT.encode())


def parse(site: Site, orders: Sequence[Order], answer: Answer) -> Taken:
    """The number of each job or task, or why it was not taken."""
    lines = iter(complete(answer, len(orders)))
    taken: dict[str, Launched | Refused] = {}
    last: Refused | None = None
    array: tuple[str, Sequence[str]] = "", ()
    for order in (order for hand in _hands(site, orders) for one in hand for order in one.orders):
        line = next(lines, "")
        if line.startswith("array "):
            array = _said(line.removeprefix("array "), lines)
            line = next(lines, "")
        reply = _taken(order, line, lines, array)
        if isinstance(reply, Refused):
            reply = last if reply.words == _SKIPPED and last is not None else reply
            last = reply if reply.passing else None
        taken[order.token] = reply
    if (rest := next(lines, None)) is not None:
        raise Garbled(f"the answer does not end where it should, but says {rest[:200]!r}")
    return taken


_SKIPPED = "skipped"


def _alike(site: Site, order: Order) -> tuple[str, ...]:
    """What orders must have in common to be tasks of one array; something of its own where it cannot be one."""
    options = [option for option, _ in common(order, site)]
    own = order.token if any(option.startswith(_ONE_BY_ONE) for option in options) else ""
    return (own, order.directory.rsplit("/", 2)[0], *options)


def _head(site: Site, order: Order) -> str:
    """The beginning of the script of an array: what it asks for, and where its attempts lie."""
    lines = [text for option, why in common(order, site) for text in (f"# {why}:", f"#SBATCH {option}")]
    jobs, spool = os.fsdecode(unspell(order.directory).rsplit(b"/", 2)[0]), os.fsdecode(_spool(order))
    return "\n".join(("#!/bin/sh", *lines, f"jobs={quote(jobs)}", f"spool={quote(spool)}"))


def _spool(order: Order) -> bytes:
    """Where words about tasks lie until these have begun: beside the jobs."""
    return unspell(order.directory).rsplit(b"/", 3)[0] + b"/" + _SPOOL


def _pattern(path: bytes) -> bytes:
    """A path for Slurm, which would replace ``%j`` in it, unless a backslash stands in it."""
    return path.replace(b"\\", b"\\\\").replace(b"%", b"\\%")


def _said(head: str, lines: Iterator[str]) -> tuple[str, list[str]]:
    """A code, and the lines that were said with it."""
    code, _, count = head.partition(" ")
    if not count.isdigit():
        raise Garbled(f"an answer begins with {head[:200]!r}")
    return code, rows.taken(lines, int(count), "said ")


def _taken(order: Order, line: str, lines: Iterator[str], array: tuple[str, Sequence[str]]) -> Launched | Refused:
    word, _, rest = line.partition(" ")
    token, _, rest = rest.partition(" ")
    if token == order.token and word == "task" and rest.isascii() and rest.isdigit():
        return _answered(*array, task=f"_{rest}")
    if token != order.token or word != "order":
        raise Garbled(f"the answer about {order.token} is missing")
    code, said = _said(rest, lines)
    if code == "missing":
        explanation = "Its start script is not in its directory any more."
        return Refused(words=code, explanation=explanation, advice="Try again with 'argosy retry'.")
    if code == _SKIPPED:
        explanation = "Others were not taken just before it, so it was not handed in."
        return Refused(words=code, explanation=explanation, advice="It is handed in again by itself.", passing=True)
    return _answered(code, said)


def _answered(code: str, said: Sequence[str], *, task: str = "") -> Launched | Refused:
    numbers = [number for line in said if (number := _number(line.strip()))]
    if code == "0" and numbers:
        return Launched(handle=f"{numbers[-1]}{task}", words=f"Slurm job {numbers[-1]}{task}")
    if code == "0":
        explanation = "Slurm took it, it seems, but did not say its number."
        advice = "Argosy looks whether it is in the queue, and hands it in again if it is not."
        return Refused(words="\n".join(said)[-1_000:], explanation=explanation, advice=advice, passing=True)
    if not any(line.strip() for line in said) or code in _CRASHES:
        explanation = f"The command sbatch ended with exit code {code} before it had answered."
        advice = "Argosy looks whether the job was taken, and hands it in again if it was not."
        return Refused(words="\n".join(said)[-1_000:], explanation=explanation, advice=advice, passing=True)
    return refused("\n".join(said))


_CRASHES = frozenset(str(128 + signal) for signal in range(1, 65))
"""What a shell says of a command that a signal ended. Slurm itself refuses with 1, and wrong options with 255."""


def _number(line: str) -> str:
    """The number of a job in what sbatch prints: ``123``, ``123;cluster`` or its sentence; empty for other lines."""
    word = line.removeprefix("Submitted batch job ").partition(";")[0].partition(" ")[0]
    return word if word.isascii() and word.isdigit() else ""
