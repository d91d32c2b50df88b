from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.contracts import Order
from argosy.core.command import Answer
from argosy.core.errors import Garbled, Unreachable
from argosy.core.job import Cause, Witness
from argosy.core.sighting import Launched, Presence, Refused, Sighting
from argosy.core.spec import JobSpec
from argosy.schedulers.slurm.rows import book_row, by_token, job_number, queue_row
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import (
    DATA,
    NOW_S,
    TOKEN,
    TOKENS,
    books,
    directory,
    entry,
    listing,
    report,
    row,
    said,
    start,
    watched,
)

QUEUE = (DATA / "queue.txt").read_text().splitlines()
BOOKS = (DATA / "books.txt").read_text().splitlines()


def orders(*tokens: str) -> list[Order]:
    return [Order(token=one, directory=directory(one), spec=JobSpec(name="a", argv=("true",))) for one in tokens]


# --- What was recorded -----------------------------------------------------------------------------------------------


def test_a_recorded_queue_is_read_row_by_row() -> None:
    rows = [found for line in QUEUE if (found := queue_row(line.removeprefix("row ")))]
    states = {found.tail.split("|")[0]: (found.state.name if found.state else None, found.reason) for found in rows}
    assert states["argosy-hold"] == ("PENDING", "JobHeldUser")
    assert states["argosy-begin"] == ("PENDING", "BeginTime")
    assert states["argosy-qos6"] == ("PENDING", "QOSMaxJobsPerUserLimit")
    assert states["argosy-big"] == ("PENDING", "Resources")
    assert states["argosy-cancel"] == ("CANCELLED", "None")
    assert states["argosy-kill9"] == ("FAILED", "JobLaunchFailure")
    assert states["argosy-norequeue"] == ("SUSPENDED", "None")
    assert all(found.end_s is None or found.end_s > 1_700_000_000 for found in rows)
    assert len(rows) == len(QUEUE) - 1, "a name with a newline makes a line that is no row"


@pytest.mark.parametrize("line", ["17?RUNNING?N/A?None?c1?a?/b?", "", "?|RUNNING|N/A|None|c1|a|/b|", "17|RUNNING"])
def test_a_row_that_cannot_be_read_is_no_missing_job(line: str) -> None:
    whole = row("RUNNING")
    with pytest.raises(Garbled, match="row of the queue"):
        SCHEDULER.parse_list([watched()], listing(entry(*start()), [whole, f"row {line}"]))
    begun_name = "row 18|RUNNING|N/A|None|c1|odd name"
    seen = SCHEDULER.parse_list([watched()], listing(entry(*start()), [whole, begun_name, f"row {line}"]))
    assert seen[TOKEN].presence is Presence.RUNNING


def test_recorded_books_are_read_row_by_row() -> None:
    rows = [found for line in BOOKS if (found := book_row(line))]
    ends = {found.tail: (found.raw_state, found.exit_code) for found in rows}
    assert ends["argosy-exit3"] == ("FAILED", "3:0")
    assert ends["argosy-badout"] == ("FAILED", "0:53")
    assert ends["argosy-mem"] == ("OUT_OF_MEMORY", "0:125")
    assert ends["argosy-cancel"] == ("CANCELLED by 1002", "0:0")
    assert [found.raw_state for found in rows if found.tail == "argosy-requeue"] == ["REQUEUED", "PENDING"]


def test_a_recorded_queue_of_others_says_nothing_of_ours() -> None:
    seen = SCHEDULER.parse_list([watched()], listing(entry(*start()), QUEUE))[TOKEN]
    assert (seen.presence, seen.unexplained) == (Presence.ABSENT, True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("123", "123"),
        ("123_7", "123_7"),
        ("123_[1-10%4]", "123"),
        ("123_[1,3,5", "123"),
        ("93+1", "93"),
        ("", None),
        ("x", None),
        ("12a", None),
        ("12.batch", None),
    ],
)
def test_every_form_of_a_job_number_is_read(text: str, number: str | None) -> None:
    assert job_number(text) == number


def test_a_renamed_job_is_known_by_its_directory() -> None:
    line = row("RUNNING").replace(f"|{TOKEN}|", "|renamed|")
    seen = SCHEDULER.parse_list([watched()], listing(entry(*start()), [line]))[TOKEN]
    assert (seen.presence, seen.handle) == (Presence.RUNNING, "17")


def test_a_number_that_was_given_out_again_is_another_job() -> None:
    foreign = "row 17|RUNNING|N/A|None|c1|somebody|/home/ada|"
    seen = SCHEDULER.parse_list([watched(handle="17")], listing(entry(*start()), [foreign]))[TOKEN]
    assert seen.presence is Presence.ABSENT


# --- Answers that cannot be trusted ----------------------------------------------------------------------------------


def whole() -> Answer:
    entries = [
        *entry(*start(), token=TOKENS[0]),
        *entry(*start(TOKENS[1]), *report(TOKENS[1], status=3, code=3), token=TOKENS[1]),
        *entry(token=TOKENS[2], claimed="no argosy-array-0123456789abcdef0123-4"),
    ]
    return listing(entries, [row("RUNNING"), row("PENDING", token=TOKENS[2], number="19")], count=3)


THREE = [watched(token) for token in TOKENS[:3]]


def test_a_listing_cut_anywhere_is_garbled() -> None:
    answer = whole()
    assert len(SCHEDULER.parse_list(THREE, answer)) == 3
    text = answer.stdout.rstrip(b"\n")
    for length in range(len(text)):
        with pytest.raises(Garbled):
            SCHEDULER.parse_list(THREE, answer.model_copy(update={"stdout": text[:length]}))


@given(st.lists(st.tuples(st.integers(0, 60), st.text(max_size=20)), max_size=3), st.integers(0, 60))
def test_a_spoiled_listing_is_garbled_or_tells_of_all(spoils: list[tuple[int, str]], dropped: int) -> None:
    lines = whole().stdout.decode().splitlines()
    for at, text in spoils:
        lines[at % len(lines)] = text
    del lines[dropped % len(lines)]
    try:
        seen = SCHEDULER.parse_list(THREE, said(lines))
    except (Garbled, Unreachable):
        return
    assert set(seen) == set(TOKENS[:3])


@given(st.binary(max_size=300), st.integers(-3, 130))
def test_no_bytes_are_taken_for_an_answer(stdout: bytes, code: int) -> None:
    answer = Answer(code=code, stdout=stdout)
    parsers: list[Callable[[], object]] = [
        lambda: SCHEDULER.parse_list([watched()], answer),
        lambda: SCHEDULER.parse_submit(orders(TOKEN), answer),
        lambda: SCHEDULER.parse_cancel([watched()], answer),
        lambda: SCHEDULER.parse_forbid([watched()], answer),
        lambda: SCHEDULER.parse_explain([Sighting(token=TOKEN, presence=Presence.ABSENT)], answer),
    ]
    for parse in parsers:
        with pytest.raises((Garbled, Unreachable)):
            parse()


@given(st.text(max_size=100))
def test_any_line_is_a_row_or_none(line: str) -> None:
    for read in (queue_row, book_row):
        found = read(line)
        assert found is None or job_number(found.id)
        assert found is None or by_token([found], {TOKEN: [TOKEN]})[TOKEN] == [] or TOKEN in line or "attempt-" in line


@pytest.mark.parametrize("stderr", ["slurm_load_jobs error: Unable to contact slurm controller (connect failure)"])
def test_a_queue_that_does_not_answer_is_never_an_empty_queue(stderr: str) -> None:
    answer = listing(entry(*start()), code=1).model_copy(update={"stderr": stderr.encode()})
    with pytest.raises(Unreachable, match="Slurm does not answer"):
        SCHEDULER.parse_list([watched()], answer)
    with pytest.raises(Garbled):
        SCHEDULER.parse_list([watched()], answer.model_copy(update={"stderr": b"what?"}))


# --- Handing in ------------------------------------------------------------------------------------------------------


def handed_in(*lines: str, code: object = 0) -> Launched | Refused:
    answer = said([f"order {TOKEN} {code} {len(lines)}", *(f"said {line}" for line in lines), "complete 1"])
    return SCHEDULER.parse_submit(orders(TOKEN), answer)[TOKEN]


@pytest.mark.parametrize(
    "lines",
    [
        ("17",),
        ("17;alpine",),
        ("Submitted batch job 17",),
        ("Submitted batch job 17 on cluster alpine",),
        ("Welcome to 2026!", "2026", "sbatch: this costs 3 units", "17"),
    ],
)
def test_the_number_of_a_job_is_found_among_the_words_of_a_site(lines: tuple[str, ...]) -> None:
    taken = handed_in(*lines)
    assert isinstance(taken, Launched)
    assert taken.handle == "17"


def test_taken_without_a_number_is_looked_for_before_it_is_handed_in_again() -> None:
    taken = handed_in("thank you")
    assert isinstance(taken, Refused)
    assert taken.passing


@pytest.mark.parametrize(("code", "passing"), [("missing", False), ("skipped", True)])
def test_what_was_not_handed_in_says_so(code: str, passing: bool) -> None:
    taken = handed_in(code=code)
    assert isinstance(taken, Refused)
    assert taken.passing == passing


@pytest.mark.parametrize(
    ("lines", "code"), [((), 139), (("Segmentation fault (core dumped)",), 139), (("17",), 137), ((), 1), (("",), 1)]
)
def test_a_submission_that_crashed_or_said_nothing_was_not_refused(lines: tuple[str, ...], code: int) -> None:
    taken = handed_in(*lines, code=code)
    assert isinstance(taken, Refused)
    assert taken.passing
    assert f"exit code {code}" in taken.explanation


def test_a_number_of_an_order_that_failed_is_no_job() -> None:
    taken = handed_in("17", "sbatch: error: Batch job submission failed: Invalid qos specification", code=1)
    assert isinstance(taken, Refused)
    assert not taken.passing


# --- The books -------------------------------------------------------------------------------------------------------

LEFT = Sighting(token=TOKEN, presence=Presence.ABSENT, handle="17", claimed=True, unexplained=True, words="unknown")


def explained(*rows: str) -> Sighting:
    return SCHEDULER.parse_explain([LEFT], books(rows))[TOKEN]


def test_the_books_say_why_it_ended() -> None:
    seen = explained(f"17|TIMEOUT|0:0|{NOW_S - 100}|c1|{TOKEN}")
    assert (seen.presence, seen.cause, seen.conclusive) == (Presence.OVER, Cause.WALLTIME, True)
    assert seen.witness is Witness.ACCOUNTING
    assert seen.claimed


def test_the_books_know_who_cancelled_it() -> None:
    seen = explained(f"17|CANCELLED by 1002|0:0|{NOW_S - 100}|c1|{TOKEN}")
    assert (seen.presence, seen.cause, seen.stopped_by) == (Presence.OVER, None, "user 1002 of the cluster")


def test_a_run_that_was_put_back_counts_and_the_next_one_does_not() -> None:
    again = f"17|FAILED|73:0|{NOW_S - 50}|c1|{TOKEN}"
    assert explained(f"17|REQUEUED|0:0|{NOW_S - 100}|c1|{TOKEN}", again).cause is Cause.REQUEUED
    assert explained(f"17|PREEMPTED|0:0|{NOW_S - 100}|c1|{TOKEN}", again).cause is Cause.PREEMPTED
    assert explained(f"17|NODE_FAIL|0:0|{NOW_S - 100}|c1|{TOKEN}", again).cause is Cause.NODE_FAILURE


def test_what_ended_just_now_may_still_report() -> None:
    assert not explained(f"17|FAILED|0:9|{NOW_S - 5}|c1|{TOKEN}").conclusive
    assert explained(f"17|FAILED|0:9|{NOW_S - 100}|c1|{TOKEN}").conclusive
    assert not explained(f"17|FAILED|0:9|Unknown|c1|{TOKEN}").conclusive


@pytest.mark.parametrize("state", ["RUNNING", "PENDING", "SUSPENDED", "TELEPORTED"])
def test_books_that_know_no_end_prove_nothing(state: str) -> None:
    seen = explained(f"17|{state}|0:0|Unknown|c1|{TOKEN}")
    assert (seen.presence, seen.conclusive, seen.cause, seen.open_in_books) == (Presence.ABSENT, False, None, True)
    assert state in seen.words
    assert explained() == LEFT
    assert explained(f"17|TIMEOUT|0:0|{NOW_S - 100}|c1|somebody-else") == LEFT


def test_what_the_queue_knows_as_over_is_not_open_because_the_books_are_late() -> None:
    ended = LEFT.model_copy(update={"presence": Presence.OVER, "conclusive": True, "words": "FAILED"})
    late = books([f"17|RUNNING|0:0|Unknown|c1|{TOKEN}"])
    assert SCHEDULER.parse_explain([ended], late) == {TOKEN: ended}


def test_a_renamed_job_is_known_in_the_books_by_its_directory() -> None:
    seen = explained(f"17|TIMEOUT|0:0|{NOW_S - 100}|c1|renamed|{directory(TOKEN)}")
    assert (seen.presence, seen.cause) == (Presence.OVER, Cause.WALLTIME)
    assert explained(f"17|TIMEOUT|0:0|{NOW_S - 100}|c1|renamed|/home/ada") == LEFT


def test_closed_books_raise_and_missing_books_say_nothing_new() -> None:
    with pytest.raises(Unreachable):
        SCHEDULER.parse_explain([LEFT], books([], code=1, stderr="sacct: error: Problem talking to the database"))
    disabled = books([], code=1, stderr="Slurm accounting storage is disabled")
    assert SCHEDULER.parse_explain([LEFT], disabled) == {TOKEN: LEFT}


def test_the_books_are_asked_by_number_and_by_name_about_so_many_at_once() -> None:
    nameless = LEFT.model_copy(update={"token": TOKENS[1], "handle": ""})
    words = SCHEDULER.explain([LEFT, nameless]).argv[4:]
    assert words == ("explain", str(NOW_S - 3600), "17", TOKENS[1])
    many = [LEFT.model_copy(update={"handle": str(number)}) for number in range(300)]
    assert str(SCHEDULER.explain(many).argv[6]).count(",") == 199
