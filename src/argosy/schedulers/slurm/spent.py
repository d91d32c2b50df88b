"""What jobs have used, as Slurm's books tell it: a row for each job, and one for each of its steps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from argosy.core.command import Answer, Command
from argosy.core.sighting import Presence, Watched
from argosy.core.slurm import Slurm as Site
from argosy.core.spending import Spent
from argosy.schedulers.records import complete, pairs
from argosy.schedulers.slurm import forms, jobstats, rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.refusals import trouble
from argosy.schedulers.slurm.states import read_state

_PROGRAM = shell("spent.sh")
_NO_BOOKS = "accounting storage is disabled"


class Line(NamedTuple):
    """A row of our format, in Slurm's words; ``name`` is the job's, or the step's. ``comment`` may hold anything."""

    id: str
    state: str
    submit: str
    start: str
    end: str
    elapsed: str
    limit: str
    cpus: str
    nodes: str
    tasks: str
    cpu_time: str
    max_rss: str
    req_mem: str
    alloc: str
    used_total: str
    used_max: str
    partition: str
    qos: str
    account: str
    node_list: str
    name: str
    comment: str


def ask_spent(site: Site, watched: Sequence[Watched], since_s: int) -> Command:
    """The question about these attempts, which are not older than this."""
    return ask(site, _PROGRAM, (str(since_s), *pairs(watched)))


def parse_spent(watched: Sequence[Watched], answer: Answer) -> Mapping[str, Spent]:
    """What the books say of each; those that are unknown or not over are left out."""
    lines = iter(complete(answer, len(watched)))
    places, after = rows.leading(lines, "place ")
    names = {one.token: one.token for one in watched if one.adopted is None}
    names |= {name: token for token, _, name in (place.partition(" ") for place in places) if token in names}
    code, count = rows.head(iter([after]), "sacct")
    said = rows.taken(lines, count, "said ")
    if code:
        if any(_NO_BOOKS in line for line in said):
            return {}
        raise trouble("sacct", code, "\n".join(said))
    runs = _runs(line for text in said if (line := read_line(text)))
    found: dict[str, Spent] = {}
    for job, steps in runs:
        token = names.get(rows.own_name(job.id, job.name))
        if token and token not in found and (spent := spent_of(job, steps)):
            found[token] = spent  # the first run is the one that counts: no later one does anything
    return {**found, **_of_adopted(watched, runs)}


def _of_adopted(watched: Sequence[Watched], runs: Sequence[tuple[Line, Sequence[Line]]]) -> Mapping[str, Spent]:
    """By their numbers; the last run counts, since each of them does all of it again."""
    tokens = {one.adopted.handle: one.token for one in watched if one.adopted}
    return {
        tokens[job.id]: spent for job, steps in runs if job.id in tokens and (spent := spent_of(job, steps)) is not None
    }


def read_line(text: str) -> Line | None:
    """A row; None for a line that is none. A name with a newline ends its row: no comment stands behind it then."""
    parts = text.split("|", len(Line._fields) - 1)
    if len(parts) == len(Line._fields) - 1:
        parts.append("")
    if len(parts) < len(Line._fields) or not parts[0][:1].isdigit():
        return None
    return Line(*parts)


def _runs(lines: Iterable[Line]) -> list[tuple[Line, list[Line]]]:
    """Each run of a job with its steps, which stand below it."""
    found: list[tuple[Line, list[Line]]] = []
    for line in lines:
        if "." not in line.id:
            found.append((line, []))
        elif found and line.id.partition(".")[0] == found[-1][0].id:
            found[-1][1].append(line)
    return found


def spent_of(job: Line, steps: Sequence[Line]) -> Spent | None:
    """What one run has used; None for one that is not over, or never began."""
    state, elapsed_s = read_state(job.state), forms.number(job.elapsed)
    over = state is not None and (state.presence is Presence.OVER or state.name == "REQUEUED")
    if not over or not elapsed_s:
        return None
    alloc = forms.tres(job.alloc)
    types = _gpu_types(alloc)
    gpus = forms.number(alloc.get("gres/gpu", "")) or sum(types.values())
    cpus, nodes = forms.number(job.cpus) or 0, forms.number(job.nodes) or 1
    limit_min = forms.number(job.limit)
    return Spent(
        elapsed_s=elapsed_s,
        cpus=cpus,
        gpus=gpus,
        gpu_types=types,
        nodes=nodes,
        node_list=job.node_list if job.node_list != "None assigned" else "",
        cpu_s=_cpu_s(job, steps),
        memory_mib=_memory_mib(job.req_mem, alloc, cpus=cpus, nodes=nodes),
        peak_memory_mib=_peak_mib(steps),
        walltime_s=None if limit_min is None else limit_min * 60.0,
        gpu_share=_gpu_share(job, steps) if gpus else None,
        billing=forms.share(alloc.get("billing", "")),
        waited_s=_between(job.submit, job.start),
        partition=job.partition,
        qos=job.qos,
        account=job.account,
        handle=job.id,
    )


def _gpu_types(alloc: Mapping[str, str]) -> dict[str, int]:
    named = {name.removeprefix("gres/gpu:"): value for name, value in alloc.items() if name.startswith("gres/gpu:")}
    return {name: count for name, value in named.items() if (count := forms.number(value))}


def _cpu_s(job: Line, steps: Sequence[Line]) -> float | None:
    """Processor time of all steps; 0 in the books mostly means that nobody counted."""
    own = forms.seconds(job.cpu_time)
    return own or sum(forms.seconds(step.cpu_time) or 0.0 for step in steps) or None


def _memory_mib(asked: str, alloc: Mapping[str, str], *, cpus: int, nodes: int) -> int | None:
    """What it held: as allocated, else as asked for, which older versions count by node or by cpu."""
    held = forms.size(alloc.get("mem", "")) or 0
    if not held:
        times = nodes if asked.endswith("n") else cpus if asked.endswith("c") else 1
        held = (forms.size(asked) or 0) * times
    return held >> 20 or None


def _peak_mib(steps: Sequence[Line]) -> int | None:
    """The most that one step used over all its tasks."""
    peaks = [_peak_of(step) for step in steps]
    most = max((peak for peak in peaks if peak), default=None)
    return None if most is None else -(-most // (1 << 20))


def _peak_of(step: Line) -> int:
    total = forms.size(forms.tres(step.used_total).get("mem", "")) or 0
    return total or (forms.size(step.max_rss) or 0) * (forms.number(step.tasks) or 1)


def _gpu_share(job: Line, steps: Sequence[Line]) -> float | None:
    """How busy its GPUs were, where the site gathers that, in one way or the other."""
    known = [forms.share(forms.tres(step.used_max).get("gres/gpuutil", "")) for step in steps]
    said = [one for one in known if one is not None]
    return max(said) / 100 if said else jobstats.gpu_share(job.comment)


def _between(first: str, then: str) -> float | None:
    begun, over = forms.number(first), forms.number(then)
    return None if begun is None or over is None or over < begun else float(over - begun)
