"""What every store must hold. A test class of a store inherits from ``StoreSuite`` and gives two fixtures.

``store`` is an empty store whose clock stands at NOW, ``another`` a second one on the same database.
"""

import asyncio

import pytest

from argosy.contracts import Entry, KeptFile, Lease, Restored, Store
from argosy.core.errors import Conflict, NotFound
from argosy.core.job import Progress, State, Trouble
from argosy.core.outputs import Results, Scalar
from argosy.core.spending import Spent
from argosy.core.target import Target
from argosy.core.template import Template
from argosy.core.views import JobQuery
from tests.contracts.store_moves_suite import MovesSuite, WorkSuite
from tests.store.making import (
    CANCELLED,
    ENDED,
    FAILED,
    NOW,
    QUEUED,
    RUNNING,
    STATES,
    SUCCEEDED,
    WAITING,
    accept,
    after,
    attempt,
    entry,
    held,
    move,
    new,
    wish,
)


class JobsSuite:
    async def test_what_was_accepted_is_there_as_it_was(self, store: Store) -> None:
        one, first = new("Wasser-Würfel ✓", labels={"kind": "prod"}, parent="j" + "0" * 21)
        await accept(store, (one, first))
        assert await store.job(one.id) == one
        assert await store.attempts(one.id) == (first,)
        assert await store.attempts_of([one.id, "j" + "9" * 21]) == {one.id: first}
        assert await store.children("j" + "0" * 21) == (one.id,)

    async def test_every_state_comes_back_as_it_went_in(self, store: Store) -> None:
        pairs = [new(state=state) for state in STATES]
        await accept(store, *pairs)
        assert await store.attempts_of([one.id for one, _ in pairs]) == {one.id: first for one, first in pairs}

    async def test_a_known_job_is_refused_and_nothing_is_taken_in(self, store: Store) -> None:
        known, fresh = new(), new()
        await accept(store, known)
        number = await store.last_event()
        with pytest.raises(Conflict):
            await accept(store, fresh, known)
        with pytest.raises(NotFound):
            await store.job(fresh[0].id)
        assert await store.last_event() == number

    async def test_a_job_sent_twice_at_once_is_refused(self, store: Store) -> None:
        twice = new()
        with pytest.raises(Conflict):
            await accept(store, twice, twice)

    async def test_unknown_jobs_are_not_found(self, store: Store) -> None:
        for words in ("j" + "0" * 21, "", "x'; DROP TABLE jobs; --", "a\0b", "\udcff"):
            for question in (store.job, store.attempts):
                with pytest.raises(NotFound):
                    await question(words)
            with pytest.raises(NotFound):
                await store.wish(words, wish(), Entry(kind="wish"))
            with pytest.raises(NotFound):
                await store.forget(words, Entry(kind="removed"))
            assert await store.attempts_of([words]) == {}
            assert await store.children(words) == ()

    async def test_children_come_oldest_first(self, store: Store) -> None:
        parent = new()
        older, newer = new(parent=parent[0].id, created=after(1)), new(parent=parent[0].id, created=after(2))
        await accept(store, parent, newer, older)
        assert await store.children(parent[0].id) == (older[0].id, newer[0].id)

    async def test_thousands_are_accepted_at_once(self, store: Store) -> None:
        pairs = [new(f"job {number}", labels={"batch": "b"}) for number in range(2_000)]
        await accept(store, *pairs)
        assert await store.open_count("local") == 2_000
        assert len(await store.attempts_of([one.id for one, _ in pairs])) == 2_000

    async def test_templates_are_remembered_once(self, store: Store) -> None:
        template = Template(name="water", argv=("true",))
        await store.accept([new()], [], [template])
        await store.accept([new()], [], [template, template])

    async def test_a_forgotten_job_leaves_only_its_last_event(self, store: Store) -> None:
        one, first = new("unique-name", SUCCEEDED, labels={"kind": "prod"})
        await accept(store, (one, first))
        await store.forget(one.id, Entry(kind="removed", job=one.id, words="removed by marie"))
        with pytest.raises(NotFound):
            await store.job(one.id)
        with pytest.raises(NotFound):
            await store.attempts(one.id)
        for query in (JobQuery(), JobQuery(text="unique"), JobQuery(label=("kind",)), JobQuery(fate=("succeeded",))):
            assert (await store.rows(query)).jobs == ()
        assert [event.kind for event in await store.events(after=0, job=one.id)] == ["removed"]
        await accept(store, (one, first))
        assert len((await store.rows(JobQuery(text="unique"))).jobs) == 1

    @pytest.mark.parametrize("state", [state for state in STATES if state.kind not in {"draft", "closed"}])
    async def test_an_open_job_is_not_forgotten(self, store: Store, state: State) -> None:
        one, first = new(state=state)
        await accept(store, (one, first))
        with pytest.raises(Conflict):
            await store.forget(one.id, Entry(kind="removed", job=one.id))
        assert await store.attempts(one.id) == (first,)

    async def test_jobs_that_are_taken_off_leave_only_the_events_that_say_so(self, store: Store) -> None:
        pairs = [new("unique-name", state, labels={"kind": "prod"}) for state in STATES]
        await accept(store, *pairs)
        wanted = [one.id for one, _ in pairs]
        said = [Entry(kind="forgotten", job=job) for job in wanted]
        off = await store.take_off([*wanted, "j" + "0" * 21, "x'; --"], said)
        stays = {one.id for one, first in pairs if first.state.kind in {"draft", "waiting", "queued"}}
        assert sorted(off) == sorted(set(wanted) - stays)
        assert set(await store.attempts_of(wanted)) == stays
        assert {row.id for row in (await store.rows(JobQuery(text="unique", label=("kind",)))).jobs} == stays
        events = await store.events(after=0)
        assert {event.job for event in events if event.kind == "forgotten"} == set(off)
        assert {event.job for event in events if event.kind != "forgotten"} == stays
        assert await store.take_off(wanted, said) == ()
        await accept(store, *(pair for pair in pairs if pair[0].id not in stays))
        assert len((await store.rows(JobQuery(text="unique"))).jobs) == len(pairs)

    async def test_what_a_round_says_of_a_job_that_was_taken_off_is_not_written(self, store: Store) -> None:
        one, first = new(state=RUNNING)
        await accept(store, (one, first))
        lease = await held(store)
        await store.take_off([one.id], [])
        assert await store.advance([move(first, ENDED)], lease) == (False,)
        assert await store.attempts_of([one.id]) == {}


class RestoreSuite:
    async def test_a_job_that_is_taken_in_again_is_what_it_was(self, store: Store) -> None:
        one, first = new("water", FAILED, labels={"kind": "prod"}, created=after(-60))
        second = attempt(one, SUCCEEDED, number=2, version=7)
        file = KeptFile(job=one.id, attempt=2, path="a.csv", size=3, kind="home")
        found = Restored(job=one, attempts=(first, second), started=after(1), ended=after(2), files=(file,))
        assert await store.restore([found], [entry(one, words="found again")]) == (one.id,)
        assert await store.job(one.id) == one
        assert await store.attempts(one.id) == (first, second)
        assert await store.kept_files(one.id) == (file,)
        (row,) = (await store.rows(JobQuery(text="water", label=("kind=prod",), fate=("succeeded",)))).jobs
        assert (row.attempt, row.started, row.ended, row.updated) == (2, after(1), after(2), NOW)
        (event,) = await store.events(after=0, job=one.id)
        assert (event.words, event.at) == ("found again", NOW)

    async def test_known_jobs_stay_as_they_are(self, store: Store) -> None:
        known, fresh = new(state=RUNNING), new(state=SUCCEEDED)
        await accept(store, known)
        number = await store.last_event()
        both = [Restored(job=one, attempts=(attempt(one, SUCCEEDED),)) for one, _ in (known, fresh)]
        assert await store.restore([*both, both[1]], [entry(one) for one, _ in (known, fresh)]) == (fresh[0].id,)
        assert await store.attempts(known[0].id) == (known[1],)
        assert [event.job for event in await store.events(after=number)] == [fresh[0].id]
        assert await store.restore(both, []) == ()

    async def test_what_is_open_is_work_again_and_what_waits_for_it_wakes(self, store: Store) -> None:
        running, over = new(state=RUNNING), new(state=SUCCEEDED)
        waiting = new(state=WAITING, after=(over[0].id,))
        pairs = (waiting, running, over)
        await store.restore([Restored(job=one, attempts=(first,)) for one, first in pairs], [])
        work = await store.work("local", NOW, queued=10)
        assert [one.id for one, _ in work.live] == [running[0].id]
        assert [one.id for one, _ in work.held] == [waiting[0].id]

    async def test_accounts_are_those_of_jobs_that_are_over_with_what_is_known_of_them(self, store: Store) -> None:
        good, bad, going = new(state=RUNNING), new(state=RUNNING), new(state=RUNNING)
        await accept(store, good, bad, going)
        for (_, first), state in ((good, SUCCEEDED), (bad, FAILED)):
            assert await store.change(move(first, state))
        spent = Spent(elapsed_s=60, cpus=4, partition="cpu", node_list='c[1-2] "ü"')
        await store.keep_results(good[0].id, 1, Results(spent=spent))
        await store.keep_results(bad[0].id, 1, Results())
        accounts = {one.job: one for one in await store.accounts(None, None)}
        assert set(accounts) == {good[0].id, bad[0].id}
        assert accounts[good[0].id].spent == {1: spent}
        assert (accounts[bad[0].id].fate, accounts[bad[0].id].spent) == ("failed", {})
        assert accounts[bad[0].id].resources == bad[0].spec.resources
        ended = accounts[good[0].id].ended
        assert len(await store.accounts(ended, None)) == 2
        assert await store.accounts(None, ended) == ()

    async def test_results_that_were_read_again_are_remembered_and_change_nothing_else(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        results = Results(scalars=(Scalar(name="energy", value=1.5, unit="kJ/mol"),))
        await store.keep_results(one.id, 1, Results())
        await store.keep_results(one.id, 1, results)
        assert await store.results(one.id, 1) == results
        assert await store.attempts(one.id) == (first,)
        with pytest.raises(NotFound):
            await store.keep_results("j" + "0" * 21, 1, results)


class EventsSuite:
    async def test_events_come_in_order_with_what_they_carry(self, store: Store) -> None:
        one, first = new()
        progress, trouble = Progress(step=1), Trouble(code="x", message="y", times=2, at=NOW)
        await store.accept(
            [(one, first)],
            [
                Entry(kind="state", job=one.id, attempt=1, target="local", state_json=QUEUED.model_dump_json()),
                Entry(kind="progress", job=one.id, body_json=progress.model_dump_json()),
                Entry(kind="trouble", job=one.id, words="Nul \0 and ✓", body_json=trouble.model_dump_json()),
                Entry(kind="other", body_json="{}"),
            ],
        )
        await store.log([Entry(kind="target", target="local", words="No answer.")])
        events = await store.events(after=0)
        assert [event.kind for event in events] == ["state", "progress", "trouble", "other", "target"]
        assert [event.seq for event in events] == sorted({event.seq for event in events})
        assert (events[0].state, events[1].progress, events[2].trouble) == (QUEUED, progress, trouble)
        assert events[2].words == "Nul \ufffd and ✓"
        assert {event.at for event in events} == {NOW}
        assert await store.last_event() == events[-1].seq
        assert await store.events(after=events[1].seq, limit=2) == events[2:4]
        assert await store.events(after=0, job=one.id) == events[:3]
        assert await store.events(after=events[-1].seq) == ()

    async def test_without_events_the_last_number_is_0(self, store: Store) -> None:
        assert await store.last_event() == 0

    async def test_a_number_is_never_given_again(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        number = await store.last_event()
        await store.forget(one.id, Entry(kind="removed", job=one.id))
        assert await store.last_event() > number

    async def test_a_reader_that_remembers_the_last_number_misses_nothing(self, store: Store, another: Store) -> None:
        seen: list[int] = []
        writers = [self._write(each, f"{name}-{n}") for name, each in (("a", store), ("b", another)) for n in range(40)]
        writing = asyncio.gather(*writers)
        while not writing.done():
            seen += [event.seq for event in await store.events(after=seen[-1] if seen else 0)]
            await asyncio.sleep(0)
        await writing
        seen += [event.seq for event in await store.events(after=seen[-1] if seen else 0)]
        assert seen == [event.seq for event in await store.events(after=0)]
        assert len(seen) == 160

    @staticmethod
    async def _write(store: Store, words: str) -> None:
        await store.log([Entry(kind="note", words=words), Entry(kind="note", words=words)])


class LeasesSuite:
    async def test_a_lease_is_taken_prolonged_refused_and_taken_over(self, store: Store, another: Store) -> None:
        lease = await store.lease("local", "a", NOW, ttl_s=30)
        assert lease == Lease(target="local", holder="a", expires=after(30))
        assert await another.lease("local", "b", after(29.999), ttl_s=30) is None
        assert await store.lease("local", "a", after(20), ttl_s=30) == Lease(
            target="local", holder="a", expires=after(50)
        )
        assert await another.lease("local", "b", after(49), ttl_s=30) is None
        assert await another.lease("local", "b", after(50), ttl_s=5) is not None
        assert await store.lease("local", "a", after(51), ttl_s=30) is None
        assert await store.lease("elsewhere", "a", after(51), ttl_s=30) is not None

    async def test_a_lease_that_was_given_back_is_free(self, store: Store) -> None:
        mine = await store.lease("local", "a", NOW, ttl_s=30)
        assert mine is not None
        await store.release(mine.model_copy(update={"holder": "b"}))
        assert await store.lease("local", "b", NOW, ttl_s=30) is None
        await store.release(mine)
        assert await store.lease("local", "b", NOW, ttl_s=30) is not None
        await store.release(mine)
        assert await store.lease("local", "a", NOW, ttl_s=30) is None

    async def test_of_many_who_ask_at_once_one_gets_the_lease(self, store: Store, another: Store) -> None:
        asked = [each.lease("local", f"holder {n}", NOW, ttl_s=30) for n, each in enumerate([store, another] * 10)]
        assert sum(lease is not None for lease in await asyncio.gather(*asked)) == 1


class SmallThingsSuite:
    async def test_targets_are_added_replaced_and_dropped(self, store: Store) -> None:
        b, a = Target(name="b", root="/b"), Target(name="a", root="/a")
        for target in (b, a):
            await store.put_target(target)
        assert await store.targets() == (a, b)
        await store.put_target(b.model_copy(update={"root": "/other"}))
        await store.drop_target("a")
        assert [target.root for target in await store.targets()] == ["/other"]
        with pytest.raises(NotFound):
            await store.drop_target("a")

    async def test_a_target_with_open_jobs_is_not_dropped(self, store: Store) -> None:
        await store.put_target(Target(name="local", root="/x"))
        one, first = new()
        await accept(store, (one, first))
        with pytest.raises(Conflict):
            await store.drop_target("local")
        await store.change(move(first, CANCELLED))
        await store.drop_target("local")
        assert await store.targets() == ()

    async def test_settings_are_changed_and_removed(self, store: Store) -> None:
        assert await store.setting("server.port") is None
        await store.put_setting("server.port", "1")
        await store.put_setting("server.port", "2")
        await store.put_setting("theme", "dark ✓")
        assert await store.settings() == {"server.port": "2", "theme": "dark ✓"}
        assert await store.setting("server.port") == "2"
        await store.put_setting("server.port", None)
        await store.put_setting("server.port", None)
        assert await store.settings() == {"theme": "dark ✓"}

    async def test_a_sound_database_has_no_complaints(self, store: Store) -> None:
        pairs = [new(state=state) for state in STATES]
        await accept(store, *pairs)
        assert await store.check() == ()


class StoreSuite(JobsSuite, RestoreSuite, MovesSuite, WorkSuite, EventsSuite, LeasesSuite, SmallThingsSuite):
    """All of it but the list, which has a suite of its own."""
