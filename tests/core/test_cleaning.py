from datetime import timedelta
from typing import Any

import pytest

from argosy.core.cleaning import (
    Asked,
    Held,
    Lying,
    Needs,
    Over,
    Rules,
    Scene,
    Survey,
    by_hand,
    by_itself,
    losing_checkpoints,
    needs_of,
    read_survey,
    stale,
    stale_checkpoint,
)
from argosy.core.job import (
    Attempt,
    Cancelled,
    Closed,
    Lost,
    Mirror,
    Outcome,
    Running,
    Succeeded,
    Witness,
    said,
)
from argosy.core.outputs import FileEntry
from argosy.core.spec import Content, FromJob, InputFile
from argosy.core.target import Retention, Target
from tests.store.making import NOW, after, job

ROOT, SCRATCH = "/project", "/scratch"
TARGET = Target(name="far", root=ROOT, scratch=SCRATCH)
JOB = "j1m7yvefqke96d2rbzqqaj"
HASH = "a" * 64
DAY = 86_400


def tried(days_ago: float = 10, *, job: str = JOB, number: int = 1, **changes: Any) -> Attempt:
    directory = f"{ROOT}/jobs/{job}/attempt-{number}"
    mirror = Mirror(scratch=f"{SCRATCH}/jobs/{job}/attempt-{number}", project=directory)
    evidence = said(Witness.WRAPPER, "over", NOW - timedelta(days=days_ago))
    state = Closed(directory=directory, outcome=Succeeded(), evidence=evidence)
    fields = {"job": job, "number": number, "target": "far", "state": state, "due": NOW, "mirror": mirror}
    return Attempt(**{**fields, **changes})


def over(*attempts: Attempt) -> dict[str, Over]:
    return {one.job: Over(name="water", attempts=(one,)) for one in attempts}


def lying(*numbers: int, job: str = JOB, size: int = 100) -> Lying:
    return Lying(job=job, size=size, attempts=frozenset(numbers))


def held(name: str = HASH, *, days_ago: float = 10, links: int = 1, size: int = 5) -> Held:
    return Held(name=name, size=size, used=NOW - timedelta(days=days_ago), links=links)


def scene(*, kept: Any = (), scratch: Any = (), contents: Any = (), **facts: Any) -> Scene:
    facts = {"over": over(tried()), "sendable": frozenset({HASH}), **facts}
    return Scene(
        target=TARGET,
        kept=Survey(root=ROOT, jobs=tuple(kept), contents=tuple(contents)),
        scratch=Survey(root=SCRATCH, jobs=tuple(scratch)),
        **facts,
    )


def going(what: Scene, **rules: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.path) for one in stale(what, Rules(**rules), NOW)]


MIRRORED = {"kept": [lying(1)], "scratch": [lying(1)]}
COPY = ("scratch", f"{SCRATCH}/jobs/{JOB}")


def test_a_copy_in_scratch_goes_once_every_attempt_in_it_lies_below_the_root() -> None:
    assert going(scene(**MIRRORED), scratch_s=0) == [COPY]
    assert going(scene(kept=[lying(1)], scratch=[lying(1, 2)]), scratch_s=0) == []
    assert going(scene(scratch=[lying(1)]), scratch_s=0) == []


@pytest.mark.parametrize(("days", "goes"), [(None, False), (9, True), (11, False)])
def test_nothing_goes_before_its_time(days: float | None, goes: bool) -> None:
    seconds = None if days is None else days * DAY
    assert bool(going(scene(**MIRRORED), scratch_s=seconds)) == goes
    assert bool(going(scene(kept=[lying(1)]), files_s=seconds)) == goes
    assert bool(going(scene(contents=[held()]), cache_s=seconds)) == goes


@pytest.mark.parametrize(
    "attempt",
    [
        tried(
            state=Running(
                directory=f"{ROOT}/jobs/{JOB}/attempt-1", handle="1", since=NOW, evidence=said(Witness.WRAPPER, "", NOW)
            )
        ),
        tried(mirror=Mirror(scratch="/elsewhere/attempt-1", project="/elsewhere/too")),
        tried(number=2),
    ],
    ids=["open", "recorded elsewhere", "another attempt"],
)
def test_only_recorded_directories_of_jobs_that_are_over_go(attempt: Attempt) -> None:
    known = scene(**MIRRORED, over=over(attempt))
    assert going(known, scratch_s=0, files_s=0) == []
    assert going(scene(**MIRRORED, over={}), scratch_s=0, files_s=0) == []


def test_the_files_of_a_job_go_with_their_copy_in_scratch() -> None:
    files = [("files", f"{ROOT}/jobs/{JOB}"), ("files", f"{SCRATCH}/jobs/{JOB}")]
    assert going(scene(**MIRRORED), scratch_s=0, files_s=0) == files
    assert going(scene(scratch=[lying(1)]), files_s=0) == files[1:]


def test_files_that_an_open_job_needs_stay() -> None:
    needs = Needs(jobs=frozenset({JOB}))
    assert going(scene(**MIRRORED, needs=needs), files_s=0) == []
    assert going(scene(**MIRRORED, needs=needs), scratch_s=0) == [COPY]


def test_above_so_many_bytes_the_oldest_jobs_lose_their_files() -> None:
    others = [JOB[:-1] + letter for letter in "abc"]
    known = over(*(tried(days, job=job) for job, days in zip(others, (3, 1, 2), strict=True)))
    what = scene(kept=[lying(1, job=job) for job in others], over=known)
    assert going(what, files_bytes=300) == []
    assert going(what, files_bytes=200) == [("files", f"{ROOT}/jobs/{others[0]}")]
    assert going(what, files_bytes=150) == [("files", f"{ROOT}/jobs/{one}") for one in (others[0], others[2])]


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (held(), {"needs": Needs(contents=frozenset({HASH}))}),
        (held(links=2), {}),
        (held(), {"sendable": frozenset[str]()}),
        (held(f".part-{HASH}", days_ago=0.5), {}),
        (held(f".part-{HASH}"), {"needs": Needs(contents=frozenset({HASH}))}),
    ],
    ids=["needed", "shared with a job", "nobody could send it again", "a part that is being sent", "a needed part"],
)
def test_cached_contents_that_are_of_use_stay(content: Held, facts: dict[str, Any]) -> None:
    assert going(scene(contents=[content], **facts), cache_s=0, cache_bytes=0) == []


def test_above_so_many_bytes_the_contents_go_that_were_used_longest_ago() -> None:
    names = [letter * 64 for letter in "abc"]
    what = scene(
        contents=[held(name, days_ago=days) for name, days in zip(names, (1, 3, 2), strict=True)],
        sendable=frozenset(names),
    )
    assert going(what, cache_bytes=10) == [("cache", f"{ROOT}/content/{names[1]}")]
    assert going(what, cache_bytes=9) == [("cache", f"{ROOT}/content/{names[place]}") for place in (1, 2)]


def test_a_part_that_nobody_sends_any_more_goes_though_it_cannot_be_sent_again() -> None:
    assert going(scene(contents=[held(f".part-{HASH}")], sendable=frozenset()), cache_s=0) == [
        ("cache", f"{ROOT}/content/.part-{HASH}")
    ]


@pytest.mark.parametrize(("days", "goes"), [(None, False), (9, True), (11, False)])
def test_restart_files_go_of_jobs_that_have_been_over_for_long_enough(days: float | None, goes: bool) -> None:
    rules = Rules(checkpoints_s=None if days is None else days * DAY)
    assert losing_checkpoints(scene(kept=[lying(1)]), rules, NOW) == ((lying(1),) if goes else ())


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        ({"files_s": 0}, {}),
        ({}, {"needs": Needs(jobs=frozenset({JOB}))}),
        ({}, {"over": {}}),
        ({}, {"over": over(tried(mirror=Mirror(scratch="/elsewhere/attempt-1", project="/elsewhere/too")))}),
    ],
    ids=["all its files go", "an open job needs its files", "it is not over", "recorded elsewhere"],
)
def test_restart_files_stay_where_they_are_not_the_only_thing_to_go_or_may_be_needed(
    rules: dict[str, float], facts: dict[str, Any]
) -> None:
    assert losing_checkpoints(scene(kept=[lying(1)], **facts), Rules(checkpoints_s=0, **rules), NOW) == ()


def test_a_restart_file_is_shown_with_its_path_and_its_job() -> None:
    entry = FileEntry(path="outputs/a.restart.coor", size=7, modified=NOW)
    shown = stale_checkpoint(scene(kept=[lying(1)]), JOB, 1, entry)
    assert (shown.kind, shown.path, shown.size) == (
        "checkpoint",
        f"{ROOT}/jobs/{JOB}/attempt-1/work/outputs/a.restart.coor",
        7,
    )
    assert (shown.job, shown.name, shown.since) == (JOB, "water", NOW - timedelta(days=10))


def test_jobs_need_their_contents_and_the_files_of_their_parents() -> None:
    inputs = (
        InputFile(name="a", source=Content(sha256=HASH, size=1)),
        InputFile(name="b", source=FromJob(job=JOB, path="x")),
    )
    other = JOB[:-1] + "k"
    assert needs_of([job(inputs=inputs, after=(other,))]) == Needs(
        contents=frozenset({HASH}), jobs=frozenset({JOB, other})
    )


@pytest.mark.parametrize(
    ("outcome", "goes"),
    [(Cancelled(by="ada"), True), (Succeeded(), False), (Lost(explanation="nobody knows"), True)],
    ids=lambda what: getattr(what, "kind", ""),
)
def test_the_files_of_a_job_stay_as_long_as_the_retention_says_for_its_outcome(outcome: Outcome, goes: bool) -> None:
    ended = tried(state=Closed(directory=tried().state.directory, outcome=outcome, evidence=tried().state.evidence))
    rules = by_itself(Retention(files_days=30, files_days_by_fate={"cancelled": 7, "lost": 10}))
    assert [one.kind for one in stale(scene(kept=[lying(1)], over=over(ended)), rules, NOW)] == ["files"] * goes


def test_a_person_can_have_only_what_belongs_to_jobs_of_some_outcomes_cleared_away() -> None:
    known = scene(**MIRRORED, contents=[held()])
    keeps = Retention(cache_mib=0)
    for fates, kinds in (
        (["failed"], []),
        (["failed", "succeeded"], ["files", "files"]),
        ([], ["files", "files", "cache"]),
    ):
        rules = by_hand(keeps, Asked.model_validate({"files_older_than_s": 0, "fates": fates}))
        assert [one.kind for one in stale(known, rules, NOW)] == kinds
    lost = by_hand(Retention(), Asked(checkpoints_older_than_s=0, fates=("lost",)))
    assert losing_checkpoints(known, lost, NOW) == ()


def test_an_age_that_a_person_says_holds_for_every_outcome() -> None:
    keeps = Retention(files_days_by_fate={"failed": 9})
    assert by_hand(keeps, Asked()).files_s_by_fate == {"failed": 9 * DAY}
    assert by_hand(keeps, Asked(files_older_than_s=0)).files_s_by_fate == {}


def test_without_retention_nothing_goes_by_itself() -> None:
    assert not by_itself(Retention()).are_any
    assert by_itself(Retention(cache_mib=2, files_days=0.5)) == Rules(cache_bytes=2 << 20, files_s=DAY / 2)


def test_by_hand_copies_and_contents_go_at_once_and_files_as_the_retention_says() -> None:
    keeps = Retention(scratch_days=9, files_days=2, files_mib=1)
    assert by_hand(keeps, Asked()) == Rules(scratch_s=0, cache_s=0, files_s=2 * DAY, files_bytes=1 << 20)
    asked = Asked(older_than_s=5, files_older_than_s=7)
    assert by_hand(keeps, asked) == Rules(scratch_s=5, cache_s=5, files_s=7)
    assert by_hand(Retention(checkpoints_days=1), Asked()).checkpoints_s == DAY
    assert by_hand(Retention(checkpoints_days=1), Asked(checkpoints_older_than_s=0)).checkpoints_s == 0


SAID = f"job {JOB} 1,2\nsize 4 {JOB}\ncontent {HASH} 12 {after(0).timestamp()} 1\ncomplete\n"


def test_a_survey_is_read_and_strange_names_are_passed_over() -> None:
    contents = f"content passwd 1 1 1\ncontent {HASH}x 1 1 1\ncontent {HASH} 1 - 1\n"
    strange = f"job ../etc 1\nsize 9 ../etc\n{contents}job {JOB} x y\n"
    survey = read_survey(ROOT, strange + SAID)
    assert survey == Survey(
        root=ROOT,
        jobs=(lying(1, 2, size=4096),),
        contents=(Held(name=HASH, size=12, used=after(0), links=1),),
    )


@pytest.mark.parametrize("said", ["", "complete", SAID[:-1], SAID[: len(SAID) // 2], "complete\nmore\n"])
def test_a_survey_that_was_cut_is_no_survey(said: str) -> None:
    assert read_survey(ROOT, said) is None
