"""The right to drive a target, as a row that is changed only under a guard."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from argosy.contracts import Lease, Move
from argosy.store.moments import to_micros, to_moment
from argosy.store.tables import leases
from argosy.store.upsert import insert_new

_mine = sa.and_(leases.c.target == sa.bindparam("of"), leases.c.holder == sa.bindparam("by"))
_take = (
    leases.update()
    .where(
        leases.c.target == sa.bindparam("of"),
        sa.or_(leases.c.holder == sa.bindparam("by"), leases.c.expires <= sa.bindparam("now")),
    )
    .values(holder=sa.bindparam("by"), expires=sa.bindparam("until"))
)
_give_back = leases.delete().where(_mine)
_expiry = sa.select(leases.c.expires).where(_mine)


def take_lease(connection: sa.Connection, target: str, holder: str, now: datetime, *, ttl_s: float) -> Lease | None:
    """Take the lease when nobody has it, when it has expired, or when it is ours already; None otherwise."""
    expires = to_micros(now + timedelta(seconds=ttl_s))
    guarded = {"of": target, "by": holder, "now": to_micros(now), "until": expires}
    taken = connection.execute(_take, guarded).rowcount == 1
    if not taken and not insert_new(connection, leases, {"target": target, "holder": holder, "expires": expires}):
        return None
    return Lease(target=target, holder=holder, expires=to_moment(expires))


def give_back(connection: sa.Connection, lease: Lease) -> None:
    """Nothing happens when it is somebody else's by now."""
    connection.execute(_give_back, {"of": lease.target, "by": lease.holder})


def still_held(connection: sa.Connection, lease: Lease, moves: Sequence[Move]) -> bool:
    """Whether the holder has the lease at the time of the latest of these moves."""
    expires = connection.scalar(_expiry, {"of": lease.target, "by": lease.holder})
    return expires is not None and all(to_micros(move.at) < expires for move in moves)
