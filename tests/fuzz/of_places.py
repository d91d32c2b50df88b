"""Readers of what other machines say: clusters, shells, ssh, and our own records there."""

from collections.abc import Callable, Sequence

from argosy.contracts import Order
from argosy.core.cleaning import read_survey
from argosy.core.command import Answer
from argosy.core.errors import ArgosyError
from argosy.core.offered import Offer
from argosy.core.parcel import Glance
from argosy.core.record import read_record
from argosy.core.room import rooms
from argosy.core.sighting import Presence, Sighting
from argosy.core.spec import JobSpec
from argosy.core.wrapper import parse_exit, parse_start
from argosy.schedulers.process import SCHEDULER as PROCESS
from argosy.schedulers.slurm import crowd, survey
from argosy.schedulers.slurm.scheduler import SCHEDULER as SLURM
from argosy.transports.far.looking import answered
from argosy.transports.ssh.known_hosts import HostKey, judge, read_entries
from argosy.transports.ssh.system.config import read as read_ssh_config
from tests.engines.laboratory import JOB, NOW
from tests.fuzz.reader import Reader, parts_of, text_of
from tests.schedulers.slurm.telling import (
    TOKEN,
    books,
    directory,
    entry,
    listing,
    said,
    watched,
)

_ORDER = Order(token=TOKEN, directory=directory(TOKEN), spec=JobSpec(name="a", argv=("true",)))
_UNEXPLAINED = Sighting(token=TOKEN, presence=Presence.ABSENT, handle="17", unexplained=True)
_STATES = (
    "RUNNING",
    "PENDING",
    "COMPLETED",
    "FAILED",
    "TIMEOUT",
    "CANCELLED by 5",
    "OUT_OF_MEMORY",
    "NODE_FAIL",
    "N/A",
    "|",
)
_FRAMES = (
    "now ",
    "row ",
    "squeue 0 1",
    "sacct 0 1",
    "said ",
    "complete 1",
    "attempt ",
    "end ",
    "claimed yes",
    "place ",
    "places 1 1",
    "start ",
    "exit ",
)
_GLANCE = Glance(directory="/a", below="work", tails=("stdout", "work/namd.log"))
_LOCAL = ("now 1795203600", "local 2026-11-20T19:40:00")


def _answer(data: bytes) -> Answer:
    """What a command printed, with a code that its first byte tells."""
    return Answer(code=data[:1] == b"!", stdout=data, stderr=data[-200:])


def _sections(names: Sequence[str], data: bytes, *head: str) -> Answer:
    """An answer whose sections hold these parts."""
    lines = list(head)
    for name, part in zip(names, parts_of(data, len(names)), strict=True):
        inside = part.split("\n")
        lines += [f"section {name} {int(part.startswith('!'))} {len(inside)}", *(f"said {line}" for line in inside)]
    return said([*lines, "complete 0"])


def _each(*reads: Callable[[], object]) -> None:
    """All of them; one that refuses does not keep the others from it."""
    for read in reads:
        try:
            read()
        except ArgosyError:
            continue


def _listed(data: bytes) -> None:
    answer = _answer(data)
    _each(
        lambda: SLURM.parse_list([watched()], answer),
        lambda: PROCESS.parse_list([watched()], answer),
        lambda: SLURM.parse_cancel([watched()], answer),
        lambda: SLURM.parse_submit([_ORDER], answer),
        lambda: PROCESS.parse_submit([_ORDER], answer),
    )


def _booked(data: bytes) -> None:
    lines = text_of(data).split("\n")
    _each(
        lambda: SLURM.parse_explain([_UNEXPLAINED], books(lines)),
        lambda: SLURM.parse_spent(
            [watched()], said([f"sacct 0 {len(lines)}", *(f"said {one}" for one in lines), "complete 1"])
        ),
        lambda: SLURM.parse_list([watched()], listing(entry(), [f"row {line}" for line in lines])),
        lambda: SLURM.parse_submit([_ORDER], said([f"refused 1 {len(lines)}", *lines, "complete 1"])),
    )


def _queued(data: bytes) -> None:
    _each(
        lambda: SLURM.parse_queue(_sections(["text"], data, "me 1002")),
        lambda: SLURM.parse_queue_in_full(_sections(["json"], data, "me 1002")),
        lambda: SLURM.parse_whose(["17"], _answer(data)),
    )


def _cluster(data: bytes) -> None:
    SLURM.parse_survey(_sections(survey.SECTIONS, data))


def _crowd(data: bytes) -> None:
    SLURM.parse_crowd(_sections(crowd.SECTIONS, data, "me ada"))


def _foreseen(data: bytes) -> None:
    _each(
        lambda: SLURM.parse_test_only(_sections(["test"], data, *_LOCAL)),
        lambda: SLURM.parse_ahead(_sections(["ahead"], data, *_LOCAL), NOW),
    )


def _modules(data: bytes) -> None:
    offer = Offer(modules=("gcc/9.1.0", "namd/3.0.1_cpu"), programs={"python3": "/usr/bin/python3"})
    _each(
        lambda: SLURM.parse_needs(offer, _sections(["0", "1"], data)),
        lambda: SLURM.parse_finds(offer, _sections(["0", "1"], data)),
    )


def _records(data: bytes) -> None:
    text = text_of(data)
    _each(lambda: read_record(data, name=JOB, where="there"), lambda: parse_start(text), lambda: parse_exit(text))


def _rooms(data: bytes) -> None:
    text = text_of(data)
    rooms({"root": "/a", "scratch": "/b"}, text.splitlines())
    read_survey("/a", text)


def _ssh(data: bytes) -> None:
    text = text_of(data)
    judge(read_entries(text, "known_hosts"), "host", 2222, HostKey("ssh-ed25519", b"key"))
    read_ssh_config(text)


READERS = (
    Reader("listing", _listed, _FRAMES),
    Reader("books", _booked, _STATES),
    Reader("queue", _queued, (*_STATES, '"infinite": true', '"number": ', '"job_state": ')),
    Reader("cluster", _cluster, ("UNLIMITED", "cpu=", "gres/gpu=", "MaxTime=", "(null)")),
    Reader("crowd", _crowd, _STATES),
    Reader("foresight", _foreseen),
    Reader("modules", _modules, ("module load ", "prereq", "depends_on(")),
    Reader("records", _records),
    Reader("room", _rooms),
    Reader("files-there", lambda data: answered([_GLANCE], data)),
    Reader("ssh", _ssh),
)
