"""What every store must hold of targets."""

import pytest

from argosy.contracts import Store
from argosy.core.errors import Conflict, NotFound
from argosy.core.target import Target
from argosy.core.views import JobQuery
from tests.store.making import QUEUED, SUCCEEDED, accept, new

OLD = Target(name="lab/desk", root="/data", modules=("gcc",))


class RenamingSuite:
    async def test_a_renamed_target_takes_its_finished_jobs_along(self, store: Store, another: Store) -> None:
        await store.put_target(OLD)
        here = [new(state=SUCCEEDED, target=OLD.name) for _ in range(3)]
        elsewhere = new(state=SUCCEEDED, target="other")
        await accept(store, *here, elsewhere)
        await store.rename_target(OLD.name, "cluster")
        assert await another.targets() == (OLD.model_copy(update={"name": "cluster"}),)
        assert {one.target for job, _ in here for one in await another.attempts(job.id)} == {"cluster"}
        ids = {job.id for job, _ in here}
        assert {row.id for row in (await another.rows(JobQuery(target="cluster"))).jobs} == ids
        assert (await another.rows(JobQuery(target=OLD.name))).jobs == ()
        assert {row.id for row in (await another.rows(JobQuery(text="cluster"))).jobs} == ids
        assert (await another.rows(JobQuery(text="desk"))).jobs == ()
        assert (await another.attempts(elsewhere[0].id))[0].target == "other"
        assert await another.job(here[0][0].id) == here[0][0], "a job never changes"
        assert await store.check() == ()

    async def test_a_target_with_open_jobs_keeps_its_name(self, store: Store) -> None:
        await store.put_target(OLD)
        one, first = new(state=QUEUED, target=OLD.name)
        await accept(store, (one, first))
        with pytest.raises(Conflict, match="not over yet") as refused:
            await store.rename_target(OLD.name, "cluster")
        assert f"argosy ls --target {OLD.name}" in refused.value.hint
        assert await store.targets() == (OLD,)
        assert await store.attempts(one.id) == (first,)

    async def test_a_name_that_is_taken_or_unknown_is_refused(self, store: Store) -> None:
        await store.put_target(OLD)
        await store.put_target(Target(name="cluster", root="/r"))
        with pytest.raises(Conflict, match="a target cluster already"):
            await store.rename_target(OLD.name, "cluster")
        with pytest.raises(NotFound):
            await store.rename_target("nobody", "somebody")
        assert [target.name for target in await store.targets()] == ["cluster", OLD.name]
