"""What many jobs have used together, by user, label, engine, month or target. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from argosy.core.cost import Cost, cost_after
from argosy.core.findings import Finding
from argosy.core.next_time import NextTime
from argosy.core.resources import Resources
from argosy.core.spending import Spent
from argosy.core.target import Target
from argosy.core.values import AskedMoment, Moment, Value

Grouping = Literal["user", "label", "engine", "month", "target"]
NOBODY = "(none)"
"""The group of jobs that do not have the label."""


class ReportQuery(Value):
    """Which jobs are added up, and how. Only jobs that are over count, by the moment when they ended."""

    by: Grouping = Field(default="month", description="What the lines stand for.")
    label: str = Field(default="project", max_length=200, description="The key of the label, for lines by label.")
    since: AskedMoment | None = Field(default=None, description="Only jobs that ended then or later.")
    before: AskedMoment | None = Field(default=None, description="Only jobs that ended earlier.")
    ask: bool = Field(default=True, description="Ask the books about jobs that they were not asked about before.")


class Account(Value):
    """One job that is over: whose it is, what it asked for, and what its attempts have used, where that is known."""

    job: str
    attempt: int
    owner: str
    engine: str
    target: str
    fate: str
    labels: dict[str, str] = Field(default_factory=dict)
    started: Moment | None = None
    ended: Moment
    resources: Resources = Resources()
    spent: dict[int, Spent] = Field(default_factory=dict[int, Spent])

    @property
    def is_known(self) -> bool:
        """Whether the books were asked about its latest attempt."""
        return self.attempt in self.spent

    def runs(self) -> tuple[Spent, ...]:
        """What its attempts have used. Where no books tell of the latest: what it asked for, as long as it took."""
        known = tuple(self.spent.values())
        if self.is_known or self.started is None:
            return known
        took_s = max((self.ended - self.started).total_seconds(), 0.0)
        return (*known, Spent(elapsed_s=took_s, cpus=self.resources.total_cpus, gpus=self.resources.gpus))


class ReportLine(Value):
    """One group of jobs. ``costs`` are amounts by unit; efficiencies are weighted by what was held.

    ``guessed`` counts jobs of which no books tell: they are counted by what they asked for and how long they took.
    """

    group: str
    jobs: int
    succeeded: int
    core_hours: float
    gpu_hours: float
    costs: dict[str, float] = Field(default_factory=dict)
    cpu_efficiency: float | None = None
    memory_efficiency: float | None = None
    guessed: int = 0


class Report(Value):
    """Lines in the order of their groups, and one over all of them. ``findings`` say whose books could not be asked."""

    by: Grouping
    lines: tuple[ReportLine, ...]
    total: ReportLine
    findings: tuple[Finding, ...] = ()


class JobSpent(Value):
    """What one attempt has used and cost, and what to ask for next time; ``words`` say why that is not known.

    ``rest`` is for a job that goes on from it.
    """

    job: str
    attempt: int
    spent: Spent | None = None
    cost: Cost | None = None
    advice: tuple[Finding, ...] = ()
    rest: NextTime = NextTime()
    words: str = ""


def report(
    query: ReportQuery, accounts: Iterable[Account], targets: Mapping[str, Target], findings: Sequence[Finding] = ()
) -> Report:
    """The accounts, added up."""
    groups: dict[str, list[Account]] = {}
    for one in accounts:
        groups.setdefault(_group(query, one), []).append(one)
    lines = tuple(_line(group, groups[group], targets) for group in sorted(groups))
    everything = [one for some in groups.values() for one in some]
    return Report(by=query.by, lines=lines, total=_line("all", everything, targets), findings=tuple(findings))


def _group(query: ReportQuery, one: Account) -> str:
    match query.by:
        case "user":
            return one.owner
        case "engine":
            return one.engine
        case "target":
            return one.target
        case "month":
            return f"{one.ended:%Y-%m}"
        case "label":
            return one.labels.get(query.label, NOBODY)


def _line(group: str, accounts: Sequence[Account], targets: Mapping[str, Target]) -> ReportLine:
    runs = [(one.target, run) for one in accounts for run in one.runs()]
    spent = [run for _, run in runs]
    costs: dict[str, float] = {}
    for name, run in runs:
        site = targets[name].slurm if name in targets else None
        if (cost := cost_after(site, run)) is not None:
            costs[cost.unit] = costs.get(cost.unit, 0.0) + cost.amount
    return ReportLine(
        group=group,
        jobs=len(accounts),
        succeeded=sum(one.fate == "succeeded" for one in accounts),
        core_hours=sum(run.core_hours for run in spent),
        gpu_hours=sum(run.gpu_hours for run in spent),
        costs=costs,
        cpu_efficiency=_mean((run.cpu_efficiency, run.core_hours) for run in spent),
        memory_efficiency=_mean((run.memory_efficiency, (run.memory_mib or 0) * run.elapsed_s) for run in spent),
        guessed=sum(not one.is_known and one.started is not None for one in accounts),
    )


def _mean(shares: Iterable[tuple[float | None, float]]) -> float | None:
    """The mean of what is known, weighted."""
    known = [(share, weight) for share, weight in shares if share is not None and weight > 0]
    whole = sum(weight for _, weight in known)
    return sum(share * weight for share, weight in known) / whole if whole else None
