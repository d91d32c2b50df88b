"""What an engine promises: knowledge of one science program."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from argosy.core.failures import FailureRule
from argosy.core.findings import Finding
from argosy.core.foresight import Foreseen
from argosy.core.goal import Standing
from argosy.core.job import Progress
from argosy.core.outputs import Excerpt, FileEntry, Outputs, Restart, Results, Verdict
from argosy.core.spec import JobSpec
from argosy.core.template import Template
from argosy.core.understanding import Lying, Understood
from argosy.core.wrapper import ExitReport


class Engine(Protocol):
    """Pure knowledge of one program: checks, progress, verdict, results, restart, failures."""

    name: str
    title: str
    summary: str
    rules: tuple[FailureRule, ...]
    templates: tuple[Template, ...]

    def check(self, spec: JobSpec) -> tuple[Finding, ...]:
        """What would go wrong, before anything is sent."""
        ...

    def watched(self, spec: JobSpec) -> tuple[str, ...]:
        """Files in the work directory whose ends ``progress`` wants to see."""
        ...

    def progress(self, spec: JobSpec, tails: Mapping[str, Excerpt]) -> Progress | None:
        """How far it is, from the ends of the watched files; None when they do not tell."""
        ...

    def read(self, spec: JobSpec) -> tuple[str, ...]:
        """Patterns of the text files that ``verdict``, ``results`` and ``restart`` want to see."""
        ...

    def verdict(self, spec: JobSpec, report: ExitReport, outputs: Outputs) -> Verdict:
        """Whether the program did what it was asked for."""
        ...

    def results(self, spec: JobSpec, outputs: Outputs) -> Results:
        """Numbers, series and tables with units; empty when there are none."""
        ...

    def restart(self, spec: JobSpec, job: str, outputs: Outputs) -> Restart:
        """How to go on from what it left, or why that is not possible."""
        ...


@runtime_checkable
class Inspector(Protocol):
    """What an engine may promise beside: to look into the input files of a job before anything is sent.

    It depends on nothing but the names, roles and contents of these files and on what is ``regarded``, so that it is
    asked once for all jobs that share them.
    """

    def inspected(self, spec: JobSpec) -> tuple[str, ...]:
        """The names of the input files that ``inspect`` wants to see."""
        ...

    def regarded(self, spec: JobSpec) -> str:
        """What else of the job the findings depend on, as one text; empty when nothing does."""
        ...

    def inspect(self, spec: JobSpec, texts: Mapping[str, str]) -> tuple[Finding, ...]:
        """What is wrong with these files, by name; those that are not at hand are missing."""
        ...


@runtime_checkable
class Foreseer(Protocol):
    """What an engine may promise beside: to say before a run how long it is and what it writes."""

    def foresee(self, spec: JobSpec) -> Foreseen | None:
        """The run, from the job alone; None when that does not tell."""
        ...


@runtime_checkable
class Stages(Protocol):
    """What an engine may promise beside: to start one of its templates from the final files of another job of it."""

    def stage(self, spec: JobSpec, job: str, template: Template) -> Restart:
        """The template's job that starts where the job ``job`` of ``spec`` ends, which may not be over yet; or why not.

        Values that both templates know are kept; what the next stage is about is left to its defaults.
        """
        ...


@runtime_checkable
class Extender(Protocol):
    """What an engine may promise beside: to make a run longer, in as many parts as it takes."""

    def standing(self, spec: JobSpec, outputs: Outputs) -> Standing | None:
        """How far a run came, by its files; None for a job that cannot be made longer."""
        ...

    def toward(self, spec: JobSpec, job: str, outputs: Outputs, *, last_step: int) -> Restart:
        """How to go on from what it left to this step, rounded up to one that the program can end at; or why not."""
        ...


@runtime_checkable
class Checkpoints(Protocol):
    """What an engine may promise beside: to know the files that a run writes on its way only to be gone on from.

    Once it came to its end, nothing needs them any more: whatever goes on then starts from its final files.
    """

    def checkpoints(self, spec: JobSpec, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
        """Those of the files that are such."""
        ...


@runtime_checkable
class Importer(Protocol):
    """What an engine may promise beside: to understand input files that somebody has as jobs."""

    def understand(self, lying: Lying) -> Understood:
        """The jobs that these files describe, from their names and texts alone; nothing is run."""
        ...
