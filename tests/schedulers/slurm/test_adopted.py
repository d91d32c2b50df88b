"""Jobs that Argosy did not start: which they are, what one look tells of them, and what their end means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core import ids
from argosy.core.adopted import Adopted, described, identity, known_by, meant
from argosy.core.errors import Garbled
from argosy.core.job import Attempt, Cause, Ended, Job, Outcome, Running, Submitted, Told, Witness, said
from argosy.core.judgement import judge
from argosy.core.outputs import Complete
from argosy.core.queued import QueuedJob
from argosy.core.sighting import Presence, Sighting, Watched
from argosy.schedulers.slurm.scheduler import SCHEDULER
from argosy.schedulers.slurm.states import STATES
from tests.schedulers.slurm import telling
from tests.schedulers.slurm.telling import NOW_S, TOKEN, TOKENS, books, listing

NOW = datetime.fromtimestamp(NOW_S, UTC)
HOME = "/home/ada/run"
NONE_TOLD = st.text(st.characters(exclude_characters="|\n", exclude_categories=("Cs",)), max_size=30)


def adopted(handle: str = "17", token: str = TOKEN) -> Watched:
    return Watched(token=token, directory="", handle=handle, adopted=Adopted(handle=handle, directory=HOME))


def row(state: str, *, number: str = "17", where: str = HOME, times: str = "N/A", reason: str = "None") -> str:
    return f"row {number}|{state}|{times}|{reason}|c1|by hand|{where}|"


def look(*rows: str, handle: str = "17") -> Sighting:
    return SCHEDULER.parse_list([adopted(handle)], listing((), rows, count=0))[TOKEN]


def told(*rows: str, seen: Sighting | None = None, code: int = 0, stderr: str = "") -> Sighting:
    return SCHEDULER.parse_explain([seen or look()], books(rows, code=code, stderr=stderr))[TOKEN]


def book(state: str, code: str = "0:0", *, number: str = "17", where: str = HOME) -> str:
    return f"{number}|{state}|{code}|{NOW_S - 5}|c1|by hand|{where}"


def outcome(seen: Sighting) -> Outcome:
    ended = Ended(
        directory="",
        cause=seen.cause,
        stopped_by=seen.stopped_by,
        told=seen.told,
        evidence=said(seen.witness, seen.words, NOW),
    )
    parsed = ids.parse_token(TOKEN)
    assert parsed
    return judge(Attempt(job=parsed[0], number=1, target="c", state=ended, due=NOW), Complete(), None)


def test_it_is_known_by_its_number_and_directory_beside_ours_in_the_same_look() -> None:
    ours = telling.watched(TOKENS[1], "18")
    rows = [row("RUNNING", times="N/A 1795528000"), telling.row("PENDING", token=TOKENS[1], number="18")]
    entries = telling.entry(token=TOKENS[1], claimed="no")
    seen = SCHEDULER.parse_list([adopted(), ours], listing(entries, rows))
    assert (seen[TOKEN].presence, seen[TOKEN].began) == (Presence.RUNNING, datetime.fromtimestamp(1795528000, UTC))
    assert seen[TOKENS[1]].presence is Presence.PENDING
    command = SCHEDULER.list([adopted(), ours])
    assert TOKENS[1] in command.argv
    assert TOKEN not in command.argv, "its directory is none of ours to look into"


def test_a_number_that_was_given_to_another_job_is_not_it() -> None:
    assert look(row("RUNNING", where="/home/ada/other")).presence is Presence.ABSENT
    assert told(book("COMPLETED", where="/home/ada/other")).presence is Presence.ABSENT


def test_a_name_with_a_newline_does_not_hide_it() -> None:
    assert look("row 17|RUNNING|N/A|None|c1|first line").presence is Presence.RUNNING


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_state_of_the_table_means_for_it_what_it_means_for_ours(state: object) -> None:
    seen = look(row(state.name))  # type: ignore[attr-defined]
    assert seen.presence is state.presence  # type: ignore[attr-defined]
    assert seen.unexplained is (seen.presence is Presence.OVER), "the books know the exit code"
    assert seen.cause is state.cause  # type: ignore[attr-defined]


def test_a_state_that_nobody_knows_neither_begins_nor_ends_it() -> None:
    assert look(row("TELEPORTED")).presence is Presence.PENDING


@pytest.mark.parametrize(
    ("raw", "code", "kind", "words"),
    [
        ("COMPLETED", "0:0", "succeeded", "Argosy did not start it"),
        ("FAILED", "3:0", "failed", "exit code 3:0"),
        ("FAILED", "0:9", "failed", "exit code 0:9"),
        ("CANCELLED by 1002", "0:15", "cancelled", "CANCELLED by 1002"),
        ("CANCELLED", "0:15", "cancelled", "CANCELLED"),
        ("TIMEOUT", "0:0", "failed", "walltime"),
        ("OUT_OF_MEMORY", "0:125", "failed", "memory"),
        ("NODE_FAIL", "0:0", "failed", "failed"),
    ],
)
def test_how_it_ended_is_what_the_books_say(raw: str, code: str, kind: str, words: str) -> None:
    seen = told(book(raw, code))
    assert (seen.presence, seen.conclusive, seen.witness) == (Presence.OVER, True, Witness.ACCOUNTING)
    ended = outcome(seen)
    assert ended.kind == kind
    assert words in (ended.remark if ended.kind == "succeeded" else ended.explanation)


def test_codes_and_signals_are_told_apart() -> None:
    assert told(book("FAILED", "0:9")).told == Told(succeeded=False, code=0, signal=9)
    assert told(book("FAILED", "3:0")).told == Told(succeeded=False, code=3)
    failed = outcome(told(book("FAILED", "0:9")))
    assert failed.kind == "failed"
    assert failed.cause is Cause.SIGNAL


def test_its_last_run_counts_since_each_of_them_does_all_of_it() -> None:
    assert told(book("REQUEUED"), book("COMPLETED")).told == Told(succeeded=True, code=0)
    again = told(book("NODE_FAIL"), book("RUNNING"))
    assert (again.presence, again.open_in_books) == (Presence.ABSENT, True)


def test_the_books_are_waited_for_where_the_queue_tells_no_exit_code() -> None:
    assert look(row("COMPLETED")).conclusive
    late = told(seen=look(row("FAILED")))
    assert (late.presence, late.conclusive) == (Presence.OVER, False)
    assert told(seen=late, code=1, stderr="Slurm accounting storage is disabled").conclusive


def test_without_accounting_the_words_say_so_and_nothing_is_made_up() -> None:
    disabled = "Slurm accounting storage is disabled"
    gone = told(code=1, stderr=disabled)
    assert (gone.presence, gone.conclusive) == (Presence.ABSENT, False)
    assert "keeps no accounting" in gone.words
    lost = outcome(gone)
    assert lost.kind == "lost"
    seen = told(seen=look(row("COMPLETED")), code=1, stderr=disabled)
    assert outcome(seen).kind == "succeeded", "the queue remembers its end for a while"


def test_a_task_that_was_cancelled_before_it_began_is_told_with_its_whole_array() -> None:
    seen = told(book("CANCELLED by 0", number="17_[2-4,9]"), seen=look(handle="17_3"))
    assert seen.stopped_by == "user 0 of the cluster"
    left_out = told(book("PENDING", number="17_[2-4,9]"), seen=look(handle="17_5"))
    assert (left_out.presence, left_out.conclusive) == (Presence.OVER, False), "the books may be late"
    assert outcome(left_out).kind == "cancelled"


def test_it_is_cancelled_by_its_number_and_its_start_is_not_ours_to_forbid() -> None:
    argv = SCHEDULER.cancel([adopted("17_3")]).argv
    assert argv[-2:] == (TOKEN, f"17_3:{HOME}".encode())


@given(st.lists(NONE_TOLD, max_size=4), NONE_TOLD)
def test_whatever_the_queue_says_is_read_or_refused(words: list[str], state: str) -> None:
    try:
        seen = look(row(state), "|".join(["row 17", *words]))
    except Garbled:
        return
    assert seen.handle == "17"


# --- Which they are --------------------------------------------------------------------------------------------------


def queued(handle: str, **facts: object) -> QueuedJob:
    return QueuedJob(handle=handle, name="by hand", state="PENDING", directory=HOME, submitted=NOW).model_copy(
        update=facts
    )


def test_a_number_means_a_job_a_task_or_all_tasks_of_an_array() -> None:
    queue = (queued("17_1"), queued("17_2"), queued("171"), queued("18"))
    assert [one.handle for one in meant("17", queue)] == ["17_1", "17_2"]
    assert [one.handle for one in meant("17_2", queue)] == ["17_2"]
    assert [one.handle for one in meant("18", queue)] == ["18"]
    assert meant("1", queue) == ()


def test_its_id_is_always_the_same_and_tells_when_it_was_handed_in() -> None:
    assert identity(queued("17")) == identity(queued("17", state="RUNNING"))
    assert identity(queued("17")) != identity(queued("18"))
    assert ids.made(identity(queued("17"))) == NOW
    assert ids.ID_PATTERN.fullmatch(identity(queued("17", submitted=None)))


@given(st.text(max_size=300), st.integers(0, 1000), st.integers(0, 40), st.text(max_size=20))
def test_whatever_it_is_called_it_can_be_described(name: str, cpus: int, nodes: int, directory: str) -> None:
    one = queued("17", name=name.encode("utf-8", "replace").decode(), cpus=cpus, nodes=nodes)
    spec = described(one, "cluster")
    assert spec.name
    assert spec.resources.total_cpus == max(cpus, 1)
    where = "/" + directory.encode("utf-8", "replace").decode()
    assert known_by(one.model_copy(update={"directory": where})).place.startswith("17:/")


def test_why_a_number_is_no_job_to_adopt_is_said_for_each() -> None:
    lines = [
        "me ada",
        "section queue 0 1",
        "said 4|bob|RUNNING|",
        "section books 0 3",
        "said 3|ada|COMPLETED|",
        "said 7_1|ada|FAILED|",
        "said 8|ada|RUNNING|",
        "complete 0",
    ]
    why = SCHEDULER.parse_whose(["3", "4", "5", "7", "8"], telling.said(lines))
    assert "it is over (COMPLETED)" in why["3"]
    assert "user bob" in why["4"]
    assert "knows no such job" in why["5"]
    assert "it is over (FAILED)" in why["7"]
    assert "not in your queue" in why["8"]
    lines[3:7] = ["section books 1 1", "said sacct: error: Unable to contact slurmdbd"]
    assert "cannot be asked" in SCHEDULER.parse_whose(["5"], telling.said(lines))["5"]
    with pytest.raises(Garbled):
        SCHEDULER.parse_whose(["5"], telling.said(lines[:-1]))


def test_states_of_an_adopted_job_need_no_directory() -> None:
    for state in (
        Submitted(directory="", handle="17", evidence=said(Witness.USER, "adopted", NOW)),
        Running(directory="", handle="17", since=NOW, evidence=said(Witness.SCHEDULER, "it runs", NOW)),
    ):
        assert type(state).model_validate_json(state.model_dump_json()) == state
    job = Job(
        id=identity(queued("17")),
        spec=described(queued("17"), "cluster"),
        owner="ada",
        created=NOW,
        root=identity(queued("17")),
        adopted=known_by(queued("17")),
    )
    assert Job.model_validate_json(job.model_dump_json()) == job
