"""What Slurm must be told beside the resources of a job. A job says what differs from its target."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict

from argosy.core.resources import DurationS, MemoryMiB
from argosy.core.values import Line, Real, Value, Whole, YesOrNo, as_whole

_ODD = r"""\s\x00-\x1f\x7f-\x9f"'\\#$`"""
SLURM_WORD_PATTERN = rf"^[^{_ODD}-][^{_ODD}]*$"
SlurmWord = Annotated[str, Field(max_length=1000, pattern=SLURM_WORD_PATTERN)]
"""A value of a directive: without blanks, quotes, backslashes and '#', which sbatch would read as something else."""
_Option = Annotated[str, Field(max_length=1000, pattern=r"""^--?[A-Za-z][^\x00-\x1f\x7f"'\\#$`]*$""")]
_Cores = Annotated[int, Strict(), Field(ge=1, le=100_000), BeforeValidator(as_whole)]
_ShellLine = Annotated[str, Field(pattern=r"^[^\x00\n]*$")]


class SlurmWishes(Value):
    """Where and as what a job runs on a Slurm cluster. What is None or empty is left to the cluster.

    ``constraint`` are features of nodes, such as ``ib`` or ``a100|l40``. ``gpu_type`` is the cluster's name for a kind
    of GPU. ``begin`` is a time before which it does not start, such as ``now+1hour`` or ``2030-01-31T18:00``.
    ``mail_type`` are words such as ``END,FAIL``. ``extra`` are further options of sbatch, one in each text.
    """

    account: SlurmWord | None = None
    partition: SlurmWord | None = None
    qos: SlurmWord | None = None
    constraint: SlurmWord | None = None
    reservation: SlurmWord | None = None
    licenses: SlurmWord | None = None
    gpu_type: SlurmWord | None = None
    exclusive: YesOrNo | None = None
    begin: SlurmWord | None = None
    mail_user: SlurmWord | None = None
    mail_type: SlurmWord | None = None
    extra: tuple[_Option, ...] = ()

    def over(self, below: "SlurmWishes") -> "SlurmWishes":
        """What these say, else what those below say; further options of both."""
        said = {
            name: getattr(below, name) if (value := getattr(self, name)) is None else value
            for name in SlurmWishes.model_fields
        }
        # Every one of them has been checked already, and this is asked for every job again and again.
        return SlurmWishes.model_construct(None, **{**said, "extra": (*below.extra, *self.extra)})


_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Count = Annotated[int, Strict(), Field(ge=1, le=1_000_000), BeforeValidator(as_whole)]


_Rate = Annotated[Real, Field(ge=0, le=1_000_000)]


class Partition(Value):
    """One partition. What is None is not known, and not checked.

    ``cores`` and ``memory_mib`` are those of its largest node. ``memory_per_core_mib`` is the share that a core comes
    with: more than that is often paid for as further cores. ``gpus`` are those of one node, ``gpu_types`` their names.
    ``needs_gpu``: jobs without GPUs are turned away. ``su_per_core_hour`` and ``su_per_gpu_hour`` are what an hour
    costs in service units; ``su_per_gpu_hour_of`` has the kinds of GPUs that cost something else. ``few_cores`` is
    from how many cores on a job is worth its place there. ``title`` says for people what it is for.
    """

    name: _Name
    title: Line = ""
    few_cores: _Count | None = None
    cores: _Count | None = None
    memory_mib: MemoryMiB | None = None
    memory_per_core_mib: MemoryMiB | None = None
    min_memory_mib: MemoryMiB | None = None
    gpus: Whole = Field(default=0, ge=0, le=1000)
    gpu_types: tuple[_Name, ...] = ()
    cores_per_gpu: _Count | None = None
    needs_gpu: YesOrNo = False
    max_nodes: _Count | None = None
    max_walltime_s: DurationS | None = None
    qos: tuple[_Name, ...] = ()
    su_per_core_hour: _Rate | None = None
    su_per_gpu_hour: _Rate | None = None
    su_per_gpu_hour_of: dict[str, _Rate] = Field(default_factory=dict)


class QosLimits(Value):
    """What one job may ask for in a QOS; None where it is not known.

    ``su_factor`` is what the cost of a job is multiplied by. ``min_memory_mib`` is the least that it must ask for.
    """

    name: _Name
    min_memory_mib: MemoryMiB | None = None
    max_cpus: _Count | None = None
    max_gpus: _Count | None = None
    max_walltime_s: DurationS | None = None
    max_nodes: _Count | None = None
    su_factor: _Rate = 1.0


MOST_TASKS = 10_000_000
"""No array is larger."""
_ArraySize = Annotated[int, Strict(), Field(ge=0, le=MOST_TASKS), BeforeValidator(as_whole)]

Needed = Literal["account", "partition", "qos", "walltime"]
"""What some clusters want every job to say."""


class Slurm(SlurmWishes):
    """How a target's Slurm is spoken to, and what its jobs ask for when they do not say otherwise.

    ``setup`` are lines of ``sh`` that run before every command of Slurm on the login node, such as
    ``. /etc/profile; module load slurm/alpine`` or ``export SLURM_CONF=/opt/slurm/slurm.conf``. ``cluster`` is the name
    of one of several clusters behind the same login node.

    ``cores_per_node`` lets the number of nodes follow from the tasks. ``memory`` says whether memory is asked for by
    node or by cpu. ``gpus`` is the way in which GPUs are asked for: ``gres`` per node (understood everywhere), or
    ``total`` for the whole job. ``warning_s`` is how long before the end of the walltime the early warning comes, for
    programs that want one.

    ``arrays`` lets jobs that ask for the same be handed in as tasks of job arrays, ``array_size`` is how many one array
    may have at most; None: as many as the cluster takes.

    ``partitions`` and ``qos_limits`` describe what the cluster offers, so that a request that cannot work is found
    before anything is sent. ``needs`` is what every job must say; ``renamed`` gives the new name for an old one.
    ``usual_memory_per_core_mib`` is what programs mostly need: who asks for more than twice as much is told so.
    """

    setup: tuple[_ShellLine, ...] = ()
    cluster: SlurmWord | None = None
    cores_per_node: _Cores | None = None
    memory: Literal["node", "cpu"] = "node"
    gpus: Literal["gres", "total"] = "gres"
    warning_s: Whole = Field(default=120, ge=1, le=65_535)
    arrays: YesOrNo = True
    array_size: _ArraySize | None = None
    partitions: tuple[Partition, ...] = ()
    qos_limits: tuple[QosLimits, ...] = ()
    needs: tuple[Needed, ...] = ()
    usual_memory_per_core_mib: MemoryMiB | None = None
    renamed: dict[str, str] = Field(default_factory=dict)

    def wishes(self, job: SlurmWishes) -> SlurmWishes:
        """What holds for a job: what it says itself, else what its target says; further options of both."""
        return job.over(self)
