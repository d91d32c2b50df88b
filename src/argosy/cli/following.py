"""A job's output as it comes."""

import sys
import time
from datetime import UTC, datetime
from typing import BinaryIO

from argosy.cli.asking import offer_login
from argosy.cli.line import Line
from argosy.cli.moments import when
from argosy.cli.page import say
from argosy.cli.waiting import waits_for_login
from argosy.client import calls
from argosy.client.road import Road
from argosy.client.wire import Broken
from argosy.core import ids
from argosy.core.errors import NeedsLogin, NotFound, TargetError
from argosy.core.job import Closed, Draft, fate
from argosy.core.views import JobView

_EAGER_S = 0.03
_CALM_S = 0.5
_PATIENCE_S = 2.0
_SECOND_THOUGHTS_S = 3.0


class Spring:
    """One growing file of an attempt, and where it is poured, byte for byte."""

    def __init__(self, path: str, into: BinaryIO, *, start: int = 0) -> None:
        self._path = path
        self._into = into
        self._start = start
        self._told_missing = self._told_kept = self._looked_last = False
        self.over = False

    def pour(self, road: Road, job: str, attempt: int) -> bool:
        """Write what is new; True when there was something. ``over`` is set when no more will come."""
        if self.over:
            return False
        before = self._start
        try:
            with road.flow(calls.file(job, self._path, attempt, start=before)) as flow:
                self._tell_if_kept(job, flow.kept)
                if flow.size < before:
                    self._begin_again()
                    return False
                for piece in flow.pieces:
                    self._into.write(piece)
                    self._into.flush()
                    self._start += len(piece)
                self.over = flow.over
        except Broken:
            pass  # what has come is written; the rest is asked for anew
        except NotFound:
            over = _is_over(road, job, attempt)
            if self._path.startswith("work/"):
                if not self._may_come(over=over):
                    raise
            else:
                self.over = over  # a stream that is not there by then never will be
        return self._start > before

    def _tell_if_kept(self, job: str, kept: datetime | None) -> None:
        if kept is not None and not self._told_kept:
            self._told_kept = True
            say(kept_words(job, kept))

    def _begin_again(self) -> None:
        """The program has emptied the file and writes it anew."""
        say(f"{self._path.removeprefix('work/')} is shorter than it was; from its beginning:")
        self._start = 0

    def _may_come(self, *, over: bool) -> bool:
        """A file that is not there yet may still come; it is looked for once more when the job is over."""
        if self._looked_last:
            return False
        if not self._told_missing and not over:
            say(f"there is no {self._path.removeprefix('work/')} yet")
        self._told_missing, self._looked_last = True, over
        return True


def kept_words(job: str, read: datetime) -> str:
    """Where it comes from that something is shown at all."""
    moment = when(read, datetime.now(UTC))
    return f"kept here since {moment}: the target of job {ids.short(job)} does not answer, or has it no more"


def _is_over(road: Road, job: str, attempt: int) -> bool:
    attempts = road.send(calls.job(job)).attempts
    return any(one.number == attempt and isinstance(one.state, Closed) for one in attempts)


def follow(road: Road, job: str, attempt: int, springs: list[Spring]) -> None:
    """Pour until the attempt is over and everything was poured. A target that is away for a while is waited for.

    Where a person must log in first, that is offered once.
    """
    pause_s, began, told, line = _EAGER_S, time.monotonic(), "", Line()
    while True:
        line.clear()
        try:
            flowing = sum(spring.pour(road, job, attempt) for spring in springs) > 0
        except NeedsLogin:
            flowing = False
            told = told or _say_why(road, road.send(calls.job(job)))
        except TargetError as trouble:
            flowing = False
            told = _say_once(trouble.message, told)
        if all(spring.over for spring in springs):
            return
        if flowing:
            pause_s, began = _EAGER_S, time.monotonic()
        else:
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.3, _CALM_S)
        if not told and time.monotonic() - began > _PATIENCE_S:
            told = _say_or_draw(road, road.send(calls.job(job)), line)


def follow_to_the_end(road: Road, job: str, *, quietly: bool = False) -> JobView:
    """Pour the output of the job's attempts, one after the other, until the job is over; returns it."""
    number = 1
    while True:
        springs = [] if quietly else [Spring("stdout", sys.stdout.buffer), Spring("stderr", sys.stderr.buffer)]
        if springs:
            follow(road, job, number, springs)
        view = road.send(calls.job(job))
        if isinstance(view.latest.state, Closed | Draft) and view.latest.number == number:
            return view
        if view.latest.number > number:
            number = view.latest.number
            say(f"attempt {number} of job {ids.short(job)}")
        else:
            time.sleep(_EAGER_S)


def second_thoughts(road: Road, job: str) -> bool:
    """After Ctrl-C: leave the job alone, unless another Ctrl-C comes soon; True when it was cancelled."""
    short = ids.short(job)
    try:
        say(f"\nCtrl-C once more within {_SECOND_THOUGHTS_S:.0f} s cancels job {short}; else it goes on.")
        time.sleep(_SECOND_THOUGHTS_S)
    except KeyboardInterrupt:
        road.send(calls.cancel(job))
        say(f"job {short} is told to stop")
        return True
    say(f"job {short} goes on. Come back with: argosy logs -f {short}   or: argosy wait {short}")
    return False


def _say_or_draw(road: Road, view: JobView, line: Line) -> str:
    """While its inputs travel: how far they are, in a line that is drawn anew; else what it is waiting for, once."""
    if view.sending is not None:
        line.draw(view)
        return ""
    line.clear()
    return _say_why(road, view)


def _say_why(road: Road, view: JobView) -> str:
    """While nothing comes: what the job is waiting for, once. A login that it waits for is offered."""
    state = view.latest.state
    if waits_for_login(view):
        offer_login(road, view.latest.target)
        return NeedsLogin.code
    if state.kind in {"running", "ended", "closed"}:
        return ""
    trouble = view.latest.trouble
    why = trouble.message if trouble else getattr(state, "why", "") or getattr(state, "reason", "")
    return _say_once(f"job {ids.short(view.job.id)} is {fate(state)}{': ' if why else ''}{why}", "")


def _say_once(words: str, told: str) -> str:
    if words != told:
        say(words)
    return words
