"""The engine ``openmm``. Its templates bring the programs that write what is read here; the server needs no OpenMM."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from argosy.core.failures import read_rules
from argosy.core.findings import Finding
from argosy.core.foresight import Foreseen
from argosy.core.goal import Standing
from argosy.core.job import Progress
from argosy.core.outputs import Excerpt, FileEntry, Outputs, Restart, Results, Verdict
from argosy.core.spec import JobSpec
from argosy.core.template import Template
from argosy.core.wrapper import ExitReport
from argosy.engines.openmm.asked import asked
from argosy.engines.openmm.checks import findings_of
from argosy.engines.openmm.extending import standing_of, toward
from argosy.engines.openmm.foreseeing import foreseen_by
from argosy.engines.openmm.progress import progress_of
from argosy.engines.openmm.restarts import CHECKPOINTS, restart_of
from argosy.engines.openmm.results import results_of
from argosy.engines.openmm.stages import stage_of
from argosy.engines.openmm.state_table import STATE_TABLE
from argosy.engines.openmm.summary import SUMMARY
from argosy.engines.openmm.verdicts import verdict_of
from argosy.engines.shipped import shipped

_PACKAGE = "argosy.engines.openmm"


class OpenMM:
    """Molecular dynamics with OpenMM."""

    name = "openmm"
    title = "OpenMM"
    summary = "Molecular dynamics on processors and graphics cards: water boxes, equilibration, production, restarts."
    rules = read_rules(files(_PACKAGE).joinpath("failures.toml").read_text("utf-8"))
    templates = shipped(_PACKAGE)

    def check(self, spec: JobSpec) -> tuple[Finding, ...]:
        """One file in two roles, intervals that do not fit the steps, output and threads beyond measure."""
        return findings_of(spec)

    def foresee(self, spec: JobSpec) -> Foreseen | None:
        """Its checkpoints; what its trajectory amounts to is among the checks."""
        return foreseen_by(spec)

    def watched(self, spec: JobSpec) -> tuple[str, ...]:
        """The table of energies; building a box tells nothing while it works."""
        return () if asked(spec).box_edge is not None else (STATE_TABLE,)

    def progress(self, spec: JobSpec, tails: Mapping[str, Excerpt]) -> Progress | None:
        """The last whole row of the table, with the speed of the last ten and the time that remains."""
        tail = tails.get(STATE_TABLE)
        return progress_of(asked(spec), tail) if tail else None

    def read(self, spec: JobSpec) -> tuple[str, ...]:
        """The program's summary and the table of energies."""
        del spec
        return (SUMMARY, STATE_TABLE)

    def verdict(self, spec: JobSpec, report: ExitReport, outputs: Outputs) -> Verdict:
        """Complete only when the summary, the table and the files all say so."""
        return verdict_of(asked(spec), report, outputs, self.rules)

    def results(self, spec: JobSpec, outputs: Outputs) -> Results:
        """Final values, a series over time for each quantity, and their means."""
        del spec
        return results_of(outputs)

    def restart(self, spec: JobSpec, job: str, outputs: Outputs) -> Restart:
        """From the checkpoint to the planned end, or from the final state beyond it."""
        return restart_of(spec, job, outputs)

    def stage(self, spec: JobSpec, job: str, template: Template) -> Restart:
        """From the final state, whether it is there yet or not."""
        return stage_of(spec, job, template)

    def standing(self, spec: JobSpec, outputs: Outputs) -> Standing | None:
        """By its checkpoint, or its final state."""
        return standing_of(spec, outputs)

    def toward(self, spec: JobSpec, job: str, outputs: Outputs, *, last_step: int) -> Restart:
        """From its checkpoint or its final state to this step."""
        return toward(spec, job, outputs, last_step=last_step)

    def checkpoints(self, spec: JobSpec, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
        """The checkpoints of dynamics; building a box has none."""
        return tuple(file for file in files if file.path in CHECKPOINTS) if asked(spec).is_dynamics else ()


ENGINE = OpenMM()
