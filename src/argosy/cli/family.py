"""A family of jobs as a tree."""

from argosy.cli.page import FATE_COLOURS
from argosy.cli.shown import Column, Rows, Shown
from argosy.core import ids
from argosy.core.family import MOST_RELATIVES, Family, Relative, branches

_KINDS = {"new": "", "restart": "goes on", "continue": "next stage", "copy": "runs anew"}


def of_family(family: Family) -> Shown:
    """Each job on a line, below the one that it goes on from; the job that was asked about has a mark."""
    lines = {member.id: lines for lines, member in branches(family.members)}
    ordered = [member for _, member in branches(family.members)]

    def job(member: Relative) -> str:
        mark = "*" if member.id == family.asked and len(family.members) > 1 else ""
        return f"{lines[member.id]}{ids.short(member.id)}{mark}"

    columns = (
        Column[Relative]("JOB", lambda one, _: job(one), exact=lambda one: one.id),
        Column[Relative]("NAME", lambda one, _: one.name, shrinks=True, weight=2),
        Column[Relative]("KIND", lambda one, _: _KINDS[one.kind], exact=lambda one: one.kind),
        Column[Relative]("FATE", lambda one, _: one.fate, colour=lambda one: FATE_COLOURS.get(one.fate, "")),
        Column[Relative]("STEPS", lambda one, _: _steps(one), right=True),
        Column[Relative]("GOAL", lambda one, _: _goal(one), shrinks=True, wraps=True, weight=2),
    )
    below = "" if family.complete else f"There are more; {MOST_RELATIVES:,} are shown."
    return Rows(ordered, columns, below=below, value=family)


def _steps(one: Relative) -> str:
    progress = one.progress
    if progress is None:
        return ""
    total = f" of {progress.total:,.0f}" if progress.total else ""
    return f"{progress.step:,.0f}{total}"


def _goal(one: Relative) -> str:
    if one.goal is None:
        return ""
    return one.goal.settled or f"to {one.goal.aim.words}"
