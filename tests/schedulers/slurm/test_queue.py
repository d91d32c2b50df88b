"""All jobs of a user, by lines and by documents of every shape that Slurm has written."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.command import Answer
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.core.queued import QueuedJob, job_of
from argosy.schedulers.slurm.documents import number, read_jobs, state_of
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import said

JOB = "j1m7yv9xyyab9062r4j06t"
LINES = (
    "row 41|RUNNING|None|compute|normal|8|2|c[1-2]|1:00:00|1795203000|1795203600|/home/ada/run|by hand",
    "row 42_7|PENDING|Priority|gpu|long|1|1||1-00:00:00|1795203000|N/A|/home/ada|sweep",
    f"row 43|PENDING|Resources|gpu|long|1|1||UNLIMITED|1795203000|N/A|/scratch/jobs/{JOB}/attempt-1|argosy-{JOB}-1",
)
PLAIN: dict[str, Any] = {
    "job_id": 41, "array_job_id": 0, "array_task_id": None, "name": "by hand", "job_state": "RUNNING",
    "state_reason": "None", "partition": "compute", "qos": "normal", "cpus": 8, "node_count": 2, "nodes": "c[1-2]",
    "time_limit": 60, "submit_time": 1795203000, "start_time": 1795203600, "user_id": 1002,
    "current_working_directory": "/home/ada/run",
}  # fmt: skip
NUMBERS = ("array_job_id", "array_task_id", "cpus", "node_count", "time_limit", "submit_time", "start_time")


def as_object(value: int | None) -> dict[str, object]:
    return {"set": value is not None, "infinite": False, "number": value or 0}


def shapes() -> dict[str, dict[str, Any]]:
    """The same job as three families of versions write it."""
    objects = {**PLAIN, **{key: as_object(PLAIN[key]) for key in NUMBERS}}
    return {"22.05": PLAIN, "23.02": objects, "23.11": {**objects, "job_state": ["RUNNING"]}}


def lines(*given: str, code: int = 0) -> Answer:
    return said(["me 1002", f"section text {code} {len(given)}", *(f"said {line}" for line in given), "complete 0"])


def document(text: str, code: int = 0) -> Answer:
    given = text.split("\n")
    return said(["me 1002", f"section json {code} {len(given)}", *(f"said {line}" for line in given), "complete 0"])


def test_each_line_is_a_job_and_ours_are_known_by_their_names() -> None:
    jobs, broken = SCHEDULER.parse_queue(lines(*LINES))
    assert broken is None
    assert [(one.handle, one.name, one.waits, one.job) for one in jobs] == [
        ("41", "by hand", False, ""),
        ("42_7", "sweep", True, ""),
        ("43", f"argosy-{JOB}-1", True, JOB),
    ]
    assert (jobs[0].limit_s, jobs[1].limit_s, jobs[2].limit_s) == (3600, 86_400, None)
    assert "urgent" in jobs[1].words


@pytest.mark.parametrize("shape", shapes())
def test_a_document_of_any_version_says_the_same_as_a_line(shape: str) -> None:
    theirs = {**shapes()[shape], "user_id": 1003}
    over = {**shapes()[shape], "job_id": 40, "job_state": "COMPLETED"}
    text = json.dumps({"meta": {}, "jobs": [shapes()[shape], theirs, over]}, indent=1)
    (by_line,), _ = SCHEDULER.parse_queue(lines(LINES[0]))
    assert SCHEDULER.parse_queue_in_full(document(text)) == (by_line,)


def test_a_name_that_breaks_its_line_is_noticed_and_read_from_the_document() -> None:
    jobs, broken = SCHEDULER.parse_queue(lines(LINES[0], LINES[1].replace("sweep", "a|b"), LINES[2], "second line"))
    assert [one.handle for one in jobs] == ["41", "43"]
    assert broken is not None
    (one,) = SCHEDULER.parse_queue_in_full(document(json.dumps({"jobs": [{**PLAIN, "name": "a|b\nc"}]})))
    assert one.name == "a|b\nc"


@pytest.mark.parametrize(
    ("value", "raw", "name"),
    [
        ("COMPLETING", "COMPLETING", "COMPLETING"),
        (["RUNNING", "COMPLETING"], "COMPLETING", "COMPLETING"),
        (["PENDING", "NEW_FLAG"], "PENDING", "PENDING"),
        (["NEW_STATE"], "NEW_STATE", None),
        ([], "", None),
        (7, "", None),
    ],
)
def test_the_last_word_that_is_known_is_the_state(value: object, raw: str, name: str | None) -> None:
    found, state = state_of(value)
    assert (found, state.name if state else None) == (raw, name)


def test_numbers_in_either_form() -> None:
    values = [4, 4.0, as_object(4), as_object(None), {"set": True, "infinite": True, "number": 0}, None, True, "4", -1]
    assert [number(value) for value in values] == [4, 4, 4, None, None, None, None, None, None]


def test_tasks_and_parts_are_called_as_the_lines_call_them() -> None:
    task = {**PLAIN, "array_job_id": as_object(30), "array_task_id": as_object(0)}
    part = {**PLAIN, "het_job_id": 93, "het_job_offset": 1}
    assert [one.id for one in read_jobs(json.dumps({"jobs": [task, part]}))] == ["30_0", "93+1"]


def test_a_slurm_without_documents_and_one_that_does_not_answer_are_told_apart() -> None:
    with pytest.raises(Denied, match="no JSON"):
        SCHEDULER.parse_queue_in_full(document("squeue: unrecognized option '--json'", code=1))
    with pytest.raises(Unreachable):
        SCHEDULER.parse_queue_in_full(document("slurm_load_jobs error: Unable to contact slurm controller", code=1))
    with pytest.raises(Unreachable):
        SCHEDULER.parse_queue(lines("slurm_load_jobs error: Unable to contact slurm controller", code=1))
    with pytest.raises(Garbled):
        SCHEDULER.parse_queue_in_full(document(json.dumps({"jobs": [PLAIN]})[:-5]))


def test_a_job_of_ours_that_was_renamed_is_known_by_its_directory() -> None:
    assert job_of("other", f"/scratch/jobs/{JOB}/attempt-2/") == JOB
    assert job_of("other", f"/scratch/jobs/{JOB}/work") == ""
    assert job_of("argosy-x-1", "") == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PLAIN, "set", "number"]), inner),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), st.dictionaries(st.sampled_from([*PLAIN]), JSON))
def test_no_document_breaks_the_reader(jobs: list[Any], changed: dict[str, Any]) -> None:
    found = read_jobs(json.dumps({"jobs": [*jobs, {**PLAIN, **changed, "job_id": 41}]}))
    assert found[-1].id
    assert all(isinstance(one.limit_s, int | None) for one in found)


@given(st.lists(st.text(max_size=60).map(lambda text: " ".join(text.splitlines())), max_size=4), st.integers(0, 13))
def test_no_words_break_the_lines(more: list[str], cut: int) -> None:
    short = "|".join(LINES[0].split("|")[:cut])
    with suppress(Unreachable, Denied, Garbled):
        jobs, _ = SCHEDULER.parse_queue(lines(*more, short, LINES[1]))
        assert isinstance(jobs[-1], QueuedJob)
        assert jobs[-1].submitted == datetime.fromtimestamp(1_795_203_000, UTC)
