"""What a job waits for before its turn can come: other jobs, and its time. Pure."""

from datetime import datetime

from argosy.core import ids
from argosy.core.lifecycle import LONGEST_WAIT
from argosy.core.spec import JobSpec

_STEP = LONGEST_WAIT / 2


def too_early(spec: JobSpec, now: datetime) -> bool:
    """Whether the time has not come before which the job must not start."""
    return spec.begin is not None and now < spec.begin


def what_is_waited_for(spec: JobSpec, now: datetime) -> str:
    """In words, for a job that waits."""
    jobs = f"for job {', '.join(map(ids.short, spec.parents))}" if spec.parents else ""
    time = f"until {spec.begin:%Y-%m-%d %H:%M:%S} UTC" if spec.begin and too_early(spec, now) else ""
    return f"waits {' and '.join(filter(None, (jobs, time)))}"


def next_look(begin: datetime, now: datetime) -> datetime:
    """When a job that waits for its time is looked at again: then, but never later than anything is put off."""
    return min(begin, now + _STEP)
