"""What was read from a cluster, beside what its target says."""

from argosy.cli.shown import Column, Facts, Rows, Several, Shown
from argosy.core.offer import FieldChange, Offer, Proposal

_SCIENCE = ("namd", "gromacs", "quantum", "qe", "espresso", "lammps", "crystal", "vasp", "cp2k", "openmm", "openmpi")
_SHOWN_MODULES = 12


def of_proposal(found: Proposal, *, applied: bool) -> Shown:
    """The cluster in short, then each field that should say something else."""
    columns = (
        Column[FieldChange]("FIELD", lambda one, _: one.field, wraps=True, shrinks=True),
        Column[FieldChange]("SAYS", lambda one, _: one.before, wraps=True, shrinks=True),
        Column[FieldChange]("SHOULD SAY", lambda one, _: one.after or "nothing", wraps=True, shrinks=True, weight=2),
        Column[FieldChange]("WHY", lambda one, _: one.why, wraps=True, shrinks=True),
    )
    below = "The target says so now." if applied else "Nothing was changed. Take it over with --apply."
    changes = Rows(
        found.changes, columns, empty=f"{found.target} says what the cluster offers.", below=below, value=found
    )
    return Several([Facts(_facts(found.offer), found.offer), changes], found)


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
        ("programs", "\n".join(f"{name}: {path}" for name, path in offer.programs.items())),
        ("modules", f"{len(offer.modules)}{f', such as {names}' if names else ''}" if offer.modules else ""),
        ("note", "\n".join(offer.notes)),
    ]
