"""Whether a run did what it was asked for. The exit code alone proves nothing."""

from collections.abc import Iterable

from argosy.core.failures import FailureRule, diagnose
from argosy.core.job import RetryClass
from argosy.core.outputs import Complete, Incomplete, Outputs, Verdict
from argosy.core.wrapper import ExitReport
from argosy.engines.openmm.asked import Asked
from argosy.engines.openmm.state_table import STATE_TABLE, last_rows
from argosy.engines.openmm.summary import SUMMARY, Summary, read_summary

_LEFT_BY_DYNAMICS = ("final-state.xml",)
_LEFT_BY_BUILDING = ("system.xml", "topology.pdb", "state.xml")


def verdict_of(asked: Asked, report: ExitReport, outputs: Outputs, rules: Iterable[FailureRule]) -> Verdict:
    """Complete only if the summary says so, all planned steps were made, all energies are numbers, all files are there.

    ``rules`` explain why a run did not come to its end.
    """
    summary = read_summary(outputs)
    if summary is not None and summary.completed:
        return _of_completed(asked, summary, outputs)
    diagnosis = diagnose(rules, outputs, report.status)
    if diagnosis is not None:
        return Incomplete(
            explanation=diagnosis.explanation,
            advice=diagnosis.advice,
            excerpt=diagnosis.excerpt or (summary.reason if summary else ""),
            retry=diagnosis.retry,
            signature=diagnosis.signature,
        )
    if summary is None:
        return _without_summary(report, outputs)
    what = summary.reason or f"its {SUMMARY} says {summary.status or 'nothing of its end'}"
    return _incomplete(f"The run did not come to its end: {what}.")


def _of_completed(asked: Asked, summary: Summary, outputs: Outputs) -> Verdict:
    if summary.steps_planned is not None and (summary.steps_done or 0) < summary.steps_planned:
        return _incomplete(f"Only {summary.steps_done or 0} of {summary.steps_planned} steps were made.")
    if not summary.is_finite or not _table_is_sound(outputs):
        return _incomplete(
            "The energy at the end is not a number: the simulation became unstable.",
            advice="Use a shorter timestep, minimise more, or look for atoms that overlap at the start.",
        )
    missing = sorted(_wanted(asked, summary) - {file.path for file in outputs.files if file.size})
    if missing:
        return _incomplete(f"It did not leave {', '.join(missing)}, or left it empty.")
    return Complete(remark=_remark(summary))


def _without_summary(report: ExitReport, outputs: Outputs) -> Incomplete:
    words = f"The program ended with {report.words} and left no {SUMMARY} that can be read."
    advice = (
        "Look at 'argosy logs'. A program of your own must write this file as Argosy's templates do; "
        "one that does not is a job for the engine 'command'."
    )
    last_lines = "\n".join((outputs.stderr.text or outputs.stdout.text).splitlines()[-3:])
    return Incomplete(explanation=words, advice=advice, excerpt=last_lines[-2_000:])


def _incomplete(explanation: str, advice: str = "Look at 'argosy logs' and the files that it left.") -> Incomplete:
    return Incomplete(explanation=explanation, advice=advice, retry=RetryClass.AFTER_CHANGE)


def _table_is_sound(outputs: Outputs) -> bool:
    table = outputs.texts.get(STATE_TABLE)
    return table is None or all(row.sound for row in last_rows(table, 1))


def _wanted(asked: Asked, summary: Summary) -> set[str]:
    if asked.is_dynamics or summary.steps_planned is not None:
        return set(_LEFT_BY_DYNAMICS)
    return set(_LEFT_BY_BUILDING) if asked.box_edge is not None else set()


def _remark(summary: Summary) -> str:
    parts: Iterable[str] = (
        f"{summary.steps_done} steps" if summary.steps_done else "",
        f"{summary.simulated_time.value:g} {summary.simulated_time.unit}" if summary.simulated_time else "",
        f"{summary.atoms} atoms" if summary.atoms else "",
        f"{summary.speed.value:.3g} {summary.speed.unit}" if summary.speed else "",
        f"platform {summary.platform}" if summary.platform else "",
    )
    return ", ".join(part for part in parts if part)
