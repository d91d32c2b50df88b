"""What a cluster offers, as it was read from it, and what a target should say differently. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import Field

from argosy.core.offered import FieldChange, Offer
from argosy.core.offered_programs import about_programs
from argosy.core.quantities import spell_duration, spell_memory
from argosy.core.slurm import MOST_TASKS, Partition, QosLimits, Slurm
from argosy.core.target import Target
from argosy.core.values import Value

Named = TypeVar("Named", Partition, QosLimits)

_MEASURED_PARTITION = (
    *("cores", "memory_mib", "memory_per_core_mib", "gpus", "gpu_types", "max_nodes", "max_walltime_s", "qos"),
)
_MEASURED_QOS = ("max_walltime_s", "max_nodes")
_TIMES = frozenset({"max_walltime_s"})
_SIZES = frozenset({"memory_mib", "memory_per_core_mib"})


class Proposal(Value):
    """What a target should say: the differences, and all its fields with them."""

    target: str
    offer: Offer
    changes: tuple[FieldChange, ...] = ()
    profile: dict[str, Any] = Field(default_factory=dict)


def proposal(target: Target, offer: Offer) -> Proposal:
    """The target with what was read. What cannot be read from a cluster (rates, needs, setup) stays as it is.

    Where something could not be read, nothing is proposed about it.
    """
    site = target.slurm or Slurm()
    partitions = _merged(site.partitions, offer.partitions, _MEASURED_PARTITION)
    limits = _merged(site.qos_limits, offer.qos, _MEASURED_QOS)
    changes = [
        *_differences("slurm.partitions", site.partitions, partitions, _MEASURED_PARTITION),
        *_differences("slurm.qos_limits", site.qos_limits, limits, _MEASURED_QOS),
    ]
    chosen = dict(_mended(site, offer))
    changes += [
        FieldChange(field=f"slurm.{word}", before=getattr(site, word) or "", after=value or "", why=why)
        for word, (value, why) in chosen.items()
    ]
    said: dict[str, Any] = {word: value for word, (value, _) in chosen.items()}
    if (size := _array_size(site, offer)) is not None:
        changes.append(_of_arrays(site.array_size, size))
        said["array_size"] = size
    after = site.model_copy(update={"partitions": partitions, "qos_limits": limits, **said})
    about = about_programs(target, offer)
    profile = target.model_copy(update={"slurm": after, **about.update}).model_dump(mode="json")
    return Proposal(target=target.name, offer=offer, changes=(*changes, *about.changes), profile=profile)


def _merged(before: tuple[Named, ...], read: tuple[Named, ...], measured: tuple[str, ...]) -> tuple[Named, ...]:
    """What was read, with what is only known of those that were there before; all as before when nothing was read."""
    if not read:
        return before
    known = {one.name: one for one in before}
    return tuple(_with(known[one.name], one, measured) if one.name in known else one for one in read)


def _with(known: Named, read: Named, measured: tuple[str, ...]) -> Named:
    said = {name: value for name in measured if (value := getattr(read, name)) not in (None, ())}
    return known.model_copy(update=said)


def _differences(
    place: str, before: tuple[Named, ...], after: tuple[Named, ...], measured: tuple[str, ...]
) -> Iterator[FieldChange]:
    old: Mapping[str, Named] = {one.name: one for one in before}
    new: Mapping[str, Named] = {one.name: one for one in after}
    for name, one in new.items():
        field = f"{place}.{name}"
        if name not in old:
            yield FieldChange(field=field, after=_summary(one, measured), why="the cluster has it")
            continue
        for word in measured:
            was, now = getattr(old[name], word), getattr(one, word)
            if was != now:
                yield FieldChange(field=f"{field}.{word}", before=_words(word, was), after=_words(word, now))
    for name in old:
        if name not in new:
            yield FieldChange(field=f"{place}.{name}", before="described", why="not offered to you")


def _summary(one: Partition | QosLimits, measured: tuple[str, ...]) -> str:
    said = {word: getattr(one, word) for word in measured}
    return ", ".join(
        f"{_name(word)} {_words(word, value)}" for word, value in said.items() if value not in (None, (), 0)
    )


def _name(word: str) -> str:
    """The field for people, whose amounts have their units."""
    return word.removesuffix("_s").removesuffix("_mib").replace("_", " ")


def _words(word: str, value: Any) -> str:
    if value is None or value == ():
        return ""
    if word in _TIMES:
        return spell_duration(value)
    if word in _SIZES:
        return spell_memory(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)  # pyright: ignore[reportUnknownArgumentType]


def _array_size(site: Slurm, offer: Offer) -> int | None:
    """How many tasks an array may have at most, where the target says nothing or too many; None leaves it as it is.

    Tasks are counted from 0 on, so Slurm's bound of their numbers is their number.
    """
    most = offer.max_array
    if most is None or (site.array_size is not None and site.array_size <= most):
        return None
    return min(most, MOST_TASKS)


def _of_arrays(before: int | None, after: int) -> FieldChange:
    was = "" if before is None else str(before)
    return FieldChange(field="slurm.array_size", before=was, after=str(after), why="larger arrays are refused")


def _mended(site: Slurm, offer: Offer) -> Iterator[tuple[str, tuple[str | None, str]]]:
    """Words of the target that the cluster would refuse, with what holds there instead."""
    allowed = {
        "partition": [one.name for one in offer.partitions],
        "account": list(offer.accounts),
        "qos": [one.name for one in offer.qos],
    }
    for word, names in allowed.items():
        now = getattr(site, word)
        if now is None or not names or now in names:
            continue
        instead = site.renamed.get(now)
        value = instead if instead in names else offer.defaults.get(word)
        yield word, (value, f"{now} is not offered to you")
