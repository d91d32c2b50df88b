"""What a target proposes to whoever describes a job for it."""

from collections.abc import Iterable

from argosy.cli.shown import Column, Facts, Rows, Several, Shown, Words
from argosy.core.proposals import ResourceSet, SizeHint, size_for
from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.slurm import Partition
from argosy.core.target import Target


def of_guide(target: Target, size: int | None) -> Shown:
    """Partitions with their rates, sets, what problems of a size need, programs, and pitfalls."""
    parts: list[Shown] = []
    if target.slurm and target.slurm.partitions:
        parts.append(_partitions(target.slurm.partitions))
    if target.resource_sets:
        parts.append(_sets(target.resource_sets))
    if target.sizes:
        parts.append(_sizes(target.sizes, size))
    if target.programs:
        parts.append(_programs(target))
    if target.pitfalls:
        parts.append(Words("\n".join(f"- {one}" for one in target.pitfalls), target.pitfalls))
    if not parts:
        return Words(f"{target.name} proposes nothing. Give it resource sets: argosy target edit {target.name}", target)
    said = {name: getattr(target, name) for name in ("resource_sets", "sizes", "programs", "pitfalls")}
    return Several(parts, {"target": target.name, **said})


def _partitions(partitions: Iterable[Partition]) -> Shown:
    columns = (
        Column[Partition]("PARTITION", lambda one, _: one.name, shrinks=True),
        Column[Partition]("IS FOR", lambda one, _: one.title, shrinks=True),
        Column[Partition]("CORES", lambda one, _: str(one.cores or ""), right=True),
        Column[Partition]("GPUS", lambda one, _: _gpus(one), shrinks=True),
        Column[Partition](
            "AT MOST", lambda one, _: spell_duration(one.max_walltime_s) if one.max_walltime_s else "", right=True
        ),
        Column[Partition]("SU AN HOUR", lambda one, _: _rate(one), right=True),
    )
    return Rows(tuple(partitions), columns, below="Cores and GPUs: of the largest node. SU: for each core and GPU.")


def _gpus(one: Partition) -> str:
    return f"{one.gpus} {', '.join(one.gpu_types)}".strip() if one.gpus else ""


def _rate(one: Partition) -> str:
    rates = (one.su_per_core_hour, one.su_per_gpu_hour)
    return " + ".join(f"{rate:g}" for rate in rates if rate is not None)


def _sets(sets: tuple[ResourceSet, ...]) -> Shown:
    columns = (
        Column[ResourceSet]("RESOURCE SET", lambda one, _: one.name),
        Column[ResourceSet]("IS", lambda one, _: one.title, shrinks=True, wraps=True),
        Column[ResourceSet]("ASKS FOR", lambda one, _: _asks(one), shrinks=True, wraps=True),
    )
    return Rows(sets, columns, below="Use one with: argosy submit ... --resource-set NAME")


def _asks(one: ResourceSet) -> str:
    places = one.slurm.model_dump(exclude_defaults=True)
    return ", ".join([one.resources.words(), *(f"{word} {value}" for word, value in places.items())])


def _sizes(sizes: tuple[SizeHint, ...], size: int | None) -> Shown:
    chosen = sizes if size is None else tuple(filter(None, [size_for(size, sizes)]))
    columns = (
        Column[SizeHint]("SIZE", lambda one, _: _reach(one)),
        Column[SizeHint]("CORES", lambda one, _: f"{one.cores[0]} to {one.cores[1]}", right=True),
        Column[SizeHint]("MEMORY", lambda one, _: " to ".join(map(spell_memory, one.memory_mib)), right=True),
        Column[SizeHint]("TIME", lambda one, _: " to ".join(map(spell_duration, one.walltime_s)), right=True),
    )
    return Rows(chosen, columns, empty=f"Nothing is said about {size}.", below="A guide, no limit: measure your own.")


def _reach(one: SizeHint) -> str:
    return f"up to {one.up_to:,} {one.of}" if one.up_to else f"more {one.of}"


def _programs(target: Target) -> Shown:
    facts = [
        (name, " ".join(filter(None, (one.version, one.directory, " → ".join(one.modules)))))
        for name, one in sorted(target.programs.items())
    ]
    return Facts(facts, target.programs)
