"""The catalogue as a whole: what programs print lands on one row, and on no other but those that stand behind it."""

from typing import NamedTuple

import pytest

from argosy.core.failures import FailureRule, diagnose
from argosy.core.job import Cause, RetryClass
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.sighting import Presence, Sighting
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.namd.engine import ENGINE as NAMD
from argosy.engines.openmm.engine import ENGINE as OPENMM
from argosy.schedulers.slurm.scheduler import SCHEDULER as SLURM
from tests.engines.command.test_failures import LINES
from tests.engines.namd.standin.failures import LINES as LINES_OF_NAMD
from tests.schedulers.slurm.telling import NOW_S, TOKEN, books

GENERAL = {"python_error", "missing_file", "permission_denied", "mpi_abort", "mpi_rank_signal", "crash_11", "crash_7"}
GENERAL |= {"crash_4", "crash_8", "crash_24", "crash_25", "killed", "stopped"}
OF_NAMD = {"fatal", "unstable"}
"""Rows for what follows on a cause, or for causes that nobody tells of: they stand behind the others."""
SAME = {
    "gpu_memory": {"out_of_memory"},
    "shared_library": {"not_found"},
    "module": {"not_found"},
    "windows_lines": {"not_found"},
    "slurm_step_place": {"not_found"},
    "not_executable": {"permission_denied", "not_found"},
}
"""Rows whose words hold those of a wider row, which stands behind them."""
OF_EACH = {
    "command": COMMAND.rules,
    "namd": (*NAMD.rules, *COMMAND.rules),
    "openmm": (*OPENMM.rules, *COMMAND.rules),
}


class Example(NamedTuple):
    engine: str
    code: int
    text: str
    signature: str
    retry: RetryClass


TOGETHER = [
    Example(
        "command",
        1,
        "[n1:91] PMIX ERROR: ERROR in file gds_ds12_lock_pthread.c at line 206\n"
        "There are not enough slots available in the system to satisfy the 4 \nslots that were requested",
        "mpi_slots",
        RetryClass.NEVER,
    ),
    Example(
        "command",
        139,
        "[n1:19917] *** Process received signal ***\n[n1:19917] Signal: Segmentation fault (11)\n"
        "[n2][[18526,1],1] mca_oob_tcp_msg_recv: readv failed: Connection reset by peer (104)\n"
        "mpirun noticed that process rank 1 with PID 19917 on node n1 exited on signal 11 (Segmentation fault).",
        "segmentation_fault",
        RetryClass.ONCE,
    ),
    Example(
        "command",
        1,
        "forrtl: No space left on device\nMPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD",
        "disk_full",
        RetryClass.AFTER_CHANGE,
    ),
    Example(
        "command",
        137,
        "slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch.\nKilled",
        "process_killed",
        RetryClass.MORE_MEMORY,
    ),
    Example(
        "command",
        1,
        "[n1:7] [[51,0],0] ORTE_ERROR_LOG: Not found in file ess_hnp_module.c\n"
        "mpirun was unable to find the specified executable file, and therefore did not launch the job.",
        "mpi_program",
        RetryClass.NEVER,
    ),
    Example(
        "openmm",
        4,
        "openmm.OpenMMException: Error creating array posq: CUDA_ERROR_OUT_OF_MEMORY (2)",
        "gpu_memory",
        RetryClass.NEVER,
    ),
    Example(
        "openmm",
        4,
        "openmm.OpenMMException: Error initializing Context: CUDA_ERROR_NO_DEVICE (100)",
        "no_gpu",
        RetryClass.NEVER,
    ),
    Example(
        "openmm",
        4,
        "openmm.OpenMMException: Error downloading array posq: CUDA_ERROR_ILLEGAL_ADDRESS (700)",
        "gpu_fault",
        RetryClass.ONCE,
    ),
    Example(
        "openmm",
        4,
        "openmm.OpenMMException: Error downloading array posq: Invalid error code (700)",
        "gpu_error",
        RetryClass.OTHER_NODE,
    ),
    Example("namd", 1, "FATAL ERROR: Memory allocation failed on processor 3", "out_of_memory", RetryClass.MORE_MEMORY),
]


def left(text: str) -> Outputs:
    return Outputs(stderr=Excerpt(text=f"{text}\n", size=len(text) + 1))


def fitting(rules: tuple[FailureRule, ...], text: str, code: int) -> set[str]:
    return {rule.signature for rule in rules if diagnose([rule], left(text), code) is not None}


@pytest.mark.parametrize("one", TOGETHER, ids=[one.signature for one in TOGETHER])
def test_of_several_complaints_the_cause_is_told(one: Example) -> None:
    found = diagnose(OF_EACH[one.engine], left(one.text), one.code)
    assert found is not None
    assert (found.signature, found.retry) == (one.signature, one.retry)


@pytest.mark.parametrize(("signature", "code", "line"), LINES, ids=[f"{n}-{row[0]}" for n, row in enumerate(LINES)])
def test_a_line_of_the_general_catalogue_fits_its_row_and_else_only_what_stands_behind(
    signature: str, code: int, line: str
) -> None:
    others = fitting(COMMAND.rules, line, code) - {signature}
    assert others <= GENERAL | SAME.get(signature, set())


@pytest.mark.parametrize("signature", LINES_OF_NAMD)
def test_a_line_of_namd_fits_its_row_and_else_only_what_stands_behind(signature: str) -> None:
    *before, last = LINES_OF_NAMD[signature]
    text = "\n".join([*before, f"FATAL ERROR: {last}"])
    others = fitting(NAMD.rules, text, 1) - {signature}
    assert others <= OF_NAMD


def test_every_row_of_namd_that_a_log_can_show_has_an_example() -> None:
    elsewhere = {"no_program", "crash"}  # said by the shell and by Charm++
    assert set(LINES_OF_NAMD) == {rule.signature for rule in NAMD.rules} - elsewhere


def test_an_output_that_slurm_cannot_open_is_known_by_the_code_in_its_books() -> None:
    unexplained = Sighting(token=TOKEN, presence=Presence.ABSENT, handle="17", unexplained=True)
    told = SLURM.parse_explain([unexplained], books([f"17|FAILED|0:53|{NOW_S - 100}|c1|{TOKEN}"]))[TOKEN]
    found = diagnose(COMMAND.rules, left(told.words), None)
    assert found is not None
    assert found.signature == "slurm_output"
    assert told.cause is Cause.START_FAILED
