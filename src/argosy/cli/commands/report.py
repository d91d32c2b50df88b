from datetime import UTC, datetime
from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import cut_middle
from argosy.cli.shown import Column, Rows, Several, Shown
from argosy.cli.spending import amount, costs_words, share
from argosy.cli.wanting import moment
from argosy.client import calls_of_ledgers
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.report import Report, ReportLine, ReportQuery

app = commands()


@shows(app)
def report(
    *,
    by: Annotated[str, typer.Option(help="user, label, engine, month or target.")] = "month",
    label: Annotated[str, typer.Option(metavar="KEY", help="Which label, for --by label.")] = "project",
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Ended then or later: 30d, 2026-03-01.")] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Ended earlier: 30d, 2026-04-01.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no cluster; take what is known.", show_default=False)
    ] = False,
) -> Shown:
    """Report what jobs have used and cost, by user, label, engine, month or target.

    Clusters are asked once about each job; where nobody keeps books, a job counts by what it asked for.
    """
    now = datetime.now(UTC)
    asked = {"by": by, "label": label, "ask": not offline}
    times = {name: moment(text, now) for name, text in (("since", since), ("before", before)) if text}
    return of_report(Road().send(calls_of_ledgers.report(checked(ReportQuery, {**asked, **times}))))


def of_report(found: Report) -> Shown:
    """A line for each group, one over all of them, and whose books could not be asked."""
    lines = [*found.lines, found.total] if len(found.lines) > 1 else list(found.lines)
    guessed = found.total.guessed
    below = (
        f"{guessed} of {found.total.jobs} jobs count by what they asked for and how long they took." if guessed else ""
    )
    columns = (
        Column[ReportLine](found.by.upper(), lambda one, _: one.group, shrinks=True, cut=cut_middle),
        Column[ReportLine]("JOBS", lambda one, _: str(one.jobs), right=True),
        Column[ReportLine]("GOOD", lambda one, _: str(one.succeeded), right=True),
        _number("CORE-HOURS", "core_hours"),
        _number("GPU-HOURS", "gpu_hours"),
        Column[ReportLine]("COST", lambda one, _: costs_words(one.costs), right=True),
        _share("CPU", "cpu_efficiency"),
        _share("MEMORY", "memory_efficiency"),
    )
    table = Rows(lines, columns, empty="No job has ended in that time.", below=below, value=found)
    return Several([table, findings_shown(found.findings, "")], found) if found.findings else table


def _number(title: str, field: str) -> Column[ReportLine]:
    def number(one: ReportLine) -> float:
        return getattr(one, field)

    return Column(
        title,
        lambda one, _: amount(number(one)) if number(one) else "",
        exact=lambda one: f"{number(one):.6f}",
        right=True,
    )


def _share(title: str, field: str) -> Column[ReportLine]:
    def part(one: ReportLine) -> float | None:
        return getattr(one, field)

    return Column(
        title,
        lambda one, _: share(part(one)),
        exact=lambda one: "" if part(one) is None else f"{part(one):.6f}",
        right=True,
    )
