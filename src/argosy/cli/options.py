"""Options and arguments that several commands share, and how the shell completes them."""

from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.completing import engines, fates, jobs, targets, templates
from argosy.core.spec import MOST_PRIORITY

JobWord = Annotated[
    str,
    typer.Argument(metavar="JOB", help="An id, the beginning of a short id, a name, or 'last'.", autocompletion=jobs),
]
JobWords = Annotated[
    list[str],
    typer.Argument(metavar="JOB...", help="Ids, beginnings of short ids, names, or 'last'.", autocompletion=jobs),
]
SomeJobWords = Annotated[
    list[str] | None,
    typer.Argument(metavar="[JOB...]", help="Ids, beginnings of short ids, names, or 'last'.", autocompletion=jobs),
]
AttemptNumber = Annotated[
    int | None, typer.Option("--attempt", min=1, help="Which attempt; by default the latest.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.", show_default=False)]

Name = Annotated[str | None, typer.Option("--name", "-n", help="What the job is called.")]
Target = Annotated[
    str | None,
    typer.Option("--target", "-t", help="Where it runs [the default].", autocompletion=targets),
]
Label = Annotated[list[str] | None, typer.Option("--label", "-l", metavar="KEY=VALUE", help="A label; repeatable.")]
After = Annotated[
    list[str] | None,
    typer.Option("--after", metavar="JOB", help="Wait until this job has succeeded; repeatable.", autocompletion=jobs),
]
Slurm = Annotated[
    list[str] | None,
    typer.Option("--slurm", metavar="KEY=VALUE", help="What Slurm is told, such as partition=gpu; repeatable."),
]
ResourceSet = Annotated[
    str | None, typer.Option("--resource-set", metavar="NAME", help="Resources that the target has under this name.")
]
Retries = Annotated[int | None, typer.Option("--retries", min=0, max=3, help="Further attempts when that may help.")]
Retry = Annotated[
    list[str] | None,
    typer.Option(
        "--retry",
        metavar="CAUSE=TIMES[:PAUSE,...]",
        help="How often a cause or class of failures is tried again by itself, such as node_failure=3:1m,10m or "
        "lost=never; repeatable.",
    ),
]
Priority = Annotated[
    int | None,
    typer.Option(
        "--priority", min=-MOST_PRIORITY, max=MOST_PRIORITY, help="The larger, the sooner of those that wait."
    ),
]
Begin = Annotated[
    str | None, typer.Option("--begin", metavar="TIME", help="Not before: 6h (from now), 2026-12-01T08:00.")
]
StopIfBroken = Annotated[
    bool,
    typer.Option("--stop-if-broken", help="Stop it as soon as its numbers are no numbers.", show_default=False),
]
Draft = Annotated[bool, typer.Option("--draft", help="Write it down, but do not run it yet.", show_default=False)]
Outputs = Annotated[
    list[str] | None, typer.Option("--output", "-o", metavar="PATTERN", help="Bring these files home; repeatable.")
]
Variables = Annotated[
    list[str] | None, typer.Option("--env", "-e", metavar="NAME=VALUE", help="An environment variable; repeatable.")
]
Files = Annotated[
    list[str] | None,
    typer.Option(
        "--file",
        "-f",
        metavar="[NAME=]FILE",
        help="A file or directory for the job; NAME is a template's parameter or the name in the job's directory. "
        "FILE may be job:JOB:PATH (another job's) or target:/PATH. Repeatable.",
    ),
]
Values = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="KEY=VALUE", help="A parameter's value; repeatable.")
]
Cpus = Annotated[int | None, typer.Option("--cpus", "-c", min=1, help="Processors per task.")]
Gpus = Annotated[int | None, typer.Option("--gpus", min=0, help="Graphics cards.")]
Tasks = Annotated[int | None, typer.Option("--tasks", min=1, help="Processes over all nodes.")]
Nodes = Annotated[int | None, typer.Option("--nodes", min=1, help="Machines.")]
Memory = Annotated[str | None, typer.Option("--memory", "-m", metavar="SIZE", help="Such as 500M or 16GiB.")]
Walltime = Annotated[str | None, typer.Option("--walltime", "-w", metavar="TIME", help="Such as 30m, 4h or 2d.")]

Into = Annotated[
    Path,
    typer.Option("--into", "-i", metavar="DIRECTORY", help="Where to; made if missing.", file_okay=False),
]
TemplateWord = Annotated[
    str,
    typer.Argument(
        metavar="TEMPLATE",
        help="Its name, NAME@VERSION for one of its versions, or the path of its folder.",
        autocompletion=templates,
    ),
]
SomeWords = Annotated[list[str] | None, typer.Argument(metavar="[WORDS...]", help="Words to search for.")]
TargetName = Annotated[str, typer.Argument(metavar="TARGET", help="Its name.", autocompletion=targets)]
SomeTargetName = Annotated[
    str | None, typer.Argument(metavar="[TARGET]", help="Its name; by default all.", autocompletion=targets)
]
NewTargetName = Annotated[
    str | None, typer.Argument(metavar="[TARGET]", help="What it shall be called; asked for when left out.")
]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="The new name.")]

Fates = Annotated[
    list[str] | None,
    typer.Option("--fate", help="Only jobs of this state or outcome; repeatable.", autocompletion=fates),
]
OnTarget = Annotated[
    str | None, typer.Option("--target", "-t", help="Only jobs on this target.", autocompletion=targets)
]
OfEngine = Annotated[str | None, typer.Option("--engine", help="Only jobs of this engine.", autocompletion=engines)]
Having = Annotated[
    list[str] | None,
    typer.Option("--label", "-l", metavar="KEY[=VALUE]", help="Only jobs with this label; repeatable."),
]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only newer ones: 2d, 12h, 2026-03-01.")]
Before = Annotated[str | None, typer.Option("--before", metavar="TIME", help="Only older ones: 2d, 12h, 2026-03-01.")]
