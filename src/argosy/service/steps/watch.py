"""Staged, Submitted, Running → whatever one look at the target proves. A failed look moves nobody."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from argosy.core.alteration import altered
from argosy.core.belief import believe, expected_start, grant_seen, wants_a_start, with_grant
from argosy.core.cluster import nodes_of, partition_of
from argosy.core.errors import TargetError
from argosy.core.grant import Grant
from argosy.core.sighting import Sighting
from argosy.core.slurm import Slurm
from argosy.core.spec import JobSpec
from argosy.service.marks import Mark
from argosy.service.station import Change, Due, Station, moved, noted

_log = logging.getLogger("argosy.watch")


@dataclass(frozen=True)
class Look:
    """What a look brought: attempts that changed, those that are to be started, and the rest as they were."""

    changed: tuple[Due, ...] = ()
    unstarted: tuple[Due, ...] = ()
    same: tuple[Due, ...] = ()


async def watch(station: Station, dues: Sequence[Due]) -> Look:
    """Look at all live attempts with one command; the scheduler's books are asked about those that only they explain.

    Raises TargetError when the target cannot be asked.
    """
    if not dues:
        return Look()
    station.at(Mark.WATCH_BEGUN)
    watched = [due.watched() for due in dues]
    answer = await station.transport.run(station.scheduler.list(watched))
    seen = station.scheduler.parse_list(watched, answer)
    sightings = await _explained(station, seen)
    station.at(Mark.WATCH_LISTED)
    looks = [(due, sightings.get(one.token)) for due, one in zip(dues, watched, strict=True)]
    changes = [_believed(station, due, sighting) for due, sighting in looks]
    written = await station.record([change for change in changes if change])
    station.at(Mark.WATCH_RECORDED)
    unstarted: list[Due] = []
    same: list[Due] = []
    for (due, sighting), change in zip(looks, changes, strict=True):
        if change is None:
            (unstarted if _wants_a_start(station, due, sighting) else same).append(due)
    return Look(changed=tuple(written), unstarted=tuple(unstarted), same=tuple(same))


def _wants_a_start(station: Station, due: Due, sighting: Sighting | None) -> bool:
    if sighting is None:
        return False
    return wants_a_start(due.attempt, sighting, station.clock(), in_turn=station.scheduler.in_turn)


async def _explained(station: Station, seen: Mapping[str, Sighting]) -> Mapping[str, Sighting]:
    """All sightings, with what the books tell. While the books are closed nothing is believed of those they explain."""
    asked = [sighting for sighting in seen.values() if sighting.unexplained]
    command = station.scheduler.explain(asked) if asked else None
    if command is None:
        return seen
    known = {token: sighting for token, sighting in seen.items() if not sighting.unexplained}
    try:
        answer = await station.transport.run(command)
        return {**known, **station.scheduler.parse_explain(asked, answer)}
    except TargetError as trouble:
        _log.warning("%s: the books of its scheduler are closed: %s", station.target.name, trouble.message)
        return known


def _believed(station: Station, due: Due, sighting: Sighting | None) -> Change | None:
    now = station.clock()
    if sighting is None:  # while the books are closed its absence tells nothing, and does not last
        return None if due.attempt.missing_since is None else noted(due, now, missing_since=None)
    granted = _granted(station, due, sighting)
    belief = believe(due.attempt, with_grant(sighting, granted), now)
    expected = expected_start(due.attempt, sighting, now)
    if belief.state is not None:
        return moved(due, belief.state, now, expected=expected, granted=granted)
    before = due.attempt
    if (before.missing_since, before.expected, before.granted) == (belief.missing_since, expected, granted):
        return None
    return noted(due, now, missing_since=belief.missing_since, expected=expected, granted=granted)


def _granted(station: Station, due: Due, sighting: Sighting) -> Grant | None:
    """What the scheduler gives it instead of what it asks for, with what was changed while it waited."""
    site, attempt = station.target.slurm, due.attempt
    if site is None:
        return None
    spec = altered(due.job.spec, attempt.altered)
    return grant_seen(attempt, spec.resources, _nodes(site, spec), sighting)


def _nodes(site: Slurm, spec: JobSpec) -> int:
    """How many nodes it takes. Most jobs need no thought, and there are thousands in a round."""
    if spec.resources.tasks <= spec.resources.nodes:
        return spec.resources.nodes
    sized = site.cores_per_node is None and site.partitions
    return nodes_of(spec.resources, site, partition_of(site, site.wishes(spec.slurm)) if sized else None)
