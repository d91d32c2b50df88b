"""Verdicts come from evidence: the log, the last step and the files, never from the exit code alone."""

import re

import pytest

from argosy.core.failures import diagnose
from argosy.core.job import Failed, RetryClass, Succeeded
from argosy.core.outputs import Complete, Excerpt, Incomplete, Outputs, Verdict
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.namd.engine import ENGINE
from tests.engines.laboratory import Run, report_of, whole
from tests.engines.namd.record import NAMES, recorded
from tests.engines.namd.standin.failures import LINES


def with_log(run: Run, change: str, to: str) -> Outputs:
    """What the run left, with something changed in its log."""
    log, times = re.subn(change, to, run.outputs.text("namd.log"), flags=re.MULTILINE)
    assert times, change
    return run.outputs.model_copy(update={"texts": {**run.outputs.texts, "namd.log": whole(log)}})


def verdict(run: Run, outputs: Outputs, code: int = 0) -> Verdict:
    return ENGINE.verdict(run.spec, report_of(code), outputs)


@pytest.mark.parametrize("name", NAMES)
def test_a_good_run_succeeds_and_no_rule_speaks(name: str) -> None:
    run = recorded(name)
    assert isinstance(run.outcome, Succeeded)
    assert "33 atoms" in run.outcome.remark
    rules = [rule for rule in (*ENGINE.rules, *COMMAND.rules) if rule.pattern]
    assert diagnose(rules, run.outputs, 0) is None


def test_an_unstable_run_of_an_old_version_ends_with_0_and_has_failed() -> None:
    run = recorded("production")
    unstable = (
        "ERROR: Constraint failure in RATTLE algorithm for atom 5!\\nERROR: Constraint failure; simulation has become "
        "unstable.\\nERROR: Exiting prematurely; see error messages above.\\n\\nWallClock: "
    )
    found = verdict(run, with_log(run, "^WallClock: ", unstable))
    assert isinstance(found, Incomplete)
    assert found.signature == "rattle"


def test_fewer_steps_than_planned_are_a_failure_whatever_the_exit_code() -> None:
    run = recorded("production")
    found = verdict(run, with_log(run, "TO OUTPUT FILE AT STEP 500", "TO OUTPUT FILE AT STEP 300"))
    assert isinstance(found, Incomplete)
    assert found.explanation.startswith("Only 300 of 500 steps were made")


def test_a_script_that_ends_early_is_a_failure() -> None:
    run = recorded("production")
    found = verdict(run, with_log(run, "^.* TO OUTPUT FILE AT STEP 500$", ""))
    assert isinstance(found, Incomplete)
    assert "without writing its final files" in found.explanation


def test_energies_that_are_no_numbers_are_a_failure() -> None:
    run = recorded("production")
    found = verdict(run, with_log(run, r"^(ENERGY:\s+500\s+)\S+", r"\g<1>9999999999.9999"))
    assert isinstance(found, Incomplete)
    assert "not a number" in found.explanation


def test_a_final_file_that_is_cut_is_a_failure() -> None:
    run = recorded("production")
    files = tuple(
        file.model_copy(update={"size": 400}) if file.path.endswith("production.vel") else file
        for file in run.outputs.files
    )
    found = verdict(run, run.outputs.model_copy(update={"files": files}))
    assert isinstance(found, Incomplete)
    assert "outputs/production.vel has 400 bytes, where 33 atoms make 796" in found.explanation


def test_a_log_without_an_end_is_continued_from_its_restart_files() -> None:
    run = recorded("production")
    text = run.outputs.text("namd.log")
    cut = whole(text[: text.index("ENERGY:     300")])
    found = verdict(run, run.outputs.model_copy(update={"texts": {**run.outputs.texts, "namd.log": cut}}), 143)
    assert isinstance(found, Incomplete)
    assert found.retry is RetryClass.CHECKPOINT


@pytest.mark.parametrize("signature", LINES)
def test_what_namd_prints_lands_on_its_row(signature: str) -> None:
    run = recorded("production")
    *before, last = LINES[signature]
    text = "\n".join([*before, f"FATAL ERROR: {last}", ""])
    log = run.outputs.text("namd.log")
    log = log[: log.index("ENERGY:     300")] + text
    outputs = run.outputs.model_copy(update={"texts": {"namd.log": whole(log)}})
    outcome = Run(run.spec, run.folder, report_of(1), outputs).outcome
    assert isinstance(outcome, Failed)
    assert outcome.signature == signature


def test_rows_of_lines_that_stand_elsewhere() -> None:
    run = recorded("production")
    for signature, code, line in (
        ("no_program", 127, "run.sh: 5: exec: namd3: not found"),
        ("gpu_memory", 1, "FATAL ERROR: CUDA error in cudaMallocHost(&p, n) on Pe 3: out of memory"),
        ("no_gpu", 1, "FATAL ERROR: No CUDA devices found."),
        ("no_gpu", 1, "FATAL ERROR: unable to bind to CUDA device 2 on node because only 1 devices are present"),
        ("gpu_resident", 1, "FATAL ERROR: CUDASOA integration is incompatible with the following options:"),
        ("exclusions_low", 1, "FATAL ERROR: Low global CUDA exclusion count!  (1 vs 2)"),
        ("rattle", 1, "ERROR: Exceeded RATTLE iteration limit for atom 12!"),
        ("parameter_missing", 1, "FATAL ERROR: DIDN'T FIND vdW PARAMETER FOR ATOM TYPE XX"),
        ("script", 1, 'FATAL ERROR: can\'t read "temperature": no such variable'),
        ("crash", 134, "------------- Processor 0 Exiting: Called CmiAbort ------------"),
        ("launch", 1, "charmrun> Connection to node 3: Connection refused"),
        ("disk", 1, "FATAL ERROR: Error opening XSC restart file a.restart.xsc: Disk quota exceeded"),
    ):
        outputs = Outputs(stderr=Excerpt(text=line + "\n", size=len(line)))
        outcome = Run(run.spec, run.folder, report_of(code), outputs).outcome
        assert isinstance(outcome, Failed)
        assert outcome.signature == signature, line


def test_warnings_of_a_minimisation_are_no_failure() -> None:
    run = recorded("minimise")
    words = (
        "Warning: Low global exclusion count!  (1 vs 2)\\nERROR: Margin is too small for 1 atoms during timestep 3.\\n"
    )
    outputs = with_log(run, "^WallClock: ", words + "WallClock: ")
    assert isinstance(verdict(run, outputs), Complete)
