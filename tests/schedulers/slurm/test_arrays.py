"""Arrays as they are written and read: which orders go together, and whose row is whose."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.contracts import Order
from argosy.core import ids
from argosy.core.errors import Garbled
from argosy.core.job import Cause, Witness
from argosy.core.sighting import Launched, Presence, Refused, Sighting
from argosy.core.slurm import Slurm as Site
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import JobSpec
from argosy.schedulers.slurm import handing
from argosy.schedulers.slurm.rows import book_row, by_token, is_among, own_name, queue_row
from argosy.schedulers.slurm.scheduler import SCHEDULER, Slurm
from tests.schedulers.slurm.telling import NOW_S, TOKENS, books, directory, entry, listing, said, watched

LIST = "argosy-array-0123456789abcdef0123"
LIMIT = "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, ...)"


def order(token: str, *, top: str = "", **spec: object) -> Order:
    given = {"name": "test", "argv": ["true"], **spec}
    return Order(token=token, directory=top + directory(token), spec=JobSpec.model_validate(given))


def orders(count: int, **spec: object) -> list[Order]:
    return [order(token, **spec) for token in TOKENS[:count]]


def sizes(found: list[handing.Batch]) -> list[int]:
    return [len(one.orders) for one in found]


# --- Which go together -----------------------------------------------------------------------------------------------


def test_orders_that_ask_for_the_same_below_one_root_go_together() -> None:
    several = [*orders(3), order(TOKENS[3], resources={"cpus": 2}), order(TOKENS[4], top="/other")]
    assert sizes(handing.batches(Site(), several)) == [3, 1, 1]


@pytest.mark.parametrize("site", [Site(arrays=False), Site(array_size=0), Site(array_size=1)])
def test_where_arrays_are_not_wanted_or_not_possible_each_goes_alone(site: Site) -> None:
    assert sizes(handing.batches(site, orders(3))) == [1, 1, 1]


@pytest.mark.parametrize(
    "wishes",
    [
        SlurmWishes(extra=("--array=0-3",)),
        SlurmWishes(extra=("-a 0-3",)),
        SlurmWishes(extra=("--dependency=singleton",)),
        SlurmWishes(mail_type="END", mail_user="ada"),
    ],
)
def test_what_means_something_else_for_a_task_keeps_jobs_apart(wishes: SlurmWishes) -> None:
    assert sizes(handing.batches(Site(), orders(2, slurm=wishes))) == [1, 1]


def test_the_name_of_a_list_is_that_of_its_attempts_in_their_order_and_of_no_others() -> None:
    one, same, other = (
        handing.Batch(tuple(orders(3))),
        handing.Batch(tuple(orders(3))),
        handing.Batch(tuple(orders(2))),
    )
    assert one.name == same.name != other.name
    assert handing.Batch(one.orders[::-1]).name != one.name


# --- What became of them ---------------------------------------------------------------------------------------------


def test_each_task_has_a_number_of_its_own_also_when_a_list_was_divided() -> None:
    lines = ["array 0 2", "said hello from the site", "said 17;alpine", f"task {TOKENS[0]} 0", f"task {TOKENS[1]} 1"]
    lines += ["array 0 1", "said 18", f"task {TOKENS[2]} 0", "complete 3"]
    taken = SCHEDULER.parse_submit(orders(3), said(lines))
    assert [one.handle for one in taken.values() if isinstance(one, Launched)] == ["17_0", "17_1", "18_0"]


@pytest.mark.slow
def test_a_sweep_of_ten_thousand_over_the_size_of_an_array_is_one_command_and_each_job_a_task_of_its_own() -> None:
    number, size = 10_000, 1_001
    slurm = Slurm(Site(array_size=size))
    tokens = [ids.token(ids.job_id(datetime.fromtimestamp(NOW_S, UTC), place), 1) for place in range(number)]
    spec = order(tokens[0]).spec
    sweep = [Order(token=token, directory=directory(token), spec=spec) for token in tokens]
    batch = handing.Batch(tuple(sweep), "head")
    words = list(handing.words(Site(array_size=size), sweep))
    assert (words[0], *words[2:4], words[6], words[8]) == (str(number), "array", batch.name, str(size), str(number))
    lines: list[str] = []
    for array, first in enumerate(range(0, number, size)):
        part = tokens[first : first + size]
        lines += ["array 0 1", f"said {100 + array}", *(f"task {token} {at}" for at, token in enumerate(part))]
    taken = slurm.parse_submit(sweep, said([*lines, f"complete {number}"]))
    handles = [one.handle for one in taken.values() if isinstance(one, Launched)]
    assert len(set(handles)) == number
    assert (handles[0], handles[size], handles[-1]) == ("100_0", "101_0", "109_990")
    rows = [
        f"{100 + place // size}_{place % size}|PENDING|N/A|Priority||{batch.name}-{place // size * size}|/spool|"
        for place in range(number)
    ]
    known = {token: (token, f"{batch.name}-{place}") for place, token in enumerate(tokens)}
    found = by_token([row for line in rows if (row := queue_row(line))], known)
    assert [row.id for token in tokens for row in found[token]] == handles


def test_those_that_are_left_out_after_a_limit_say_why_they_wait() -> None:
    lines = ["array 0 1", "said 17", f"task {TOKENS[0]} 0", f"task {TOKENS[1]} 1"]
    lines += [f"order {TOKENS[2]} 1 1", f"said {LIMIT}", f"order {TOKENS[3]} skipped 0", "complete 4"]
    taken = SCHEDULER.parse_submit(orders(4), said(lines))
    waiting = [one for one in taken.values() if isinstance(one, Refused)]
    assert [one.full for one in waiting] == [True, True]
    assert {one.explanation for one in waiting} == {waiting[0].explanation}


@pytest.mark.parametrize(
    "lines",
    [
        ["array 0 1", "said 17", f"task {TOKENS[1]} 0", f"task {TOKENS[0]} 1", "complete 2"],
        ["array 0 2", "said 17", f"task {TOKENS[0]} 0", f"task {TOKENS[1]} 1", "complete 2"],
        ["array x", f"task {TOKENS[0]} 0", f"task {TOKENS[1]} 1", "complete 2"],
        ["array 0 1", "said 17", f"task {TOKENS[0]} x", f"task {TOKENS[1]} 1", "complete 2"],
        ["array 0 1", "said 17", f"task {TOKENS[0]} 0", "complete 2"],
    ],
)
def test_a_strange_answer_about_tasks_is_garbled(lines: list[str]) -> None:
    with pytest.raises(Garbled):
        SCHEDULER.parse_submit(orders(2), said(lines))


# --- Whose row is whose ----------------------------------------------------------------------------------------------


def row(number: str, name: str = f"{LIST}-0", state: str = "PENDING") -> str:
    return f"row {number}|{state}|N/A|None||{name}|/scratch/ada/arrays|"


def placed(number: int, claimed: str = "no", *more: str) -> str:
    return " ".join((claimed, f"{LIST}-{number}", *more))


def test_a_task_is_known_by_its_place_in_the_list_whatever_array_it_is_in() -> None:
    found = [*entry(claimed=placed(3)), *entry(token=TOKENS[1], claimed=placed(104))]
    rows = [row("17_3"), row("19_4", f"{LIST}-100", "RUNNING"), row("17_9"), row("20_3", "argosy-array-ffff-0")]
    seen = SCHEDULER.parse_list([watched(handle=""), watched(TOKENS[1], "")], listing(found, rows, count=2))
    assert [(one.handle, one.presence) for one in seen.values()] == [
        ("17_3", Presence.PENDING),
        ("19_4", Presence.PENDING),  # its nodes are there, its start is not yet
    ]


def test_tasks_that_stand_in_one_row_are_found_in_it() -> None:
    found = [*entry(claimed=placed(3)), *entry(token=TOKENS[1], claimed=placed(7))]
    seen = SCHEDULER.parse_list([watched(), watched(TOKENS[1], "17_7")], listing(found, [row("17_[0-4,9%2]")], count=2))
    assert [one.presence for one in seen.values()] == [Presence.PENDING, Presence.ABSENT]


def test_a_row_of_its_own_counts_more_than_that_of_the_array() -> None:
    rows = [f"17_[1-6%3]|CANCELLED by 1002|0:0|5|None|{LIST}-0", f"17_2|COMPLETED|0:0|9|c1|{LIST}-0"]
    read = [found for text in rows if (found := book_row(text))]
    found = by_token(read, {"two": ["two", f"{LIST}-2"], "four": ["four", f"{LIST}-4"], "nine": [f"{LIST}-9"]})
    assert [one.raw_state for one in found["two"]] == ["COMPLETED"]
    assert [one.raw_state for one in found["four"]] == ["CANCELLED by 1002"]
    assert found["nine"] == []


def test_a_task_that_its_array_goes_on_without_was_cancelled_before_it_began() -> None:
    gone = Sighting(token=TOKENS[0], presence=Presence.ABSENT, handle="17_3", also=(f"{LIST}-3",))
    told = SCHEDULER.parse_explain([gone], books([f"17_[0-2,4]|PENDING|0:0|Unknown|None assigned|{LIST}-0"]))
    assert (told[TOKENS[0]].presence, told[TOKENS[0]].conclusive) == (Presence.OVER, True)
    assert told[TOKENS[0]].stopped_by


@pytest.mark.parametrize("rows", [[], [f"17_[0-4]|PENDING|0:0|Unknown|None assigned|{LIST}-0"]])
def test_books_that_are_late_prove_nothing_of_a_task(rows: list[str]) -> None:
    gone = Sighting(token=TOKENS[0], presence=Presence.ABSENT, handle="17_3", also=(f"{LIST}-3",))
    told = SCHEDULER.parse_explain([gone], books(rows))[TOKENS[0]]
    assert (told.presence, told.conclusive, told.open_in_books) == (Presence.ABSENT, False, bool(rows))


def test_a_task_that_has_begun_is_not_taken_for_one_that_was_cancelled() -> None:
    gone = Sighting(token=TOKENS[0], presence=Presence.ABSENT, handle="17_3", also=(f"{LIST}-3",), claimed=True)
    told = SCHEDULER.parse_explain([gone], books([f"17_[0-2]|PENDING|0:0|Unknown|None assigned|{LIST}-0"]))
    assert told[TOKENS[0]].witness is Witness.SCHEDULER


def test_a_task_that_failed_before_it_began_was_not_cancelled_though_the_books_are_late() -> None:
    rows = [row("17_3", state="FAILED").replace("N/A", "5")]
    seen = SCHEDULER.parse_list([watched(handle="")], listing(entry(claimed=placed(3)), rows))[TOKENS[0]]
    assert (seen.presence, seen.cause, seen.unexplained) == (Presence.OVER, Cause.START_FAILED, True)
    told = SCHEDULER.parse_explain([seen], books([f"17_4|FAILED|0:53|9|c1|{LIST}-0"]))[TOKENS[0]]
    assert (told.presence, told.cause, told.stopped_by) == (Presence.OVER, Cause.START_FAILED, "")
    assert "FAILED" in told.words


def test_the_number_of_a_task_that_has_begun_stands_in_its_directory() -> None:
    seen = SCHEDULER.parse_list([watched(handle="")], listing(entry(claimed=placed(3, "yes", "17_3"))))
    assert (seen[TOKENS[0]].handle, seen[TOKENS[0]].unexplained) == ("17_3", True)


@given(st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_a_task_is_among_those_that_are_listed_and_no_others(listed: set[int], task: int) -> None:
    text = f"17_[{','.join(map(str, sorted(listed)))}%4]"
    assert is_among(text, task) is (task in listed)


@given(st.text(alphabet="0123456789-,:%[]_.", max_size=40), st.integers(0, 10**9))
def test_any_list_of_tasks_is_read_at_once(text: str, task: int) -> None:
    assert is_among(f"17_[{text}", task) in {True, False}
    assert own_name(text, f"{LIST}-{text}")
    for read in (queue_row, book_row):
        if found := read(f"17_[{text}]|PENDING|0:0|5|None|{LIST}-0|/x|"):
            by_token([found], {"a": [f"{LIST}-1"]})


def test_an_array_is_never_larger_than_its_target_says() -> None:
    words = list(Slurm(Site(array_size=2)).submit(orders(5)).argv)
    at = words.index("array")
    assert words[at + 4 : at + 7 : 2] == ["2", "5"]
