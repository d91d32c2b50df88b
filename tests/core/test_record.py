"""What a target's record of a job says, and which records cannot be used."""

import json
from typing import Any

import pytest

from argosy.core.findings import Finding
from argosy.core.job import Attempt, Closed, Job, fate
from argosy.core.record import VERSION, Record, at_target, read_record
from tests.store.making import DIRECTORY, FAILED, NOW, QUEUED, RUNNING, STATES, SUCCEEDED, attempt, job, new

HERE = DIRECTORY.rsplit("/", 1)[0]


def record(*attempts: Attempt, of: Job, **fields: Any) -> Record:
    return Record(id=of.id, job=of, attempts=attempts, **fields)


def read(written: Record, **changes: Any) -> Record | Finding:
    """The record as it is read from a file in which these keys were changed."""
    shape = json.loads(written.text()) | changes
    return read_record(json.dumps(shape).encode(), name=written.id, where="/data/job.json")


@pytest.mark.parametrize("state", STATES, ids=fate)
def test_every_state_is_read_as_it_was_written(state: Any) -> None:
    one, first = new("Wasser ✓", state=state)
    written = record(first, of=one, driver="laptop:1", started=NOW, ended=NOW)
    assert read_record(written.text(), name=one.id, where="x") == written


def test_keys_of_a_newer_argosy_are_ignored() -> None:
    one, first = new(state=SUCCEEDED)
    written = record(first, of=one)
    shape = json.loads(written.text())
    shape["moon"] = shape["job"]["spec"]["moon"] = shape["attempts"][0]["state"]["outcome"]["moon"] = "full"
    assert read_record(json.dumps(shape).encode(), name=one.id, where="x") == written


def test_a_record_of_the_first_version_is_read() -> None:
    one, first = new(state=SUCCEEDED)
    shape = json.loads(record(first, of=one).text())
    old = {"argosy": 1, "id": one.id, "job": shape["job"], "attempt": shape["attempts"][0]}
    assert read_record(json.dumps(old).encode(), name=one.id, where="x") == record(first, of=one)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"argosy": VERSION + 1}, "newer Argosy"),
        ({"argosy": None}, "no record of Argosy"),
        ({"id": "j" + "0" * 21}, "lies in the directory"),
        ({"job": {}}, "cannot be read"),
        ({"attempts": []}, "cannot be read"),
        ({"attempts": [{"state": {"kind": "dreaming"}}]}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_a_finding_that_says_why(changes: dict[str, Any], said: str) -> None:
    one, first = new(state=SUCCEEDED)
    found = read(record(first, of=one), **changes)
    assert isinstance(found, Finding)
    assert said in found.what
    assert found.where == "/data/job.json"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'"argosy"', b"\xff\xfe", b'{"argosy": 2', b"[" * 100_000])
def test_what_is_no_record_at_all_is_a_finding(data: bytes) -> None:
    assert isinstance(read_record(data, name="j", where="x"), Finding)


def test_attempts_that_contradict_each_other_are_not_believed() -> None:
    one, other = job(), job()
    first, second = attempt(one, FAILED), attempt(one, SUCCEEDED, number=2)
    assert read(record(first, second, of=one)) == record(first, second, of=one)
    for wrong in ((second, first), (first, first), (attempt(one, RUNNING), second), (attempt(other, SUCCEEDED),)):
        assert isinstance(read(record(*wrong, of=one)), Finding)


def test_what_is_over_is_found_where_it_lies_now_under_the_targets_name() -> None:
    one, first = new(state=FAILED)
    again = attempt(one, SUCCEEDED, number=2)
    here = at_target(record(first, again, of=one), "cluster", "/moved/jobs/j")
    assert here is not None
    states = [each.state for each in here.attempts]
    assert [each.directory for each in states if isinstance(each, Closed)] == [
        "/moved/jobs/j/attempt-1",
        "/moved/jobs/j/attempt-2",
    ]
    assert {each.target for each in here.attempts} == {"cluster"}


def test_what_runs_is_taken_only_from_where_it_was_started() -> None:
    one, first = new(state=RUNNING)
    assert at_target(record(first, of=one), "local", HERE) == record(first, of=one)
    assert at_target(record(first, of=one), "local", "/moved/jobs/j") is None


def test_a_try_that_waits_for_its_turn_is_bound_to_no_place() -> None:
    one, first = new(state=FAILED)
    waiting = record(first, attempt(one, QUEUED, number=2), of=one)
    here = at_target(waiting, "local", "/moved/jobs/j")
    assert here is not None
    assert here.latest.state == QUEUED
