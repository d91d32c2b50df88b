"""All jobs of a user in Slurm's queue: by lines first, by a document where a name breaks one."""

from collections.abc import Iterator
from datetime import UTC, datetime

from argosy.core.command import Answer, Command
from argosy.core.errors import Denied, Garbled
from argosy.core.queued import QueuedJob, job_of
from argosy.core.sighting import Presence
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import forms, rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.documents import Document, read_jobs
from argosy.schedulers.slurm.reasons import why_pending
from argosy.schedulers.slurm.refusals import trouble
from argosy.schedulers.slurm.sections import Section, read_sections
from argosy.schedulers.slurm.states import SlurmState, read_state

_PROGRAM = shell("queue.sh")
_FIELDS = 13
_FAR_S = 4_102_444_800
_NOTHING = frozenset({"", "N/A", "(null)", "None", "Unknown"})
_OLD = ("unrecognized option", "invalid option", "unable to find plugin", "not found or not usable")


def ask_queue(site: Site, form: str) -> Command:
    """The question, by lines (``text``) or as a document (``json``)."""
    return ask(site, _PROGRAM, (form,))


def parse_text(answer: Answer) -> tuple[tuple[QueuedJob, ...], Garbled | None]:
    """Those whose lines are whole, and what is wrong with the others."""
    _, found = _read(answer, "text")
    if found.code:
        raise trouble("squeue", found.code, "\n".join(found.lines))
    read = [_of_line(line) for line in found.lines]
    jobs = tuple(one for one in read if one is not None)
    broken = [line for line, one in zip(found.lines, read, strict=True) if one is None]
    if not broken:
        return jobs, None
    return jobs, Garbled(f"a line of the queue cannot be read: {broken[0][:200]!r}")


def parse_json(answer: Answer) -> tuple[QueuedJob, ...]:
    """Those of whoever asked that wait or run."""
    me, found = _read(answer, "json")
    text = "\n".join(found.lines)
    if found.code and any(sign in text for sign in _OLD):
        raise Denied("this Slurm writes no JSON documents", hint="It is older than 21.08, or built without them.")
    if found.code:
        raise trouble("squeue", found.code, text)
    jobs = read_jobs(text[text.find("{") :])
    return tuple(_of_document(one) for one in jobs if one.user == me and not _is_over(one.state))


def _read(answer: Answer, name: str) -> tuple[str, Section]:
    lines: Iterator[str] = iter(complete(answer, 0))
    word, _, me = next(lines, "").partition(" ")
    if word != "me" or not me.isdigit():
        raise Garbled("the answer does not begin with who asked")
    return me, read_sections(lines, (name,))[name]


def _of_line(line: str) -> QueuedJob | None:
    parts = line.removeprefix("row ").split("|")
    if not line.startswith("row ") or len(parts) != _FIELDS or rows.job_number(parts[0]) is None:
        return None
    job, raw, reason, partition, qos, cpus, nodes, node_list, limit, submitted, start, directory, name = parts
    state = read_state(raw)
    return QueuedJob(
        handle=job,
        name=name,
        state=raw,
        words=_words(raw, state, reason),
        waits=_waits(state),
        partition=partition,
        qos=_known(qos),
        cpus=forms.number(cpus),
        nodes=forms.number(nodes),
        node_list=_known(node_list),
        limit_s=forms.seconds(limit),
        submitted=_epoch(submitted),
        start=_epoch(start),
        directory=directory,
        job=job_of(name, directory),
    )


def _of_document(one: Document) -> QueuedJob:
    return QueuedJob(
        handle=one.id,
        name=one.name,
        state=one.raw_state,
        words=_words(one.raw_state, one.state, one.reason),
        waits=_waits(one.state),
        partition=one.partition,
        qos=one.qos,
        cpus=one.cpus,
        nodes=one.nodes,
        node_list=one.node_list,
        limit_s=one.limit_s,
        submitted=one.submitted,
        start=one.start,
        directory=one.directory,
        job=job_of(one.name, one.directory),
    )


def _words(raw: str, state: SlurmState | None, reason: str) -> str:
    if state is None:
        return f"Slurm says {raw[:60]}, which Argosy does not know"
    return why_pending(reason) if state.name == "PENDING" else state.words


def _waits(state: SlurmState | None) -> bool:
    return state is not None and state.presence is Presence.PENDING


def _is_over(state: SlurmState | None) -> bool:
    return state is not None and state.presence is Presence.OVER


def _known(text: str) -> str:
    return "" if text in _NOTHING else text


def _epoch(text: str) -> datetime | None:
    seconds = forms.number(text)
    return datetime.fromtimestamp(min(seconds, _FAR_S), UTC) if seconds else None
