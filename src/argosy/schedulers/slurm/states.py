"""Every state that Slurm can print, and what it means for an attempt.

squeue and sacct print a flag (``COMPLETING``, ``REQUEUED``) instead of the state where one is set; some commands print
the flags behind it (``PENDING,LAUNCH_FAILED``). A state that is not in the table is neither a start nor an end.
"""

from functools import lru_cache
from typing import NamedTuple

from argosy.core.job import Cause
from argosy.core.sighting import Presence


class SlurmState(NamedTuple):
    """What a state means. ``killed``: Slurm ended the job, so that an exit report is not to be expected."""

    name: str
    short: str
    presence: Presence
    words: str
    cause: Cause | None = None
    killed: bool = False


_PENDING, _RUNNING, _OVER = Presence.PENDING, Presence.RUNNING, Presence.OVER

STATES = (
    SlurmState("PENDING", "PD", _PENDING, "it waits in the queue"),
    SlurmState("CONFIGURING", "CF", _PENDING, "its nodes are being made ready"),
    SlurmState("POWER_UP_NODE", "", _PENDING, "its nodes are being switched on"),
    SlurmState("EXPEDITING", "", _PENDING, "it is being restarted at once"),
    SlurmState("REQUEUED", "RQ", _PENDING, "Slurm is putting it back into the queue"),
    SlurmState("REQUEUE_HOLD", "RH", _PENDING, "Slurm put it back into the queue and holds it there"),
    SlurmState("REQUEUE_FED", "RF", _PENDING, "Slurm is moving it to another cluster of its federation"),
    SlurmState("SPECIAL_EXIT", "SE", _PENDING, "Slurm put it back into the queue and holds it, marked as special"),
    SlurmState("RESV_DEL_HOLD", "RD", _PENDING, "it is held because its reservation was deleted"),
    SlurmState("LAUNCH_FAILED", "", _PENDING, "Slurm could not launch it on its node and put it back"),
    SlurmState("RECONFIG_FAIL", "", _PENDING, "its nodes could not be set up for it, so it was put back"),
    SlurmState("GETENV_FAILED", "", _PENDING, "its environment could not be read, so it was put back"),
    SlurmState("RUNNING", "R", _RUNNING, "it runs"),
    SlurmState("COMPLETING", "CG", _RUNNING, "it is ending"),
    SlurmState("SUSPENDED", "S", _RUNNING, "it is suspended: an administrator or a more urgent job halted it"),
    SlurmState("STOPPED", "ST", _RUNNING, "it is halted by a signal and keeps its nodes"),
    SlurmState("SIGNALING", "SI", _RUNNING, "it is being sent a signal"),
    SlurmState("STAGE_OUT", "SO", _RUNNING, "its files are being copied back from the burst buffer"),
    SlurmState("RESIZING", "RS", _RUNNING, "its size is being changed"),
    SlurmState("UPDATE_DB", "", _RUNNING, "Slurm is writing it into its books"),
    SlurmState("REVOKED", "RV", _RUNNING, "another cluster of the federation has taken it"),
    SlurmState("COMPLETED", "CD", _OVER, "Slurm says that its script ended with exit code 0"),
    SlurmState("FAILED", "F", _OVER, "Slurm says that its script failed"),
    SlurmState("CANCELLED", "CA", _OVER, "it was cancelled at Slurm", killed=True),
    SlurmState("TIMEOUT", "TO", _OVER, "Slurm ended it at its time limit", Cause.WALLTIME, killed=True),
    SlurmState("DEADLINE", "DL", _OVER, "Slurm ended it at its deadline", Cause.WALLTIME, killed=True),
    SlurmState(
        "OUT_OF_MEMORY", "OOM", _OVER, "it used more memory than Slurm gave it", Cause.OUT_OF_MEMORY, killed=True
    ),
    SlurmState("NODE_FAIL", "NF", _OVER, "a node that it ran on failed", Cause.NODE_FAILURE, killed=True),
    SlurmState("BOOT_FAIL", "BF", _OVER, "its nodes could not be started", Cause.NODE_FAILURE, killed=True),
    SlurmState("PREEMPTED", "PR", _OVER, "a more urgent job took its place", Cause.PREEMPTED, killed=True),
)
_BY_NAME = {state.name: state for state in STATES} | {state.short: state for state in STATES if state.short}
REQUEUED = SlurmState("REQUEUED", "RQ", _OVER, "Slurm put it back into the queue", Cause.REQUEUED, killed=True)
"""In the books this is the end of a run; in the queue it is what comes before the next one."""
_SHORTEST_CUT = 4


@lru_cache(maxsize=256)  # a queue has few states and many jobs
def read_state(text: str) -> SlurmState | None:
    """The state that this text means: a name, a short form, cut (``OUT_OF_ME+``) or with a tail (``CANCELLED by 7``).

    Of a state with flags behind it the last flag counts. None where anything is said that nobody knows yet.
    """
    words = [_read_word(word) for word in text.strip().partition(" ")[0].upper().split(",")]
    return None if None in words else words[-1]


def _read_word(word: str) -> SlurmState | None:
    if known := _BY_NAME.get(word):
        return known
    cut = word.rstrip("+")
    if not word.endswith("+") or len(cut) < _SHORTEST_CUT:
        return None
    fitting = [state for state in STATES if state.name.startswith(cut)]
    return _BY_NAME.get(cut) or (fitting[0] if len(fitting) == 1 else None)


def stopped_by(text: str) -> str:
    """The number of the user who cancelled a job (``CANCELLED by 1002``); empty when it is not said."""
    before, by, after = text.strip().partition(" by ")
    return after if by and after.isascii() and after.isdigit() and before.upper() == "CANCELLED" else ""
