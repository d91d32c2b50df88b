"""The queue as a document of Slurm 24.05 and later says the same as its lines."""

from typing import Any

import pytest

from argosy.core.errors import Garbled
from argosy.core.queued import QueuedJob
from argosy.schedulers.slurm.rows import tasks_in
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.newer import LAYOUTS, document, exit_code, job, number
from tests.schedulers.slurm.telling import said

pytestmark = pytest.mark.parametrize("layout", LAYOUTS)

MINE = {"user_id": 1002, "user_name": "ada", "group_id": 1002, "submit_time": number(1795203000)}


def one(layout: str, number_: int, **facts: Any) -> dict[str, Any]:
    return job(layout, **{**MINE, "job_id": number_, "cpus": number(1), "node_count": number(1), **facts})


def read(text: str, code: int = 0) -> tuple[QueuedJob, ...]:
    given = text.split("\n")
    lines = [f"said {line}" for line in given]
    return SCHEDULER.parse_queue_in_full(said(["me 1002", f"section json {code} {len(given)}", *lines, "complete 0"]))


def by_line(*given: str) -> tuple[QueuedJob, ...]:
    lines = [f"said row {line}" for line in given]
    jobs, broken = SCHEDULER.parse_queue(said(["me 1002", f"section text 0 {len(given)}", *lines, "complete 0"]))
    assert broken is None
    return jobs


def test_a_job_that_runs_on_gpus(layout: str) -> None:
    facts = {
        "job_state": ["RUNNING"], "partition": "gpu", "qos": "normal", "cpus": number(8), "node_count": number(2),
        "nodes": "g[1-2]", "time_limit": number(60), "start_time": number(1795203600), "name": "by hand",
        "gres_detail": ["gpu:a100:3(IDX:0-2)", "gpu:a100:3(IDX:0-2)"], "tres_alloc_str": "cpu=8,node=2,gres/gpu=6",
        "current_working_directory": "/home/ada/run", "exit_code": exit_code("SUCCESS", 0),
    }  # fmt: skip
    line = "41|RUNNING|None|gpu|normal|8|2|g[1-2]|1:00:00|1795203000|1795203600|/home/ada/run|by hand"
    assert read(document(layout, one(layout, 41, **facts))) == by_line(line)


def test_tasks_that_have_not_begun_are_one_job_in_it_and_one_for_each_of_them_here(layout: str) -> None:
    array = {"array_job_id": number(70), "name": "sweep", "partition": "long", "qos": "long"}
    waiting = one(
        layout, 70, **array, array_task_string="0,5-9:2%2", array_max_tasks=number(2), state_reason="JobArrayTaskLimit"
    )
    begun = one(layout, 74, **array, array_task_id=number(3), job_state=["RUNNING", "COMPLETING"], nodes="c1")
    rest = "long|long|1|1|{}|UNLIMITED|1795203000|N/A||sweep"
    lines = [f"70_{task}|PENDING|JobArrayTaskLimit|{rest.format('')}" for task in (0, 5, 7, 9)]
    lines.append(f"70_3|COMPLETING|None|{rest.format('c1')}")
    assert read(document(layout, waiting, begun)) == by_line(*lines)


def test_the_first_task_of_an_array_is_a_task(layout: str) -> None:
    first = one(layout, 70, array_job_id=number(70), array_task_id=number(0), job_state=["RUNNING"])
    assert [found.handle for found in read(document(layout, first))] == ["70_0"]


def test_parts_of_a_heterogeneous_job_are_told_apart(layout: str) -> None:
    parts = [
        one(layout, 93 + part, het_job_id=number(93), het_job_offset=number(part), het_job_id_set="93-94")
        for part in range(2)
    ]
    assert [found.handle for found in read(document(layout, *parts))] == ["93+0", "93+1"]


def test_flags_behind_a_state_are_what_counts(layout: str) -> None:
    held = one(layout, 50, job_state=["PENDING", "REQUEUE_HOLD"], state_reason="JobHeldUser", restart_cnt=1)
    (found,) = read(document(layout, held))
    assert found.state == "REQUEUE_HOLD"
    assert "holds it" in found.words


def test_what_is_not_set_or_has_no_end_is_nothing(layout: str) -> None:
    (found,) = read(document(layout, one(layout, 51, node_count=number(None), cpus=number(None))))
    assert (found.limit_s, found.start, found.nodes, found.cpus, found.qos) == (None, None, None, None, "")


def test_jobs_of_others_and_those_that_are_over_are_left_out(layout: str) -> None:
    over = one(layout, 60, job_state=["COMPLETED"], exit_code=exit_code("SUCCESS", 0))
    failed = one(layout, 61, job_state=["FAILED"], exit_code=exit_code("ERROR", 3), state_reason="NonZeroExitCode")
    theirs = one(layout, 62, user_id=1003)
    assert read(document(layout, over, failed, theirs)) == ()


def test_an_empty_queue_is_empty_whatever_the_document_warns_of(layout: str) -> None:
    assert read(document(layout, warnings=[{"description": "Zero jobs to dump", "source": ""}])) == ()


def test_banners_around_it_change_nothing(layout: str) -> None:
    text = document(layout, one(layout, 41))
    assert len(read(f"*** Maintenance on Sunday ***\n\n{text}\nHave a nice day.")) == 1


def test_one_that_tells_of_errors_or_is_cut_is_not_believed(layout: str) -> None:
    errors = [{"description": "nothing", "error_number": 2, "error": "it failed half-way", "source": "squeue"}]
    with pytest.raises(Garbled, match="half-way"):
        read(document(layout, one(layout, 41), errors=errors))
    with pytest.raises(Garbled):
        read(document(layout, one(layout, 41), one(layout, 42))[:-400])


@pytest.mark.parametrize("tasks", ["1-3,5-...", "1-", "9-3", "0x1F", "0-999999999"])
def test_a_list_of_tasks_that_is_cut_or_strange_loses_none_of_them_unseen(layout: str, tasks: str) -> None:
    with pytest.raises(Garbled):
        read(document(layout, one(layout, 70, array_job_id=number(70), array_task_string=tasks)))


@pytest.mark.parametrize(
    ("text", "tasks"), [("4", [4]), ("0-2", [0, 1, 2]), ("1-9:4%3", [1, 5, 9]), ("7,0-1,4-8:2", [7, 0, 1, 4, 6, 8])]
)
def test_lists_of_tasks(layout: str, text: str, tasks: list[int]) -> None:
    assert list(tasks_in(text)) == tasks
    assert len(read(document(layout, one(layout, 70, array_job_id=number(70), array_task_string=text)))) == len(tasks)
