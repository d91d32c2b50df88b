"""A scheduler is asked what it would do with a job that is only a preview."""

import asyncio

from argosy.contracts.trial import Tried
from argosy.core.errors import TargetError
from argosy.core.prospect import Trial
from argosy.core.target import Target
from argosy.service.reconcile import Reconciler

PATIENCE_S = 20.0


async def tried(reconciler: Reconciler, target: Target, script: str) -> Trial | None:
    """What it would do; None where a scheduler cannot be asked. A target that does not answer is no error."""
    scheduler = reconciler.ways.schedulers[target.scheduler].at(target)
    if not isinstance(scheduler, Tried):
        return None
    try:
        async with asyncio.timeout(PATIENCE_S):
            return scheduler.parse_test_only(await reconciler.transport(target).run(scheduler.test_only(script)))
    except TimeoutError:
        return Trial(unasked=f"{target.name} did not answer within {PATIENCE_S:.0f} seconds")
    except TargetError as trouble:
        return Trial(unasked=trouble.message, hint=trouble.hint)
