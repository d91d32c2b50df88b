from collections.abc import Sequence
from typing import Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.bar import Bar
from argosy.cli.completing import templates
from argosy.cli.enrol import commands, shows
from argosy.cli.family import of_family
from argosy.cli.options import JobWord, JobWords
from argosy.cli.previewing import of_preview
from argosy.cli.rows import of_views
from argosy.cli.shown import Facts, Several, Shown, Words
from argosy.cli.spending import facts_of
from argosy.cli.wanting import job_name, meant, pairs, resources, said, tables
from argosy.client import calls_of_ledgers, calls_of_lineage
from argosy.client.filewords import gather, read_file_word
from argosy.client.finding import identity
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.goal import read_aim
from argosy.core.onward import Onward, with_rest
from argosy.core.outputs import NoRestart, Restart
from argosy.core.report import JobSpent

app = commands("What comes after jobs.")

_Plan = Annotated[bool, typer.Option("--dry-run", help="Say how it would go on; do nothing.", show_default=False)]
_Fit = Annotated[
    bool,
    typer.Option(
        "--fit", help="Ask for the walltime and memory that the rest needs, by what was used.", show_default=False
    ),
]
_Preview = Annotated[
    bool, typer.Option("--dry-run", help="Show every file and the script; make no job.", show_default=False)
]
_Stage = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="What the next stage is made from.", autocompletion=templates)
]


@shows(app)
def restart(  # noqa: PLR0913  an option each
    words: JobWords,
    *,
    set_: options.Values = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    env: options.Variables = None,
    label: options.Label = None,
    slurm: options.Slurm = None,
    fit: _Fit = False,
    dry_run: _Plan = False,
) -> Shown:
    """Go on from what jobs left: each becomes a new job that starts from the last checkpoint or final state.

    Files are copied where they lie. The options say what the new job asks for instead; they count more than --fit.
    """
    road = Road()
    jobs = meant(road, words)
    asked = resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime)
    wishes = said(values=pairs("--set", set_), resources=asked, **tables(env=env, label=label, slurm=slurm))
    onward = checked(Onward, wishes)
    each = [(job, _fitting(road, job, onward) if fit else onward) for job in jobs]
    if dry_run:
        return _planned(road, each)
    return of_views([road.send(calls_of_lineage.restart(job, one)) for job, one in each], "(goes on)")


@shows(app, name="continue")
def continue_(  # noqa: PLR0913  an option each
    job: JobWord,
    template: _Stage,
    *,
    set_: options.Values = None,
    file: options.Files = None,
    name: options.Name = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    env: options.Variables = None,
    label: options.Label = None,
    slurm: options.Slurm = None,
    dry_run: _Preview = False,
) -> Shown:
    """Make the next stage after a job: a job of a template that starts from the final files of the former one.

    It waits until that one has succeeded. Files are copied where they lie; values that both stages know are kept.
    """
    road = Road()
    former = identity(road, job)
    with Bar() as told:
        inputs = gather(road, [read_file_word(word) for word in file or []], roles=True, told=told)
    wishes: dict[str, Any] = said(
        values=pairs("--set", set_),
        inputs=inputs,
        name=job_name(name),
        resources=resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime),
        **tables(env=env, label=label, slurm=slurm),
    )
    onward = checked(Onward, {**wishes, "template": template})
    if dry_run:
        return of_preview(road.send(calls_of_lineage.restart_preview(former, onward)))
    return of_views([road.send(calls_of_lineage.restart(former, onward))], "(next stage)")


@shows(app)
def extend(
    job: JobWord,
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="GOAL", help="How far, such as 300ns or 2000000steps, from step 0 on.")
    ] = None,
    no_more: Annotated[
        bool, typer.Option("--no-more", help="Let the chain end with this job.", show_default=False)
    ] = False,
) -> Shown:
    """Have a run gone on from by itself, over as many jobs as it takes, until it has come so far.

    Whenever a job of the chain is over, its files decide what follows. The chain ends with words when two of its jobs
    in a row fail, or one makes no progress.
    """
    if (to is None) == (not no_more):
        raise BadInput("how far?", hint="Say --to 300ns, or --no-more to let the chain end.")
    road = Road()
    meant_one = identity(road, job)
    if to is None:
        return of_views([road.send(calls_of_lineage.extend_no_more(meant_one))], "(no more)")
    aim = read_aim(to)
    return of_views([road.send(calls_of_lineage.extend(meant_one, aim))], f"(goes on to {aim.words})")


@shows(app)
def tree(job: JobWord) -> Shown:
    """Draw the jobs that go on from each other, of which this is one."""
    road = Road()
    return of_family(road.send(calls_of_lineage.family(identity(road, job))))


def _fitting(road: Road, job: str, onward: Onward) -> Onward:
    return with_rest(onward, _used(road, job).rest)


def _planned(road: Road, each: Sequence[tuple[str, Onward]]) -> Shown:
    """What the jobs that go on would start from, and what was used; with wishes, all of what each would be."""
    if any(onward != Onward() for _, onward in each):
        previews = [road.send(calls_of_lineage.restart_preview(job, onward)) for job, onward in each]
        return Several([of_preview(preview) for preview in previews], previews)
    plans = [(road.send(calls_of_lineage.restart_plan(job)), facts_of(_used(road, job))) for job, _ in each]
    parts: list[Shown] = []
    for plan, facts in plans:
        parts.append(Words(_plan_words(plan), plan.model_dump(mode="json")))
        parts += [Facts(facts, dict(facts))] if any(said for _, said in facts) else []
    return Several(parts, [plan.model_dump(mode="json") for plan, _ in plans])


def _used(road: Road, job: str) -> JobSpent:
    return road.send(calls_of_ledgers.spent(job))


def _plan_words(plan: Restart) -> str:
    if isinstance(plan, NoRestart):
        return f"It cannot go on: {plan.why}. {plan.advice}"
    files = ", ".join(file.name for file in plan.inputs)
    return f"{plan.words} Template {plan.template}, with {files}."
