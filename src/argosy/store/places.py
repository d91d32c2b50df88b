"""The place of a job in the list: one number that orders jobs by the millisecond of their creation, then by arrival.

One integer key serves the list, the cursor, the ranges of dates and the text index alike, which all read it backwards.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from argosy.store.moments import to_micros
from argosy.store.tables import jobs

ARRIVALS = 1 << 20
"""How many jobs may arrive with the same millisecond before they count as the next one's: more than anybody sends."""

_newest = sa.select(sa.func.max(jobs.c.position))
_last = sa.select(sa.func.max(jobs.c.position)).where(
    jobs.c.position >= sa.bindparam("first"), jobs.c.position < sa.bindparam("end")
)


def first_place(moment: datetime) -> int:
    """No job created at or after this moment has a lower place."""
    return to_micros(moment) // 1000 * ARRIVALS


def end_place(moment: datetime) -> int:
    """No job created before this moment has this place or a higher one."""
    return first_place(moment) + ARRIVALS


def new_places(connection: sa.Connection, created: Iterable[datetime]) -> list[int]:
    """A free place for each new job, in their order. Must run inside the write transaction, which keeps others out."""
    newest = connection.scalar(_newest)
    next_free: dict[int, int] = {}
    places: list[int] = []
    for moment in created:
        first = first_place(moment)
        if first not in next_free:
            next_free[first] = first if newest is None or newest < first else _free_after(connection, first)
        places.append(next_free[first])
        next_free[first] += 1
    return places


def _free_after(connection: sa.Connection, first: int) -> int:
    taken = connection.scalar(_last, {"first": first, "end": first + ARRIVALS})
    return first if taken is None else taken + 1
