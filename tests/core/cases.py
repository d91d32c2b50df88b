"""Attempts, sightings and reports to decide about, with the facts that a test is not about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from argosy.core.job import (
    Attempt,
    Draft,
    Ended,
    Queued,
    Running,
    Staged,
    State,
    Submitted,
    Waiting,
    Wish,
    Witness,
    said,
)
from argosy.core.sighting import Presence, Sighting
from argosy.core.wrapper import ExitReport, StartRecord

JOB = "j0123456789abcdefghjkm"
TOKEN = f"argosy-{JOB}-1"
DIRECTORY = f"/root/jobs/{JOB}/attempt-1"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=5)
SEEN = said(Witness.SCHEDULER, "seen", EARLIER)

DRAFT = Draft(evidence=SEEN)
WAITING = Waiting(why="a parent", evidence=SEEN)
QUEUED = Queued(evidence=SEEN)
STAGED = Staged(directory=DIRECTORY, evidence=SEEN)
SUBMITTED = Submitted(directory=DIRECTORY, handle="17", evidence=SEEN)
RUNNING = Running(directory=DIRECTORY, handle="17", host="node7", since=EARLIER, evidence=SEEN)
WISH = Wish(by="ada", at=EARLIER)


def after(seconds: float) -> datetime:
    """A moment after (or before) NOW."""
    return NOW + timedelta(seconds=seconds)


def attempt(state: State, **facts: Any) -> Attempt:
    """An attempt in this state."""
    return Attempt(job=JOB, number=1, target="local", state=state, due=EARLIER, **facts)


def ended(**facts: Any) -> Ended:
    """The state of an attempt whose program is over."""
    return Ended.model_validate({"directory": DIRECTORY, "evidence": SEEN} | facts)


def sighting(presence: Presence, **facts: Any) -> Sighting:
    """What was seen of the attempt."""
    return Sighting(token=TOKEN, presence=presence, **facts)


def start(**facts: Any) -> StartRecord:
    """What the wrapper wrote before the program began."""
    given = {"version": 1, "token": TOKEN, "host": "node7", "pid": 17, "program_pid": 18, "started": EARLIER}
    return StartRecord.model_validate(given | facts)


def report(code: int | None = None, *, signal: int | None = None, **facts: Any) -> ExitReport:
    """What the wrapper wrote after the program had ended."""
    status = code if signal is None else 128 + signal
    given = {"version": 1, "token": TOKEN, "stage": "program", "status": status, "code": code, "signal": signal}
    return ExitReport.model_validate(given | {"started": EARLIER, "ended": NOW} | facts)
