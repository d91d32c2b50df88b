"""The engine ``namd``. The program itself must be on the target: its licence does not let anybody pass it on."""

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
from argosy.core.understanding import Lying, Understood
from argosy.core.wrapper import ExitReport
from argosy.engines.namd.checkpoints import written_on_the_way
from argosy.engines.namd.checks import findings_of
from argosy.engines.namd.config import Config, script_of
from argosy.engines.namd.extending import standing_of, toward
from argosy.engines.namd.foreseeing import foreseen_by
from argosy.engines.namd.importing import understood
from argosy.engines.namd.log import LOG, Log, read_log
from argosy.engines.namd.preflight import findings_inside, looked_into, regarded
from argosy.engines.namd.progress import progress_of
from argosy.engines.namd.restarts import restart_of
from argosy.engines.namd.results import results_of
from argosy.engines.namd.stages import stage_of
from argosy.engines.namd.verdicts import verdict_of
from argosy.engines.shipped import shipped

_PACKAGE = "argosy.engines.namd"


class Namd:
    """Molecular dynamics with NAMD."""

    name = "namd"
    title = "NAMD"
    summary = "Molecular dynamics of biomolecules: minimisation, heating, equilibration, release, production, restarts."
    rules = read_rules(files(_PACKAGE).joinpath("failures.toml").read_text("utf-8"))
    templates = shipped(_PACKAGE)

    def check(self, spec: JobSpec) -> tuple[Finding, ...]:
        """What NAMD would refuse to run with, in its own words, and what would go otherwise than expected."""
        return findings_of(spec)

    def inspected(self, spec: JobSpec) -> tuple[str, ...]:
        """Structure, coordinates and parameters."""
        return looked_into(spec)

    def regarded(self, spec: JobSpec) -> str:
        """The cell."""
        return regarded(spec)

    def inspect(self, spec: JobSpec, texts: Mapping[str, str]) -> tuple[Finding, ...]:
        """Counts and order of atoms, the total charge, parameters that are missing, and the cell around the atoms."""
        return findings_inside(spec, texts)

    def foresee(self, spec: JobSpec) -> Foreseen | None:
        """By the configuration, and by the sizes of coordinates that are sent along."""
        return foreseen_by(spec, script_of(spec))

    def understand(self, lying: Lying) -> Understood:
        """Configurations that somebody has, as stages that follow each other."""
        return understood(lying)

    def watched(self, spec: JobSpec) -> tuple[str, ...]:
        """NAMD's log."""
        del spec
        return (LOG,)

    def progress(self, spec: JobSpec, tails: Mapping[str, Excerpt]) -> Progress | None:
        """Steps over all commands, with the speed in ns a day and the time that remains."""
        tail = tails.get(LOG)
        return progress_of(_config(spec), read_log(tail)) if tail else None

    def read(self, spec: JobSpec) -> tuple[str, ...]:
        """The log, and the cell: at the end, in restart files, and over the steps."""
        del spec
        return (LOG, "*.xsc", "*.xsc.old", "*.xst")

    def verdict(self, spec: JobSpec, report: ExitReport, outputs: Outputs) -> Verdict:
        """Complete only when the log, the last step and the files all say so."""
        return verdict_of(_config(spec), _log(outputs), report, outputs, rules=self.rules)

    def results(self, spec: JobSpec, outputs: Outputs) -> Results:
        """Final values, a series over the steps for each quantity and for the cell, and means."""
        return results_of(_config(spec), _log(outputs), outputs)

    def restart(self, spec: JobSpec, job: str, outputs: Outputs) -> Restart:
        """From the last restart files that belong together to the planned step, or from the final files beyond it."""
        return restart_of(spec, job, script=script_of(spec), log=_log(outputs), outputs=outputs)

    def stage(self, spec: JobSpec, job: str, template: Template) -> Restart:
        """From the final files, whether they are there yet or not."""
        return stage_of(spec, job, script=script_of(spec), template=template)

    def standing(self, spec: JobSpec, outputs: Outputs) -> Standing | None:
        """By the newest files that belong together."""
        return standing_of(spec, script=script_of(spec), log=_log(outputs), outputs=outputs)

    def toward(self, spec: JobSpec, job: str, outputs: Outputs, *, last_step: int) -> Restart:
        """From the newest files that belong together to this step, rounded up to a whole cycle."""
        script = script_of(spec)
        return toward(spec, job, script=script, log=_log(outputs), outputs=outputs, last_step=last_step)

    def checkpoints(self, spec: JobSpec, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
        """Its restart files, but for the states of collective variables and Gaussian accelerated MD."""
        return written_on_the_way(_config(spec), files)


def _config(spec: JobSpec) -> Config:
    script = script_of(spec)
    return script.config if script else Config()


def _log(outputs: Outputs) -> Log:
    """The log; a job that has no file for it wrote it to stdout."""
    return read_log(outputs.texts.get(LOG, outputs.stdout))


ENGINE = Namd()
