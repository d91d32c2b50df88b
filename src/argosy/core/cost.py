"""What a job costs on a cluster, in the cluster's own units. Pure."""

import math

from argosy.core.cluster import nodes_of, partition_of
from argosy.core.slurm import Partition, Slurm
from argosy.core.spec import JobSpec
from argosy.core.spending import Spent
from argosy.core.values import Value


class Cost(Value):
    """An amount in ``unit``, and how it comes about."""

    amount: float
    unit: str = "SU"
    words: str = ""


class _Held(Value):
    """What is paid for."""

    cpus: int
    gpus: int
    memory_mib: int | None
    gpu_types: dict[str, int]
    hours: float


def cost_before(site: Slurm, spec: JobSpec) -> Cost | None:
    """What a job would cost if it took all of its walltime; None where the target does not say, or there is none.

    A job that shares its nodes is assumed to get no more than it asks for.
    """
    wishes = site.wishes(spec.slurm)
    partition = partition_of(site, wishes)
    asked = spec.resources
    if partition is None or asked.walltime_s is None:
        return None
    whole = bool(wishes.exclusive) and partition.cores is not None
    cpus = nodes_of(asked, site, partition) * (partition.cores or 0) if whole else asked.total_cpus
    types = {wishes.gpu_type: asked.gpus} if wishes.gpu_type else {}
    held = _Held(
        cpus=cpus, gpus=asked.gpus, memory_mib=asked.memory_mib, gpu_types=types, hours=asked.walltime_s / 3600
    )
    return _priced(site, partition, wishes.qos or "", held)


def cost_after(site: Slurm | None, spent: Spent) -> Cost | None:
    """What a job has cost: by the target's rates, else by the cluster's own billing; None where neither is known."""
    partition = next((one for one in site.partitions if one.name == spent.partition), None) if site else None
    hours = spent.elapsed_s / 3600
    if site is not None and partition is not None:
        memory = spent.memory_mib
        held = _Held(cpus=spent.cpus, gpus=spent.gpus, memory_mib=memory, gpu_types=spent.gpu_types, hours=hours)
        if (priced := _priced(site, partition, spent.qos, held)) is not None:
            return priced
    if spent.billing is None:
        return None
    words = f"{spent.billing:g} an hour, as the cluster bills it"
    return Cost(amount=spent.billing * hours, unit="billing units", words=words)


def _priced(site: Slurm, partition: Partition, qos: str, held: _Held) -> Cost | None:
    core, gpu = partition.su_per_core_hour, partition.su_per_gpu_hour
    if core is None and gpu is None:
        return None
    share = partition.memory_per_core_mib
    paid = held.cpus
    if share is not None and held.memory_mib is not None and not held.gpus:
        paid = max(paid, math.ceil(held.memory_mib / share))
    limits = next((one for one in site.qos_limits if one.name == qos), None)
    factor = limits.su_factor if limits else 1.0
    gpus = sum(count * partition.su_per_gpu_hour_of.get(kind, gpu or 0.0) for kind, count in _kinds(held).items())
    hourly = (paid * (core or 0.0) + gpus) * factor
    parts = [f"{paid} cores"] + [f"{held.gpus} GPUs"] * (held.gpus > 0)
    return Cost(amount=hourly * held.hours, words=f"{hourly:g} SU an hour for {' and '.join(parts)}")


def _kinds(held: _Held) -> dict[str, int]:
    """Its GPUs by kind; those of no known kind have an empty one."""
    known = sum(held.gpu_types.values())
    return {**held.gpu_types, "": max(held.gpus - known, 0)}
