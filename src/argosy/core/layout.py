"""Where things lie on a target, below its root. Paths are absolute and spelled (see ``core.names``)."""

from argosy.core.job import Attempt

RECORD = "job.json"
WORK = "work"
STDOUT = "stdout"
STDERR = "stderr"
SCRIPT = "run.sh"
CLAIM = "claim"
START = "start"
EXIT = "exit"


def job_directory(root: str, job: str) -> str:
    """Everything of one job."""
    return f"{root.rstrip('/')}/jobs/{job}"


def attempt_directory(root: str, attempt: Attempt) -> str:
    """Everything of one attempt: script, records, streams, and ``work/``."""
    return f"{job_directory(root, attempt.job)}/attempt-{attempt.number}"


def work_directory(directory: str) -> str:
    """Where the program of an attempt runs: inputs are placed here, outputs appear here."""
    return f"{directory}/{WORK}"


def record_path(directory: str) -> str:
    """The job's record, given the directory of one of its attempts."""
    return f"{directory.rsplit('/', 1)[0]}/{RECORD}"
