"""What a target should say of programs and modules, by what a cluster has. Pure."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from argosy.core.offered import FieldChange, Offer
from argosy.core.proposals import Program
from argosy.core.target import Target


class AboutPrograms(NamedTuple):
    """Differences, and the fields of the target with them."""

    changes: tuple[FieldChange, ...]
    update: dict[str, Any]


def about_programs(target: Target, offer: Offer) -> AboutPrograms:
    """How parallel programs are started, where programs are, and which modules must be loaded before others.

    What the target says of a launcher stays: nothing that can be read tells which one works better.
    """
    programs = target.programs | {name: one for name, one in offer.behind.items() if _is_news(target, name, one)}
    modules = tuple(_with_chains(target.modules, offer))
    launcher = target.launcher or _launcher(offer)
    changes = [
        FieldChange(
            field=f"programs.{name}",
            before=words(target.programs[name]) if name in target.programs else "",
            after=words(one),
            why="" if name in target.programs else "it is there behind modules",
        )
        for name, one in programs.items()
        if one != target.programs.get(name)
    ]
    if modules != target.modules:
        why = "some must be loaded before others"
        changes.append(FieldChange(field="modules", before=" ".join(target.modules), after=" ".join(modules), why=why))
    if launcher != target.launcher:
        changes.append(FieldChange(field="launcher", after=launcher, why="the cluster has it"))
    return AboutPrograms(tuple(changes), {"programs": programs, "modules": modules, "launcher": launcher})


def words(program: Program) -> str:
    """Where a program is, in one line."""
    place = f"in {program.directory}" if program.directory else ""
    modules = f"behind {' → '.join(program.modules)}" if program.modules else ""
    return " ".join(filter(None, (program.version, place, modules)))


def _is_news(target: Target, name: str, found: Program) -> bool:
    """Whether what was found differs; a target that names a directory of its own knows better."""
    said = target.programs.get(name)
    return said is None or (not said.directory and said.modules != found.modules)


def _with_chains(modules: tuple[str, ...], offer: Offer) -> Iterator[str]:
    """The modules of a target, each once, behind those that it needs and of which none is named in any version."""
    named = {_kind(module) for module in modules}
    wanted = (
        name
        for module in modules
        for name in (*offer.before(module), module)
        if name in modules or _kind(name) not in named
    )
    yield from dict.fromkeys(wanted)


def _kind(module: str) -> str:
    """The module without its version."""
    return module.partition("/")[0]


def _launcher(offer: Offer) -> str:
    """What starts parallel programs; empty where nothing was found that would."""
    kinds = [kind for kind in offer.mpi if kind.startswith("pmix")]
    if kinds:
        return f"srun --mpi={min(kinds, key=len)}"
    return "mpirun" if "mpirun" in offer.programs or "mpirun" in offer.behind else ""
