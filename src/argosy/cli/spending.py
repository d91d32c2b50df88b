"""What jobs have used, in words."""

from collections.abc import Sequence

from argosy.cli.moments import span
from argosy.core.cost import Cost
from argosy.core.quantities import spell_memory
from argosy.core.report import JobSpent
from argosy.core.spending import Spent


def facts_of(used: JobSpent) -> list[tuple[str, str]]:
    """Facts about one job that is over; nothing where nobody keeps books."""
    spent, rest = used.spent, ("for the rest", "\n".join(used.rest.words))
    if spent is None:
        return [rest]
    next_time = "\n".join(f"{one.what[:1].upper()}{one.what[1:]}. {one.remedy}" for one in used.advice)
    return [
        ("ran on", _where(spent)),
        ("waited", span(spent.waited_s)),
        ("processors", _of_cpus(spent)),
        ("gpus", _of_gpus(spent)),
        ("memory", _of_memory(spent)),
        ("walltime", _of_walltime(spent)),
        ("cost", cost_words(used.cost) if used.cost else ""),
        ("next time", next_time),
        rest,
    ]


def cost_words(cost: Cost) -> str:
    """An amount with its unit, and how it comes about."""
    return f"{amount(cost.amount)} {cost.unit}" + (f" ({cost.words})" if cost.words else "")


def amount(number: float) -> str:
    """A number with as many digits as matter: ``12,345``, ``12.3``, ``0.012``."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def share(part: float | None) -> str:
    """A part in percent; nothing for None."""
    return "" if part is None else f"{part:.0%}"


def costs_words(costs: dict[str, float]) -> str:
    """Amounts in several units."""
    return ", ".join(f"{amount(number)} {unit}" for unit, number in costs.items())


def _where(spent: Spent) -> str:
    words = [spent.node_list]
    words += [f"{name} {value}" for name in ("partition", "qos", "account") if (value := getattr(spent, name))]
    return ", ".join(filter(None, words))


def _of_cpus(spent: Spent) -> str:
    held = f"{spent.cpus} for {span(spent.elapsed_s)}"
    return _with_share(held, spent.cpu_efficiency, "busy")


def _of_gpus(spent: Spent) -> str:
    if not spent.gpus:
        return ""
    kinds: Sequence[str] = [f"{count} {kind}" for kind, count in spent.gpu_types.items()]
    return _with_share(" and ".join(kinds) or str(spent.gpus), spent.gpu_share, "busy")


def _of_memory(spent: Spent) -> str:
    if spent.peak_memory_mib is None:
        return ""
    peak = spell_memory(spent.peak_memory_mib) if spent.peak_memory_mib else "less than 1MiB"
    whole = f" of {spell_memory(spent.memory_mib)}" if spent.memory_mib else ""
    return _with_share(f"{peak}{whole}", spent.memory_efficiency, "used, as far as it was sampled")


def _of_walltime(spent: Spent) -> str:
    if not spent.walltime_s:
        return ""
    return _with_share(f"{span(spent.elapsed_s)} of {span(spent.walltime_s)}", spent.walltime_efficiency, "used")


def _with_share(words: str, part: float | None, what: str) -> str:
    return words if part is None else f"{words}: {share(part)} {what}"
