"""The engine ``command``: any program. It knows no outputs, so the exit code is the verdict."""

from collections.abc import Mapping
from importlib.resources import files

from argosy.core.failures import read_rules
from argosy.core.findings import Finding
from argosy.core.job import Progress
from argosy.core.outputs import Complete, Excerpt, NoRestart, Outputs, Restart, Results, Verdict
from argosy.core.spec import JobSpec
from argosy.core.template import Template
from argosy.core.wrapper import ExitReport


class Command:
    """Any program."""

    name = "command"
    title = "Any command"
    summary = "Runs a program as it is; exit code 0 is success."
    rules = read_rules(files("argosy.engines.command").joinpath("failures.toml").read_text("utf-8"))
    templates: tuple[Template, ...] = ()

    def check(self, spec: JobSpec) -> tuple[Finding, ...]:
        """Nothing is known of the program, so there is nothing to say."""
        del spec
        return ()

    def watched(self, spec: JobSpec) -> tuple[str, ...]:
        """No file is known to tell progress."""
        del spec
        return ()

    def progress(self, spec: JobSpec, tails: Mapping[str, Excerpt]) -> Progress | None:
        """Unknown."""
        del spec, tails
        return None

    def read(self, spec: JobSpec) -> tuple[str, ...]:
        """No file is needed for the verdict."""
        del spec
        return ()

    def verdict(self, spec: JobSpec, report: ExitReport, outputs: Outputs) -> Verdict:
        """What the exit code says."""
        del spec, report, outputs
        return Complete(by_exit_code=True)

    def results(self, spec: JobSpec, outputs: Outputs) -> Results:
        """None that we understand."""
        del spec, outputs
        return Results()

    def restart(self, spec: JobSpec, job: str, outputs: Outputs) -> Restart:
        """A plain command has no checkpoint that we know of."""
        del job, outputs
        return NoRestart(
            why=f"{spec.argv[0]} is a plain command; Argosy knows of no checkpoint",
            advice="Retry runs it again from the start.",
        )


ENGINE = Command()
