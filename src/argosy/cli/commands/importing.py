from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from argosy.cli import options
from argosy.cli.bar import Bar
from argosy.cli.completing import engines
from argosy.cli.enrol import commands, shows
from argosy.cli.exits import Exit
from argosy.cli.findings import Findings
from argosy.cli.rows import of_views
from argosy.cli.shown import Several, Shown, Words
from argosy.cli.wanting import pairs, resources, said
from argosy.client import calls, calls_of_templates
from argosy.client.filewords import gather, read_file_word
from argosy.client.lying import lying
from argosy.client.progress import Told
from argosy.client.road import Road
from argosy.client.sending import LocalFile, send
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.findings import errors_among, in_short
from argosy.core.home import expanded
from argosy.core.spec import InputFile
from argosy.core.submission import Submission
from argosy.core.understanding import Stage, Understood

app = commands()

_Engine = Annotated[
    str, typer.Argument(metavar="ENGINE", help="Whose inputs they are, such as namd.", autocompletion=engines)
]
_What = Annotated[Path, typer.Argument(metavar="WHAT", help="A configuration, or a folder of them.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what was understood; make no jobs.", show_default=False)]


@shows(app, "import")
def import_(  # noqa: PLR0913  an option each
    engine: _Engine,
    what: _What,
    *,
    set_: options.Values = None,
    file: options.Files = None,
    target: options.Target = None,
    cpus: options.Cpus = None,
    gpus: options.Gpus = None,
    tasks: options.Tasks = None,
    nodes: options.Nodes = None,
    memory: options.Memory = None,
    walltime: options.Walltime = None,
    label: options.Label = None,
    draft: options.Draft = False,
    dry_run: _DryRun = False,
) -> Shown:
    """Make jobs of input files that you have: a configuration, or a folder of stages such as CHARMM-GUI writes.

    Each stage waits for those that it starts from. What was understood is said, and what was not.
    """
    road = Road()
    folder, found = lying(expanded(what))
    understood = road.send(calls_of_templates.understand(engine, found))
    _refuse(understood)
    if dry_run:
        return _told(understood)
    wishes = said(
        target=target,
        resources=resources(cpus=cpus, gpus=gpus, tasks=tasks, nodes=nodes, memory=memory, walltime=walltime),
        labels=pairs("--label", label),
        draft=draft,
    )
    with Bar() as told:
        more = gather(road, [read_file_word(word) for word in file or ()], roles=False, told=told)
        return _made(road, folder, understood, _Wanted(wishes, pairs("--set", set_), more, told))


@dataclass(frozen=True)
class _Wanted:
    """What every stage is given beside its own; and who hears of the sending."""

    fields: dict[str, Any]
    values: dict[str, str]
    files: tuple[InputFile, ...]
    told: Told


def _made(road: Road, folder: Path, understood: Understood, wanted: _Wanted) -> Shown:
    """All stages as jobs, or none: they are one request. Each is checked before, so that a refusal names its stage."""
    sent = [send(road, _files(folder, stage), told=wanted.told) for stage in understood.stages]
    plans = [_submission(stage, files, wanted) for stage, files in zip(understood.stages, sent, strict=True)]
    for stage, plan in zip(understood.stages, plans, strict=True):
        wrong = errors_among(road.send(calls.preview(plan.model_copy(update={"earlier": ()}))).findings)
        if wrong:
            hint = f"Nothing was submitted. {wrong[0].remedy}".strip()
            raise BadInput(f"{stage.name}: {in_short(wrong)}", hint=hint, findings=wrong)
    views = road.send(calls.submit(plans))
    return Several([_told(understood), of_views(views)], views)


def _files(folder: Path, stage: Stage) -> list[LocalFile]:
    return [LocalFile(folder / file.path, file.name, mutable=file.mutable) for file in stage.files]


def _submission(stage: Stage, files: Sequence[InputFile], wanted: _Wanted) -> Submission:
    own_names = {file.name for file in files}
    more = tuple(file for file in wanted.files if file.name not in own_names)
    own = {"template": stage.template, "name": stage.name, "inputs": (*files, *more), "earlier": stage.earlier}
    return checked(Submission, {**wanted.fields, **own, "values": {**stage.values, **wanted.values}})


def _refuse(understood: Understood) -> None:
    wrong = errors_among((*understood.findings, *(one for stage in understood.stages for one in stage.findings)))
    if wrong:
        raise BadInput(in_short(wrong), hint=wrong[0].remedy, findings=wrong)


def _told(understood: Understood) -> Shown:
    parts: list[Shown] = []
    for number, stage in enumerate(understood.stages, start=1):
        words = "\n".join((f"{number}. {stage.name}", *(f"   {line}" for line in stage.words)))
        parts.append(Words(words, None, bare=stage.name))
        if stage.findings:
            parts.append(Findings(stage.findings))
    if understood.findings:
        parts.append(Findings(understood.findings))
    return Several(parts, understood, exit_code=Exit.SUCCEEDED)
