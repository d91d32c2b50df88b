"""A cluster as it was read, and a field of a target that differs from it. Pure."""

from pydantic import Field

from argosy.core.proposals import Program
from argosy.core.slurm import Partition, QosLimits
from argosy.core.values import Value


class Offer(Value):
    """A cluster as it is now, for whoever asked. What could not be read is empty or None, and named in ``notes``.

    ``partitions`` are those that may be used, ``accounts`` and ``qos`` those that are allowed; ``defaults`` are what
    holds for a job that does not say its partition, account or QOS. ``programs`` are found on the login node by their
    names, ``modules`` are those that it lists. ``mpi`` are the ways in which srun starts MPI programs. ``needs`` tells
    which modules must be loaded before one; ``behind`` which programs are there only once modules are loaded;
    ``versions`` what programs said that they are.
    """

    cluster: str = ""
    version: str = ""
    partitions: tuple[Partition, ...] = ()
    qos: tuple[QosLimits, ...] = ()
    accounts: tuple[str, ...] = ()
    defaults: dict[str, str] = Field(default_factory=dict)
    features: tuple[str, ...] = ()
    max_array: int | None = None
    programs: dict[str, str] = Field(default_factory=dict)
    modules: tuple[str, ...] = ()
    mpi: tuple[str, ...] = ()
    needs: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    behind: dict[str, Program] = Field(default_factory=dict[str, Program])
    versions: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def before(self, module: str) -> tuple[str, ...]:
        """All modules that must be loaded before one, each once, in order; circles are cut short."""
        return self._before(module, (module,))

    def _before(self, module: str, above: tuple[str, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for one in self.needs.get(module, ()):
            if one not in above:
                found |= dict.fromkeys((*self._before(one, (*above, one)), one))
        return tuple(found)


class FieldChange(Value):
    """One field of a target that should say something else; empty words stand for nothing said."""

    field: str
    before: str = ""
    after: str = ""
    why: str = ""
