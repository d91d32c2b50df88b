"""What every store must hold of jobs whose records on their targets have to be written anew."""

from argosy.contracts import Store
from argosy.core.bulk import Relabel
from argosy.core.target import Target
from tests.store.making import DRAFT, QUEUED, RUNNING, SUCCEEDED, accept, attempt, entry, move, new

CHANGE = Relabel(kind="label", put={"sea": "rough"})
HERE = Target(name="here", root="/data")


async def ids_of(store: Store, target: str = "local", most: int = 100) -> list[str]:
    return [one.job.id for one in await store.outdated(target, most=most)]


class RecordsSuite:
    async def test_a_job_with_other_labels_is_outdated_until_it_is_told(self, store: Store, another: Store) -> None:
        one, first = new(state=SUCCEEDED)
        other = new(state=SUCCEEDED)
        await accept(store, (one, first), other)
        assert await store.outdated("local", most=100) == ()
        await store.relabel(one.id, CHANGE, entry(one))
        (found,) = await another.outdated("local", most=100)
        assert (found.job, found.attempts) == (await store.job(one.id), (first,))
        assert found.job.spec.labels == {"sea": "rough"}
        await another.told([found])
        assert await store.outdated("local", most=100) == ()

    async def test_what_changes_while_it_is_told_has_to_be_told_again(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        await store.relabel(one.id, CHANGE, entry(one))
        before = await store.outdated("local", most=100)
        await store.relabel(one.id, Relabel(kind="label", put={"sea": "calm"}), entry(one))
        await store.told(before)
        (after,) = await store.outdated("local", most=100)
        assert after.job.spec.labels == {"sea": "calm"}

    async def test_labels_that_stay_as_they_are_need_not_be_told(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED, labels={"sea": "rough"})
        await accept(store, (one, first))
        await store.relabel(one.id, CHANGE, entry(one))
        assert await ids_of(store) == []

    async def test_what_users_change_of_an_attempt_has_to_be_told(self, store: Store) -> None:
        pairs = [new(state=state) for state in (DRAFT, QUEUED, RUNNING, SUCCEEDED)]
        await accept(store, *pairs)
        for _, first in pairs:
            assert await store.change(move(first))
            assert not await store.change(move(first)), "somebody else was first"
        assert await ids_of(store) == sorted(one.id for one, _ in pairs)
        assert await ids_of(store, most=2) == sorted(one.id for one, _ in pairs)[:2]

    async def test_a_further_attempt_is_told_when_it_is_staged(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        assert await store.change(move(first, next_attempt=attempt(one, number=2)))
        assert await ids_of(store) == []

    async def test_what_a_round_writes_has_been_told(self, store: Store) -> None:
        one, first = new(state=RUNNING)
        await accept(store, (one, first))
        lease = await store.lease("local", "server-1", first.due, ttl_s=3600)
        assert lease is not None
        assert await store.advance([move(first)], lease) == (True,)
        assert await ids_of(store) == []

    async def test_each_target_is_told_of_its_own_jobs_also_by_another_name(self, store: Store) -> None:
        here, there = new(state=SUCCEEDED, target="here"), new(state=SUCCEEDED, target="there")
        await accept(store, here, there)
        for one, _ in (here, there):
            await store.relabel(one.id, CHANGE, entry(one))
        assert await ids_of(store, "here") == [here[0].id]
        await store.put_target(HERE)
        await store.rename_target("here", "elsewhere")
        assert await ids_of(store, "here") == []
        (found,) = await store.outdated("elsewhere", most=100)
        assert (found.job.id, found.attempts[0].target) == (here[0].id, "elsewhere")

    async def test_a_job_that_is_forgotten_has_nothing_to_tell(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        await store.relabel(one.id, CHANGE, entry(one))
        await store.forget(one.id, entry(one))
        assert await ids_of(store) == []
