from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from argosy.cli import options
from argosy.cli.commands.submit import described, submission_of
from argosy.cli.completing import targets, templates
from argosy.cli.enrol import commands, shows
from argosy.cli.exits import Exit
from argosy.cli.moments import exactly, span
from argosy.cli.page import Page
from argosy.cli.shown import Column, Rows, Shown
from argosy.cli.wanting import pairs, resources, said, tables
from argosy.client import calls_of_surveys
from argosy.client.road import Road
from argosy.core.findings import Severity
from argosy.core.prospect import Prospect

app = commands()

_BASIS = {
    "room": "there is room now",
    "test": "asked of its scheduler",
    "queue": "those that wait already",
    "history": "your own jobs",
}


@shows(app)
def where(  # noqa: PLR0913  an option each
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A template, or the path of a job file.", autocompletion=templates)
    ],
    *,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="TARGET", help="A target to ask; repeatable [all].", autocompletion=targets),
    ] = None,
    set_: options.Values = None,
    file: options.Files = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    slurm: options.Slurm = None,
    resource_set: options.ResourceSet = None,
) -> Shown:
    """Show where a job would start first. It is not handed in anywhere.

    Each time says how it is known: that there is room, that the scheduler plans so for a job like this, how long your
    own jobs have waited, or how long those will that wait already.
    """
    wishes = said(
        values=pairs("--set", set_),
        resources=resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime),
        **tables(slurm=slurm, resource_set=resource_set),
    )
    road = Road()
    submission = submission_of(road, described(road, what), wishes, file or [])
    return of_prospects(road.send(calls_of_surveys.where(submission, on or [])))


def of_prospects(found: tuple[Prospect, ...]) -> Shown:
    """One line for each estimate and each reason why there is none, the earliest target first."""
    columns = (
        Column[_Line]("TARGET", lambda one, _: one.target, shrinks=True),
        Column[_Line]("PARTITION", lambda one, _: one.partition, shrinks=True),
        Column[_Line]("STARTS", _starts, exact=lambda one: exactly(one.start), colour=lambda one: one.colour),
        Column[_Line]("KNOWN BY", lambda one, _: one.basis),
        Column[_Line]("WORDS", lambda one, _: one.words, shrinks=True, wraps=True, weight=3),
    )
    code = Exit.SUCCEEDED if any(one.may_run for one in found) else Exit.FINDINGS
    lines = [line for one in found for line in _lines(one)]
    return Rows(lines, columns, empty="There are no targets.", value=found, exit_code=code)


class _Line:
    """A row: a target with one estimate, or with what stands against it."""

    def __init__(self, one: Prospect, *, words: str, start: datetime | None = None, basis: str = "") -> None:
        self.target, self.partition = one.target, one.partition
        self.start, self.basis, self.words = start, basis, words
        self.colour = "" if one.may_run else "red"
        self.may_run = one.may_run


def _lines(one: Prospect) -> Iterator[_Line]:
    if one.trouble:
        yield _Line(one, words=" ".join(filter(None, (f"{one.trouble}.", one.hint))))
        return
    if not one.may_run:
        wrong = [finding for finding in one.findings if finding.severity is Severity.ERROR]
        yield _Line(one, words="; ".join(f"{finding.what}. {finding.remedy}".strip() for finding in wrong))
        return
    for estimate in one.estimates:
        yield _Line(one, words=estimate.words, start=estimate.start, basis=_BASIS[estimate.basis])
    if not one.estimates:
        warned = [finding.what for finding in one.findings if finding.severity is Severity.WARNING]
        yield _Line(one, words="; ".join(filter(None, (one.hint, *warned))) or "nothing is known of a start there")


def _starts(one: _Line, page: Page) -> str:
    if one.start is None:
        return "not known" if one.may_run else "never"
    left_s = (one.start - page.now).total_seconds()
    return "now" if left_s < 1 else f"in {span(left_s)}"
