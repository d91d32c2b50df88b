"""What moves and rounds must hold in every store."""

from collections.abc import Sequence

import pytest

from argosy.contracts import Entry, KeptFile, Store
from argosy.core.job import Attempt, Job, Progress, State, Trouble, rank
from argosy.core.outputs import Results, Scalar
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import FromJob, InputFile
from argosy.core.views import JobQuery
from tests.store.making import (
    CANCELLED,
    DRAFT,
    ENDED,
    FAILED,
    NOW,
    QUEUED,
    RUNNING,
    STAGED,
    STATES,
    SUBMITTED,
    SUCCEEDED,
    WAITING,
    accept,
    after,
    attempt,
    entry,
    held,
    job,
    latest,
    move,
    new,
    wish,
    written,
)


class MovesSuite:
    async def test_a_move_is_written_once_with_all_that_belongs_to_it(self, store: Store) -> None:
        one, first = new(state=ENDED)
        await accept(store, (one, first))
        results = Results(scalars=(Scalar(name="energy", value=-1.25e-300, unit="kJ/mol"),))
        kept = KeptFile(job=one.id, attempt=1, path="out.csv", size=1 << 40, kind="home", sha256="a" * 64)
        second = attempt(one, number=2)
        wanted = move(first, FAILED, files=(kept,), results=results, next_attempt=second)
        lease = await held(store)
        assert await store.advance([wanted], lease) == (True,)
        assert await store.advance([wanted], lease) == (False,)
        assert await store.attempts(one.id) == (written(first, FAILED), second)
        assert await store.attempts_of([one.id]) == {one.id: second}
        assert await store.results(one.id, 1) == results
        assert await store.results(one.id, 2) is None
        assert await store.kept_files(one.id) == await store.kept_files(one.id, 1) == (kept,)
        assert await store.kept_files(one.id, 2) == ()
        assert len(await store.events(after=0, job=one.id)) == 2
        (row,) = (await store.rows(JobQuery())).jobs
        assert (row.fate, row.attempt, row.started, row.ended) == ("queued", 2, None, None)

    async def test_files_and_results_written_again_replace_the_old_ones(self, store: Store) -> None:
        one, first = new(state=ENDED)
        await accept(store, (one, first))
        kept = KeptFile(job=one.id, attempt=1, path="out.csv", size=1, kind="home")
        longer = kept.model_copy(update={"size": 2})
        lease = await held(store)
        await store.advance([move(first, files=(kept,), results=Results())], lease)
        results = Results(scalars=(Scalar(name="energy", value=2),))
        again = move(await latest(store, one.id), SUCCEEDED, files=(longer,), results=results)
        assert await store.advance([again], lease) == (True,)
        assert await store.kept_files(one.id) == (longer,)
        assert await store.results(one.id, 1) == results

    async def test_of_many_moves_only_those_with_the_right_version_are_written(self, store: Store) -> None:
        pairs = [new() for _ in range(1_200)]
        await accept(store, *pairs)
        lease = await held(store)
        moves = [
            move(first if number % 3 else first.model_copy(update={"version": 7}), STAGED)
            for number, (_, first) in enumerate(pairs)
        ]
        assert await store.advance(moves, lease) == tuple(number % 3 != 0 for number in range(1_200))
        found = await store.attempts_of([one.id for one, _ in pairs])
        assert [found[one.id].state.kind for one, _ in pairs[:4]] == ["queued", "staged", "staged", "queued"]

    async def test_a_second_move_in_the_same_call_must_have_seen_the_first(self, store: Store) -> None:
        one, first = new()
        await accept(store, (one, first))
        staged = move(first, STAGED)
        blind, seeing = move(first, SUBMITTED), move(written(first, STAGED), SUBMITTED)
        assert await store.advance([staged, blind, seeing], await held(store)) == (True, False, True)
        assert (await latest(store, one.id)).state == SUBMITTED

    async def test_a_move_of_an_unknown_attempt_is_not_written(self, store: Store) -> None:
        one, first = new()
        assert await store.advance([move(first, STAGED)], await held(store)) == (False,)
        assert not await store.change(move(attempt(one, number=3)))

    async def test_no_moves_are_no_trouble(self, store: Store) -> None:
        assert await store.advance([], await held(store)) == ()

    @pytest.mark.parametrize("before", STATES)
    async def test_the_rank_of_a_state_never_falls(self, store: Store, before: State) -> None:
        one, first = new(state=before)
        await accept(store, (one, first))
        for then in STATES:
            if rank(then) < rank(before):
                with pytest.raises(ValueError, match="cannot become"):
                    await store.change(move(first, then))
        assert await store.attempts(one.id) == (first,)

    async def test_an_outcome_never_changes(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        with pytest.raises(ValueError, match="never changes"):
            await store.change(move(first, FAILED))
        assert await store.change(move(first, next_attempt=attempt(one, number=2)))
        assert [each.number for each in await store.attempts(one.id)] == [1, 2]

    async def test_one_bad_move_keeps_all_from_being_written(self, store: Store) -> None:
        good, bad = new(), new(state=RUNNING)
        await accept(store, good, bad)
        with pytest.raises(ValueError, match="cannot become"):
            await store.advance([move(good[1], STAGED), move(bad[1], QUEUED)], await held(store))
        assert await latest(store, good[0].id) == good[1]

    async def test_the_next_attempt_must_follow_a_closed_one(self, store: Store) -> None:
        one, first = new(state=ENDED)
        await accept(store, (one, first))
        for state, number in ((ENDED, 2), (FAILED, 3), (FAILED, 1)):
            with pytest.raises(ValueError, match="cannot follow"):
                await store.change(move(first, state, next_attempt=attempt(one, number=number)))
        assert await store.attempts(one.id) == (first,)

    async def test_nothing_is_written_without_the_lease(self, store: Store) -> None:
        one, first = new()
        await accept(store, (one, first))
        lease = await store.lease("local", "a", NOW, ttl_s=10)
        assert lease is not None
        assert await store.advance([move(first, STAGED, at=after(10))], lease) == (False,)
        taken = await store.lease("local", "b", after(10), ttl_s=10)
        assert taken is not None
        assert await store.advance([move(first, STAGED, at=after(5))], lease) == (False,)
        assert await store.attempts(one.id) == (first,)
        assert await store.advance([move(first, STAGED, at=after(15))], taken) == (True,)

    async def test_a_driver_moves_attempts_of_its_own_target_only(self, store: Store) -> None:
        one, first = new(target="elsewhere")
        await accept(store, (one, first))
        with pytest.raises(ValueError, match="not on target"):
            await store.advance([move(first, STAGED)], await held(store))

    async def test_the_list_follows_the_moves(self, store: Store) -> None:
        one, first = new()
        await accept(store, (one, first))
        progress = Progress(step=25, total=100)
        trouble = Trouble(code="unreachable", message="No answer.\nTwice.", times=1, at=NOW)
        for state, fields, shown in (
            (STAGED, {"trouble": trouble}, ("staged", None, None, None, "No answer.")),
            (SUBMITTED, {"trouble": None}, ("submitted", None, None, None, "Priority")),
            (RUNNING, {"progress": progress}, ("running", NOW, None, 0.25, "")),
            (ENDED, {}, ("ended", NOW, after(90), 0.25, "")),
            (FAILED, {}, ("failed", NOW, after(90), 0.25, "It broke.")),
        ):
            assert await store.change(move(await latest(store, one.id), state, at=after(5), **fields))
            (row,) = (await store.rows(JobQuery())).jobs
            assert (row.fate, row.started, row.ended, row.fraction, row.words) == shown
            assert (row.created, row.updated) == (NOW, after(5))

    async def test_a_wish_is_noted_once_and_makes_the_attempt_due(self, store: Store) -> None:
        one = job()
        first = attempt(one, due=after(300))
        await accept(store, (one, first))
        noted = await store.wish(one.id, wish(after(1)), entry(one, "wish"))
        assert (noted.wish, noted.due, noted.version) == (wish(after(1)), after(1), 1)
        assert await store.wish(one.id, wish(after(2)), entry(one, "wish")) == noted
        assert await store.attempts(one.id) == (noted,)
        assert [event.kind for event in await store.events(after=0, job=one.id)] == ["state", "wish"]

    async def test_the_queue_goes_by_priority_and_then_by_age_also_after_it_was_changed(self, store: Store) -> None:
        made = [new(f"job {place}") for place in range(5)]
        for (one, first), priority in zip(made, (0, 5, 0, -1, 5), strict=True):
            await store.accept([(one, first.model_copy(update={"priority": priority}))], [])
        assert await self.queue(store, made, 9) == [1, 4, 0, 2, 3]
        assert await self.queue(store, made, 2) == [1, 4]
        last = await latest(store, made[3][0].id)
        assert await store.change(move(last.model_copy(update={"priority": 6})))
        assert await self.queue(store, made, 9) == [3, 1, 4, 0, 2]

    @staticmethod
    async def queue(store: Store, made: Sequence[tuple[Job, Attempt]], most: int) -> list[int]:
        """The places of those that a round would hand in, in its order."""
        places = {one.id: place for place, (one, _) in enumerate(made)}
        return [places[one.id] for one, _ in (await store.work("local", after(1), queued=most)).queued]

    async def test_a_forced_wish_sharpens_the_first_one_and_has_it_told_anew(self, store: Store) -> None:
        one, first = new(state=RUNNING)
        await store.accept([(one, first.model_copy(update={"cancel_sent": NOW, "wish": wish(), "due": after(9)}))], [])
        forced = wish(after(1)).model_copy(update={"forced": True, "by": "pierre"})
        noted = await store.wish(one.id, forced, entry(one, "wish"))
        assert (noted.wish, noted.cancel_sent, noted.due) == (
            wish().model_copy(update={"forced": True}),
            None,
            after(1),
        )
        for later in (wish(after(2)), forced):
            assert await store.wish(one.id, later, entry(one, "wish")) == noted
        assert len(await store.events(after=0, job=one.id)) == 1

    async def test_a_wish_is_not_lost_to_a_move_that_has_not_seen_it(self, store: Store) -> None:
        one, first = new()
        await accept(store, (one, first))
        await store.wish(one.id, wish(), entry(one, "wish"))
        assert await store.advance([move(first, STAGED)], await held(store)) == (False,)
        assert (await latest(store, one.id)).wish == wish()

    async def test_a_wish_on_a_closed_attempt_changes_nothing(self, store: Store) -> None:
        one, first = new(state=SUCCEEDED)
        await accept(store, (one, first))
        assert await store.wish(one.id, wish(), entry(one, "wish")) == first
        assert await store.attempts(one.id) == (first,)


class WorkSuite:
    async def test_each_attempt_is_found_in_its_room(self, store: Store) -> None:
        pairs = {state.kind: new(state=state) for state in STATES}
        await accept(store, *pairs.values())
        work = await store.work("local", NOW, queued=10)
        rooms = {"live": work.live, "ended": work.ended, "queued": work.queued, "held": work.held}
        assert {name: {one.state.kind for _, one in pairs_there} for name, pairs_there in rooms.items()} == {
            "live": {"staged", "submitted", "running"},
            "ended": {"ended"},
            "queued": {"queued"},
            "held": {"waiting"},
        }
        assert all((one, first) in pairs.values() for room in rooms.values() for one, first in room)
        assert await store.work("elsewhere", NOW, queued=10) == type(work)()
        assert await store.open_count() == await store.open_count("local") == 6
        assert await store.open_count("elsewhere") == 0

    async def test_what_is_not_due_is_left_out_unless_it_is_live(self, store: Store) -> None:
        pairs = []
        for state in (WAITING, QUEUED, RUNNING, ENDED):
            one = job()
            pairs.append((one, attempt(one, state, due=after(60 + rank(state)))))
        await accept(store, *pairs)
        work = await store.work("local", NOW, queued=10)
        assert [first.state.kind for _, first in work.live] == ["running"]
        assert (work.ended, work.queued, work.held) == ((), (), ())
        assert work.next_due == after(61)
        due = await store.work("local", after(66), queued=10)
        assert len(due.live) == len(due.ended) == len(due.queued) == len(due.held) == 1
        assert due.next_due is None

    async def test_an_attempt_that_follows_on_another_may_pause_for_hours_and_no_other(self, store: Store) -> None:
        one, other = job(), job()
        later = after(7200)
        await accept(
            store, (one, attempt(one, QUEUED, number=2, due=later)), (other, attempt(other, QUEUED, due=later))
        )
        work = await store.work("local", NOW, queued=10)
        assert [found.id for found, _ in work.queued] == [other.id]
        work = await store.work("local", after(7200), queued=10)
        assert {found.id for found, _ in work.queued} == {one.id, other.id}

    async def test_kinds_of_jobs_at_a_limit_stand_in_no_others_way(self, store: Store) -> None:
        gpu, cpu = SlurmWishes(qos="gpu", constraint="a&b"), SlurmWishes(qos="cpü", extra=("--x=1",))
        kinds = [gpu, gpu, gpu, cpu, cpu, SlurmWishes()]
        made = [new(state=QUEUED, slurm=kind) for kind in kinds]
        await accept(store, *made)

        async def queued(most: int, limited: dict[SlurmWishes, int]) -> list[int]:
            work = await store.work("local", NOW, queued=most, limited=limited)
            return [[one.id for one, _ in made].index(one.id) for one, _ in work.queued]

        assert await queued(2, {}) == [0, 1]
        assert await queued(2, {gpu: 0}) == [3, 4]
        assert await queued(2, {gpu: 2}) == [0, 1, 3, 4]
        assert await queued(9, {gpu: 1, cpu: 0}) == [0, 5]

    async def test_the_queue_goes_by_the_age_of_jobs_then_by_their_order_in_the_request(self, store: Store) -> None:
        younger = [new(f"younger {number}", created=after(1)) for number in range(3)]
        older = [new(f"older {number}") for number in range(3)]
        await accept(store, *younger)
        await accept(store, *older)
        work = await store.work("local", NOW, queued=5)
        names = [one.spec.name for one, _ in work.queued]
        assert names == ["older 0", "older 1", "older 2", "younger 0", "younger 1"]
        assert (await store.work("local", NOW, queued=0)).queued == ()

    async def test_a_wish_before_the_launch_holds_the_attempt(self, store: Store) -> None:
        pairs = [new(state=state) for state in (DRAFT, WAITING, QUEUED, STAGED)]
        await accept(store, *pairs)
        for one, _ in pairs:
            await store.wish(one.id, wish(), entry(one, "wish"))
        work = await store.work("local", NOW, queued=10)
        assert {first.state.kind for _, first in work.held} == {"draft", "waiting", "queued"}
        assert [first.state.kind for _, first in work.live] == ["staged"]
        assert work.queued == ()
        assert await store.open_count() == 3

    async def test_work_shows_the_newest_version_after_every_write(self, store: Store, another: Store) -> None:
        one, first = new()
        await accept(store, (one, first))
        lease = await held(store)
        for state in (STAGED, SUBMITTED, RUNNING):
            await store.work("local", NOW, queued=1)
            before = await latest(another, one.id)
            assert await another.advance([move(before, state)], lease) == (True,)
            assert (await store.work("local", NOW, queued=1)).live == ((one, written(before, state)),)

    async def test_who_waits_sleeps_until_all_parents_have_succeeded(self, store: Store) -> None:
        parents = [new(state=QUEUED), new(state=RUNNING)]
        source = FromJob(job=parents[0][0].id, path="final.chk")
        child = new("child", WAITING, inputs=(InputFile(name="in", source=source),), after=(parents[1][0].id,))
        await accept(store, *parents, child)
        assert (await store.work("local", NOW, queued=1)).held == ()
        assert await store.open_count() == 3
        await store.change(move(parents[0][1], SUCCEEDED))
        assert (await store.work("local", NOW, queued=1)).held == ()
        await store.change(move(parents[1][1], SUCCEEDED))
        assert (await store.work("local", NOW, queued=1)).held == (child,)

    @pytest.mark.parametrize("end", [FAILED, CANCELLED])
    async def test_who_waits_in_vain_is_shown_at_once(self, store: Store, end: State) -> None:
        parents = [new(), new()]
        child = new("child", WAITING, after=tuple(one.id for one, _ in parents))
        await accept(store, *parents, child)
        await store.change(move(parents[1][1], end))
        assert (await store.work("local", NOW, queued=1)).held == (child,)

    async def test_a_parent_that_is_tried_again_is_not_over(self, store: Store) -> None:
        parent = new()
        child = new("child", WAITING, after=(parent[0].id,))
        await accept(store, parent, child)
        await store.change(move(parent[1], FAILED, next_attempt=attempt(parent[0], number=2)))
        assert (await store.work("local", NOW, queued=0)).held == ()
        await store.change(move(await latest(store, parent[0].id), SUCCEEDED))
        assert (await store.work("local", NOW, queued=0)).held == (child,)

    async def test_who_waits_for_a_forgotten_or_finished_job_is_shown(self, store: Store) -> None:
        gone, done, draft = new(state=FAILED), new(state=SUCCEEDED), new(state=DRAFT)
        on_gone, on_done, on_draft = (new(state=WAITING, after=(one.id,)) for one, _ in (gone, done, draft))
        await accept(store, gone, done, draft, on_gone, on_done, on_draft)
        await store.forget(gone[0].id, Entry(kind="removed"))
        assert (await store.work("local", NOW, queued=0)).held == (on_gone, on_done)
        await store.forget(draft[0].id, Entry(kind="removed"))
        assert on_draft in (await store.work("local", NOW, queued=0)).held

    async def test_a_draft_that_begins_to_wait_sleeps_too(self, store: Store) -> None:
        parent = new()
        child = new("child", DRAFT, after=(parent[0].id,))
        await accept(store, parent, child)
        await store.change(move(child[1], WAITING))
        assert (await store.work("local", NOW, queued=0)).held == ()
        await store.wish(child[0].id, wish(), entry(child[0]))
        assert len((await store.work("local", NOW, queued=0)).held) == 1
