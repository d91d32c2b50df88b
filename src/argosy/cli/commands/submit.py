from pathlib import Path
from typing import Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.bar import Bar
from argosy.cli.completing import presets, templates
from argosy.cli.enrol import commands, shows
from argosy.cli.exits import of_fates
from argosy.cli.previewing import of_preview
from argosy.cli.rows import of_views
from argosy.cli.shown import Shown
from argosy.cli.sweeping import previewed, read_sweep, swept
from argosy.cli.waiting import Timer, wait_for
from argosy.cli.wanting import beginning, job_name, meant, merged, pairs, resources, said, tables
from argosy.client import calls, calls_of_templates
from argosy.client.filewords import FileWord, gather, read_file_word
from argosy.client.jobfile import JobFile, read_job_file
from argosy.client.libraries import describes_itself, is_path, template_here
from argosy.client.road import Road
from argosy.client.wishes import checked, from_words
from argosy.core.errors import BadInput
from argosy.core.home import expanded
from argosy.core.job import fate
from argosy.core.submission import Submission
from argosy.core.sweep import Sweep

app = commands()

_What = Annotated[
    str | None,
    typer.Argument(
        metavar="[WHAT]", help="A template, its folder, or the path of a job file.", autocompletion=templates
    ),
]
_Preset = Annotated[
    str | None,
    typer.Option(
        "--preset", "-p", metavar="PRESET", help="Values that are kept under this name.", autocompletion=presets
    ),
]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every file and the script; make no job.", show_default=False)
]
_Sweep = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="KEY=VALUES",
        help="Make a job for each value: a,b,c or FROM:TO:STEP. KEY is a parameter, resources.NAME or "
        "environment.NAME. Several are combined. Repeatable.",
    ),
]
_Zip = Annotated[
    bool,
    typer.Option("--zip", help="Take the lists of --sweep side by side, not in all combinations.", show_default=False),
]
_Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is over.", show_default=False)]


@shows(app)
def submit(  # noqa: PLR0913  an option each
    what: _What = None,
    *,
    preset: _Preset = None,
    set_: options.Values = None,
    file: options.Files = None,
    name: options.Name = None,
    target: options.Target = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    output: options.Outputs = None,
    env: options.Variables = None,
    label: options.Label = None,
    slurm: options.Slurm = None,
    resource_set: options.ResourceSet = None,
    after: options.After = None,
    retries: options.Retries = None,
    retry: options.Retry = None,
    stop_if_broken: options.StopIfBroken = False,
    priority: options.Priority = None,
    begin: options.Begin = None,
    draft: options.Draft = False,
    sweep: _Sweep = None,
    zip_: _Zip = False,
    dry_run: _DryRun = False,
    wait: _Wait = False,
) -> Shown:
    """Submit a job made from a template, a preset or a job file; options count more than what these say."""
    asked = resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime)
    wishes = said(name=job_name(name), target=target, retries=retries, draft=draft, outputs=output, resources=asked)
    wishes |= said(resource_set=resource_set, stop_if_broken=stop_if_broken, priority=priority, begin=beginning(begin))
    wishes |= said(after=after, **tables(env=env, label=label, slurm=slurm, retry=retry, values=pairs("--set", set_)))
    submission = submission_of(road := Road(), described(road, what, preset), wishes, file or [])
    if sweep or zip_:
        return _swept(road, read_sweep(sweep or [], submission, zipped=zip_), dry_run=dry_run, wait=wait)
    return _previewed(road, submission) if dry_run else _submitted(road, submission, wait=wait)


def _previewed(road: Road, submission: Submission) -> Shown:
    return of_preview(road.send(calls.preview(submission, ask=True)))


def _swept(road: Road, sweep: Sweep, *, dry_run: bool, wait: bool) -> Shown:
    if dry_run:
        return previewed(road, sweep)
    told, jobs = swept(road, sweep)
    if not wait:
        return told
    timer = Timer(None)
    ended = [wait_for(road, job, timer) for job in jobs]
    return of_views(ended, code=of_fates([fate(view.latest.state) for view in ended]))


def _submitted(road: Road, submission: Submission, *, wait: bool) -> Shown:
    (view,) = road.send(calls.submit([submission]))
    if not wait:
        return of_views([view])
    ended = wait_for(road, view.job.id, Timer(None))
    return of_views([ended], code=of_fates([fate(ended.latest.state)]))


def described(road: Road, what: str | None, preset: str | None = None) -> JobFile:
    """What is to be submitted: a job file when it looks like one, else a template; a preset beside it or alone."""
    if preset is None:
        if what is None:
            raise BadInput("it is not said what to submit", hint="Give a template, a job file, or --preset PRESET.")
        return _of_word(what)
    kept = road.send(calls_of_templates.preset(preset)).wishes()
    if what is None:
        return JobFile(kept, (), Path())
    described = _of_word(what)
    return JobFile(merged(kept, described.wishes), described.files, described.directory)


def _of_word(what: str) -> JobFile:
    path = expanded(what)
    looks_so = path.suffix.lower() in {".toml", ".json"} or (is_path(what) and path.is_file())
    if looks_so and not path.is_dir() and not describes_itself(path):
        return read_job_file(path)
    if path.is_file() and not is_path(what):
        hint = f"For the file write ./{what}; job files end in .toml or .json."
        raise BadInput(f"{what} is a file; is it meant, or a template of that name?", hint=hint)
    return JobFile({"template": what}, (), Path())


def submission_of(road: Road, job: JobFile, wishes: dict[str, Any], files: list[str]) -> Submission:
    """What is described, with what the command line says; its files are with the server afterwards."""
    fields = merged(job.wishes, wishes)
    if "argv" in fields:
        fields["argv"] = from_words(fields["argv"])
    if isinstance(fields.get("template"), str):
        fields["template"] = template_here(fields["template"]) or fields["template"]
    fields["after"] = meant(road, fields.get("after"))
    checked(Submission, fields)
    roles = "template" in fields
    here = [read_file_word(word) for word in files]
    replaced = {word.word for word in here if word.word}
    kept: list[FileWord] = [word for word in job.files if word.word not in replaced]
    with Bar() as told:
        inputs = (
            *gather(road, kept, roles=roles, below=job.directory, told=told),
            *gather(road, here, roles=roles, told=told),
        )
    return checked(Submission, {**fields, "inputs": inputs})
