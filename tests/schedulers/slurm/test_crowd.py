"""What a cluster prints of how full it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.command import Answer
from argosy.core.crowd import Allowance, Crowd, PartitionNow, Queue
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.schedulers.slurm.crowd import SECTIONS
from argosy.schedulers.slurm.scheduler import SCHEDULER
from tests.schedulers.slurm.telling import said


def node(partition: str, name: str, state: str, cpus: str, gres: str = "(null)", used: str = "gpu:0") -> str:
    return f"{partition:80}{name:80}{state:40}{cpus:60}{gres:200}{used:200}"


GIVEN = {
    "partitions": ["cpu|up|", "cpu|up|", "gpu|up|", "old|down|"],
    "nodes": [
        node("cpu*", "c1", "idle", "0/64/0/64"),
        node("cpu*", "c2", "mixed-", "16/48/0/64"),
        node("cpu*", "c3", "allocated", "64/0/0/64"),
        node("cpu*", "c4", "drained*", "0/0/64/64"),
        node("gpu", "g1", "mixed", "8/56/0/64", "gpu:a100:3(S:0-1)", "gpu:a100:2(IDX:0-1)"),
        node("gpu", "g2", "down$", "0/64/0/64", "gpu:a100:3", "gpu:a100:0(IDX:N/A)"),
    ],
    "queue": [
        "cpu|RUNNING|ada|", "cpu|RUNNING|bob|", "cpu,gpu|PENDING|ada|", "gpu|PENDING|bob|", "gpu|COMPLETING|bob|",
        "gpu|COMPLETED|bob|", "gpu|TELEPORTED|bob|",
    ],
    "qos": ["normal|5|10|cpu=64|", "long||||", "secret|1|||"],
    "assoc": ["lab|long,normal|20|100|gres/gpu=8", "lab.two|normal|||"],
    "shares": ["lab|ada|1|0.5|114|1.0|0.25", "lab.two|ada|1|0.5|0|0.0|inf"],
}  # fmt: skip


def answer(failed: dict[str, list[str]] | None = None, code: int = 1, **changed: list[str]) -> Answer:
    lines = ["me ada"]
    for name in SECTIONS:
        printed = (failed or {}).get(name) or (GIVEN | changed)[name]
        status = code if name in (failed or {}) else 0
        lines += [f"section {name} {status} {len(printed)}", *(f"said {line}" for line in printed)]
    return said([*lines, "complete 0"])


def crowd(**changed: list[str]) -> Crowd:
    return SCHEDULER.parse_crowd(answer(**changed))


def test_nodes_cpus_and_gpus_that_are_free_now() -> None:
    cpu, gpu, old = crowd().partitions
    assert cpu == PartitionNow(
        name="cpu",
        nodes_free=1,
        nodes_partly=1,
        nodes_full=1,
        nodes_away=1,
        cpus_free=112,
        cpus=256,
        queue=Queue(running_mine=1, running_others=1, waiting_mine=1),
    )
    assert (gpu.gpus, gpu.gpus_free) == ({"a100": 6}, {"a100": 1}), "GPUs of a node that is away are not free"
    assert gpu.queue == Queue(running_others=1, waiting_mine=1, waiting_others=1)
    assert (old.name, old.up, old.cpus) == ("old", False, 0)


def test_what_i_may_have_at_once() -> None:
    assert crowd().allowances == (
        Allowance(
            name="lab",
            kind="account",
            limits={"running": "20", "submitted": "100", "all together": "gres/gpu=8"},
            fair_share=0.25,
        ),
        Allowance(name="lab.two", kind="account"),
        Allowance(name="normal", kind="qos", limits={"running": "5", "submitted": "10", "held by me": "cpu=64"}),
    )


def test_without_books_the_rest_is_told_all_the_same() -> None:
    closed = ["sacctmgr: error: Problem talking to the database: Connection refused"]
    found = SCHEDULER.parse_crowd(answer({"qos": closed, "assoc": closed, "shares": closed}))
    assert (len(found.partitions), found.allowances, len(found.notes)) == (3, (), 3)


@pytest.mark.parametrize("name", ["partitions", "nodes", "queue"])
def test_a_controller_that_does_not_answer_is_not_an_empty_cluster(name: str) -> None:
    with pytest.raises(Unreachable):
        SCHEDULER.parse_crowd(answer({name: ["slurm_load_jobs error: Unable to contact slurm controller"]}))
    with pytest.raises(Denied):
        SCHEDULER.parse_crowd(answer({name: ["sh: sinfo: not found"]}, code=127))


def test_an_answer_that_is_cut_is_not_believed() -> None:
    whole = answer().stdout.decode().splitlines()
    for place in range(len(whole) - 1):
        cut = "".join(f"{line}\n" for line in [*whole[:place], "complete 0"]).encode()
        with pytest.raises(Garbled):
            SCHEDULER.parse_crowd(Answer(code=0, stdout=cut))


WORDS = st.text(alphabet=st.sampled_from("abcpu=|, -:0123456789()./RUNIGPED\t*[]+~$"), max_size=60) | st.text(
    max_size=60
)
PRINTED = st.lists(WORDS.map(lambda text: " ".join(text.splitlines())), max_size=6)


@given(st.fixed_dictionaries(dict.fromkeys(SECTIONS, PRINTED)), st.lists(WORDS, min_size=6, max_size=6))
def test_no_words_of_a_cluster_break_the_reader(printed: dict[str, list[str]], words: list[str]) -> None:
    odd = node(*(" ".join(word.splitlines())[:40] for word in words))
    found = crowd(**(printed | {"nodes": [odd, *printed["nodes"]]}))
    assert all(one.cpus_free >= 0 for one in found.partitions)
