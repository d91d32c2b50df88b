"""What is shown of clusters: a job that waits, one that is over, a report, a crowd, a proposal."""

from datetime import UTC, datetime, timedelta

from argosy.cli.commands.cluster import of_crowd
from argosy.cli.commands.report import of_report
from argosy.cli.commands.show import of_view
from argosy.cli.detecting import of_proposal
from argosy.cli.shown import Shown
from argosy.core.alteration import Alteration
from argosy.core.cost import Cost
from argosy.core.crowd import Allowance, Crowd, PartitionNow, Queue, Waits
from argosy.core.findings import warning
from argosy.core.grant import Grant
from argosy.core.job import Attempt, Closed, Job, Running, State, Submitted, Succeeded, Witness, said
from argosy.core.offer import proposal
from argosy.core.offered import Offer
from argosy.core.report import JobSpent, Report, ReportLine
from argosy.core.slurm import Partition, QosLimits, Slurm
from argosy.core.spec import JobSpec
from argosy.core.spending import Spent, advice
from argosy.core.target import Target
from argosy.core.views import JobView

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ID = "j1m7yv9xyyab9062r4j06t"
DIRECTORY = f"/scratch/ada/jobs/{ID}/attempt-1"
SEEN = said(Witness.SCHEDULER, "Slurm job 17", NOW - timedelta(minutes=5))


def view(state: State, **facts: object) -> JobView:
    given = {"job": ID, "number": 1, "target": "cluster", "state": state, "due": NOW}
    spec = JobSpec(name="box", argv=("namd3", "box.namd"), target="cluster")
    job = Job(id=ID, spec=spec, owner="ada", created=NOW - timedelta(hours=2), root=ID)
    return JobView(job=job, attempts=(Attempt.model_validate(given | facts),))


def waiting() -> JobView:
    state = Submitted(directory=DIRECTORY, handle="17", reason="more urgent jobs come first (Priority)", evidence=SEEN)
    return view(state, expected=NOW + timedelta(hours=3), altered=Alteration(walltime_s=7200, nice=50))


def advised() -> JobView:
    state = Running(directory=DIRECTORY, handle="17", since=NOW - timedelta(hours=1), evidence=SEEN)
    remedy = "Take 8,000: one every 13m 20s."
    far = warning(
        "restart_freq", "at 1.73 ns/day it can be gone on from what it writes every 2h 46m 40s", remedy=remedy
    )
    return view(state, granted=Grant(walltime_s=10_800, nodes=1)).model_copy(update={"findings": (far,)})


def used() -> JobSpent:
    spent = Spent(
        elapsed_s=7800, cpus=16, gpus=2, gpu_types={"a100": 2}, nodes=1, node_list="g3", cpu_s=30_000,
        memory_mib=32_768, peak_memory_mib=2100, walltime_s=86_400, gpu_share=0.81, waited_s=200,
        partition="gpu", qos="normal",
    )  # fmt: skip
    cost = Cost(amount=505.3, words="233.2 SU an hour for 16 cores and 2 GPUs")
    return JobSpent(job=ID, attempt=1, spent=spent, cost=cost, advice=advice(spent))


def report() -> Report:
    lines = (
        ReportLine(group="2026-02", jobs=120, succeeded=117, core_hours=12_345.6, gpu_hours=0, costs={"SU": 12_345.6}),
        ReportLine(
            group="2026-03", jobs=3, succeeded=0, core_hours=0.0123, gpu_hours=2.5, costs={"SU": 1, "billing units": 2},
            cpu_efficiency=0.333, memory_efficiency=0.05, guessed=1,
        ),
    )  # fmt: skip
    total = lines[1].model_copy(update={"group": "all", "jobs": 123, "succeeded": 117, "core_hours": 12_345.6})
    finding = warning("cluster", "its books could not be asked: Slurm does not answer", remedy="Ask again.")
    return Report(by="month", lines=lines, total=total, findings=(finding,))


def crowd() -> Crowd:
    waits = Waits(jobs=12, median_s=3900, longest_s=86_400)
    queue = Queue(running_mine=4, waiting_mine=20, running_others=812, waiting_others=10_433)
    partitions = (
        PartitionNow(
            name="cpu", nodes_free=3, nodes_partly=80, nodes_full=330, nodes_away=7, cpus_free=1904, cpus=26_880,
            queue=queue, waited=waits,
        ),
        PartitionNow(name="gpu", nodes_partly=12, cpus_free=310, cpus=768, gpus_free={"a100": 2}, gpus={"a100": 36}),
        PartitionNow(name="old", up=False),
    )  # fmt: skip
    allowances = (
        Allowance(name="lab", kind="account", limits={"running": "20", "all together": "gres/gpu=8"}, fair_share=0.25),
        Allowance(name="long", kind="qos", limits={"running": "5", "submitted": "10", "held by me": "cpu=64,node=2"}),
    )
    notes = ("your fair share could not be read: sshare: error: Problem talking to the database",)
    return Crowd(target="cluster", partitions=partitions, allowances=allowances, notes=notes)


def detected() -> Shown:
    site = Slurm(partition="amilan", partitions=(Partition(name="amilan"), Partition(name="gpu", cores=32)))
    offer = Offer(
        cluster="alpine",
        version="25.05.1",
        partitions=(Partition(name="acpu", cores=128, max_walltime_s=86_400), Partition(name="gpu", cores=64, gpus=3)),
        qos=(QosLimits(name="cpu-long", max_walltime_s=604_800),),
        accounts=("ucb-general",),
        defaults={"partition": "acpu", "account": "ucb-general"},
        programs={"srun": "/usr/bin/srun"},
        modules=("gcc/14.2.0", "namd/3.0.1_cpu"),
    )
    target = Target(name="alpine", root="/scratch", scheduler="slurm", slurm=site)
    return of_proposal(proposal(target, offer), applied=False)


SCENES: dict[str, Shown] = {
    "show-waiting": of_view(waiting()),
    "show-advised": of_view(advised()),
    "show-used": of_view(view(Closed(directory=DIRECTORY, outcome=Succeeded(), evidence=SEEN)), used()),
    "report": of_report(report()),
    "cluster": of_crowd(crowd()),
    "detect": detected(),
}
