"""The numbers, series and tables of jobs: as they were read when the job closed, else read again from its outputs."""

from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.job import Attempt, Closed, fate
from argosy.core.outputs import Results
from argosy.core.views import JobResults
from argosy.service.jobs import chosen_attempt
from argosy.service.outputs import read_outputs
from argosy.service.reconcile import Reconciler
from argosy.service.targets import Targets


@dataclass(frozen=True)
class Science:
    """What came out of jobs."""

    store: Store
    targets: Targets
    reconciler: Reconciler

    async def results(self, job: str, *, attempt: int | None = None) -> JobResults:
        """The results of an attempt, by default the newest; empty when there are none.

        Those of a closed attempt that are not remembered, as after a sync, are read from its outputs, once. Raises
        TargetError when they would have to be read and the target does not answer.
        """
        chosen = chosen_attempt(await self.store.attempts(job), attempt)
        results = await self.store.results(job, chosen.number)
        if results is None:
            results = await self._read(chosen)
        return JobResults(job=job, attempt=chosen.number, fate=fate(chosen.state), results=results)

    async def _read(self, attempt: Attempt) -> Results:
        state, spec = attempt.state, (await self.store.job(attempt.job)).spec
        engine = self.reconciler.ways.engines.get(spec.engine)
        if engine is None or not engine.read(spec) or not isinstance(state, Closed) or state.directory is None:
            return Results()
        transport = self.reconciler.transport(await self.targets.target(attempt.target))
        results = engine.results(spec, await read_outputs(transport, engine, spec, state.directory))
        await self.store.keep_results(attempt.job, attempt.number, results)
        return results
