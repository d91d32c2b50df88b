"""Ended → Closed for adopted jobs: what their scheduler said of their end is all that there is to judge."""

from collections.abc import Sequence

from argosy.core.job import Closed, Outcome, Succeeded, said
from argosy.core.judgement import judge
from argosy.core.outputs import Complete
from argosy.service.station import Change, Due, Station, moved


async def conclude(station: Station, dues: Sequence[Due]) -> list[Due]:
    """Close ended attempts of adopted jobs. Nothing is read or brought home: it is not ours."""
    return await station.record([_closing(station, due) for due in dues])


def _closing(station: Station, due: Due) -> Change:
    now = station.clock()
    outcome = judge(due.attempt, Complete(), None)
    evidence = said(due.attempt.state.evidence.witness, _words(outcome), now)
    return moved(due, Closed(outcome=outcome, evidence=evidence), now)


def _words(outcome: Outcome) -> str:
    return outcome.remark if isinstance(outcome, Succeeded) else outcome.explanation
