"""The head of a batch script: what a job asks for, as options of sbatch, each below the reason for it."""

import math
from collections.abc import Iterator

from argosy.contracts import Order
from argosy.core.cluster import nodes_of, partition_of
from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.resources import Resources
from argosy.core.slurm import Slurm, SlurmWishes

Line = tuple[str, str]
"""An option of sbatch, and why it is there."""


def directives(order: Order, site: Slurm) -> tuple[str, ...]:
    """Comment lines for the top of the script: a reason, then the option."""
    return tuple(text for option, why in options(order, site) for text in (f"# {why}:", f"#SBATCH {option}"))


def options(order: Order, site: Slurm) -> tuple[Line, ...]:
    """All options, in a fixed order. Where the script says nothing the cluster's own defaults hold."""
    return ((f"--job-name={order.token}", "the name by which it is found again"), *common(order, site))


def common(order: Order, site: Slurm) -> tuple[Line, ...]:
    """All options that others may have, too: where they are the same, jobs may be tasks of one array."""
    resources, wishes = order.spec.resources, site.wishes(order.spec.slurm)
    nodes = nodes_of(resources, site, partition_of(site, wishes))
    return (
        *_places(wishes),
        *_sizes(resources, nodes, site),
        *_gpus(resources, nodes, site, wishes),
        *_times(order, site, wishes),
        *_others(wishes),
        ("--no-requeue", "an attempt starts once; Argosy itself tries again"),
        ("--open-mode=append", "no word of Slurm is overwritten"),
        *((option, "a further option of the target or the job") for option in wishes.extra),
    )


def clock(seconds: int) -> str:
    """A time limit that cannot be read as anything else: ``26:03:20`` is hours, minutes, seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _places(wishes: SlurmWishes) -> Iterator[Line]:
    for name, why in (
        ("account", "who pays"),
        ("partition", "where it runs"),
        ("qos", "which limits and priority hold"),
        ("reservation", "nodes that are kept for it"),
        ("constraint", "features that its nodes must have"),
    ):
        if (value := getattr(wishes, name)) is not None:
            yield f"--{name}={value}", why
    if wishes.exclusive:
        yield "--exclusive", "nobody else on its nodes"


def _sizes(resources: Resources, nodes: int, site: Slurm) -> Iterator[Line]:
    found = ", as many as they need" if nodes > resources.nodes else ""
    yield f"--nodes={nodes}", f"{_counted(nodes, 'node')} for {_counted(resources.tasks, 'task')}{found}"
    yield f"--ntasks={resources.tasks}", f"{_counted(resources.tasks, 'process')} over all nodes"
    yield f"--cpus-per-task={resources.cpus}", f"{_counted(resources.cpus, 'processor')} for each of them"
    if resources.memory_mib is None:
        return
    whole = spell_memory(resources.memory_mib)
    if site.memory == "cpu":
        share = math.ceil(resources.memory_mib / resources.total_cpus)
        yield f"--mem-per-cpu={share}M", f"{whole} for the job, over {_counted(resources.total_cpus, 'processor')}"
    else:
        yield (
            f"--mem={math.ceil(resources.memory_mib / nodes)}M",
            f"{whole} for the job, over {_counted(nodes, 'node')}",
        )


def _gpus(resources: Resources, nodes: int, site: Slurm, wishes: SlurmWishes) -> Iterator[Line]:
    if not resources.gpus:
        return
    kind = f"{wishes.gpu_type}:" if wishes.gpu_type else ""
    whole = f"{_counted(resources.gpus, 'GPU')} for the job"
    if site.gpus == "total":
        yield f"--gpus={kind}{resources.gpus}", whole
    else:
        yield f"--gres=gpu:{kind}{math.ceil(resources.gpus / nodes)}", f"{whole}, over {_counted(nodes, 'node')}"


def _times(order: Order, site: Slurm, wishes: SlurmWishes) -> Iterator[Line]:
    walltime_s = order.spec.resources.walltime_s
    if walltime_s is not None:
        yield f"--time={clock(walltime_s)}", f"a walltime of {spell_duration(walltime_s)}"
    if order.spec.warning_signal is not None:
        why = f"its early warning, {spell_duration(site.warning_s)} before the end, by way of the wrapper"
        yield f"--signal=B:USR1@{site.warning_s}", why
    if wishes.begin is not None:
        yield f"--begin={wishes.begin}", "not before this time"


def _others(wishes: SlurmWishes) -> Iterator[Line]:
    if wishes.licenses is not None:
        yield f"--licenses={wishes.licenses}", "licenses that it holds while it runs"
    if wishes.mail_user is not None:
        yield f"--mail-user={wishes.mail_user}", "who gets mail from Slurm"
    if wishes.mail_type is not None:
        yield f"--mail-type={wishes.mail_type}", "when Slurm sends mail"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}{'es' if thing.endswith('s') else 's'}"
