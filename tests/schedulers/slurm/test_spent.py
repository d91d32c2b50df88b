"""What the books say that jobs have used."""

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.adopted import Adopted
from argosy.core.command import Answer
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.core.spending import Spent
from argosy.schedulers.slurm.jobstats import gpu_share
from argosy.schedulers.slurm.scheduler import SCHEDULER
from argosy.schedulers.slurm.spent import Line, read_line
from tests.schedulers.slurm.telling import TOKEN, said, watched

JOB = {
    "id": "17", "state": "COMPLETED", "submit": "1000", "start": "1060", "end": "4660", "elapsed": "3600",
    "limit": "120", "cpus": "8", "nodes": "2", "tasks": "", "cpu_time": "04:00:00", "max_rss": "", "req_mem": "16G",
    "alloc": "billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=16G,node=2", "used_total": "", "used_max": "",
    "partition": "gpu", "qos": "normal", "account": "lab", "node_list": "g[1-2]", "name": TOKEN,
    "comment": "",
}  # fmt: skip
STEP = JOB | {
    "id": "17.batch", "alloc": "cpu=8,mem=16G,node=2", "tasks": "1", "max_rss": "500K", "name": "batch", "req_mem": "",
    "used_total": "cpu=00:00:01,mem=2097152K,pages=0", "used_max": "cpu=00:00:01,gres/gpuutil=37,mem=2097152K",
    "cpu_time": "02:00:00", "limit": "", "partition": "", "qos": "",
}  # fmt: skip


def row(base: dict[str, str] = JOB, **facts: str) -> str:
    return "|".join((base | facts)[field] for field in Line._fields)


def books(*rows: str, code: int = 0) -> Answer:
    return said([f"sacct {code} {len(rows)}", *(f"said {one}" for one in rows), "complete 1"])


def spent(*rows: str) -> Spent | None:
    return SCHEDULER.parse_spent([watched()], books(*rows)).get(TOKEN)


def one(*rows: str) -> Spent:
    found = spent(*rows)
    assert found is not None
    return found


def test_a_job_with_its_steps() -> None:
    assert one(row(), row(STEP)) == Spent(
        elapsed_s=3600, cpus=8, gpus=2, gpu_types={"a100": 2}, nodes=2, node_list="g[1-2]", cpu_s=14_400,
        memory_mib=16_384, peak_memory_mib=2048, walltime_s=7200, gpu_share=0.37, billing=8, waited_s=60,
        partition="gpu", qos="normal", account="lab", handle="17",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["RUNNING", "PENDING", "COMPLETING", "TELEPORTED", ""])
def test_what_is_not_over_has_used_nothing_yet(state: str) -> None:
    assert spent(row(state=state)) is None


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED by 1002", "TIMEOUT", "OUT_OF_ME+", "NODE_FAIL", "PREEMPTED"])
def test_however_it_ended(state: str) -> None:
    assert one(row(state=state)).elapsed_s == 3600


def test_what_never_began_has_used_nothing() -> None:
    assert spent(row(state="CANCELLED by 0", start="Unknown", elapsed="0")) is None


def test_of_a_job_that_was_put_back_the_first_run_counts_with_its_own_steps() -> None:
    first = (row(state="REQUEUED", elapsed="100"), row(STEP, used_total="mem=10M"))
    assert (one(*first, row(), row(STEP)).elapsed_s, one(*first, row(), row(STEP)).peak_memory_mib) == (100, 10)


@pytest.mark.parametrize(
    ("facts", "memory_mib"),
    [
        ({"req_mem": "4Gn", "alloc": "cpu=8"}, 8192),
        ({"req_mem": "1Gc", "alloc": "cpu=8"}, 8192),
        ({"req_mem": "3840M", "alloc": ""}, 3840),
        ({"req_mem": "0", "alloc": ""}, None),
        ({"req_mem": "", "alloc": "mem=100G"}, 102_400),
    ],
)
def test_memory_in_the_forms_of_all_versions(facts: dict[str, str], memory_mib: int | None) -> None:
    assert one(row(**facts)).memory_mib == memory_mib


@pytest.mark.parametrize(
    ("facts", "peak_mib"),
    [
        ({"used_total": "", "max_rss": "88277K", "tasks": "2"}, 173),
        ({"used_total": "mem=1", "max_rss": "", "tasks": ""}, 1),
        ({"used_total": "", "max_rss": "", "tasks": ""}, None),
        ({"used_total": "mem=0", "max_rss": "16?", "tasks": "1"}, None),
    ],
)
def test_the_peak_is_over_all_tasks_of_a_step(facts: dict[str, str], peak_mib: int | None) -> None:
    assert one(row(), row(STEP, **facts)).peak_memory_mib == peak_mib


@pytest.mark.parametrize("limit", ["", "UNLIMITED", "Partition_Limit"])
def test_a_walltime_that_is_none(limit: str) -> None:
    assert one(row(limit=limit)).walltime_s is None


def test_others_and_noise_say_nothing_of_ours() -> None:
    assert SCHEDULER.parse_spent([watched()], books("Welcome to the cluster", row(name="other"), row(id="9.0"))) == {}


def test_a_comment_with_a_bar_in_it_breaks_no_row() -> None:
    line = read_line(row(comment="a|b"))
    assert line is not None
    assert (line.name, line.node_list, line.comment) == (TOKEN, "g[1-2]", "a|b")


def test_a_name_with_a_newline_takes_only_the_comment_behind_it_away() -> None:
    first, second = row(name="night\nrun|2", comment="a remark").split("\n")
    adopted = watched().model_copy(update={"adopted": Adopted(handle="17", directory="/home/ada")})
    seen = SCHEDULER.parse_spent([adopted], books(first, second, row(STEP)))[TOKEN]
    assert (seen.elapsed_s, seen.peak_memory_mib, seen.gpu_share) == (3600, 2048, 0.37)


def gathered(table: object) -> str:
    return "JS1:" + b64encode(gzip.compress(json.dumps(table).encode(), mtime=0)).decode()


def test_what_a_site_gathers_of_its_gpus_is_the_mean_over_all_of_them() -> None:
    nodes = {"g1": {"gpu_utilization": {"0": 90, "1": 50.0}}, "g2": {"gpu_utilization": {"0": 10}}, "g3": {}}
    assert one(row(comment=gathered({"nodes": nodes, "gpus": 3}))).gpu_share == pytest.approx(0.5)
    assert one(row(comment=gathered({"nodes": nodes})), row(STEP)).gpu_share == 0.37, "Slurm's own figure comes first"


@pytest.mark.parametrize(
    "comment",
    [
        "", "JS1:", "JS1:None", "JS1:Short", "JS1:!!!", "JS2:AAAA", gathered([]), gathered({"nodes": [1]}),
        gathered({"nodes": {"g1": 3}}), gathered({"nodes": {"g1": {"gpu_utilization": {"0": "x", "1": 900}}}}),
        gathered("x" * (2 << 20)), gathered({"nodes": {}})[:-8],
    ],
)  # fmt: skip
def test_a_comment_that_gathers_nothing_says_nothing(comment: str) -> None:
    assert one(row(comment=comment)).gpu_share is None


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: "JS1:" + b64encode(data).decode()))
def test_no_comment_breaks_the_reader(comment: str) -> None:
    assert gpu_share(comment) is None


def test_closed_books_are_not_empty_books() -> None:
    with pytest.raises(Unreachable):
        SCHEDULER.parse_spent(
            [watched()], books("sacct: error: Problem talking to the database: Connection refused", code=1)
        )
    with pytest.raises(Denied):
        SCHEDULER.parse_spent([watched()], books("sh: sacct: not found", code=127))
    assert SCHEDULER.parse_spent([watched()], books("Slurm accounting storage is disabled", code=1)) == {}


FIELD = st.text(alphabet=st.sampled_from("0123456789:-.,=KMGTncUNLIMITED/gpu?+"), max_size=20) | st.text(max_size=20)


@given(st.fixed_dictionaries({field: FIELD for field in Line._fields if field not in {"id", "state", "name"}}))
def test_no_words_of_a_row_break_the_reader(facts: dict[str, Any]) -> None:
    words = {field: "".join(text.split()).replace("|", "") for field, text in facts.items()}
    found = spent(row(**words), row(STEP, **words))
    assert found is None or found.elapsed_s > 0


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_answer_breaks_the_reader(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in ["sacct 0 0", *lines, "complete 1"]).encode("utf-8", "replace")
    try:
        assert SCHEDULER.parse_spent([watched()], Answer(code=0, stdout=text)) == {}
    except Garbled:
        return
