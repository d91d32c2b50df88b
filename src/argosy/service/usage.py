"""What a target has been asked for, counted by the hour."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from argosy.core.connection import Heard, UsageHour

HOURS = 48
"""How many hours are kept, in memory only."""

_HOUR = timedelta(hours=1)


class Tally:
    """The counts of one target."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._hours: deque[UsageHour] = deque(maxlen=HOURS)
        self._logins: deque[datetime] = deque()

    def command(self) -> None:
        """One more command."""
        self._add(commands=1)

    def heard(self, heard: Heard) -> None:
        """Bytes that travelled."""
        if heard.sent or heard.received:
            self._add(sent=heard.sent, received=heard.received)

    def login(self) -> None:
        """One more login, whether it was let in or not."""
        self._logins.append(self._clock())
        self._add(logins=1)

    def lately(self) -> tuple[datetime, ...]:
        """The logins of the last sixty minutes, oldest first."""
        begin = self._clock() - _HOUR
        while self._logins and self._logins[0] <= begin:
            self._logins.popleft()
        return tuple(self._logins)

    def hours(self) -> tuple[UsageHour, ...]:
        """The hours in which something happened, the newest last; none that is older than two days."""
        oldest = self._clock() - HOURS * _HOUR
        return tuple(hour for hour in self._hours if hour.hour > oldest)

    def _add(self, **more: int) -> None:
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        if not self._hours or self._hours[-1].hour != hour:
            self._hours.append(UsageHour(hour=hour))
        last = self._hours[-1]
        self._hours[-1] = last.model_copy(update={name: getattr(last, name) + count for name, count in more.items()})
