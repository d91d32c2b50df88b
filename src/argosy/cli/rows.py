"""Jobs in lists and in one line."""

from collections.abc import Sequence
from typing import Any

from argosy.cli.exits import Exit
from argosy.cli.letters import cut_middle
from argosy.cli.moments import ago, exactly, span
from argosy.cli.page import FATE_COLOURS, Page
from argosy.cli.shown import Column, Rows
from argosy.core import ids
from argosy.core.job import fate
from argosy.core.views import JobRow, JobView


def of_rows(rows: Sequence[JobRow], *, empty: str, below: str = "", value: Any = None) -> Rows[JobRow]:
    """A list of jobs."""
    return Rows(rows, COLUMNS, empty=empty, below=below, value=value)


def of_views(views: Sequence[JobView], note: str = "", *, code: Exit = Exit.SUCCEEDED) -> Rows[JobView]:
    """What became of jobs, a line each."""
    columns = (
        Column[JobView]("ID", lambda view, _: ids.short(view.job.id), exact=lambda view: view.job.id),
        Column[JobView]("NAME", lambda view, _: view.job.spec.name, shrinks=True, weight=3, cut=cut_middle),
        Column[JobView]("FATE", lambda view, _: fate(view.latest.state), colour=_colour),
        Column[JobView]("TARGET", lambda view, _: view.latest.target, shrinks=True, cut=cut_middle),
        Column[JobView]("", lambda _view, _page: note),
    )
    return Rows(views, columns, exit_code=code)


def _colour(view: JobView) -> str:
    return FATE_COLOURS.get(fate(view.latest.state), "")


def _fate(row: JobRow, _page: Page) -> str:
    if row.fate == "running" and row.fraction is not None:
        return f"running {row.fraction:.0%}"
    if row.sending is not None:
        return row.sending.words
    return row.fate


def _took(row: JobRow, page: Page) -> str:
    if row.started is None:
        return ""
    return span(((row.ended or page.now) - row.started).total_seconds())


COLUMNS: tuple[Column[JobRow], ...] = (
    Column("ID", lambda row, _: ids.short(row.id), exact=lambda row: row.id),
    Column("NAME", lambda row, _: row.name, shrinks=True, weight=3, cut=cut_middle),
    Column("FATE", _fate, exact=lambda row: row.fate, colour=lambda row: FATE_COLOURS.get(row.fate, "")),
    Column("TARGET", lambda row, _: row.target, shrinks=True, cut=cut_middle),
    Column("MADE FROM", lambda row, _: row.template or row.engine, shrinks=True, cut=cut_middle),
    Column("AGE", lambda row, page: ago(row.created, page.now), exact=lambda row: exactly(row.created), right=True),
    Column(
        "TOOK",
        _took,
        exact=lambda row: "" if row.started is None or row.ended is None else _seconds(row),
        right=True,
    ),
)


def _seconds(row: JobRow) -> str:
    assert row.started
    assert row.ended
    return f"{(row.ended - row.started).total_seconds():.3f}"
