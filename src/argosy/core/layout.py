"""Where things lie on a target, below its root. Paths are absolute and spelled (see ``core.names``)."""

from argosy.core.job import Attempt, Mirror
from argosy.core.target import Target

RECORD = "job.json"
WORK = "work"
STDOUT = "stdout"
STDERR = "stderr"
SCRIPT = "run.sh"
CLAIM = "claim"
START = "start"
EXIT = "exit"
CONTENTS = "content"


def job_directory(root: str, job: str) -> str:
    """Everything of one job."""
    return f"{root.rstrip('/')}/jobs/{job}"


def content_directory(root: str) -> str:
    """Where a machine elsewhere keeps contents that came there, each under its hash."""
    return f"{root.rstrip('/')}/{CONTENTS}"


def attempt_directory(root: str, attempt: Attempt) -> str:
    """Everything of one attempt: script, records, streams, and ``work/``."""
    return f"{job_directory(root, attempt.job)}/attempt-{attempt.number}"


def mirror_of(target: Target, attempt: Attempt) -> Mirror | None:
    """Where an attempt runs and where what it leaves is kept; None where that is the same."""
    if target.scratch is None or target.scratch.rstrip("/") == target.root.rstrip("/"):
        return None
    return Mirror(scratch=attempt_directory(target.scratch, attempt), project=attempt_directory(target.root, attempt))


def run_directory(target: Target, attempt: Attempt) -> str:
    """Where a new attempt runs."""
    mirror = mirror_of(target, attempt)
    return mirror.scratch if mirror else attempt_directory(target.root, attempt)


def kept_directory(root: str, attempt: Attempt) -> str:
    """Where an attempt and its job's record are kept: the recorded place, else the one that it would get."""
    if attempt.mirror is not None:
        return attempt.mirror.project
    return getattr(attempt.state, "directory", None) or attempt_directory(root, attempt)


def may_have_record(attempt: Attempt) -> bool:
    """Whether a record of its job may lie on its target: not before the first attempt was staged there."""
    return attempt.number > 1 or getattr(attempt.state, "directory", None) is not None


def places(attempt: Attempt) -> tuple[str, ...]:
    """All directories of an attempt on its target: none before it was staged."""
    if attempt.mirror is not None:
        return attempt.mirror.scratch, attempt.mirror.project
    directory = getattr(attempt.state, "directory", None)
    return (directory,) if directory else ()


def work_directory(directory: str) -> str:
    """Where the program of an attempt runs: inputs are placed here, outputs appear here."""
    return f"{directory}/{WORK}"


def record_path(directory: str) -> str:
    """The job's record, given the directory of one of its attempts."""
    return f"{directory.rsplit('/', 1)[0]}/{RECORD}"
