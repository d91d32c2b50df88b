"""Answers of the shell program, written by hand."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from argosy.core import ids
from argosy.core.command import Answer
from argosy.core.sighting import Watched

DATA = Path(__file__).parent / "data"
NOW_S = 1_795_528_600
JOBS = tuple(ids.job_id(datetime.fromtimestamp(NOW_S - 3600).astimezone(), number) for number in range(1, 9))
TOKENS = tuple(ids.token(job, 1) for job in JOBS)
TOKEN = TOKENS[0]


def directory(token: str) -> str:
    """Where the attempt of a token lies."""
    parsed = ids.parse_token(token)
    assert parsed
    return f"/scratch/ada/jobs/{parsed[0]}/attempt-{parsed[1]}"


def watched(token: str = TOKEN, handle: str = "17") -> Watched:
    """An attempt that was handed in."""
    return Watched(token=token, directory=directory(token), handle=handle)


def row(state: str, *, token: str = TOKEN, number: str = "17", end: object = "N/A", reason: str = "None") -> str:
    """A row of the queue; ``end`` may be followed by a start."""
    return f"row {number}|{state}|{end}|{reason}|c1|{token}|{directory(token)}|"


def entry(*lines: str, token: str = TOKEN, claimed: str = "yes") -> list[str]:
    """The entry of an attempt in a listing; after whether it is claimed, ``claimed`` says how it was handed in."""
    claim, *words = claimed.split(" ")
    places = [f"place {token} {word}" for word in words]
    return [*places, f"attempt {token}", f"claimed {claim}", *lines, f"end {token}"]


def listing(entries: Iterable[str], rows: Iterable[str] = (), *, count: int = 1, code: int = 0) -> Answer:
    """A whole listing."""
    rows, entries = list(rows), list(entries)
    places = [line for line in entries if line.startswith("place ")]
    entries = [*places, f"places {count} {len(places)}", *(line for line in entries if line not in places)]
    return said([f"now {NOW_S}", *rows, f"squeue {code} {len(rows)}", *entries, f"complete {count}"])


def books(rows: Iterable[str], *, code: int = 0, stderr: str = "") -> Answer:
    """What the books say."""
    rows = [f"said {one}" for one in rows]
    return said([f"now {NOW_S}", f"sacct {code} {len(rows)}", *rows, "complete 0"], stderr)


def said(lines: Iterable[str], stderr: str = "") -> Answer:
    """These lines as an answer."""
    return Answer(code=0, stdout="".join(f"{line}\n" for line in lines).encode(), stderr=stderr.encode())


def start(token: str = TOKEN) -> list[str]:
    """A start record in an entry."""
    facts = {"version": 1, "token": token, "host": "c1", "pid": 5, "program_pid": 6, "started": NOW_S - 100}
    return [f"start {key}={value}" for key, value in (facts | {"complete": 1}).items()]


def report(token: str = TOKEN, *, ended: int = NOW_S - 1, **facts: object) -> list[str]:
    """An exit report in an entry."""
    given = {"version": 1, "token": token, "stage": "program", "started": NOW_S - 100, "ended": ended}
    return [f"exit {key}={value}" for key, value in (given | facts | {"complete": 1}).items()]
