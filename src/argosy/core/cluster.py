"""What a Slurm cluster would say to a request, from what its target says of it. Pure.

A target that describes no partitions is not checked: the cluster itself refuses what will not do.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from argosy.core.findings import Finding, error, suggestion, warning
from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.resources import Resources
from argosy.core.slurm import Partition, QosLimits, Slurm, SlurmWishes


def cluster_findings(site: Slurm, wishes: SlurmWishes, resources: Resources) -> tuple[Finding, ...]:
    """What the cluster would say to a job, with the remedy."""
    partition = next((one for one in site.partitions if one.name == wishes.partition), None)
    qos = next((one for one in site.qos_limits if one.name == wishes.qos), None)
    found = [*_missing(site, wishes, resources, partition), *_unknown(site, wishes, partition)]
    if partition is not None:
        nodes = nodes_of(resources, site, partition)
        found += [*_sizes(partition, resources), *_memory(partition, resources, nodes)]
        found += _gpus(partition, wishes, resources, nodes)
        found += _fit(site, partition, resources)
        found += _limits(f"partition {partition.name}", partition, resources, nodes, longer=())
    if qos is not None:
        nodes = nodes_of(resources, site, partition)
        found += _limits(f"QOS {qos.name}", qos, resources, nodes, longer=_longer(site, partition, resources))
        found += _most(qos, resources, partition)
    return tuple(found)


def nodes_of(resources: Resources, site: Slurm, partition: Partition | None = None) -> int:
    """How many nodes: as many as were asked for, or as its tasks need where the size of a node is known."""
    cores = site.cores_per_node or (partition.cores if partition else None)
    if cores is None:
        return resources.nodes
    return max(resources.nodes, math.ceil(resources.tasks / max(cores // resources.cpus, 1)))


def partition_of(site: Slurm, wishes: SlurmWishes) -> Partition | None:
    """The partition that a job names, if the target describes it."""
    return next((one for one in site.partitions if one.name == wishes.partition), None)


def _missing(site: Slurm, wishes: SlurmWishes, resources: Resources, partition: Partition | None) -> Iterator[Finding]:
    for word in site.needs:
        if word == "walltime":
            if resources.walltime_s is None:
                yield error(
                    "walltime", "this cluster wants every job to say how long it may run", remedy="--walltime 4h"
                )
        elif getattr(wishes, word) is None:
            known = [one.name for one in site.partitions] if word == "partition" else []
            if word == "qos":
                known = list(_longer(site, partition, resources))
            yield error(
                f"slurm.{word}", f"this cluster wants every job to name its {word}", remedy=_choose(word, known)
            )


def _unknown(site: Slurm, wishes: SlurmWishes, partition: Partition | None) -> Iterator[Finding]:
    if wishes.partition and site.partitions and partition is None and "," not in wishes.partition:
        yield _not_there("partition", wishes.partition, [one.name for one in site.partitions], site.renamed)
    if wishes.qos is None or not site.qos_limits:
        return
    allowed = partition.qos if partition and partition.qos else tuple(one.name for one in site.qos_limits)
    if wishes.qos not in {one.name for one in site.qos_limits}:
        yield _not_there("qos", wishes.qos, allowed, site.renamed)
    elif wishes.qos not in allowed and partition is not None:
        what = f"QOS {wishes.qos} cannot be used in partition {partition.name}"
        yield error("slurm.qos", what, remedy=_choose("qos", allowed))


def _not_there(word: str, given: str, known: Iterable[str], renamed: Mapping[str, str]) -> Finding:
    new = renamed.get(given)
    why = f"It is called {new} now." if new else ""
    return error(
        f"slurm.{word}", f"the cluster has no {word} {given}", why=why, remedy=_choose(word, [new] if new else known)
    )


def _choose(word: str, known: Iterable[str]) -> str:
    names = list(known)
    return f"Choose with --slurm {word}={names[0] if len(names) == 1 else 'NAME'}" + (
        f": {', '.join(names)}." if len(names) > 1 else "."
    )


def _sizes(partition: Partition, resources: Resources) -> Iterator[Finding]:
    cores = partition.cores
    if cores is not None and resources.cpus > cores:
        what = f"a task asks for {resources.cpus} cpus, but a node of partition {partition.name} has {cores}"
        yield error("cpus", what, remedy="Ask for fewer with --cpus, or for more tasks.")


def _memory(partition: Partition, resources: Resources, nodes: int) -> Iterator[Finding]:
    if resources.memory_mib is None:
        if partition.min_memory_mib is not None:
            what = f"partition {partition.name} is for jobs with at least {spell_memory(partition.min_memory_mib)}"
            yield error("memory", what, remedy="Ask for so much with --memory, or choose another partition.")
        return
    each = math.ceil(resources.memory_mib / nodes)
    share = partition.memory_per_core_mib
    if partition.memory_mib is not None and each > partition.memory_mib:
        most = spell_memory(partition.memory_mib)
        what = f"{spell_memory(each)} on each node are more than the {most} of {partition.name}"
        yield error("memory", what, remedy="Ask for less, for more nodes, or for another partition.")
    elif partition.min_memory_mib is not None and resources.memory_mib < partition.min_memory_mib:
        what = f"partition {partition.name} is for jobs with at least {spell_memory(partition.min_memory_mib)}"
        yield error("memory", what, remedy="Ask for so much with --memory, or choose another partition.")
    elif share is not None and resources.memory_mib > share * resources.total_cpus and not resources.gpus:
        paid = math.ceil(resources.memory_mib / share)
        asked = f"{spell_memory(resources.memory_mib)} are the share of {paid} cores"
        what = f"{asked}, but the job asks for {resources.total_cpus}"
        yield warning("memory", what, why="Clusters mostly bill memory above the share as further cores.")


def _gpus(partition: Partition, wishes: SlurmWishes, resources: Resources, nodes: int) -> Iterator[Finding]:
    if not resources.gpus:
        if partition.needs_gpu:
            yield error(
                "gpus", f"partition {partition.name} takes only jobs with GPUs", remedy="Ask for them with --gpus 1."
            )
        return
    if not partition.gpus:
        yield error(
            "gpus", f"partition {partition.name} has no GPUs", remedy="Choose another with --slurm partition=NAME."
        )
        return
    if math.ceil(resources.gpus / nodes) > partition.gpus:
        what = f"{resources.gpus} GPUs on {nodes} nodes are more than the {partition.gpus} of each in {partition.name}"
        yield error("gpus", what, remedy="Ask for fewer GPUs or more nodes.")
    if wishes.gpu_type and partition.gpu_types and wishes.gpu_type not in partition.gpu_types:
        what = f"partition {partition.name} has no GPUs named {wishes.gpu_type}"
        yield error("slurm.gpu_type", what, remedy=_choose("gpu_type", partition.gpu_types))
    if resources.gpus % nodes:
        each = math.ceil(resources.gpus / nodes)
        yield warning("gpus", f"{resources.gpus} GPUs cannot be divided by {nodes} nodes: each gets {each}")
    if partition.cores_per_gpu and resources.total_cpus > partition.cores_per_gpu * resources.gpus:
        what = f"partition {partition.name} gives at most {partition.cores_per_gpu} cores with each GPU"
        yield error(
            "cpus", what, remedy=f"Ask for at most {partition.cores_per_gpu * resources.gpus} cpus, or more GPUs."
        )


def _limits(
    where: str, limits: Partition | QosLimits, resources: Resources, nodes: int, *, longer: Iterable[str]
) -> Iterator[Finding]:
    if limits.max_nodes is not None and nodes > limits.max_nodes:
        yield error("nodes", f"{nodes} nodes are more than the {limits.max_nodes} of {where}", remedy="Ask for fewer.")
    asked, allowed = resources.walltime_s, limits.max_walltime_s
    if asked is not None and allowed is not None and asked > allowed:
        names = list(longer)
        other = f", or choose --slurm qos={names[0]}" if names else ""
        what = f"{spell_duration(asked)} are more than the {spell_duration(allowed)} of {where}"
        yield error("walltime", what, remedy=f"Ask for at most {spell_duration(allowed)}{other}.")


def _most(qos: QosLimits, resources: Resources, partition: Partition | None) -> Iterator[Finding]:
    """What a QOS says of the size of a job."""
    for field, asked, most in (
        ("cpus", resources.total_cpus, qos.max_cpus),
        ("gpus", resources.gpus, qos.max_gpus),
    ):
        if most is not None and asked > most:
            what = f"{asked} {field} are more than the {most} of QOS {qos.name}"
            yield error(field, what, remedy="Ask for fewer, or for another QOS.")
    least = qos.min_memory_mib
    if partition is not None and partition.min_memory_mib is not None:
        least = None  # the partition has its own word on that
    if least is not None and (resources.memory_mib is None or resources.memory_mib < least):
        what = f"QOS {qos.name} is for jobs with at least {spell_memory(least)}"
        yield error("memory", what, remedy="Ask for so much with --memory, or choose another QOS.")


def _fit(site: Slurm, partition: Partition, resources: Resources) -> Iterator[Finding]:
    """What the cluster would take, but what is seldom meant."""
    cores, least = resources.total_cpus, partition.few_cores
    if least is not None and cores < least and not resources.gpus:
        what = (
            f"partition {partition.name} is meant for jobs with {least} cores and more, and this one asks for {cores}"
        )
        smaller = [one.name for one in site.partitions if _is_for_smaller(one, cores)]
        other = f" {_choose('partition', smaller)}" if smaller else ""
        yield warning("cpus", what, remedy=f"Ask for more with --cpus if the program can use them.{other}")
    usual, asked = site.usual_memory_per_core_mib, resources.memory_mib
    share = partition.memory_per_core_mib or math.inf
    if partition.min_memory_mib or usual is None or asked is None or asked > share * cores:
        return
    if asked > 2 * usual * cores:
        what = f"{spell_memory(asked)} for {cores} cores are more than most programs use"
        enough = spell_memory(usual * cores)
        why = f"About {spell_memory(usual)} for each core are usual."
        yield suggestion("memory", what, why=why, remedy=f"Ask for --memory {enough} if that is enough.")


def _is_for_smaller(partition: Partition, cores: int) -> bool:
    return not partition.needs_gpu and not partition.min_memory_mib and (partition.few_cores or 0) <= cores


def _longer(site: Slurm, partition: Partition | None, resources: Resources) -> Iterator[str]:
    """Other QOS that would allow the walltime."""
    asked = resources.walltime_s or 0
    for one in site.qos_limits:
        fits = one.max_walltime_s is None or one.max_walltime_s >= asked
        if fits and (partition is None or not partition.qos or one.name in partition.qos):
            yield one.name
