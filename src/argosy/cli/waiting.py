"""Waiting for a job, with its progress on the terminal."""

import time

from argosy.cli.asking import offer_login
from argosy.cli.line import Line
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.errors import NeedsLogin
from argosy.core.job import Closed, Draft
from argosy.core.views import JobView

_EAGER_S = 0.02
_CALM_S = 1.0
_PATIENCE_S = 1.0


class Timer:
    """How long one may wait, for several jobs together; None means for ever."""

    def __init__(self, limit_s: float | None) -> None:
        self._give_up = None if limit_s is None else time.monotonic() + limit_s

    def pause(self, wanted_s: float) -> bool:
        """Sleep for so long, but not past the end; False when the time is over."""
        if self._give_up is None:
            time.sleep(wanted_s)
            return True
        left = self._give_up - time.monotonic()
        time.sleep(max(min(wanted_s, left), 0.0))
        return left > 0


def wait_for(road: Road, job: str, timer: Timer) -> JobView:
    """The job when it is over; as it is then when the time is over, or at once when it is a draft."""
    began, pause_s, line, offered = time.monotonic(), _EAGER_S, Line(), False
    try:
        while True:
            view = road.send(calls.job(job))
            if not offered and waits_for_login(view):
                line.clear()
                offered = True
                offer_login(road, view.latest.target)
            if isinstance(view.latest.state, Closed | Draft) or not timer.pause(pause_s):
                return view
            pause_s = min(pause_s * 1.3, _CALM_S)
            if time.monotonic() - began > _PATIENCE_S:
                line.draw(view)
    finally:
        line.clear()


def waits_for_login(view: JobView) -> bool:
    """Whether a person must log in to the job's target before it can go on."""
    trouble = view.latest.trouble
    return trouble is not None and trouble.code == NeedsLogin.code and not isinstance(view.latest.state, Closed)
