from collections.abc import Iterator
from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.options import JobWord
from argosy.cli.page import FATE_COLOURS
from argosy.cli.previewing import of_preview
from argosy.cli.rows import of_views
from argosy.cli.shown import Facts, Several, Shown, Verbatim, Words
from argosy.client import calls_of_lineage
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.failures import Clue
from argosy.core.job import RetryClass
from argosy.core.remedies import Diagnosed

app = commands("Why jobs failed, and what helps.")

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; do nothing.", show_default=False)]


@shows(app)
def diagnose(job: JobWord) -> Shown:
    """Say why a job ended as it did: the evidence, the cause, what to do, and what 'argosy fix' would change."""
    road = Road()
    return of_diagnosed(road.send(calls_of_lineage.diagnosis(identity(road, job))))


@shows(app)
def fix(job: JobWord, *, dry_run: _DryRun = False) -> Shown:
    """Do what the diagnosis of a job proposes: another attempt, or a new job with what was changed."""
    road = Road()
    meant = identity(road, job)
    if not dry_run:
        return of_views([road.send(calls_of_lineage.fix(meant))], "(mended)")
    found = road.send(calls_of_lineage.diagnosis(meant))
    preview = road.send(calls_of_lineage.fix_preview(meant))
    if preview is None:
        return Words(found.remedy.words, found.remedy)
    parts: list[Shown] = [Words("\n".join(_remedy_lines(found)), found.remedy), of_preview(preview)]
    return Several(parts, preview)


_NEEDS = {
    RetryClass.NEVER: "would fail again",
    RetryClass.WAIT: "may do after some time",
    RetryClass.AS_IS: "may do as it is",
    RetryClass.MORE_MEMORY: "needs more memory",
    RetryClass.MORE_TIME: "needs more time",
    RetryClass.OTHER_NODE: "needs another machine",
    RetryClass.CHECKPOINT: "needs a checkpoint to go on from",
    RetryClass.ONCE: "may do as it is, once",
    RetryClass.AFTER_CHANGE: "needs a change of the job first",
}


def of_diagnosed(found: Diagnosed) -> Shown:
    """The diagnosis: what is known, the lines that tell, and the change."""
    unknown = "No rule of the catalogue fits; these lines say most." if found.clues else "No rule fits."
    facts = [
        ("job", f"{ids.short(found.job)} ({found.name}), attempt {found.attempt}"),
        ("fate", found.fate),
        ("why", found.explanation),
        ("rule", found.signature or (unknown if found.retry is not None and not found.known else "")),
        ("what to do", found.advice),
        ("another try", _NEEDS[found.retry] if found.retry else ""),
        ("not read", found.unread),
    ]
    parts: list[Shown] = [Facts(facts, found, colours={"fate": FATE_COLOURS.get(found.fate, "")})]
    parts += [Verbatim(_place(clue), clue.text) for clue in found.clues]
    parts.append(Words("\n".join(_remedy_lines(found)), found.remedy))
    return Several(parts, found)


def _place(clue: Clue) -> str:
    return f"{clue.where}, line {clue.line}" if clue.line else f"{clue.where}, near its end"


def _remedy_lines(found: Diagnosed) -> Iterator[str]:
    remedy = found.remedy
    yield remedy.words
    for change in remedy.changes:
        if change.before:
            yield f"  - {change.what} = {change.before}"
        yield f"  + {change.what} = {change.after}"
    if remedy.way != "none":
        yield f"Do it: argosy fix {ids.short(found.job)}"
