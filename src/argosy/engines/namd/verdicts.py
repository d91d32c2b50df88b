"""Whether a run did what it was asked for.

Neither the exit code nor the last line alone proves it: an unstable run of an old version ends with both.
"""

from collections.abc import Iterable, Iterator

from argosy.core.failures import FailureRule, diagnose
from argosy.core.job import RetryClass
from argosy.core.outputs import Complete, Incomplete, Outputs, Verdict
from argosy.core.wrapper import ExitReport
from argosy.engines.namd.config import Config
from argosy.engines.namd.log import Log

_LOOK = "Look at the end of its log: 'argosy logs --file namd.log'."


def verdict_of(
    config: Config, log: Log, report: ExitReport, outputs: Outputs, *, rules: Iterable[FailureRule]
) -> Verdict:
    """Complete only when NAMD wrote its final files at the planned last step, told of no fault, and they are whole."""
    if log.faults or log.wall_s is None:
        return _failed(log, report, outputs, rules)
    last = min(log.final.values(), default=None)
    planned = config.last_step
    if last is None:
        return _incomplete("NAMD ended without writing its final files: a script stopped it early.")
    if planned is not None and last < planned:
        done, wanted = last - config.first_step, planned - config.first_step
        return _incomplete(f"Only {max(done, 0)} of {wanted} steps were made: NAMD ended at step {last}.")
    energies = log.energies(-1)
    if energies is not None and not energies.sound:
        return _incomplete(
            "The energy at the end is not a number: the simulation became unstable.",
            advice="Minimise longer, use a shorter timestep, or look for atoms that overlap at the start.",
        )
    wrong = list(_wrong_files(config, log, outputs))
    if wrong:
        return _incomplete(f"{'; '.join(wrong)}: the disk may have been full.")
    return Complete(remark=_remark(config, log, last))


def _failed(log: Log, report: ExitReport, outputs: Outputs, rules: Iterable[FailureRule]) -> Incomplete:
    diagnosis = diagnose(rules, outputs, report.status)
    if diagnosis is not None:
        return Incomplete(
            explanation=diagnosis.explanation,
            advice=diagnosis.advice,
            excerpt=diagnosis.excerpt,
            retry=diagnosis.retry,
            signature=diagnosis.signature,
        )
    if log.faults:
        return _incomplete(f"NAMD stopped: {log.faults[0][:300]}.", excerpt="\n".join(log.faults[:3])[:2_000])
    where = "" if log.step is None else f" The last step that it tells of is {log.step}."
    return Incomplete(
        explanation=f"NAMD was stopped before its end: its log lacks the closing lines.{where}",
        advice="Continue it from its restart files with 'argosy restart'. " + _LOOK,
        excerpt="\n".join((outputs.stderr.text or outputs.stdout.text).splitlines()[-3:])[-2_000:],
        retry=RetryClass.CHECKPOINT,
    )


def _incomplete(explanation: str, advice: str = _LOOK, excerpt: str = "") -> Incomplete:
    return Incomplete(explanation=explanation, advice=advice, excerpt=excerpt, retry=RetryClass.AFTER_CHANGE)


def _wrong_files(config: Config, log: Log, outputs: Outputs) -> Iterator[str]:
    """Final files that are not there, or not as long as so many atoms make them."""
    name = config.output_name
    if not name:
        return
    sizes = {file.path: file.size for file in outputs.files}
    for suffix in (".coor", ".vel"):
        size = sizes.get(f"{name}{suffix}")
        if not size:
            yield f"it did not leave {name}{suffix}, or left it empty"
        elif log.atoms and config.flag("binaryoutput", default=True) and size != size_of(log.atoms):
            yield f"{name}{suffix} has {size} bytes, where {log.atoms} atoms make {size_of(log.atoms)}"


def size_of(atoms: int) -> int:
    """The length in bytes of binary coordinates or velocities: a number of atoms, and three doubles for each."""
    return 4 + 24 * atoms


def _remark(config: Config, log: Log, last: int) -> str:
    parts = (
        f"{last - config.first_step} steps",
        f"{log.atoms} atoms" if log.atoms else "",
        f"{log.ns_per_day[-1]:.3g} ns/day" if log.ns_per_day else "",
        f"NAMD {log.version}" if log.version else "",
    )
    return ", ".join(part for part in parts if part)
