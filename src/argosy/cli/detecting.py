"""What was read from a cluster, beside what its target says."""

from collections.abc import Iterator

from argosy.cli.shown import Column, Facts, Rows, Several, Shown
from argosy.core.offer import Proposal
from argosy.core.offered import FieldChange, Offer
from argosy.core.offered_programs import words

_SCIENCE = ("namd", "gromacs", "quantum", "qe", "espresso", "lammps", "crystal", "vasp", "cp2k", "openmm", "openmpi")
_SHOWN_MODULES = 12
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def of_proposal(found: Proposal, *, applied: bool) -> Shown:
    """The cluster in short, then each field that should say something else."""
    columns = (
        Column[FieldChange](" ", lambda one, _: _mark(one), colour=lambda one: _COLOURS[_mark(one)]),
        Column[FieldChange]("FIELD", lambda one, _: one.field),
        Column[FieldChange]("SHOULD SAY", lambda one, _: _words(one), wraps=True, shrinks=True),
    )
    below = "The target says so now." if applied else "Nothing was changed. Take it over with --apply."
    changes = Rows(
        found.changes, columns, empty=f"{found.target} says what the cluster offers.", below=below, value=found
    )
    return Several([Facts(_facts(found.offer), found.offer), changes], found)


def _mark(one: FieldChange) -> str:
    return "~" if one.before and one.after else "+" if one.after else "-"


def _words(one: FieldChange) -> str:
    """What it should say, with what it says now; why, where that is not plain."""
    if _mark(one) == "+":
        return one.after
    why = f" ({one.why})" if one.why else ""
    return f"{one.before} → {one.after}{why}" if one.after else f"nothing{why or f', not {one.before}'}"


def _facts(offer: Offer) -> list[tuple[str, str]]:
    science = [one for one in offer.modules if one.lower().startswith(_SCIENCE)]
    more = f" and {len(science) - _SHOWN_MODULES} more" if len(science) > _SHOWN_MODULES else ""
    names = ", ".join(science[:_SHOWN_MODULES]) + more
    return [
        ("cluster", " ".join(filter(None, (offer.cluster, f"Slurm {offer.version}" if offer.version else "")))),
        ("partitions", ", ".join(one.name for one in offer.partitions)),
        ("accounts", ", ".join(offer.accounts)),
        ("by default", ", ".join(f"{word} {value}" for word, value in offer.defaults.items())),
        ("features", ", ".join(offer.features)),
        ("array tasks", f"at most {offer.max_array - 1}" if offer.max_array else ""),
        ("programs", "\n".join(_programs(offer))),
        ("mpi by srun", ", ".join(offer.mpi)),
        ("modules", f"{len(offer.modules)}{f', such as {names}' if names else ''}" if offer.modules else ""),
        ("note", "\n".join(offer.notes)),
    ]


def _programs(offer: Offer) -> Iterator[str]:
    for name, path in offer.programs.items():
        yield f"{name}: {' '.join(filter(None, (path, offer.versions.get(name))))}"
    for name, one in offer.behind.items():
        yield f"{name}: {words(one)}"
