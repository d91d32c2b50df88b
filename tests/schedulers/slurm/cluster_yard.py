"""Jobs at a real cluster, from its login node."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argosy.contracts import Order
from argosy.contracts.books import Books
from argosy.contracts.queue import SharedQueue, Steered, Steering
from argosy.contracts.trial import Tried
from argosy.core.names import spell
from argosy.core.prospect import Trial
from argosy.core.sighting import Launched, Sighting
from argosy.core.slurm import Slurm as Site
from argosy.core.spending import Spent
from argosy.core.target import Target
from argosy.schedulers.slurm.scheduler import Slurm
from argosy.transports.local import Local
from tests.contracts.scheduler_suite import Yard
from tests.contracts.surroundings import Noted
from tests.infra.slurm.cluster import Cluster


class ClusterYard(Yard):
    """Jobs of root at a real cluster."""

    def __init__(self, cluster: Cluster, place: Path) -> None:
        site = Site(setup=(f"export SLURM_CONF={cluster.conf}",))
        super().__init__(Slurm(site), Local("local", datetime.now(UTC), Noted()), spell(os.fsencode(place)))
        self.target = Target(name="cluster", scheduler="slurm", root=self.root, slurm=site)
        self.cluster = cluster

    async def explained(self, seen: Sighting) -> Sighting:
        """The same sighting, with what the books say."""
        command = self.scheduler.explain([seen])
        assert command is not None
        return self.scheduler.parse_explain([seen], await self.run(command))[seen.token]

    async def steer(self, order: Order, wish: Steering) -> Steered:
        """What became of a wish for a job that waits."""
        return (await self.steer_all([order], wish))[order.token]

    async def steer_all(self, orders: Sequence[Order], wish: Steering) -> Mapping[str, Steered]:
        """What became of a wish for several jobs, by token."""
        assert isinstance(self.scheduler, SharedQueue)
        return self.scheduler.parse_steer(orders, wish, await self.run(self.scheduler.steer(orders, wish)))

    async def spent(self, *orders: Order) -> Mapping[str, Spent]:
        """What the books say that these have used."""
        assert isinstance(self.scheduler, Books)
        watched = self.watched(*orders)
        return self.scheduler.parse_spent(watched, await self.run(self.scheduler.spent(watched)))

    async def tried(self, *argv: str, **spec: Any) -> Trial:
        """What Slurm would do with a job."""
        assert isinstance(self.scheduler, Tried)
        order = await self.order(*argv, spec=spec)
        return self.scheduler.parse_test_only(
            await self.run(self.scheduler.test_only(await self.text(order, "run.sh")))
        )

    def clean_up(self) -> None:
        """Nothing of a test stays in the queue."""
        if self.handles:
            self.cluster.run_as_root("scancel", "--quiet", *self.handles.values())

    async def taken(self, *argv: str, **facts: Any) -> tuple[Order, str]:
        """A job that Slurm took, and its number."""
        order = await self.order(*argv, **facts)
        (taken,) = (await self.submit(order)).values()
        assert isinstance(taken, Launched), taken
        return order, taken.handle

    def told(self, number: str, field: str) -> str:
        """What ``scontrol show job`` says, empty for what it does not know."""
        text = self.cluster.run_as_root("scontrol", "-o", "show", "job", number).stdout
        match = re.search(rf"(?<![A-Za-z]){field}=(\S*)", text)
        return match[1] if match else ""
