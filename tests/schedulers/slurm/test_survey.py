"""What a cluster prints of what it offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.command import Answer
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.core.offered import Offer
from argosy.core.slurm import Partition, QosLimits
from argosy.schedulers.slurm.scheduler import SCHEDULER
from argosy.schedulers.slurm.survey import SECTIONS
from tests.schedulers.slurm.telling import said

PARTITIONS = """\
PartitionName=compute AllowGroups=ALL AllowAccounts=ALL AllowQos=normal,long,preemptable AllocNodes=ALL Default=YES \
QoS=N/A DefaultTime=01:00:00 MaxNodes=UNLIMITED MaxTime=1-00:00:00 MinNodes=0 Nodes=c[1-4] DefMemPerCPU=3840 \
TRES=cpu=256,mem=1000000M,node=4,billing=256
PartitionName=gpu AllowGroups=ALL AllowAccounts=lab,other AllowQos=ALL Default=NO MaxNodes=1 MaxTime=UNLIMITED \
Nodes=g[1-2] DefMemPerNode=UNLIMITED
PartitionName=theirs AllowGroups=ALL AllowAccounts=theirs AllowQos=ALL Default=NO MaxNodes=1 MaxTime=1:00:00 Nodes=x1
PartitionName=odd.name-1 AllowAccounts=ALL DenyAccounts=lab,ucb-general AllowQos=ALL MaxTime=30:00""".splitlines()
NODES = [
    "compute|64|250000|(null)|milan|",
    "compute|128+|500000+|(null)|milan,ib|",
    "gpu|64|250000|gpu:a100:3(S:0-1)|milan,a100|",
    "gpu|64|250000|gpu:a100_3g.20gb:6|(null)|",
]
GIVEN = {
    "partitions": PARTITIONS,
    "nodes": NODES,
    "qos": ["normal|1-00:00:00|node=128", "long|7-00:00:00|cpu=640,node=20", "secret||"],
    "user": ["ucb-general"],
    "assoc": ["lab|long,normal|", "ucb-general|+normal,testing|normal"],
    "config": ["ClusterName             = alpine", "MaxArraySize            = 10001", "SLURM_VERSION  = 22.05.8"],
    "programs": ["srun=/usr/bin/srun", "python3=/opt/a=b/python3"],
    "mpi": [
        "MPI plugin types are...",
        "\tnone",
        "\tpmi2",
        "\tpmix",
        "specific pmix plugin versions available: pmix_v4",
    ],
    "modules": ["/opt/modulefiles:", "gcc/14.2.0(default)", "namd/3.0.1_cpu", "gcc/14.2.0", "No modules here", ""],
}


def answer(failed: dict[str, list[str]] | None = None, code: int = 1, **changed: list[str]) -> Answer:
    lines: list[str] = []
    for name in SECTIONS:
        printed = (failed or {}).get(name) or (GIVEN | changed)[name]
        status = code if name in (failed or {}) else 0
        lines += [f"section {name} {status} {len(printed)}", *(f"said {line}" for line in printed)]
    return said([*lines, "complete 0"])


def offer(**changed: list[str]) -> Offer:
    return SCHEDULER.parse_survey(answer(**changed))


def test_partitions_that_may_be_used_with_their_largest_node_and_their_limits() -> None:
    assert offer().partitions == (
        Partition(
            name="compute",
            cores=128,
            memory_mib=500_000,
            memory_per_core_mib=3840,
            max_walltime_s=86_400,
            qos=("normal", "long"),
        ),
        Partition(name="gpu", cores=64, memory_mib=250_000, gpus=6, gpu_types=("a100", "a100_3g.20gb"), max_nodes=1),
    )


def test_qos_and_accounts_that_are_allowed_and_what_holds_by_itself() -> None:
    found = offer()
    assert found.qos == (
        QosLimits(name="normal", max_walltime_s=86_400, max_nodes=128),
        QosLimits(name="long", max_walltime_s=604_800, max_nodes=20),
    )
    assert found.accounts == ("lab", "ucb-general")
    assert found.defaults == {"partition": "compute", "account": "ucb-general", "qos": "normal"}


def test_the_rest() -> None:
    found = offer()
    assert (found.cluster, found.version, found.max_array) == ("alpine", "22.05.8", 10_001)
    assert found.features == ("a100", "ib", "milan")
    assert found.programs == {"srun": "/usr/bin/srun", "python3": "/opt/a=b/python3"}
    assert found.modules == ("gcc/14.2.0", "namd/3.0.1_cpu")
    assert found.notes == ()


def test_without_accounting_every_partition_is_offered() -> None:
    closed = ["sacctmgr: error: Problem talking to the database: Connection refused"]
    found = SCHEDULER.parse_survey(answer({"qos": closed, "user": closed, "assoc": closed}))
    assert [one.name for one in found.partitions] == ["compute", "gpu", "theirs", "odd.name-1"]
    assert (found.qos, found.accounts) == ((), ())
    assert len(found.notes) == 2
    assert "Problem talking to the database" in found.notes[0]


def test_where_no_modules_are_listed_that_is_said() -> None:
    assert "compute nodes only" in offer(modules=[]).notes[0]


def test_a_controller_that_does_not_answer_offers_nothing() -> None:
    with pytest.raises(Unreachable):
        SCHEDULER.parse_survey(answer({"partitions": ["slurm_load_partitions: Unable to contact slurm controller"]}))
    with pytest.raises(Denied):
        SCHEDULER.parse_survey(answer({"partitions": ["sh: scontrol: not found"]}, code=127))


def test_an_answer_that_is_cut_or_strange_is_not_believed() -> None:
    whole = answer().stdout.decode().splitlines()
    for place in range(len(whole) - 1):
        cut = "".join(f"{line}\n" for line in [*whole[:place], "complete 0"]).encode()
        with pytest.raises(Garbled):
            SCHEDULER.parse_survey(Answer(code=0, stdout=cut))


WORDS = st.text(alphabet=st.sampled_from("abc=|, -:0123456789().UNLIMTED\t*[]+"), max_size=40) | st.text(max_size=40)
PRINTED = st.lists(WORDS.map(lambda text: " ".join(text.splitlines())), max_size=6)


@given(st.fixed_dictionaries(dict.fromkeys(SECTIONS, PRINTED)))
def test_no_words_of_a_cluster_break_the_reader(printed: dict[str, list[str]]) -> None:
    odd = [f"PartitionName={line}" for line in printed["partitions"]]
    found = offer(**(printed | {"partitions": [*odd, *printed["partitions"]]}))
    assert all(one.name for one in found.partitions)
