from typing import Annotated

import typer

from argosy.cli.completing import targets
from argosy.cli.enrol import commands, shows
from argosy.cli.letters import cut_middle
from argosy.cli.moments import span
from argosy.cli.shown import Column, Rows, Several, Shown, Words
from argosy.cli.spending import share
from argosy.client import calls, calls_of_surveys
from argosy.client.road import Road
from argosy.core.crowd import Allowance, Crowd, PartitionNow
from argosy.core.errors import BadInput
from argosy.core.quantities import spell_size
from argosy.core.room import Room

app = commands()


@shows(app)
def cluster(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[TARGET]", help="Its name; not needed where it is the only one.", autocompletion=targets
        ),
    ] = None,
) -> Shown:
    """Show how full a cluster is now, and what you may have there.

    WAITED is how long your own jobs stood in that queue during the last 30 days: half of them less than that.
    """
    road = Road()
    return of_crowd(road.send(calls_of_surveys.crowd(target or only_cluster(road))))


def only_cluster(road: Road) -> str:
    """The one target that is a cluster; raises BadInput when it is not the only one."""
    names = [one.name for one in road.send(calls.targets()) if one.scheduler == "slurm"]
    if len(names) != 1:
        known = f"Name one: {', '.join(names)}." if names else "Add one: argosy target add NAME --scheduler slurm"
        raise BadInput("which cluster?" if names else "there is no target that is a cluster", hint=known)
    return names[0]


def of_crowd(found: Crowd) -> Shown:
    """Partitions, what the user may have, and what could not be read."""
    parts: list[Shown] = [_partitions(found)]
    if found.allowances:
        parts.append(_allowances(found))
    if found.rooms:
        parts.append(_rooms(found))
    if found.notes:
        parts.append(Words("\n".join(found.notes), found))
    return Several(parts, found)


def _partitions(found: Crowd) -> Rows[PartitionNow]:
    columns = (
        Column[PartitionNow]("PARTITION", lambda one, _: one.name if one.up else f"{one.name} (closed)", shrinks=True),
        Column[PartitionNow]("NODES", lambda one, _: f"{one.nodes_free}/{_nodes(one)}", right=True),
        Column[PartitionNow]("AWAY", lambda one, _: str(one.nodes_away or ""), right=True),
        Column[PartitionNow]("CPUS", lambda one, _: f"{one.cpus_free}/{one.cpus}", right=True),
        Column[PartitionNow]("GPUS", lambda one, _: _gpus(one), right=True, shrinks=True),
        Column[PartitionNow](
            "MINE", lambda one, _: _jobs(one.queue.running_mine, one.queue.waiting_mine), right=True, shrinks=True
        ),
        Column[PartitionNow](
            "OTHERS", lambda one, _: _jobs(one.queue.running_others, one.queue.waiting_others), right=True, shrinks=True
        ),
        Column[PartitionNow]("WAITED", lambda one, _: _waited(one), right=True),
    )
    return Rows(found.partitions, columns, empty="It has no partitions.", below=_below(found), value=found)


def _allowances(found: Crowd) -> Rows[Allowance]:
    return Rows(
        found.allowances,
        (
            Column("YOURS", lambda one, _: one.name, shrinks=True),
            Column("IS", lambda one, _: "QOS" if one.kind == "qos" else one.kind),
            Column("AT MOST", lambda one, _: _limits(one), shrinks=True, wraps=True),
            Column("FAIR SHARE", lambda one, _: share(one.fair_share), right=True),
        ),
    )


def _rooms(found: Crowd) -> Rows[Room]:
    return Rows(
        found.rooms,
        (
            Column("PLACE", lambda one, _: one.place),
            Column("PATH", lambda one, _: one.path, shrinks=True, cut=cut_middle),
            Column("USED", lambda one, _: _of(_size(one.used_mib), _size(one.allowed_mib)), right=True),
            Column("FILES", lambda one, _: _of(_count(one.used_files), _count(one.allowed_files)), right=True),
            Column("FREE", lambda one, _: _size(one.free_mib), right=True),
        ),
        below="Used: by your quota there, where one can be read. Free: on the whole file system.",
    )


def _size(mebibytes: int | None) -> str:
    return "" if mebibytes is None else spell_size(mebibytes << 20)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _of(used: str, allowed: str) -> str:
    return f"{used} of {allowed}" if used and allowed else used


def _limits(one: Allowance) -> str:
    return ", ".join(f"{value} {word}" for word, value in one.limits.items()) or "no limit of its own"


def _nodes(one: PartitionNow) -> int:
    return one.nodes_free + one.nodes_partly + one.nodes_full + one.nodes_away


def _gpus(one: PartitionNow) -> str:
    return ", ".join(f"{one.gpus_free.get(kind, 0)}/{count} {kind}".strip() for kind, count in one.gpus.items())


def _jobs(running: int, waiting: int) -> str:
    return f"{running} + {waiting}" if running or waiting else ""


def _waited(one: PartitionNow) -> str:
    return span(one.waited.median_s) if one.waited else ""


def _below(found: Crowd) -> str:
    """What the columns mean, and how much stands behind the last of them."""
    known = [f"{one.name}: {one.waited.jobs}" for one in found.partitions if one.waited]
    waits = f" WAITED: the median of your own jobs of the last 30 days ({', '.join(known)})." if known else ""
    return f"Nodes, CPUs and GPUs: free/all. Jobs: running + waiting.{waits}"
